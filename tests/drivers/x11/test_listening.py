"""Everything that mouse and keyboard do is heard, in order, and nothing of it is changed."""

import pytest

from flowdesk.drivers.x11.listening import Listener
from flowdesk.engine.observing import Ending, Heard, KeyDown, Pressed, Released, Turned
from flowdesk.model.geometry import Point
from tests.rig import Apps, Rig, until

pytestmark = pytest.mark.desktop

TEXT = "The quick brown fox; jumps over 13 LAZY dogs? "


class Heart:
    """Listens, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.ended: list[Ending] = []
        self.listener = Listener(self.heard.append, self.ended.append)

    def typed(self) -> list[KeyDown]:
        return [event for event in self.heard if isinstance(event, KeyDown)]


def test_no_key_is_lost_however_fast_they_come(clean_desktop: Rig, apps: Apps) -> None:
    app = apps.xterm()
    heart = Heart()
    for delay in ("50", "1"):
        clean_desktop.xdotool("type", "--delay", delay, TEXT)
    clean_desktop.xdotool("key", "Return")
    until(lambda: any(key.key == "enter" for key in heart.typed()), "the last key")
    heart.listener.close()
    assert "".join(key.text for key in heart.typed()) == 2 * TEXT
    app.holds(2 * TEXT + "\n")  # the program got all of it, too
    assert heart.ended == []


def test_shortcuts_and_other_keys_have_their_names(clean_desktop: Rig, apps: Apps) -> None:
    heart = Heart()
    for keys in ("ctrl+s", "ctrl+shift+Left", "alt+F4", "shift+Tab", "Escape", "super+d", "KP_7", "space"):
        clean_desktop.xdotool("key", keys)
    until(lambda: len(heart.typed()) == 8, "all of them")
    heart.listener.close()
    assert [(key.key, key.modifiers) for key in heart.typed()] == [
        ("s", ("ctrl",)), ("left", ("ctrl", "shift")), ("f4", ("alt",)), ("tab", ("shift",)), ("esc", ()), ("d", ("super",)),
        (heart.typed()[6].key, ()), ("space", ()),
    ]  # fmt: skip
    assert all(not key.text for key in heart.typed()[:6])


def test_the_mouse_is_heard_with_its_places(clean_desktop: Rig) -> None:
    heart = Heart()
    clean_desktop.xdotool(
        "mousemove",
        "300",
        "200",
        "click",
        "1",
        "click",
        "3",
        "click",
        "5",
        "keydown",
        "ctrl",
        "click",
        "4",
        "keyup",
        "ctrl",
    )
    until(
        lambda: any(isinstance(event, Turned) and event.dy < 0 for event in heart.heard), "the last click of the wheel"
    )
    heart.listener.close()
    pressed = [(event.button, event.point) for event in heart.heard if isinstance(event, Pressed)]
    assert pressed == [("left", Point(300, 200)), ("right", Point(300, 200))]
    assert [event.button for event in heart.heard if isinstance(event, Released)] == ["left", "right"]
    turned = [(event.dy, event.modifiers) for event in heart.heard if isinstance(event, Turned)]
    assert turned == [(1, ()), (-1, ("ctrl",))]


def test_control_alt_q_ends_it_and_is_not_heard(clean_desktop: Rig) -> None:
    heart = Heart()
    clean_desktop.xdotool("key", "ctrl+alt+q")
    until(lambda: heart.ended, "the end")
    heart.listener.close()
    heart.listener.close()
    assert heart.ended == ["keys"]
    assert heart.typed() == []
