"""Node types and flows for the tests of the canvas."""

from collections.abc import Iterable
from typing import Any

from flowdesk.model.config import Config
from flowdesk.model.flow import Edge, Flow, Node, NodeBody, Position
from flowdesk.model.nodetype import Catalogue, Kind, NodeType


class AnyConfig(Config):
    """A config for pictures."""


async def nothing(run: object, config: object) -> None:
    """Do nothing."""


def _type(
    name: str, category: str, icon: str, summary: str, outputs: Iterable[str], kind: Kind = "action", title: str = ""
) -> NodeType:
    return NodeType(
        id=name,
        config=AnyConfig,
        run=nothing,
        category=category,
        title=title or name.capitalize(),
        summary=summary,
        doc=f"The {name} node.",
        icon=icon,
        outputs=tuple(outputs),
        kind=kind,
    )


CATALOGUE = Catalogue(
    (
        _type("start", "flow", "play", "{appName}", ["default"], "start"),
        _type("click", "mouse", "mouse-pointer-click", "{clickType} click {selector}", ["default", "error"]),
        _type("input", "keyboard", "keyboard", "“{text}” into {selector}", ["default", "error"], title="Type text"),
        _type("wait", "flow", "clock", "{duration} ms", ["default", "timeout"]),
        _type("condition", "flow", "split", "{selector} {operator}", ["true", "false", "error"], "branch"),
        _type("loop", "flow", "repeat", "{type} {count}", ["body", "done"], "loop"),
        _type("screenshot", "screen", "camera", "{filename}", ["default", "error"]),
        _type("window", "windows", "app-window", "{title}", ["default", "error"]),
        _type("setVariable", "data", "variable", "{name} = {value}", ["default", "error"], title="Set variable"),
        _type("http", "network", "globe", "{url}", ["default", "error"]),
        _type("file", "files", "file-text", "{path}", ["default", "error"]),
        _type("prompt", "people", "message-circle-question", "{question}", ["default", "error"]),
        _type("end", "flow", "flag", "", [], "end"),
    )
)


def node(node_id: str, type_name: str = "click", x: float = 0, y: float = 0, **config: Any) -> Node:
    """Make a node."""
    label = config.pop("label", node_id)
    return Node(id=node_id, type=type_name, position=Position(x=x, y=y), data=NodeBody(label=label, config=config))


def edge(edge_id: str, source: str, target: str, handle: str | None = None) -> Edge:
    """Make an edge."""
    return Edge(id=edge_id, source=source, target=target, sourceHandle=handle)


def chain() -> Flow:
    """Return start, click, input, one after another, and a lone wait below."""
    return Flow(
        id="chain",
        nodes=(
            node("s", "start", 0, 0),
            node("a", "click", 260, 0, selector="button[name='OK']"),
            node("b", "input", 520, 0, text="hello"),
            node("lone", "wait", 260, 200, duration=300),
        ),
        edges=(edge("e1", "s", "a"), edge("e2", "a", "b")),
    )


def grid(count: int, columns: int = 100) -> Flow:
    """Return a flow of many nodes in rows, each leading to the next and every fifth to the row below."""
    kinds = ["click", "input", "wait", "screenshot", "setVariable", "window", "http", "file"]
    nodes = [
        node(
            f"n{i}",
            kinds[i % len(kinds)] if i else "start",
            (i % columns) * 240,
            (i // columns) * 120,
            label=f"Step {i}",
        )
        for i in range(count)
    ]
    edges = [edge(f"e{i}", f"n{i}", f"n{i + 1}") for i in range(count - 1) if (i + 1) % columns]
    edges += [edge(f"d{i}", f"n{i}", f"n{i + columns}", "error") for i in range(0, count - columns, 5) if i % columns]
    return Flow(id="grid", nodes=tuple(nodes), edges=tuple(edges))
