"""What belongs to a label is called by it: combo boxes, which Qt, GTK 3 and Swing name by what is chosen in them, and nameless fields.

GTK 4.18 leaves the entries of menus nameless; their labels tell their text, and no name either.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from flowdesk.drivers.atspi.calls import ACCESSIBLE, NULL, TEXT, Place, Question, value_of

LABELLED_BY = 2
"""Number of the relation in the AT-SPI specification."""
LABEL_FOR = 1
_BEFORE = 4
"""So many elements before one are looked at for its label."""
_FIRST = 3
"""So many children of a combo box are looked at for its field."""
_NAMELESS = frozenset(
    {"check_box", "list", "menu_item", "slider", "spin_button", "switch", "table", "text_area", "text_field"}
)

Ask = Callable[[Sequence[Question]], list[Any]]
"""Asks questions and returns the bodies of the answers, None for what was refused."""


class Labelled(Protocol):
    """An element that was read."""

    role: str
    name: str
    value: str | None
    place: Place


def call_by_labels(found: Sequence[Labelled], ask: Ask) -> None:
    """Give elements the names of their labels; what a combo box was called becomes its value."""
    unsure = [one for one in found if one.role == "combo_box" or (one.role in _NAMELESS and not one.name)]
    answers = ask([Question(*one.place, ACCESSIBLE, "GetRelationSet") for one in unsure])
    labels = [label_in(answer) for answer in answers]
    for number, (one, label) in enumerate(zip(unsure, labels, strict=True)):
        if label is None and one.role == "combo_box":
            labels[number] = _label_of_field(one.place, ask)
        if labels[number] is None:
            labels[number] = _label_beside(one.place, ask)
    labelled = [(one, label) for one, label in zip(unsure, labels, strict=True) if label is not None]
    for (one, _), told in zip(labelled, words_on(ask, [label for _, label in labelled]), strict=True):
        name = told.rstrip(":：").strip()
        if name and name != one.name:
            if one.role == "combo_box" and not one.value:
                one.value = one.name or None
            one.name = name


def words_on(ask: Ask, labels: Sequence[Place]) -> list[str]:
    """Return what stands on labels: their names, else their texts."""
    answers = ask([value_of(*label, ACCESSIBLE, "Name") for label in labels])
    words = [" ".join(str(answer[0][1]).split()) if answer else "" for answer in answers]
    nameless = [at for at, word in enumerate(words) if not word]
    texts = ask([Question(*labels[at], TEXT, "GetText", "ii", (0, -1)) for at in nameless])
    for at, answer in zip(nameless, texts, strict=True):
        words[at] = " ".join(str(answer[0]).split()) if answer else ""
    return words


def label_in(answer: Any, relation: int = LABELLED_BY) -> Place | None:
    """Return the label in an element's relations; with ``LABEL_FOR`` what a label belongs to."""
    for kind, targets in answer[0] if answer else ():
        if int(kind) == relation and targets:
            return str(targets[0][0]), str(targets[0][1])
    return None


def _label_of_field(place: Place, ask: Ask) -> Place | None:
    """Return the label of the field in a combo box: where one can type into it, some programs label only that."""
    asked = [Question(*place, ACCESSIBLE, "GetChildAtIndex", "i", (number,)) for number in range(_FIRST)]
    inside = [(str(answer[0][0]), str(answer[0][1])) for answer in ask(asked) if answer]
    told = ask([Question(*one, ACCESSIBLE, "GetRelationSet") for one in inside if one[1] != NULL])
    return next((label for answer in told if (label := label_in(answer)) is not None), None)


def _label_beside(place: Place, ask: Ask) -> Place | None:
    """Return the label before an element that says that it belongs to it: Swing tells of labels only from their side."""
    parent, index = ask([value_of(*place, ACCESSIBLE, "Parent"), Question(*place, ACCESSIBLE, "GetIndexInParent")])
    number = int(index[0]) if index else 0
    if not parent or number <= 0:
        return None
    above = str(parent[0][1][0]), str(parent[0][1][1])
    before = [
        Question(*above, ACCESSIBLE, "GetChildAtIndex", "i", (one,)) for one in range(max(0, number - _BEFORE), number)
    ]
    beside = [(str(answer[0][0]), str(answer[0][1])) for answer in ask(before) if answer]
    told = ask([Question(*one, ACCESSIBLE, "GetRelationSet") for one in beside])
    return next((one for one, answer in zip(beside, told, strict=True) if label_in(answer, LABEL_FOR) == place), None)
