"""Where monitors are is asked by a connection that is kept, and that does not outlive its display."""

import gc
import os
import subprocess
from pathlib import Path

import pytest

from flowdesk.drivers.x11 import monitors
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Box

pytestmark = pytest.mark.desktop


def start(display: str, size: str) -> "tuple[subprocess.Popen[bytes], str]":
    reader, writer = os.pipe()
    name = [display] if display else []
    process = subprocess.Popen(
        ["Xvfb", *name, "-screen", "0", f"{size}x24", "-noreset", "-nolisten", "tcp", "-displayfd", str(writer)],
        stderr=subprocess.DEVNULL, pass_fds=(writer,),
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        return process, ":" + answers.readline().decode().strip()


def sockets() -> int:
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    return sum(os.readlink(link).startswith("socket") for link in links if link.is_symlink())


def test_a_display_that_came_back_is_asked_anew_and_nothing_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.disable()
    try:
        server, name = start("", "800x600")
        monkeypatch.setenv("DISPLAY", name)
        assert monitors.boxes()[0] == Box(0, 0, 800, 600)
        before = sockets()
        for size in ("640x480", "1024x768"):
            server.kill()
            server.wait()
            for _ in range(3):
                with pytest.raises(DesktopUnavailable):
                    monitors.boxes()
            server, _ = start(name, size)
            wide, high = map(int, size.split("x"))
            assert monitors.boxes()[0] == Box(0, 0, wide, high)
            assert sockets() == before
        server.kill()
        server.wait()
        server, _ = start(name, "800x600")  # nobody asked while it was away
        assert monitors.boxes()[0] == Box(0, 0, 800, 600)
    finally:
        gc.enable()
        monitors._forget()
        server.kill()
        server.wait()
