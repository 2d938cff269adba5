"""Finds out what a file or folder is, reads it, and writes its flows and pictures. Nothing of it is ever run."""

import ast
import codecs
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowdesk.importing.drawing import Drawing
from flowdesk.importing.foreign import SUFFIXES, file_stem, read_foreign
from flowdesk.importing.pointer import Pointer
from flowdesk.importing.report import Report
from flowdesk.importing.scripts import Dialect, Reader, is_picture_name
from flowdesk.importing.sikuli import Sikuli
from flowdesk.importing.source import Source, read_source
from flowdesk.importing.targets import file_name
from flowdesk.importing.values import Function
from flowdesk.model.errors import FlowUnreadable, NodeError
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.encodings import Encoding, decode
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.storage import assets_folder, save_flow

LARGEST = 20_000_000
"""Bytes of a file that is read."""
LARGEST_PYTHON = 1_000_000
"""Bytes of a Python script: no person wrote a larger one."""
_PYTHON = frozenset({".py", ".pyw"})
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
"""How a Python script says its encoding in its first two lines."""
_SIKULI = re.compile(r"\bPattern\s*\(|from sikuli|import sikuli|org\.sikuli|\.sikuli\b|\bexists\s*\(|\bclick\s*\(\s*\"")
_POINTER = re.compile(r"\bimport\s+(pyautogui|pydirectinput)|from\s+(pyautogui|pydirectinput)\s+import")


@dataclass
class Imported:
    """What one script became."""

    report: Report
    flows: list[Flow] = field(default_factory=list)
    pictures: dict[str, Path] = field(default_factory=dict)
    """Pictures of the flows by their names."""
    others: list[Path] = field(default_factory=list)
    """Scripts that it runs, and that are to be imported, too."""


def read_script(path: Path, beside: Sequence[Path], catalogue: Catalogue) -> Imported:
    """Read a script.

    Args:
        path: A ``.sikuli`` folder, or a file.
        beside: Other scripts that it may import.
        catalogue: The node types.

    Raises:
        FlowUnreadable: If it cannot be read, or is of no tool that is known.
    """
    script = script_of(path)
    text, encoding = _text(script)
    try:
        imported = _read_text(path, script, text, beside, catalogue)
    except RecursionError as error:
        raise FlowUnreadable(
            say("{path} is nested too deeply to be read.", path=path.name), say("Split it into several scripts.")
        ) from error
    if encoding.is_guessed:
        guess = say("Its encoding was guessed: {encoding}.", encoding=encoding.name)
        imported.report.encoding = encoding.name
        imported.flows = [
            flow.model_copy(update={"description": f"{flow.description} {guess}"}) for flow in imported.flows
        ]
    return imported


def _read_text(path: Path, script: Path, text: str, beside: Sequence[Path], catalogue: Catalogue) -> Imported:
    if script.suffix.lower() in SUFFIXES:
        report = Report(str(script))
        flows = read_foreign(script, text, report, catalogue)
        if flows is not None:
            imported = Imported(report, flows)
            _pictures(imported, script, beside)
            return imported
    is_foreign = script.suffix.lower() in SUFFIXES
    is_bundle = path.suffix == ".sikuli" or script.parent.suffix == ".sikuli"
    is_script = script.suffix.lower() in {*_PYTHON, "", ".txt"}
    if is_bundle or (is_script and not is_foreign and _SIKULI.search(text) and not _POINTER.search(text)):
        return _python(script, text, Sikuli(), beside, catalogue)
    if script.suffix.lower() in _PYTHON:
        return _python(script, text, Pointer(), beside, catalogue)
    raise FlowUnreadable(
        say("{path} is of no tool that flowdesk can read.", path=path.name),
        say(
            "It reads SikuliX folders (.sikuli), Python scripts of SikuliX and pyautogui, macros of UI.Vision (.json) and Pulover (.pmc), Actiona 3 scripts (.ascr), and workflows of n8n and Automa (.json)."
        ),
    )


def script_of(path: Path) -> Path:
    """Return the script in a ``.sikuli`` folder, else the file itself.

    Raises:
        FlowUnreadable: If there is none.
    """
    if not path.is_dir():
        return path
    named = path / f"{path.stem}.py"
    found = [named] if named.is_file() else sorted(path.glob("*.py"))
    if not found:
        raise FlowUnreadable(
            say("There is no script in {path}.", path=path.name), say("Name the folder whose name ends in .sikuli.")
        )
    return found[0]


def _text(path: Path) -> tuple[str, Encoding]:
    """Return the text of a script, and its encoding: what the script says itself, else what its bytes tell."""
    largest = LARGEST_PYTHON if path.suffix.lower() in _PYTHON else LARGEST
    try:
        if path.stat().st_size > largest:
            raise FlowUnreadable(
                say("{path} is larger than {size} MB.", path=path.name, size=largest // 1_000_000),
                say("Split it into several scripts."),
            )
        content = read_plain_file(path, largest)
    except (OSError, ValueError) as error:
        raise FlowUnreadable(
            say("{path} cannot be opened: {reason}.", path=path, reason=getattr(error, "strerror", "") or str(error)),
            say("Check the path and its permissions."),
        ) from error
    try:
        return decode(content, _said(content) if path.suffix.lower() in _PYTHON else "")
    except NodeError as error:
        fix = say("Save it as UTF-8 text, and import it again.")
        raise FlowUnreadable(
            say("{path} cannot be read: {reason}", path=path.name, reason=error.message), fix
        ) from error


def _said(content: bytes) -> str:
    """Return the encoding that a line of a Python script says, an empty text where none does."""
    head = b"\n".join(content.splitlines()[:2])
    found = _CODING.search(head)
    name = found[1].decode("ascii") if found else ""
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""


def _python(script: Path, text: str, dialect: Dialect, beside: Sequence[Path], catalogue: Catalogue) -> Imported:
    source = read_source(text)
    name = script.parent.stem if script.parent.suffix == ".sikuli" else script.stem
    report = Report(str(script))
    files = _modules(script, beside)
    imported = Imported(report)
    reader = _read(source, script, name, dialect, report, files, catalogue)
    description = str(say("Imported from {file}.", file=script.name))
    if len(reader.drawing.nodes) > 1 or reader.drawing.notes or not _uncalled(reader):
        imported.flows.append(reader.drawing.flow(description))
    for function in _uncalled(reader):
        other = _function(
            reader, function, f"{name} - {function.definition.name}", type(dialect)(), report, files, catalogue
        )
        imported.flows.append(other.drawing.flow(description))
        reader.others |= other.others
    imported.others = [files[name] for name in sorted(reader.others)]
    _pictures(imported, script, [*files.values(), *beside])
    return imported


def _read(
    source: Source,
    script: Path,
    name: str,
    dialect: Dialect,
    report: Report,
    files: dict[str, Path],
    catalogue: Catalogue,
) -> Reader:
    reader = Reader(Drawing(catalogue, name), dialect, report, files, script.name)
    reader.read(source)
    return reader


def _uncalled(reader: Reader) -> list[Function]:
    """Return the functions of a script that nothing in it calls: each becomes a flow of its own."""
    source = reader.sources[reader.scope.file]
    return [
        Function(each, reader.scope)
        for each in source.tree.body
        if isinstance(each, ast.FunctionDef) and id(each) not in reader.called
    ]


def _function(
    main: Reader,
    function: Function,
    name: str,
    dialect: Dialect,
    report: Report,
    files: dict[str, Path],
    catalogue: Catalogue,
) -> Reader:
    """Draw a function that nothing calls; its parameters are variables of the flow."""
    reader = Reader(Drawing(catalogue, name), dialect, report, files, main.scope.file)
    reader.scope, reader.sources, reader.modules = main.scope, main.sources, main.modules
    call = ast.Call(ast.Name(function.definition.name, ast.Load()), [], [])
    call = ast.fix_missing_locations(ast.copy_location(call, function.definition))
    reader.inline_whole(function, call)
    return reader


def _modules(script: Path, beside: Sequence[Path]) -> dict[str, Path]:
    """Return the scripts that a script may import, by module name: those named with it, and those that lie beside it."""
    home = script.parent.parent if script.parent.suffix == ".sikuli" else script.parent
    found: dict[str, Path] = {}
    packages = sorted(script.parent.glob("*/*.py"))[:500]
    for path in [*packages, *sorted(home.glob("*.sikuli"))[:500], *sorted(script.parent.glob("*.py"))[:500], *beside]:
        try:
            one = script_of(path)
        except FlowUnreadable:
            continue
        if one != script and one.suffix == ".py":
            found[path.stem] = one
    return found


def _pictures(imported: Imported, script: Path, others: Sequence[Path]) -> None:
    """Find the pictures that the flows name."""
    folders = [script.parent, *(path.parent if path.is_file() else path for path in others)]
    for flow in imported.flows:
        for name in _named(flow):
            if name in imported.pictures:
                continue
            found = next((place for folder in folders for place in _places(folder, name) if place.is_file()), None)
            if found is None:
                imported.report.missing.add(name)
            else:
                imported.pictures[name] = found


def _places(folder: Path, name: str) -> Iterator[Path]:
    yield folder / name
    for inside in ("images", "img", "image", "imgs", "pics", "pictures", "assets", "screenshots"):
        yield folder / inside / name


def _named(flow: Flow) -> set[str]:
    """Return the pictures that a flow names, in selectors and in lists that a selector takes them from."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, str):
            if value.startswith("image=") and "{{" not in value:
                found.add(value.removeprefix("image="))
            elif is_picture_name(value) and "{{" not in value and len(value) < 200:
                found.add(file_name(value))
        elif isinstance(value, list):
            for each in value:
                look(each)
        elif isinstance(value, dict):
            for each in value.values():
                look(each)

    for node in flow.nodes:
        if node.type != "screenshot":
            look(node.config)
    look(flow.variables)
    return found


def files_of(imported: Imported, folder: Path) -> list[Path]:
    """Return where the flows of a script are written."""
    return [folder / f"{file_stem(flow.name)}.flow.json" for flow in imported.flows]


def write(imported: Imported, folder: Path, *, force: bool = False) -> list[Path]:
    """Write the flows of a script, and the pictures that they name.

    Raises:
        FileExists: If a flow's file is there already, and ``force`` is off.
        FileUnwritable: If one cannot be written.
    """
    written = []
    for flow, path in zip(imported.flows, files_of(imported, folder), strict=True):
        save_flow(flow, path, None, force=force)
        for name in sorted(_named(flow) & imported.pictures.keys()):
            assets_folder(path).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(imported.pictures[name], assets_folder(path) / name)
        imported.report.flows.append(str(path))
        written.append(path)
    return written
