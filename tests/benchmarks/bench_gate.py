"""What the gate before an action costs: clicks with it and by force, on an element and on a picture; and elements among many.

Run: ``python -m tests.benchmarks.bench_gate``. It starts a private desktop. Medians; the machine's load is part of them.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.x11.windows import X11Windows
from flowdesk.engine.brake import Brake
from flowdesk.engine.gate import Gate
from flowdesk.engine.ports import Desktop
from flowdesk.model.geometry import Box
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import Query, Sighting, Spot

COUNT = 30

QT = """
import sys
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QWidget
count = int(sys.argv[1])
application = QApplication([])
window = QWidget()
window.setWindowTitle("Many")
grid = QGridLayout(window)
grid.setSpacing(0)
for part in range((count + 99) // 100):
    box = QWidget()
    inner = QGridLayout(box)
    for number in range(100 * part, min(count, 100 * part + 100)):
        inner.addWidget(QPushButton(f"Button {number}"), number // 16, number % 16)
    grid.addWidget(box, part // 8, part % 8)
window.setGeometry(20, 40, 1500, 900)
window.show()
application.exec()
"""

GTK = """
import sys
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
window = Gtk.Window(title="Many")
grid = Gtk.Grid()
for number in range(int(sys.argv[1])):
    grid.attach(Gtk.Button(label=f"Button {number}"), number % 16, number // 16, 1, 1)
scroll = Gtk.ScrolledWindow()
scroll.add(grid)
window.add(scroll)
window.set_default_size(1500, 900)
window.show_all()
Gtk.main()
"""


class Timing:
    """Real time."""

    now = staticmethod(time.monotonic)
    sleep = staticmethod(asyncio.sleep)


def query(selector: str) -> Query:
    """Return what an action looks for."""
    return Query((parse_selector(selector),), is_to_act=True)


async def times(desktop: Desktop, selector: str) -> tuple[float, float]:
    """Return the medians of a look and of the gate, in seconds."""
    looks, gates = [], []
    asked, started = query(selector), time.perf_counter()
    for _ in range(COUNT):
        begun = time.perf_counter()
        found: Sighting = await desktop.find(asked)
        while found.spot is None and time.perf_counter() - started < 60:  # a large program may still be drawing
            await asyncio.sleep(2.5)
            begun = time.perf_counter()
            found = await desktop.find(asked)
        seen, now = time.monotonic(), time.perf_counter()
        assert found.spot is not None, found.miss
        verdict = await Gate(desktop, asked, "press", Timing(), may_scroll=True, may_hover=True).look(
            found.spot, seen, 3.0
        )
        assert isinstance(verdict, Spot), verdict
        looks.append(now - begun)
        gates.append(time.perf_counter() - now)
    return statistics.median(looks), statistics.median(gates)


def shown(python: str, source: str, count: int, look: Callable[[], bool]) -> subprocess.Popen[bytes]:
    """Start a program and wait until it shows."""
    process = subprocess.Popen([python, "-c", source, str(count)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not look() and time.monotonic() < deadline:
        time.sleep(0.1)  # noqa: TID251
    time.sleep(1.5)  # noqa: TID251
    return process


async def measure() -> None:
    """Print the table."""
    driver = RealDesktopDriver()
    desktop: Any = driver.open(Brake())
    windows = X11Windows()
    eyes = RealEyes(windows)
    print(f"{'':24}{'look ms':>10}{'gate ms':>10}")
    for name, python, source in (("Qt", sys.executable, QT), ("GTK 3", "/usr/bin/python3", GTK)):
        for count in (10, 400, 5000):
            process = shown(python, source, count, lambda: any(window.title == "Many" for window in windows.list()))
            try:
                look, gate = await times(desktop, "button[name='Button 9']")
                print(f"{name + f', {count} elements':24}{look * 1000:10.1f}{gate * 1000:10.1f}")
                if count == 10:
                    with tempfile.TemporaryDirectory() as folder:
                        spot = (await eyes.find(query("button[name='Button 9']"))).spot
                        assert spot is not None
                        box = Box(spot.box.x + 4, spot.box.y + 4, spot.box.width - 8, min(40, spot.box.height - 8))
                        picture = Path(folder, "one.png")
                        picture.write_bytes(screen.png(screen.grab(box).pixels))
                        look, gate = await times(desktop, f"image={picture}")
                        print(f"{name + ', a picture':24}{look * 1000:10.1f}{gate * 1000:10.1f}")
            finally:
                process.kill()
                process.wait()
    eyes.close()
    windows.close()
    driver.close()


def main() -> None:
    """Start a private desktop and measure on it."""
    import os

    from flowdesk.drivers.virtual import FOREIGN_VARIABLES, VirtualDesktop

    with VirtualDesktop() as virtual:
        for name in FOREIGN_VARIABLES:
            os.environ.pop(name, None)
        os.environ.update({**virtual.env, "QT_QPA_PLATFORM": "xcb"})
        asyncio.run(measure())


if __name__ == "__main__":
    main()
