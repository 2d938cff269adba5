"""The fields of a node type's form, computed once for both editors from its config and from ``NodeOptions``. Pure."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from flowdesk.model.config import Config
from flowdesk.model.options import NodeOptions

Kind = Literal[
    "text", "multiline", "number", "duration", "bool", "choice", "modifiers", "target", "region", "offset", "anchor",
    "fraction", "keys", "path", "program", "command", "function", "inputs", "list", "table", "pairs", "value", "json",
]  # fmt: skip
"""Which widget shows a value."""
Group = Literal["", "target", "more", "options"]
"""``""`` is always in sight, the others fold away."""
ANCHORS = ("top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right")
MODIFIERS = ("ctrl", "shift", "alt", "super")


def _is_whole(schema: dict[str, Any]) -> None:
    """All keys are told, whether they hold a default or not."""
    schema["required"] = [*schema["properties"]]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of a form."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(json_schema_extra=_is_whole)

    key: str
    """The key in the config, as files write it."""
    title: str
    description: str
    kind: Kind
    choices: tuple[Any, ...] = ()
    default: Any = None
    """As a file would write it; ``None`` for none."""
    group: Group = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    """Other keys and the values that they must have for this field to matter; ``True`` is any value."""
    columns: tuple["FieldSpec", ...] = ()
    """The columns of a ``table`` or of ``pairs``."""
    is_required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    mark: str = ""
    """The icon that a card bears while the field is on."""

    def is_wanted(self, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
        """Whether the field matters beside these values."""
        for key, wanted in self.when.items():
            value = values.get(key, defaults.get(key))
            if wanted is True and not value:
                return False
            if isinstance(wanted, list) and value not in wanted:
                return False
            if wanted is not True and not isinstance(wanted, list) and value != wanted:
                return False
        return True

    def payload(self) -> dict[str, Any]:
        """Return the field as JSON values, as ``node.types`` tells it."""
        told: dict[str, Any] = _writer().dump_python(self, mode="json")
        return told


@cache
def _writer() -> TypeAdapter[FieldSpec]:
    return TypeAdapter(FieldSpec)  # made when a form is first told: no run tells one


_WIDGETS: Mapping[str, Kind] = {
    "target": "target", "region": "region", "offset": "offset", "anchor": "anchor", "fraction": "fraction", "duration": "duration",
    "modifiers": "modifiers", "multiline": "multiline", "keys": "keys", "path": "path", "number": "number",
    "function": "function", "inputs": "inputs",
}  # fmt: skip
"""Widgets that are a kind whatever the value is; of others the value decides."""
_ORDER: Mapping[Group, int] = {"": 0, "target": 1, "more": 2, "options": 3}


@cache
def fields_of(config: type[Config]) -> tuple[FieldSpec, ...]:
    """Return the fields of a config's form: what a target is or what decides first, then as declared, then the options."""
    found = own_fields(config)
    own = {spec.key for spec in found}
    found += tuple(spec for spec in common_fields() if spec.key not in own)
    deciding = {key for spec in found if spec.kind == "target" for key in spec.when}

    def place(spec: FieldSpec) -> tuple[int, bool, bool]:
        is_first = spec.key in deciding or (spec.kind == "target" and not spec.when)
        return _ORDER[spec.group], not is_first, is_first and bool(spec.when)

    return tuple(sorted(found, key=place))


def own_fields(config: type[Config]) -> tuple[FieldSpec, ...]:
    """Return the fields that a config declares itself, without what every node may have."""
    schema, defaults = schema_of(config), defaults_of(config)
    definitions, required = schema.get("$defs", {}), set(schema.get("required", ()))
    return tuple(
        _field(key, _resolved(part, definitions), defaults.get(key), is_required=key in required)
        for key, part in schema.get("properties", {}).items()
    )


@cache
def defaults_of(config: type[Config]) -> Mapping[str, Any]:
    """Return the defaults of a config as a flow file would write them."""
    return {
        model_field.alias or name: _default_json(config, name)
        for name, model_field in config.model_fields.items()
        if not model_field.is_required()
    }


def schema_of(config: type[Config]) -> dict[str, Any]:
    """Return the JSON Schema of a config as written in a flow file (camelCase, ms)."""
    return deepcopy(_schema(config, by_alias=True))


@cache
def _schema(config: type[Config], *, by_alias: bool) -> dict[str, Any]:
    return config.model_json_schema(by_alias=by_alias, mode="validation")


def _default_json(config: type[Config], name: str) -> Any:
    default = config.model_fields[name].get_default(call_default_factory=True)
    if isinstance(default, float) and _is_duration(config, name):
        return int(default * 1000) if (default * 1000).is_integer() else default * 1000
    if isinstance(default, tuple):
        return list(default)
    return default


def _is_duration(config: type[Config], name: str) -> bool:
    schema = _schema(config, by_alias=False)["properties"].get(name, {})
    return schema.get("unit") == "ms" or any(part.get("unit") == "ms" for part in schema.get("anyOf", ()))


def _field(key: str, schema: Mapping[str, Any], default: Any, *, is_required: bool = False) -> FieldSpec:
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"] or [schema]
    choices = tuple(choice for part in parts for choice in part.get("enum", [part["const"]] if "const" in part else ()))
    widget = schema.get("widget") or next((part["widget"] for part in parts if "widget" in part), "")
    kind = _WIDGETS.get(widget) or _kind(key, parts, choices)
    return FieldSpec(
        key,
        schema.get("title") or key,
        str(schema.get("description", "")).replace("`", ""),
        kind,
        _FIXED.get(kind, choices),
        default,
        schema.get("group", "more" if key == "waitTime" else ""),
        schema.get("when", {}),
        _columns(kind, parts),
        is_required,
        schema.get("minimum", parts[0].get("minimum")),
        schema.get("maximum", parts[0].get("maximum")),
        schema.get("mark", ""),
    )


_FIXED: Mapping[Kind, tuple[str, ...]] = {"anchor": ANCHORS, "modifiers": MODIFIERS}
"""The choices of kinds that have always the same."""


def _kind(key: str, parts: list[Any], choices: tuple[Any, ...]) -> Kind:
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


def _columns(kind: Kind, parts: list[Any]) -> tuple[FieldSpec, ...]:
    if kind == "table":
        properties = parts[0]["items"]["properties"]
        return tuple(_field(key, schema, schema.get("default")) for key, schema in properties.items())
    if kind == "pairs":
        extra = parts[0].get("additionalProperties")
        is_text = isinstance(extra, dict) and extra.get("type") == "string"
        return pairs_columns("text" if is_text else "value")
    return ()


def pairs_columns(kind: Kind) -> tuple[FieldSpec, ...]:
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


@cache
def common_fields() -> tuple[FieldSpec, ...]:
    """Return the fields of what every node may have."""
    return own_fields(NodeOptions)
