"""The command line (contract §6). Imports nothing heavy: ``--help`` must answer at once.

Exit codes: 0 succeeded, 1 the run failed, 2 usage or an invalid flow, 3 no usable desktop, 130 stopped.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from flowdesk import __version__

COMMANDS = ("run", "serve", "validate", "find", "nodes", "doctor", "token", "secret", "practice", "window")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] == "practice":
        return _practice(given[1:])
    parser = _parser()
    if given and _is_mistyped(given[0]):
        return _tell_mistyped(given[0])
    if not given or given[0] not in {*COMMANDS, "-h", "--help", "--version"}:
        given = ["window", *given]
    options = parser.parse_args(given)
    gc.disable()  # what is imported is no garbage: looking for some takes a tenth of the start; `execute` looks again
    from flowdesk import app

    return app.execute(options)


def _is_mistyped(word: str) -> bool:
    """Whether a first word can only be meant as a command, but is none: no window opens for `flowdesk rnu`."""
    return word not in COMMANDS and word.isalpha() and not os.path.exists(word)


def _tell_mistyped(word: str) -> int:
    from difflib import get_close_matches

    from flowdesk.exitcodes import INVALID
    from flowdesk.model.sentence import say

    close = get_close_matches(word.lower(), COMMANDS, n=1)
    fix = say("Did you mean `flowdesk {command}`?", command=close[0]) if close else say("See flowdesk --help.")
    return _tell(say("{word} is neither a command nor a file.", word=word), fix, INVALID)


def _tell(message: str, fix: str, code: int) -> int:
    """Say what is wrong and the fix, in the system's language. Returns the exit code."""
    from flowdesk.i18n import set_language, tr

    set_language("system")
    print(f"flowdesk: {tr(message)}", file=sys.stderr)
    print(f"  {tr(fix)}", file=sys.stderr)
    return code


def _practice(arguments: Sequence[str]) -> int:
    try:
        from flowdesk.ui.practice import main as practice
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "PySide6":
            raise
        from flowdesk.app import tell_no_window
        from flowdesk.i18n import set_language

        set_language("system")
        return tell_no_window("practice", error)
    from flowdesk.exitcodes import NO_DESKTOP
    from flowdesk.model.errors import DesktopUnavailable

    try:
        return practice(arguments)
    except DesktopUnavailable as error:
        return _tell(error.message, error.fix, NO_DESKTOP)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="flowdesk",
        description="Build flows that drive the desktop, run them, and watch them from anywhere.",
        epilog="flowdesk [FILE…] opens the window. Exit codes: 0 succeeded, 1 the run failed, 2 usage or an invalid flow, "
        "3 no usable desktop, 130 stopped.",
    )
    parser.add_argument("--version", action="version", version=f"flowdesk {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    window = commands.add_parser("window", help="open the window (what `flowdesk` does without a command)")
    window.add_argument("files", nargs="*", metavar="FILE", help="flow files to open")
    _server_options(window)
    window.add_argument("--no-server", action="store_true", help="do not listen for browser editors")
    window.add_argument("--run", action="store_true", help="run the first flow at once")

    run = commands.add_parser("run", help="run a flow without a window")
    run.add_argument("file", metavar="FILE", help="the flow file")
    run.add_argument(
        "--var", action="append", default=[], metavar="NAME=VALUE", help="set a variable (JSON, else text)"
    )
    run.add_argument("--dry-run", action="store_true", help="look for every target and send no input")
    run.add_argument("--from", dest="from_node", metavar="NODE", help="start at this node")
    run.add_argument("--json", action="store_true", help="print the protocol's messages, one a line")
    run.add_argument("--report", metavar="DIR", help="put the run's folder there: messages, screenshots, failures")

    serve = commands.add_parser("serve", help="serve browser editors and scripts without a window")
    serve.add_argument("files", nargs="*", metavar="FILE", help="flow files to open")
    _server_options(serve)

    validate = commands.add_parser("validate", help="find every fault in flow files")
    validate.add_argument("files", nargs="+", metavar="FILE", help="flow files")
    validate.add_argument("--json", action="store_true", help="print the problems as JSON")

    _small_commands(commands)
    return parser


def _small_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    find = commands.add_parser("find", help="look for a target now and say where it is")
    find.add_argument(
        "selector", metavar="SELECTOR", help="what to look for, such as \"button[name='OK']\" or text=确定"
    )
    find.add_argument("--similarity", type=float, default=0.8, help="how alike a picture must be, 0 to 1 (0.8)")
    find.add_argument("--timeout", type=int, default=0, metavar="MS", help="how long to look (0: once)")
    find.add_argument("--assets", default=".", metavar="DIR", help="where image= names are looked up (.)")
    find.add_argument("--json", action="store_true", help="print the spots as JSON")

    nodes = commands.add_parser("nodes", help="list the node types")
    nodes.add_argument("--json", action="store_true", help="print their whole declarations")

    doctor = commands.add_parser("doctor", help="say what this desktop lacks, and the fix")
    doctor.add_argument("--json", action="store_true", help="print the checks as JSON")

    token = commands.add_parser("token", help="show, renew or revoke the tokens that clients need")
    token.add_argument(
        "action", nargs="?", default="show", choices=("show", "new", "revoke", "list"), help="show prints it alone"
    )
    token.add_argument("--name", default="", help="a token for someone else; without it your own")
    token.add_argument(
        "--role",
        choices=("view", "edit", "run"),
        default="run",
        help="what a new token allows: watch, edit, or run too",
    )

    secret = commands.add_parser("secret", help="keep passwords for flows in the system's key store, or remove them")
    secret.add_argument("action", choices=("set", "delete"), help="set asks for it, or reads it from a pipe")
    secret.add_argument("name", help="what a flow calls it: {{secret:NAME}}")

    commands.add_parser("practice", help="open the practice window", add_help=False)


def _server_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=_port, default=None, help="port to listen on (8000)")
    parser.add_argument("--tls-cert", metavar="FILE", help="certificate; needed off loopback")
    parser.add_argument("--tls-key", metavar="FILE", help="its key")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this origin connect, such as http://127.0.0.1:5173",
    )
    parser.add_argument(
        "--insecure-no-token",
        action="store_true",
        help="let clients of this machine in without a token (loopback only)",
    )


def _port(text: str) -> int:
    """Read the number of a port; 0 takes a free one."""
    if not text.isascii() or not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 0 to 65535")
    return int(text)


def _speak_utf8() -> None:
    """Print any text, also where the locale says ASCII."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
