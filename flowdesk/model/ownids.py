"""A flow in which one id stands for one node, and one for one edge, whatever its file holds. Pure.

A file that was merged or edited by hand may give one id twice. Who edits it needs to see and name both parts, so the later one
is given a new id; the former keeps its edges, references and place in a group.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.problem import Problem
from flowdesk.model.sentence import say


@dataclass(frozen=True, slots=True)
class GivenId:
    """A part of a flow that was given a new id."""

    what: Literal["node", "edge"]
    old: str
    new: str

    def problem(self) -> Problem:
        """Return what is told about it while the flow is open."""
        if self.what == "node":
            return Problem(
                "warning", "node.given_id",
                say('Another node has the id "{old}", so this one was given the id "{id}".', old=self.old, id=self.new),
                say('Edges and references lead to "{old}". Check both nodes, then save the flow.', old=self.old),
                node_id=self.new, field="id",
            )  # fmt: skip
        return Problem(
            "warning", "edge.given_id",
            say('Another edge has the id "{old}", so this one was given the id "{id}".', old=self.old, id=self.new),
            say("Check that both edges are wanted, then save the flow."), edge_id=self.new, field="id",
        )  # fmt: skip


def with_own_ids(flow: Flow) -> tuple[Flow, tuple[GivenId, ...]]:
    """Return a flow without a node or edge lost to another of the same id, and which were given a new one."""
    nodes, edges = {node.id for node in flow.nodes}, {edge.id for edge in flow.edges}
    if len(nodes) == len(flow.nodes) and len(edges) == len(flow.edges):
        return flow, ()
    given: list[GivenId] = []
    text = json.dumps(flow.to_json(), ensure_ascii=False)  # what names an id already must not mean another part now
    fields = {
        "nodes": tuple(_apart("node", flow.nodes, nodes, text, given)),
        "edges": tuple(_apart("edge", flow.edges, edges, text, given)),
    }
    return flow.model_copy(update=fields), tuple(given)


def _apart(
    what: Literal["node", "edge"],
    parts: tuple[Node, ...] | tuple[Edge, ...],
    taken: set[str],
    text: str,
    given: list[GivenId],
) -> Iterator[Node | Edge]:
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    for part in parts:
        if part.id not in seen:
            seen.add(part.id)
            yield part
            continue
        new = _free(part.id, taken, text, numbers)
        taken.add(new)
        given.append(GivenId(what, part.id, new))
        yield part.model_copy(update={"id": new})


def _free(old: str, taken: set[str], text: str, numbers: dict[str, int]) -> str:
    """Return ``ok2``, or the first of ``ok3``, ``ok4``, … that stands nowhere in the flow."""
    base = old.rstrip("0123456789") or f"{old}_"
    while True:
        number = numbers[base] = numbers.get(base, 1) + 1
        new = f"{base}{number}"
        if new not in taken and new not in text:
            return new


def problems_of_given(given: tuple[GivenId, ...], flow: Flow) -> Iterator[Problem]:
    """Yield what is told of the parts that were given an id and still have it."""
    ids: Mapping[str, Any] = {
        "node": {node.id for node in flow.nodes} if given else (),
        "edge": {edge.id for edge in flow.edges} if given else (),
    }
    return (one.problem() for one in given if one.new in ids[one.what])
