"""The example flows, run by `flowdesk run` on a real desktop; what they did is read back from the program they drove."""

import csv
import json
import shlex
import shutil
import subprocess
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.conftest import ROOT, Start, json_lines
from tests.rig import PATIENCE, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


class Played:
    """What a run of an example left behind."""

    def __init__(self, messages: list[dict[str, Any]], rows: Path, report: Path) -> None:
        self.messages = messages
        self.report = report
        self.rows = [json.loads(line) for line in rows.read_text("utf-8").splitlines()] if rows.exists() else []

    def column(self, key: str) -> list[Any]:
        return [row[key] for row in self.rows]

    def result(self, node_id: str) -> Any:
        return next(
            message["payload"]["result"]
            for message in self.messages
            if message["type"] == "node.success" and message["payload"]["node_id"] == node_id
        )

    @property
    def logs(self) -> list[str]:
        return [message["payload"]["message"] for message in self.messages if message["type"] == "execution.log"]


Play = Callable[..., Played]


@pytest.fixture
def play(flowdesk: Start, tmp_path: Path) -> Play:
    """Run a copy of an example whose practice window writes down what it receives."""
    folder, rows = tmp_path / "examples", tmp_path / "rows.jsonl"
    shutil.copytree(ROOT / "resources" / "flows", folder)

    def run(name: str, *options: str) -> Played:
        path = folder / f"{name}.flow.json"
        text = path.read_text("utf-8")
        assert "flowdesk practice --lang en" in text
        path.write_text(text.replace("flowdesk practice --lang en", f"flowdesk practice --lang en --output '{rows}'"))
        program = flowdesk("run", str(path), "--json", "--report", str(tmp_path / "report"), *options)
        assert program.ends(90) == 0, program.printed()
        return Played(json_lines(program.printed()), rows, tmp_path / "report")

    return run


def test_every_row_of_a_csv_file_arrives_in_the_form(play: Play) -> None:
    played = play("form-from-csv")
    assert played.column("name") == ["张三", "Zoë Müller", "Ada Lovelace"]
    assert played.column("email") == ["zhang.san@example.com", "zoe@example.com", "ada@example.com"]
    assert played.column("notes") == ["第一次来访", "Comes by train, at 9", ""]
    assert len(list(played.report.rglob("form-from-csv*.png"))) == 1


def test_the_rows_of_a_workbook_that_are_done_are_passed_over(play: Play) -> None:
    played = play("rows-of-a-workbook")
    assert played.column("name") == ["Ada Lovelace", "李四"]
    assert played.column("notes") == ["Badge 1815", "Badge 42"]
    assert "3 rows read" in played.logs


def test_waiting_for_a_window_needs_no_pause(play: Play, clean_desktop: Rig) -> None:
    played = play("wait-for-window")
    assert "Entries so far: 0" in played.result("read")["text"]
    titles = [title for _, _, title in clean_desktop.windows()]
    assert titles == ["flowdesk practice"], "the dialog was closed, the window stayed"


def test_text_is_read_from_an_element_and_from_the_pixels(play: Play) -> None:
    played = play("read-text")
    assert played.column("notes") == ["", "Saved 1 entry: Ada Lovelace / Submit"]


def test_the_error_branch_reaches_the_form_another_way(play: Play) -> None:
    played = play("error-branch")
    assert played.column("notes") == ["There is no fax here"]
    failed = [message["payload"] for message in played.messages if message["type"] == "node.error"]
    assert [payload["node_id"] for payload in failed] == ["fax"]
    assert len(list(played.report.rglob("no-fax*.png"))) == 1


def test_the_verdicts_on_a_form_all_hold(play: Play, tmp_path: Path) -> None:
    played = play("test-a-form", "--junit", str(tmp_path / "report.xml"))
    assert played.column("name") == ["Ada Lovelace"]
    suite = ET.parse(tmp_path / "report.xml").getroot()[0]
    assert [case.get("name") for case in suite.iter("testcase")] == [
        "The name is in the field", "The box is ticked", "The entry is saved", "It counts one entry",
    ]  # fmt: skip
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "0")


def test_a_flow_that_is_called_twice_enters_both_visitors(play: Play) -> None:
    played = play("subflow")
    assert [(row["name"], row["email"], row["agree"]) for row in played.rows] == [
        ("Ada Lovelace", "ada@example.com", True),
        ("Grace Hopper", "grace@example.com", True),
    ]


def test_a_report_has_a_picture_of_every_step(play: Play, clean_desktop: Rig) -> None:
    played = play("screenshot-report")
    assert played.column("name") == ["Ada", "Grace", "Edsger"]
    pictures = {path.name: Image.open(path).convert("RGB") for path in played.report.rglob("*.png")}
    steps = ["before.png", "step-1.png", "step-2.png", "step-3.png"]
    assert set(pictures) == {*steps, "after.png"}
    screen = clean_desktop.display.screen()
    assert pictures["after.png"].size == (screen.width_in_pixels, screen.height_in_pixels)
    assert len({pictures[name].size for name in steps}) == 1
    assert len({pictures[name].tobytes() for name in steps}) == len(steps), "each shows another state"


def test_branches_that_overlap_all_bring_their_part(play: Play) -> None:
    assert play("parallel").column("notes") == ["3 rows, waited"]


def test_shortcuts_copy_paste_and_undo_in_an_editor(play: Play) -> None:
    assert play("keyboard-shortcuts").column("notes") == ["flowdesk flowdesk "]


def test_the_clipboard_is_used_and_put_back(play: Play, clean_desktop: Rig) -> None:
    environment = clean_desktop.desktop.environment()
    clipboard = ["xclip", "-selection", "clipboard"]
    subprocess.run(clipboard, input="mine", text=True, env=environment, check=True, timeout=PATIENCE)
    assert play("clipboard").column("name") == ["张三 Zhang San"]

    def content() -> str:
        asked = subprocess.run([*clipboard, "-o"], capture_output=True, text=True, env=environment, timeout=PATIENCE)
        return asked.stdout

    until(lambda: content() == "mine", "the clipboard as it was before")


def test_a_question_that_nobody_can_answer_takes_its_default(play: Play) -> None:
    assert play("ask-a-person").column("name") == ["Ada Lovelace"]


@pytest.fixture
def service() -> Iterator[str]:
    """The address of a web service on this machine."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"status": "healthy"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/health"
        server.shutdown()
        thread.join(PATIENCE)


def test_a_web_services_answer_is_typed_into_the_form(play: Play, service: str) -> None:
    played = play("web-request", "--var", f"url={service}")
    assert played.column("name") == ["The service is healthy"]
    assert played.column("notes") == ["HTTP 200"]


def test_a_form_is_filled_by_what_it_shall_hold(play: Play) -> None:
    played = play("check-choose-menu")
    assert [(row["name"], row["city"], row["visit"], row["agree"]) for row in played.rows] == [
        ("Grace Hopper", "Berlin", "Afternoon", True)
    ] * 2
    assert played.column("notes") == ["", "Grace Hopper comes from Berlin"]
    assert played.result("entries")["columns"] == ["Name", "E-mail", "City", "Visit"]
    assert played.messages[-1]["payload"]["result"] is False, "what is ticked already is left alone"


def test_every_visitor_goes_the_way_of_its_case(play: Play) -> None:
    played = play("switch")
    assert [(row["name"], row["visit"]) for row in played.rows] == [("Ada", "Afternoon"), ("Grace", "Morning")]
    assert "Edsger does not come" in played.logs


def test_a_loop_repeats_until_the_screen_says_three(play: Play) -> None:
    played = play("repeat-until")
    assert len(played.rows) == 3
    assert played.messages[-1]["payload"]["result"] == 3


def test_a_dialog_that_comes_in_between_is_closed_each_time(play: Play) -> None:
    played = play("unexpected-dialog")
    assert [(row["name"], row["agree"]) for row in played.rows] == [("Ada Lovelace", True)]
    assert played.messages[-1]["payload"]["result"] == 2
    begun = [message["payload"]["node_id"] for message in played.messages if message["type"] == "node.running"]
    assert begun.count("surprise") == 3
    assert begun.count("close") == begun.count("gone") == 2
    assert begun.index("name") < begun.index("close"), "the node was under way"


def test_every_choice_that_is_found_is_clicked(play: Play) -> None:
    played = play("find-all")
    choices = [match["text"] for match in played.result("choices")["matches"]]
    assert len(choices) == played.result("choices")["count"] >= 2
    assert played.column("visit") == [choices[-1]]
    assert played.column("notes") == [f"{len(choices)} choices, the last is {choices[-1]}"]
    assert played.messages[-1]["payload"]["result"] == choices[1]


def test_a_change_and_a_file_are_waited_for(play: Play) -> None:
    played = play("wait-for-changes")
    assert [(row["name"], row["notes"]) for row in played.rows] == [("Ada Lovelace", "Hello, Ada (10)")]
    assert played.messages[-1]["payload"]["result"] >= 900, "nothing changed before something was typed"


def test_a_list_is_scrolled_until_an_entry_shows(play: Play) -> None:
    played = play("scroll-until")
    assert len(played.rows) == 30
    up, back = played.result("up"), played.result("back")
    assert up["dy"] < 0 < back["dy"]
    assert (up["text"], back["text"]) == ("Visitor 1", "Visitor 30")
    assert up["box"][1] < back["box"][1]
    ended = played.messages[-1]["payload"]["result"]
    assert "after scrolling to the end" in ended
    assert "Visitor 31" in ended


def test_a_table_of_a_window_becomes_a_csv_file(play: Play, tmp_path: Path) -> None:
    played = play("window-table-to-csv")
    assert played.messages[-1]["payload"]["result"] == 3
    with (tmp_path / "examples" / "entries.csv").open(encoding="utf-8-sig", newline="") as stream:
        written = list(csv.DictReader(stream))
    assert [(row["Name"], row["E-mail"], row["City"], row["Visit"]) for row in written] == [
        (row["name"], row["email"], row["city"], row["visit"]) for row in played.rows
    ]
    assert [row["Name"] for row in written] == ["张三", "Zoë Müller", "Ada Lovelace"]


@pytest.mark.skipif(shutil.which("zenity") is None, reason="a list of GTK")
def test_a_list_of_another_program_becomes_a_csv_file(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> None:
    cells = ["1", 'Bolt; M8, "long"', "12,50", "2", "螺母", "0,10", "3", "Scheibe", "1"]
    command = shlex.join(["zenity", "--list", "--title", "Parts", "--height", "300", "--column", "No.", "--column", "Part", "--column", "Price", *cells])  # fmt: skip
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("start", "start", {"appName": command}),
        ("table", "readText", {"selector": 'window="Parts" >> table'}),
        ("file", "writeTable", {"path": "parts.csv", "rows": "{{table.rows}}", "delimiter": ";"}),
        ("close", "window", {"selector": 'window="Parts"', "action": "close"}),
    ]
    nodes = [{"id": id, "type": kind, "data": {"config": config}} for id, kind, config in steps]
    edges = [{"id": one[0], "source": one[0], "target": two[0]} for one, two in pairwise(steps)]
    path = tmp_path / "parts.flow.json"
    path.write_text(json.dumps({"nodes": nodes, "edges": edges}))
    program = flowdesk("run", str(path), "--json", "--allow")
    assert program.ends(90) == 0, program.printed()
    with (tmp_path / "parts.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream, delimiter=";")) == [
            ["No.", "Part", "Price"],
            *[cells[at : at + 3] for at in (0, 3, 6)],
        ]
