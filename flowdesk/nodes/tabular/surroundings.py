"""What lies around the cells of a sheet and has to fit the rows that are added: tables, filters, locks, signatures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import LogLevel
from flowdesk.nodes.tabular.cells import SheetParser, corners
from flowdesk.nodes.tabular.disk import check_closed
from flowdesk.nodes.tabular.package import BROKEN, Package, broken, parse_xml, read_part, relations_of
from flowdesk.nodes.tabular.table import column_letters

HINDRANCES: tuple[tuple[str, Sentence], ...] = (
    ("_xmlsignatures/", say("it is signed, and changes invalidate the signature")),
    ("xl/revisions/", say("it is a shared workbook that tracks its changes")),
)
"""What keeps a workbook from being added to: the beginning of the part's name, and the reason."""


@dataclass(frozen=True, slots=True)
class ListTable:
    """A table in a sheet, as Excel's *Format as table* makes it."""

    part: str
    name: str
    reference: str
    columns: tuple[str, ...]
    has_header: bool
    has_totals: bool
    has_formulas: bool

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Top, left, bottom and right."""
        return corners(self.reference)

    def cells_of_columns(self) -> list[tuple[str, str]]:
        """Return each column with the range of its cells, those of names and totals left out."""
        top, left, bottom, _ = self.corners
        first, last = top + self.has_header, bottom - self.has_totals
        letters = [column_letters(left + place) for place in range(len(self.columns))]
        return [(name, f"{each}{first}:{each}{last}") for name, each in zip(self.columns, letters, strict=True)]


def check_changeable(package: Package) -> None:
    """Refuse a workbook that cannot be added to without loss.

    Raises:
        NodeError: If it is signed, shared, or open in another program.
    """
    check_closed(package.path)
    for name in package.zip.namelist():
        if name.endswith((".xml", ".rels")) and _is_wide(package, name):
            raise NodeError(
                say('"{path}" cannot be changed: {reason}.', path=package.path.name,
                    reason=say("a part of it is in UTF-16")),
                say("Open it in Excel or LibreOffice, save it, and try again. Nothing was written."),
            )  # fmt: skip
        for begin, reason in HINDRANCES:
            if name.startswith(begin):
                raise NodeError(
                    say('"{path}" cannot be changed: {reason}.', path=package.path.name, reason=reason),
                    say("Save a copy without this feature, and use the copy. Nothing was written."),
                )


def _is_wide(package: Package, name: str) -> bool:
    """Whether a part is written in characters of two bytes: rows are added in UTF-8."""
    try:
        with package.zip.open(name) as stream:
            begin = stream.read(4)
    except BROKEN as error:
        raise broken(package.path, error) from error
    return b"\0" in begin or begin[:2] in (b"\xff\xfe", b"\xfe\xff")


def told_protection(around: SheetParser, name: str) -> list[tuple[LogLevel, Sentence | str]]:
    """Return a line for the log where somebody protected the sheet that is written to."""
    if not around.is_protected:
        return []
    return [("warn", say("The sheet \"{sheet}\" is protected. flowdesk writes to it anyway, and the protection stays.", sheet=name))]  # fmt: skip


def tables_of(package: Package, part: str) -> list[ListTable]:
    """Return the tables of a sheet."""
    found = []
    for target, kind in relations_of(package.zip, package.path, part).values():
        if kind != "table":
            continue
        root = parse_xml(read_part(package.zip, target, package.path), package.path)
        columns = [each for each in root.iter() if each.tag.rsplit("}", 1)[-1] == "tableColumn"]
        found.append(
            ListTable(
                target, root.get("displayName", ""), root.get("ref", "A1"),
                tuple(each.get("name", "") for each in columns),
                has_header=root.get("headerRowCount", "1") != "0",
                has_totals=root.get("totalsRowCount", "0") != "0",
                has_formulas=any(child.tag.endswith("calculatedColumnFormula") for each in columns for child in each),
            )
        )  # fmt: skip
    return found


def longer(reference: str, bottom: int) -> str:
    """Return a reference that reaches down to a row."""
    top, left, _, right = corners(reference)
    return f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"


def longer_table(content: bytes, old: str, new: str) -> bytes:
    """Return the part of a table that reaches elsewhere, its filter with it."""
    return content.replace(f'ref="{old}"'.encode(), f'ref="{new}"'.encode())


def longer_filter(workbook: bytes, sheet: int, old: str, new: str) -> bytes:
    """Return the workbook's part whose hidden name of a sheet's filter reaches elsewhere."""
    top, left, bottom, right = corners(old)
    was = f"${column_letters(left)}${top}:${column_letters(right)}${bottom}"
    top, left, bottom, right = corners(new)
    now = f"${column_letters(left)}${top}:${column_letters(right)}${bottom}"

    def put(match: re.Match[bytes]) -> bytes:
        begin, text, end = match.groups()
        is_it = b"_xlnm._FilterDatabase" in begin and f'localSheetId="{sheet}"'.encode() in begin
        return begin + (text.replace(was.encode(), now.encode()) if is_it else text) + end

    return re.sub(rb"(<(?:\w+:)?definedName\b[^>]*>)([^<]*)(</)", put, workbook)


def recalculated(workbook: bytes) -> bytes:
    """Return the workbook's part so that programs calculate it when they open it: results may depend on what is new."""
    found = re.search(rb"<(?:\w+:)?calcPr\b[^>]*?(/?)>", workbook)
    if found:
        tag = re.sub(rb'\sfullCalcOnLoad="[^"]*"', b"", found.group())
        end = b"/>" if found.group(1) else b">"
        return (
            workbook[: found.start()] + tag.removesuffix(end) + b' fullCalcOnLoad="1"' + end + workbook[found.end() :]
        )
    for name in (b"definedNames", b"externalReferences", b"functionGroups", b"sheets"):
        place = re.search(rb"</((?:\w+:)?)" + name + rb">|<((?:\w+:)?)" + name + rb"\s*/>", workbook)
        if place:
            prefix = place.group(1) or place.group(2) or b""
            return workbook[: place.end()] + b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>' + workbook[place.end() :]
    return workbook


def with_sheet(package: Package, name: str) -> dict[str, bytes]:
    """Return the parts of a workbook that has one sheet more: those that change, and the new one.

    Raises:
        NodeError: If a sheet cannot have that name.
    """
    if (
        not 0 < len(name) <= 31
        or re.search(r"[\[\]:*?/\\\x00-\x1f]", name)
        or name.startswith("'")
        or name.endswith("'")
    ):
        raise NodeError(
            say('"{name}" is not a valid sheet name.', name=name),
            say("Use at most 31 characters, without [ ] : * ? / and \\."),
        )
    taken = set(package.zip.namelist())
    part = next(f"xl/worksheets/sheet{n}.xml" for n in range(1, 100_000) if f"xl/worksheets/sheet{n}.xml" not in taken)
    workbook = package.part(package.workbook)
    folder, _, file = package.workbook.rpartition("/")
    links = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
    relations = package.part(links)
    used = set(re.findall(rb'\bId="([^"]*)"', relations))
    link = next(f"rId{n}" for n in range(1, 100_000) if f"rId{n}".encode() not in used)
    ids = [int(each) for each in re.findall(rb'\bsheetId="(\d+)"', workbook)]
    end = re.search(rb"</((?:\w+:)?)sheets>", workbook)
    space = re.search(
        rb'xmlns:(\w+)="[^"]*officeDocument/2006/relationships"|xmlns:(\w+)="[^"]*officeDocument/relationships"',
        workbook,
    )
    if end is None or space is None:
        raise NodeError(
            say('A new sheet cannot be added to "{path}".', path=package.path.name), say("Add the sheet in Excel.")
        )
    key = (space.group(1) or space.group(2)).decode()
    tag = (
        f'<{end.group(1).decode()}sheet name={quoteattr(name)} sheetId="{max(ids, default=0) + 1}" {key}:id="{link}"/>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    types = package.part("[Content_Types].xml")
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    return {
        package.workbook: workbook[: end.start()] + tag.encode() + workbook[end.start() :],
        links: _inserted(relations, "Relationships", f'<Relationship Id="{link}" Type="{kind}" Target="/{part}"/>'),
        "[Content_Types].xml": _inserted(
            types, "Types", f'<Override PartName="/{part}" ContentType="{content_type}"/>'
        ),
        part: EMPTY_SHEET,
    }


EMPTY_SHEET = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
)


def _inserted(content: bytes, root: str, element: str) -> bytes:
    end = re.search(rb"</((?:\w+:)?)" + root.encode() + rb">", content)
    if end is None:
        raise ValueError(f"{root} is empty")
    prefix = end.group(1)
    written = element.encode().replace(b"<", b"<" + prefix, 1)
    return content[: end.start()] + written + content[end.start() :]


def without_chain(package: Package, changes: dict[str, bytes]) -> set[str]:
    """Take the list of formulas out of a workbook whose formulas become fewer; programs write it again.

    Args:
        package: The workbook.
        changes: Parts that change, which get those that named the list.

    Returns:
        The parts that go.
    """
    part = package.related("calcChain")
    if part is None or part not in package.zip.namelist():
        return set()
    folder, _, file = package.workbook.rpartition("/")
    links = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
    for name, sign in ((links, rb"calcChain\.xml"), ("[Content_Types].xml", rb"calcChain\.xml")):
        content = changes.get(name) or package.part(name)
        changes[name] = re.sub(rb"<(?:\w+:)?(?:Relationship|Override)\b[^>]*" + sign + rb"[^>]*/>", b"", content)
    return {part}


def overlaps(merges: Sequence[str], top: int, left: int, bottom: int, right: int) -> str:
    """Return a merged range that covers one of some cells, empty for none."""
    for reference in merges:
        try:
            one = corners(reference)
        except ValueError:
            continue
        if one[0] <= bottom and one[2] >= top and one[1] <= right and one[3] >= left:
            return reference
    return ""
