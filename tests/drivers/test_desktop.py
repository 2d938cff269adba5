"""The whole desktop: made on demand, stopped from anywhere, gone afterwards."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from flowdesk.aio import spawn
from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop
from flowdesk.model.arrival import arrival
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Point
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import Query, Sighting, Spot
from tests.rig import PATIENCE, Apps, Rig, until


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("flowdesk-")}


def test_nothing_is_touched_before_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    driver = RealDesktopDriver()
    driver.on_emergency(lambda reason: None)
    driver.release_all()
    driver.close()
    assert not _threads()


def test_without_a_display_open_says_so_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(DesktopUnavailable, match="DISPLAY is not set") as caught:
        RealDesktopDriver().open(Brake())
    assert caught.value.fix
    assert not _threads()


def test_under_wayland_what_is_withheld_is_said_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(DesktopUnavailable, match="Wayland") as caught:
        RealDesktopDriver().require({"input": "Press", "mouse": "Press"})
    assert "--desktop private" in caught.value.fix


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # Xlib's own sockets, dropped when refused
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":9753")
    with pytest.raises(DesktopUnavailable, match=":9753"):
        RealDesktopDriver().open(Brake())


@pytest.mark.desktop
async def test_a_run_sees_and_types_and_close_leaves_no_thread(apps: Apps) -> None:
    window = apps.qt()
    driver = RealDesktopDriver()
    try:
        desktop = driver.open(Brake())
        assert window.window in [each.id for each in await desktop.windows()]
        await desktop.type_text("through 门")
        window.holds("through 门")
        assert (await desktop.screenshot()).startswith(b"\x89PNG")
    finally:
        driver.close()
        driver.close()
    assert not _threads()


@pytest.mark.desktop
async def test_the_emergency_key_stops_and_releases(clean_desktop: Rig) -> None:
    reasons: list[str] = []
    driver = RealDesktopDriver()
    driver.on_emergency(reasons.append)
    try:
        driver.open(Brake())
        clean_desktop.xdotool("key", "ctrl+alt+q")
        until(lambda: reasons, "the emergency stop")
        assert reasons == ["Stopped by Ctrl+Alt+Q."]
    finally:
        driver.close()


@pytest.fixture
def driver(clean_desktop: Rig) -> Iterator[RealDesktopDriver]:
    made = RealDesktopDriver()
    yield made
    made.close()


async def found(desktop: Desktop, selector: str) -> Spot:
    """Look until it is there."""
    sighting = Sighting()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        sighting = await desktop.find(Query((parse_selector(selector),)))
        if sighting.spot is not None:
            return sighting.spot
        await asyncio.sleep(0.05)
    pytest.fail(f"{selector}: {sighting.miss}")


@pytest.mark.desktop
async def test_an_elements_text_is_read_back(apps: Apps, driver: RealDesktopDriver) -> None:
    apps.zenity()
    desktop = driver.open(Brake())
    report = await desktop.type_text("read 你", spot=await found(desktop, "app=zenity >> text_field"))
    assert (report.read_back, report.role) == ("read 你", "text_field")


FORM = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Field</label><textarea id="field" autofocus rows="12" cols="60"></textarea>
<label for="short">Short</label><input id="short" maxlength="5"><label for="pass">Pass</label><input type="password" id="pass">"""


@pytest.mark.desktop
async def test_fields_of_a_page_say_what_arrived(apps: Apps, driver: RealDesktopDriver) -> None:
    page = apps.chromium(FORM)
    desktop = driver.open(Brake())
    text = "one\ttabbed\n  你好 \t😀\nend"
    # A tab key would leave the field; nothing names it, so the one with the keyboard is asked.
    report = await desktop.type_text(text)
    assert (page.value(), report.read_back, report.role) == (text, text, "text_area")

    short = await found(desktop, "app=/chrom/i >> text_field[name='Short']")
    await desktop.click(short.point)
    report = await desktop.type_text("123456789", spot=short)
    assert arrival("123456789", report.read_back, report.role) == "cut"

    secret = await found(desktop, "app=/chrom/i >> text_field[name='Pass']")
    await desktop.click(secret.point)
    report = await desktop.type_text("pass wörd", spot=secret)
    assert arrival("pass wörd", report.read_back, report.role) == "unknown"
    assert page.evaluate("document.getElementById('pass').value") == "pass wörd"


@pytest.mark.desktop
async def test_a_run_whose_desktop_was_closed_by_another_hears_that_it_is_gone(clean_desktop: Rig) -> None:
    driver = RealDesktopDriver()
    desktop = driver.open(Brake())
    begun = [spawn(each, "begun") for _ in range(20) for each in (desktop.windows(), desktop.move(Point(5, 5)))]
    await asyncio.sleep(0)  # they are begun
    driver.close()
    outcomes = await asyncio.gather(*begun, return_exceptions=True)
    assert {type(each) for each in outcomes if isinstance(each, BaseException)} <= {DesktopUnavailable}
    with pytest.raises(DesktopUnavailable):
        await desktop.question()
    with pytest.raises(DesktopUnavailable):
        await desktop.move(Point(5, 5))
