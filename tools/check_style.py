"""Hold the house rules that no linter knows: length of files and functions, words in names, bare ``type: ignore``.

Ends with 1 and one line per breach; modules without a test module of their own are reported, not refused.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 50
BANNED = ("Manager", "Helper", "Utils", "Base", "Data", "Info")
FOREIGN_NAMES = frozenset({"BaseModel", "BaseException", "BaseExceptionGroup", "QMimeData", "DataError"})
"""Names of others that a class may well be called after."""
BANNED_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"})
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
    for number, line in enumerate(lines, 1):
        if BARE_IGNORE.search(line):
            yield f"{path}:{number}: type: ignore needs its error code, such as [attr-defined]"
    for found in ast.walk(ast.parse(text)):
        if isinstance(found, ast.ClassDef):
            yield from _banned_words(path, found)
        elif isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (found.end_lineno or found.lineno) - found.lineno + 1
            if length > MAX_FUNCTION_LINES and path.parts[0] == "flowdesk":
                yield f"{path}:{found.lineno}: {found.name} has {length} lines (at most {MAX_FUNCTION_LINES})"


def _banned_words(path: Path, found: ast.ClassDef) -> Iterator[str]:
    words = re.findall(r"[A-Z][a-z0-9]*|[A-Z]+(?![a-z])", found.name)
    for word in BANNED:
        if word in words and found.name not in FOREIGN_NAMES:
            yield f"{path}:{found.lineno}: “{word}” in {found.name} says nothing; name what it is"


def untested(files: list[Path]) -> list[Path]:
    """Return the modules of the package that have no test module at the mirrored place."""
    tests = {path for path in files if path.parts[0] == "tests"}
    modules = [path for path in files if path.parts[0] == "flowdesk" and path.stem not in {"__init__", "__main__"}]
    return [path for path in modules if Path("tests", *path.parts[1:-1], f"test_{path.name}") not in tests]


def main() -> int:
    """Check every file. Returns the exit code."""
    files = python_files()
    found = [breach for path in files for breach in breaches(path, (ROOT / path).read_text("utf-8"))]
    for breach in found:
        print(breach)
    lacking = untested(files)
    if lacking:
        print(f"No test module of their own ({len(lacking)}): {', '.join(str(path) for path in lacking)}")
    print(f"{len(files)} files, {len(found)} breaches of style")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
