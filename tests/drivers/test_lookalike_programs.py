"""Look-alikes of real programs: seat plans, calendars, a keypad, a list of files. The exhaustive search is the judge."""

import random
import sys
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from flowdesk.drivers.pixels import screen
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.pictures import search
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.model.geometry import Box
from tests.drivers.lookalikes import cut, exact_places
from tests.rig import Apps, steady, until

pytestmark = pytest.mark.desktop

CROPS = 6

QT_SEATS = """
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle("look-alikes")
grid = QGridLayout(window)
grid.setSpacing(4)
for number in range(340):
    grid.addWidget(QPushButton(f"Seat {number:03d}"), number // 17, number % 17)
window.setFixedSize(1560, 900)
window.move(10, 30)
window.show()
app.exec()
"""
GTK_SEATS = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
window, grid = Gtk.Window(title="look-alikes"), Gtk.Grid()
window.add(grid)
for number in range(340):
    grid.attach(Gtk.Button(label=f"Seat {number:03d}"), number % 17, number // 17, 1, 1)
window.move(0, 0)
window.show_all()
Gtk.main()
"""
QT_CALENDARS = """
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QApplication, QCalendarWidget, QGridLayout, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle("look-alikes")
grid = QGridLayout(window)
for number in range(6):
    calendar = QCalendarWidget()
    calendar.setSelectedDate(QDate(2026, number + 1, 15))
    calendar.setGridVisible(number % 2 == 0)
    grid.addWidget(calendar, number // 3, number % 3)
window.move(10, 30)
window.show()
app.exec()
"""
SUBPIXELS = {"FONTCONFIG_FILE": "{folder}/fonts.conf"}
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="font"><edit name="rgba" mode="assign"><const>rgb</const></edit>
<edit name="antialias" mode="assign"><bool>true</bool></edit><edit name="lcdfilter" mode="assign"><const>lcddefault</const></edit></match>
<match target="pattern"><edit name="rgba" mode="assign"><const>rgb</const></edit></match></fontconfig>"""


def script(source: str, python: str = sys.executable, **variables: str) -> Callable[[Apps], None]:
    def start(apps: Apps) -> None:
        path = apps.folder / "look-alikes.py"
        path.write_text(source, "utf-8")
        (apps.folder / "fonts.conf").write_text(FONTS, "utf-8")
        given = {name: value.format(folder=apps.folder) for name, value in variables.items()}
        process = apps.rig.start([python, str(path)], QT_QPA_PLATFORM="xcb", **given)
        apps.rig.wait_window(process, "look-alikes")

    return start


def program(*command: str, title: str, size: tuple[int, int] | None = None) -> Callable[[Apps], None]:
    def start(apps: Apps) -> None:
        files = apps.folder / "files"
        files.mkdir()
        for number in range(200):
            (files / f"scan_2026_{number:04d}.pdf").touch()
        process = apps.rig.start([part.format(files=files) for part in command])
        window = apps.rig.wait_window(process, title)
        if size is not None:
            apps.rig.xdotool("windowmove", str(window), "0", "0", "windowsize", str(window), *map(str, size))

    return start


PROGRAMS = {
    "seats of Qt": script(QT_SEATS),
    "seats of Qt, subpixels": script(QT_SEATS, **SUBPIXELS),
    "seats of GTK": script(GTK_SEATS, "/usr/bin/python3"),
    "dark seats of GTK": script(GTK_SEATS, "/usr/bin/python3", GTK_THEME="Adwaita:dark"),
    "calendars of Qt": script(QT_CALENDARS),
    "calendar of GTK": program("zenity", "--calendar", title="Calendar"),
    "keypad": program("galculator", title="galculator"),
    "files": program("pcmanfm", "{files}", title="files", size=(1590, 960)),
}


def shown(words: int) -> Pixels:
    """Return the screen once so many words stand on it and it no longer changes: a new window is blank for a while."""
    pixels: list[Pixels] = []
    until(lambda: len(labels(screen.grab().pixels)) >= words, f"{words} words on the screen")

    def look() -> bytes:
        pixels.append(screen.grab().pixels)
        del pixels[:-1]
        return pixels[0].tobytes()

    steady(look, "the program to be drawn")
    return pixels[0]


def labels(pixels: Pixels) -> list[Box]:
    """Return where words stand: rows of small dark or light things."""
    grey, square = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.ones((9, 9), np.uint8)
    found = []
    for kind in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        ink = (cv2.morphologyEx(grey, kind, square) > 60).astype(np.uint8)
        joined = cv2.dilate(ink, np.ones((1, 9), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        found += [
            Box(x - 2, y - 3, width + 4, height + 6)
            for x, y, width, height, _ in stats[1:].tolist()
            if 6 <= height <= 22 and 10 <= width <= 120
        ]
    return found


def is_alike(seen: Pixels, wanted: Pixels) -> bool:
    """Whether two pictures show the same on grounds of another shade, but for faint edges of what is cut off."""
    apart = seen.astype(int) - wanted
    return bool((np.abs(apart - np.median(apart, axis=(0, 1))) <= 64).all())


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_there_is_found_where_it_is_and_not_where_it_was(apps: Apps, name: str) -> None:
    PROGRAMS[name](apps)
    words = 300 if "seats" in name else 8
    pixels = shown(words)
    frame = Box(0, 0, pixels.shape[1], pixels.shape[0])
    there = labels(pixels)
    assert len(there) >= words
    faults = []
    for number, label in enumerate(random.Random(5).sample(there, min(CROPS, len(there)))):
        room = (0, 3, 8)[number % 3]
        box = Box(label.x - room, label.y - room, label.width + 2 * room, label.height + 2 * room).intersection(frame)
        wanted = cut(pixels, box)
        places = exact_places(pixels, wanted)
        picture = Picture("w", wanted)
        found = search(Shot(pixels), [picture], 0.8, wants_best=False)
        if not found.hits or (found.hits[0].box.x, found.hits[0].box.y) not in places:
            faults.append(f"{box}: {found.hits[:2]} where it is at {places[:3]}")
        without = pixels.copy()
        for x, y in places:
            without[y : y + box.height, x : x + box.width] = np.median(wanted, axis=(0, 1))
        taken = search(Shot(without), [picture], 0.8, wants_best=False).hits
        faults += [
            f"{box}: {hit} taken for it"
            for hit in taken
            if hit.box[2:] != box[2:] or not is_alike(cut(pixels, hit.box), wanted)
        ]
    assert faults == []


@pytest.mark.parametrize("name", ["seats of Qt", "seats of GTK"])
def test_a_button_under_the_pointer_and_one_with_the_focus_are_found_by_how_they_looked_before(
    apps: Apps, name: str
) -> None:
    apps.rig.xdotool("mousemove", "1590", "990")
    PROGRAMS[name](apps)
    pixels = shown(300)
    seats = [Box(box.x - 30, box.y - 4, box.width + 60, box.height + 8) for box in labels(pixels) if box.y > 100]
    seats = [box for box in random.Random(3).sample(seats, 12) if len(exact_places(pixels, cut(pixels, box))) == 1]
    for label in seats[:3]:
        wanted = cut(pixels, label)
        apps.rig.xdotool("mousemove", str(label.center.x), str(label.center.y))
        hovered = shown(300)
        found = search(Shot(hovered), [Picture("w", wanted)], 0.8, wants_best=False)
        assert found.hits, "hovered"
        assert found.hits[0].box.contains(label.center), "hovered"
        apps.rig.xdotool("click", "1")
        apps.rig.xdotool("mousemove", "1590", "990")
        focused = search(Shot(shown(300)), [Picture("w", wanted)], 0.8, wants_best=False)
        assert focused.hits, "with the focus"
        assert focused.hits[0].box.contains(label.center), "with the focus"
