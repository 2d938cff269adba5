"""The part of a list, a table or a tree in which its entries show: without its headings and scroll bars.

Qt tells one box for all of it, and says of an entry behind a scroll bar or a heading that it is shown. Whether there are scroll
bars it does not tell; there is one across where a row reaches beyond the table.
"""

from collections.abc import Sequence

from flowdesk.drivers.atspi.calls import NULL, TABLE, Place, Question, extents_of, value_of
from flowdesk.drivers.atspi.lineage import LIST as LISTS
from flowdesk.drivers.atspi.lineage import TABLE as TABLES
from flowdesk.drivers.atspi.lineage import TREE, TREE_TABLE, Ask, Kin
from flowdesk.drivers.atspi.origins import Measure
from flowdesk.model.geometry import Box

ROLES = frozenset({LISTS, TABLES, TREE, TREE_TABLE})

HEADINGS = frozenset({10, 47, 57, 58})
"""Numbers of the roles of headings in the AT-SPI specification: these stand where no entry shows."""

_BAR = 22
"""Pixels that a scroll bar may take, before the screen's scale."""


def view_of(ask: Ask, entry: Kin, holder: Kin, how: Measure) -> Box:
    """Return the part of what holds an entry in which entries show.

    Args:
        ask: Asks the accessibility bus.
        entry: An entry or a cell.
        holder: The list, table or tree that it is in.
        how: How the program measures.
    """
    box = holder.box
    top, left, row = _headings(ask, entry, holder, how)
    reach = [entry.box, *row]
    bar = round(_BAR * how.scale)
    has_bar = min(part.x for part in reach) < box.x or max(part.right for part in reach) > box.right
    right = bar if any(part.right > box.right - bar // 2 for part in reach) and not has_bar else 0
    bottom = bar if has_bar else 0
    width, height = box.width - left - right, box.height - top - bottom
    return Box(box.x + left, box.y + top, max(0, width), max(0, height))


def _headings(ask: Ask, entry: Kin, holder: Kin, how: Measure) -> tuple[int, int, list[Box]]:
    """Return how high and wide the headings are, and the boxes of the first and last cell of the entry's row."""
    columns, index = ask(
        [value_of(*holder.place, TABLE, "NColumns"), Question(*entry.place, _ACCESSIBLE, "GetIndexInParent")]
    )
    count = int(columns[0][1]) if columns else 0
    if count <= 0:
        return 0, 0, []
    (row,) = ask([Question(*holder.place, TABLE, "GetRowAtIndex", "i", (int(index[0]) if index else 0,))])
    at = int(row[0]) if row and int(row[0]) >= 0 else 0
    wanted: list[tuple[str, str, tuple[int, ...]]] = [("GetColumnHeader", "i", (0,)), ("GetRowHeader", "i", (at,)), ("GetAccessibleAt", "ii", (at, 0)), ("GetAccessibleAt", "ii", (at, count - 1))]  # fmt: skip
    answers = ask([Question(*holder.place, TABLE, member, signature, body) for member, signature, body in wanted])
    boxes = _boxes(ask, [(str(one[0][0]), str(one[0][1])) if one else ("", NULL) for one in answers], how)
    heading, side = boxes[0], boxes[1]
    top = heading.bottom - holder.box.y if heading is not None else 0
    left = side.right - holder.box.x if side is not None else 0
    is_sane = 0 <= top < holder.box.height and 0 <= left < holder.box.width
    return top if is_sane else 0, left if is_sane else 0, [part for part in boxes[2:] if part is not None]


def _boxes(ask: Ask, places: Sequence[Place], how: Measure) -> list[Box | None]:
    told = iter(ask([extents_of(*place) for place in places if place[1] != NULL]))
    answers = [next(told) if place[1] != NULL else None for place in places]
    return [
        Box(*how.box(answer[0])) if answer is not None and answer[0][2] > 0 and answer[0][3] > 0 else None
        for answer in answers
    ]


_ACCESSIBLE = "org.a11y.atspi.Accessible"
