"""``clearFirst`` harms nothing: it selects and overwrites, and sends Delete only into a field that is known to hold the keyboard."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop
from flowdesk.model.errors import InputFailed
from flowdesk.model.geometry import Box
from flowdesk.model.target import Spot
from tests.drivers import typing_apps
from tests.drivers.typing_apps import Program
from tests.rig import Apps, RealApp, until

pytestmark = pytest.mark.desktop

FILE_MANAGERS = [name for name in ("pcmanfm", "thunar", "dolphin", "nautilus", "nemo") if shutil.which(name)]


@pytest.fixture
def desktop(apps: Apps) -> Iterator[Desktop]:
    driver = RealDesktopDriver()
    yield driver.open(Brake())
    driver.close()


def spot_of(app: RealApp) -> Spot:
    """Return the middle of a program's window."""
    return Spot(Box(*app.box), Box(*app.box).center, "point=50%,50%", "point", owner=app.window)


@pytest.mark.parametrize("name", ["qt_line", "qt_text", "gtk3_entry", "chromium", "mousepad"])
async def test_a_field_that_is_known_is_cleared(desktop: Desktop, apps: Apps, name: str) -> None:
    program: Program = getattr(typing_apps, name)(apps)
    await desktop.type_text("what was there 你好")
    await desktop.clear_field(is_followed=True)
    report = await desktop.type_text("new", replaces=True)
    program.holds("new")
    assert report.read_back == "new"
    await desktop.clear_field()
    program.holds("")
    await desktop.clear_field()


@pytest.mark.parametrize("text", ["neu", "张三 new"])
@pytest.mark.parametrize("name", ["tk_entry", "tk_text"])
async def test_tk_is_cleared_by_overwriting(desktop: Desktop, apps: Apps, name: str, text: str) -> None:
    program: Program = getattr(typing_apps, name)(apps, "old words")
    until(lambda: program.read() == "old words", "the field's first text")
    await desktop.click(Box(*program.app.box).center)
    spot = spot_of(program.app)
    await desktop.clear_field(spot, is_followed=True)
    await desktop.type_text(text, spot=spot, replaces=True)
    program.holds(text)


async def test_the_editor_in_a_cell_of_qt_is_cleared_by_overwriting(desktop: Desktop, apps: Apps) -> None:
    program = typing_apps.qt_table(apps)
    await desktop.clear_field(is_followed=True)
    await desktop.type_text("Bob", replaces=True)
    await desktop.press_keys(["enter"])
    until(lambda: program.read().splitlines()[1:2] == ["r1c0|Bob|r1c2"], f"the cell; {program.read()!r}")


async def test_a_table_of_qt_without_an_editor_keeps_its_cells(desktop: Desktop, apps: Apps) -> None:
    program = typing_apps.qt_table(apps, is_editing=False)
    before = program.read()
    with pytest.raises(InputFailed):
        await desktop.clear_field()
    await desktop.clear_field(is_followed=True)
    with pytest.raises(InputFailed, match="Enter"):
        await desktop.type_text("x\n", replaces=True)
    assert program.read() == before


@pytest.mark.skipif(not FILE_MANAGERS, reason="no file manager is installed")
@pytest.mark.parametrize("name", FILE_MANAGERS)
async def test_a_file_manager_keeps_its_files(desktop: Desktop, apps: Apps, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for number in range(20):
        (folder / f"file{number}.txt").write_text("x")
    process = apps.rig.start([name, str(folder)], HOME=str(tmp_path))
    window = apps.rig.wait_window(process, "shop")
    app = RealApp(process, window, None, apps.rig.box(window))
    x, y, width, height = app.box
    await desktop.click(Box(x, y, width, height).anchored("bottom-right").__class__(x + width - 60, y + height - 80))
    try:
        await desktop.clear_field(spot_of(app), is_followed=True)
        await desktop.type_text("new name", spot=spot_of(app), replaces=True)
    except InputFailed as refused:
        print(name, refused)
    await desktop.press_keys(["esc"])
    assert len(os.listdir(folder)) == 20
    assert sorted(os.listdir(folder))[0] == "file0.txt"


@pytest.mark.skipif(shutil.which("gvim") is None, reason="gvim is not installed")
async def test_a_modal_editor_is_not_cleared(desktop: Desktop, apps: Apps) -> None:
    program = typing_apps.gvim(apps)
    await desktop.type_text("kept")
    with pytest.raises(InputFailed, match="does not replace"):
        await desktop.clear_field(spot_of(program.app), is_followed=True)
    program.holds("kept")
