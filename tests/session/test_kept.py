"""A file is opened, edited and saved: nothing of what was not edited is another byte, however strange it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowdesk.model.errors import FlowdeskError
from flowdesk.model.flow import Flow
from flowdesk.model.reading import parse_flow
from flowdesk.resource import resource_path
from flowdesk.session.session import Session
from flowdesk.session.storage import open_flow, save_flow
from tests.session.conftest import Keeper, ask
from tests.session.strange import flows, shapes


def without_ids(values: dict[str, Any]) -> dict[str, Any]:
    """The same flow without the ids of its nodes and edges, as text that tells 1 from 1.0 and true."""
    parts = {kind: [{**one, "id": ""} for one in values[kind]] for kind in ("nodes", "edges")}
    return {**values, **parts}


async def edited(session: Session, path: Path) -> bytes:
    """Open a file, move its last node, save it, and return what it holds."""
    peer = Keeper("p")
    state = await ask(session, peer, "flow.open", path=path.name)
    doc, last = state["workflow_id"], state["flow"]["nodes"][-1]["id"]
    await ask(session, peer, "flow.edit", doc, changes=[{"op": "moveNode", "id": last, "x": 12345.5, "y": 0.25}])
    await ask(session, peer, "flow.save", doc)
    await ask(session, peer, "flow.close", doc)
    return path.read_bytes()


@given(flows, st.sampled_from(["", "\ufeff"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_what_was_not_edited_is_kept(
    session: Session, values: dict[str, Any], mark: str, line_end: str, is_ascii: bool
) -> None:
    session.documents.clear()
    session.folders.flows.mkdir(parents=True, exist_ok=True)
    path = session.folders.flows / "a.flow.json"
    text = json.dumps(values, ensure_ascii=True, indent=2 if is_ascii else None).replace("\n", line_end)
    path.write_bytes((mark + text).encode())
    saved = await edited(session, path)
    before, after = without_ids(values), without_ids(json.loads(saved))
    before["nodes"][-1]["position"] |= {"x": 12345.5, "y": 0.25}
    assert json.dumps(after, sort_keys=True) == json.dumps(before, sort_keys=True)
    assert len({one["id"] for one in json.loads(saved)["nodes"]}) == len(values["nodes"])
    first = saved.decode()
    path.write_bytes(saved.replace(b"12345.5", b"7.5"))
    assert (await edited(session, path)).decode() == first
    path.unlink()
    path.with_name("a.flow.json.bak").unlink()


@pytest.mark.parametrize(
    "name", sorted(one.name for one in resource_path("flows").iterdir() if one.name.endswith(".flow.json"))
)
async def test_of_a_shipped_example_only_the_lines_of_the_edit_change(session: Session, name: str) -> None:
    session.folders.flows.mkdir(parents=True)
    path = session.folders.flows / "a.flow.json"
    content = (resource_path("flows") / name).read_bytes()
    path.write_bytes(content)
    before, after = content.decode().splitlines(), (await edited(session, path)).decode().splitlines()
    changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    assert [two.strip().rstrip(",") for _, two in changed] == ['"x": 12345.5', '"y": 0.25']


async def test_a_file_with_an_id_twice_is_open_as_unsaved_told_and_untouched_until_it_is_saved(
    session: Session,
) -> None:
    session.folders.flows.mkdir(parents=True)
    path = session.folders.flows / "a.flow.json"
    twice = [{"id": "a", "type": "log", "data": {"label": label}} for label in ("first", "second")]
    path.write_text(json.dumps({"id": "doc", "nodes": twice}), "utf-8")
    content, peer = path.read_bytes(), Keeper("p")
    session.connect(peer)
    state = await ask(session, peer, "flow.open", path=path.name)
    assert [(one["id"], one["data"]["label"]) for one in state["flow"]["nodes"]] == [("a", "first"), ("a2", "second")]
    assert state["modified"]
    assert [one["node_id"] for one in state["problems"] if one["code"] == "node.given_id"] == ["a2"]
    session.disconnect(peer)
    assert not session.documents  # nobody did anything that could be lost
    assert path.read_bytes() == content
    again = Keeper("q")
    await ask(session, again, "flow.open", path=path.name)
    await ask(session, again, "flow.save", "doc")
    saved = parse_flow(path.read_text("utf-8"))
    assert [(one.id, one.data.label) for one in saved.nodes] == [("a", "first"), ("a2", "second")]
    assert not session.documents["doc"].is_modified
    assert path.with_name("a.flow.json.bak").read_bytes() == content


@pytest.mark.parametrize("text", ["\\ud800", "a \\udfff b", "\\ude00\\ud83d"])
def test_half_a_character_is_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.flow.json"
    path.write_text(f'{{"id": "x", "name": "a", "nodes": [], "edges": [], "variables": {{"v": "{text}"}}}}', "utf-8")
    opened = open_flow(path)
    save_flow(opened.flow, path, opened.fingerprint)
    assert f'"v": "{text}"' in path.read_text("utf-8")
    assert open_flow(path).flow == opened.flow


@given(shapes, shapes)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_a_reload_shows_what_opening_would_and_is_undone(
    session: Session, before: dict[str, Any], after: dict[str, Any]
) -> None:
    session.documents.clear()
    session.folders.flows.mkdir(parents=True, exist_ok=True)
    path, peer = session.folders.flows / "a.flow.json", Keeper("p")
    path.write_text(json.dumps(after), "utf-8")
    opened = await ask(session, peer, "flow.open", path=path.name)
    await ask(session, peer, "flow.close", "doc")
    path.write_text(json.dumps(before), "utf-8")
    old = await ask(session, peer, "flow.open", path=path.name)
    path.write_text(json.dumps(after), "utf-8")
    read = await ask(session, peer, "flow.reload", "doc", action="reload")
    assert read["flow"] == opened["flow"]
    assert read["problems"] == opened["problems"]
    assert read["modified"] == opened["modified"]
    if read["undo"] is not None:
        await ask(session, peer, "flow.edit", "doc", action="undo")
        assert (await ask(session, peer, "flow.get", "doc"))["flow"] == old["flow"]
        await ask(session, peer, "flow.edit", "doc", action="redo")
        assert (await ask(session, peer, "flow.get", "doc"))["flow"] == opened["flow"]
    await ask(session, peer, "flow.close", "doc")
    path.unlink()


async def test_a_dangling_edge_is_labelled_led_elsewhere_removed_and_put_back(session: Session) -> None:
    session.folders.flows.mkdir(parents=True)
    path, peer = session.folders.flows / "a.flow.json", Keeper("p")
    dangling = [{"id": "e", "source": "a", "target": "gone"}]
    path.write_text(json.dumps({"id": "doc", "nodes": [{"id": "a", "type": "log"}], "edges": dangling}), "utf-8")

    def edge() -> Any:
        flow: Flow = session.documents["doc"].flow
        return [(one.source, one.target, (one.model_extra or {}).get("label")) for one in flow.edges]

    await ask(session, peer, "flow.open", path=path.name)
    steps: list[dict[str, Any]] = [
        {"op": "setEdge", "id": "e", "path": ["label"], "value": "yes"},
        {"op": "setEdge", "id": "e", "path": ["target"], "value": "a"},
        {"op": "removeEdge", "id": "e"},
    ]
    seen = [edge()]
    for step in steps:
        await ask(session, peer, "flow.edit", "doc", changes=[step])
        seen.append(edge())
    assert seen == [[("a", "gone", None)], [("a", "gone", "yes")], [("a", "a", "yes")], []]
    for expected in reversed(seen[:-1]):
        await ask(session, peer, "flow.edit", "doc", action="undo")
        assert edge() == expected
    with pytest.raises(FlowdeskError):  # who leads an edge to nowhere by mistake still hears of it
        await ask(session, peer, "flow.edit", "doc", changes=[{**steps[1], "value": "nowhere"}])
