"""The zip of a workbook: its parts, its sheets, its styles. Bounded, since a small file can unfold to any size."""

import os
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say
from flowdesk.nodes.tabular.disguised import LOOKED_AT, disguise
from flowdesk.nodes.tabular.disk import Signature, check_plain, unreadable
from flowdesk.nodes.tabular.formats import is_date_format, is_elapsed_format

LARGEST_PART = 600_000_000
"""Bytes that one part may unfold to; it is read as a stream."""
LARGEST_TEXTS = 150_000_000
"""Characters of the shared texts of a workbook."""
MOST_TEXTS = 2_000_000
LARGEST_SMALL_PART = 30_000_000
"""Bytes of parts that are read whole: styles, relations, tables."""
_OLE = b"\xd0\xcf\x11\xe0"
BUILTIN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_BUILTIN_FORMATS = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy-mm-dd",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 49: "@",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    part: str
    is_table: bool = True
    """Whether it has cells; a chart sheet has none."""
    is_hidden: bool = False


@dataclass
class Package:
    """An open workbook. Use as a context manager."""

    path: Path
    zip: zipfile.ZipFile
    workbook: str
    sheets: tuple[Sheet, ...]
    active: int = 0
    is_1904: bool = False
    recalculates: bool = False
    """Whether programs are told to calculate it when it is opened: what it holds of results may be old."""
    relations: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of the workbook: target and kind by id."""

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *args: object) -> None:
        self.zip.close()

    @property
    def signature(self) -> Signature:
        """The signature of the file that is open."""
        assert self.zip.fp is not None
        found = os.fstat(self.zip.fp.fileno())
        return found.st_mtime_ns, found.st_size, found.st_ino

    def part(self, name: str) -> bytes:
        """Return a small part whole.

        Raises:
            NodeError: If it is missing or too large.
        """
        return read_part(self.zip, name, self.path)

    def sheet(self, name: str) -> Sheet:
        """Return a sheet by its name, the first with cells if it is empty.

        Raises:
            NodeError: If there is no such sheet, or it has no cells.
        """
        for sheet in self.sheets:
            if is_same_name(sheet.name, name) if name else sheet.is_table:
                if not sheet.is_table:
                    break
                return sheet
        raise NodeError(
            say('Sheet "{sheet}" not found, or it has no cells.', sheet=name),
            say("Available: {sheets}.", sheets=", ".join(each.name for each in self.sheets)),
        )

    def related(self, kind: str) -> str | None:
        """Return the part of the workbook of a kind, such as ``styles``."""
        return next((target for target, each in self.relations.values() if each == kind), None)

    @cached_property
    def texts(self) -> list[str]:
        """The shared texts."""
        name = self.related("sharedStrings")
        return _shared_texts(self, name) if name and name in self.zip.namelist() else []

    @cached_property
    def formats(self) -> list[str]:
        """The number format of every style, ``General`` where it has none."""
        name = self.related("styles")
        if not name or name not in self.zip.namelist():
            return []
        root = parse_xml(self.part(name), self.path)
        own = {each.get("numFmtId", ""): each.get("formatCode", "") for each in _all(root, "numFmt")}
        styles = next(iter(_all(root, "cellXfs")), None)
        ids = [each.get("numFmtId", "0") for each in styles] if styles is not None else []
        return [own.get(each) or _format_of(each) for each in ids]

    @cached_property
    def is_libreoffice(self) -> bool:
        """Whether LibreOffice wrote it: its days before March 1900 count from 1899-12-30, Excel's as if 1900 were a leap year."""
        try:
            return b"<Application>LibreOffice" in self.part("docProps/app.xml")
        except NodeError:
            return False

    def is_early(self, number: float, code: str) -> bool:
        """Whether a number is a day before March 1900 that LibreOffice counted."""
        is_day = 1 <= number < 61 or -600_000 < number < 0
        return (
            is_day and is_date_format(code) and not is_elapsed_format(code) and not self.is_1904 and self.is_libreoffice
        )

    def format_of(self, style: int) -> str:
        """Return the number format of a style."""
        return self.formats[style] if 0 <= style < len(self.formats) else "General"


def _format_of(number: str) -> str:
    known = _BUILTIN_FORMATS.get(int(number) if number.isdigit() else 0)
    if known is None and number.isdigit() and int(number) in BUILTIN_DATES:
        return "yyyy-mm-dd"
    return known or "General"


BROKEN = (
    KeyError, zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, struct.error,
)  # fmt: skip
"""What reading a zip raises whose bytes are not what they were."""


def read_part(archive: zipfile.ZipFile, name: str, path: Path, limit: int = LARGEST_SMALL_PART) -> bytes:
    """Return a part whole, unless it is larger than ``limit``.

    Raises:
        NodeError: If it is missing, broken or too large.
    """
    try:
        with archive.open(name) as stream:
            content = stream.read(limit + 1)
    except BROKEN as error:
        raise broken(path, error) from error
    if len(content) > limit:
        raise too_large(path)
    return content


def too_large(path: Path) -> NodeError:
    """The error of a workbook that unfolds to more than is read."""
    return NodeError(
        say('"{path}" is too large when unpacked.', path=path.name),
        say("Set Range to read a part of it, or save it as CSV."),
    )


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are those of one sheet: workbooks tell no capital letters apart."""
    return one.casefold() == other.casefold()


def broken(path: Path, error: Exception) -> NodeError:
    """The error of a file that is no whole workbook."""
    return NodeError(
        say('"{path}" is not a readable workbook: {reason}.', path=path.name, reason=_cause(error)),
        say("Open it in Excel or LibreOffice and save it as XLSX."),
    )


def _cause(error: Exception) -> Sentence | str:
    """Say what is wrong with the file, in flowdesk's own words and not in those of a library."""
    own = error.args[0] if error.args else ""
    if isinstance(own, Sentence):
        return own
    if isinstance(error, zipfile.BadZipFile) and str(error).startswith("File is not a zip"):
        return say("it is not a workbook, or it was cut off")
    if isinstance(error, OSError):
        return system_cause(error)
    return say("a part of it is missing") if isinstance(error, KeyError) else say("a part of it is damaged")


def open_package(path: Path) -> Package:
    """Open a workbook.

    Raises:
        NodeError: If it is missing, encrypted, of another kind, or broken.
    """
    try:
        check_plain(path)
        with path.open("rb") as stream:
            begin = stream.read(LOOKED_AT)
        if begin.startswith(_OLE):
            raise NodeError(
                say('"{path}" is password-protected, or is an Excel 97 XLS file.', path=path.name),
                say("Open it in Excel or LibreOffice and save it as XLSX without a password."),
            )
        if not begin.startswith(b"PK") and (found := disguise(begin)) is not None:
            raise NodeError(say('"{path}" is not an XLSX file, but {what}.', path=path.name, what=found[0]), found[1])
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise unreadable(path, error) from error
    except BROKEN as error:
        raise broken(path, error) from error
    try:
        return _opened(path, archive)
    except BaseException:
        archive.close()
        raise


def _opened(path: Path, archive: zipfile.ZipFile) -> Package:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names:
        raise broken(path, ValueError(say("it is a zip of another kind")))
    roots = relations_of(archive, path, "")
    workbook = next((target for target, kind in roots.values() if kind == "officeDocument"), "xl/workbook.xml")
    if workbook.endswith(".bin"):
        raise NodeError(say('"{path}" is a binary workbook.', path=path.name), say("Save it as XLSX."))
    root = parse_xml(read_part(archive, workbook, path), path)
    relations = relations_of(archive, path, workbook)
    sheets = []
    for each in _all(root, "sheet"):
        target, kind = relations.get(next((v for k, v in each.attrib.items() if k.endswith("}id")), ""), ("", ""))
        is_table = kind == "worksheet" and target in names
        sheets.append(Sheet(each.get("name", ""), target, is_table, each.get("state", "visible") != "visible"))
    view = next(iter(_all(root, "workbookView")), None)
    properties = next(iter(_all(root, "workbookPr")), None)
    calculation = next(iter(_all(root, "calcPr")), None)
    return Package(
        path, archive, workbook, tuple(sheets), active=_whole(view, "activeTab"),
        is_1904=_is_on(properties, "date1904"), recalculates=_is_on(calculation, "fullCalcOnLoad"), relations=relations,
    )  # fmt: skip


def _whole(element: "ElementTree.Element | None", key: str) -> int:
    text = element.get(key, "0") if element is not None else "0"
    return int(text) if text.isdigit() else 0


def _is_on(element: "ElementTree.Element | None", key: str) -> bool:
    return element is not None and element.get(key, "0") in {"1", "true"}


def relations_of(archive: zipfile.ZipFile, path: Path, part: str) -> dict[str, tuple[str, str]]:
    """Return the relations of a part: target and kind by id. External targets are left out."""
    folder, name = posixpath.split(part)
    file = posixpath.join(folder, "_rels", f"{name}.rels")
    if file not in archive.namelist():
        return {}
    found = {}
    for each in _all(parse_xml(read_part(archive, file, path), path), "Relationship"):
        if each.get("TargetMode") == "External":
            continue
        target = each.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[each.get("Id", "")] = (whole, each.get("Type", "").rsplit("/", 1)[-1])
    return found


def parse_xml(content: bytes, path: Path) -> ElementTree.Element:
    """Parse a part.

    Raises:
        NodeError: If it is no XML, or declares entities.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise broken(path, ValueError(say("a part of it declares entities")))
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise broken(path, error) from error


def _all(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in root.iter() if each.tag.rsplit("}", 1)[-1] == name)


def local(name: str) -> str:
    """Return the name of an element without its prefix."""
    return name.rsplit(":", 1)[-1]


def unescaped(text: str) -> str:
    """Return a text of a cell as people see it: ``_x000D_`` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def feed(parser: "expat.XMLParserType", stream: IO[bytes], path: Path, limit: int = LARGEST_PART) -> None:
    """Parse a stream of a part up to ``limit`` bytes.

    Raises:
        NodeError: If it is broken, declares entities, or is larger.
    """

    def refuse(*args: Any) -> None:
        raise broken(path, ValueError(say("a part of it declares entities")))

    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    size = 0
    try:
        while chunk := stream.read(262_144):
            size += len(chunk)
            if size > limit:
                raise too_large(path)
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, *BROKEN) as error:
        raise broken(path, error) from error


class _Texts:
    """Gathers the shared texts of a workbook, without their phonetic readings."""

    def __init__(self, path: Path) -> None:
        self.found: list[str] = []
        self._path = path
        self._current: list[str] = []
        self._takes = False
        self._phonetic = 0
        self._size = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, tag: str, _: dict[str, str]) -> None:
        match local(tag):
            case "si":
                self._current.clear()
            case "rPh":
                self._phonetic += 1
            case "t":
                self._takes = not self._phonetic

    def _end(self, tag: str) -> None:
        match local(tag):
            case "si":
                self.found.append(unescaped("".join(self._current)))
            case "rPh":
                self._phonetic -= 1
            case "t":
                self._takes = False

    def _text(self, part: str) -> None:
        if self._takes:
            self._current.append(part)
            self._size += len(part)
            if self._size > LARGEST_TEXTS or len(self.found) > MOST_TEXTS:
                raise too_large(self._path)


def _shared_texts(package: Package, name: str) -> list[str]:
    texts = _Texts(package.path)
    try:
        with package.zip.open(name) as stream:
            feed(texts.parser, stream, package.path)
    except BROKEN as error:
        raise broken(package.path, error) from error
    return texts.found
