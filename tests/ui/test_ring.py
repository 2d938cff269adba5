"""The ring around what a test of a target found."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from flowdesk.model.geometry import Box
from flowdesk.ui.ring import MARGIN, Ring


def test_the_ring_is_around_the_box_and_open_in_the_middle(qapp: QApplication) -> None:
    ring = Ring()
    ring.show_around(Box(100, 80, 60, 40))
    assert ring.geometry().topLeft() == QPoint(100 - MARGIN, 80 - MARGIN)
    assert not ring.mask().contains(ring.rect().center())
    ring.close()
    ring.deleteLater()
