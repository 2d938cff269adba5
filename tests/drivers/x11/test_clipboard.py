"""The clipboard serves, reads, and gives a person's content back after a paste."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowdesk.drivers.x11.clipboard import X11Clipboard
from flowdesk.drivers.x11.content import Content
from flowdesk.drivers.x11.input import RealHands
from flowdesk.model.errors import InputFailed
from tests.rig import Apps, Rig, until


def test_text_content_serves_latin_1_only_when_it_fits() -> None:
    assert Content.of_text("é").formats["STRING"] == b"\xe9"
    assert "STRING" not in Content.of_text("你").formats
    assert Content.of_text("你").text == "你"
    assert Content({"image/png": b"x"}).text == ""


@pytest.fixture
def clipboard(clean_desktop: Rig) -> Iterator[X11Clipboard]:
    found = X11Clipboard()
    yield found
    found.close()


@dataclass
class Person:
    """Copies with ``xclip``, which serves it until someone else copies."""

    rig: Rig
    folder: Path

    def copy(self, content: bytes, target: str = "UTF8_STRING") -> None:
        path = self.folder / "copied"
        path.write_bytes(content)
        self.rig.start(["xclip", "-quiet", "-selection", "clipboard", "-t", target, "-i", str(path)])
        until(lambda: _paste(self.rig, target) == content, "xclip to serve")


@pytest.fixture
def person(clean_desktop: Rig, tmp_path: Path) -> Person:
    """Someone who copies with another program."""
    return Person(clean_desktop, tmp_path)


def _paste(rig: Rig, target: str = "UTF8_STRING") -> bytes:
    command = ["xclip", "-selection", "clipboard", "-t", target, "-o"]
    environment = rig.desktop.environment()
    return subprocess.run(command, env=environment, capture_output=True, timeout=20, check=False).stdout


@pytest.mark.desktop
@pytest.mark.parametrize("text", ["", "plain", "你好 😀 e\u0301\n\tx", "x" * 1_000_000])
def test_another_program_reads_what_was_set(clipboard: X11Clipboard, clean_desktop: Rig, text: str) -> None:
    clipboard.set_text(text)
    assert clipboard.text() == text
    assert _paste(clean_desktop).decode() == text


@pytest.mark.desktop
@pytest.mark.parametrize("text", ["plain", "你好 😀\n", "y" * 1_000_000])
def test_what_another_program_copied_is_read(clipboard: X11Clipboard, person: Person, text: str) -> None:
    person.copy(text.encode())
    assert clipboard.text() == text


@pytest.mark.desktop
def test_an_empty_clipboard_is_empty_text(clipboard: X11Clipboard) -> None:
    assert clipboard.text() == ""


@pytest.mark.desktop
def test_half_a_character_is_refused(clipboard: X11Clipboard) -> None:
    with pytest.raises(InputFailed, match="position 2"):
        clipboard.set_text("a\ud83d")


@pytest.mark.desktop
@pytest.mark.parametrize(
    ("target", "content"),
    [
        ("UTF8_STRING", "mine 你".encode()),
        ("image/png", b"\x89PNG" + bytes(range(256)) * 3000),
    ],
)
async def test_a_persons_clipboard_survives_a_paste(
    hands: RealHands, apps: Apps, person: Person, target: str, content: bytes
) -> None:
    window = apps.qt()
    person.copy(content, target)
    report = await hands.type_text("pasted 你好", "paste")
    window.holds("pasted 你好")
    assert report.method == "paste"
    assert _paste(person.rig, target) == content


@pytest.mark.desktop
async def test_an_empty_clipboard_is_empty_again_after_a_paste(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    await hands.type_text("你好")
    window.holds("你好")
    assert await hands.clipboard_text() == ""
    assert _paste(apps.rig) == b""


@pytest.mark.desktop
async def test_a_paste_replaces_the_selection(hands: RealHands, apps: Apps) -> None:
    editor = apps.mousepad("old text")
    await hands.press_keys(["ctrl", "a"])
    await hands.type_text("新", "paste")
    await hands.press_keys(["ctrl", "s"])
    editor.holds("新")


@pytest.mark.desktop
async def test_a_window_that_takes_no_paste_is_an_error(
    hands: RealHands, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowdesk.drivers.x11.pasting.PATIENCE", 0.3)
    apps.zenity("--info", "--text", "no field here")
    with pytest.raises(InputFailed, match="did not accept"):
        await hands.type_text("你好", "paste")


@pytest.mark.desktop
def test_the_content_outlives_flowdesk_until_someone_copies(clean_desktop: Rig, person: Person) -> None:
    clipboard = X11Clipboard()
    clipboard.set_text("kept 你")
    clipboard.hand_over()
    clipboard.close()
    assert _paste(clean_desktop).decode() == "kept 你"
    person.copy(b"new")
    assert _paste(clean_desktop) == b"new"


@pytest.mark.desktop
def test_what_someone_else_copied_is_left_alone_at_the_end(clipboard: X11Clipboard, person: Person) -> None:
    clipboard.set_text("ours")
    person.copy(b"theirs")
    clipboard.hand_over()
    assert _paste(person.rig) == b"theirs"
