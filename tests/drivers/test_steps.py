"""A job's steps obey the brake and end when nobody waits for them."""

import threading
import time

import pytest

from flowdesk.drivers.steps import Steps
from flowdesk.engine.brake import Brake
from flowdesk.model.errors import RunStopped
from tests.rig import until


def test_a_stopped_run_takes_no_step_and_no_nap() -> None:
    brake = Brake()
    steps = Steps(brake)
    with steps.step():
        pass
    brake.stop()
    with pytest.raises(RunStopped), steps.step():
        pytest.fail("a step after the stop")
    with pytest.raises(RunStopped):
        steps.sleep(10)


def test_a_stop_ends_a_nap_at_once() -> None:
    brake = Brake()
    timer = threading.Timer(0.05, brake.stop)
    timer.start()
    began = time.monotonic()
    with pytest.raises(RunStopped):
        Steps(brake).sleep(30)
    assert time.monotonic() - began < 5
    timer.join()


def test_a_cancelled_job_ends_even_while_paused() -> None:
    brake = Brake()
    brake.pause()
    steps = Steps(brake)
    ended = threading.Event()

    def work() -> None:
        with pytest.raises(RunStopped), steps.step():
            pass
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    steps.cancel()
    until(ended.is_set, "the job's end")
    thread.join()


def test_a_paused_job_goes_on_after_resume() -> None:
    brake = Brake()
    brake.pause()
    steps = Steps(brake)
    ended = threading.Event()

    def work() -> None:
        with steps.step():
            ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert not ended.is_set()
    brake.resume()
    until(ended.is_set, "the step")
    thread.join()
