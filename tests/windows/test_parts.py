"""The parts of the driver on Windows: each is judged by what the driven program or the file says."""

import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from flowdesk.drivers.steps import Steps
from flowdesk.drivers.windows import access, api, fields, looks, sending
from flowdesk.drivers.windows.claim import DesktopClaim
from flowdesk.drivers.windows.clipboard import DesktopClipboard, Kept, _put
from flowdesk.drivers.windows.devices import Devices
from flowdesk.drivers.windows.emergency import EmergencyWatch, monitor_boxes
from flowdesk.drivers.windows.held import HeldDown
from flowdesk.drivers.windows.keys import NAMED
from flowdesk.drivers.windows.stopping import StopListener, stop_everywhere
from flowdesk.drivers.windows.windows import DesktopWindows
from flowdesk.engine.brake import Brake
from flowdesk.model.errors import DesktopUnavailable, InputFailed, NodeError
from flowdesk.model.geometry import Box, Point
from tests.windows.conftest import Form, Shown, Start, until

MIXED = ("The quick brown Fox <|> 你好，世界 é ü ß € ¿ñ Ж α\t{}[]\\~@#$%^&*()'\"\n" * 16)[:1000]


class Hands:
    """Devices with what they need."""

    def __init__(self) -> None:
        self.brake = Brake()
        self.steps = Steps(self.brake)
        self.held, self.clipboard = HeldDown(), DesktopClipboard()
        self.devices = Devices(self.held, self.clipboard)

    def close(self) -> None:
        self.held.close()
        self.clipboard.close()


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands()
    yield made
    made.close()


def test_a_window_has_its_process_and_its_program(notepad: Shown) -> None:
    assert notepad.window.pid == notepad.process.pid
    assert notepad.window.app.lower() == "notepad"
    assert DesktopWindows().surface_at(notepad.now().box.center).window == notepad.window.id


@pytest.mark.parametrize("method", ["keys", "paste"])
def test_a_thousand_mixed_characters_arrive_exactly(notepad: Shown, hands: Hands, method: str) -> None:
    report = hands.devices.typist.type(MIXED, method, 0.0, hands.steps)  # type: ignore[arg-type]
    assert notepad.text() == MIXED
    assert report.read_back == MIXED


def test_what_lies_beyond_sixteen_bits_arrives_by_itself(notepad: Shown, hands: Hands) -> None:
    hands.devices.typist.type("ok 😀 👩‍🚀", "auto", 0.0, hands.steps)
    assert ascii(notepad.text()) == ascii("ok 😀 👩‍🚀")


def test_a_picture_and_files_are_on_the_clipboard_after_a_paste(notepad: Shown, hands: Hands) -> None:
    picture = struct.pack("<IiiHHIIiiII", 40, 2, 2, 1, 32, 0, 16, 0, 0, 0, 0) + bytes(range(16))
    files = struct.pack("<IiiII", 20, 0, 0, 0, 1) + "C:\\一.txt\0C:\\b.png\0\0".encode("utf-16-le")
    own = api.user().RegisterClipboardFormatW("flowdesk test")
    other = DesktopClipboard()
    with other._opened(other._window.number):
        api.user().EmptyClipboard()
        for number, content in ((8, picture), (15, files), (own, b"\x01\x02\x03")):
            _put(number, content)
    hands.devices.typist.type("pasted", "paste", 0.0, hands.steps)
    assert notepad.text() == "pasted"
    formats = dict(hands.clipboard.keep().formats)
    for number, content in ((8, picture), (15, files), (own, b"\x01\x02\x03")):
        assert bytes(formats[number])[: len(content)] == content
    other.close()


def test_what_a_person_copies_meanwhile_is_not_overwritten(hands: Hands) -> None:
    kept = Kept(((13, "old\0".encode("utf-16-le")),))
    hands.clipboard.offer("flow")
    person = DesktopClipboard()
    person.set_text("new")
    hands.clipboard.put(kept)
    assert person.text() == "new"
    person.close()


def test_text_on_the_clipboard_comes_and_goes(hands: Hands) -> None:
    hands.clipboard.set_text("一 😀\nline")
    assert hands.clipboard.text() == "一 😀\nline"


def test_the_wheel_turns_a_notch_both_ways_and_sideways_to_the_right(form: Form, hands: Hands) -> None:
    place = Point(*form.place("plain"))
    hands.devices.pointer.move(place, 0.0, hands.steps)
    hands.devices.pointer.click("left", 1, hands.steps)
    until(lambda: form.noted("down"), "the click")
    hands.devices.pointer.scroll(0, 2, hands.steps)
    hands.devices.pointer.scroll(0, -1, hands.steps)
    hands.devices.pointer.scroll(1, 0, hands.steps)
    hands.devices.pointer.scroll(-2, 0, hands.steps)
    until(lambda: len(form.noted("wheel")) == 3 and len(form.noted("sideways")) == 3, "the wheel")
    assert [fact["delta"] for fact in form.noted("wheel")] == [-120, -120, 120]
    assert [fact["delta"] for fact in form.noted("sideways")] == [120, -120, -120]


def test_buttons_double_clicks_and_drags_arrive(form: Form, hands: Hands) -> None:
    x, y = form.place("plain")
    pointer = hands.devices.pointer
    pointer.move(Point(x, y), 0.0, hands.steps)
    pointer.click("right", 1, hands.steps)
    pointer.click("middle", 1, hands.steps)
    until(lambda: form.noted("right") and form.noted("middle"), "the buttons")
    pointer.drag(Point(x, y), Point(x - 100, y), "left", 0.2, hands.steps)
    until(lambda: form.noted("up"), "the end of the drag")
    (down,), (up,) = form.noted("down"), form.noted("up")
    assert down["x"] - up["x"] == 100
    assert len(form.noted("dragged")) > 5
    assert hands.held.is_empty


def test_keys_say_their_number_their_scan_code_and_where_they_are(form: Form, hands: Hands) -> None:
    hands.devices.pointer.move(Point(*form.place("plain")), 0.0, hands.steps)
    hands.devices.pointer.click("left", 1, hands.steps)
    until(lambda: form.noted("down"), "the click")
    for name in ("left", "num4", "f12", "numenter", "enter", "delete", "pageup"):
        hands.devices.keyboard.press([name], 1, 0.0, hands.steps)
    found = until(lambda: len(form.noted("key")) >= 7 and form.noted("key"), "the keys")
    assert [(fact["vk"], fact["extended"]) for fact in found] == [
        (0x25, True), (0x64, False), (0x7B, False), (0x0D, True), (0x0D, False), (0x2E, True), (0x21, True),
    ]  # fmt: skip
    assert found[0]["scan"] == NAMED["left"].scan


def test_a_shortcut_selects_all_and_delete_empties(notepad: Shown, hands: Hands) -> None:
    hands.devices.typist.type("some text", "keys", 0.0, hands.steps)
    hands.devices.select_all(hands.steps)
    field = until(lambda: (found := fields.focused()) and found.selected and found, "the selection")
    assert field.selected == len("some text")
    hands.devices.delete_selected(hands.steps)
    until(lambda: not notepad.text(), "the field to be empty")


def test_a_window_does_what_it_is_told(notepad: Shown) -> None:
    windows = DesktopWindows()
    windows.act(notepad.window, "move", Box(120, 80, 0, 0))
    assert (notepad.now().box.x, notepad.now().box.y) == (120, 80)
    windows.act(notepad.window, "resize", Box(0, 0, 640, 480))
    assert (notepad.now().box.width, notepad.now().box.height) == (640, 480)
    windows.act(notepad.window, "maximize")
    assert notepad.now().box.width > 640
    windows.act(notepad.window, "minimize")
    assert notepad.now().is_minimized
    windows.act(notepad.window, "restore")
    windows.act(notepad.window, "restore")
    assert not notepad.now().is_minimized
    windows.act(notepad.window, "close")
    assert notepad.process.wait(10) == 0
    with pytest.raises(NodeError, match="no longer exists"):
        windows.act(notepad.window, "activate")


def test_a_window_that_asks_before_it_closes_is_said(notepad: Shown, hands: Hands) -> None:
    hands.devices.typist.type("unsaved", "keys", 0.0, hands.steps)
    windows = DesktopWindows()
    with pytest.raises(NodeError, match="asks before"):
        windows.act(notepad.window, "close")
    modals = windows.modals_of(notepad.window.id, notepad.window.pid)
    assert modals[0].is_certain
    assert windows.surface_at(modals[0].box.center).window == modals[0].id


def test_another_window_in_front_stops_the_text(start: Start, hands: Hands) -> None:
    one, other = start("notepad.exe"), start("notepad.exe")
    with pytest.raises(InputFailed, match="has the keyboard focus instead of"):
        hands.devices.typist.type("never", "keys", 0.0, hands.steps, owner=one.window.id)
    assert (one.text(), other.text()) == ("", "")


def test_a_window_is_brought_to_the_front(start: Start) -> None:
    one, other = start("notepad.exe"), start("notepad.exe")
    assert other.now().is_active

    def is_in_front() -> bool:  # Wine may still hear that the window that opened last got the focus
        DesktopWindows().act(one.window, "activate")
        return one.now().is_active and not other.now().is_active

    until(is_in_front, "the first window to be in front")


def _combination(*, is_up: bool) -> list[api.Input]:
    found = [sending.key(vk, 0, is_extended=False, is_up=is_up) for vk in (0xA2, 0xA4, 0x51)]
    return found[::-1] if is_up else found


@pytest.mark.usefixtures("notepad")
def test_ctrl_alt_q_stops_while_the_main_thread_is_busy() -> None:
    stopped: list[str] = []
    watch = EmergencyWatch(stopped.append)
    try:
        sending.send(_combination(is_up=False))
        while not stopped:  # nothing here lets another thread run but the interpreter itself
            pass
        sending.send(_combination(is_up=True))
    finally:
        watch.close()
    assert "Ctrl+Alt+Q" in stopped[0]


def test_the_pointer_held_in_a_corner_stops(hands: Hands) -> None:
    stopped: list[str] = []
    hands.devices.pointer.move(Point(300, 300), 0.0, hands.steps)
    watch = EmergencyWatch(stopped.append)
    try:
        until(lambda: not threading.Event().wait(0.2), "a look outside the corner")
        api.user().SetCursorPos(0, 0)
        until(lambda: stopped, "the stop")
    finally:
        watch.close()
    assert "corner" in stopped[0]
    assert monitor_boxes()


def test_what_is_held_down_is_let_go(hands: Hands) -> None:
    hands.devices.keyboard.hold(["shift"], hands.steps)
    assert sending.is_down(0x10)
    hands.held.release_all()
    assert not sending.is_down(0x10)


def test_what_a_killed_process_held_down_is_let_go() -> None:
    code = (
        "import os; from flowdesk.drivers.windows.held import HeldDown; from flowdesk.drivers.windows.keys import NAMED\n"
        "from flowdesk.drivers.windows import sending; k = NAMED['shift']; h = HeldDown(); h.add('key', k)\n"
        "sending.send([sending.key(k.vk, k.scan, is_extended=False, is_up=False)]); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 9
    assert sending.is_down(0x10)
    held = HeldDown()
    held.release_leftovers()
    held.close()
    assert not sending.is_down(0x10)


def test_one_of_two_has_the_desktop() -> None:
    one, other = DesktopClaim(r"Local\flowdesk-test"), DesktopClaim(r"Local\flowdesk-test")
    assert one.take("一 flow") is None
    assert other.take("another") == f"一 flow ({os.getpid()})"
    assert other.is_waiting
    assert one.is_wanted()
    one.let_go()
    assert other.take("another") is None
    assert not one.is_wanted()
    other.close()


def test_stop_reaches_every_listener_and_names_its_runs() -> None:
    listener = StopListener("run", lambda: ["流程"])
    answers = stop_everywhere()
    listener.close()
    assert [(each.process, each.count, each.runs) for each in answers] == [("run", 1, ("流程",))]
    assert stop_everywhere() == []


def test_the_desktop_here_takes_input() -> None:
    access.check_desktop()
    assert access.input_desktop() == access.ORDINARY


@pytest.mark.parametrize("name", ["Winlogon", "Screen-saver", ""])
def test_a_locked_screen_is_found_out_before_input(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(access, "input_desktop", lambda: name)
    with pytest.raises(DesktopUnavailable, match="locked"):
        access.check_desktop()


def test_a_program_with_more_rights_is_found_out_before_input(
    notepad: Shown, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.getpid()
    monkeypatch.setattr(access, "rank_of", lambda pid: 0x2000 if pid == own else 0x3000)
    with pytest.raises(DesktopUnavailable, match="administrator"):
        hands.devices.typist.type("never", "keys", 0.0, hands.steps)
    hands.devices.pointer.move(notepad.now().box.center, 0.0, hands.steps)
    with pytest.raises(DesktopUnavailable, match="administrator"):
        hands.devices.pointer.click("left", 1, hands.steps)
    assert notepad.text() == ""
    assert hands.held.is_empty


def test_menus_are_popups_and_no_windows(notepad: Shown, hands: Hands) -> None:
    hands.devices.keyboard.press(["alt", "f"], 1, 0.0, hands.steps)
    menu = until(lambda: DesktopWindows().menus_of(notepad.window.pid), "the menu")[0]
    assert menu.popup
    assert DesktopWindows().popup_at(menu.box.center) == notepad.window.pid
    hands.devices.keyboard.press(["esc"], 2, 0.0, hands.steps)
    until(lambda: not looks.has_menu_open(notepad.window.id), "the menu to close")


def test_elements_that_cannot_be_read_are_an_error() -> None:
    from flowdesk.drivers import elements
    from flowdesk.model.errors import MissingPiece

    caught: MissingPiece | None = None
    try:
        found = elements.applications()
    except MissingPiece as error:
        caught, found = error, []
    assert found or (caught is not None and caught.fix and "UI Automation" in caught.message)
