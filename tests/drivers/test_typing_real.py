"""Text arrives exactly in real applications: each reads back what it received."""

import pytest

from flowdesk.drivers.input import RealHands
from flowdesk.engine.ports import TypingMethod
from tests.rig import Apps, until

pytestmark = pytest.mark.desktop

MIXED = "Hello <World> 你好，世界 é ü € 😀 e\u0301 #@~{}[]|\\ end"
METHODS: list[TypingMethod] = ["auto", "keys", "paste"]


@pytest.mark.parametrize("method", METHODS)
async def test_mousepad_saves_exactly_what_was_typed(hands: RealHands, apps: Apps, method: TypingMethod) -> None:
    editor = apps.mousepad()
    text = f"{MIXED}\n\ttabbed\nlast"
    report = await hands.type_text(text, method, 0.0)
    await hands.press_keys(["ctrl", "s"])
    editor.holds(text)
    assert report.characters == len(text)


@pytest.mark.parametrize("method", METHODS)
async def test_zenity_prints_exactly_what_was_typed(hands: RealHands, apps: Apps, method: TypingMethod) -> None:
    dialog = apps.zenity()
    await hands.type_text(MIXED, method, 0.0)
    await hands.press_keys(["enter"])
    assert dialog.finish() == MIXED + "\n"


@pytest.mark.parametrize("method", METHODS)
async def test_the_qt_field_holds_exactly_what_was_typed(hands: RealHands, apps: Apps, method: TypingMethod) -> None:
    window = apps.qt()
    await hands.type_text(f"{MIXED}\n\tx", method, 0.0)
    window.holds(f"{MIXED}\n\tx")


@pytest.mark.parametrize("method", ["auto", "paste"])
async def test_cat_in_a_terminal_receives_exactly_what_was_typed(
    hands: RealHands, apps: Apps, method: TypingMethod
) -> None:
    terminal = apps.xterm()
    await hands.type_text(f"{MIXED}\nsecond\n", method, 0.0)
    terminal.holds(f"{MIXED}\nsecond\n")


@pytest.mark.parametrize("method", METHODS)
async def test_the_page_in_chromium_holds_exactly_what_was_typed(
    hands: RealHands, apps: Apps, method: TypingMethod
) -> None:
    page = apps.chromium()
    await hands.type_text(f"{MIXED}\nsecond", method, 0.0)
    until(lambda: page.value() == f"{MIXED}\nsecond", f"the text; {page.value()!r}")
