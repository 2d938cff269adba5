"""The rig's applications are really there and tell what they receive."""

import pytest

from tests.rig import Apps, until

pytestmark = pytest.mark.desktop


def test_mousepad_saves_what_was_typed(apps: Apps) -> None:
    editor = apps.mousepad()
    apps.rig.type("hello")
    apps.rig.xdotool("key", "ctrl+s")
    editor.holds("hello")


def test_zenity_prints_its_entry(apps: Apps) -> None:
    dialog = apps.zenity()
    apps.rig.type("hello")
    apps.rig.xdotool("key", "Return")
    assert dialog.finish() == "hello\n"


def test_the_terminal_writes_what_cat_received(apps: Apps) -> None:
    terminal = apps.xterm()
    apps.rig.type("hello\n")
    terminal.holds("hello\n")


def test_the_qt_field_writes_its_text(apps: Apps) -> None:
    window = apps.qt()
    apps.rig.type("hello")
    window.holds("hello")


def test_chromium_tells_its_fields_value(apps: Apps) -> None:
    page = apps.chromium()
    apps.rig.type("hello")
    until(lambda: page.value() == "hello", "hello in the page")
