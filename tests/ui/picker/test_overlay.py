"""The overlay: what a person points at, drags or walks to is what is taken."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from flowdesk.ui.picker.look import Outlined, label_rect
from flowdesk.ui.picker.overlay import Pick, PickOverlay
from tests.ui.conftest import until

PATH = (
    Outlined("button", "OK", (100, 100, 80, 30)),
    Outlined("group", "", (50, 50, 300, 200)),
    Outlined("window", "A form", (0, 0, 600, 400)),
)
Loop = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
def loop(qapp: QApplication) -> Any:
    import qasync

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda story: loop.run_until_complete(asyncio.wait_for(story, 100))
    loop.close()
    asyncio.set_event_loop(None)


async def shown(ratio: int = 1) -> PickOverlay:
    async def inspect(x: int, y: int) -> Sequence[Outlined]:
        return PATH if 100 <= x < 180 and 100 <= y < 130 else PATH[1:]

    picture = QPixmap(600 * ratio, 400 * ratio)
    picture.fill(Qt.GlobalColor.white)
    overlay = PickOverlay(picture, inspect)
    overlay.appear(QRect(0, 0, 600, 400))
    return overlay


def move(overlay: PickOverlay, x: int, y: int) -> None:
    at = QPointF(x, y)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, overlay.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(overlay, event)


def press(overlay: PickOverlay, key: Qt.Key) -> None:
    QApplication.sendEvent(overlay, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def test_what_is_under_the_pointer_is_outlined_and_a_click_takes_it(loop: Loop) -> None:
    async def story() -> None:
        overlay = await shown()
        move(overlay, 120, 110)
        await until(lambda: overlay.outlined == PATH[0])
        QTest.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(120, 110))
        assert await overlay.picked == Pick("point", 120, 110)
        overlay.deleteLater()

    loop(story())


def test_arrows_walk_to_parent_and_child_and_enter_takes_the_level(loop: Loop) -> None:
    async def story() -> None:
        overlay = await shown()
        move(overlay, 120, 110)
        await until(lambda: overlay.outlined == PATH[0])
        for key, expected in (
            (Qt.Key.Key_Up, 1), (Qt.Key.Key_Up, 2), (Qt.Key.Key_Up, 2), (Qt.Key.Key_Down, 1),
        ):  # fmt: skip
            press(overlay, key)
            assert overlay.outlined == PATH[expected]
        press(overlay, Qt.Key.Key_Return)
        assert await overlay.picked == Pick("point", 120, 110, level=1)
        overlay.deleteLater()

    loop(story())


def test_a_drag_is_a_box_in_pixels_of_the_desktop_on_a_dense_screen_too(loop: Loop) -> None:
    async def story() -> None:
        overlay = await shown(ratio=2)
        QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(40, 60))
        move(overlay, 90, 80)
        QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(90, 80))
        picked = await overlay.picked
        assert picked is not None
        assert (picked.kind, picked.x, picked.y) == ("box", 80, 120)
        assert abs(picked.width - 100) <= 2
        assert abs(picked.height - 40) <= 2
        overlay.deleteLater()

    loop(story())


@pytest.mark.parametrize(("key", "expected"), [(Qt.Key.Key_Escape, None), (Qt.Key.Key_F2, Pick("later"))])
def test_esc_leaves_and_f2_waits_for_a_menu(loop: Loop, key: Qt.Key, expected: Pick | None) -> None:
    async def story() -> None:
        overlay = await shown()
        press(overlay, key)
        assert await overlay.picked == expected
        assert not overlay.isVisible()
        overlay.deleteLater()

    loop(story())


def test_the_right_button_leaves(loop: Loop) -> None:
    async def story() -> None:
        overlay = await shown()
        QTest.mousePress(overlay, Qt.MouseButton.RightButton, pos=QPoint(10, 10))
        assert await overlay.picked is None
        overlay.deleteLater()

    loop(story())


@pytest.mark.parametrize("box", [QRect(0, 0, 600, 400), QRect(500, 2, 90, 20), QRect(10, 380, 90, 19)])
def test_the_label_stays_on_the_screen(qapp: QApplication, box: QRect) -> None:
    screen = QRect(0, 0, 600, 400)
    assert screen.contains(label_rect(box, screen.size(), 200))
