"""The command line (contract §6). Imports nothing heavy: ``--help`` must answer at once.

Exit codes: 0 succeeded, 1 the run failed, 2 usage or an invalid flow, 3 no usable desktop, 130 stopped.
"""

import argparse
import contextlib
import gc
import importlib
import itertools
import os
import signal
import sys
import threading
from collections.abc import Sequence

from flowdesk import __version__
from flowdesk.arguments import count, port
from flowdesk.fleetoptions import add_fleet_commands
from flowdesk.system import prepare_display

COMMANDS = (
    "run",
    "serve",
    "validate",
    "find",
    "nodes",
    "doctor",
    "token",
    "secret",
    "practice",
    "window",
    "diff",
    "merge",
    "format",
    "import",
    "mcp",
    "stop",
    "triggers",
    "explain",
    "record",
    "hub",
    "worker",
    "submit",
    "jobs",
    "runs",
    "report",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code. Called as the program, without ``arguments``, it also ends the process if need be."""
    try:
        code = _carried_out(arguments)
    finally:
        gc.enable()
    if arguments is None:
        _leave(code)
    return code


def _leave(code: int) -> None:
    """End the process at once where a look goes on that nobody waits for: Python would wait for its thread.

    All is put in order by then. Text that is being read is ended; a library that is being loaded for it is not.
    """
    looking = sys.modules.get("flowdesk.drivers.beside")
    if looking is not None and looking.is_left_behind():
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)


def _carried_out(arguments: Sequence[str] | None) -> int:
    prepare_display()
    _speak_utf8()
    ends_quietly = _end_quietly()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] == "practice":
        return _practice(given[1:])
    if len(given) == 2 and given[0] == "private-desktop":  # what flowdesk starts itself
        gc.disable()  # until it has loaded what it needs
        from flowdesk.resident import main as live_there

        return live_there(int(given[1]))
    if given == ["private-keeper"]:  # where flowdesk is packaged: else it is run as a file
        importlib.import_module("flowdesk.drivers.private.keeper").main()
        return 0
    gc.disable()  # what is imported is no garbage: looking for some takes a tenth of the start; `app` looks again
    parser = _parser()
    _translate(parser)
    if given and _is_mistyped(given[0]):
        return _tell_mistyped(given[0])
    if not given or given[0] not in {*COMMANDS, "-h", "--help", "--version"}:
        given = ["window", *given]
    options = parser.parse_args(given)
    if (empty := _empty_option(given)) is not None:
        from flowdesk.i18n import tr

        parser.error(f"{empty}: {tr('expected one argument')}")
    if options.command == "stop":  # nothing that is not needed: it is bound to a shortcut
        from flowdesk.stopcommand import stop

        return stop(options)
    if options.command == "explain":
        from flowdesk.explaining import explain

        return explain(options.code)
    from flowdesk import app

    if ends_quietly:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # from here on there may be something to put in order
    return app.execute(options)


def _translate(parser: argparse.ArgumentParser) -> None:
    """Put the help and argparse's own words into the system's language."""
    from flowdesk.i18n import system_language

    if system_language() != "en":
        from flowdesk.helptext import translate

        translate(parser)


def _end_quietly() -> bool:
    """End at once by Ctrl+C while the program is only loading: nothing is begun, and a traceback tells nobody anything."""
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return False
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(130))
    return True


def _empty_option(given: Sequence[str]) -> str | None:
    """Return an option whose value is empty, as an unset variable of a shell makes it: it is not the same as left out."""
    options = itertools.takewhile(lambda one: one != "--", given)
    for option, value in itertools.pairwise([*options, "-"]):
        if option.startswith("--") and (option.endswith("=") or not value):
            return option.removesuffix("=")
    return None


def _is_mistyped(word: str) -> bool:
    """Whether a first word can only be meant as a command, but is none: no window opens for `flowdesk rnu`."""
    return word not in COMMANDS and word.isalpha() and not os.path.exists(word)


def _tell_mistyped(word: str) -> int:
    from difflib import get_close_matches

    from flowdesk.exitcodes import INVALID
    from flowdesk.model.sentence import say

    close = get_close_matches(word.lower(), COMMANDS, n=1)
    fix = (
        say("Did you mean flowdesk {command}?", command=close[0])
        if close
        else say("Run flowdesk --help to see all commands.")
    )
    return _tell(say("{word} is not a command or a file.", word=word), fix, INVALID)


def _tell(message: str, fix: str, code: int) -> int:
    """Say what is wrong and the fix, in the system's language. Returns the exit code."""
    from flowdesk.i18n import set_language, tr

    set_language("system")
    print(f"flowdesk: {tr(message)}", file=sys.stderr)
    print(f"  {tr(fix)}", file=sys.stderr)
    return code


def _practice(arguments: Sequence[str]) -> int:
    from flowdesk.app import require_window_pieces
    from flowdesk.exitcodes import NO_DESKTOP
    from flowdesk.model.errors import DesktopUnavailable

    try:
        require_window_pieces()
        from flowdesk.ui.practice import main as practice
    except DesktopUnavailable as error:
        return _tell(error.message, error.fix, NO_DESKTOP)
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "PySide6":
            raise
        from flowdesk.app import tell_no_window
        from flowdesk.i18n import set_language

        set_language("system")
        return tell_no_window("practice", error)
    try:
        return practice(arguments)
    except DesktopUnavailable as error:
        return _tell(error.message, error.fix, NO_DESKTOP)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="flowdesk",
        description="Build flows that automate the desktop, run them, and follow them from anywhere.",
        epilog="flowdesk [FILE…] opens the window. Exit codes: 0 succeeded, 1 the run failed, 2 wrong usage or an invalid flow, 3 no usable desktop, 130 stopped.",
    )
    parser.add_argument("--version", action="version", version=f"flowdesk {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    window = commands.add_parser("window", help="open the window (also without a command)")
    window.add_argument("files", nargs="*", metavar="FILE", help="flow files to open")
    _server_options(window)
    window.add_argument("--no-server", action="store_true", help="do not accept browsers and scripts")
    window.add_argument("--run", action="store_true", help="run the first flow immediately")

    _run_command(commands)
    _record_commands(commands)

    serve = commands.add_parser("serve", help="serve browser editors and scripts without a window")
    serve.add_argument("files", nargs="*", metavar="FILE", help="flow files to open")
    _server_options(serve)

    validate = commands.add_parser("validate", help="check flow files for problems")
    validate.add_argument("files", nargs="+", metavar="FILE", help="flow files")
    validate.add_argument("--json", action="store_true", help="print the problems as JSON")

    _flow_text_commands(commands)
    _assistant_command(commands)
    _small_commands(commands)
    _trigger_commands(commands)
    add_fleet_commands(commands)
    return parser


def _run_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="run flows without a window, one after another")
    run.add_argument("files", nargs="+", metavar="FILE", help="the flow files")
    run.add_argument("--var", action="append", default=[], metavar="NAME=VALUE", help="set a variable (JSON or text)")
    run.add_argument(
        "--desktop",
        default="",
        metavar="this|private[:WxH]",
        help="run on this desktop, or on a separate one that closes after the run",
    )
    run.add_argument(
        "--home",
        default="",
        choices=("own",),
        help="give programs on a separate desktop a temporary home folder",
    )
    run.add_argument("--dry-run", action="store_true", help="find all targets, but send no input")
    run.add_argument("--from", dest="from_node", metavar="NODE", help="start at this node")
    run.add_argument(
        "--allow",
        action="store_true",
        help="allow parts from somebody else to use programs, files, and the network",
    )
    run.add_argument("--json", action="store_true", help="print the protocol messages, one per line")
    run.add_argument("--report", metavar="DIR", help="save the run there: messages and screenshots")
    run.add_argument(
        "--junit",
        metavar="FILE",
        help="save the results of Assert nodes as JUnit XML, for CI",
    )


def _record_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    runs = commands.add_parser("runs", help="find past runs by flow, trigger, time, outcome, or text")
    runs.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=("list", "keep", "release"),
        help="keep marks runs so that they are never removed; release takes the mark away",
    )
    runs.add_argument("runs", nargs="*", metavar="RUN", help="runs to keep or release: the beginning of their ID")
    runs.add_argument("--flow", default="", metavar="TEXT", help="part of the flow's name or file name")
    runs.add_argument("--trigger", default="", metavar="ID", help="ID of the trigger that started it")
    runs.add_argument(
        "--since", default="", metavar="TIME", help="2026-11-30, 2026-11-30T08:30, or an age such as 12h or 7d"
    )
    runs.add_argument("--until", default="", metavar="TIME", help="the same, for the latest start")
    runs.add_argument(
        "--outcome",
        default="",
        choices=("succeeded", "failed", "stopped", "interrupted", "running"),
        help="how it ended",
    )
    runs.add_argument("--text", default="", metavar="TEXT", help="text of an error, of the log, or of a result")
    runs.add_argument("--kept", action="store_true", help="only runs that are marked to be kept")
    runs.add_argument("--limit", type=count, default=50, help="number of runs (50)")
    runs.add_argument("--json", action="store_true", help="print the runs as JSON")

    report = commands.add_parser("report", help="write a run as one HTML page to read or send")
    report.add_argument(
        "run", metavar="DIR|RUN", help="the run's folder, or the beginning of its ID; see flowdesk runs"
    )
    report.add_argument("--out", default="", metavar="FILE", help="output file (report.html in the run's folder)")
    report.add_argument("--language", default="", choices=("en", "zh_CN"), help="language of the page (the system's)")


def _flow_text_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    diff = commands.add_parser(
        "diff", help="describe the changes between two flow files (exit code 0: same, 1: different)"
    )
    diff.add_argument("before", metavar="A", help="a flow file, or - for standard input")
    diff.add_argument("after", nargs="?", metavar="B", help="the later flow file; without it, describe all of A")
    diff.add_argument("--moved", action="store_true", help="also count moved nodes")
    diff.add_argument("--json", action="store_true", help="print the differences as JSON")

    merge = commands.add_parser("merge", help="merge two changes of a flow file into OURS (exit code 1: conflicts)")
    merge.add_argument("base", metavar="BASE", help="the flow file before both changes")
    merge.add_argument("ours", metavar="OURS", help="the file with one change; the result is written here")
    merge.add_argument("theirs", metavar="THEIRS", help="the file with the other change")
    merge.add_argument("path", nargs="?", metavar="PATH", help="name of the file in messages")

    form = commands.add_parser("format", help="rewrite flow files in the standard format")
    form.add_argument("files", nargs="+", metavar="FILE", help="flow files, or - for standard input to standard output")
    form.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 if a file is not in the standard format"
    )

    bring = commands.add_parser(
        "import",
        help="convert scripts of other tools: SikuliX, pyautogui, UI.Vision, Pulover, Actiona, n8n, Automa",
    )
    bring.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="scripts: .sikuli folders, .py, .json, .ascr or .pmc files, or folders of such",
    )
    bring.add_argument("--out", default=".", metavar="DIR", help="output folder (.)")
    bring.add_argument("--force", action="store_true", help="overwrite existing flows")
    bring.add_argument("--json", action="store_true", help="print the result as JSON")


def _assistant_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    mcp = commands.add_parser("mcp", help="connect an AI assistant (Model Context Protocol)")
    mcp.add_argument("--role", choices=("view", "edit", "run"), default="run", help="permission of the assistant (run)")
    mcp.add_argument("--yes", action="store_true", help="run flows without asking")
    mcp.add_argument(
        "--url", default="", metavar="URL", help="another flowdesk (wss://host:port); its token is in FLOWDESK_TOKEN"
    )
    mcp.add_argument("--port", type=port, default=None, help="port of the flowdesk that is started if none is running")


def _trigger_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    triggers = commands.add_parser("triggers", help="start flows automatically: by time, file, key, or request")
    actions = triggers.add_subparsers(dest="action", metavar="ACTION", required=True)
    enable = actions.add_parser("enable", help="arm a flow, after asking for permission")
    enable.add_argument("files", nargs="+", metavar="FILE", help="flow files with triggers")
    enable.add_argument("--yes", action="store_true", help="answer yes to all questions")
    disable = actions.add_parser("disable", help="disarm a flow")
    disable.add_argument("files", nargs="+", metavar="FILE", help="flow files")
    actions.add_parser("list", help="list armed flows and their next start")
    history = actions.add_parser("history", help="list past starts and their results, newest first")
    history.add_argument("file", nargs="?", metavar="FILE", help="only this flow")
    history.add_argument("--limit", type=count, default=50, help="number of rows (50)")
    actions.add_parser("pause", help="pause all triggers")
    actions.add_parser("resume", help="resume all triggers")
    notify = actions.add_parser("notify", help="set a command to run after failures")
    notify.add_argument("words", nargs="*", metavar="WORD", help="command and arguments; none to remove it")
    install = actions.add_parser("install", help="start flowdesk at each login, so that triggers work after a restart")
    uninstall = actions.add_parser("uninstall", help="no longer start flowdesk at login")
    for one in (install, uninstall):
        one.add_argument(
            "--how",
            choices=("auto", "autostart", "systemd"),
            default="auto",
            help="use the desktop's autostart, or a systemd user unit",
        )
    install.add_argument("--port", type=port, default=None, help="port to listen on (8000)")
    for one in (
        enable,
        disable,
        history,
        install,
        uninstall,
        *(actions.choices[name] for name in ("list", "pause", "resume", "notify")),
    ):
        one.add_argument("--json", action="store_true", help="print the result as JSON")


def _small_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    find = commands.add_parser("find", help="find a target on the screen")
    find.add_argument("selector", metavar="SELECTOR", help="selector, such as \"button[name='OK']\" or text=OK")
    find.add_argument("--similarity", type=float, default=0.8, help="minimum similarity of an image, 0 to 1 (0.8)")
    find.add_argument("--timeout", type=int, default=0, metavar="MS", help="how long to search (0: once)")
    find.add_argument("--assets", default=".", metavar="DIR", help="folder with the images (.)")
    find.add_argument("--json", action="store_true", help="print the matches as JSON")

    nodes = commands.add_parser("nodes", help="list the node types")
    nodes.add_argument("--json", action="store_true", help="print their full declarations as JSON")

    doctor = commands.add_parser("doctor", help="check this desktop and suggest fixes")
    doctor.add_argument("--json", action="store_true", help="print the checks as JSON")

    explain = commands.add_parser("explain", help="explain an error by its code")
    explain.add_argument("code", metavar="CODE", help="code of the error, such as target.not_found")
    record = commands.add_parser(
        "record", help="record mouse and keyboard as a flow, until Ctrl+C here or Ctrl+Alt+Q anywhere"
    )
    record.add_argument("--out", metavar="FILE", default="", help="output file (Recording.flow.json)")
    record.add_argument("--force", action="store_true", help="overwrite an existing file")

    stop = commands.add_parser("stop", help="stop all runs on this desktop")
    stop.add_argument("--json", action="store_true", help="print the stopped runs as JSON")

    token = commands.add_parser("token", help="show, create, list, or revoke client tokens")
    token.add_argument(
        "action",
        nargs="?",
        default="show",
        choices=("show", "new", "revoke", "list"),
        help="show prints only the token",
    )
    token.add_argument("--name", default="", help="name of another token (default: your own)")
    token.add_argument(
        "--role",
        choices=("view", "edit", "run"),
        default="run",
        help="permission of a new token: view, edit, or run",
    )

    secret = commands.add_parser("secret", help="save or delete passwords for flows in the system's key store")
    secret.add_argument("action", choices=("set", "delete"), help="set asks for the secret, or reads it from a pipe")
    secret.add_argument("name", help="name of the secret; flows use {{secret:NAME}}")

    commands.add_parser("practice", help="open the practice window", add_help=False)


def _server_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=port, default=None, help="port to listen on (8000)")
    parser.add_argument("--tls-cert", metavar="FILE", help="certificate; required except on 127.0.0.1")
    parser.add_argument("--tls-key", metavar="FILE", help="private key of the certificate")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="allow pages of this origin to connect, such as http://127.0.0.1:5173",
    )
    parser.add_argument(
        "--insecure-no-token",
        action="store_true",
        help="accept clients on this computer without a token (127.0.0.1 only)",
    )


def _speak_utf8() -> None:
    """Print any text, also where the locale says ASCII."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
