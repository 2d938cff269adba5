"""`flowdesk report` and `flowdesk runs`: what a run did is one page for anybody, and it is found again."""

import gc
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from flowdesk.cli import main
from flowdesk.exitcodes import FAILED, INVALID, SUCCEEDED
from flowdesk.i18n import set_language
from flowdesk.model.errors import RequestInvalid
from flowdesk.nodes import builtin_catalogue
from flowdesk.reportcommand import read_moment
from flowdesk.reporting.page import Page
from flowdesk.reporting.reading import MOST_STEPS, read_report
from flowdesk.session.records import ABOUT, KEPT, prune

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


class Shell:
    """Carries out commands in a folder, as people type them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch
        monkeypatch.setenv("FLOWDESK_STATE_DIR", str(folder / "state"))
        monkeypatch.chdir(folder)

    def __call__(self, *arguments: object, language: str = "C.UTF-8") -> Done:
        self._monkeypatch.setenv("LC_ALL", language)
        code = main([*map(str, arguments)])
        told = self._capsys.readouterr()
        return Done(code, told.out, told.err)

    def run(self, name: str, *more: str) -> int:
        """Run a flow in a process of its own."""
        words = [sys.executable, "-m", "flowdesk", "run", f"{name}.flow.json", *more]
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode


@pytest.fixture
def flowdesk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    thresholds = gc.get_threshold()
    yield Shell(tmp_path, capsys, monkeypatch)
    set_language("en")
    gc.unfreeze()  # a command collects less often, for its whole process
    gc.set_threshold(*thresholds)


def write_flow(folder: Path, name: str, *steps: tuple[str, str, dict[str, Any]], **fields: Any) -> Path:
    nodes = [{"id": "start", "type": "start", "data": {"config": {}}}]
    nodes += [{"id": key, "type": kind, "data": {"label": label(key), "config": config}} for key, kind, config in steps]
    ids = ["start", *(key for key, _, _ in steps)]
    edges = [{"id": f"e{n}", "source": ids[n], "target": ids[n + 1]} for n in range(len(steps))]
    path = folder / f"{name}.flow.json"
    path.write_text(json.dumps({"name": name, "nodes": nodes, "edges": edges, **fields}), "utf-8")
    return path


def label(key: str) -> str:
    return f"Step <{key}>"


@pytest.fixture
def failed(flowdesk: Shell, tmp_path: Path) -> Path:
    """The folder of a run that failed at its third step."""
    write_flow(
        tmp_path, "Bills",
        ("say", "log", {"message": "Bill of {{name}} & <script>alert(1)</script>"}),
        ("sum", "setVariable", {"name": "price", "value": "{{ 1.5 * 2 }}"}),
        ("read", "readTable", {"path": "none.csv"}),
        variables={"name": "张三"},
    )  # fmt: skip
    assert flowdesk.run("Bills", "--report", "out") == FAILED
    return tmp_path / "out"


def test_what_was_not_run_is_named_as_people_call_it(flowdesk: Shell, tmp_path: Path) -> None:
    write_flow(tmp_path, "Left", ("read", "readTable", {"path": "none.csv"}), ("later", "log", {"message": "m"}))
    assert flowdesk.run("Left", "--report", "out") == FAILED
    assert flowdesk("report", "out").returncode == SUCCEEDED
    assert "Skipped: Step &lt;later&gt;" in (tmp_path / "out" / "report.html").read_text("utf-8")


class Text(HTMLParser):
    """The text of a page, and what it would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.foreign: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in {"script", "iframe", "link"} or any(name.startswith("on") for name in found):
            self.foreign.append(tag)
        self.foreign += [
            value for name in ("src", "href") if (value := found.get(name)) and not value.startswith(("data:", "#"))
        ]


def read(file: Path) -> Text:
    text = Text()
    text.feed(file.read_text("utf-8"))
    return text


def test_a_report_tells_steps_values_log_and_what_failed(flowdesk: Shell, failed: Path) -> None:
    (failed / "shot.png").write_bytes(PICTURE)
    done = flowdesk("report", "out")
    assert (done.returncode, done.stdout) == (SUCCEEDED, f"The report is in {Path('out', 'report.html')}.\n")
    page = read(failed / "report.html")
    assert page.foreign == []
    for told in (
        "Bills", "Failed", f'It failed at "{label("read")}".', "none.csv", "Bill of 张三 & <script>alert(1)</script>",
        "Changed variables", "3", "command line", "shot.png",
    ):  # fmt: skip
        assert told in page.text, told
    assert "data:image/png;base64," in (failed / "report.html").read_text("utf-8")


def test_a_report_speaks_chinese_also_of_what_was_recorded_in_english(flowdesk: Shell, failed: Path) -> None:
    done = flowdesk("report", "out", "--out", "zh.html", language="zh_CN.UTF-8")
    assert done.returncode == SUCCEEDED
    page = read(failed.parent / "zh.html")
    text = re.sub(r":root.*?\n}\n", "", page.text, flags=re.DOTALL)
    for told in ("失败", f"在“{label('read')}”处失败。", "步骤", "日志", "读取表格", "设置"):
        assert told in text, told
    assert "It failed" not in text
    assert 'lang="zh-CN"' in (failed.parent / "zh.html").read_text("utf-8")


def test_a_report_is_the_same_after_the_folder_was_moved(flowdesk: Shell, failed: Path) -> None:
    moved = failed.parent / "elsewhere" / "kept"
    shutil.copytree(failed, moved)
    shutil.rmtree(failed)
    assert flowdesk("report", moved).returncode == SUCCEEDED
    assert "none.csv" in read(moved / "report.html").text


def test_a_run_of_thousands_of_steps_says_what_it_leaves_out(flowdesk: Shell, tmp_path: Path) -> None:
    write_flow(
        tmp_path, "Long", ("many", "loop", {"type": "count", "count": MOST_STEPS + 500}), ("x", "setVariable", {"name": "n", "value": "{{number}}"})
    )  # fmt: skip
    flow = json.loads((tmp_path / "Long.flow.json").read_text("utf-8"))
    flow["edges"][1]["sourceHandle"] = "body"
    (tmp_path / "Long.flow.json").write_text(json.dumps(flow), "utf-8")
    assert flowdesk.run("Long", "--report", "out") == SUCCEEDED
    report = read_report(tmp_path / "out", builtin_catalogue())
    assert (len(report.steps), report.left_out) == (MOST_STEPS, 502)
    html = Page(report, builtin_catalogue(), "en").html()
    assert "502 steps are left out here." in html


def test_an_interrupted_run_says_at_which_step(flowdesk: Shell, failed: Path) -> None:
    about = json.loads((failed / ABOUT).read_text("utf-8"))
    del about["outcome"]
    (failed / ABOUT).write_text(json.dumps({**about, "status": "running", "pid": 2**22 + 1}), "utf-8")
    lines = (failed / "messages.jsonl").read_text("ascii").splitlines()
    begun = next(place for place, line in enumerate(lines) if '"read"' in line and "node.running" in line)
    (failed / "messages.jsonl").write_text("\n".join([*lines[: begun + 1], '{"half']), "ascii")
    page = Page(read_report(failed, builtin_catalogue()), builtin_catalogue(), "en").html()
    assert "Interrupted" in page
    assert "at node &quot;Step &lt;read&gt;&quot;" in page


@pytest.mark.parametrize("name", ["nothing", ".", "abcd1234"])
def test_what_is_no_run_is_refused(flowdesk: Shell, tmp_path: Path, name: str) -> None:
    done = flowdesk("report", name)
    assert done.returncode == INVALID
    assert "run" in done.stderr


def test_runs_are_found_by_flow_outcome_time_and_text(flowdesk: Shell, failed: Path) -> None:
    folder = failed.parent
    write_flow(folder, "Greeting", ("say", "log", {"message": "Grüße aus Köln"}))
    assert flowdesk.run("Greeting") == SUCCEEDED

    def found(*query: str) -> list[str]:
        done = flowdesk("runs", "--json", *query)
        assert done.returncode == SUCCEEDED, done.stderr
        return [run["name"] for run in json.loads(done.stdout)]

    assert found() == ["Greeting", "Bills"]
    assert found("--flow", "gree") == ["Greeting"]
    assert found("--flow", "Bills.flow.json") == ["Bills"]
    assert found("--outcome", "failed") == ["Bills"]
    assert found("--text", "GRÜSSE") == []
    assert found("--text", "köln") == ["Greeting"]
    assert found("--text", "NONE.csv") == ["Bills"]
    assert found("--text", "张三") == ["Bills"]
    assert found("--text", "node.running") == []
    assert found("--since", "1h", "--limit", "1") == ["Greeting"]
    assert found("--until", "2020-01-01") == []
    assert found("--trigger", "morning") == []
    told = flowdesk("runs", "--since", "yesterday")
    assert told.returncode == INVALID
    assert '"yesterday" is not a time.' in told.stderr


def test_a_run_that_is_kept_outlives_its_age_and_the_others(flowdesk: Shell, failed: Path) -> None:
    folder = failed.parent
    write_flow(folder, "Greeting", ("say", "log", {"message": "hello"}))
    assert flowdesk.run("Greeting") == SUCCEEDED
    known = json.loads(flowdesk("runs", "--json").stdout)
    kept = next(run for run in known if run["name"] == "Bills")
    done = flowdesk("runs", "keep", kept["run_id"][:8])
    assert (done.returncode, done.stdout) == (SUCCEEDED, f'Run {kept["run_id"][:8]} of "Bills" is kept.\n')
    runs = folder / "state" / "runs"
    prune(runs, now=time.time() + 91 * 86_400)
    assert [run["name"] for run in json.loads(flowdesk("runs", "--kept", "--json").stdout)] == ["Bills"]
    assert len(list(runs.glob(f"*/{KEPT}"))) == len(list(runs.glob(f"*/{ABOUT}"))) == 1
    assert flowdesk("runs", "release", kept["run_id"]).returncode == SUCCEEDED
    prune(runs, keep=0)
    assert flowdesk("runs").stdout == "There are no such runs.\n"


def test_times_are_read_as_people_write_them() -> None:
    assert read_moment("", 100.0, "since") is None
    assert read_moment("2h", 10_000.0, "since") == 2_800.0
    assert read_moment("1970-01-02T00:00+00:00", 0.0, "since") == 86_400.0
    with pytest.raises(RequestInvalid):
        read_moment("3 pm", 0.0, "since")
