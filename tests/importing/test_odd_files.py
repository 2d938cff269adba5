"""Files that are odd are read or refused with a sentence and a fix: nothing hangs, nothing is guessed silently."""

import json
import os
from pathlib import Path

import pytest

from flowdesk.cli import main
from flowdesk.importing.reading import LARGEST_PYTHON, read_script
from flowdesk.model.errors import FlowUnreadable
from flowdesk.nodes import builtin_catalogue

CATALOGUE = builtin_catalogue()
TEXT = "\u7b2c\u4e00\u6b65\uff1a\u6253\u5f00\u6587\u4ef6\u3002\u7b2c\u4e8c\u6b65\uff1a\u4fdd\u5b58\u3002" * 3
"""Chinese, long enough to tell its encoding."""


def typed(path: Path) -> list[str]:
    found = read_script(path, [], CATALOGUE)
    return [node.config["text"] for flow in found.flows for node in flow.nodes if node.type == "input"]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"), ("", "utf-8-sig"), ("", "utf-16"), ("# -*- coding: gbk -*-\n", "gbk"),
        ("#!/usr/bin/python\n# vim: set fileencoding=gb18030 :\n", "gb18030"), ("", "gb18030"),
    ],
)  # fmt: skip
def test_a_script_is_read_in_its_encoding(tmp_path: Path, head: str, encoding: str) -> None:
    path = tmp_path / "script.py"
    path.write_bytes(f"{head}import pyautogui\r\npyautogui.write('{TEXT}')\r\n".encode(encoding))
    assert typed(path) == [TEXT]


def test_an_encoding_that_was_guessed_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "script.py"
    path.write_bytes(f"import pyautogui\npyautogui.write('{TEXT}')\n".encode("gb18030"))
    found = read_script(path, [], CATALOGUE)
    assert found.report.encoding in found.flows[0].description
    assert main(["import", str(path), "--out", str(tmp_path)]) == 0
    assert f"Its encoding was guessed: {found.report.encoding}." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("zeros.py", b"import pyautogui\nprint(1)\n\0\0\0\0\0\0\0end of it\n", "not text"),
        ("photo.pmc", os.urandom(3000) + b"\0\0\0", "photo.pmc"),
        ("archive.zip", b'PK\x03\x04../evil.sikuli/evil.py click("a.png")', "no tool"),
        ("large.py", b"import pyautogui\n" + b"#" * LARGEST_PYTHON, "larger than 1 MB"),
        ("deep.json", b'{"Commands":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_what_is_no_script_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FlowUnreadable, match=says) as refused:
        read_script(path, [], CATALOGUE)
    assert refused.value.fix


@pytest.mark.parametrize(
    "line",
    ["x = " + "(" * 3000 + "1" + ")" * 3000, "x = " + "-" * 5000 + "1", "x = " + "+".join(["1"] * 20_000)],
    ids=["parentheses", "signs", "sum"],
)
def test_a_line_that_is_too_deep_costs_no_more_than_itself(tmp_path: Path, line: str) -> None:
    path = tmp_path / "script.py"
    path.write_text(f"import pyautogui\npyautogui.press('a')\n{line}\n", "utf-8")
    found = read_script(path, [], CATALOGUE)
    assert [left.line for left in found.report.left.values()] == [3]
    assert any(node.type == "keys" for node in found.flows[0].nodes)


def test_places_beyond_all_numbers_are_left_out(tmp_path: Path) -> None:
    node = {"name": "a", "type": "n8n-nodes-base.noOp", "parameters": {}, "position": [float("inf"), 1e300]}
    path = tmp_path / "work.json"
    path.write_text(json.dumps({"nodes": [node], "connections": {}}), "utf-8")
    (flow,) = read_script(path, [], CATALOGUE).flows
    assert all(abs(node.position.x) < 1e7 for node in flow.nodes)


def test_two_scripts_of_one_name_do_not_overwrite_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "fill.py").write_text(f"import pyautogui\npyautogui.write('{folder}')\n")
    scripts = [str(tmp_path / folder / "fill.py") for folder in ("a", "b")]
    for force in ([], ["--force"]):
        assert main(["import", *scripts, "--out", str(tmp_path), *force]) == 2
        told = capsys.readouterr().err
    assert "Another of these scripts became" in told
    assert json.loads((tmp_path / "fill.flow.json").read_text("utf-8"))["nodes"][-1]["data"]["config"]["text"] == "a"
