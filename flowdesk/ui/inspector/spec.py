"""What a form shows, read from the JSON Schema of a node type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowdesk.model.nodetype import NodeType


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of a form."""

    key: str
    """The key in the config, as files write it."""
    title: str
    description: str
    kind: str
    """``text``, ``multiline``, ``number``, ``duration``, ``bool``, ``choice``, ``modifiers``, ``target``, ``region``,
    ``offset``, ``anchor``, ``fraction``, ``keys``, ``path``, ``program``, ``command``, ``list``, ``table``, ``pairs``, ``value`` or
    ``json``."""
    choices: tuple[Any, ...] = ()
    default: Any = None
    group: str = ""
    """``""`` is always in sight, ``target``, ``more`` and ``options`` fold away."""
    when: Mapping[str, Any] | None = None
    """Other keys and the values that they must have for this field to matter; ``True`` is any value."""
    columns: tuple["FieldSpec", ...] = ()
    """The columns of a ``table`` or of ``pairs``."""

    def is_wanted(self, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
        """Whether the field matters beside these values."""
        for key, wanted in (self.when or {}).items():
            value = values.get(key, defaults.get(key))
            if wanted is True and not value:
                return False
            if isinstance(wanted, list) and value not in wanted:
                return False
            if wanted is not True and not isinstance(wanted, list) and value != wanted:
                return False
        return True


COMMON = (
    FieldSpec("disabled", "Disabled", "Control passes through without doing anything.", "bool", (), False, "options"),
    FieldSpec("breakpoint", "Breakpoint", "The run pauses before this node.", "bool", (), False, "options"),
    FieldSpec("retries", "Retries", "How often to try again after a failure.", "number", (), 0, "options"),
    FieldSpec("retryDelay", "Pause between tries", "How long to wait before each new try.", "duration", (), 0, "options"),
    FieldSpec(
        "onError", "On failure", "Stop the run, go on, or leave by the output for errors.", "choice",
        ("stop", "continue", "branch"), "stop", "options",
    ),
    FieldSpec("delayAfter", "Delay afterwards", "How long to wait after the node.", "duration", (), 0, "options"),
    FieldSpec("note", "Note", "A note for whoever reads the flow.", "multiline", (), "", "options"),
)  # fmt: skip
"""What every node may have."""

_WIDGETS = {
    "target", "region", "offset", "anchor", "fraction", "duration", "modifiers", "multiline", "json", "choice",
    "keys", "path", "number",
}  # fmt: skip
ANCHORS = ("top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right")


def fields_of(node_type: NodeType) -> tuple[FieldSpec, ...]:
    """Return the fields of a node type's config: what a target is or what decides first, then as declared."""
    described = node_type.describe()
    definitions = described["schema"].get("$defs", {})
    found = [
        _field(key, _resolved(schema, definitions), described["defaults"].get(key))
        for key, schema in described["schema"].get("properties", {}).items()
    ]
    own = {spec.key for spec in found}
    found += [spec for spec in COMMON if spec.key not in own]
    order = {"": 0, "target": 1, "more": 2, "options": 3}
    deciding = {key for spec in found if spec.kind == "target" for key in spec.when or {}}

    def place(spec: FieldSpec) -> tuple[int, bool, bool]:
        is_first = spec.key in deciding or (spec.kind == "target" and not spec.when)
        return order.get(spec.group, 2), not is_first, is_first and spec.when is not None

    return tuple(sorted(found, key=place))


def _field(key: str, schema: Mapping[str, Any], default: Any) -> FieldSpec:
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"] or [schema]
    choices = tuple(choice for part in parts for choice in part.get("enum", [part["const"]] if "const" in part else ()))
    widget = schema.get("widget") or next((part["widget"] for part in parts if "widget" in part), "")
    group = schema.get("group", "more" if key == "waitTime" else "")
    kind = widget if widget in _WIDGETS - {"json"} else _kind(key, parts, choices)
    return FieldSpec(
        key,
        schema.get("title") or key,
        str(schema.get("description", "")).replace("`", ""),
        kind,
        choices,
        default,
        group,
        schema.get("when"),
        _columns(kind, parts),
    )


def _kind(key: str, parts: list[Any], choices: tuple[Any, ...]) -> str:
    types = {part.get("type") for part in parts}
    if choices:
        return "choice"
    if types == {"boolean"}:
        return "bool"
    if types <= {"integer", "number"} and types:
        return "number"
    if types == {"object"}:
        return "pairs"
    if "array" in types:
        items = next(part.get("items", {}) for part in parts if part.get("type") == "array")
        if items.get("type") == "object" and items.get("properties"):
            return "table"
        if items.get("type") == "string":
            return "list" if key != "command" else "command" if "string" in types else "program"
        return "json"
    return "text" if types == {"string"} else "value"


def _columns(kind: str, parts: list[Any]) -> tuple[FieldSpec, ...]:
    if kind == "table":
        properties = parts[0]["items"]["properties"]
        return tuple(_field(key, schema, schema.get("default")) for key, schema in properties.items())
    if kind == "pairs":
        extra = parts[0].get("additionalProperties")
        is_text = isinstance(extra, dict) and extra.get("type") == "string"
        return pairs_columns("text" if is_text else "value")
    return ()


def pairs_columns(kind: str) -> tuple[FieldSpec, ...]:
    """Return the columns of names with values, whose values are of a kind."""
    return FieldSpec("name", "Name", "", "text", default=""), FieldSpec("value", "Value", "", kind, default="")


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(schema)
    reference = result.pop("$ref", None)
    if reference is not None:
        result = {**definitions.get(str(reference).rsplit("/", 1)[-1], {}), **result}
    if "anyOf" in result:
        result["anyOf"] = [_resolved(part, definitions) for part in result["anyOf"]]
    if isinstance(result.get("items"), Mapping):
        result["items"] = _resolved(result["items"], definitions)
    return result
