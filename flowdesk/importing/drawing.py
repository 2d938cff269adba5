"""Draws a flow from left to right while a script is read: each step in a column of its own, bodies a row below."""

from dataclasses import dataclass
from typing import Any

from flowdesk.importing.report import Untaken
from flowdesk.model.config import read_config
from flowdesk.model.errors import SelectorError
from flowdesk.model.flow import Edge, Flow, Node, NodeBody, Position
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import say
from flowdesk.model.templates import problems_in, texts_in

COLUMN, ROW = 260, 170
MOST_COLUMNS = 12
"""After so many columns the main line goes on below."""
MOST_NODES = 2_000
NOTE_SIZE = (230, 130)
LONGEST_NOTE = 600

Out = tuple[str, str]
"""A node and one of its outputs."""


@dataclass(frozen=True)
class Mark:
    """How far a drawing was."""

    nodes: int


class Drawing:
    """A flow that is being drawn. ``outs`` are the outputs that lead to what is drawn next."""

    def __init__(self, catalogue: Catalogue, name: str) -> None:
        """Begin with a start node."""
        self._catalogue = catalogue
        self.name = name
        self.variables: dict[str, Any] = {}
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.notes: dict[str, dict[str, Any]] = {}
        self.depth = 0
        self._column = 0
        self._base = 0
        self._deepest = 0
        self._counts: dict[str, int] = {}
        self.outs: list[Out] = []
        self._function = ""
        """The function that is being drawn; empty for the main line."""
        self._members: dict[str, str] = {}
        """The function that each node and note is in."""
        self.add("start", {}, "Start")

    def free_name(self, wanted: str) -> str:
        """Return the name of a new function."""
        taken = {node.config.get("function") for node in self.nodes if node.type == "function"}
        number, name = 1, wanted
        while name in taken:
            number += 1
            name = f"{wanted} {number}"
        return name

    def begin_function(self, name: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
        """Draw what comes next as a function, below all else. Returns what ``end_function`` goes back to."""
        outer = self.outs, self._function, (self.depth, self._column, self._base, self._deepest)
        self.outs, self._function = [], name
        self.depth = self._column = self._base = self._deepest = 0
        self.add("function", {"function": name, **({"parameters": parameters} if parameters else {})}, name)
        return outer

    def end_function(self, outer: tuple[Any, ...]) -> None:
        """Go on where the function is called."""
        self.outs, self._function, (self.depth, self._column, self._base, self._deepest) = outer

    @property
    def is_full(self) -> bool:
        """Whether a flow larger than this helps nobody."""
        return len(self.nodes) >= MOST_NODES

    @property
    def is_reached(self) -> bool:
        """Whether anything leads to what is drawn next."""
        return bool(self.outs)

    def add(self, kind: str, config: dict[str, Any], label: str, *, outs: tuple[str, ...] | None = None) -> str:
        """Draw a node after what was drawn last and return its id. Its first output leads on, or ``outs``.

        Raises:
            Untaken: If the node would not be valid: nothing is drawn that does not validate.
        """
        self._check(kind, config)
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        node_id = "start" if kind == "start" else f"{kind}{number}"
        x, y = self._place()
        body = NodeBody(label=label[:80], config=config)
        self._members[node_id] = self._function
        self.nodes.append(Node(id=node_id, type=kind, position=Position(x=x, y=y), data=body))
        for source, handle in dict.fromkeys(self.outs):
            self.edges.append(
                Edge(id=f"e{len(self.edges) + 1}", source=source, target=node_id, sourceHandle=handle or None)
            )
        declared = self._catalogue[kind].outputs_of(config)
        self.outs = [(node_id, out) for out in (declared[:1] if outs is None else outs)]
        return node_id

    def _check(self, kind: str, config: dict[str, Any]) -> None:
        declared = self._catalogue[kind]
        for text in texts_in(config):
            for problem in problems_in(text, self._catalogue.functions):
                raise Untaken("expression", problem.message)
        _, faults = read_config(declared.config, config)
        for name, fault in faults:
            raise Untaken("setting", say("{field}: {reason}", field=name, reason=fault))
        for key in declared.target_keys:
            found = config.get(key)
            for selector in found if isinstance(found, list) else [found]:
                if isinstance(selector, str) and selector and "{{" not in selector:
                    try:
                        parse_selector(selector)
                    except SelectorError as error:
                        raise Untaken("target", error.message) from error

    def note(self, text: str) -> None:
        """Write a note at the place of what comes next."""
        x, y = self._place()
        width, height = NOTE_SIZE
        key = f"note{len(self.notes) + 1}"
        self._members[key] = self._function
        if len(text) > LONGEST_NOTE:
            text = f"{text[:LONGEST_NOTE]}…"
        self.notes[key] = {"x": x, "y": y, "width": width, "height": height, "text": text, "color": "yellow"}

    def places(self) -> tuple[Any, ...]:
        """Return where it is, and what leads on."""
        return dict(self._counts), [*self.outs], (self.depth, self._column, self._base, self._deepest)

    def go_to(self, places: tuple[Any, ...]) -> None:
        """Go on from where it was."""
        counts, outs, (self.depth, self._column, self._base, self._deepest) = places
        self._counts, self.outs = dict(counts), [*outs]

    def mark(self) -> Mark:
        """Remember how far it is."""
        return Mark(len(self.nodes))

    def failures(self, since: Mark) -> list[Out]:
        """Return the outputs by which nodes drawn since a mark fail, where nothing hangs on them yet."""
        taken = {(edge.source, edge.source_handle) for edge in self.edges}
        outs = [
            (node.id, out)
            for node in self.nodes[since.nodes :]
            if self._members[node.id] == self._function
            for out in self._catalogue[node.type].outputs_of(node.config)
        ]
        return [one for one in outs if one[1] in {"error", "timeout"} and one not in taken]

    def flow(self, description: str) -> Flow:
        """Return what was drawn."""
        groups = self._put_functions_below()
        extra: dict[str, Any] = {
            **({"notes": self.notes} if self.notes else {}),
            **({"groups": groups} if groups else {}),
        }
        if any("argv" in text for node in self.nodes for text in texts_in(node.config)):
            self.variables.setdefault("argv", [self.name])  # what a script was started with; a subflow is given its own
        return Flow(
            name=self.name, description=description, variables=self.variables,
            nodes=tuple(self.nodes), edges=tuple(self.edges), **extra,
        )  # fmt: skip

    def _put_functions_below(self) -> dict[str, dict[str, Any]]:
        """Move each function below what is above it, and return the groups around them."""
        groups: dict[str, dict[str, Any]] = {}
        lowest = self._lowest("")
        for name in dict.fromkeys(node.config["function"] for node in self.nodes if node.type == "function"):
            down = lowest + 2 * ROW
            for place, node in enumerate(self.nodes):
                if self._members[node.id] == name:
                    moved = Position(x=node.position.x, y=node.position.y + down)
                    self.nodes[place] = node.model_copy(update={"position": moved})
            for key, note in self.notes.items():
                if self._members[key] == name:
                    self.notes[key] = {**note, "y": note["y"] + down}
            lowest = self._lowest(name)
            inside = [node for node in self.nodes if self._members[node.id] == name]
            width = max(node.position.x for node in inside) + COLUMN
            box = {"x": -24, "y": down - 60, "width": width, "height": lowest - down + ROW}
            groups[f"group{len(groups) + 1}"] = {"title": name, "color": "purple", **box, "nodes": [node.id for node in inside], "collapsed": False}  # fmt: skip
        return groups

    def _lowest(self, function: str) -> float:
        return max((node.position.y for node in self.nodes if self._members[node.id] == function), default=0)

    def _place(self) -> tuple[int, int]:
        if self.depth == 0 and self._column >= MOST_COLUMNS:
            self._base += (self._deepest + 1) * ROW + ROW // 2
            self._column = self._deepest = 0
        self._deepest = max(self._deepest, self.depth)
        place = self._column * COLUMN, self._base + self.depth * ROW
        self._column += 1
        return place
