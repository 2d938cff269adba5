"""Brings scripts and macros, and those that they run, into a folder as flows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowdesk.importing.foreign import SUFFIXES, file_stem
from flowdesk.importing.reading import Imported, read_script, write
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.nodetype import Catalogue
from flowdesk.session.plainfiles import open_plain_file

MOST_SCRIPTS = 2_000
SCRIPTS = frozenset({".sikuli", ".ascr", ".pmc", ".ahk"})
"""How the names of files end that are always scripts of other tools."""
PYTHON = frozenset({".py", ".pyw"})
_LIBRARIES = re.compile(r"\b(pyautogui|pydirectinput|sikuli)\b")
_SIGNS = ('"Commands"', '"connections"', '"drawflow"')
"""What a workflow of another tool holds at its top, and a flow never does."""
_SNIFFED = 2_000_000


@dataclass
class Brought:
    """What became of scripts."""

    flows: list[Path] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)


def is_of_other_tool(path: Path) -> bool:
    """Whether a file or folder is a script of another tool, by its name or what it holds."""
    suffix = path.suffix.lower()
    if suffix in SCRIPTS:
        return True
    if suffix not in {*SUFFIXES, *PYTHON} or path.name.endswith(".flow.json"):
        return False
    try:
        with open_plain_file(path) as file:
            text = file.read(_SNIFFED).decode("utf-8", "replace")
    except OSError:
        return False
    if suffix in PYTHON:
        return bool(_LIBRARIES.search(text))
    return any(sign in text for sign in _SIGNS) and '"flowdesk"' not in text[:200]


def read_all(sources: Sequence[Path], catalogue: Catalogue) -> Iterator[Imported | FlowdeskError]:
    """Yield what each script becomes, and each that one of them runs; or why it cannot be read."""
    waiting = list(sources)[:MOST_SCRIPTS]
    done: set[Path] = set()
    while waiting:
        path = waiting.pop(0)
        key = path.resolve()
        if key in done or len(done) >= MOST_SCRIPTS:
            continue
        done.add(key)
        try:
            imported = read_script(path, waiting, catalogue)
        except FlowdeskError as error:
            yield error
            continue
        waiting += [other.parent if other.parent.suffix == ".sikuli" else other for other in imported.others]
        yield imported


def bring(sources: Sequence[Path], folder: Path, catalogue: Catalogue) -> Brought:
    """Write the flows of scripts into a folder; into a new one in it where a name is taken. Blocks.

    Raises:
        FlowUnreadable: If none of them can be read.
        FileUnwritable: If a flow cannot be written.
    """
    found, errors = [], []
    for one in read_all(sources, catalogue):
        if isinstance(one, FlowdeskError):
            errors.append(one)
        else:
            found.append(one)
    if errors and not found:
        raise errors[0]
    place = _free(folder, found)
    brought = Brought()
    for imported in found:
        brought.flows += write(imported, place)
        brought.reports.append(imported.report.payload())
    return brought


def _free(folder: Path, found: Sequence[Imported]) -> Path:
    """Return the folder, or a new one in it where one of the flows would lie on another: they name each other by their files."""
    names = [f"{file_stem(flow.name)}.flow.json" for imported in found for flow in imported.flows]
    if len(set(names)) == len(names) and not any((folder / name).exists() for name in names):
        return folder
    stem = names[0].removesuffix(".flow.json")
    number, place = 1, folder / stem
    while place.exists():
        number += 1
        place = folder / f"{stem} {number}"
    place.mkdir(parents=True)
    return place
