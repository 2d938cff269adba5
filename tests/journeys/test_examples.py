"""The example flows, run by `flowdesk run` on a real desktop; what they did is read back from the program they drove."""

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


def test_every_visitor_goes_the_way_of_its_case(play: Play) -> None:
    played = play("switch")
    assert [(row["name"], row["visit"]) for row in played.rows] == [("Ada", "Afternoon"), ("Grace", "Morning")]
    assert "Edsger does not come" in played.logs


def test_a_loop_repeats_until_the_screen_says_three(play: Play) -> None:
    played = play("repeat-until")
    assert len(played.rows) == 3
    assert played.messages[-1]["payload"]["result"] == 3
