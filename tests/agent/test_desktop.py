"""Three small jobs that an assistant does on real programs by a fixed script, what it sees of them, and who may stop it."""

import json
import re
import sys
from pathlib import Path

import pytest

from flowdesk.agent.brief import tokens
from tests.agent.conftest import ROOT, Enter
from tests.rig import Apps, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]

FORM = "app=flowdesk practice"


@pytest.fixture
def rows(clean_desktop: Rig, tmp_path: Path) -> Path:
    """The file into which an open practice window writes what it receives."""
    path = tmp_path / "rows.jsonl"
    environment = {"QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "flowdesk", "practice", "--lang", "en", "--output", str(path)]
    clean_desktop.wait_window(clean_desktop.start(command, **environment), "flowdesk practice")
    return path


async def test_a_form_is_filled_by_what_look_told(enter: Enter, rows: Path, clean_desktop: Rig) -> None:
    async with enter(clean_desktop.desktop.environment()) as assistant:
        assert FORM in await assistant.call("look")
        seen = await assistant.call("look", window="practice", picture=True)
        for selector in (
            "text_field[name='Name']",
            "text_field[name='E-mail']",
            "check_box[name='I agree']",
            "button[name='Submit']",
        ):
            assert f"{selector} " in seen
            assert f"{selector} not tried" not in seen
        await assistant.call("open_flow", name="Register")
        steps = [
            {"type": "input", "config": {"selector": f"{FORM} >> text_field[name='Name']", "text": "{{who}}"}},
            {
                "type": "input",
                "config": {"selector": f"{FORM} >> text_field[name='E-mail']", "text": "mei@example.org"},
            },
            {"type": "choose", "config": {"selector": f"{FORM} >> combo_box[name='City']", "option": "Shanghai"}},
            {"type": "check", "config": {"selector": f"{FORM} >> check_box[name='I agree']", "state": "on"}},
            {"type": "click", "config": {"selector": f"{FORM} >> button[name='Sumbit']", "timeout": 300}},
        ]
        built = await assistant.call("edit_flow", flow="register", variables={"who": "张三"}, add=steps)
        assert "No problems." in built
        rehearsed = await assistant.call("run_flow", flow="register", rehearse=True)
        assert "Sumbit" in rehearsed
        assert not rows.exists() or not rows.read_text()
        found = await assistant.call("find", selector="button[name='Sumbit']")
        assert "button[name='Submit']" in found
        told = await assistant.call("run_flow", flow="register")
        question = told.split("question ")[1].split(",")[0]
        answered = f"{FORM} >> button[name='Submit']"
        assert "succeeded" in await assistant.call("answer", flow="register", question=question, value=answered)
        assert len(assistant.asked) == 1
    until(lambda: rows.exists() and rows.read_text("utf-8"), "the entry")
    (entry,) = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    assert (entry["name"], entry["city"]) == ("张三", "Shanghai")


async def test_a_text_is_written_and_saved(enter: Enter, apps: Apps, clean_desktop: Rig) -> None:
    app = apps.mousepad()
    async with enter(clean_desktop.desktop.environment(), "--yes") as assistant:
        assert "text_area" in await assistant.call("look", window="mousepad")
        await assistant.call("open_flow", name="Write")
        steps = [
            {"type": "input", "config": {"selector": "app=mousepad >> text_area", "text": "你好, é 😀"}},
            {"type": "keys", "config": {"keys": ["ctrl", "s"]}},
        ]
        await assistant.call("edit_flow", flow="write", add=steps)
        assert "succeeded" in await assistant.call("run_flow", flow="write")
        app.holds("你好, é 😀")


async def test_a_dialog_is_answered_through_a_place_and_a_picture(enter: Enter, apps: Apps, clean_desktop: Rig) -> None:
    app = apps.zenity("--entry", "--title", "flowdesk entry", "--text", "Who?")
    async with enter(clean_desktop.desktop.environment(), "--yes", mode="legacy") as assistant:
        seen = await assistant.call("look", window="flowdesk entry")
        x, y = (int(part) for part in re.search(r"button\[name='OK'\].*@(\d+),(\d+)", seen).groups())  # type: ignore[union-attr]
        assert "button[name='OK'] (unique" in await assistant.call("find", point=[x, y])
        await assistant.call("open_flow", name="Answer")
        steps = [
            {"type": "input", "config": {"selector": "app=zenity >> text_field", "text": "me"}},
            {"type": "click", "config": {"selector": "image=ok.png"}},
        ]
        await assistant.call("edit_flow", flow="answer", add=steps, pictures={"ok.png": [x - 30, y - 14, 60, 28]})
        assert "succeeded" in await assistant.call("run_flow", flow="answer")
    assert app.finish().strip() == "me"


MANY = """
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
app = QApplication([])
window = QWidget(); window.setWindowTitle("flowdesk many")
rows = QVBoxLayout(window); rows.setSpacing(0); rows.setContentsMargins(0, 0, 0, 0)
for row in range(45):
    line = QWidget(); line.setAccessibleName(f"Row {row}"); rows.addWidget(line)
    cells = QHBoxLayout(line); cells.setSpacing(0); cells.setContentsMargins(0, 0, 0, 0)
    for column in range(45):
        button = QPushButton(f"Command {row} {column}"); button.setMinimumSize(1, 1); button.setMaximumSize(30, 12)
        cells.addWidget(button)
window.resize(1500, 900); window.show(); app.exec()
"""


async def test_two_thousand_elements_are_told_in_few_tokens(enter: Enter, apps: Apps, clean_desktop: Rig) -> None:
    clean_desktop.wait_window(apps.script(MANY), "flowdesk many")
    async with enter(clean_desktop.desktop.environment()) as assistant:
        seen = await assistant.call("look", window="flowdesk many", most=500)
        assert int(re.search(r"shows (\d+) elements", seen)[1]) > 1900  # type: ignore[index]
        assert "more button" in seen
        assert tokens(seen) < 4000


async def test_a_client_that_goes_away_leaves_nothing_held_and_nothing_running(
    enter: Enter, rows: Path, clean_desktop: Rig, tmp_path: Path
) -> None:
    async with enter(clean_desktop.desktop.environment(), "--yes") as assistant:
        await assistant.call("open_flow", name="Long")
        field = f"{FORM} >> text_area[name='Notes']"
        typing = {"selector": field, "text": "x" * 2000, "method": "keys", "keyDelay": 20}
        await assistant.call("edit_flow", flow="long", add=[{"type": "input", "config": typing}])
        assert "running" in await assistant.call("run_flow", flow="long", wait=2)
    assert (clean_desktop.held_keys(), clean_desktop.held_buttons()) == ([], 0)
    (record,) = (tmp_path / "state" / "runs").glob("*/run.json")
    assert json.loads(record.read_text("utf-8"))["status"] == "stopped"
