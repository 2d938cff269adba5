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
    await asyncio.wait_for(lease.take("c", "k"), 30)


class Others:
    """Another process: ``has`` is what it says of itself while it has the desktop."""

    def __init__(self, has: str | None) -> None:
        self.has = has
        self.calls: list[str] = []

    async def claim(self, holder: str) -> str | None:
        self.calls.append(f"claim {holder}")
        return self.has

    def yield_claim(self) -> None:
        self.calls.append("yield")


async def test_a_desktop_that_another_process_has_is_waited_for() -> None:
    others, told = Others("Elsewhere (7)"), list[tuple[str, ...]]()
    lease = Lease(on_wait=lambda *wait: told.append(wait), name_of=lambda run: f"flow of {run}", among=others)
    taking = spawn(lease.take("a", "click"), "a")
    await _settle()
    assert told == [("a", "click", "Elsewhere (7)")]
    others.has = None
    await taking
    assert told == [("a", "click", "Elsewhere (7)")]
    assert others.calls[0] == "claim flow of a"
    lease.end_run("a")
    assert others.calls[-1] == "yield"


async def test_each_run_asks_anew_so_that_other_processes_get_their_turn() -> None:
    others = Others(None)
    lease = Lease(among=others, name_of=lambda run: run)
    await lease.take("a", "click")
    lease.end_visit("a")
    await lease.take("a", "keys")
    assert others.calls == ["claim a"]
    waiting = spawn(lease.take("b", "click"), "b")
    await _settle()
    others.has = "Elsewhere (7)"
    lease.end_visit("a")
    lease.end_run("a")
    await _settle()
    assert others.calls == ["claim a", "claim b"]
    assert not waiting.done()
    others.has = None
    await waiting


async def test_a_desktop_that_comes_after_nobody_waits_any_more_is_given_back() -> None:
    class Slow(Others):
        def __init__(self) -> None:
            super().__init__(None)
            self.may_answer = asyncio.Event()

        async def claim(self, holder: str) -> str | None:
            await self.may_answer.wait()
            return await super().claim(holder)

    others = Slow()
    lease = Lease(among=others)
    taking = spawn(lease.take("a", "click"), "a")
    await _settle()
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    lease.end_run("a")
    assert others.calls == []
    others.may_answer.set()
    await _settle()
    assert others.calls == ["claim a", "yield"]


async def test_a_wait_for_another_process_that_is_cancelled_leaves_the_desktop_to_others() -> None:
    lease = Lease(among=Others("Elsewhere (7)"))
    taking = spawn(lease.take("a", "click"), "a")
    await asyncio.sleep(0)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    lease.end_run("a")
    assert lease.holder is None


async def test_the_desktop_is_yielded_to_other_processes_only_when_no_run_here_has_it() -> None:
    others = Others(None)
    lease = Lease(among=others)
    await lease.take("a", "click")
    waiting = spawn(lease.take("b", "click"), "b")
    await asyncio.sleep(0)
    lease.end_visit("a")
    lease.end_run("a")
    await waiting
    assert "yield" not in others.calls
    lease.end_run("b")
    assert others.calls.count("yield") == 1
