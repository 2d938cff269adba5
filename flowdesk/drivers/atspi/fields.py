"""The field that has the keyboard, as its program tells it: what it holds, what of it is selected, whether it can be written to.

What is typed into and what is read back are the same element: a field is known by its place on the accessibility bus, not by where
it stands on the screen, where another window of the same program may have one, too. Linux only.

Every call blocks for milliseconds: call it from a worker thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flowdesk.drivers import elements
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi.calls import ACCESSIBLE, ROOT, TEXT, Hangs, Place, Question, Unsupported, value_of
from flowdesk.drivers.atspi.names import plain
from flowdesk.drivers.atspi.roles import State
from flowdesk.model.arrival import FIELD_ROLES
from flowdesk.model.geometry import Box

PATIENCE = 3.0
"""Seconds that a program may take to answer."""
MOST = 500_000
"""Characters of a field that are read at most; what holds more is not read."""
DEEPEST = 60
"""So many levels are climbed from an element to its window."""
PARAGRAPH = "group"
"""Kind of the paragraphs of word processors, which have the keyboard by themselves."""
NOT_FIELDS = frozenset({
    "button", "check_box", "radio_button", "slider", "menu", "menu_item", "menu_bar", "tab", "tab_group", "link", "switch", "toolbar",
    "progress_bar", "scroll_bar", "separator", "image", "dialog", "alert", "static_text", "heading", "combo_box",
})  # fmt: skip
"""Kinds of elements that are certainly no field when they have the keyboard."""
_DRAWN = frozenset({PARAGRAPH, "unknown"})
"""Kinds of what a program draws itself: panels, areas to draw on."""
_ROWS = frozenset({"list", "list_item", "table", "table_cell", "table_row", "tree", "tree_item"})
"""Kinds of what shows rows, and of the rows."""
_LINES = 60
"""So many pixels high is at least what holds lines of a text."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as of one look."""

    place: Place
    role: str
    states: int
    box: Box
    value: str | None = None
    """What it holds; None where it does not tell."""
    selected: int | None = 0
    """How many characters are selected; None where it does not tell."""
    is_at_end: bool = False
    """Whether what is selected reaches to the end of the text, as a completion does."""

    def has(self, state: State) -> bool:
        """Whether it is in a state."""
        return bool(self.states >> state & 1)

    is_paragraph: bool = False
    """Whether it is one paragraph of a text: what is typed may go on in others."""

    @property
    def is_writable(self) -> bool:
        """Whether it takes text. Qt 5 does not say so of a field for numbers."""
        is_editable = self.has(State.EDITABLE) or self.role == "spin_button"
        return is_editable and not self.states >> READ_ONLY & 1

    @property
    def is_whole_selected(self) -> bool:
        """Whether all of its text is known to be selected."""
        return bool(self.value) and self.selected is not None and self.selected >= len(self.value or "")


_PASSWORD = 40
"""Number of the role of fields that hide what they hold."""

READ_ONLY = 43
"""Bit of the state (AT-SPI ``STATE_READ_ONLY``)."""


def read(place: Place, role: str, box: Box) -> Field | None:
    """Read a field; None where it is gone, or its program does not answer."""
    try:
        bus = atspi.open_bus()
        state, kind, count, selections = bus.ask(
            [
                Question(*place, ACCESSIBLE, "GetState"),
                Question(*place, ACCESSIBLE, "GetRole"),
                value_of(*place, TEXT, "CharacterCount"),
                Question(*place, TEXT, "GetNSelections"),
            ],
            PATIENCE,
        )
        if not state:
            return None
        states = sum(int(part) << 32 * index for index, part in enumerate(state[0]))
        if not count:
            return Field(place, role, states, box, None, None)
        length = int(count[0][1])
        if length == 0 and kind and int(kind[0]) == _PASSWORD:
            return Field(place, role, states, box, None, None)
        if not 0 < length <= MOST:
            return Field(place, role, states, box, "" if length == 0 else None, 0)
        questions = [Question(*place, TEXT, "GetText", "ii", (0, length))]
        if selections and int(selections[0]) > 0:
            questions.append(Question(*place, TEXT, "GetSelection", "i", (0,)))
        text, *chosen = bus.ask(questions, PATIENCE)
        value = plain(str(text[0])) if text else None
        if value == "":
            value = None  # it holds something, which Qt 5 does not tell of a password
        if selections is None or value is None:
            return Field(place, role, states, box, value, None)
        start, end = (int(chosen[0][0]), int(chosen[0][1])) if chosen and chosen[0] else (0, 0)
        return Field(place, role, states, box, value, abs(end - start), max(start, end) >= length)
    except (Unsupported, Hangs):
        return None


def focused(app: elements.Application) -> Field | None:
    """Return the field of a program that has the keyboard; None where it has none, or does not tell.

    Of several windows with a field that thinks so, that of the active window counts.
    """
    if app.address is None:
        return None
    try:
        bus = atspi.open_bus()
        shown = bus.shown(app.address, FIELD_ROLES | {PARAGRAPH}, PATIENCE)
        found = [each for each in shown if each.states >> State.FOCUSED & 1 and _takes_text(each)]
        if not found:
            return None
        active = _in_active(bus, app.address, [each.place for each in found])
        found = [each for each in found if each.place in active]
        found.sort(key=lambda each: not each.states >> State.EDITABLE & 1)
        if not found:
            return None
        first = found[0]
        if first.role != PARAGRAPH:
            return read(first.place, first.role, Box(*first.box))
        field = read(first.place, "text_area", Box(*first.box))
        return replace(field, is_paragraph=True) if field is not None else None
    except (Unsupported, Hangs):
        return None


def holding(app: elements.Application, text: str) -> set[Place]:
    """Return the fields of a program that hold a text and nothing else."""
    if app.address is None:
        return set()
    try:
        shown = atspi.open_bus().shown(app.address, FIELD_ROLES, PATIENCE)
    except (Unsupported, Hangs):
        return set()
    return {each.place for each in shown if each.value == text}


def being_written(app: elements.Application, held: set[Place]) -> list[str]:
    """Return what the fields hold of one line that may show what is typed into a cell: the one in it, else those of the window.

    ``held`` are fields that held the text before, and show nothing by it.
    """
    now = focused(app)
    if now is not None:
        return [now.value] if now.value is not None and (now.is_paragraph or now.role != "text_area") else []
    if app.address is None:
        return []
    try:
        bus = atspi.open_bus()
        shown = bus.shown(app.address, FIELD_ROLES, PATIENCE)
        active = _in_active(bus, app.address, [each.place for each in shown])
    except (Unsupported, Hangs):
        return []
    mine = [each for each in shown if each.place in active and each.place not in held and each.role != "text_area"]
    return [each.value for each in mine if each.value is not None]


def shows_whole(app: elements.Application, text: str) -> bool:
    """Whether a field that has the keyboard itself holds a text and nothing else: no sheet completes it there without showing it."""
    now = focused(app)
    return now is not None and not now.is_paragraph and now.value == text


def has_moved(field: Field, app: elements.Application) -> bool:
    """Whether the keyboard went from a field to another one of its program.

    One question while it has not. What suggests (a list of completions) may seem to have the keyboard, too: only a field counts.
    """
    try:
        (state,) = atspi.open_bus().ask([Question(*field.place, ACCESSIBLE, "GetState")], PATIENCE)
    except (Unsupported, Hangs):
        return False
    if state and int(state[0][0]) >> State.FOCUSED & 1:
        return False
    now = focused(app)
    return now is not None and now.place != field.place and now.is_writable and not now.is_paragraph


def _takes_text(element: atspi.Shown) -> bool:
    return element.role != PARAGRAPH or bool(element.states >> State.EDITABLE & 1)


def is_drawn(app: elements.Application) -> bool:
    """Whether what has the keyboard is an area that a program draws itself, large enough for lines, and nothing that it tells more of."""
    if app.address is None:
        return False
    try:
        bus = atspi.open_bus()
        focused = [each for each in bus.shown(app.address, None, PATIENCE) if each.states >> State.FOCUSED & 1]
        active = _in_active(bus, app.address, [each.place for each in focused])
    except (Unsupported, Hangs):
        return False
    mine = [each for each in focused if each.place in active and each.role != "window"]
    return bool(mine) and all(each.role in _DRAWN and each.box[3] >= _LINES for each in mine)


def is_in_rows(app: elements.Application) -> bool:
    """Whether rows have the keyboard in which what is typed is looked for: in GTK, where they let go of it while a cell is written to."""
    if app.address is None:
        return False
    try:
        bus = atspi.open_bus()
        if bus.toolkit(app.address.bus, PATIENCE)[0] != "gtk":
            return False
        focused = [each for each in bus.shown(app.address, None, PATIENCE) if each.states >> State.FOCUSED & 1]
        active = _in_active(bus, app.address, [each.place for each in focused])
    except (Unsupported, Hangs):
        return False
    mine = [each for each in focused if each.place in active and each.role != "window"]
    return bool(mine) and all(each.role in _ROWS for each in mine)


def has_no_field(app: elements.Application) -> bool:
    """Whether a program that has no focused field certainly has none: the editors in cells of Qt and GTK 3 are in no tree."""
    if app.address is None:
        return False
    try:
        bus = atspi.open_bus()
        toolkit = bus.toolkit(app.address.bus, PATIENCE)[0]
        if toolkit not in ("qt", "gtk"):
            return True
        shown = bus.shown(app.address, None, PATIENCE)
        focused = [each for each in shown if each.states >> State.FOCUSED & 1]
        if toolkit == "gtk":
            # A list or tree lets go of the keyboard while one of its cells is written to.
            active = _in_active(bus, app.address, [each.place for each in shown])
            mine = [each for each in shown if each.place in active]
            has_cells = any(each.role in ("table", "tree") for each in mine)
            return not has_cells or any(each in focused for each in mine)
    except (Unsupported, Hangs):
        return False
    return bool(focused) and all(each.role in NOT_FIELDS for each in focused)


def _in_active(bus: atspi.Bus, program: atspi.Address, places: Sequence[Place]) -> set[Place]:
    """Return those elements that are in the program's active window; all of them where it has none or does not tell."""
    tops = {place: place for place in places}
    climbing = list(places)
    for _ in range(DEEPEST):
        if not climbing:
            break
        answers = bus.ask([value_of(*tops[place], ACCESSIBLE, "Parent") for place in climbing], PATIENCE)
        going = []
        for place, answer in zip(climbing, answers, strict=True):
            parent = (str(answer[0][1][0]), str(answer[0][1][1])) if answer else ("", ROOT)
            if parent[1] not in (ROOT, program.path) and parent[0]:
                tops[place] = parent
                going.append(place)
        climbing = going
    (children,) = bus.ask([Question(program.bus, program.path, ACCESSIBLE, "GetChildren")], PATIENCE)
    windows = [(str(name), str(path)) for name, path in children[0]] if children else []
    states = bus.ask([Question(*window, ACCESSIBLE, "GetState") for window in windows], PATIENCE)
    active = {
        window for window, state in zip(windows, states, strict=True) if state and int(state[0][0]) >> State.ACTIVE & 1
    }
    # Not every chain of parents ends in a window that is listed: LibreOffice's does not.
    known = set(windows)
    return {place for place in places if tops[place] in active or tops[place] not in known} if active else set(places)
