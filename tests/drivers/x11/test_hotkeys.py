"""A trigger's keys start its flow, reach no program, and are given back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from flowdesk.aio import spawn
from flowdesk.drivers.x11.hotkeys import HotkeyGrab, watch_hotkey
from flowdesk.model.errors import InputFailed
from flowdesk.model.trigger import Hotkey
from flowdesk.session.occasions import Occasion, Watched
from tests.rig import Rig, until
from tests.waiting import comes


@pytest.mark.desktop
def test_each_press_counts_once_with_any_lock_on_and_another_cannot_take_the_keys(clean_desktop: Rig) -> None:
    pressed: list[int] = []
    grab = HotkeyGrab(("ctrl", "alt", "r"), lambda: pressed.append(1), lambda: None)
    try:
        clean_desktop.xdotool("key", "ctrl+alt+r")
        until(lambda: len(pressed) == 1, "the first press")
        with pytest.raises(InputFailed, match="Another program uses"):
            HotkeyGrab(("ctrl", "alt", "r"), lambda: None, lambda: None)
        clean_desktop.xdotool("key", "Num_Lock")
        clean_desktop.xdotool("keydown", "ctrl", "keydown", "alt", "keydown", "r")
        until(lambda: len(pressed) == 2, "the second press")
        clean_desktop.xdotool("keyup", "r", "keyup", "alt", "keyup", "ctrl")
        clean_desktop.xdotool("key", "Num_Lock")
        clean_desktop.xdotool("key", "ctrl+alt+s")
    finally:
        grab.close()
    assert len(pressed) == 2
    HotkeyGrab(("ctrl", "alt", "r"), lambda: None, lambda: None).close()


@pytest.mark.desktop
def test_keys_that_there_are_not_are_refused(clean_desktop: Rig) -> None:
    for keys in (("ctrl", "alt"), ("ctrl", "nonsense")):
        with pytest.raises(InputFailed):
            HotkeyGrab(keys, lambda: None, lambda: None)


@pytest.mark.desktop
async def test_a_watched_hotkey_tells_each_press(clean_desktop: Rig, tmp_path: Path) -> None:
    told: list[Sequence[Occasion]] = []
    ready = asyncio.Event()

    async def tell(occasions: Sequence[Occasion], seen: object) -> None:
        told.append(occasions)

    trigger = Hotkey(id="k", keys=("ctrl", "alt", "k"))
    watched = Watched(tmp_path / "a.flow.json", trigger, {}, tell, lambda _: ready.set(), lambda: False)
    task = spawn(watch_hotkey(watched), "test")
    await ready.wait()
    await asyncio.to_thread(clean_desktop.xdotool, "key", "ctrl+alt+k")
    await comes(lambda: bool(told))
    task.cancel()
    await asyncio.wait([task])
    assert [one.values["keys"] for one in told[0]] == ["ctrl+alt+k"]
    HotkeyGrab(("ctrl", "alt", "k"), lambda: None, lambda: None).close()
