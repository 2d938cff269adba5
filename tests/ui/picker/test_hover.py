"""Picking while the desktop lives: the end of the count takes what is under the pointer, Cancel leaves."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import pytest
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from flowdesk.ui.picker.hover import HoverPicker
from flowdesk.ui.picker.look import Outlined
from flowdesk.ui.picker.pick import _renamed
from flowdesk.ui.pixels import from_pixels, to_pixels
from tests.ui.conftest import until

Loop = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[Loop]:
    import qasync

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda story: loop.run_until_complete(asyncio.wait_for(story, 100))
    loop.close()
    asyncio.set_event_loop(None)


async def nothing(x: int, y: int) -> Sequence[Outlined]:
    return ()


def test_the_end_of_the_count_takes_the_pointer_s_place(loop: Loop) -> None:
    async def story() -> None:
        hover = HoverPicker(nothing, seconds=0.1)
        hover.appear()
        picked = await hover.picked
        at = to_pixels(QCursor.pos())
        assert picked is not None
        assert (picked.kind, picked.x, picked.y, picked.level) == ("point", at.x, at.y, None)
        assert not hover.isVisible()
        hover.deleteLater()

    loop(story())


def test_what_is_under_the_pointer_is_ringed_until_the_person_leaves(loop: Loop) -> None:
    async def story() -> None:
        async def inspect(x: int, y: int) -> Sequence[Outlined]:
            return (Outlined("menu_item", "Save", (10, 20, 100, 24)),)

        hover = HoverPicker(inspect, seconds=60)
        hover.appear()
        await until(hover.ring.isVisible)
        hover.leave.click()
        assert await hover.picked is None
        hover.deleteLater()

    loop(story())


@pytest.mark.parametrize(
    ("selector", "stored"),
    [
        ("image=ok.png", "image=ok-2.png"),
        ("app=x >> image=ok.png", "app=x >> image=ok-2.png"),
        ("text=OK", "text=OK"),
    ],
)
def test_a_picture_is_named_as_it_was_stored(selector: str, stored: str) -> None:
    assert _renamed(selector, "ok.png", "ok-2.png") == stored


def test_pixels_of_the_desktop_and_places_of_qt_are_each_other_s_inverse(qapp: QApplication) -> None:
    rect = from_pixels((30, 40, 50, 20))
    at = to_pixels(rect.topLeft())
    assert (at.x, at.y, rect.width(), rect.height()) == (30, 40, 50, 20)
