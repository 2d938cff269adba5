"""Reads tools whose scripts are lists of steps: jumps to lines and labels, blocks, and notes for what was not taken."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowdesk.importing.drawing import Drawing, Out
from flowdesk.importing.report import Left, Report, Untaken
from flowdesk.model.flow import Edge
from flowdesk.model.sentence import say
from flowdesk.model.templates import MARK

_WORD = re.compile(r"[^\W\d]\w*")
_COMPARED = re.compile(r"^\s*(.+?)\s*(===|!==|==|!=|<>|>=|<=|=|<|>)\s*(.+?)\s*$")
_OPERATORS = {
    "==": "eq", "===": "eq", "=": "eq", "!=": "ne", "!==": "ne", "<>": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le",
}  # fmt: skip
_PLAIN = re.compile(r"[\w\s+\-*/%().,]*")


@dataclass
class Block:
    """A block that is open: a loop, or a condition."""

    kind: str
    node: str
    other: list[Out] = field(default_factory=list)
    """Outputs that go on at the other branch."""
    ends: list[Out] = field(default_factory=list)
    """Outputs that go on behind it."""
    nodes: int = 0
    """How many nodes there were when its body began."""


class Steps:
    """Draws a list of steps. Each is counted by its number, taken or left."""

    def __init__(self, drawing: Drawing, report: Report, file: str) -> None:
        """Draw into ``drawing``, and count in ``report``."""
        self.drawing = drawing
        self.report = report
        self.file = file
        self.blocks: list[Block] = []
        self._waiting: list[str] = []
        self._labels: dict[str, str] = {}
        self._jumps: list[tuple[list[Out], str]] = []

    def step(self, number: int, original: str, act: Callable[[], None], *labels: str) -> None:
        """Take a step; what raises ``Untaken`` becomes a note at its place. ``labels`` are what jumps call it."""
        drawing = self.drawing
        self.report.met(self.file, number)
        self._waiting += labels
        before = len(drawing.nodes)
        if drawing.is_full:
            self.leave(
                number, original, Untaken("too large", say("The flow is larger than {count} nodes.", count=before))
            )
            return
        try:
            act()
        except Untaken as error:
            self.leave(number, original, error)
        if len(drawing.nodes) > before:
            self._labels.update(dict.fromkeys(self._waiting, drawing.nodes[before].id))
            self._waiting.clear()

    def leave(self, number: int, original: str, error: Untaken) -> None:
        """Write a note at the place of what was not taken."""
        self.drawing.note(f"{original}\n— {error.reason}")
        self.report.leave(Left(self.file, number, error.kind, original, str(error.reason)))

    def jump(self, outs: list[Out], label: str) -> None:
        """Let outputs go on at a label, which may come later."""
        if any(handle == "body" for _, handle in outs):  # a loop whose body only jumps away still has one
            self.drawing.add("log", {"message": str(say("Nothing is done in this loop."))}, "…")
            outs = self.drawing.outs
        self._jumps.append((list(outs), label))

    def finish(self) -> None:
        """Close what is open and draw the jumps."""
        while self.blocks:
            self.close(self.blocks[-1].kind)
        drawing = self.drawing
        for outs, label in self._jumps:
            target = self._labels.get(label)
            if target is None:
                continue  # behind the last step: the flow ends there
            order = [node.id for node in drawing.nodes]
            for source, handle in dict.fromkeys(outs):
                edge = Edge(id=f"e{len(drawing.edges) + 1}", source=source, target=target, sourceHandle=handle or None)
                drawing.edges.append(edge)
                if order.index(target) <= order.index(source):
                    self._unbound(source)

    def _unbound(self, node_id: str) -> None:
        """Let a node jump back as often as it wants: the old tool set no bound."""
        for place, node in enumerate(self.drawing.nodes):
            if node.id == node_id:
                data = node.data.model_copy(update={"config": {**node.data.config, "maxIterations": 0}})
                self.drawing.nodes[place] = node.model_copy(update={"data": data})

    # -- blocks

    def branch(self, kind: str, config: dict[str, Any], label: str) -> None:
        """Draw a condition; its body comes next."""
        node = self.drawing.add("condition", config, label, outs=("true",))
        self.blocks.append(Block(kind, node, other=[(node, "false")], nodes=len(self.drawing.nodes)))
        self.drawing.depth += 1

    def ask(self, kind: str, question: str) -> None:
        """Ask a person what could not be translated; the body comes next."""
        asked = self.drawing.add("prompt", {"message": question[:500], "kind": "confirm"}, question)
        config = {"left": "{{" + asked + ".value}}", "operator": "eq", "right": True}
        self.branch(kind, config, question)

    def otherwise(self, kinds: tuple[str, ...]) -> None:
        """Go on with the other branch of the innermost condition.

        Raises:
            Untaken: If none is open.
        """
        block = self._innermost(kinds)
        block.ends += self.drawing.outs
        self.drawing.outs, block.other = block.other, []

    def loop(self, kind: str, config: dict[str, Any], label: str) -> str:
        """Draw a loop; its body comes next."""
        node = self.drawing.add("loop", config, label, outs=("body",))
        self.blocks.append(Block(kind, node, ends=[(node, "done")], nodes=len(self.drawing.nodes)))
        self.drawing.depth += 1
        return node

    def close(self, *kinds: str) -> None:
        """Close the innermost block.

        Raises:
            Untaken: If it is none of ``kinds``, or none is open.
        """
        block = self._innermost(kinds)
        drawing = self.drawing
        if block.ends and block.ends[0][1] == "done":
            if len(drawing.nodes) == block.nodes and drawing.outs:
                drawing.add("log", {"message": str(say("Nothing is done in this loop."))}, "…")
            drawing.outs = block.ends
        else:
            drawing.outs = [*drawing.outs, *block.other, *block.ends]
        self.blocks.pop()
        drawing.depth -= 1

    def leave_loop(self, kind: str) -> None:
        """Draw ``break`` or ``continue``.

        Raises:
            Untaken: If no loop is open.
        """
        if not any(block.ends and block.ends[0][1] == "done" for block in self.blocks):
            raise Untaken("structure", say("This step is not inside a loop."))
        self.drawing.add(kind, {}, kind.title())

    def _innermost(self, kinds: tuple[str, ...]) -> Block:
        if not self.blocks or self.blocks[-1].kind not in kinds:
            raise Untaken("structure", say("There is no open block for this step to end."))
        return self.blocks[-1]


def variable(name: str) -> str:
    """Return the name of a variable as flowdesk can have it."""
    plain = re.sub(r"\W", "_", name.strip().strip("!"))
    return plain if plain and not plain[0].isdigit() else f"v_{plain}"


def comparison(text: str, value: Callable[[str], Any]) -> dict[str, Any]:
    """Return the settings of a condition for a comparison such as ``a > 5``. ``value`` reads a side.

    Raises:
        Untaken: If it is more than one comparison.
    """
    found = _COMPARED.match(text.strip().removeprefix("(").removesuffix(")") if text.count("(") == 1 else text)
    if found is None or re.search(r"&&|\|\||\band\b|\bor\b", text, re.IGNORECASE):
        raise Untaken("question", say("This condition has no counterpart here."))
    return {"left": value(found[1]), "operator": _OPERATORS[found[2]], "right": value(found[3])}


def arithmetic(text: str, names: Callable[[str], str] = variable) -> str:
    """Return sums and products of numbers and variables as an expression in braces.

    Raises:
        Untaken: If it is anything else.
    """
    if not _PLAIN.fullmatch(text) or not text.strip() or re.search(r"\w\s*\(", text):
        raise Untaken("expression", say("This expression has no counterpart here."))
    return "{{ " + _WORD.sub(lambda word: names(word[0]), text.strip()) + " }}"


def compact(values: Mapping[str, Any]) -> str:
    """Return settings of another tool as a text for a note."""
    return json.dumps(values, ensure_ascii=False)[:500]


def plain_text(text: str) -> str:
    """Return a text in which braces stand for themselves."""
    return text.replace(MARK, "{ {") if MARK in text else text
