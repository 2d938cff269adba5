"""Rows of tables and lists on Linux: no more of them than asked for, for a sheet may have two thousand million cells."""

from dataclasses import replace

from flowdesk.drivers.atspi.calls import ACCESSIBLE, NULL, TABLE, Place, Question, value_of
from flowdesk.drivers.atspi.inside import Inside
from flowdesk.model.parts import Rows, plain

_HEADERS = frozenset({"table column header", "column header"})
_ROW_HEADERS = frozenset({"table row header", "row header"})
_HEADINGS = 3
"""Rows of headings that are told from rows of the table at most."""
COLUMNS = 200
"""Columns that are read at most."""


def size_of(inside: Inside, place: Place) -> tuple[int, int]:
    """Return how many rows and columns a table has, 0 where it is none."""
    rows, columns = inside.ask([value_of(*place, TABLE, name) for name in ("NRows", "NColumns")])
    return (int(rows[0][1]) if rows else 0), (int(columns[0][1]) if columns else 0)


def rows_of(inside: Inside, place: Place, limit: int, first: int = 0) -> Rows | None:
    """Read the rows of a table, or the entries of a list, at most ``limit``; None where it is neither."""
    (facts,) = inside.facts([place]) or (None,)
    if facts is None:
        return None
    rows, columns = size_of(inside, place)
    if rows > 0 and columns > 0:
        found = _table(inside, place, (rows, columns), limit, first)
        return replace(found, header=()) if facts.role == "list" else found
    if facts.role in ("list", "table") or facts.word in ("tree", "tree table", "table"):
        return _marked_up(inside, place, limit, first) if facts.role == "table" else _list(inside, place, limit, first)
    return None


def _table(inside: Inside, place: Place, size: tuple[int, int], limit: int, first: int) -> Rows:
    rows, columns = size
    wide = min(columns, COLUMNS)
    above = _headings(inside, place, min(rows, _HEADINGS), wide)
    rows -= above
    last = min(rows, first + limit)
    cells = _cells(inside, place, [(above + row, column) for row in range(first, last) for column in range(wide)])
    texts = _texts(inside, cells)
    table = tuple(tuple(texts[begin : begin + wide]) for begin in range(0, len(texts), wide))
    heads = inside.ask([Question(*place, TABLE, "GetColumnHeader", "i", (column,)) for column in range(wide)])
    titles = _texts(inside, [(str(head[0][0]), str(head[0][1])) if head else ("", NULL) for head in heads])
    if not any(titles):
        told = inside.ask([Question(*place, TABLE, "GetColumnDescription", "i", (column,)) for column in range(wide)])
        titles = [plain(str(answer[0])) if answer else "" for answer in told]
    if not all(titles) or len(set(titles)) < len(titles):
        titles = _beside(inside, place, wide) or titles
    return Rows(table, tuple(titles) if any(titles) else (), rows, columns)


def _cells(inside: Inside, place: Place, wanted: list[tuple[int, int]]) -> list[Place]:
    answers = inside.ask([Question(*place, TABLE, "GetAccessibleAt", "ii", cell) for cell in wanted])
    return [(str(answer[0][0]), str(answer[0][1])) if answer else ("", NULL) for answer in answers]


def _headings(inside: Inside, place: Place, most: int, wide: int) -> int:
    """Return how many rows at the top are headings: browsers count them among the rows."""
    for row in range(most):
        cells = _cells(inside, place, [(row, column) for column in range(wide)])
        facts = inside.facts(list(dict.fromkeys(cell for cell in cells if cell[1] != NULL)))
        if not facts or any(one.word not in _HEADERS for one in facts):
            return row
    return most


def _beside(inside: Inside, place: Place, wide: int) -> list[str]:
    """Return the column headers of Swing, which stand in a viewport beside the one with the table."""
    above = inside.above(place)[:2]
    if len(above) < 2:
        return []
    own = [*above[:1], place]
    for child in inside.facts(inside.children(above[1], range(min(inside.count(above[1]), 12)))):
        if child.place in own or child.word != "viewport":
            continue
        labels = [one.name for one in inside.below(child.place, 3) if one.role == "static_text"]
        if len(labels) == wide:
            return labels
    return []


def _list(inside: Inside, place: Place, limit: int, first: int) -> Rows:
    total = inside.count(place)
    places = inside.children(place, range(first, min(total, first + limit)))
    texts = _texts(inside, places)
    return Rows(tuple((text,) for text in texts), (), total, 1 if total else 0)


def _marked_up(inside: Inside, place: Place, limit: int, first: int) -> Rows:
    """Read a table that is only told by rows and cells below it, as some pages are."""
    found: list[tuple[str, ...]] = []
    header: tuple[str, ...] = ()
    rows = [one for one in inside.below(place, 2, first + limit + 50) if one.role == "table_row"]
    for row in rows:
        cells = inside.facts(inside.children(row.place, range(min(inside.count(row.place), COLUMNS))))
        texts = tuple(inside.called(cell) for cell in cells)
        if cells and all(cell.word in _HEADERS for cell in cells):
            header = header or texts
        else:
            found.append(texts)
    return Rows(tuple(found[first : first + limit]), header, len(found), max(map(len, found), default=0))


def _texts(inside: Inside, places: list[Place]) -> list[str]:
    real = [place for place in dict.fromkeys(places) if place[1] != NULL]
    names = inside.ask([value_of(*place, ACCESSIBLE, "Name") for place in real])
    known = {place: plain(str(name[0][1])) if name else "" for place, name in zip(real, names, strict=True)}
    for place in real[:2000]:
        if not known[place]:
            facts = inside.facts([place])
            text = inside.called(facts[0]) if facts else ""
            known[place] = text or plain(inside.text(place) or "")
    return [known.get(place, "") for place in places]
