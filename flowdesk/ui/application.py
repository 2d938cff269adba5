"""The window's application: one event loop for Qt and asyncio, an orderly start and an orderly end."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flowdesk.aio import spawn
from flowdesk.i18n import set_language, tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.session.session import Session
from flowdesk.ui.display import require_display

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

logger = logging.getLogger(__name__)

PAINT_SECONDS = 1.0
"""How long the window's first picture is waited for before flows are opened and the server started."""
SHUTDOWN_SECONDS = 5.0
"""How long each part of the end may take before the next begins."""
STOPPED = 130


def run_window(
    make_session: Callable[[], Session],
    make_server: Callable[[Session, argparse.Namespace], Any],
    options: argparse.Namespace,
) -> int:
    """Show the window until it is closed and return the exit code.

    Raises:
        DesktopUnavailable: If there is no display to show it on.
    """
    require_display()
    os.environ["QT_API"] = "pyside6"
    os.environ.setdefault("QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "1")
    import qasync
    from PySide6.QtWidgets import QApplication

    from flowdesk.ui.collecting import WindowThreadCollector
    from flowdesk.ui.icons import application_icon
    from flowdesk.ui.settings import SettingsFile
    from flowdesk.ui.style import dress
    from flowdesk.ui.theme import theme

    application = QApplication.instance() or QApplication(["flowdesk"])
    assert isinstance(application, QApplication)
    application.setApplicationName("flowdesk")
    application.setApplicationDisplayName("flowdesk")
    application.setDesktopFileName("flowdesk")
    application.setWindowIcon(application_icon())
    application.setQuitOnLastWindowClosed(False)
    settings = SettingsFile()
    set_language(settings.values.language)
    theme.set_mode(settings.values.theme)
    dress(application)
    collector = WindowThreadCollector()
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        life = _Life(make_session(), make_server, options, settings, collector.settle)
        code = int(loop.run_until_complete(life.run()))
    collector.stop()
    return code


async def _show_painted(window: "QWidget") -> None:
    """Show a window and return when it is painted, or after a second: a window on another desktop never is."""
    from PySide6.QtCore import QEvent, QObject

    painted = asyncio.Event()

    class Watcher(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.set()
            return False

    watcher = Watcher()
    window.installEventFilter(watcher)
    window.show()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(painted.wait(), PAINT_SECONDS)
    window.removeEventFilter(watcher)


class _Life:
    """From the first window to the last: start, wait for the end, end in order."""

    def __init__(
        self,
        session: Session,
        make_server: Callable[[Session, argparse.Namespace], Any],
        options: argparse.Namespace,
        settings: Any,
        settle: Callable[[], None],
    ) -> None:
        from flowdesk.ui.window import MainWindow

        self.session = session
        self.make_server = make_server
        self.options = options
        self.server: Any = None
        self.ended = asyncio.Event()
        self.code = 0
        self.window = MainWindow(session, settings)
        self.settle = settle
        self._seen: set[tuple[str, str]] = set()

    async def run(self) -> int:
        """Live and return the exit code."""
        self.window.quit_requested.connect(self.ended.set)
        self.window.serving_changed.connect(self._change_serving)
        sys.excepthook = self._show_once
        taken = self._take_signals()
        await _show_painted(self.window)
        self.window.peer.connect_to_session()
        await self._open_files()
        self.settle()
        await self._start_server()
        await self.window.read_history()
        if not self.window.settings.values.has_seen_tour and not getattr(self.options, "files", ()):
            self.window.tour()
        if getattr(self.options, "run", False):
            self.window.start(ask_for_help=False)  # whoever starts flowdesk with a run need not sit before it
        try:
            await self.ended.wait()
        finally:
            await self._end()
            taken()
            sys.excepthook = sys.__excepthook__
        return self.code

    def _change_serving(self) -> None:
        """Serve as the settings say now."""

        async def change() -> None:
            server, self.server = self.server, None
            if server is not None:
                await self._bounded(server.stop(), "stopping the server")
            self.session.port = None
            self.window.show_server(None)
            await self._start_server(self.window.settings.values.port)

        spawn(change(), "serve as the settings say")

    async def _start_server(self, port: int | None = None) -> None:
        values = self.window.settings.values
        if getattr(self.options, "no_server", False) or not values.serves:
            return
        if port is None:
            port = getattr(self.options, "port", None)
        options = argparse.Namespace(**{**vars(self.options), "port": values.port if port is None else port})
        try:
            self.server = self.make_server(self.session, options)
        except ImportError as error:
            if (error.name or "") not in {"flowdesk.server.server", "flowdesk.server"}:
                raise
            self.window.show_notice(tr("This flowdesk has no server: browsers cannot connect."))
            return
        try:
            await self.server.start()
        except FlowdeskError as error:
            self.server = None
            self.window.show_error(error)
        except OSError as error:
            self.server = None
            self.window.show_notice(
                tr(say("The server could not start: {reason}.", reason=error.strerror or str(error)))
            )
        else:
            self.server.ask_first_run = self._may_run
            self.server.on_refused = self._show_refused
            self.window.show_server(self.server)

    async def _may_run(self, client: Any, incoming: Any) -> bool:
        return await self.window.ask_first_run(client.name, incoming.workflow_id)

    def _show_refused(self, sentence: str) -> None:
        self.window.show_notice(tr(sentence))

    async def _open_files(self) -> None:
        left = self.session.recovery.left()
        for file in self._files():
            await self.window.open_path(file)
        if not self.window.has_documents:
            await self.window.open_new()
        if left:
            self.window.offer_recovered(left)

    def _files(self) -> list[str]:
        named = [str(Path(file).resolve()) for file in getattr(self.options, "files", ())]
        return named or [file for file in self.window.settings.values.open_files if Path(file).is_file()]

    def _take_signals(self) -> Callable[[], None]:
        """End on SIGINT and SIGTERM: the runs' brakes are pulled from the handler itself.

        Python looks at signals only between its own instructions, and Qt waits in C; the byte that Python writes
        wakes Qt up.
        """
        from PySide6.QtCore import QSocketNotifier

        ours, pythons = socket.socketpair()
        ours.setblocking(False)
        pythons.setblocking(False)
        notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda: ours.recv(64))
        before_fd = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def end(number: int, _: Any) -> None:
            self.session.stop_all(signal.Signals(number).name)
            self.code = STOPPED
            self.ended.set()

        for number in before:
            signal.signal(number, end)

        def give_back() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before_fd)
            notifier.setEnabled(False)
            ours.close()
            pythons.close()

        return give_back

    async def _end(self) -> None:
        self.session.stop_all("the window was closed")
        self.window.prepare_end()
        await self._bounded(self.session.runs.close(), "ending the runs")
        if self.server is not None:
            await self._bounded(self.server.stop(), "stopping the server")
        await self._bounded(self.session.close(), "closing the session")
        self.window.end()

    async def _bounded(self, work: Any, what: str) -> None:
        try:
            await asyncio.wait_for(work, SHUTDOWN_SECONDS)
        except TimeoutError:
            logger.exception("%s took longer than %s s", what, SHUTDOWN_SECONDS)
        except (FlowdeskError, OSError, RuntimeError):
            logger.exception("%s failed", what)

    def _show_once(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Show an exception that escaped from a slot: always in the log of the program, once in the window."""
        logger.error("an unexpected error", exc_info=(kind, error, trace))
        place = traceback.extract_tb(trace)[-1:] if trace else []
        key = (kind.__name__, f"{place[0].filename}:{place[0].lineno}" if place else str(error))
        if key not in self._seen:
            self._seen.add(key)
            self.window.show_notice(
                tr(say("Something unexpected went wrong: {reason}", reason=f"{kind.__name__}: {error}"))
            )
