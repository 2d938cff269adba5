"""One flowdesk at a time has a desktop: a claim on the X server, and the record of what is held there."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from flowdesk.drivers import turns
from flowdesk.drivers.turns import take_in_turn
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.claim import CLAIM, DesktopClaim
from flowdesk.drivers.x11.held import HeldDown
from tests.rig import Rig, until

pytestmark = pytest.mark.desktop
ROOT = Path(__file__).parents[3]
OTHER = """
import sys
from flowdesk.drivers.x11.claim import DesktopClaim
from flowdesk.drivers.x11.held import HeldDown
claim, held = DesktopClaim(), HeldDown()
print(claim.take("Fill the form"), flush=True)
held.add("key", 50)
held._display.xtest_fake_input(2, 50)
held._display.sync()
print("holds", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as kept:
        yield kept


def opened(stack: ExitStack) -> DesktopClaim:
    claim = DesktopClaim()
    stack.callback(claim.close)
    return claim


def test_the_second_is_told_what_the_first_does(clean_desktop: Rig, stack: ExitStack) -> None:
    first, second = opened(stack), opened(stack)
    assert first.take("Fill the form") is None
    assert first.take("Fill the form") is None
    assert (second.take("Another") or "").startswith("Fill the form (")
    first.let_go()
    assert second.take("Another") is None
    assert (first.take("Fill the form") or "").startswith("Another (")


def test_who_waited_comes_before_the_next_run_of_who_had_it(clean_desktop: Rig, stack: ExitStack) -> None:
    first, second = opened(stack), opened(stack)
    assert take_in_turn(first, "Run 1") is None
    assert take_in_turn(first, "Run 2") is None
    assert (take_in_turn(second, "Another") or "").startswith("Run 2 (")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(take_in_turn, first, "Run 3")
        until(lambda: take_in_turn(second, "Another") is None, "the desktop")
        assert (asked.result() or "").startswith("Another (")
    assert first.is_waiting
    assert second.is_wanted()
    first.let_go()
    assert not second.is_wanted()


def test_a_waiting_process_that_never_comes_keeps_nobody_from_the_desktop(
    clean_desktop: Rig, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "COURTESY", 0.1)
    first, halted = opened(stack), opened(stack)
    assert take_in_turn(first, "Run 1") is None
    assert take_in_turn(halted, "Another") is not None
    assert take_in_turn(first, "Run 2") is None


def test_of_many_who_ask_at_once_one_gets_it(clean_desktop: Rig, stack: ExitStack) -> None:
    """Each process has a thread of its own here; between two rounds the holder lets go."""
    claims = [opened(stack) for _ in range(6)]
    for _ in range(40):
        together = threading.Barrier(len(claims))

        def ask(claim: DesktopClaim, together: threading.Barrier = together) -> str | None:
            together.wait()
            return claim.take("Fill the form")

        with ThreadPoolExecutor(len(claims)) as pool:
            answers = list(pool.map(ask, claims))
        assert answers.count(None) == 1, answers
        claims[answers.index(None)].let_go()


def test_who_asks_while_the_server_is_slow_holds_up_nobody(clean_desktop: Rig, stack: ExitStack) -> None:
    """A process that was halted between its wish and its decision counts as having the desktop, for no longer than it lives."""
    halted = x11.connect()
    window = x11.root_of(halted).create_window(-10, -10, 1, 1, 0, 0)
    window.change_property(halted.intern_atom(CLAIM), halted.intern_atom("UTF8_STRING"), 8, b"asking Halted (1)")
    halted.sync()
    claim = opened(stack)
    assert claim.take("Another") == "Halted (1)"
    halted.close()
    until(lambda: claim.take("Another") is None, "the claim to be free")


def test_a_closed_claim_is_free(clean_desktop: Rig, stack: ExitStack) -> None:
    first, second = opened(stack), opened(stack)
    first.take("Fill the form")
    first.close()
    assert second.take("Another") is None


def test_letting_go_of_nothing_takes_nothing_from_others(clean_desktop: Rig, stack: ExitStack) -> None:
    first, second, third = opened(stack), opened(stack), opened(stack)
    first.take("Fill the form")
    second.let_go()
    assert third.take("Another") is not None


def test_a_killed_process_leaves_the_desktop_free_and_its_keys_are_released(
    clean_desktop: Rig, stack: ExitStack
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**clean_desktop.desktop.environment(), "PYTHONPATH": str(ROOT)},
    )
    assert other.stdout is not None
    assert other.stdin is not None
    with other.stdout, other.stdin:
        assert other.stdout.readline() == "None\n"
        assert other.stdout.readline() == "holds\n"
        assert clean_desktop.held_keys() == [50]
        claim, held = opened(stack), HeldDown()
        stack.callback(held.close)
        assert claim.take("Another") is not None
        held.release_leftovers()
        assert clean_desktop.held_keys() == [50]
        other.kill()
        other.wait()
    until(lambda: claim.take("Another") is None, "the claim to be free")
    held.release_leftovers()
    assert clean_desktop.held_keys() == []


def test_a_closed_register_leaves_no_record(clean_desktop: Rig) -> None:
    root = clean_desktop.display.screen().root

    def records() -> list[str]:
        names = (clean_desktop.display.get_atom_name(atom) for atom in root.list_properties())
        return [name for name in names if name.startswith("_FLOWDESK_HELD_")]

    before = records()
    held = HeldDown()
    held.add("button", 1)
    assert len(records()) == len(before) + 1
    held.close()
    assert records() == before
