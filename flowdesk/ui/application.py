"""The window's application: one event loop for Qt and asyncio, an orderly start and an orderly end."""

import argparse
import asyncio
import contextlib
import logging
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from flowdesk.aio import spawn
from flowdesk.exitcodes import NO_DESKTOP
from flowdesk.i18n import set_language, tr
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.session.session import Session
from flowdesk.session.trust import told
from flowdesk.session.wanted import Wanted
from flowdesk.signals import SignalThread
from flowdesk.ui.display import require_display, when_display_goes

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
    from flowdesk.ui.qtwords import QtWords
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
    words = QtWords(application)
    theme.set_mode(settings.values.theme)
    dress(application)
    collector = WindowThreadCollector()
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        life = _Life(make_session(), make_server, options, settings, collector.settle)
        code = _live_out(life, loop)
    collector.stop()
    words.forget()
    return code


def _live_out(life: "_Life", loop: asyncio.AbstractEventLoop) -> int:
    """Live to the end and return the exit code. Where the display goes, the process ends in here."""
    heard = when_display_goes(life.lose_display)
    work = loop.create_task(life.run(), name="flowdesk.window")
    try:
        return int(loop.run_until_complete(work))
    except RuntimeError:
        if work.done():
            raise
        life.lose_display()  # Qt stopped its loop
    finally:
        del heard  # Xlib may call it until here


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
        self._asking = asyncio.Lock()
        """The owner is asked one question after another."""
        self._is_ending = False

    async def run(self) -> int:
        """Live and return the exit code."""
        self.window.quit_requested.connect(self.ended.set)
        self.window.serving_changed.connect(self._change_serving)
        sys.excepthook = self._show_once
        self.loop = asyncio.get_running_loop()
        with SignalThread(self._end_by_signal):
            return await self._live()

    async def _live(self) -> int:
        await _show_painted(self.window)
        self.session.runs.begin_to_hear()
        self.window.bench.peer.connect_to_session()
        await self._open_files()
        self.settle()
        await self._start_server()
        self.session.triggering.watch.begin()
        await self.window.records.begin()
        if not self.window.bench.settings.values.has_seen_tour and not getattr(self.options, "files", ()):
            self.window.acts.tour()
        if getattr(self.options, "run", False):
            self.window.running.start(ask_for_help=False)  # whoever starts flowdesk with a run need not sit before it
        try:
            await self.ended.wait()
        finally:
            await self._end()
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
            await self._start_server(self.window.bench.settings.values.port)

        spawn(change(), "serve as the settings say")

    async def _start_server(self, port: int | None = None) -> None:
        values = self.window.bench.settings.values
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
            self.window.bench.show_notice(tr("The server of this flowdesk is off, so browsers cannot connect."))
            return
        try:
            await self.server.start()
        except FlowdeskError as error:
            self.server = None
            self.window.bench.show_error(error)
        except OSError as error:
            self.server = None
            self.window.bench.show_notice(tr(say("The server did not start: {reason}.", reason=system_cause(error))))
        else:
            self.server.ask_first_run = self._may_run
            self.server.ask_to_record = self._may_record
            self.server.on_refused = self._show_refused
            self.window.show_server(self.server)

    async def _may_run(self, client: Any, wanted: Wanted) -> bool:
        trust = self.session.trust
        async with self._asking:
            if trust.may_start(client.hand, wanted.digest):
                return True
            if self._is_ending:
                return False
            would = [doing for flow in wanted.flows for doing in trust.doings(flow)]
            name = wanted.flow.name or wanted.flow.id
            is_allowed = await self.window.ask_first_run(client.name, name, [tr(line) for line in told(would)])
            if is_allowed:
                trust.allow_start(client.hand, wanted.digest, wanted.flows)
        return is_allowed

    async def _may_record(self, client: Any) -> bool:
        async with self._asking:
            return not self._is_ending and await self.window.ask_to_record(client.name)

    def _show_refused(self, sentence: str) -> None:
        self.window.bench.show_notice(tr(sentence))

    async def _open_files(self) -> None:
        left = self.session.recovery.unsaved()
        for file in self._files():
            await self.window.flows.open_path(file)
        if not self.window.bench.all_tabs():
            await self.window.flows.open_new()
        if left:
            self.window.flows.offer_recovered(left)

    def _files(self) -> list[str]:
        named = [str(Path(file).resolve()) for file in getattr(self.options, "files", ())]
        return named or [file for file in self.window.bench.settings.values.open_files if Path(file).is_file()]

    def _end_by_signal(self, name: str) -> None:
        """End on a signal, from the thread that hears it: the runs' brakes are pulled before the event loop knows."""
        self.session.triggering.watch.is_ending = True
        self.session.stop_all(name)
        self.code = STOPPED
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            self.loop.call_soon_threadsafe(self.ended.set)

    def lose_display(self) -> NoReturn:
        """End the process without the window, whose display is gone, with exit code 3.

        Nothing of Qt may be asked any more, its loop included: it crashes. Edits are on the disk already.
        """
        sentence = say("The display of the window is gone. What was not saved is offered at the next start.")
        try:
            error = DesktopUnavailable(sentence, say("Log in again, then start flowdesk."))
            self.session.triggering.watch.is_ending = True
            self.session.runs.break_off(error)
            sys.stderr.write(f"{tr(sentence)}\n")
            sys.stderr.flush()
        finally:
            os._exit(NO_DESKTOP)

    async def _end(self) -> None:
        self._is_ending = self.session.triggering.watch.is_ending = True
        self.session.stop_all("the window was closed")
        self.window.prepare_end()
        await self._bounded(self.session.triggering.watch.close(), "ending the triggers")
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
            self.window.bench.show_notice(
                tr(say("Internal error in flowdesk: {reason}", reason=f"{kind.__name__}: {error}"))
            )
