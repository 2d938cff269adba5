"""Hold the house rules that no linter knows: length of files and functions, words in names, bare ``type: ignore``.

The words of docs/style.md are held by ``check_words``. Ends with 1 and one line per breach; modules without a test module of their own are reported, not refused.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from check_words import catalogue_breaches
from check_words import page_breaches as breaches_of_pages
from circles import circle_breaches

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 50
BANNED = ("Manager", "Helper", "Utils", "Base", "Data", "Info")
FOREIGN_NAMES = frozenset({"BaseModel", "BaseException", "BaseExceptionGroup", "QMimeData", "DataError"})
"""Names of others that a class may well be called after."""
BANNED_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"})
RICH_WIDGETS = {
    "QLabel": "PlainLabel", "QMessageBox": "PlainMessageBox", "QInputDialog": "plain_input", "QTextBrowser": "QPlainTextEdit",
    "QTextEdit": "QPlainTextEdit", "QErrorMessage": "PlainMessageBox", "QProgressDialog": "PlainLabel", "QGraphicsTextItem": "QGraphicsSimpleTextItem",
}  # fmt: skip
"""Widgets that read a text which looks like HTML as such, and what is used in their place."""
RICH_CALLS = frozenset({"setHtml", "insertHtml", "appendHtml", "setWhatsThis"})
PLAIN_PLACES = frozenset(
    {Path("flowdesk/ui/plain.py"), Path("flowdesk/ui/help.py"), Path("flowdesk/ui/panels/valuehtml.py")}
)
"""Where the plain widgets are made, flowdesk's own help and tables of values, whose text is escaped."""
PAGE_HTML = re.compile(r"dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|document\.write\(")
CHOOSERS = (
    "flowdesk/system/",  # processes, command lines and files
    "flowdesk/drivers/platforms.py",  # the parts of a desktop
    *(f"flowdesk/drivers/{room}/" for room in ("x11", "wayland", "windows", "macos", "atspi", "private")),
)
"""Where a system may be asked for by name: it is chosen once, and what is chosen knows its own."""
CHOOSING_TOO = frozenset({
    "flowdesk/drivers/elements.py",  # which accessibility tree there is
    "flowdesk/drivers/screens.py",  # how the screen's scale is told
    "flowdesk/drivers/virtual.py",  # private desktops need an X server
    "flowdesk/nodes/start.py",  # the program's own name
    "flowdesk/outlet.py",  # standard streams
    "flowdesk/server/tokens.py",  # modes of files
    "flowdesk/session/storage.py",  # modes of files
    "flowdesk/ui/display.py",  # whether windows can be shown
})  # fmt: skip
"""Modules that ask all the same, each for one thing that has no second use."""
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")


def python_files() -> list[Path]:
    """Return the project's Python files, as paths from its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return sorted(Path(line) for line in listed if (ROOT / line).is_file())


def breaches(path: Path, text: str) -> Iterator[str]:
    """Yield a sentence for each breach in a file."""
    lines = text.splitlines()
    if len(lines) > MAX_FILE_LINES:
        yield f"{path}: {len(lines)} lines; split it where it has a second reason to change (at most {MAX_FILE_LINES})"
    if path.stem.lower() in BANNED_MODULES:
        yield f"{path}: a module is named after what it holds, not “{path.stem}”"
    yield from _line_breaches(path, lines)
    for found in ast.walk(ast.parse(text)):
        if isinstance(found, ast.ClassDef):
            yield from _banned_words(path, found)
        elif isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (found.end_lineno or found.lineno) - found.lineno + 1
            if length > MAX_FUNCTION_LINES and path.parts[0] == "flowdesk":
                yield f"{path}:{found.lineno}: {found.name} has {length} lines (at most {MAX_FUNCTION_LINES})"
        elif isinstance(found, ast.Attribute) and path.parts[0] == "flowdesk":
            yield from _named_systems(path, found)
        elif isinstance(found, ast.Call) and path.parts[:2] == ("flowdesk", "ui") and path not in PLAIN_PLACES:
            yield from _rich_texts(path, found)


def _named_systems(path: Path, found: ast.Attribute) -> Iterator[str]:
    """Yield a sentence where a system is asked for by name outside the places that choose."""
    place = path.as_posix()
    asked = f"{found.value.id}.{found.attr}" if isinstance(found.value, ast.Name) else ""
    if (
        asked in {"sys.platform", "os.name", "platform.system"}
        and not place.startswith(CHOOSERS)
        and place not in CHOOSING_TOO
    ):
        yield f"{path}:{found.lineno}: {asked} is asked for in flowdesk/system and flowdesk/drivers/platforms.py; let them choose"


def _rich_texts(path: Path, call: ast.Call) -> Iterator[str]:
    """Yield a sentence where a text of somebody else could be read as HTML."""
    where = f"{path}:{call.lineno}"
    if isinstance(call.func, ast.Name) and call.func.id in RICH_WIDGETS:
        yield f"{where}: {call.func.id} reads HTML; use {RICH_WIDGETS[call.func.id]} (flowdesk/ui/plain.py)"
    elif isinstance(call.func, ast.Attribute) and call.func.attr in RICH_CALLS:
        yield f"{where}: {call.func.attr} reads HTML; show the text as it is"
    elif isinstance(call.func, ast.Attribute) and call.func.attr == "setToolTip":
        shown = call.args[-1] if call.args else None
        is_own = isinstance(shown, ast.Constant) or (
            isinstance(shown, ast.Call) and isinstance(shown.func, ast.Name) and shown.func.id == "tip"
        )
        if not is_own:
            yield f"{where}: a tool tip reads HTML; give it tip(…) (flowdesk/ui/plain.py)"


def page_breaches(path: Path, text: str) -> Iterator[str]:
    """Yield a sentence for each place where the page would read a text as HTML."""
    for number, line in enumerate(text.splitlines(), 1):
        if PAGE_HTML.search(line):
            yield f"{path}:{number}: the page shows texts as they are; let React write them"


def _banned_words(path: Path, found: ast.ClassDef) -> Iterator[str]:
    words = re.findall(r"[A-Z][a-z0-9]*|[A-Z]+(?![a-z])", found.name)
    for word in BANNED:
        if word in words and found.name not in FOREIGN_NAMES:
            yield f"{path}:{found.lineno}: “{word}” in {found.name} says nothing; name what it is"


def _line_breaches(path: Path, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if ".grab_server(" in line and path.parts[0] == "flowdesk":
            yield f"{path}:{number}: a thread that stops the X server waits for ever for Python's lock, which Qt keeps while it waits for the server"
        if "gc.collect(" in line and path.parts[:2] in {
            ("flowdesk", "drivers"),
            ("flowdesk", "session"),
            ("flowdesk", "engine"),
        }:
            yield f"{path}:{number}: garbage is collected in the window's thread only: elsewhere it may take apart what belongs to Qt"
        if BARE_IGNORE.search(line):
            yield f"{path}:{number}: type: ignore needs its error code, such as [attr-defined]"


def untested(files: list[Path]) -> list[Path]:
    """Return the modules of the package that have no test module at the mirrored place."""
    tests = {path for path in files if path.parts[0] == "tests"}
    modules = [path for path in files if path.parts[0] == "flowdesk" and path.stem not in {"__init__", "__main__"}]
    return [path for path in modules if Path("tests", *path.parts[1:-1], f"test_{path.name}") not in tests]


def main() -> int:
    """Check every file. Returns the exit code."""
    files = python_files()
    found = [breach for path in files for breach in breaches(path, (ROOT / path).read_text("utf-8"))]
    sources = sorted((ROOT / "resources" / "editor" / "src").rglob("*.ts*"))
    for source in sources:
        if source.name == "icons.tsx":  # draws flowdesk's own files
            continue
        found += page_breaches(source.relative_to(ROOT), source.read_text("utf-8"))
    found += [*catalogue_breaches(), *breaches_of_pages(), *circle_breaches(ROOT)]
    for breach in found:
        print(breach)
    lacking = untested(files)
    if lacking:
        print(f"{len(lacking)} modules have no test module of their own; --untested lists them")
        if "--untested" in sys.argv[1:]:
            print(*lacking, sep="\n")
    print(f"{len(files)} files, {len(found)} breaches of style")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
