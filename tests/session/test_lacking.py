"""Pictures, called flows and files that are not there are told before the run."""

import json
from pathlib import Path
from typing import Any

import pytest

from flowdesk.cli import main
from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.session import Folders, Session
from tests.session.conftest import Keeper, ask, flow_json

NODES: list[dict[str, Any]] = [
    {"id": "one", "type": "click", "data": {"config": {"selector": "image=nope.png"}}},
    {"id": "two", "type": "click", "data": {"config": {"selector": ["text=OK", "window=A >> image=nope"]}}},
    {"id": "sub", "type": "subflow", "data": {"config": {"flow": "nosub.flow.json"}}},
    {"id": "rows", "type": "readTable", "data": {"config": {"path": "nofile.csv"}}},
]
GOOD: list[dict[str, Any]] = [
    {"id": "there", "type": "click", "data": {"config": {"selector": "image=there"}}},
    {"id": "later", "type": "click", "data": {"config": {"selector": "image={{name}}.png"}}},
    {"id": "called", "type": "subflow", "data": {"config": {"flow": "part"}}},
    {"id": "any", "type": "subflow", "data": {"config": {"flow": "{{flow}}"}}},
    {"id": "table", "type": "readTable", "data": {"config": {"path": "{{path}}"}}},
]


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "flows" / "a.flow.json"
    (path.parent / "a.assets").mkdir(parents=True)
    (path.parent / "a.assets" / "there.dark@2x.png").write_bytes(b"png")
    (path.parent / "part.flow.json").write_text(json.dumps(flow_json(id="part", name="part")))
    path.write_text(json.dumps(flow_json(*NODES, *GOOD, id="a", name="a")))
    return path


def test_validate_tells_each_with_its_node_field_and_a_fix(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--json", str(flow)]) == 2
    (told,) = json.loads(capsys.readouterr().out)
    lacking = [one for one in told["problems"] if one["code"].endswith(".missing")]
    assert [(one["level"], one["code"], one["node_id"], one["field"]) for one in lacking] == [
        ("error", "image.missing", "one", "selector"),
        ("error", "image.missing", "two", "selector"),
        ("error", "subflow.missing", "sub", "flow"),
        ("warning", "file.missing", "rows", "path"),
    ]
    assert all(one["fix"] for one in lacking)


def test_what_looks_for_a_picture_that_is_not_there_cannot_be_armed(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    appears = {"id": "see", "type": "appears", "selector": "image=missing.png"}
    flow.write_text(json.dumps(flow_json(id="a", name="a", triggers=[appears])))
    assert main(["triggers", "enable", "--yes", str(flow)]) == 2
    assert "missing.png" in capsys.readouterr().err


async def test_a_client_is_told_of_an_open_flow(flow: Path, tmp_path: Path) -> None:
    session = Session(builtin_catalogue(), Services(), Folders(tmp_path / "state", tmp_path / "runs", flow.parent))
    peer = Keeper("me")
    session.connect(peer)
    opened = await ask(session, peer, "flow.open", path=str(flow))
    told = await ask(session, peer, "workflow.validate", opened["workflow_id"])
    assert sum(one["code"].endswith(".missing") for one in told["problems"]) == 4
    assert not told["valid"]
    await session.close()
