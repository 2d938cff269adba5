"""The composition root: the only module that knows everybody.

Start: settings and folders, catalogue, desktop driver (nothing of it is touched before the first look), session,
then the shell: the window, the server, or a terminal. Quit, in this order: runs are stopped and keys released, work is
saved or kept for recovery, sockets are shut, the driver's threads end, the loop ends.
"""

import argparse
import asyncio
import errno
import gc
import getpass
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowdesk.exitcodes import FAILED, INVALID, NO_DESKTOP, STOPPED, SUCCEEDED
from flowdesk.i18n import set_language, tr, tr_all
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.signals import SignalThread

if TYPE_CHECKING:
    from flowdesk.engine.ports import DesktopDriver
    from flowdesk.session.session import Folders, Session

_OUTPUT_FAULTS = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT})
"""What a file that standard output goes to may fail with."""
COLLECTED = 5_000, 5, 100
"""After how many new objects cyclic garbage is searched for, and after how many searches among older ones."""
FULL = frozenset({"run", "serve"})
"""Commands that begin with a session: what it loads and makes lives as long as the process."""
WATCHING = frozenset({"window", "serve"})
"""The processes that hold the triggers of this machine."""
EXIT_OF_STATE = {RunState.SUCCEEDED: SUCCEEDED, RunState.FAILED: FAILED, RunState.STOPPED: STOPPED}


def execute(options: argparse.Namespace) -> int:
    """Carry out a parsed command line and return the exit code. Errors are told here, once."""
    set_language("system")
    if options.command not in FULL:
        _collect_less_often()
    commands = {
        "window": _window,
        "run": _run,
        "serve": _serve,
        "validate": _validate,
        "find": _find,
        "nodes": _nodes,
        "doctor": _doctor,
        "token": _token,
        "secret": _secret,
        "diff": _diff,
        "merge": _merge,
        "format": _format,
        "import": _import,
        "mcp": _mcp,
        "triggers": _triggers,
        "record": _record,
        "hub": _hub,
        "worker": _worker,
        "submit": _submit,
        "jobs": _jobs,
        "runs": _runs,
        "report": _report,
    }
    try:
        code = commands[options.command](options)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except DesktopUnavailable as error:
        return _tell(error, NO_DESKTOP)
    except FlowdeskError as error:
        return _tell(error, INVALID)
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        _print_nowhere()
        return SUCCEEDED
    except OSError as error:
        if error.filename is not None or error.errno not in _OUTPUT_FAULTS:
            raise
        _print_nowhere()
        fault = say("The output cannot be written: {reason}.", reason=system_cause(error))
        return _tell(FlowdeskError(fault, say("Free some disk space, or send the output elsewhere.")), FAILED)


def _print_nowhere() -> None:
    """Let what is printed later not fail, nor what the interpreter flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _collect_less_often() -> None:
    """Search for cyclic garbage from now on, but not in what was loaded: it is a third of the time of a long run otherwise.

    Little at a time: whatever thread searches, nothing else gets a turn. Measured with flows of 5,000 nodes, 50,000 new objects
    held the event loop for 35 ms, twenty times as many for 120 ms; so it is 5 ms and 15 ms, in less time altogether.
    """
    if gc.isenabled():
        return  # a session before this one did it: its garbage is not to be kept
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    gc.enable()
    sys.setswitchinterval(0.001)  # a thread that writes a large flow gives the event loop its turn in time


def folders() -> "Folders":
    """Where flowdesk keeps things: ``$FLOWDESK_STATE_DIR`` and ``$FLOWDESK_FLOWS_DIR``, else the platform's places."""
    import platformdirs

    from flowdesk.session.session import Folders

    state = Path(os.environ.get("FLOWDESK_STATE_DIR") or platformdirs.user_state_path("flowdesk", appauthor=False))
    flows = Path(os.environ.get("FLOWDESK_FLOWS_DIR") or platformdirs.user_documents_path() / "flowdesk")
    return Folders(state, state / "runs", flows)


def make_session(process: str = "flowdesk") -> "Session":
    """Put the session together. ``process`` says for people of other processes what this one is: ``window``, ``serve``, ``run``."""
    from flowdesk import later
    from flowdesk.drivers.notices import notify
    from flowdesk.drivers.private.desktops import KeptDesktops
    from flowdesk.engine.context import Services
    from flowdesk.keystore import keep_secret, read_secret
    from flowdesk.session.session import Session

    driver = make_driver(process)
    services = Services(
        driver=driver, secret=read_secret, keep_secret=keep_secret, notify=notify, private=KeptDesktops()
    )
    catalogue = catalogue_with_plugins()
    make = partial(
        Session, catalogue, services, folders(),
        process=process, observer=later.observer, bring=later.bring, write_report=partial(later.write_report, catalogue),
    )  # fmt: skip
    if process not in WATCHING:
        session = make()
        if process in FULL:
            _collect_less_often()
        return session
    from flowdesk.watching import make_counter, make_surroundings

    around = make_surroundings(driver, lambda: session.triggering.notice_command())
    session = make(surroundings=around, counter=lambda: make_counter(catalogue))
    if process in FULL:
        _collect_less_often()
    return session


def make_driver(process: str = "flowdesk") -> "DesktopDriver":
    """The desktop of this machine. Nothing of it is touched before it is used."""
    from flowdesk.drivers.desktop import RealDesktopDriver

    return RealDesktopDriver(process)


def _record(options: argparse.Namespace) -> int:
    from flowdesk.recordcommand import record

    return record(options, lambda: make_session("record"))


# -- run --------------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    from flowdesk.runcommand import run_files

    def session() -> "Session":
        made = make_session("run")
        _tell_interrupted(made)
        return made

    return run_files(options, session, _tell)


def _tell_interrupted(session: "Session") -> None:
    """Say, once, which runs a process that is gone left unfinished."""
    from flowdesk.session.interruptions import interruption

    for about in session.runs.interrupted:
        if about["is_new"]:
            name = str(about.get("name") or about.get("workflow_id") or "")
            began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(about.get("started", 0))))
            print(tr(say('The last run of "{name}" started at {time}.', name=name, time=began)), file=sys.stderr)
            print(f"  {tr(interruption(about))}", file=sys.stderr)
            print(tr(say("  The run's folder: {folder}", folder=str(about.get("folder")))), file=sys.stderr)


# -- serve and window -------------------------------------------------------------------------------------------------


def _serve(options: argparse.Namespace) -> int:
    session = make_session("serve")
    told: list[Callable[[], None]] = []

    def end(name: str) -> None:
        session.triggering.watch.is_ending = True
        session.stop_all("flowdesk serve is ending")
        for tell in told:
            tell()

    with SignalThread(end) as signals:
        return asyncio.run(_serve_until_stopped(session, options, signals, told))


async def _serve_until_stopped(
    session: "Session", options: argparse.Namespace, signals: SignalThread, told: list[Callable[[], None]]
) -> int:
    session.runs.begin_to_hear()
    _tell_interrupted(session)
    session.restore()
    for file in options.files:
        live = session.open_file(Path(file).resolve(), keep=True)
        if not live.is_foreign:
            session.trust.add(live.flow)
    server = make_server(session, options)
    await server.start()
    for line in server.greeting():
        print(tr(line), flush=True)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def end() -> None:
        loop.call_soon_threadsafe(ended.set)

    told.append(end)
    session.triggering.watch.begin()
    try:
        if signals.asked is None:
            await ended.wait()
    finally:
        await session.triggering.watch.close()
        await session.runs.close()
        await server.stop()
        await session.close()
    return SUCCEEDED


def make_server(session: "Session", options: argparse.Namespace) -> Any:
    """Make the server as the command line asks for it."""
    from flowdesk.server.server import Server, ServerSettings

    return Server(
        session,
        ServerSettings(
            host=options.host,
            port=8000 if options.port is None else options.port,
            tls_cert=options.tls_cert,
            tls_key=options.tls_key,
            insecure_no_token=options.insecure_no_token,
            origins=tuple(options.allow_origin),
        ),
        on_hook=session.triggering.hook,
    )


def _window(options: argparse.Namespace) -> int:
    require_window_pieces()
    try:
        from flowdesk.ui.application import run_window

        return run_window(lambda: make_session("window"), make_server, options)  # it loads Qt itself
    except ImportError as error:
        if error.name and error.name.split(".")[0] in {"PySide6", "qasync"}:
            return tell_no_window("window", error)
        raise


def require_window_pieces() -> None:
    """Look for what Qt needs of the system before Qt does, which ends the program where something lacks.

    Raises:
        DesktopUnavailable: If something is missing: what, and the command that installs it.
    """
    from flowdesk.drivers.checking import window_pieces

    check = window_pieces()
    if not check.is_ok:
        raise DesktopUnavailable(check.message, check.fix)


def tell_no_window(command: str, error: ImportError) -> int:
    """Say that a command needs the window's libraries, and the fix. Returns the exit code."""
    print(tr(say("flowdesk {command} requires PySide6: {reason}", command=command, reason=str(error))), file=sys.stderr)
    fix = say("Run: pip install PySide6-Essentials qasync. flowdesk run and flowdesk serve work without it.")
    print(f"  {tr(fix)}", file=sys.stderr)
    return NO_DESKTOP


# -- the small commands -----------------------------------------------------------------------------------------------


def _runs(options: argparse.Namespace) -> int:
    from flowdesk.reportcommand import runs

    return runs(options, folders().runs)


def _report(options: argparse.Namespace) -> int:
    from flowdesk.reportcommand import report

    return report(options, folders().runs, catalogue_with_plugins())


def _validate(options: argparse.Namespace) -> int:
    from flowdesk.flowtext import validate_files

    return validate_files(options, catalogue_with_plugins(), lambda error: _tell(error, INVALID))


def _find(options: argparse.Namespace) -> int:
    return asyncio.run(_find_now(options))


async def _find_now(options: argparse.Namespace) -> int:
    from flowdesk.engine.brake import Brake
    from flowdesk.model.selector import parse_selector
    from flowdesk.model.target import Query
    from flowdesk.nodes.plugins import load_engines

    load_engines()
    query = Query(
        (parse_selector(options.selector),), similarity=options.similarity, assets=str(Path(options.assets).resolve())
    )
    driver = make_driver()
    try:
        desktop = driver.open(Brake())
        begun = time.monotonic()
        while True:
            sighting = await desktop.find(query)
            took = (time.monotonic() - begun) * 1000
            if sighting.spot is not None or took >= options.timeout:
                break
            await asyncio.sleep(0.2)
    finally:
        driver.close()
    if options.json:
        miss = sighting.miss
        print(json.dumps({
            "found": sighting.spot is not None, "count": max(sighting.count, len(sighting.spots)), "ms": round(took, 1),
            "spots": [spot.payload() for spot in sighting.spots], "reason": str(miss.reason) if miss else None,
            "best_score": miss.best_score if miss else None,
        }, ensure_ascii=False))  # fmt: skip
    else:
        for spot in sighting.spots:
            print(
                f"{spot.point.x},{spot.point.y}  box {','.join(map(str, spot.box))}  score {spot.score:.3f}  {took:.0f} ms"
            )
        if sighting.count > len(sighting.spots) > 0:
            print(tr(say("{count} in all", count=sighting.count)), file=sys.stderr)
        if sighting.spot is None and sighting.miss is not None:
            print(tr(sighting.miss.reason), *sighting.miss.candidates, sep="\n  ", file=sys.stderr)
    return SUCCEEDED if sighting.spot is not None else FAILED


def _nodes(options: argparse.Namespace) -> int:
    from flowdesk.nodescommand import nodes

    return nodes(options, catalogue_with_plugins())


def _doctor(options: argparse.Namespace) -> int:
    from flowdesk.doctorcommand import doctor

    return doctor(options)


def _token(options: argparse.Namespace) -> int:
    from flowdesk.protocol.messages import Role
    from flowdesk.server.tokens import TokenStore

    store = TokenStore(folders().state)
    if options.action == "show":
        print(store.show(options.name))
    elif options.action == "new":
        print(store.renew(options.name, Role[options.role.upper()]))
    elif options.action == "list":
        for name, role in store.names().items():
            print(f"{name or '-':<24} {role.name.lower()}")
    else:
        store.revoke(options.name)
        print(tr("The token is revoked. Run flowdesk token new to create another."))
    return SUCCEEDED


def _diff(options: argparse.Namespace) -> int:
    from flowdesk.flowtext import diff

    return diff(options, catalogue_with_plugins())


def _merge(options: argparse.Namespace) -> int:
    from flowdesk.mergecommand import merge_files

    return merge_files(options, catalogue_with_plugins())


def _format(options: argparse.Namespace) -> int:
    from flowdesk.flowtext import format_files

    return format_files(options, lambda error: _tell(error, INVALID))


def _import(options: argparse.Namespace) -> int:
    from flowdesk.importcommand import import_files

    return import_files(options, catalogue_with_plugins(), lambda error: _tell(error, INVALID))


def _mcp(options: argparse.Namespace) -> int:
    from flowdesk.agent.command import Means, require_sdk, serve_assistant

    require_sdk()
    from flowdesk.protocol.messages import Role
    from flowdesk.server.server import Server, ServerSettings
    from flowdesk.server.tokens import TokenStore

    store = TokenStore(folders().state)

    def token(role: str) -> str:
        name = "assistant" if role == "run" else f"assistant-{role}"
        known = store.names().get(name)
        return store.show(name) if known is Role[role.upper()] else store.renew(name, Role[role.upper()])

    def server(session: "Session", port: int) -> Any:
        return Server(session, ServerSettings(port=port))

    means = Means(folders().state, catalogue_with_plugins(), lambda: make_session("mcp"), server, token, store.show)
    return serve_assistant(options, means)


def _triggers(options: argparse.Namespace) -> int:
    from flowdesk.triggercommand import triggers

    return triggers(options, make_session("triggers"))


def _hub(options: argparse.Namespace) -> int:
    from flowdesk.workercommand import hub

    return hub(options, folders().state)


def _worker(options: argparse.Namespace) -> int:
    from flowdesk.workercommand import worker

    return worker(options, lambda: make_session("worker"), folders().state)


def _submit(options: argparse.Namespace) -> int:
    from flowdesk.fleetcommand import submit

    return submit(options, catalogue_with_plugins())


def _jobs(options: argparse.Namespace) -> int:
    from flowdesk.fleetcommand import jobs

    return jobs(options)


def _secret(options: argparse.Namespace) -> int:
    from flowdesk.keystore import forget_secret, keep_secret

    if options.action == "delete":
        forget_secret(options.name)
        print(tr("The secret was deleted."))
        return SUCCEEDED
    if sys.stdin.isatty():
        value = getpass.getpass(f"{options.name}: ")
    else:
        value = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not value:
        raise FlowdeskError(say("The secret is empty and was not saved."), say("Enter it, or pipe it in."))
    keep_secret(options.name, value)
    print(tr(say("Saved. In a flow, use {reference}.", reference="{{secret:" + options.name + "}}")))
    return SUCCEEDED


def _tell(error: FlowdeskError, code: int) -> int:
    """Show an error to a person, once: the sentence and the fix."""
    print(f"flowdesk: {tr(error.message)}", file=sys.stderr)
    if error.fix:
        print(f"  {tr(error.fix)}", file=sys.stderr)
    for problem in error.details.get("problems", []):
        if problem["message"] != error.message:
            print(f"  - {tr_all(problem['message'], problem['fix'])}", file=sys.stderr)
    return code
