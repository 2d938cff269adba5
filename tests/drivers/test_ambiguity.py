"""Which of several is meant is said, or asked for: on real windows, with ways out that work."""

import sys

import pytest

from flowdesk.drivers.ambiguity import equals
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.places import Match
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box
from flowdesk.model.target import ElementState
from tests.drivers.looking import missed, query, seen
from tests.rig import Apps, Rig, until

FORM = """
from PySide6.QtWidgets import (
    QApplication, QFormLayout, QGridLayout, QGroupBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget,
)

app = QApplication([])
window = QWidget()
window.setWindowTitle("flowdesk order")
layout = QVBoxLayout(window)
for title in ("Billing", "Delivery"):
    group = QGroupBox(title)
    inside = QVBoxLayout(group)
    inside.addWidget(QLineEdit(accessibleName="City"))
    inside.addWidget(QPushButton("Change"))
    layout.addWidget(group)
grid = QGridLayout()
for row, name in enumerate(("Apples", "Pears", "Plums")):
    grid.addWidget(QLabel(name), row, 0)
    grid.addWidget(QPushButton("Remove"), row, 1)
    grid.addWidget(QPushButton("Copy", enabled=row == 1), row, 2)
    grid.addWidget(QPushButton(f"{row}"), row, 3)
layout.addLayout(grid)
for _ in range(2):
    layout.addWidget(QPushButton("More"))
window.setGeometry(200, 100, 500, 600)
window.show()
app.exec()
"""

TWIN_LINES = """
import tkinter
root = tkinter.Tk()
root.title("flowdesk lines")
root.geometry("520x300+100+100")
for text in ("Open order", "Paid order", "Open order", "Last line"):
    tkinter.Label(root, text=text, font=("DejaVu Sans", 20)).pack(anchor="w")
root.mainloop()
"""


def ways(candidates: tuple[str, ...]) -> list[str]:
    return [candidate.rpartition(" (")[0] for candidate in candidates]


@pytest.mark.desktop
async def test_what_nobody_can_tell_apart_is_refused_with_selectors_that_can(eyes: RealEyes, apps: Apps) -> None:
    apps.rig.wait_window(apps.script(FORM), "flowdesk order")
    scope = "window=flowdesk order >> "
    await seen(eyes, scope + "button[name='Change']")
    for wanted, count, told in (
        ("button[name='Change']", 2, "group[name='Billing'] >> button[name='Change']"),
        ("text_field[name='City']", 2, "group[name='Billing'] >> text_field[name='City']"),
        ("button[name='Remove']", 3, "static_text[name='Apples'] >> right-of=button[name='Remove']"),
        ("text=Change", 2, "group[name='Billing'] >> text=Change"),
        ("button[name='More']", 2, "button[name='More'] >> nth=1"),
    ):
        sighting = await eyes.find(query(scope + wanted, is_distinct=True), want_picture=True)
        miss = sighting.miss
        assert miss is not None
        assert miss.is_ambiguous, wanted
        selectors = ways(miss.candidates)
        assert selectors[0] == scope + told
        every = (await eyes.find(query(scope + wanted, is_all=True))).spots
        found = [(await seen(eyes, selector, is_distinct=True)).box for selector in selectors]
        assert found == [spot.box for spot in every]
        assert len(found) == count
        lenient = await eyes.find(query(scope + wanted))
        assert (lenient.alike, lenient.spots[0].box) == (count, every[0].box)


@pytest.mark.desktop
async def test_what_can_be_told_apart_is_found(eyes: RealEyes, apps: Apps) -> None:
    apps.rig.wait_window(apps.script(FORM), "flowdesk order")
    scope = "window=flowdesk order >> "
    await seen(eyes, scope + "button[name='More'] >> nth=2", is_distinct=True)
    await seen(eyes, scope + "button[name='More']", is_distinct=True, occurrence=2)
    for row in range(3):
        await seen(eyes, scope + f"button[name='{row}']", is_distinct=True)


@pytest.mark.desktop
async def test_equal_buttons_of_two_windows_are_told_by_the_window(eyes: RealEyes, apps: Apps) -> None:
    apps.zenity("--question", "--title", "One", "--text", "x")
    other = apps.zenity("--question", "--title", "Other", "--text", "x")
    until(lambda: apps.rig.active() == other.window, "the second window in front")
    assert (await seen(eyes, "button[name='Yes']", is_distinct=True)).owner == other.window


@pytest.mark.desktop
async def test_two_equal_lines_that_only_pixels_show_are_refused(eyes: RealEyes, clean_desktop: Rig) -> None:
    process = clean_desktop.start([sys.executable, "-c", TWIN_LINES])
    clean_desktop.wait_window(process, "flowdesk lines")
    scope = "window=flowdesk lines >> "
    await seen(eyes, scope + "text=Last line", is_distinct=True)
    miss = await missed(eyes, scope + "text=Open order", is_distinct=True)
    assert miss.is_ambiguous
    assert ways(miss.candidates) == [f"{scope}text=Open order >> nth={number}" for number in (1, 2)]
    second = await seen(eyes, ways(miss.candidates)[1])
    assert second.box.y > (await seen(eyes, scope + "text=Paid order")).box.y


def element(x: int, name: str = "OK", role: str = "button", **told: object) -> Match:
    state = ElementState(role, name, is_enabled=bool(told.pop("is_enabled", True)))
    return Match(Box(x, 0, 10, 10), "element", text=name, element=state, **told)  # type: ignore[arg-type]


def test_only_what_is_of_one_kind_and_name_in_one_window_is_alike() -> None:
    one, other = Window(1, "One"), Window(2, "Other")
    best = element(0)
    differing = [
        element(20, "Cancel"),
        element(40, role="check_box"),
        element(60, is_enabled=False),
        element(80, rank=2),
        element(0),
        Match(Box(2, 2, 4, 4), "element", text="OK", element=best.element),
        element(120, score=0.8),
    ]
    for match in differing:
        assert equals([best, match], [one, one]) == [best]
    twin = element(200)
    assert equals([best, *differing, twin], [one] * 9) == [best, twin]
    assert equals([best, twin], [one, other]) == [best]
    assert equals([best, twin], [None, None]) == [best, twin]
    nameless = [element(0, ""), element(20, "")]
    assert equals(nameless, [one, one]) == nameless[:1]
    pictures = [Match(Box(x, 0, 9, 9), "image", text="ok.png") for x in (0, 20)]
    assert equals(pictures, [one, one]) == pictures[:1]
