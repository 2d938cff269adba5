"""The virtual desktop comes up whole, says what is missing, and leaves nothing behind."""

import os
from pathlib import Path

import pytest

from flowdesk.drivers.virtual import VirtualDesktop
from flowdesk.model.errors import MissingPiece


def test_a_missing_program_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPiece, match="Xvfb") as caught:
        VirtualDesktop().start()
    assert caught.value.fix == "Run: sudo apt-get install xvfb"


def test_stop_without_start_does_nothing() -> None:
    VirtualDesktop().stop()


@pytest.mark.desktop
def test_it_has_its_own_display_and_buses_and_they_end_with_it() -> None:
    from Xlib.display import Display

    with VirtualDesktop(800, 600) as desktop:
        display = Display(desktop.env["DISPLAY"])
        assert display.screen().width_in_pixels == 800
        display.close()
        folder = Path(desktop.env["XAUTHORITY"]).parent
        server = Path(f"/tmp/.X11-unix/X{desktop.env['DISPLAY'].removeprefix(':')}")
        assert folder.is_dir()
        assert server.exists()
        assert desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        assert desktop.env["AT_SPI_BUS_ADDRESS"]
        environment = desktop.environment()
        assert environment["PATH"] == os.environ["PATH"]
        assert "WAYLAND_DISPLAY" not in environment
    assert not folder.exists()
    assert not server.exists()
    assert desktop.env == {}
