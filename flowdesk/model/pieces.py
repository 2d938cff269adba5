"""What is written of a flow, kept by its parts: nodes and edges are frozen, so the same object has the same text.

An edit touches one node, and what is written after it is one new piece and the old ones joined. Whole texts are made
by Python piece by piece, so a thread that makes one lets others have their turns.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flowdesk.model.flow import Edge, Flow, Node, edge_json, node_json
from flowdesk.model.written import WrittenList, WrittenObject, wire_text

T = TypeVar("T")
_LONE = re.compile("[\ud800-\udfff]")
"""Halves of a character, which no encoding writes: they stand in texts only, where JSON spells them out."""
Part = Node | Edge


class Pieces:
    """The pieces of one document. Not for two threads at once."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self._kept: dict[tuple[str, str], dict[int, tuple[Part, Any]]] = {}
        self._last: tuple[Flow, WrittenObject] | None = None

    def file_text(self, flow: Flow) -> str:
        """Return the text of a flow file: stable key order, two-space indent, one final newline."""
        fields = {
            "nodes": _lines(self._each("lines", "nodes", flow.nodes, _node_lines)),
            "edges": _lines(self._each("lines", "edges", flow.edges, _edge_lines)),
        }
        members = [
            f"  {json.dumps(key, ensure_ascii=False)}: {fields[key] if key in fields else _indented(value, '  ')}"
            for key, value in _in_order(flow).items()
        ]
        return "{\n" + ",\n".join(members) + "\n}\n"

    def written(self, flow: Flow) -> WrittenObject:
        """Return a flow as JSON values together with their text as a message carries it."""
        if self._last is not None and self._last[0] is flow:
            return self._last[1]
        fields = {
            "nodes": self._each("wire", "nodes", flow.nodes, _node_wire),
            "edges": self._each("wire", "edges", flow.edges, _edge_wire),
        }
        values: dict[str, Any] = {}
        members = []
        for key, value in _in_order(flow).items():
            if key in fields:
                values[key] = [one for one, _ in fields[key]]
                members.append(f'"{key}":[{",".join([text for _, text in fields[key]])}]')
            else:
                values[key] = value
                members.append(f"{wire_text(key)}:{wire_text(value)}")
        found = WrittenObject(values, f"{{{','.join(members)}}}")
        self._last = (flow, found)
        return found

    def _each(self, form: str, kind: str, parts: Sequence[Part], make: Callable[[Any], T]) -> list[T]:
        known = self._kept.get((form, kind), {})
        now: dict[int, tuple[Part, Any]] = {}
        found: list[T] = []
        for part in parts:
            kept = known.get(id(part))
            if kept is None:
                kept = (part, make(part))
            now[id(part)] = kept
            found.append(kept[1])
        self._kept[form, kind] = now
        return found


def written_list(values: Sequence[Any]) -> WrittenList:
    """Return JSON values as a list together with its text, made one by one."""
    return WrittenList(values, f"[{','.join([wire_text(value) for value in values])}]")


def _in_order(flow: Flow) -> dict[str, Any]:
    """Return a flow's own values in the order of its file; those of its nodes and edges are left out."""
    rest = flow.model_dump(mode="json", by_alias=True, exclude={"nodes", "edges"})
    names = [field.alias or name for name, field in Flow.model_fields.items()]
    return {name: rest.get(name) for name in names} | rest


def _escaped(half: re.Match[str]) -> str:
    return f"\\u{ord(half.group()):04x}"


def _indented(value: Any, indent: str) -> str:
    # A line break in a text is written as \n: each real one begins a line of the file.
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False).replace("\n", f"\n{indent}")
    return text if text.isascii() else _LONE.sub(_escaped, text)


def _lines(pieces: Sequence[str]) -> str:
    return "[\n    " + ",\n    ".join(pieces) + "\n  ]" if pieces else "[]"


def _node_lines(node: Node) -> str:
    return _indented(node_json(node), "    ")


def _edge_lines(edge: Edge) -> str:
    return _indented(edge_json(edge), "    ")


def _node_wire(node: Node) -> tuple[dict[str, Any], str]:
    values = node_json(node)
    return values, wire_text(values)


def _edge_wire(edge: Edge) -> tuple[dict[str, Any], str]:
    values = edge_json(edge)
    return values, wire_text(values)
