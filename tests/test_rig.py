"""The rig's applications are really there and tell what they receive."""

import subprocess

import pytest

from tests.rig import Apps, Rig, until

pytestmark = pytest.mark.desktop


def _type(rig: Rig, text: str) -> None:
    subprocess.run(["xdotool", "type", "--delay", "5", text], env=rig.desktop.environment(), check=True)


def _keys(rig: Rig, *keys: str) -> None:
    subprocess.run(["xdotool", "key", *keys], env=rig.desktop.environment(), check=True)


def test_mousepad_saves_what_was_typed(apps: Apps) -> None:
    editor = apps.mousepad()
    _type(apps.rig, "hello")
    _keys(apps.rig, "ctrl+s")
    editor.holds("hello")


def test_zenity_prints_its_entry(apps: Apps) -> None:
    dialog = apps.zenity()
    _type(apps.rig, "hello")
    _keys(apps.rig, "Return")
    assert dialog.finish() == "hello\n"


def test_the_terminal_writes_what_cat_received(apps: Apps) -> None:
    terminal = apps.xterm()
    _type(apps.rig, "hello\n")
    terminal.holds("hello\n")


def test_the_qt_field_writes_its_text(apps: Apps) -> None:
    window = apps.qt()
    _type(apps.rig, "hello")
    window.holds("hello")


def test_chromium_tells_its_fields_value(apps: Apps) -> None:
    page = apps.chromium()
    _type(apps.rig, "hello")
    until(lambda: page.value() == "hello", "hello in the page")
