"""The hands on real applications: what the mouse and the keys did, and how a run is stopped in the middle of it."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowdesk.drivers.memory import Memory
from flowdesk.drivers.real import RealDesktop
from flowdesk.drivers.x11.input import RealHands
from flowdesk.drivers.x11.inputthread import InputThread
from flowdesk.model.errors import InputFailed, RunStopped
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import Spot
from tests.drivers.conftest import Body
from tests.rig import Apps, Rig, until

pytestmark = pytest.mark.desktop

MOUSE_PAGE = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<body style="margin:0;height:3000px;width:3000px"><div id="field" tabindex="0" autofocus></div><script>
window.seen = [];
for (const kind of ['mousedown', 'mouseup', 'dblclick', 'contextmenu'])
  document.addEventListener(kind, event => { window.seen.push([kind, event.button, event.clientX, event.clientY,
    (event.ctrlKey ? 'c' : '') + (event.shiftKey ? 's' : '') + (event.altKey ? 'a' : '')]); event.preventDefault(); });
document.addEventListener('wheel', event => window.seen.push(['wheel', Math.sign(event.deltaX), Math.sign(event.deltaY)]));
</script>"""


async def test_the_pointer_goes_where_it_is_sent(hands: RealHands, clean_desktop: Rig) -> None:
    for point, duration in ((Point(10, 20), 0.0), (Point(1500, 900), 0.1), (Point(0, 0), 0.0), (Point(700, 400), 0.05)):
        await hands.move(point, duration)
        now = clean_desktop.display.screen().root.query_pointer()
        assert (now.root_x, now.root_y) == point


async def test_a_point_off_the_screen_is_an_error(hands: RealHands) -> None:
    with pytest.raises(InputFailed, match="cannot reach"):
        await hands.move(Point(-100, 50))


async def test_clicks_arrive_with_button_count_place_and_modifiers(hands: RealHands, apps: Apps) -> None:
    page = apps.chromium(MOUSE_PAGE)
    x, y, *_ = page.box
    await hands.click(Point(x + 200, y + 200))
    until(lambda: len(page.evaluate("window.seen")) == 2, "one click")
    assert page.evaluate("window.seen") == [["mousedown", 0, 200, 200, ""], ["mouseup", 0, 200, 200, ""]]
    page.evaluate("window.seen.length = 0")
    await hands.click(Point(x + 300, y + 220), "left", 2)
    until(lambda: any(row[0] == "dblclick" for row in page.evaluate("window.seen")), "a double click")
    page.evaluate("window.seen.length = 0")
    await hands.click(Point(x + 50, y + 60), "middle", 1, ["ctrl", "shift"])
    until(lambda: len(page.evaluate("window.seen")) >= 2, "a middle click")
    assert page.evaluate("window.seen")[0] == ["mousedown", 1, 50, 60, "cs"]
    page.evaluate("window.seen.length = 0")
    await hands.click(Point(x + 50, y + 60), "right")
    until(lambda: any(row[0] == "contextmenu" for row in page.evaluate("window.seen")), "a right click")


async def test_the_wheel_turns_both_ways_on_both_axes(hands: RealHands, apps: Apps) -> None:
    page = apps.chromium(MOUSE_PAGE)
    x, y, *_ = page.box
    for dx, dy in ((0, 2), (0, -1), (1, 0), (-1, 0)):
        page.evaluate("window.seen.length = 0")
        await hands.scroll(dx, dy, Point(x + 100, y + 100))
        until(lambda: page.evaluate("window.seen"), f"a turn {dx}, {dy}")
        assert page.evaluate("window.seen")[0] == ["wheel", (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)]


async def test_a_drag_selects_text(hands: RealHands, body: Body, apps: Apps) -> None:
    page = apps.chromium()
    await hands.type_text("drag over me", "keys", 0.0)
    until(lambda: page.value() == "drag over me", "the text")
    box = page.evaluate("JSON.stringify(document.getElementById('field').getBoundingClientRect())")
    import json

    field = json.loads(box)
    x, y = page.box[0] + int(field["x"]), page.box[1] + int(field["y"])
    await hands.drag(Point(x + 300, y + 12), Point(x + 2, y + 12), duration=0.2)
    until(lambda: page.evaluate("getSelection().toString()") == "drag over me", "the selection")


async def test_shortcuts_and_named_keys_arrive(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    await hands.type_text("one two", "keys", 0.0)
    await hands.press_keys(["backspace"], 3)
    window.holds("one ")
    await hands.press_keys(["Home"])
    await hands.press_keys(["shift", "END"])
    await hands.press_keys(["?"])
    window.holds("?")
    await hands.press_keys(["é"])
    window.holds("?é")
    await hands.press_keys(["ctrl", "A"])
    await hands.press_keys(["Del"])
    window.holds("")


async def test_an_unknown_key_names_its_neighbours(hands: RealHands) -> None:
    with pytest.raises(InputFailed, match="pagup") as caught:
        await hands.press_keys(["pagup"])
    assert "pageup" in caught.value.fix


async def test_clear_field_empties_an_editor_and_a_terminals_line(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    await hands.type_text("old\ntext", "keys", 0.0)
    await hands.clear_field()
    window.holds("")
    terminal = apps.xterm()
    await hands.type_text("old", "keys", 0.0)
    await hands.clear_field()
    await hands.type_text("new\n", "keys", 0.0)
    terminal.holds("\x05new\n" if "\x05" in terminal.text() else "new\n")


async def test_nothing_is_typed_when_a_character_cannot_be(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    for text in ("abc\ud83d", "abc\x07", "abc\x00", "abc\ufffe"):
        with pytest.raises(InputFailed, match="position 4"):
            await hands.type_text(text)
    await hands.type_text("x", "keys")
    window.holds("x")


async def test_without_a_window_typing_fails_instead_of_losing_text(hands: RealHands) -> None:
    with pytest.raises(InputFailed, match="No window"):
        await hands.type_text("lost")


async def test_a_key_that_a_person_holds_fails_typing(
    hands: RealHands, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowdesk.drivers.x11.keyboard.FREE_SECONDS", 0.1)
    window = apps.qt()
    await hands.type_text("a", "keys")
    apps.rig.xdotool("keydown", "shift")
    try:
        with pytest.raises(InputFailed, match="is held"):
            await hands.type_text("abc")
    finally:
        apps.rig.xdotool("keyup", "shift")
    window.holds("a")


async def test_another_window_that_takes_the_keyboard_fails_typing(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    typing = asyncio.ensure_future(hands.type_text("a" * 2000, "keys", 0.01))  # noqa: TID251 - awaited below
    await asyncio.to_thread(until, window.text, "the first character")
    await asyncio.to_thread(apps.zenity)
    with pytest.raises(InputFailed, match="keyboard focus moved"):
        await typing


async def test_a_stop_in_the_middle_types_nothing_more(hands: RealHands, body: Body, apps: Apps) -> None:
    window = apps.qt()
    typing = asyncio.ensure_future(hands.type_text("aB" * 5000, "keys", 0.0))  # noqa: TID251 - awaited below
    await asyncio.to_thread(until, lambda: len(window.text()) > 20, "some characters")
    body.brake.stop()
    with pytest.raises(RunStopped):
        await typing
    assert body.held.is_empty
    assert apps.rig.held_keys() == []
    # What the application had not yet read is at most one batch; then nothing follows.
    await asyncio.to_thread(_settled, window.text)
    assert 0 < len(window.text()) < 10_000
    assert set(window.text()) == {"a", "B"}


def _settled(read: "object") -> None:
    assert callable(read)
    seen = [read()]

    def is_still() -> bool:
        seen.append(read())
        return len(seen) > 10 and len(set(seen[-10:])) == 1

    until(is_still, "the text to stay")


async def test_a_stop_while_keys_and_a_button_are_held_releases_them(
    hands: RealHands, body: Body, clean_desktop: Rig
) -> None:
    dragging = asyncio.ensure_future(  # noqa: TID251 - awaited below
        hands.drag(Point(300, 300), Point(900, 600), "left", ["ctrl", "shift"], 20.0)
    )
    await asyncio.to_thread(until, lambda: clean_desktop.held_buttons() and clean_desktop.held_keys(), "the drag")
    body.brake.stop()
    with pytest.raises(RunStopped):
        await dragging
    assert clean_desktop.held_keys() == []
    assert clean_desktop.held_buttons() == 0


async def test_release_all_lets_go_from_another_thread_at_once(
    hands: RealHands, body: Body, clean_desktop: Rig
) -> None:
    holding = asyncio.ensure_future(hands.press_keys(["ctrl", "alt"], 1, 20.0))  # noqa: TID251 - awaited below
    await asyncio.to_thread(until, lambda: len(clean_desktop.held_keys()) == 2, "the keys")
    body.held.release_all()
    assert clean_desktop.held_keys() == []
    body.brake.stop()
    with pytest.raises(RunStopped):
        await holding


async def test_a_cancelled_caller_ends_its_job(hands: RealHands, body: Body, apps: Apps) -> None:
    window = apps.qt()
    typing = asyncio.ensure_future(hands.type_text("a" * 5000, "keys", 0.001))  # noqa: TID251 - awaited below
    await asyncio.to_thread(until, window.text, "the first character")
    typing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await typing
    await asyncio.to_thread(_settled, window.text)
    count = len(window.text())
    await hands.type_text("z", "keys")
    window.holds("a" * count + "z")


async def test_a_pause_freezes_typing_and_it_goes_on(hands: RealHands, body: Body, apps: Apps) -> None:
    window = apps.qt()
    typing = asyncio.ensure_future(hands.type_text("a" * 300, "keys", 0.002))  # noqa: TID251 - awaited below
    await asyncio.to_thread(until, window.text, "the first character")
    body.brake.pause()
    await asyncio.to_thread(until, lambda: body.brake.is_at_rest, "the rest")
    await asyncio.to_thread(_settled, window.text)
    assert len(window.text()) < 300
    body.brake.resume()
    await typing
    window.holds("a" * 300)


async def test_a_job_that_does_not_end_is_left_behind_with_its_thread(body: Body) -> None:
    class Stuck:
        def __init__(self, *_: object) -> None:
            self.thread = threading.current_thread()

        def close(self) -> None:
            closed.append(self.thread)

    closed: list[threading.Thread] = []
    thread, go, begun = InputThread(Stuck), threading.Event(), threading.Event()
    hands = RealHands(body.brake, thread, body.held, body.clipboard, body.windows)

    def stick(devices: Stuck, steps: object) -> threading.Thread:
        begun.set()
        go.wait()
        return devices.thread

    stuck = asyncio.ensure_future(hands._do(stick))  # noqa: TID251 - awaited below
    await asyncio.to_thread(begun.wait)
    waiting = thread.submit(lambda devices: devices.thread)
    stuck.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stuck
    other = await asyncio.wrap_future(waiting)
    assert other.is_alive()
    assert not closed
    go.set()
    await asyncio.to_thread(until, lambda: closed, "the old thread to end")
    assert closed[0] is not other
    thread.close()


@pytest.fixture
def desktop(body: Body) -> Iterator[RealDesktop]:
    with ThreadPoolExecutor(1) as pool:
        yield RealDesktop(
            body.brake, thread=body.thread, held=body.held, clipboard=body.clipboard, windows=body.windows,
            pool=pool, memory=Memory(),
        )  # fmt: skip


async def test_a_program_without_elements_is_never_sent_delete(desktop: RealDesktop, apps: Apps) -> None:
    window = apps.plain()
    with pytest.raises(InputFailed, match="nothing was cleared"):
        await desktop.clear_field(is_followed=True)
    spot = Spot(Box(*window.box), Box(*window.box).center, "point=50%,50%", "point", owner=window.window)
    with pytest.raises(InputFailed, match="nothing was deleted"):
        await desktop.clear_field(spot)
    await desktop.clear_field(spot, is_followed=True)
    await desktop.type_text("x", spot=spot, replaces=True)
    window.holds("ctrl+Home\nctrl+shift+End\nx\n")
