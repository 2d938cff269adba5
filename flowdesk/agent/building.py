"""The tools with which an assistant reads, builds and saves flows: undoable edits of the live document, as any editor's."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from flowdesk.agent import brief
from flowdesk.agent.tool import Arguments, Situation, Told, Tool
from flowdesk.agent.wiring import Edits, Step
from flowdesk.agent.words import words
from flowdesk.model.changes import Draft
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.reading import read_flow

OPTIONS = (
    "Every node may also have: disabled, retries, retryDelay (ms), onError stop/continue/branch (branch: wire its output error), "
    "delayAfter (ms), breakpoint, note. Text settings take {{variable}}, {{node.field}} of an earlier node's result, and "
    "expressions. Times are milliseconds."
)


class NodeTypes(Arguments):
    """What flows are built of.

    Without `types`: every node type in a line. With: all their settings, outputs and results. Read a type
    before you use it; `selectors` tells how targets are written, `functions` what may stand between {{ and }}.
    """

    types: list[str] = Field(
        default_factory=list, max_length=12, description="Types to read in full, e.g. click, input."
    )
    selectors: bool = Field(False, description="Also how targets are written.")
    functions: bool = Field(False, description="Also the functions of expressions.")


async def node_types(situation: Situation, arguments: NodeTypes) -> Told:
    """Tell the declarations of node types."""
    catalogue = situation.catalogue
    unknown = [name for name in arguments.types if catalogue.get(name) is None]
    if unknown:
        raise RequestInvalid(
            words('Unknown node type "{type}".', type=unknown[0]),
            words("Call node_types without types for the list."),
        )
    lines = list(brief.type_lines([catalogue[name] for name in arguments.types]))
    if not arguments.types and not (arguments.selectors or arguments.functions):
        lines += brief.types_lines(catalogue)
    lines.append(OPTIONS)
    if arguments.selectors or arguments.functions:
        told = await situation.link.request("node.types")
        if arguments.selectors:
            lines += [
                f"{one['examples'][0] if one['examples'] else one['name']}: {one['doc']}" for one in told["engines"]
            ]
        if arguments.functions:
            lines += [f"{one['usage']}: {one['help']}" for one in told["functions"]]
    return Told(brief.shortened(lines, "… {count} more lines: ask for fewer types.", most=6_000))


class Flows(Arguments):
    """The flows: those that are open now (with unsaved edits and runs), and the files that can be opened."""


async def flows(situation: Situation, arguments: Flows) -> Told:
    """List flows."""
    listed = await situation.link.request("flow.list")
    status = await situation.link.request("system.status")
    running = {run["workflow_id"]: run["status"] for run in status["runs"] or [] if run["status"] in _UNDER_WAY}
    lines = []
    for one in listed["open"]:
        told = [f'open: {one["workflow_id"]} "{one["name"]}"', one["path"] or "not saved yet"]
        told += ["unsaved edits"] if one["modified"] else []
        told += [running[one["workflow_id"]]] if one["workflow_id"] in running else []
        lines.append(", ".join(told))
    lines += [f"file: {one['path']}" for one in listed["files"]]
    return Told(brief.shortened(lines or ["There are no flows yet: open_flow makes one."], "… and {count} more"))


_UNDER_WAY = frozenset({"pending", "running", "pausing", "paused", "stopping"})


class OpenFlow(Arguments):
    """Open a flow, so that you can read, change and run it: a file of the flows folder by `path`, or a new one by `name`.

    Answers with its id, which the other tools take as `flow`, and its nodes. A new flow holds one node, start.
    """

    path: str | None = Field(None, description="A file as flows lists it.")
    name: str | None = Field(None, min_length=1, max_length=120, description="The name of a new flow.")


async def open_flow(situation: Situation, arguments: OpenFlow) -> Told:
    """Open a flow."""
    if (arguments.path is None) == (arguments.name is None):
        raise RequestInvalid(
            words("One of path and name is needed."), words("Give a file's path, or a name for a new flow.")
        )
    if arguments.path is not None:
        state = await situation.link.request("flow.open", {"path": arguments.path})
    else:
        assert arguments.name is not None
        start = {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}}
        flow = {"name": arguments.name, "nodes": [start], "edges": []}
        state = await situation.link.request("flow.open", {"flow": flow}, await _free_id(situation, arguments.name))
    return Told(_outline(state))


async def _free_id(situation: Situation, name: str) -> str:
    """Return an id for a new flow that can be read, and is free."""
    base = re.sub(r"[^\w]+", "-", name.casefold()).strip("-")[:40] or "flow"
    taken = {one["workflow_id"] for one in (await situation.link.request("flow.list"))["open"]}
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found


class ReadFlow(Arguments):
    """Read an open flow: its variables, its nodes with their settings and where they lead, and every problem with the fix that validation knows.

    With `nodes` only those, with whole values.
    """

    flow: str = Field(description="The id of the open flow.")
    nodes: list[str] = Field(default_factory=list, description="Ids of nodes to read in full.")


async def read(situation: Situation, arguments: ReadFlow) -> Told:
    """Tell what a flow is."""
    state = await situation.link.request("flow.get", {}, arguments.flow)
    ids = {node["id"] for node in state["flow"]["nodes"]}
    for node_id in arguments.nodes:
        if node_id not in ids:
            raise RequestInvalid(
                words('Node "{id}" not found.', id=node_id), words("It has {ids}.", ids=", ".join(sorted(ids)[:40]))
            )
    return Told(_outline(state, arguments.nodes))


def _outline(state: dict[str, Any], nodes: Sequence[str] = ()) -> str:
    flow = read_flow(state["flow"])
    saved = f"saved in {state['path']}" if state["path"] else "not saved yet"
    head = f'{state["workflow_id"]} "{flow.name}", revision {state["revision"]}, {saved}'
    head += ", with unsaved edits" if state["modified"] and state["path"] else ""
    lines = [head, *brief.flow_lines(flow, nodes), *brief.problem_lines(state["problems"])]
    return brief.shortened(lines, "… {count} more lines: read_flow with nodes tells single ones.")


class EditFlow(Arguments):
    """Change an open flow.

    All of one call is one undoable step, applied whole or not at all, in this order: remove, disconnect, add,
    connect, set. `add` takes nodes in their order, each put behind the one before. Answers with the new nodes'
    ids and the problems that are left, each with its fix. People see the edits as they happen and may edit too.
    """

    flow: str = Field(description="The id of the open flow.")
    add: list[Step] = Field(default_factory=list, max_length=200, description="Nodes to add.")
    set: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description='Settings by node id: {"click1": {"selector": "text=OK", "label": "OK"}}; null removes.',
    )
    connect: list[str] = Field(
        default_factory=list, description="Edges to add: `click1 -> wait1`, `if1.true -> click2`."
    )
    disconnect: list[str] = Field(default_factory=list, description="Edges to remove, written the same.")
    remove: list[str] = Field(default_factory=list, description="Ids of nodes to remove; their neighbors are joined.")
    variables: dict[str, Any] = Field(default_factory=dict, description="Variables to set; null removes.")
    name: str | None = Field(None, description="The flow's name.")
    pictures: dict[str, tuple[int, int, int, int]] = Field(
        default_factory=dict,
        description='Pictures of the desktop to keep for image= selectors: {"ok.png": [x, y, width, height]}.',
    )
    action: Literal["edit", "undo", "redo"] = Field(
        "edit", description="undo takes back your last step, redo does it again."
    )
    label: str = Field("", max_length=80, description="What the step is called in the Undo menu.")


async def edit_flow(situation: Situation, arguments: EditFlow) -> Told:
    """Edit a flow."""
    link = situation.link
    state = await link.request("flow.get", {}, arguments.flow)
    if arguments.action != "edit":
        await link.request("flow.edit", {"action": arguments.action}, arguments.flow)
        return Told(_outline(await link.request("flow.get", {}, arguments.flow)))
    edits = Edits(Draft(read_flow(state["flow"])), situation.catalogue)
    _collect(edits, arguments)
    for name, box in arguments.pictures.items():
        shot = await link.request("desktop.screenshot", {"region": box, "format": "png"})
        await link.request("asset.put", {"name": name, "data": shot["data"]}, arguments.flow)
    if not edits.changes and not arguments.pictures:
        raise RequestInvalid(
            words("Nothing was to be changed."), words("Give add, set, connect, disconnect, remove or variables.")
        )
    if edits.changes:
        label = arguments.label or f"Edit {len(edits.changes)} things"
        asked = {"changes": edits.changes, "base_revision": state["revision"], "label": label}
        await link.request("flow.edit", asked, arguments.flow)
    after = await link.request("flow.get", {}, arguments.flow)
    lines = [f"Revision {after['revision']}."]
    if edits.added:
        lines.append(f"Added: {', '.join(edits.added)}.")
    lines += list(brief.problem_lines(after["problems"])) or ["No problems."]
    return Told(brief.shortened(lines, "… {count} more problems: read_flow tells them."))


def _collect(edits: Edits, arguments: EditFlow) -> None:
    edits.remove(arguments.remove)
    for way in arguments.disconnect:
        edits.disconnect(way)
    before: str | None = None
    for step in arguments.add:
        if step.after is None and before is None and not step.loose:
            before = _last(edits.draft)
        before = edits.add(step, before)
    for way in arguments.connect:
        edits.connect(way)
    for node_id, values in arguments.set.items():
        edits.settings(node_id, values)
    edits.variables(arguments.variables)
    if arguments.name is not None:
        edits.of_flow("name", arguments.name)


def _last(draft: Draft) -> str | None:
    """Return the node that a flow ends with, where there is just one: what is added goes behind it."""
    sources = {edge.source for edge in draft.edges.values()}
    ends = [node_id for node_id in draft.nodes if node_id not in sources]
    return ends[0] if len(ends) == 1 else None


class SaveFlow(Arguments):
    """Save an open flow.

    People find it in the flows folder, and it runs next time without you.
    """

    flow: str = Field(description="The id of the open flow.")
    path: str | None = Field(None, description="The file's name for the first time, e.g. fill-the-form.flow.json.")


async def save_flow(situation: Situation, arguments: SaveFlow) -> Told:
    """Save a flow."""
    state = await situation.link.request("flow.get", {}, arguments.flow)
    path = arguments.path
    if path is None and state["path"] is None:
        words = re.sub(r"[^\w -]+", " ", state["flow"].get("name") or arguments.flow).strip()
        path = f"{words or 'flow'}.flow.json"
    saved = await situation.link.request("flow.save", {"path": path}, arguments.flow)
    return Told(f"Saved as {saved['path']}.")


BUILDING = (
    Tool("node_types", NodeTypes, node_types),
    Tool("flows", Flows, flows),
    Tool("open_flow", OpenFlow, open_flow),
    Tool("read_flow", ReadFlow, read),
    Tool("edit_flow", EditFlow, edit_flow, changes=True),
    Tool("save_flow", SaveFlow, save_flow, changes=True),
)
