"""The theme: tokens as colours, legible in both modes."""

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from flowdesk.ui.theme import ThemeSource, load_theme, tokens


def luminance(color: QColor) -> float:
    def part(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = color.redF(), color.greenF(), color.blueF()
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.1 contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("is_dark", [False, True])
def test_text_and_states_reach_contrast_aa_on_every_surface(is_dark: bool) -> None:
    theme = load_theme(is_dark)
    for surface in (theme.node, theme.panel, theme.window, theme.field, theme.canvas):
        for ink in (theme.text, theme.text_dim, theme.error, theme.success, theme.warning):
            assert contrast(ink, surface) >= 4.5, (ink.name(), surface.name())
    for name, color in theme.category.items():
        assert contrast(color, theme.node) >= 4.5, name


def test_both_modes_name_the_same_colours() -> None:
    light, dark = tokens()["color"]["light"], tokens()["color"]["dark"]
    assert light.keys() == dark.keys()
    assert light["category"].keys() == dark["category"].keys()


def test_a_css_colour_with_alpha_keeps_its_alpha() -> None:
    assert load_theme(is_dark=False).shadow.alpha() == 0x14


def test_a_change_of_mode_is_told_once(qtbot: QtBot) -> None:
    source = ThemeSource()
    assert not source().is_dark
    with qtbot.waitSignal(source.changed):
        source.set_mode("dark")
    assert source().is_dark
    with qtbot.assertNotEmitted(source.changed):
        source.set_mode("dark")


def test_an_unknown_category_has_a_colour() -> None:
    theme = load_theme(is_dark=False)
    assert theme.category_color("somebody's own") == theme.category["other"]
