"""The ranked list after a pick: the best unique way first, others standing by."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from flowdesk.protocol.lookreplies import TargetCandidate, TargetSpot
from flowdesk.ui.picker.choices import Candidate, ChoicesDialog, proposed


def candidate(selector: str, kind: str, count: int = 1) -> Candidate:
    return Candidate(selector, kind, count, 12.0, 1.0, (10, 10, 40, 20))


WAYS = [
    candidate("button[name='OK']", "element"),
    candidate("text=OK", "text", 3),
    candidate("image=ok.png", "image"),
    candidate("button:nth(2)", "element"),
    candidate("point=50%,50%", "point"),
]


def dialog(ways: list[Candidate]) -> ChoicesDialog:
    picture = QPixmap(200, 100)
    picture.fill(Qt.GlobalColor.white)
    return ChoicesDialog(ways, picture)


def test_unique_ways_of_different_kinds_are_kept_and_a_point_only_where_nothing_else_is() -> None:
    assert proposed(WAYS) == [0, 2]
    assert proposed(WAYS[4:]) == [0]
    assert proposed([candidate("text=OK", "text", 3)]) == [0]
    assert proposed([]) == []


def test_the_ticked_ways_are_taken_in_the_order_shown(qapp: QApplication) -> None:
    box = dialog(WAYS)
    taken: list[Any] = []
    box.taken.connect(taken.append)
    picture = box.tree.takeTopLevelItem(2)
    assert picture is not None
    box.tree.insertTopLevelItem(0, picture)
    box.use.click()
    assert [way.selector for way in taken[0]] == ["image=ok.png", "button[name='OK']"]
    box.deleteLater()


def test_nothing_ticked_cannot_be_used(qapp: QApplication) -> None:
    box = dialog(WAYS)
    for row in range(box.tree.topLevelItemCount()):
        item = box.tree.topLevelItem(row)
        assert item is not None
        item.setCheckState(0, Qt.CheckState.Unchecked)
    assert not box.use.isEnabled()
    box.deleteLater()


def test_an_entry_of_the_session_is_read_with_its_spot() -> None:
    spot: TargetSpot = {
        "x": 30, "y": 20, "box": [10, 10, 40, 20], "score": 0.93, "scale": 1.0, "selector": "text=OK", "engine": "text", "text": "OK",
    }  # fmt: skip
    values: TargetCandidate = {
        "selector": "text=OK", "kind": "text", "count": 2, "unique": False, "ms": 4.2, "score": 0.5, "spot": spot,
    }  # fmt: skip
    read = Candidate.read(values)
    assert (read.box, read.score, read.is_unique) == ((10, 10, 40, 20), 0.93, False)
