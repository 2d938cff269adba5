"""Several editors rename nodes at once: one wins, the other is told, and no reference dangles."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowdesk.model.document import Document
from flowdesk.model.errors import ChangeRefused, StaleRevision
from flowdesk.model.flow import Flow
from flowdesk.model.reading import read_flow
from flowdesk.model.templates import Reference, pieces, texts_in
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import EditFlow, Role
from flowdesk.session.documents import LiveDocument
from flowdesk.session.journal import Journal
from flowdesk.session.session import Session
from tests.session.conftest import ask, flow_json
from tests.session.test_desk import Tab, opened

PROGRAM = "result = '{{a.rows}}'"


def shown(node_id: str, text: str, kind: str = "log", key: str = "message") -> dict[str, Any]:
    return {"id": node_id, "type": kind, "data": {"label": "", "config": {key: text}}}


def flow() -> dict[str, Any]:
    steps = (
        shown("a", "x", "readTable", "path"),
        shown("b", "{{a.rows}}"),
        shown("c", "{{ a.count + b.n }}"),
        {"id": "s", "type": "script", "data": {"label": "", "config": {"code": PROGRAM, "input": "{{c}}"}}},
    )
    return flow_json(*steps)


def dangling(now: Flow) -> list[str]:
    ids = {node.id for node in now.nodes}
    found = []
    for node in now.nodes:
        literal = builtin_catalogue().literal_keys(node.type)
        for text in texts_in({key: value for key, value in node.config.items() if key not in literal}):
            heads = {piece.head for piece in pieces(text) if isinstance(piece, Reference) and piece.is_strict}
            found += [f"{node.id}: {text}" for head in heads - ids]
    return found


async def test_of_two_names_for_one_node_the_first_stays_and_the_other_person_is_told_both(session: Session) -> None:
    mei, li = Tab("mei", "Mei"), Tab("li", "Li")
    doc = await opened(session, mei, flow=flow())
    session.connect(li)
    revision = session.documents[doc].document.revision

    def rename(to: str, node_id: str = "a") -> list[dict[str, Any]]:
        return [{"op": "renameNode", "id": node_id, "to": to}]

    await ask(session, mei, "flow.edit", doc, changes=rename("orders"), base_revision=revision)
    with pytest.raises(StaleRevision) as refused:
        await ask(session, li, "flow.edit", doc, changes=rename("sales"), base_revision=revision)
    (conflict,) = refused.value.details["conflicts"]
    assert (conflict["yours"], conflict["theirs"], conflict["path"]) == ("sales", "orders", ["id"])
    now = session.documents[doc]
    assert [node.id for node in now.flow.nodes] == ["start", "orders", "b", "c", "s"]
    assert dangling(now.flow) == []
    text = {"op": "setNode", "id": "s", "path": ["data", "config", "input"], "value": "{{a.rows}}"}
    await ask(session, li, "flow.edit", doc, changes=[text], base_revision=revision)
    assert now.flow.node("s").config == {"code": PROGRAM, "input": "{{orders.rows}}"}
    # Li insists: the page and the window send the same edit again, for what they have seen now.
    again = refused.value.details["revision"]
    await ask(session, li, "flow.edit", doc, changes=rename("sales"), base_revision=again)
    assert now.flow.node("b").config["message"] == "{{sales.rows}}"
    assert now.flow.node("s").config == {"code": PROGRAM, "input": "{{sales.rows}}"}


STEPS = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["rename", "rename", "text", "label", "undo", "redo", "look", "look"]),
    st.integers(0, 4),
    st.integers(0, 6),
)


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=25))
def test_no_reference_dangles_whatever_three_people_do_at_once(steps: list[tuple[int, str, int, int]]) -> None:
    start = read_flow(flow())
    live = LiveDocument("w", Document(start), Journal("w"), builtin_catalogue(), Path())
    people = [Tab(name, name, Role.RUN) for name in ("mei", "li", "tom")]
    seen: list[tuple[int, Flow]] = [(0, start)] * 3
    for who, act, one, other in steps:
        revision, view = seen[who]
        ids = [node.id for node in view.nodes if node.id != "start"]
        request = asked(act, ids, view, one, other)
        if request is not None and ids:
            with contextlib.suppress(ChangeRefused, StaleRevision):
                edit = EditFlow.model_validate({**request, "base_revision": revision})
                asyncio.run(live.edit(people[who], edit))
        seen[who] = (live.document.revision, live.flow) if act == "look" else seen[who]
        assert dangling(live.flow) == []
        assert all(n.config.get("code", PROGRAM) == PROGRAM for n in live.flow.nodes)
        known = {node.id for node in live.flow.nodes}
        assert all({edge.source, edge.target} <= known for edge in live.flow.edges)


def asked(act: str, ids: list[str], view: Flow, one: int, other: int) -> dict[str, Any] | None:
    """What a person asks for who sees these nodes."""
    if act in {"undo", "redo"}:
        return {"action": act, "force": other % 2 == 0}
    if act == "look" or not ids:
        return None
    node, target = ids[one % len(ids)], ids[other % len(ids)]
    if act == "rename":
        return {"changes": [{"op": "renameNode", "id": node, "to": f"n{other}"}]}
    if act == "label":
        return {"changes": [{"op": "setNode", "id": node, "path": ["data", "label"], "value": f"L{other}"}]}
    if act == "text":
        key = "path" if view.node(node).type == "readTable" else "message"
        key = "input" if view.node(node).type == "script" else key
        value = f"{{{{{target}.x}}}}"
        return {"changes": [{"op": "setNode", "id": node, "path": ["data", "config", key], "value": value}]}
    return None
