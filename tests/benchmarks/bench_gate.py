"""What the gate before an action costs, on an element, a text and a picture; and elements among up to 5,000, beside plain xa11y.

Run: ``python -m tests.benchmarks.bench_gate``. It starts a private desktop. Medians; the machine's load is part of them.
"""

import asyncio
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers import elements
from flowdesk.drivers.atspi.bus import Bus
from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.x11.windows import X11Windows
from flowdesk.engine.brake import Brake
from flowdesk.engine.gate import Gate
from flowdesk.engine.ports import Desktop
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import Query, Sighting, Spot

pytestmark = pytest.mark.benchmark

COUNT = 15

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
count = int(sys.argv[1])
window = Gtk.Window(title="Many")
grid = Gtk.Grid()
for part in range((count + 99) // 100):
    box = Gtk.Grid()
    for number in range(100 * part, min(count, 100 * part + 100)):
        box.attach(Gtk.Button(label=f"Button {number}"), number % 16, number // 16, 1, 1)
    grid.attach(box, part % 8, part // 8, 1, 1)
scroll = Gtk.ScrolledWindow()
scroll.add(grid)
window.add(scroll)
window.set_default_size(1500, 900)
window.show_all()
Gtk.main()
"""

GTK4 = """
import sys
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gtk
count = int(sys.argv[1])
window = Gtk.Window(title="Many")
grid = Gtk.Grid()
for part in range((count + 99) // 100):
    box = Gtk.Grid()
    for number in range(100 * part, min(count, 100 * part + 100)):
        box.attach(Gtk.Button(label=f"Button {number}"), number % 16, number // 16, 1, 1)
    grid.attach(box, part % 8, part // 8, 1, 1)
window.set_child(Gtk.ScrolledWindow(child=grid))
window.set_default_size(1500, 900)
window.present()
GLib.MainLoop().run()
"""


class Timing:
    """Real time."""

    now = staticmethod(time.monotonic)
    sleep = staticmethod(asyncio.sleep)


def query(selector: str) -> Query:
    """Return what an action looks for."""
    return Query((parse_selector(selector),), is_to_act=True)


class Asked:
    """Counts the questions to programs."""

    def __init__(self) -> None:
        self.count = 0
        exchange = Bus._exchange

        def counted(bus: Bus, questions: Any, patience: float, **options: Any) -> Any:
            self.count += len(questions)
            return exchange(bus, questions, patience, **options)

        setattr(Bus, "_exchange", counted)  # noqa: B010


async def times(desktop: Desktop, selector: str, counted: Asked) -> tuple[float, ...] | None:
    """Return the first look, the medians of the other looks, of the gate, and of whole clicks, and of processor time here a look, in seconds;
    and the questions of a look and of a gate. None where nothing answers.
    """
    looks, gates, clicks, used = [], [], [], []
    questions = [0, 0]
    asked, started = query(selector), time.perf_counter()
    for _ in range(COUNT):
        begun = time.perf_counter()
        before, cpu = counted.count, time.process_time()
        found: Sighting = await desktop.find(asked)
        while found.spot is None and time.perf_counter() - started < 60:  # a large program may still be drawing
            await asyncio.sleep(2.5)
            begun = time.perf_counter()
            found = await desktop.find(asked)
        seen, now = time.monotonic(), time.perf_counter()
        if found.spot is None:
            return None
        used.append(time.process_time() - cpu)
        questions[0], before = counted.count - before, counted.count
        verdict = await Gate(desktop, asked, "press", Timing(), may_scroll=True, may_hover=True).look(
            found.spot, seen, 3.0
        )
        looks.append(now - begun)
        if isinstance(verdict, Spot):  # what is below the edge of the screen is brought into sight first
            gates.append(time.perf_counter() - now)
            questions[1] = counted.count - before
            await desktop.click(verdict.point)
            clicks.append(time.perf_counter() - begun)
    middle = [statistics.median(each or [float("nan")]) for each in (looks[1:], gates, clicks, used)]
    return (looks[0], *middle, questions[0] / 1000, questions[1] / 1000)


def row(name: str, taken: tuple[float, ...] | None) -> None:
    """Print one line of the table."""
    print(f"{name:34}" + ("  does not answer" if taken is None else "".join(f"{one * 1000:12.1f}" for one in taken)))


def walked(pid: int) -> None:
    """Print how long a walk over the whole tree takes, as plain xa11y does it."""
    taken, found = [], []
    with contextlib.suppress(FlowdeskError):
        for app in elements.applications({pid}):
            for _ in range(3):
                begun = time.perf_counter()
                found = elements.find("button[name='Button 9']", [elements.Application(app.name, app.pid)])
                taken.append(time.perf_counter() - begun)
    print(
        f"{'  the same by plain xa11y':34}{'':12}"
        + (f"{statistics.median(taken) * 1000:12.1f}" if found else f"  nothing in {elements.PATIENCE:g} s")
    )


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
    print(
        f"{'':34}{'first look':>12}{'look ms':>12}{'gate ms':>12}{'click ms':>12}{'cpu ms':>12}{'questions':>12}{'of the gate':>12}"
    )
    counted = Asked()
    for name, python, source in (
        ("Qt", sys.executable, QT),
        ("GTK 3", "/usr/bin/python3", GTK),
        ("GTK 4", "/usr/bin/python3", GTK4),
    ):
        for count in (10, 400, 5000):
            process = shown(python, source, count, lambda: any(window.title == "Many" for window in windows.list()))
            try:
                row(f"{name}, {count} elements", await times(desktop, "button[name='Button 9']", counted))
                walked(process.pid)
                row(f"{name}, a text among {count}", await times(desktop, 'text="Button 9"', counted))
                if count == 10:
                    with tempfile.TemporaryDirectory() as folder:
                        spot = (await eyes.find(query("button[name='Button 9']"))).spot
                        assert spot is not None
                        box = Box(spot.box.x + 4, spot.box.y + 4, spot.box.width - 8, min(40, spot.box.height - 8))
                        picture = Path(folder, "one.png")
                        picture.write_bytes(screen.png(screen.grab(box).pixels))
                        row(f"{name}, a picture", await times(desktop, f"image={picture}", counted))
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


def test_what_a_click_costs() -> None:
    """Print the table, on a desktop of its own."""
    subprocess.run([sys.executable, "-m", "tests.benchmarks.bench_gate"], check=True)


if __name__ == "__main__":
    main()
