"""`flowdesk merge` in a real git repository: independent changes come together, others are named and marked, nothing is lost."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.cli import main
from flowdesk.model.flow import Flow
from flowdesk.model.reading import write_flow

ROOT = Path(__file__).resolve().parents[1]
NAME = "my.flow.json"
NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "start": ("start", {}),
    "a": ("log", {"message": "A"}),
    "b": ("log", {"message": "B"}),
    "c": ("log", {"message": "C"}),
}


def flow(nodes: dict[str, tuple[str, dict[str, Any]]], *ways: str, **more: Any) -> str:
    """Write a flow whose ways are like ``a>b``."""
    content = {
        "id": "f", "name": "F",
        "nodes": [{"id": key, "type": kind, "data": {"label": key, "config": given}} for key, (kind, given) in nodes.items()],
        "edges": [
            {"id": way, "source": way.partition(">")[0], "target": way.partition(">")[2]} for way in ways
        ],
        **more,
    }  # fmt: skip
    return write_flow(Flow.model_validate(content))


BASE = flow(NODES, "start>a", "a>b", "b>c")


def merged(folder: Path, ours: str, theirs: str, base: str = BASE) -> tuple[int, str]:
    """Merge three files and return the exit code and the result."""
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(text, "utf-8", newline="")
    code = main(["merge", *(str(folder / name) for name in ("base", "ours", "theirs")), NAME])
    return code, (folder / "ours").read_text("utf-8")


def test_git_merges_independent_changes_and_marks_others(tmp_path: Path) -> None:
    environment = {
        **os.environ, "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT),
        "FLOWDESK_STATE_DIR": str(tmp_path / "state"), "FLOWDESK_FLOWS_DIR": str(tmp_path / "flows"),
    }  # fmt: skip

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *words], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", check=False,
        )  # fmt: skip

    def commit(text: str) -> None:
        (tmp_path / NAME).write_text(text, "utf-8", newline="")
        assert git("add", NAME, ".gitattributes").returncode == 0
        assert git("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "x").returncode == 0

    git("init", "-q", "-b", "main")
    driver = f"{shlex.quote(sys.executable)} -m flowdesk merge %O %A %B %P"
    git("config", "merge.flowdesk.driver", driver)
    (tmp_path / ".gitattributes").write_text("*.flow.json merge=flowdesk\n", "utf-8")
    commit(BASE)
    git("checkout", "-qb", "theirs")
    commit(flow({**NODES, "x": ("log", {"message": "X"})}, "start>a", "a>b", "b>c", "c>x"))
    git("checkout", "-qb", "other", "main")
    commit(flow({**NODES, "b": ("log", {"message": "other"})}, "start>a", "a>b", "b>c"))
    git("checkout", "-q", "main")
    commit(
        flow(
            {**NODES, "y": ("log", {"message": "Y"}), "b": ("log", {"message": "ours"})}, "start>y", "y>a", "a>b", "b>c"
        )
    )

    done = git("-c", "user.name=A", "-c", "user.email=a@b.c", "merge", "-q", "--no-edit", "theirs")
    assert done.returncode == 0, done.stdout + done.stderr
    both = json.loads((tmp_path / NAME).read_text("utf-8"))
    assert {node["id"] for node in both["nodes"]} == {"start", "a", "b", "c", "x", "y"}
    assert {(edge["source"], edge["target"]) for edge in both["edges"]} == {
        ("start", "y"), ("y", "a"), ("a", "b"), ("b", "c"), ("c", "x"),
    }  # fmt: skip

    done = git("-c", "user.name=A", "-c", "user.email=a@b.c", "merge", "-q", "--no-edit", "other")
    assert done.returncode == 1
    assert f"{NAME}: b: both changed message." in done.stderr
    text = (tmp_path / NAME).read_text("utf-8")
    inside = text.partition("<<<<<<< ours\n")[2].partition(">>>>>>> theirs\n")[0]
    assert [line.strip() for line in inside.splitlines()] == ['"message": "ours"', "=======", '"message": "other"']
    assert f"UU {NAME}" in git("status", "--short").stdout


def test_a_node_that_both_added_under_one_id_is_kept_twice(tmp_path: Path) -> None:
    ours = flow({**NODES, "d": ("log", {"message": "ours"})}, "start>a", "a>b", "b>c", "c>d")
    new: dict[str, tuple[str, dict[str, Any]]] = {
        "d": ("setVariable", {"name": "v", "value": 1}),
        "e": ("log", {"message": "{{d.value}}"}),
    }
    theirs = flow({"start": NODES["start"], **new, **NODES}, "start>d", "d>e", "e>a", "a>b", "b>c")
    code, text = merged(tmp_path, ours, theirs)
    assert code == 0
    found = {node["id"]: node["data"]["config"] for node in json.loads(text)["nodes"]}
    assert found["d"] == {"message": "ours"}
    assert found["d2"] == {"name": "v", "value": 1}
    assert found["e"] == {"message": "{{d2.value}}"}


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        (flow({key: NODES[key] for key in ("start", "a", "c")}, "start>a", "a>c"),
         flow({**NODES, "b": ("log", {"message": "new"})}, "start>a", "a>b", "b>c"), "Both changed b."),
        (flow({key: NODES[key] for key in ("start", "a", "b")}, "start>a", "a>b"),
         flow({**NODES, "x": ("log", {"message": "X"})}, "start>a", "a>b", "b>c", "x>c"), "One side removed c"),
        (flow({**NODES, "x": ("log", {"message": "X"})}, "start>a", "a>x", "x>b", "b>c"),
         flow({**NODES, "y": ("log", {"message": "Y"})}, "start>a", "a>y", "y>b", "b>c"), "Both changed where a leads to"),
    ],
    ids=["removed and changed", "removed and connected", "two insertions"],
)  # fmt: skip
def test_what_does_not_go_together_is_named_and_both_versions_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ours: str, theirs: str, told: str
) -> None:
    code, text = merged(tmp_path, ours, theirs)
    assert code == 1
    assert told in capsys.readouterr().err
    assert text.count("<<<<<<< ours\n") == text.count(">>>>>>> theirs\n") >= 1


def test_conflicts_are_told_by_what_people_read_on_the_canvas(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def side(label: str, **fields: Any) -> str:
        content = json.loads(BASE)
        content["variables"] = {"town": fields.pop("town", "Oslo")}
        for node, name in zip(content["nodes"], ("Begin", "Say A", label, "Say C"), strict=True):
            node["data"]["label"] = name
        content["nodes"][1]["data"]["config"].update(fields)
        return json.dumps(content)

    assert (
        merged(tmp_path, side("Tell", level="warning"), side("Say", level="error", town="Bergen"), side("Call"))[0] == 1
    )
    told = capsys.readouterr().err
    assert f"{NAME}: Say A: both changed level." in told
    assert f"{NAME}: Tell: both changed label." in told
    assert merged(tmp_path, side("Call", town="Bergen"), side("Call", town="Paris"), side("Call"))[0] == 1
    assert f"{NAME}: Both changed the variable town." in capsys.readouterr().err
    away = json.loads(side("Tell"))
    away["edges"] = [{"id": "start>c", "source": "start", "target": "c"}]
    other = json.loads(side("Call"))
    other["edges"][0]["target"] = "b"
    assert merged(tmp_path, json.dumps(away), json.dumps(other), side("Call"))[0] == 1
    assert "Both changed where Begin leads to." in capsys.readouterr().err


def test_a_position_is_no_conflict_but_a_setting_of_that_name_is(tmp_path: Path) -> None:
    def moved(x: int, width: int) -> str:
        content = json.loads(BASE)
        content["nodes"][1]["position"] = {"x": x, "y": 0}
        content["nodes"][2]["data"]["config"]["width"] = width
        return json.dumps(content)

    code, text = merged(tmp_path, moved(1, 5), moved(2, 5))
    assert (code, json.loads(text)["nodes"][1]["position"]["x"]) == (0, 1)
    assert merged(tmp_path, moved(1, 5), moved(1, 6))[0] == 1


def test_files_that_are_no_flows_and_one_that_both_added_stay_whole_with_marks(tmp_path: Path) -> None:
    code, text = merged(tmp_path, "{ours", "{theirs")
    assert (code, text) == (1, "<<<<<<< ours\n{ours\n=======\n{theirs\n>>>>>>> theirs\n")
    other = flow({"start": ("start", {}), "z": ("log", {"message": "Z"})}, "start>z")
    code, text = merged(tmp_path, BASE, other, base="")
    assert code == 1
    assert '"message": "Z"' in text
    assert merged(tmp_path, BASE, BASE, base="") == (0, BASE)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert main(["merge", *[str(tmp_path / "gone")] * 3]) == 2
