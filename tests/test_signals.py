"""Signals are heard on a thread, at once, whatever the main thread does; three end the program."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from flowdesk.signals import SignalThread, ending_signals


def test_a_signal_is_heard_while_the_main_thread_holds_a_lock() -> None:
    lock, heard, done = threading.Lock(), [], threading.Event()

    def act(name: str) -> None:
        with lock:
            heard.append(name)
            done.set()

    with SignalThread(act) as signals:
        with lock:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
        assert done.wait(30)
    assert heard == ["SIGINT", "SIGTERM"]
    assert signals.asked == "SIGINT"


def test_a_signal_is_heard_while_the_main_thread_computes() -> None:
    at: list[float] = []
    with SignalThread(lambda name: at.append(time.monotonic())):
        sent = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)  # SIGHUP stays ignored where a terminal had it ignored
        while not at and time.monotonic() < sent + 30:
            sum(range(1000))
    assert at


def test_the_handlers_are_given_back() -> None:
    before = [signal.getsignal(each) for each in ending_signals()]
    with SignalThread(lambda name: None):
        assert [signal.getsignal(each) for each in ending_signals()] != before
    assert [signal.getsignal(each) for each in ending_signals()] == before
    assert signal.set_wakeup_fd(-1) == -1


def test_what_goes_wrong_is_logged_and_the_next_signal_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    heard = threading.Semaphore(0)

    def act(name: str) -> None:
        heard.release()
        raise ValueError(name)

    with SignalThread(act):
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            assert heard.acquire(timeout=30)
    assert "SIGINT could not be carried out" in caplog.text


def test_the_third_signal_ends_a_program_that_hangs() -> None:
    source = (
        "import threading\nfrom flowdesk.signals import SignalThread\n"
        "with SignalThread(lambda name: print(name, flush=True)):\n print('on', flush=True)\n threading.Event().wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "on\n"
        for _ in range(2):
            program.send_signal(signal.SIGINT)
            assert program.stdout.readline() == "SIGINT\n"
        assert program.poll() is None
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 130
