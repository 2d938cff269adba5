"""A target that is drawn in the picture of a failure."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from flowdesk.ui.marking import FailureDialog


def test_what_is_drawn_around_becomes_the_target(qapp: QApplication) -> None:
    picture = QPixmap(200, 100)
    picture.fill(QColor("white"))
    dialog = FailureDialog(picture, makes_target=True)
    dialog.show()
    taken: list[bytes] = []
    dialog.taken.connect(lambda content: taken.append(bytes(content)))
    left, button = Qt.MouseButton.LeftButton, dialog.take_button
    QTest.mouseClick(dialog.picture, left, pos=QPoint(5, 5))
    assert not button.isEnabled()  # a press alone is no box
    QTest.mousePress(dialog.picture, left, pos=QPoint(20, 10))
    QTest.mouseMove(dialog.picture, QPoint(60, 40))
    QTest.mouseRelease(dialog.picture, left, pos=QPoint(60, 40))
    assert button.isEnabled()
    button.click()
    cut = QImage.fromData(taken[0])
    assert abs(cut.width() - 40) <= 2
    assert abs(cut.height() - 30) <= 2


def test_a_node_without_a_target_only_shows_the_picture(qapp: QApplication) -> None:
    dialog = FailureDialog(QPixmap(50, 50), makes_target=False)
    assert dialog.take_button.isHidden()
    dialog.close()
