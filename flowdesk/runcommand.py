"""`flowdesk run`: flows one after the other, without a window."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flowdesk.consent import has_terminal, settle_consent
from flowdesk.engine.beginning import obstacles
from flowdesk.engine.brake import Brake
from flowdesk.engine.needs import needs_desktop
from flowdesk.engine.options import RunOptions
from flowdesk.exitcodes import FAILED, INVALID, NO_DESKTOP, STOPPED, SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import ConsentNeeded, DesktopUnavailable, FileUnwritable, FlowdeskError
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.model.validation import validate
from flowdesk.session.names import stem_of
from flowdesk.session.session import Session
from flowdesk.session.storage import open_flow
from flowdesk.signals import SignalThread
from flowdesk.terminal import TerminalPeer, problem_line, read_variables

if TYPE_CHECKING:
    from flowdesk.junit import Suite, Suites

EXIT_OF_STATE = {RunState.SUCCEEDED: SUCCEEDED, RunState.FAILED: FAILED, RunState.STOPPED: STOPPED}

Tell = Callable[[FlowdeskError, int], int]
"""Shows an error to a person and returns the exit code."""


@dataclass(frozen=True)
class Place:
    """A run of the command line: its file, its folder, and who counts its verdicts."""

    file: Path
    report: Path | None
    suite: "Suite | None"


def run_files(options: argparse.Namespace, make_session: Callable[[], Session], tell: Tell) -> int:
    """Run flows one after the other, until one is stopped. Returns the highest exit code."""
    suites = _suites(Path(options.junit)) if options.junit else None
    worst = SUCCEEDED
    try:
        for place, file in enumerate(options.files):
            suite = suites.begin(file) if suites is not None else None
            try:
                code = _run_file(Path(file), place, options, suite, make_session)
            except FlowdeskError as error:
                code = tell(error, NO_DESKTOP if isinstance(error, DesktopUnavailable) else INVALID)
                if suite is not None:
                    suite.break_off(error.message, error.fix)
            worst = max(worst, code)
            if code == STOPPED:
                break
    finally:
        if suites is not None:
            suites.write()
    return worst


def _suites(path: Path) -> "Suites":
    from flowdesk.junit import Suites

    return Suites(path)


def _run_file(
    file: Path, number: int, options: argparse.Namespace, suite: "Suite | None", make_session: Callable[[], Session]
) -> int:
    opened = open_flow(file)
    variables = read_variables(options.var)
    report = _report_folder(number, options)
    session = make_session()
    where = {"desktop": options.desktop, "home": options.home}
    how = RunOptions(variables=variables, from_node=options.from_node, is_dry=options.dry_run, **where)
    if suite is not None:
        suite.know(opened.flow)
    if not _check(opened.flow, session.catalogue, how):
        if suite is not None:
            suite.break_off(say("The flow cannot run."), say("Run flowdesk validate to see the problems."))
        return INVALID
    peer = TerminalPeer(as_json=options.json)
    peer.labels = {node.id: node.label for node in opened.flow.nodes}
    with SignalThread(session.stop_all) as signals:
        return asyncio.run(_run_flow(session, peer, options, how, signals, Place(file, report, suite)))


def _report_folder(number: int, options: argparse.Namespace) -> Path | None:
    """Return the folder that was asked for; of several flows each has one in it, called like its file."""
    if not options.report:
        return None
    folder = Path(options.report)
    if len(options.files) > 1:
        names = [stem_of(Path(file).name) for file in options.files[: number + 1]]
        count = names.count(names[-1])
        folder /= names[-1] if count == 1 else f"{names[-1]}-{count}"
    _make_folder(folder)
    return folder


def _make_folder(path: Path) -> None:
    """Make a folder that can be written.

    Raises:
        FileUnwritable: If that is impossible.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise FileUnwritable(
            say("Cannot write to the folder {path}: {reason}.", path=path, reason=system_cause(error)),
            say("Choose a folder that you can write to."),
        ) from error


async def _run_flow(
    session: Session,
    peer: TerminalPeer,
    options: argparse.Namespace,
    how: RunOptions,
    signals: SignalThread,
    place: Place,
) -> int:

    live = session.open_file(place.file.resolve())
    if place.suite is not None:
        live.journal.listeners.append(place.suite.hear)
    if not how.is_dry:
        settle_consent(session, live, allow=options.allow, may_ask=has_terminal() and not options.json)
    is_here = session.runs.place_of(live.flow, how) is None
    if is_here and session.services.driver is not None and needs_desktop(live.flow, session.catalogue, how):
        await asyncio.to_thread(session.services.driver.open, Brake())
    session.connect(peer)
    live.journal.subscribe(peer)
    peer.session = session
    started = session.runs.start(
        live.workflow_id,
        live.flow,
        live.journal,
        how,
        services=session.services_on_command_line(live, allow=options.allow),
        started_by="command line",
        report=place.report,
        path=live.path,
    )
    if signals.asked is not None:  # it came before there was a run to stop
        session.stop_all(signals.asked)
    assert started.task is not None
    finished = await started.task
    await session.close()
    await peer.finish(lambda: signals.asked is not None)
    if started.lost:
        print(tr(started.lost), file=sys.stderr)
    if finished.error is not None and finished.error.get("code") == DesktopUnavailable.code:
        return NO_DESKTOP
    if finished.error is not None and finished.error.get("code") == ConsentNeeded.code:
        return INVALID
    return EXIT_OF_STATE[finished.state]


def _check(flow: Flow, catalogue: Catalogue, how: RunOptions) -> bool:
    """Print what keeps a flow from running, else what is not right about it; ``False`` if it cannot run.

    Raises:
        FlowdeskError: If there is no node to start from.
    """
    try:
        errors = obstacles(flow, catalogue, how)
    except KeyError:
        raise FlowdeskError(
            say('Node "{id}" not found, so the run cannot start there.', id=how.from_node),
            say("Enter the ID of a node in the flow."),
        ) from None
    for problem in errors or validate(flow, catalogue):
        print(problem_line(problem), file=sys.stderr)
    return not errors
