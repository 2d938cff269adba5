"""The whole desktop: made on demand, stopped from anywhere, gone afterwards."""

import asyncio
import threading

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.engine.brake import Brake
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import Query, Sighting
from tests.rig import Apps, Rig, until


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


def test_under_wayland_open_says_so_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(DesktopUnavailable, match="Wayland") as caught:
        RealDesktopDriver().open(Brake())
    assert "X11" in caught.value.fix


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


@pytest.mark.desktop
async def test_an_elements_text_is_read_back(apps: Apps) -> None:
    apps.zenity()
    driver = RealDesktopDriver()
    try:
        desktop = driver.open(Brake())

        async def field() -> Sighting:
            return await desktop.find(Query((parse_selector("app=zenity >> text_field"),)))

        sighting = await field()
        for _ in range(100):
            if sighting.spot is not None:
                break
            await asyncio.sleep(0.05)
            sighting = await field()
        assert sighting.spot is not None, sighting.miss
        report = await desktop.type_text("read 你", spot=sighting.spot)
        assert report.read_back == "read 你"
    finally:
        driver.close()
