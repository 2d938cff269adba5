"""What holds for every test: Qt draws into memory, and the fast tests run before those that need the desktop."""

import contextlib
import faulthandler
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A shell that starts the tests in the background has both ignored, and so would every program that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGQUIT") and signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
settings.register_profile("flowdesk", deadline=None)  # how long an example takes says what else the machine does
settings.load_profile("flowdesk")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that take the desktop, and put them last; the order is otherwise kept."""
    for item in items:
        if "desktop_rig" in getattr(item, "fixturenames", ()):
            item.add_marker("desktop")
    items.sort(key=lambda item: item.get_closest_marker("desktop") is not None)


@pytest.fixture(autouse=True, scope="session")
def _said_as_declared() -> Iterator[None]:
    """Hold every reply that a session gives, and every event of its journals, in any test against its declaration."""
    from flowdesk.protocol.codec import encode
    from flowdesk.protocol.events import PAYLOADS
    from flowdesk.protocol.replies import REPLIES
    from flowdesk.protocol.schema import shape
    from flowdesk.session.journals import Journals
    from flowdesk.session.session import Session

    submit, get = Session.submit, Journals.get

    def sent(value: Any) -> bytes:  # halves of characters, which Python keeps and pydantic does not read, become "?"
        return json.dumps(json.loads(encode(value)), ensure_ascii=False).encode("utf-8", "replace")

    async def replied(session: Session, peer: Any, type: str, *rest: Any, **named: Any) -> Any:
        reply = await submit(session, peer, type, *rest, **named)
        shape(REPLIES[type]).validate_json(sent(reply), strict=True)
        return reply

    def told(message: Any) -> None:
        shape(PAYLOADS[message["type"]]).validate_json(sent(message["payload"]), strict=True)

    def kept(journals: Journals, workflow_id: str) -> Any:
        journal = get(journals, workflow_id)
        if told not in journal.listeners:
            journal.listeners.append(told)
        return journal

    Session.submit = replied  # type: ignore[assignment]
    if "benchmark" not in os.environ.get("PYTEST_CURRENT_TEST", ""):  # what is measured is what ships
        Journals.get = kept  # type: ignore[assignment]
    yield
    Session.submit, Journals.get = submit, get  # type: ignore[method-assign]


_failures: list[str] = []

HANGS_AFTER, BENCHMARK_HANGS_AFTER = 240.0, 1800.0
"""Seconds that one test, or one measurement, with its setup and teardown may take at most."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End a session that hangs, and say where.

    pytest and pytest-timeout both take back their alarms when a test fails, so nothing of theirs watches over a
    teardown that comes after a failure.
    """
    stderr = os.dup(sys.__stderr__.fileno()) if sys.__stderr__ is not None else 2
    seconds = BENCHMARK_HANGS_AFTER if item.get_closest_marker("benchmark") else HANGS_AFTER
    allowed = item.get_closest_marker("timeout")
    if allowed is not None and allowed.args:
        seconds = max(seconds, 1.5 * float(allowed.args[0]))
    watchdog = threading.Timer(seconds, _end_hanging_session, (item.nodeid, stderr))
    watchdog.daemon = True
    watchdog.start()
    try:
        return (yield)
    finally:
        watchdog.cancel()
        os.close(stderr)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep how tests failed, for a session that does not live to say it."""
    if report.failed:
        _failures.append(f"{report.nodeid}, {report.when}:\n{report.longreprtext}")


def _end_hanging_session(test: str, stderr: int) -> None:
    failures = "\n\n".join(_failures)
    os.write(stderr, f"\n{failures}\n\n{test} hangs: the threads, then the processes of this machine\n".encode())
    faulthandler.dump_traceback(file=stderr, all_threads=True)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        columns = "pid,ppid,stat,wchan:24,time,args"
        subprocess.run(["ps", "-ww", "-eo", columns], stdout=stderr, stderr=stderr, timeout=10, check=False)
    os._exit(int(pytest.ExitCode.INTERNAL_ERROR))


_status: list[int] = []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the outcome for the end."""
    _status.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End without taking Python apart under a living QApplication.

    WORKAROUND for PySide6 6.11 on Python 3.11: some runs end in a segmentation fault after the summary, when the
    interpreter destroys widgets in no particular order. Remove when PySide6 survives its own exit.
    """
    widgets = sys.modules.get("PySide6.QtWidgets")
    if _status and widgets is not None and widgets.QApplication.instance() is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status[-1])
