"""Node types: one declaration from which form, validation, execution, summary and reference page derive.

A node type is one file in ``flowdesk.nodes``: a config class and an async function under ``@node``. The decorator
leaves the function as it is (it stays testable) and attaches the declaration to it.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, TypeVar, get_type_hints

from flowdesk.model.config import Config
from flowdesk.model.selector import brief

DEFAULT_OUTPUT = "default"
ERROR_OUTPUT = "error"

Kind = Literal["start", "action", "branch", "loop", "parallel", "break", "continue", "end"]
"""How the scheduler treats a node. ``loop`` runs what hangs on its first output again while it returns that output."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a node function returns when it chooses an output or has a result."""

    port: str | None = None
    """The output to take; ``None`` is the first."""
    result: Any = None
    """JSON values; ``{{node_id.field}}`` reads them."""


Executor = Callable[[Any, Any], Awaitable[Any]]


@dataclass(frozen=True)
class NodeType:
    """A kind of node."""

    id: str
    """The ``type`` of a node in flow files. Never changes once released."""
    config: type[Config]
    run: Executor
    """``async (run: Run, config) -> Outcome | JSON value | None``."""
    category: str
    title: str
    summary: str
    """Template of the line under the node's title, over config keys: ``{clickType} {selector}``."""
    doc: str
    icon: str = "square"
    """Name of a Lucide icon."""
    outputs: tuple[str, ...] = (DEFAULT_OUTPUT,)
    kind: Kind = "action"
    bypass: str = ""
    """Output taken when the node is disabled; empty is the first (``done`` of a loop)."""
    dynamic_outputs: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None
    """Outputs that depend on the raw config, as of ``switch``."""
    uses: frozenset[str] = field(default_factory=frozenset)
    """What a stranger's flow needs to be asked for: ``input``, ``screen``, ``target`` (the screen, where a target is given), ``files``, ``network``, ``programs``."""

    @property
    def first_line(self) -> str:
        """The sentence that the palette shows."""
        return self.doc.split("\n", 1)[0]

    def outputs_of(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The outputs of a node with this raw config, in the order in which they are drawn."""
        return self.dynamic_outputs(config) if self.dynamic_outputs else self.outputs

    @property
    def bypass_output(self) -> str:
        """The output through which control passes when the node is disabled."""
        return self.bypass or ("done" if "done" in self.outputs else self.outputs[0] if self.outputs else "")

    def resolve_handle(self, handle: str | None, config: Mapping[str, Any]) -> str | None:
        """Return the output that an edge's ``sourceHandle`` means, or ``None`` if there is no such output.

        An edge without a handle leaves by the first output, where there is only one beside ``error`` and ``timeout``.
        """
        outputs = self.outputs_of(config)
        if handle in outputs:
            return handle
        plain = [output for output in outputs if output not in {ERROR_OUTPUT, "timeout"}]
        if handle in {None, "", DEFAULT_OUTPUT, "out"} and (len(plain) == 1 or plain[:1] == [DEFAULT_OUTPUT]):
            return plain[0]
        return None

    def config_schema(self) -> dict[str, Any]:
        """JSON Schema of the config as written in a flow file (camelCase, ms); draws every form."""
        return deepcopy(_schema_of(self.config, by_alias=True))

    def describe(self) -> dict[str, Any]:
        """Return the declaration as JSON values: what ``node.types`` sends and ``flowdesk nodes --json`` prints."""
        defaults = {
            model_field.alias or name: _default_json(self.config, name)
            for name, model_field in self.config.model_fields.items()
            if not model_field.is_required()
        }
        return {
            "type": self.id,
            "title": self.title,
            "category": self.category,
            "icon": self.icon,
            "kind": self.kind,
            "summary": self.summary,
            "description": self.first_line,
            "documentation": self.doc,
            "outputs": list(self.outputs),
            "uses": sorted(self.uses),
            "defaults": defaults,
            "schema": self.config_schema(),
        }

    def summarise(self, config: Mapping[str, Any]) -> str:
        """Return the one-line summary of a config for the node's card. Missing keys read as their defaults.

        Of a target, the first selector is shown by what it means (``selector.brief``).
        """
        targets = self.target_keys

        def fill(match: re.Match[str]) -> str:
            key = match.group(1)
            value = config.get(key)
            if value is None:
                value = self.describe_default(key)
            if key in targets:
                value = [brief(str(item)) for item in (value if isinstance(value, list) else [value or ""])][:1]
            if isinstance(value, list):
                return ", ".join(str(item) for item in value)
            return "" if value is None else str(value)

        return " ".join(re.sub(r"\{(\w+)\}", fill, self.summary).split())

    @cached_property
    def target_keys(self) -> frozenset[str]:
        """The config keys that hold targets."""
        return frozenset(
            model_field.alias or name
            for name, model_field in self.config.model_fields.items()
            if isinstance(model_field.json_schema_extra, dict)
            and model_field.json_schema_extra.get("widget") == "target"
        )

    def describe_default(self, key: str) -> Any:
        """The default of a config key as a flow file would write it, ``None`` if there is none."""
        for name, model_field in self.config.model_fields.items():
            if (model_field.alias or name) == key and not model_field.is_required():
                return _default_json(self.config, name)
        return None


def _default_json(model: type[Config], name: str) -> Any:
    default = model.model_fields[name].get_default(call_default_factory=True)
    if isinstance(default, float) and _is_duration(model, name):
        return int(default * 1000) if (default * 1000).is_integer() else default * 1000
    if isinstance(default, tuple):
        return list(default)
    return default


@cache
def _schema_of(model: type[Config], *, by_alias: bool) -> dict[str, Any]:
    return model.model_json_schema(by_alias=by_alias, mode="validation")


def _is_duration(model: type[Config], name: str) -> bool:
    schema = _schema_of(model, by_alias=False)["properties"].get(name, {})
    return schema.get("unit") == "ms" or any(part.get("unit") == "ms" for part in schema.get("anyOf", ()))


F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


def node(
    type_name: str,
    *,
    category: str,
    title: str,
    summary: str = "",
    icon: str = "square",
    outputs: tuple[str, ...] = (DEFAULT_OUTPUT, ERROR_OUTPUT),
    kind: Kind = "action",
    bypass: str = "",
    dynamic_outputs: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None,
    uses: frozenset[str] | set[str] = frozenset(),
) -> Callable[[F], F]:
    """Declare the decorated ``async (run, config)`` function as a node type. Its docstring is the documentation."""

    def declare(function: F) -> F:
        config = get_type_hints(function)["config"]
        declaration = NodeType(
            id=type_name,
            config=config,
            run=function,
            category=category,
            title=title,
            summary=summary,
            doc=inspect.getdoc(function) or "",
            icon=icon,
            outputs=outputs,
            kind=kind,
            bypass=bypass,
            dynamic_outputs=dynamic_outputs,
            uses=frozenset(uses),
        )
        function.node_type = declaration  # type: ignore[attr-defined]
        return function

    return declare


class Catalogue:
    """The node types that exist, in palette order."""

    def __init__(self, types: tuple[NodeType, ...]) -> None:
        """Keep the types in their order.

        Raises:
            ValueError: If two types have the same id.
        """
        self._types = {declared.id: declared for declared in types}
        if len(self._types) != len(types):
            raise ValueError("two node types have the same id")

    def __iter__(self) -> Iterator[NodeType]:
        """Iterate over the types in palette order."""
        return iter(self._types.values())

    def __contains__(self, type_name: object) -> bool:
        """Whether there is such a type."""
        return type_name in self._types

    def get(self, type_name: str) -> NodeType | None:
        """Return a type, or ``None``."""
        return self._types.get(type_name)

    def __getitem__(self, type_name: str) -> NodeType:
        """Return a type.

        Raises:
            KeyError: If there is none.
        """
        return self._types[type_name]

    def __len__(self) -> int:
        """How many types there are."""
        return len(self._types)
