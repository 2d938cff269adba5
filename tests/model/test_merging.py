"""Two people change one flow: what is independent is there whole, what is not is said, and nothing is lost unsaid."""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from flowdesk.model.flow import Flow
from flowdesk.model.merging import merge
from flowdesk.nodes import builtin_catalogue

CATALOGUE = builtin_catalogue()
Json = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """A change, and what it touches; ``None`` where there is nothing to change any more."""

    name: str
    touches: frozenset[str]
    apply: Callable[[Json], Json | None]


def node_of(flow: Json, node_id: str) -> Json | None:
    return next((node for node in flow["nodes"] if node["id"] == node_id), None)


def edge(source: str, target: str) -> Json:
    return {"id": f"{source}-{target}", "source": source, "target": target, "sourceHandle": None, "targetHandle": None}


def new_node(node_id: str, text: str) -> Json:
    return {
        "id": node_id, "type": "log", "position": {"x": 10, "y": 10}, "data": {"label": node_id, "config": {"message": text}},
    }  # fmt: skip


def base_flow(rng: random.Random) -> Json:
    names = ["start", *(f"n{number}" for number in range(rng.randint(3, 8)))]
    nodes = [new_node(name, "before") for name in names]
    nodes[0] = {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}}
    edges = [edge(one, other) for one, other in pairwise(names)]
    return {
        "flowdesk": 1, "id": "f", "name": "F", "description": "", "variables": {"a": 1, "b": [1]}, "nodes": nodes, "edges": edges,
        "notes": {"note": {"text": "Ask", "x": 0, "y": 0}}, "groups": {"g": {"title": "G", "nodes": names[1:3]}}, "stranger": {"k": 1},
    }  # fmt: skip


def on(flow: Json, node_id: str, act: Callable[[Json], None]) -> Json | None:
    changed = copy.deepcopy(flow)
    node = node_of(changed, node_id)
    if node is None:
        return None
    act(node)
    return changed


def setting(node_id: str, key: str, value: Any) -> Edit:
    def act(node: Json) -> None:
        node["data"]["config"][key] = value

    return Edit(
        f"{node_id}.{key}={value}",
        frozenset({f"node:{node_id}", f"set:{node_id}.{key}"}),
        lambda flow: on(flow, node_id, act),
    )


def label(node_id: str, value: str) -> Edit:
    def act(node: Json) -> None:
        node["data"]["label"] = value

    return Edit(
        f"label {node_id}", frozenset({f"node:{node_id}", f"set:{node_id}"}), lambda flow: on(flow, node_id, act)
    )


def move(node_id: str, x: int) -> Edit:
    def act(node: Json) -> None:
        node["position"] = {"x": x, "y": 3}

    return Edit(f"move {node_id}", frozenset({f"node:{node_id}", f"at:{node_id}"}), lambda flow: on(flow, node_id, act))


def insert(after: str, node_id: str) -> Edit:
    def apply(flow: Json) -> Json | None:
        changed = copy.deepcopy(flow)
        if node_of(changed, after) is None or node_of(changed, node_id) is not None:
            return None
        changed["nodes"].append(new_node(node_id, "new"))
        for one in changed["edges"]:
            if one["source"] == after:
                one["source"] = node_id
                one["id"] = f"{node_id}-{one['target']}"
        changed["edges"].append(edge(after, node_id))
        return changed

    return Edit(
        f"insert {node_id} after {after}", frozenset({f"port:{after}", f"node:{after}", f"new:{node_id}"}), apply
    )


def remove(node_id: str, base: Json) -> Edit:
    before = {one["source"] for one in base["edges"] if one["target"] == node_id}
    after = {one["target"] for one in base["edges"] if one["source"] == node_id}

    def apply(flow: Json) -> Json | None:
        changed = copy.deepcopy(flow)
        if node_of(changed, node_id) is None:
            return None
        goals = [one["target"] for one in changed["edges"] if one["source"] == node_id]
        sources = [one["source"] for one in changed["edges"] if one["target"] == node_id]
        changed["nodes"] = [node for node in changed["nodes"] if node["id"] != node_id]
        changed["edges"] = [one for one in changed["edges"] if node_id not in (one["source"], one["target"])]
        changed["edges"] += [edge(source, goal) for source in sources for goal in goals]
        for group in changed["groups"].values():
            group["nodes"] = [member for member in group["nodes"] if member != node_id]
        return changed

    touches = {
        f"whole:{node_id}",
        *(f"port:{name}" for name in before | {node_id}),
        *(f"node:{name}" for name in before | after),
    }
    return Edit(f"remove {node_id}", frozenset(touches), apply)


def field(path: tuple[str, ...], value: Any) -> Edit:
    def apply(flow: Json) -> Json | None:
        changed = copy.deepcopy(flow)
        holder = changed
        for key in path[:-1]:
            holder = holder.setdefault(key, {})
        if value is None:
            holder.pop(path[-1], None)
        else:
            holder[path[-1]] = value
        return changed

    return Edit(f"{path}={value}", frozenset({f"field:{'/'.join(path)}"}), apply)


def join_group(node_id: str) -> Edit:
    def apply(flow: Json) -> Json | None:
        changed = copy.deepcopy(flow)
        if node_of(changed, node_id) is None:
            return None
        members = changed["groups"]["g"]["nodes"]
        if node_id not in members:
            members.append(node_id)
        return changed

    return Edit(f"group {node_id}", frozenset({f"node:{node_id}", f"member:{node_id}"}), apply)


def some_edit(rng: random.Random, base: Json, side: str, number: int) -> Edit:
    name = rng.choice([node["id"] for node in base["nodes"][1:]])
    value = f"{side}{number}" if rng.random() < 0.8 else "both"
    made: list[Callable[[], Edit]] = [
        lambda: setting(name, rng.choice(["message", "retries", "x", "note"]), value),
        lambda: label(name, value),
        lambda: move(name, rng.randint(1, 9) * (1 if side == "a" else 100)),
        lambda: insert(rng.choice(["start", name]), f"{side}new{number}"),
        lambda: remove(name, base),
        lambda: field(("variables", rng.choice("abcd")), rng.choice([value, None, 1])),
        lambda: field(("notes", "note", rng.choice(["text", "color"])), value),
        lambda: field(("notes", f"{side}{number}"), {"text": value, "x": 1, "y": 1}),
        lambda: field((rng.choice(["description", "name"]),), value),
        lambda: field(("stranger", rng.choice("kl")), value),
        lambda: field(("groups", "g", "title"), value),
        lambda: join_group(name),
    ]
    return rng.choice(made)()


def clash(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same thing, or one takes away what the other touches."""
    removed = {each.removeprefix("whole:") for edit in (one,) for each in edit.touches if each.startswith("whole:")}
    taken = {each.removeprefix("whole:") for each in other.touches if each.startswith("whole:")}
    shared = {each for each in one.touches & other.touches if not each.startswith("node:")}
    return bool(
        shared
        or any(f"node:{name}" in other.touches or f"whole:{name}" in other.touches for name in removed)
        or any(f"node:{name}" in one.touches for name in taken)
    )


def plain(flow: Json, *, has_places: bool) -> Json:
    """A flow without what means nothing: the order of nodes, edges and members, ids of edges."""
    written = Flow.model_validate(flow).to_json()
    nodes = {}
    for node in written["nodes"]:
        nodes[node["id"]] = {key: value for key, value in node.items() if has_places or key != "position"}
    edges = sorted((one["source"], one["sourceHandle"] or "", one["target"]) for one in written["edges"])
    groups = {name: {**group, "nodes": sorted(group["nodes"])} for name, group in written["groups"].items()}
    return {**written, "nodes": nodes, "edges": edges, "groups": groups}


def applied(flow: Json, edits: list[Edit]) -> Json | None:
    result: Json | None = flow
    for edit in edits:
        result = edit.apply(result) if result is not None else None
    return result


def pair(seed: int) -> tuple[Json, list[Edit], list[Edit]]:
    rng = random.Random(seed)
    base = base_flow(rng)
    sides: list[list[Edit]] = []
    for side in "ab":
        edits: list[Edit] = []
        for number in range(rng.randint(1, 3)):
            edit = some_edit(rng, base, side, number)
            if not any(clash(edit, other) or clash(other, edit) for other in edits):
                edits.append(edit)
        sides.append(edits)
    return base, sides[0], sides[1]


@pytest.mark.parametrize("block", range(10))
def test_five_hundred_pairs_of_changes(block: int) -> None:
    clean = 0
    for seed in range(block * 50, block * 50 + 50):
        base, one, other = pair(seed)
        ours, theirs = applied(base, one), applied(base, other)
        assert ours is not None
        assert theirs is not None
        told = f"seed {seed}: {[edit.name for edit in one]} beside {[edit.name for edit in other]}"
        before, first, second = map(Flow.model_validate, (base, ours, theirs))
        merged, swapped = merge(before, first, second, CATALOGUE), merge(before, second, first, CATALOGUE)
        told += f" {list(map(str, merged.conflicts))}"
        is_independent = not any(clash(edit, each) for edit in one for each in other)
        assert bool(merged.conflicts) == bool(swapped.conflicts), told
        for side in (merged.ours, merged.theirs):
            assert Flow.model_validate(json.loads(json.dumps(side))).nodes, told
        if is_independent:
            assert not merged.conflicts, told
            both = applied(base, [*one, *other])
            assert both is not None, told
            assert plain(merged.ours, has_places=True) == plain(both, has_places=True), told
        if not merged.conflicts:
            clean += 1
            assert merged.ours == merged.theirs, told
            orders = [applied(base, [*one, *other]), applied(base, [*other, *one])]
            wanted = [plain(flow, has_places=False) for flow in orders if flow is not None]
            assert not wanted or plain(merged.ours, has_places=False) in wanted, told
            if None not in orders:
                continue
            # one side removed what the other removed or only moved
            assert {node["id"] for node in merged.ours["nodes"]} <= {
                node["id"] for node in [*ours["nodes"], *theirs["nodes"]]
            }, told
    assert 10 < clean < 50
