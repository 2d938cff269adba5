"""The ring around what a test of a target found."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from flowdesk.engine.dry import Places
from flowdesk.model.geometry import Box, Point
from flowdesk.ui.ring import MARGIN, REACH, Ring, Rings


def test_the_ring_is_around_the_box_and_open_in_the_middle(qapp: QApplication) -> None:
    ring = Ring()
    ring.show_around(Box(100, 80, 60, 40))
    assert ring.geometry().topLeft() == QPoint(100 - MARGIN, 80 - MARGIN)
    assert not ring.mask().contains(ring.rect().center())
    ring.close()
    ring.deleteLater()


def test_each_place_of_a_dry_run_has_a_ring_until_the_next(qapp: QApplication) -> None:
    rings, places = Rings(), Places()
    for point in (Point(100, 200), Point(300, 200), Point(100, 200)):
        places.add(point, "Save")
    rings.show(places)
    assert [ring.isVisible() for ring in rings.shown] == [True, True]
    assert rings.shown[1].geometry().left() == 300 - REACH - MARGIN
    rings.show(Places())
    assert rings.shown == []
