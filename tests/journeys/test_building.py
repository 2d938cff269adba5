"""A person without a flow: starts flowdesk, builds one that fills the practice form, runs it, and the form is filled."""

import json
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, Start
from tests.journeys.person import Person
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


class Builder(Person):
    """A person who builds a flow in flowdesk for the practice window."""

    def __init__(self, rig: Rig, flowdesk: int, practice: int) -> None:
        super().__init__(rig)
        self.flowdesk = flowdesk
        self.practice = practice

    def node(self, name: str) -> tuple[int, int]:
        return self.finds(self.flowdesk, f"list_item[name='{name}']").center

    def adds(self, node_type: str) -> None:
        """Type a node's name into the quick add, and bring the new node to the middle."""
        self.types(node_type)
        self.presses("Return")
        self.finds(self.flowdesk, f"group[name='Settings'] static_text[name='{node_type}']")
        self.presses("f", "ctrl+0")

    def picks(self, css: str) -> None:
        """Point at an element of the practice window with Pick, and use what is offered."""
        place = self.finds(self.practice, css)
        before = self.popups()
        self.clicks(self.finds(self.flowdesk, "button[name='Pick']").center)
        self.waits_for_popup(before)
        self.clicks(place.center)
        self.clicks(self.finds(self.flowdesk, "button[name='Use']").center)
        self.waits_until_gone(self.flowdesk, "button[name='Use']")
        self.finds(self.flowdesk, "text_area[name='Target']")

    def fills(self, css: str, text: str) -> None:
        """Type into a field of the form."""
        self.clicks(self.finds(self.flowdesk, css).center)
        self.types(text)


def test_a_flow_is_built_from_nothing_and_fills_the_form(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    practice = clean_desktop.start(
        [sys.executable, "-m", "flowdesk", "practice", "--lang", "en", "--output", str(rows)],
        PYTHONPATH=str(ROOT), FLOWDESK_STATE_DIR=str(tmp_path / "practice"), QT_QPA_PLATFORM="xcb",
    )  # fmt: skip
    clean_desktop.wait_window(practice, "flowdesk practice")
    program = flowdesk("--no-server", QT_QPA_PLATFORM="xcb", LANG="C")
    clean_desktop.wait_window(program.process, "Untitled")
    person = Builder(clean_desktop, program.process.pid, practice.pid)

    person.clicks(person.node("Start"))
    person.presses("f", "ctrl+0")
    middle = person.node("Start")
    before = person.popups()
    port = person.finds(person.flowdesk, "list_item[name='Start'] button[name='default']").center
    person.drags(port, (port[0] + 120, port[1]))
    person.waits_for_popup(before)
    person.adds("Type text")
    person.picks("text_field[name='Name']")
    person.fills("text_area[name='Text']", "Ada Lovelace")

    for node_type, css, text in (
        ("Type text", "text_field[name='E-mail']", "ada@example.com"),
        ("Click", "check_box[name='I agree']", ""),
        ("Click", "button[name='Submit']", ""),
    ):
        person.clicks(middle)
        before = person.popups()
        person.presses("n")
        person.waits_for_popup(before)
        person.adds(node_type)
        person.picks(css)
        if text:
            person.fills("text_area[name='Text']", text)

    person.presses("F5")
    until(rows.exists, "a submitted row", 30)
    filled = json.loads(until(lambda: rows.read_text("utf-8"), "the row"))
    assert (filled["name"], filled["email"]) == ("Ada Lovelace", "ada@example.com")
