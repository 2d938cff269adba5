"""Which session counts as Wayland, and what each is told. No compositor is needed."""

import importlib.util
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowdesk.drivers.beside import in_pool
from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.doctor import checks
from flowdesk.drivers.wayland import session
from flowdesk.engine.brake import Brake
from flowdesk.i18n import translated
from flowdesk.model.errors import DesktopUnavailable, MissingPiece

NAMES = ("XDG_SESSION_TYPE", "WAYLAND_DISPLAY", "SWAYSOCK", "XDG_CURRENT_DESKTOP", "HYPRLAND_INSTANCE_SIGNATURE")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "is_so"),
    [
        ({}, False),
        ({"XDG_SESSION_TYPE": "x11"}, False),
        ({"XDG_SESSION_TYPE": "wayland"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "tty", "DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "x11"}, False),
    ],
)
def test_a_session_is_told_by_its_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_so: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert session.is_wayland() is is_so


@pytest.mark.parametrize(
    ("desktop", "word"),
    [
        ("GNOME", "Wayland on GNOME"),
        ("ubuntu:GNOME", "Wayland on GNOME"),
        ("KDE", "Wayland on KDE Plasma"),
        ("Hyprland", "Wayland on wlroots"),
        ("", "This Wayland session"),
    ],
)
def test_every_other_desktop_refuses_what_it_withholds_with_the_node_and_a_way_out(
    monkeypatch: pytest.MonkeyPatch, desktop: str, word: str
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    driver = RealDesktopDriver()
    for needs in ({"mouse": "Save", "input": "Save"}, {"picture": "Save", "screen": "Save"}, {"geometry": "Save"}):
        with pytest.raises(DesktopUnavailable, match=word) as caught:
            driver.require(needs)
        assert "(Save)" in caught.value.message
        assert "--desktop private" in caught.value.fix
    driver.require({"screen": "Read"})
    driver.require({})
    told = {check.name: check for check in checks()}
    assert told["session"].is_ok
    assert word in told["session"].message
    assert "Screenshots" in told["not possible here"].message
    assert not told["screen capture"].is_ok
    assert not told["screen capture"].is_required
    assert not told["emergency stop"].is_ok


def test_what_is_withheld_is_told_in_another_language_word_for_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    with pytest.raises(DesktopUnavailable) as caught:
        RealDesktopDriver().require({"mouse": "A", "picture": "B", "input": "A"})
    doctor = next(check.message for check in checks() if check.name == "not possible here")
    for told in (caught.value.message, doctor):
        assert "Screenshots" in told
        assert not re.search(
            "[A-Za-z]{4,}", re.sub("GNOME|Wayland|flowdesk run --desktop private", "", translated(told, "zh_CN"))
        )


def test_nothing_is_operated_where_no_key_can_be_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Hyprland")
    with pytest.raises(DesktopUnavailable, match="operates nothing here"):
        RealDesktopDriver().require({"input": "Save", "screen": "Save"})


def test_sway_without_its_variables_is_told_to_start_in_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "sway")
    with pytest.raises(DesktopUnavailable, match="SWAYSOCK is not set"):
        RealDesktopDriver().open(Brake())


def test_what_is_missing_is_told_the_library_before_the_compositor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("SWAYSOCK", "/nowhere/sway.sock")
    driver = RealDesktopDriver()
    if importlib.util.find_spec("pywayland") is not None:
        with pytest.raises(DesktopUnavailable, match="does not respond"):
            driver.open(Brake())
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPiece, match="pywayland is not installed") as caught:
        driver.open(Brake())
    assert "flowdesk[wayland]" in caught.value.fix


@pytest.mark.parametrize(("kind", "gone"), [("wayland", "Wayland compositor"), ("x11", "X server")])
async def test_a_look_after_the_desktop_is_gone_says_which_desktop_that_was(
    monkeypatch: pytest.MonkeyPatch, kind: str, gone: str
) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", kind)
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(DesktopUnavailable, match=gone):
        await in_pool(pool, lambda: None)
