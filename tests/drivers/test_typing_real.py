"""Text arrives exactly in real applications: each reads back what it received."""

import pytest

from flowdesk.drivers.x11.input import RealHands
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


LAYOUTS = [("us",), ("de",), ("fr",), ("ru",), ("us,ru",), ("us", "-variant", "intl")]
EVERY_KEY = "abc XYZ 0123 zy!\"$%&/()=?'+*#-_.:,;<>|@{}[]\\~^`´ äöüß éèàç жЩё €"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("method", ["auto", "keys"])
async def test_every_layout_delivers_every_character(
    hands: RealHands, apps: Apps, layout: tuple[str, ...], method: TypingMethod
) -> None:
    window = apps.qt()
    apps.rig.layout(*layout)
    await hands.type_text(EVERY_KEY, method, 0.0)
    window.holds(EVERY_KEY)


@pytest.mark.parametrize("layout", ["de", "ru"])
async def test_gtk_receives_every_character_in_foreign_layouts(hands: RealHands, apps: Apps, layout: str) -> None:
    apps.rig.layout(layout)
    dialog = apps.zenity()
    await hands.type_text(EVERY_KEY, "auto", 0.0)
    await hands.press_keys(["enter"])
    assert dialog.finish() == EVERY_KEY + "\n"


async def test_the_second_group_of_a_keyboard_counts(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    apps.rig.layout("us,ru")
    apps.rig.lock_group(1)
    await hands.type_text("Привет, hello", "keys", 0.0)
    window.holds("Привет, hello")
    await hands.press_keys(["ctrl", "a"])
    await hands.press_keys(["delete"])
    window.holds("")


async def test_a_layout_that_changes_between_two_texts_is_noticed(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    await hands.type_text("zy", "keys", 0.0)
    apps.rig.layout("de")
    await hands.type_text("zy", "keys", 0.0)
    window.holds("zyzy")


async def test_capslock_and_numlock_do_not_matter(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    apps.rig.xdotool("key", "Caps_Lock", "Num_Lock")
    try:
        await hands.type_text("aBc 123 é ", "auto", 0.0)
        await hands.type_text("aBc", "keys", 0.0)
    finally:
        apps.rig.xdotool("key", "Caps_Lock", "Num_Lock")
    window.holds("aBc 123 é aBc")


@pytest.mark.parametrize("method", METHODS)
async def test_ten_thousand_characters_arrive(hands: RealHands, apps: Apps, method: TypingMethod) -> None:
    window = apps.qt()
    line = "The quick brown fox jumps over 12 lazy dogs; ÄÖ 你好. "
    text = "\n".join([line * 4] * 49) + "!" * (10_000 - 49 * 4 * len(line) - 48 if method != "keys" else 1)
    await hands.type_text(text, method, 0.0)
    window.holds(text)


async def test_ten_thousand_characters_arrive_in_the_page(hands: RealHands, apps: Apps) -> None:
    page = apps.chromium()
    text = "\n".join(f"{number}: 中文 and {number * 7}" for number in range(600))
    await hands.type_text(text[:10_000], "paste")
    until(lambda: page.value() == text[:10_000], "the text")


async def test_many_distinct_characters_without_keys_arrive_by_keys(hands: RealHands, apps: Apps) -> None:
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 60)) + "ÀÉÎÕÜàéîõü"
    dialog = apps.zenity()
    await hands.type_text(text, "keys", 0.0)
    await hands.press_keys(["enter"])
    assert dialog.finish() == text + "\n"


async def test_characters_that_come_again_after_others_took_their_keys_arrive(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    others = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 70))
    text = f"€1 {others} €2 {others[::7]} €3"
    await hands.type_text(text, "keys", 0.0)
    window.holds(text)


async def test_the_keyboard_map_is_as_before_after_lent_keys(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    before = apps.rig.keyboard_map()
    await hands.type_text("你好", "keys", 0.0)
    window.holds("你好")
    assert apps.rig.keyboard_map() == before


async def test_a_program_that_leaves_behind_what_it_was_handed_has_received_it(hands: RealHands, apps: Apps) -> None:
    window = apps.plain()
    report = await hands.type_text(MIXED, "paste")
    assert report.characters == len(MIXED)
    assert MIXED in window.text()
