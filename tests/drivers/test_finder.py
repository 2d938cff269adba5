"""Finding in real windows: GTK, Qt and Chromium, side by side."""

import sys
from pathlib import Path

import numpy as np
import pytest
from Xlib import Xatom

from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.pixels.picture_files import save_picture
from flowdesk.drivers.x11.input import RealHands
from flowdesk.drivers.x11.windows import X11Windows
from flowdesk.engine.ports import Window
from flowdesk.model.errors import PictureUnusable, RequestInvalid
from flowdesk.model.geometry import Box, Point
from tests.drivers.looking import inside, missed, query, seen
from tests.drivers.pixels.test_text import buttons
from tests.rig import Apps, Page, RealApp, Rig, until

pytestmark = pytest.mark.desktop

FORM = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<style>body{font:16px sans-serif}</style>
<p><label for="field">Field</label> <textarea id="field" autofocus></textarea>
<p><label>Password <input type="password" aria-label="Secret"></label>
<p><button>Send</button> <button disabled>Wait</button> <label><input type="checkbox" checked aria-label="Agree"> Agree</label>
<button aria-pressed="false">Bold</button>"""


PICTURE = """
import sys
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication(sys.argv)
label = QLabel()
label.setPixmap(QPixmap(sys.argv[1]))
label.setWindowTitle("small labels")
label.show()
app.exec()
"""

KINDS = """
import sys
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget
app = QApplication(sys.argv)
window = QWidget()
window.setWindowTitle("kinds")
bold, table, colours = QPushButton("Bold"), QTableWidget(1, 1), QComboBox()
bold.setCheckable(True)
table.setItem(0, 0, QTableWidgetItem("cell"))
colours.addItems(["red", "green"])
layout = QVBoxLayout(window)
for each in (bold, table, colours, QPushButton("Plain"), QPushButton("Plain")):
    layout.addWidget(each)
window.show()
app.exec()
"""


async def test_kinds_that_people_take_for_one_another_are_found_by_name(eyes: RealEyes, clean_desktop: Rig) -> None:
    process = clean_desktop.start([sys.executable, "-c", KINDS], QT_QPA_PLATFORM="xcb")
    clean_desktop.wait_window(process, "kinds")
    for css, kind in (
        ("button[name='Bold']", "switch, check_box"),
        ("list_item[name='cell']", "table_cell[name='cell']"),
        ("text=red", "combo_box"),
    ):
        assert (await seen(eyes, css)).box == (await seen(eyes, kind)).box
    buttons = (await eyes.find(query("button"))).spots
    assert (await seen(eyes, "button:nth(2)")).box == buttons[1].box
    miss = await missed(eyes, "button:nth(3)")
    assert "Only 2" in str(miss.reason)


LABELS = """
import sys
from PySide6.QtWidgets import QApplication, QFormLayout, QLineEdit, QPushButton, QWidget
app = QApplication(sys.argv)
window, other = QWidget(), QWidget()
window.setWindowTitle("Save")
form = QFormLayout(window)
for label in ("File name", "Name:", "Town", "Town", "Nick name of the town"):
    field = QLineEdit()
    field.setText(f"{form.rowCount()}")
    form.addRow(label, field)
form.addRow("Note", QPushButton("OK"))
window.setGeometry(100, 100, 400, 300)
window.show()
other.setWindowTitle("Save as")
QFormLayout(other).addRow("Note", QPushButton("OK"))
other.setGeometry(600, 100, 400, 300)
other.show()
app.exec()
"""


async def test_a_reference_is_what_fits_best_and_alone(eyes: RealEyes, clean_desktop: Rig) -> None:
    process = clean_desktop.start([sys.executable, "-c", LABELS], QT_QPA_PLATFORM="xcb")
    clean_desktop.wait_window(process, "Save as")
    fields = (await eyes.find(query('window="Save" >> text_field'))).spots
    assert (await seen(eyes, "text=Name >> right-of=text_field")).box == fields[1].box
    assert (await seen(eyes, "static_text[name='Town'] >> nth=2 >> right-of=text_field")).box == fields[3].box
    miss = await missed(eyes, "text=Town >> right-of=text_field", is_distinct=True)
    assert miss.is_ambiguous
    assert "2 targets" in miss.reason
    assert [way.split(" (")[0] for way in miss.candidates] == ["text=Town >> nth=1", "text=Town >> nth=2"]
    assert "none is right of" in (await missed(eyes, "text=Note >> right-of=text_field")).reason


async def test_a_window_of_exactly_the_title_comes_before_one_whose_title_only_holds_it(
    eyes: RealEyes, clean_desktop: Rig
) -> None:
    process = clean_desktop.start([sys.executable, "-c", LABELS], QT_QPA_PLATFORM="xcb")
    clean_desktop.wait_window(process, "Save as")
    assert (await seen(eyes, "window=Save >> button")).point.x < 500
    assert (await seen(eyes, "window=Save as >> button")).point.x > 600


async def test_a_minimized_window_is_found_where_that_will_do(eyes: RealEyes, hands: RealHands, apps: Apps) -> None:
    below, above = apps.qt(), apps.xterm()
    named = "window=/^flowdesk/"
    assert (await seen(eyes, named)).window == above.window
    await hands.window(Window(above.window, ""), "minimize")
    assert (await seen(eyes, named)).window == below.window
    assert (await seen(eyes, named, has_minimized=True)).window == below.window
    await hands.window(Window(below.window, ""), "minimize")
    assert "minimized" in str((await missed(eyes, named)).reason)
    spot = await seen(eyes, named, has_minimized=True, occurrence=2)
    assert {spot.window, (await seen(eyes, named, has_minimized=True)).window} == {below.window, above.window}


async def test_a_picture_that_is_not_there_leaves_the_other_ways(eyes: RealEyes, apps: Apps) -> None:
    apps.qt()
    assert (await seen(eyes, "image=none.png | window=flowdesk qt probe")).engine == "window"
    miss = await missed(eyes, "image=none.png | window=nobody")
    assert "none.png" in str(miss.reason)


async def test_elements_of_a_gtk_dialog(eyes: RealEyes, apps: Apps) -> None:
    app = apps.zenity("--question", "--title", "Ask me", "--text", "Really go?")
    spot = await seen(eyes, "window=ask me >> button[name='Yes']")
    assert inside(spot.box, app.box)
    assert spot.point == spot.box.center
    assert spot.element is not None
    assert (spot.element.role, spot.element.is_enabled) == ("button", True)
    assert (await seen(eyes, "text=Really go")).engine == "text"
    left = await seen(eyes, "text=Yes >> left-of=button")
    assert left.text == "No"
    miss = await missed(eyes, "button[name='Yess']")
    assert miss.candidates[0] == "button[name='Yes']"
    second = await eyes.find(query("button", occurrence=2))
    assert second.spot is not None
    assert [spot.text for spot in second.spots] == ["Yes", "No"]
    assert "match 3 does not exist" in (await missed(eyes, "button", occurrence=3)).reason
    ambiguous = await missed(eyes, "button", strict=True)
    assert ambiguous.is_ambiguous
    assert len(ambiguous.candidates) == 2


async def test_windows_and_apps_by_name(eyes: RealEyes, apps: Apps) -> None:
    apps.zenity("--info", "--title", "First one", "--text", "x")
    for selector in (
        "window=first",
        'window="First one"',
        "window=/F.*one$/",
        "app=zenity",
        "app=zenity >> window=First",
    ):
        spot = await seen(eyes, selector)
        assert spot.text == "First one"
        assert spot.box.width > 50
    assert (await missed(eyes, 'window="First"')).candidates == ("First one",)
    assert "No application" in (await missed(eyes, "app=mousepad")).reason
    assert (await seen(eyes, "window=Nope | window=First")).selector == "window=First"


async def test_a_covered_element_is_not_there(eyes: RealEyes, apps: Apps) -> None:
    below = apps.zenity("--info", "--title", "Below", "--text", "x", "--width", "300")
    await seen(eyes, "window=Below >> button[name='OK']")
    above = apps.zenity("--info", "--title", "Above", "--text", "y", "--width", "600", "--height", "400")
    until(lambda: Box(*apps.rig.box(above.window)).contains(Box(*below.box).center), "the windows to overlap")
    miss = await missed(eyes, "window=Below >> button[name='OK']")
    assert '"Above" covers it' in miss.reason


@pytest.mark.parametrize("machine", [b"", b"elsewhere"])
async def test_nothing_of_another_program_is_found_in_a_window_without_elements(
    eyes: RealEyes, apps: Apps, machine: bytes
) -> None:
    apps.mousepad()
    await seen(eyes, "menu_item[name='File']")
    plain, display = apps.plain(), apps.rig.display
    if machine:
        window = display.create_resource_object("window", plain.window)
        window.change_property(display.intern_atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [1])
        window.change_property(display.intern_atom("WM_CLIENT_MACHINE"), Xatom.STRING, 8, machine)
        display.sync()
    for selector in ("window=flowdesk plain", "app=plain", "app=plain >> window=flowdesk plain"):
        assert (await seen(eyes, selector)).text == "flowdesk plain"
        assert (await missed(eyes, f"{selector} >> menu_item[name='File']")).reason
    whole = await seen(eyes, "window=flowdesk plain")
    assert (await eyes.state(whole)).text is None, "its text is what is read in it, not its title"


async def test_elements_of_a_qt_window(eyes: RealEyes, apps: Apps) -> None:
    app = apps.qt()
    spot = await seen(eyes, "window=qt probe >> text_field[name='field']")
    assert spot.element is not None
    assert (spot.element.role, spot.element.value, spot.element.is_editable) == ("text_area", "", True)
    assert inside(spot.box, app.box)
    corner = await seen(eyes, "window=qt probe >> text_field", anchor="top-left", offset=Point(3, 4))
    assert corner.point == Point(spot.box.x + 3, spot.box.y + 4)


async def test_elements_of_a_page(eyes: RealEyes, apps: Apps) -> None:
    page: Page = apps.chromium(FORM)
    field = await seen(eyes, "window=flowdesk probe >> text_field[name='Field']")
    assert inside(field.box, page.box)
    page.evaluate("document.getElementById('field').value = 'typed'")
    changed = await eyes.state(field)
    assert changed.element is not None
    for _ in range(50):
        changed = await eyes.state(field)
        if changed.text == "typed":
            break
    assert changed.text == "typed"
    box = await seen(eyes, "window=flowdesk probe >> check_box")
    assert box.element is not None
    assert box.element.is_checked is True
    off = await seen(eyes, "window=flowdesk probe >> button[name='Wait']")
    assert off.element is not None
    assert off.element.is_enabled is False
    bold = await seen(eyes, "window=flowdesk probe >> button[name='Bold']")
    assert bold.element is not None
    assert bold.element.role == "switch"
    assert (await seen(eyes, "window=flowdesk probe >> button[name='Send']")).element != bold.element
    secret = await seen(eyes, "window=flowdesk probe >> text=Password >> right-of=text_field")
    assert secret.element is not None
    assert secret.element.name == "Secret"


async def test_the_editor_of_mousepad_is_a_text_field(eyes: RealEyes, apps: Apps) -> None:
    app = apps.mousepad("first line\nthe needle is here\n")
    spot = await seen(eyes, "app=mousepad >> text_field")
    assert spot.element is not None
    assert spot.element.value == "first line\nthe needle is here\n"
    word = await seen(eyes, "app=mousepad >> text=needle")
    assert inside(word.box, app.box)
    assert word.box.width < 120


async def test_menus_are_found_while_they_are_open(eyes: RealEyes, hands: RealHands, apps: Apps) -> None:
    apps.mousepad("text")
    assert (await missed(eyes, "app=mousepad >> menu_item[name='Save As...']")).reason
    await hands.click((await seen(eyes, "app=mousepad >> menu_item[name='File']")).point)
    item = await seen(eyes, "app=mousepad >> menu_item[name='Save As...']")
    assert item.element is not None
    assert (await seen(eyes, "app=mousepad >> text=Print...")).box.y > item.box.y
    await hands.press_keys(["esc"])


async def test_pictures_of_the_real_screen(eyes: RealEyes, dialog: RealApp, tmp_path: Path) -> None:
    button = (await seen(eyes, "window=Ask >> button[name='Yes']")).box
    save_picture(tmp_path / "yes.png", screen.grab(button).pixels)
    spot = await seen(eyes, "image=yes.png", assets=str(tmp_path))
    assert (spot.box, spot.engine, spot.scale) == (button, "image", 1.0)
    again = await eyes.find(query("image=yes.png", assets=str(tmp_path)))
    assert again.spot is not None
    assert again.spot.box == button
    inside_window = await seen(eyes, "window=Ask >> image=yes", assets=str(tmp_path))
    assert inside_window.box == button
    other = np.random.default_rng(0).integers(0, 255, (20, 40, 3)).astype(np.uint8)
    save_picture(tmp_path / "other.png", other)
    sighting = await eyes.find(query("image=other", assets=str(tmp_path)), want_picture=True)
    assert sighting.miss is not None
    assert sighting.screenshot is not None
    assert sighting.miss.best_score is not None
    assert "the minimum is" in sighting.miss.reason or "nowhere" in sighting.miss.reason
    with pytest.raises(PictureUnusable, match="not found"):
        await eyes.find(query("image=none.png", assets=str(tmp_path)))


async def test_points_and_colours(eyes: RealEyes, dialog: RealApp) -> None:
    assert (await seen(eyes, "100,200")).point == Point(100, 200)
    assert (await seen(eyes, "50%,50%")).point == Point(800, 500)
    frame = (await seen(eyes, "window=Ask")).box
    assert (await seen(eyes, "window=Ask >> point=5,6")).point == Point(frame.x + 5, frame.y + 6)
    assert (await seen(eyes, "point=10,10", region=Box(300, 200, 50, 50))).point == Point(310, 210)
    assert "outside the screen" in (await missed(eyes, "point=5000,1")).reason
    pixels = screen.grab(frame).pixels
    color = "#{:02x}{:02x}{:02x}".format(*(int(channel) for channel in pixels[frame.height // 2, 8][::-1]))
    spot = await seen(eyes, f"window=Ask >> color={color}", tolerance=0)
    assert frame.contains(spot.box.center)
    assert "The nearest is" in (await missed(eyes, "window=Ask >> color=#ff00ff", tolerance=0)).reason
    with pytest.raises(RequestInvalid, match="outside the screen"):
        await eyes.find(query("color=#ffffff", region=Box(9000, 0, 5, 5)))


async def test_small_labels_that_only_pixels_show_are_found_on_the_whole_screen(
    clean_desktop: Rig, eyes: RealEyes, tmp_path: Path
) -> None:
    save_picture(tmp_path / "labels.png", buttons(11, (26, 115, 232), (255, 255, 255)).pixels)
    picture = str(tmp_path / "labels.png")
    process = clean_desktop.start([sys.executable, "-c", PICTURE, picture], QT_QPA_PLATFORM="xcb")
    clean_desktop.wait_window(process, "small labels")
    window = await seen(eyes, "window=small labels")
    until(lambda: len(np.unique(screen.grab(window.box).pixels)) > 20, "the picture to be drawn")
    for label in ("上一步", "下一步"):
        spot = (await eyes.find(query(f"text={label}"))).spot
        assert spot is not None, label
        assert window.box.contains(spot.point)


TWO_WINDOWS = """
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

app = QApplication([])
windows = []
for title, place in (("flowdesk main", (100, 100, 700, 500)), ("flowdesk asks", (200, 200, 400, 200))):
    window = QWidget()
    window.setWindowTitle(title)
    layout = QVBoxLayout(window)
    layout.addWidget(QLineEdit(title, accessibleName="Field"))
    layout.addWidget(QPushButton("OK" if windows else "Send"))
    window.setGeometry(*place)
    window.show()
    windows.append(window)
windows[1].raise_()
app.exec()
"""

LARGE_TABLE = """
from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QVBoxLayout, QWidget


class Cells(QAbstractTableModel):
    def rowCount(self, parent=None):
        return 1000000

    def columnCount(self, parent=None):
        return 1000

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        return f"cell {index.row()}/{index.column()}" if role == Qt.ItemDataRole.DisplayRole else None


app = QApplication([])
window = QWidget()
window.setWindowTitle("flowdesk table")
layout = QVBoxLayout(window)
table = QTableView()
table.setModel(Cells())
layout.addWidget(table)
layout.addWidget(QPushButton("Below"))
window.resize(500, 300)
window.show()
app.exec()
"""


async def test_an_element_belongs_to_its_window_where_windows_of_one_program_overlap(
    eyes: RealEyes, apps: Apps
) -> None:
    process = apps.script(TWO_WINDOWS)
    apps.rig.wait_window(process, "flowdesk asks")
    ok = await seen(eyes, "window=flowdesk asks >> button[name='OK']")
    field = await seen(eyes, "window=flowdesk asks >> text_field[name='Field']")
    assert field.element is not None
    assert field.element.value == "flowdesk asks"
    other = await missed(eyes, "window=flowdesk main >> button[name='OK']")
    assert "in the search area" in other.reason
    hands = X11Windows()
    try:
        front = next(window for window in hands.list() if window.title == "flowdesk main")
        hands.act(front, "activate")
    finally:
        hands.close()
    miss = await missed(eyes, "window=flowdesk asks >> button[name='OK']")
    assert '"flowdesk main" covers it' in miss.reason
    assert miss.best_box == ok.box
    assert (await seen(eyes, "window=flowdesk main >> button[name='Send']")).text == "Send"


async def test_of_a_table_too_large_to_read_only_the_cells_on_the_screen_are_asked_for(
    eyes: RealEyes, apps: Apps
) -> None:
    process = apps.script(LARGE_TABLE)
    frame = apps.rig.box(apps.rig.wait_window(process, "flowdesk table"))
    assert inside((await seen(eyes, "window=flowdesk table >> button[name='Below']")).box, frame)
    assert inside((await seen(eyes, "window=flowdesk table >> table_cell[name='cell 2/1']")).box, frame)
    assert (await seen(eyes, "window=flowdesk table >> text=cell 3/0")).engine == "text"
    assert (await missed(eyes, "window=flowdesk table >> table_cell[name='cell 900/1']")).candidates


@pytest.mark.parametrize("scale", ["1.5", "2"])
async def test_elements_of_scaled_programs_are_found_where_they_are(eyes: RealEyes, apps: Apps, scale: str) -> None:
    process = apps.script(TWO_WINDOWS.replace("500", "300"), QT_SCALE_FACTOR=scale)
    window = apps.rig.wait_window(process, "flowdesk asks")
    frame = until(lambda: Box(*apps.rig.box(window)), "the window")
    ok = await seen(eyes, "window=flowdesk asks >> button[name='OK']")
    assert frame.intersection(ok.box) == ok.box
    assert ok.box.width > frame.width * 0.8, "in pixels of the screen"
    assert ok.box.y > frame.center.y


async def test_elements_of_a_scaled_gtk_program_are_found_where_they_are(eyes: RealEyes, apps: Apps) -> None:
    process = apps.rig.start(["zenity", "--question", "--title", "Scaled", "--text", "x"], GDK_SCALE="2")
    frame = Box(*apps.rig.box(apps.rig.wait_window(process)))
    yes = await seen(eyes, "window=Scaled >> button[name='Yes']")
    no = await seen(eyes, "window=Scaled >> button[name='No']")
    assert frame.intersection(yes.box) == yes.box
    assert yes.box.width + no.box.width > frame.width * 0.8, "the two nearly fill the width of the dialog"


SEATS = """
from PySide6.QtWidgets import QApplication, QGridLayout, QGroupBox, QPushButton, QVBoxLayout, QWidget

app = QApplication([])
window = QWidget()
window.setWindowTitle("flowdesk seats")
layout = QVBoxLayout(window)
grid = QGridLayout()
for number in range(140):
    button = QPushButton("Free" if number % 2 else f"{number}")
    button.setFixedSize(46, 22)
    grid.addWidget(button, number // 14, number % 14)
layout.addLayout(grid)
for side in range(7):
    group = QGroupBox(f"Group {side}")
    QVBoxLayout(group).addWidget(QPushButton("Call"))
    layout.addWidget(group)
window.show()
app.exec()
"""


async def test_one_of_many_is_kept_by_its_number(eyes: RealEyes, apps: Apps) -> None:
    apps.rig.wait_window(apps.script(SEATS), "flowdesk seats")
    scope = "window=flowdesk seats >> button[name='Free']"
    every = await eyes.find(query(scope, is_all=True))
    assert (len(every.spots), every.count) == (70, 70)
    read = sorted(every.spots, key=lambda spot: (spot.box.y, spot.box.x))
    for number in (1, 2, 8, 70):
        assert (await seen(eyes, f"{scope} >> nth={number}")).box == read[number - 1].box
    sighting = await eyes.find(query(f"{scope} >> nth=71"))
    assert sighting.miss is not None
    assert "only 70 matches" in sighting.miss.reason
    assert sighting.count == 70
    assert (await eyes.find(query(scope, occurrence=71))).count == 70
    right = await seen(eyes, "window=flowdesk seats >> text=0 >> right-of=button >> nth=3")
    assert right.box == (await eyes.find(query("window=flowdesk seats >> button", is_all=True))).spots[3].box
    assert (await seen(eyes, f"{scope} >> nth=2 >> point=0,0")).point == Point(read[1].box.x, read[1].box.y)


async def test_all_places_are_counted_in_all_scopes_and_of_every_engine(
    eyes: RealEyes, apps: Apps, tmp_path: Path
) -> None:
    apps.rig.wait_window(apps.script(SEATS), "flowdesk seats")
    await seen(eyes, "window=flowdesk seats >> button[name='Call']")
    for inner in ("button", "button[name='Call']", "text=Call"):
        found = await eyes.find(query(f"window=flowdesk seats >> group[name^='Group '] >> {inner}", is_all=True))
        assert (found.count, len(found.spots)) == (7, 7), inner
    every = await eyes.find(query("window=flowdesk seats >> button[name^='1']", is_all=True))
    below = await eyes.find(
        query("window=flowdesk seats >> group[name^='Group '] >> below=button[name='Call']", is_all=True)
    )
    assert below.count == len({spot.box for spot in below.spots})
    assert every.count == 25
    save_picture(tmp_path / "free.png", screen.grab((await seen(eyes, "button[name='Free'] >> nth=5")).box).pixels)
    pictures = await eyes.find(query("image=free.png", assets=str(tmp_path), is_all=True))
    assert pictures.count == 70
