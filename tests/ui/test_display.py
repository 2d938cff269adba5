"""Looking for a display before Qt does, which ends the process where there is none."""

import socket
import sys

import pytest

from flowdesk.model.errors import DesktopUnavailable
from flowdesk.ui.display import FIRST_PORT, require_display


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def test_no_display_is_said() -> None:
    with pytest.raises(DesktopUnavailable, match="There is no display") as caught:
        require_display()
    assert "flowdesk serve" in caught.value.fix


@pytest.mark.parametrize("name", [":4711", ":4711.0", "unix:4711", "127.0.0.1:59000", "127.0.0.1:99999999", "junk"])
def test_a_display_where_nothing_listens_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("DISPLAY", name)
    with pytest.raises(DesktopUnavailable, match="does not respond"):
        require_display()


def test_a_display_that_listens_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{server.getsockname()[1] - FIRST_PORT}.0")
        require_display()


def test_a_platform_that_was_chosen_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    require_display()
