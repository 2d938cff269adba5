"""Picking on real programs: each first candidate finds what was picked, and nothing else."""

import asyncio
import os
import signal
import time

import pytest

from flowdesk.drivers.eyes import RealEyes
from flowdesk.model.geometry import Box, Point
from flowdesk.protocol.lookreplies import TargetCandidate
from flowdesk.session import picking
from tests.drivers.looking import seen
from tests.rig import Apps

pytestmark = pytest.mark.desktop

PAGE = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Your name</label> <input id="field" autofocus>
<table><tr><td>Ann<td><button>Edit</button><tr><td>Bob<td><button>Edit</button></table>"""


async def pick(eyes: RealEyes, selector: str, occurrence: int = 1) -> list[TargetCandidate]:
    """Click on what a selector finds."""
    spot = await seen(eyes, selector, occurrence=occurrence)
    told = await picking.candidates(eyes, spot.box.center, seconds=60)
    for one in told["candidates"]:
        if one["unique"] and one["kind"] in ("element", "relative"):
            assert Box(*one["spot"]["box"]) == spot.box
    return list(told["candidates"])


def kinds(found: list[TargetCandidate]) -> list[str]:
    return [str(one["kind"]) for one in found]


async def test_gtk(eyes: RealEyes, apps: Apps) -> None:
    apps.zenity("--forms", "--title", "Login", "--add-entry", "User", "--add-entry", "Town")
    found = await pick(eyes, "button[name='OK']")
    assert found[0]["selector"] == "app=Zenity >> button[name='OK']"
    assert kinds(found) == ["element", "text", "image", "point"]
    assert all(one["unique"] for one in found)
    found = await pick(eyes, "text=Town >> right-of=text_field")
    assert found[0]["selector"] == 'app=Zenity >> text="Town" >> right-of=text_field'


async def test_an_open_menu(eyes: RealEyes, apps: Apps) -> None:
    editor = apps.mousepad("hello")
    file = (await seen(eyes, "menu_item[name='File']")).point
    apps.rig.xdotool("mousemove", str(file.x), str(file.y), "click", "1")
    found = await pick(eyes, "menu_item[name='Save As...']")
    assert found[0]["selector"] == "app=Mousepad >> menu_item[name='Save As...']"
    apps.rig.xdotool("key", "Escape")
    x, y, width, height = editor.box
    told = await picking.inspect(eyes, Point(x + width // 2, y + height - 40))
    assert told["window"] is not None
    assert told["window"]["app"] == "Mousepad"


async def test_qt(eyes: RealEyes, apps: Apps) -> None:
    apps.qt()
    found = await pick(eyes, "text_area[name='field'] | text_field[name='field']")
    assert found[0]["kind"] == "element"
    assert "[name='field']" in found[0]["selector"]


async def test_a_page(eyes: RealEyes, apps: Apps) -> None:
    apps.chromium(PAGE)
    found = await pick(eyes, "app=Chromium >> text_field[name='Your name']")
    assert found[0]["selector"] == "app=Chromium >> text_field[name='Your name']"
    found = await pick(eyes, "app=Chromium >> button[name='Edit']", 2)
    assert found[0]["selector"] == "app=Chromium >> text=\"Bob\" >> right-of=button[name='Edit']"


async def test_a_terminal_has_no_elements_but_pictures_and_points(eyes: RealEyes, apps: Apps) -> None:
    terminal = apps.xterm()
    x, y, width, height = terminal.box
    told = await picking.inspect(eyes, Point(x + width // 2, y + height // 2))
    assert told["path"] == []
    assert told["window"] is not None
    assert told["window"]["title"] == "flowdesk term"
    flat = (await picking.candidates(eyes, Point(x + width // 2, y + height // 2), seconds=60))["candidates"]
    assert kinds(flat) == ["point"]
    edge = (await picking.candidates(eyes, None, Box(x - 20, y - 20, 90, 40), seconds=60))["candidates"]
    assert kinds(edge)[0] == "image"
    assert edge[0]["picture"]


async def test_the_outline_follows_the_pointer_while_a_program_hangs(eyes: RealEyes, apps: Apps) -> None:

    dialog = apps.zenity("--info", "--text", "x", "--title", "Hi")
    spot = await seen(eyes, "button[name='OK']")
    os.kill(dialog.process.pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        async with asyncio.timeout(30):
            told = await picking.inspect(eyes, spot.point)
        assert told["path"] == []
        assert told["window"] is not None
        assert told["window"]["title"] == "Hi"
        assert time.monotonic() - begun < 10
    finally:
        os.kill(dialog.process.pid, signal.SIGCONT)
