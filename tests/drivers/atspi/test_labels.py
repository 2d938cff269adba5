"""Names of what a label belongs to, from every side that a toolkit may tell it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flowdesk.drivers.atspi.calls import Place, Question
from flowdesk.drivers.atspi.labels import LABEL_FOR, LABELLED_BY, call_by_labels, label_in

LABEL, BOX, FIELD, PANEL = ((":1.9", f"/{name}") for name in ("label", "box", "field", "panel"))


@dataclass
class Read:
    """An element that was read."""

    role: str
    name: str
    value: str | None
    place: Place


class Tree:
    """The answers of a program with a label, a combo box behind it, and perhaps a field in that."""

    def __init__(self, relations: dict[Place, Any], children: dict[Place, list[Place]]) -> None:
        self._relations = relations
        self._children = children

    def ask(self, questions: Sequence[Question]) -> list[Any]:
        return [self._answer(question) for question in questions]

    def _answer(self, question: Question) -> Any:
        place = (question.bus, question.path)
        if question.member == "GetRelationSet":
            return (self._relations.get(place, []),)
        if question.member == "GetChildAtIndex":
            below = self._children.get(place, [])
            number = question.body[0]
            return (below[number],) if number < len(below) else None
        above = next((one for one, below in self._children.items() if place in below), None)
        if question.member == "GetIndexInParent":
            return (self._children[above].index(place),) if above else None
        if question.body[1] == "Parent":
            return (("(so)", above),) if above else None
        return (("s", "Font size:"),) if place == LABEL else (("s", ""),)


def _called(relations: dict[Place, Any], children: dict[Place, list[Place]]) -> Read:
    box = Read("combo_box", "8", None, BOX)
    call_by_labels([box], Tree(relations, children).ask)
    return box


def test_a_combo_box_that_knows_its_label() -> None:
    box = _called({BOX: [(LABELLED_BY, [LABEL])]}, {PANEL: [LABEL, BOX]})
    assert (box.name, box.value) == ("Font size", "8")


def test_a_combo_box_whose_field_knows_the_label() -> None:
    box = _called({FIELD: [(LABELLED_BY, [LABEL])]}, {PANEL: [LABEL, BOX], BOX: [FIELD]})
    assert (box.name, box.value) == ("Font size", "8")


def test_a_combo_box_whose_label_knows_it() -> None:
    box = _called({LABEL: [(LABEL_FOR, [BOX])]}, {PANEL: [LABEL, BOX]})
    assert (box.name, box.value) == ("Font size", "8")


def test_a_label_that_belongs_to_nobody_names_nothing() -> None:
    box = _called({}, {PANEL: [LABEL, BOX], BOX: [FIELD]})
    assert (box.name, box.value) == ("8", None)


def test_no_relations_hold_no_label() -> None:
    assert label_in(None) is None
    assert label_in(([(LABEL_FOR, [BOX])],)) is None
