"""Who may act on the desktop."""

import asyncio

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.lease import Lease


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_run_keeps_the_desktop_between_its_visits() -> None:
    waits: list[tuple[str, str, str]] = []
    lease = Lease(on_wait=lambda *wait: waits.append(wait))
    await lease.take("a", "n")
    lease.end_visit("a")
    other = spawn(lease.take("b", "m"), "test.b")
    await _settle()
    assert not other.done()
    assert waits == [("b", "m", "a")]
    lease.end_run("a")
    await other
    assert lease.holder == "b"


async def test_shared_run_gives_the_desktop_back_after_each_visit() -> None:
    lease = Lease()
    lease.share("a")
    await lease.take("a", "n")
    other = spawn(lease.take("b", "m"), "test.b")
    await _settle()
    lease.end_visit("a")
    await other
    assert lease.holder == "b"


async def test_branches_of_one_run_act_one_at_a_time() -> None:
    lease = Lease()
    await lease.take("a", "n")
    second = spawn(lease.take("a", "m"), "test.second")
    await _settle()
    assert not second.done()
    lease.end_visit("a")
    await second


async def test_cancelled_wait_gives_up_its_place() -> None:
    lease = Lease()
    await lease.take("a", "n")
    gone = spawn(lease.take("b", "m"), "test.gone")
    next_one = spawn(lease.take("c", "k"), "test.next")
    await _settle()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    lease.end_run("a")
    await next_one
    assert lease.holder == "c"


async def test_wait_cancelled_just_as_it_is_served_does_not_keep_the_desktop_for_ever() -> None:
    lease = Lease()
    await lease.take("a", "n")
    gone = spawn(lease.take("b", "m"), "test.gone")
    await _settle()
    lease.end_run("a")
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    lease.end_run("b")
    await asyncio.wait_for(lease.take("c", "k"), 1)
