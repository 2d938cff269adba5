"""Work that ends when its time is over, or when nobody waits for it."""

import threading
import time

import pytest

from flowdesk.drivers.patience import Interrupted, Patience, current


def test_work_goes_on_while_there_is_time_and_ends_after() -> None:
    with Patience(60) as patience:
        assert current() is patience
        current().check()
        patience.end()
        with pytest.raises(Interrupted):
            current().check()
    current().check()


def test_a_computation_that_cannot_ask_is_ended_from_outside() -> None:
    stopped = threading.Event()
    with Patience(0.05).ending(stopped.set):
        assert stopped.wait(20)
    patience = Patience()
    with patience.ending(stopped.clear):
        patience.end()
    assert not stopped.is_set()
    with pytest.raises(Interrupted), patience.ending(stopped.set):
        pytest.fail("it began after its end")


def test_who_waits_for_a_lock_gives_up_in_time() -> None:
    lock = threading.Lock()
    begun = time.monotonic()
    with lock, pytest.raises(Interrupted), Patience(0.1).holding(lock):
        pytest.fail("the lock is held by another")
    assert time.monotonic() - begun < 10
    with Patience().holding(lock):
        assert lock.locked()
    assert not lock.locked()


def test_questions_end_only_with_a_patience_that_says_so() -> None:
    with Patience(0):
        current().check_questions()
        left = current().left(60)
        assert left is not None
        assert 50 < left <= 60
        with pytest.raises(Interrupted), Patience(0, ends_questions=True):
            current().check_questions()
    assert current().left(1) is None
