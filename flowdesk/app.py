"""The composition root: the only module that knows everybody.

Start: settings and folders, catalogue, desktop driver (nothing of it is touched before the first look), session,
then the shell: the window, the server, or a terminal. Quit, in this order: runs are stopped and keys released, work is
saved or kept for recovery, sockets are shut, the driver's threads end, the loop ends.
"""

import argparse
import asyncio
import gc
import getpass
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowdesk.exitcodes import FAILED, INVALID, NO_DESKTOP, STOPPED, SUCCEEDED
from flowdesk.i18n import set_language, tr
from flowdesk.model.errors import DesktopUnavailable, FileUnwritable, FlowdeskError, FlowInvalid
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.nodes import catalogue_with_plugins

if TYPE_CHECKING:
    from flowdesk.engine.ports import Check, DesktopDriver
    from flowdesk.model.flow import Flow
    from flowdesk.model.nodetype import Catalogue
    from flowdesk.session.session import Folders, Session

EXIT_OF_STATE = {RunState.SUCCEEDED: SUCCEEDED, RunState.FAILED: FAILED, RunState.STOPPED: STOPPED}


def execute(options: argparse.Namespace) -> int:
    """Carry out a parsed command line and return the exit code. Errors are told here, once."""
    set_language("system")
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
    }
    try:
        return commands[options.command](options)
    except DesktopUnavailable as error:
        return _tell(error, NO_DESKTOP)
    except FlowdeskError as error:
        return _tell(error, INVALID)
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SUCCEEDED


def _collect_less_often() -> None:
    """Leave what was imported out of the search for cyclic garbage: it is a third of the time of a long run otherwise."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def folders() -> "Folders":
    """Where flowdesk keeps things: ``$FLOWDESK_STATE_DIR`` and ``$FLOWDESK_FLOWS_DIR``, else the platform's places."""
    import platformdirs

    from flowdesk.session.session import Folders

    state = Path(os.environ.get("FLOWDESK_STATE_DIR") or platformdirs.user_state_path("flowdesk", appauthor=False))
    flows = Path(os.environ.get("FLOWDESK_FLOWS_DIR") or platformdirs.user_documents_path() / "flowdesk")
    return Folders(state, state / "runs", flows)


def make_session() -> "Session":
    """Put the session together."""
    from flowdesk.engine.context import Services
    from flowdesk.keystore import read_secret
    from flowdesk.session.session import Session

    return Session(catalogue_with_plugins(), Services(driver=make_driver(), secret=read_secret), folders())


def make_driver() -> "DesktopDriver":
    """The desktop of this machine. Nothing of it is touched before it is used."""
    from flowdesk.drivers.desktop import RealDesktopDriver

    return RealDesktopDriver()


# -- run --------------------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    from flowdesk.session.storage import open_flow
    from flowdesk.terminal import TerminalPeer, read_variables

    opened = open_flow(Path(options.file))
    variables = read_variables(options.var)
    if options.report:
        _make_folder(Path(options.report))
    session = make_session()
    _tell_interrupted(session)
    if not _check(opened.flow, session.catalogue, options):
        return INVALID
    peer = TerminalPeer(as_json=options.json)
    try:
        return asyncio.run(_run_flow(session, peer, options, variables))
    except FlowInvalid as error:
        return _tell(error, INVALID)


def _tell_interrupted(session: "Session") -> None:
    """Say, once, which runs a process that is gone left unfinished."""
    from flowdesk.session.runs import interruption

    for about in session.runs.interrupted:
        if about["is_new"]:
            name = str(about.get("name") or about.get("workflow_id") or "")
            began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(about.get("started", 0))))
            print(tr(say('The last run of "{name}" began at {time}.', name=name, time=began)), file=sys.stderr)
            print(f"  {tr(interruption(about))}", file=sys.stderr)
            print(tr(say("  The run's folder: {folder}", folder=str(about.get("folder")))), file=sys.stderr)


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
            say("The folder {path} cannot be written: {reason}.", path=path, reason=error.strerror or str(error)),
            say("Name a folder that you may write to."),
        ) from error


async def _run_flow(session: "Session", peer: Any, options: argparse.Namespace, variables: dict[str, Any]) -> int:
    from flowdesk.engine.brake import Brake
    from flowdesk.engine.options import RunOptions

    live = session.open_file(Path(options.file).resolve())
    session.trust.add(live.flow)
    if session.services.driver is not None and _needs_desktop(live.flow, session.catalogue):
        await asyncio.to_thread(session.services.driver.open, Brake())
    if options.from_node is not None and options.from_node not in {node.id for node in live.flow.nodes}:
        raise FlowdeskError(
            say('There is no node "{id}" to start from.', id=options.from_node), say("Name a node of the flow.")
        )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        _on_signal(loop, number, session)
    session.connect(peer)
    live.journal.subscribe(peer)
    peer.session = session
    started = session.runs.start(
        live.workflow_id,
        live.flow,
        live.journal,
        RunOptions(variables=variables, from_node=options.from_node, is_dry=options.dry_run),
        services=session.services_of(live, live.workflow_id),
        started_by="command line",
        report=Path(options.report) if options.report else None,
    )
    assert started.task is not None
    finished = await started.task
    await session.close()
    if finished.error is not None and finished.error.get("code") == DesktopUnavailable.code:
        return NO_DESKTOP
    return EXIT_OF_STATE[finished.state]


def _on_signal(loop: asyncio.AbstractEventLoop, number: int, session: "Session") -> None:
    """Stop on a signal, from the signal handler itself: it must not wait for the event loop."""
    name = signal.Signals(number).name

    def stop(*_: Any) -> None:
        session.stop_all(name)

    signal.signal(number, stop)
    loop.call_soon(lambda: None)


def _needs_desktop(flow: "Flow", catalogue: "Catalogue") -> bool:
    """Whether a run would look at the desktop or act on it, as far as can be seen before it begins."""
    for node in flow.nodes:
        uses, config = catalogue[node.type].uses, node.config
        has_target = "target" in uses and (config.get("selector") or config.get("until"))
        if not node.option("disabled") and (uses & {"input", "screen"} or has_target or config.get("appName")):
            return True
    return False


def _check(flow: "Flow", catalogue: "Catalogue", options: argparse.Namespace) -> bool:
    """Print the problems of a flow; ``False`` if it cannot run."""
    from flowdesk.model.validation import validate

    problems = validate(flow, catalogue)
    errors = [problem for problem in problems if problem.is_error]
    for problem in errors or problems:
        print(_problem_line(problem), file=sys.stderr)
    return not errors


# -- serve and window -------------------------------------------------------------------------------------------------


def _serve(options: argparse.Namespace) -> int:
    return asyncio.run(_serve_until_stopped(options))


async def _serve_until_stopped(options: argparse.Namespace) -> int:
    from flowdesk.session.restoring import restore_untitled
    from flowdesk.session.storage import open_flow

    session = make_session()
    _tell_interrupted(session)
    session.restores = True
    restore_untitled(session)
    for file in options.files:
        path = Path(file).resolve()
        session.trust.add(open_flow(path).flow)
        session.open_file(path, keep=True)
    server = make_server(session, options)
    await server.start()
    for line in server.greeting():
        print(tr(line), flush=True)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def end(*_: Any) -> None:
        session.stop_all("flowdesk serve is ending")
        loop.call_soon_threadsafe(ended.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        await ended.wait()
    finally:
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
    )


def _window(options: argparse.Namespace) -> int:
    try:
        from flowdesk.ui.application import run_window

        return run_window(make_session, make_server, options)  # it loads Qt itself
    except ImportError as error:
        if error.name and error.name.split(".")[0] in {"PySide6", "qasync"}:
            return tell_no_window("window", error)
        raise


def tell_no_window(command: str, error: ImportError) -> int:
    """Say that a command needs the window's libraries, and the fix. Returns the exit code."""
    print(tr(say("`flowdesk {command}` needs PySide6: {reason}", command=command, reason=str(error))), file=sys.stderr)
    fix = say("Install it: pip install PySide6-Essentials qasync. `flowdesk run` and `flowdesk serve` do without.")
    print(f"  {tr(fix)}", file=sys.stderr)
    return NO_DESKTOP


# -- the small commands -----------------------------------------------------------------------------------------------


def _validate(options: argparse.Namespace) -> int:
    from flowdesk.model.validation import validate
    from flowdesk.session.storage import open_flow

    catalogue = catalogue_with_plugins()
    worst = SUCCEEDED
    report = []
    for file in options.files:
        try:
            problems = validate(open_flow(Path(file)).flow, catalogue)
        except FlowdeskError as error:
            worst = INVALID
            report.append({"file": file, "valid": False, "problems": [{"level": "error", **error.payload()}]})
            if not options.json:
                _tell(error, INVALID)
            continue
        is_valid = not any(problem.is_error for problem in problems)
        worst = worst if is_valid else INVALID
        report.append({"file": file, "valid": is_valid, "problems": [problem.payload() for problem in problems]})
        if not options.json:
            for problem in problems:
                print(f"{file}: {_problem_line(problem)}")
            if not problems:
                print(tr(say("{file}: no problems", file=file)))
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    return worst


def _problem_line(problem: Any) -> str:
    place = problem.node_id or problem.edge_id
    where = f" [{place}{'.' + problem.field if problem.field else ''}]" if place else ""
    return f"{problem.level}{where}: {tr(problem.message)} {tr(problem.fix)}".rstrip()


def _find(options: argparse.Namespace) -> int:
    return asyncio.run(_find_now(options))


async def _find_now(options: argparse.Namespace) -> int:
    from flowdesk.engine.brake import Brake
    from flowdesk.model.selector import parse_selector
    from flowdesk.model.target import Query

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
            "found": sighting.spot is not None, "ms": round(took, 1),
            "spots": [spot.payload() for spot in sighting.spots], "reason": str(miss.reason) if miss else None,
            "best_score": miss.best_score if miss else None,
        }, ensure_ascii=False))  # fmt: skip
    else:
        for spot in sighting.spots:
            print(
                f"{spot.point.x},{spot.point.y}  box {','.join(map(str, spot.box))}  score {spot.score:.3f}  {took:.0f} ms"
            )
        if sighting.spot is None and sighting.miss is not None:
            print(tr(sighting.miss.reason), *sighting.miss.candidates, sep="\n  ", file=sys.stderr)
    return SUCCEEDED if sighting.spot is not None else FAILED


def _nodes(options: argparse.Namespace) -> int:
    catalogue = catalogue_with_plugins()
    if options.json:
        print(json.dumps([node_type.describe() for node_type in catalogue], ensure_ascii=False, indent=2))
        return SUCCEEDED
    category = ""
    for node_type in catalogue:
        if node_type.category != category:
            category = node_type.category
            print(f"\n{category}")
        print(f"  {node_type.id:<14} {tr(node_type.first_line)}")
    return SUCCEEDED


def _doctor(options: argparse.Namespace) -> int:
    from flowdesk.drivers.doctor import checks

    found = checks()
    if options.json:
        print(json.dumps([
            {"name": check.name, "ok": check.is_ok, "required": check.is_required, "message": str(check.message), "fix": str(check.fix)}
            for check in found
        ], ensure_ascii=False, indent=2))  # fmt: skip
    else:
        print("\n".join(doctor_lines(found)))
    return SUCCEEDED if all(check.is_ok for check in found if check.is_required) else NO_DESKTOP


def doctor_lines(checks: "Sequence[Check]") -> Iterator[str]:
    """Yield what the doctor found as lines for a person. A cause of several faults is explained once."""
    told: dict[str, str] = {}
    for check in checks:
        state = say("ok") if check.is_ok else say("MISSING") if check.is_required else say("absent")
        word = tr(state)
        head = word + " " * (8 - sum(1 if ord(letter) < 0x2E80 else 2 for letter in word)) + tr(check.name)
        if check.message in told:
            yield f"{head}: {tr(say('for the same reason as {name}', name=tr(told[check.message])))}"
            continue
        yield f"{head}: {tr(check.message)}"
        if not check.is_ok:
            told[check.message] = check.name
            if check.fix and check.fix not in told:
                told[check.fix] = check.name
                yield f"        {tr(check.fix)}"
    if not all(check.is_ok for check in checks if check.is_required):
        yield tr(say("flowdesk cannot drive this desktop before what is MISSING is there."))
    elif all(check.is_ok for check in checks):
        yield tr(say("This desktop has all that flowdesk can use."))
    else:
        yield tr(say("flowdesk can drive this desktop; what is absent it does without."))


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
        print(tr("The token is revoked. `flowdesk token new` makes another."))
    return SUCCEEDED


def _secret(options: argparse.Namespace) -> int:
    from flowdesk.keystore import forget_secret, keep_secret

    if options.action == "delete":
        forget_secret(options.name)
        print(tr("The secret is removed."))
        return SUCCEEDED
    if sys.stdin.isatty():
        value = getpass.getpass(f"{options.name}: ")
    else:
        value = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not value:
        raise FlowdeskError(say("An empty secret is not kept."), say("Type it, or pipe it in; it is not shown."))
    keep_secret(options.name, value)
    print(tr(say("Kept. A flow writes it as {reference}.", reference="{{secret:" + options.name + "}}")))
    return SUCCEEDED


def _tell(error: FlowdeskError, code: int) -> int:
    """Show an error to a person, once: the sentence and the fix."""
    print(f"flowdesk: {tr(error.message)}", file=sys.stderr)
    if error.fix:
        print(f"  {tr(error.fix)}", file=sys.stderr)
    for problem in error.details.get("problems", []):
        print(f"  - {tr(problem['message'])} {tr(problem['fix'])}", file=sys.stderr)
    return code
