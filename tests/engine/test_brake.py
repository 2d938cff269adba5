"""The brake holds and ends a run from any thread."""

import threading

import pytest

from flowdesk.engine.brake import Brake
from flowdesk.model.errors import RunStopped


def test_stopped_brake_lets_no_step_begin() -> None:
    brake = Brake()
    brake.stop()
    with pytest.raises(RunStopped), brake.step():
        pytest.fail("a step began")


def test_paused_step_waits_for_resume() -> None:
    brake = Brake()
    brake.pause()
    passed = threading.Event()

    def work() -> None:
        brake.check()
        passed.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert brake.is_at_rest
    assert not passed.is_set()
    brake.resume()
    assert passed.wait(30)
    thread.join()


def test_stop_ends_a_sleep_at_once() -> None:
    brake = Brake()
    ended = threading.Event()

    def work() -> None:
        with pytest.raises(RunStopped):
            brake.sleep(1000)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    brake.stop()
    assert ended.wait(30)
    thread.join()


def test_brake_is_at_rest_only_when_the_step_under_way_is_over() -> None:
    brake = Brake()
    with brake.step():
        brake.pause()
        assert not brake.is_at_rest
    assert brake.is_at_rest
