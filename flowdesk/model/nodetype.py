"""Node types: one declaration from which form, validation, execution, summary and reference page derive.

A node type is one file in ``flowdesk.nodes``: a config class and an async function under ``@node``. The decorator
leaves the function as it is (it stays testable) and attaches the declaration to it.
"""

import inspect
import json
import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, get_type_hints

from flowdesk.model.config import Config, literal_keys
from flowdesk.model.declared import NodeTypeDeclaration
from flowdesk.model.fields import FieldSpec, defaults_of, fields_of, schema_of
from flowdesk.model.function import Function
from flowdesk.model.kind import Kind as Kind
from flowdesk.model.package import Package
from flowdesk.model.selector import brief
from flowdesk.model.sentence import say
from flowdesk.model.verdict import Verdict

DEFAULT_OUTPUT = "default"
ERROR_OUTPUT = "error"


MEANS = frozenset({"mouse", "keys", "picture", "front", "geometry", "clipboard"})
"""By what a node acts on the desktop or looks at it: what some desktops withhold (``drivers.abilities.FUNCTIONS``). Elements and the
list of windows are everywhere."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a node function returns when it chooses an output or has a result."""

    port: str | None = None
    """The output to take; ``None`` is the first."""
    result: Any = None
    """JSON values; ``{{node_id.field}}`` reads them."""
    verdict: Verdict | None = None
    """Of a node that judges: what it found. One that failed is raised as ``VerdictFailed``."""


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
    also: str = ""
    """What else people call it and look for it by, in English and Chinese, with commas between."""
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

    looks: Callable[[Mapping[str, Any]], bool] | None = None
    """Whether a raw config needs the desktop although the type does not always and no target is given."""
    acts_by: Callable[[Mapping[str, Any]], Collection[str]] | None = None
    """Which of ``MEANS`` a raw config acts or looks by, beside the ways in which its targets are found; None: by what ``uses`` implies."""
    package: Package | None = None
    """The installed package that it comes from, ``None`` of flowdesk's own."""
    drawing: str = ""
    """The lines of its icon in SVG, where flowdesk has no icon of that name."""

    @property
    def first_line(self) -> str:
        """The sentence that the palette shows."""
        return self.doc.split("\n", 1)[0]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What else people call it."""
        return tuple(word for part in self.also.split(",") if (word := part.strip()))

    def outputs_of(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The outputs of a node with this raw config, in the order in which they are drawn."""
        return self.dynamic_outputs(config) if self.dynamic_outputs else self.outputs

    def marks_of(self, config: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """The icons that a card bears for what is on in its raw config, each with its title."""
        return tuple((spec.mark, spec.title) for spec in self.fields if spec.mark and config.get(spec.key) is True)

    @property
    def bypass_output(self) -> str:
        """The output through which control passes when the node is disabled."""
        return self.bypass or ("done" if "done" in self.outputs else self.outputs[0] if self.outputs else "")

    @property
    def body_output(self) -> str:
        """The output on which a body hangs that is a scope of its own; empty for none."""
        if self.kind in {"loop", "parallel", "try"}:
            return self.outputs[0]
        return self.outputs[-1] if self.kind == "handle" else ""

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
        return schema_of(self.config)

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """The fields of its form in their order, those of the options that every node may have among them."""
        return fields_of(self.config)

    def describe(self) -> NodeTypeDeclaration:
        """Return the declaration as JSON values: what ``node.types`` sends and ``flowdesk nodes --json`` prints."""
        return {
            "type": self.id,
            "title": self.title,
            "category": self.category,
            "icon": self.icon,
            "words": list(self.words),
            "kind": self.kind,
            "summary": self.summary,
            "description": self.first_line,
            "documentation": self.doc,
            "outputs": list(self.outputs),
            "uses": sorted(self.uses),
            "package": None if self.package is None else self.package.payload(self.uses),
            "drawing": self.drawing,
            "defaults": dict(defaults_of(self.config)),
            "fields": [spec.payload() for spec in self.fields],
            "schema": self.config_schema(),
        }

    def summarise(self, config: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
        """Return the one-line summary of a config for the node's card. Missing keys read as their defaults.

        Of a target, the first selector is shown by what it means (``selector.brief``). A field that does not matter
        beside the others is left out. ``translate`` puts the words of choices and the kinds of elements into the
        reader's language.
        """
        targets, chosen = self.target_keys, {spec.key for spec in self.fields if spec.choices}
        times = {spec.key for spec in self.fields if spec.kind == "duration"}
        idle = {spec.key for spec in self.fields if not spec.is_wanted(config, defaults_of(self.config))}

        def fill(match: re.Match[str]) -> str:
            key = match.group(1)
            if key in idle:
                return ""
            value = config.get(key)
            if value is None:
                value = self.describe_default(key)
            if key in targets:
                value = [brief(str(item), translate) for item in (value if isinstance(value, list) else [value or ""])][
                    :1
                ]
            if isinstance(value, list):
                return ", ".join(map(_briefly, value))
            if key in chosen and isinstance(value, str):
                button = f"{value} button"
                return translate(button if key in _BUTTON_KEYS and translate(button) != button else value)
            if key in times and isinstance(value, int | float):
                return f"{_briefly(value)} ms"
            return "" if value == {} else _briefly(value)

        return " ".join(re.sub(r"\{(\w+)\}", fill, self.summary).replace(EMPTY_QUOTES, "").split())

    @cached_property
    def target_keys(self) -> frozenset[str]:
        """The config keys that hold targets."""
        return frozenset(spec.key for spec in self.fields if spec.kind == "target")

    def files_read(self, config: Mapping[str, Any]) -> list[str]:
        """Return the files that a node with this raw config reads, as they are written there."""
        found = []
        for key, part in self.config_schema().get("properties", {}).items():
            reads, value = part.get("reads"), config.get(key)
            when = reads.items() if isinstance(reads, Mapping) else ()
            is_read = bool(reads) and all(
                config.get(name, self.describe_default(name)) in wanted for name, wanted in when
            )
            if is_read:
                found += [
                    each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each
                ]
        return found

    @cached_property
    def main_target(self) -> str:
        """The config key of its target, the first where there are two; empty for none."""
        return next((spec.key for spec in self.fields if spec.kind == "target"), "")

    def needs_desktop(self, config: Mapping[str, Any]) -> bool:
        """Whether a node with this raw config looks at the desktop or acts on it."""
        if self.uses & {"input", "screen"} or (self.looks is not None and self.looks(config)):
            return True
        return "target" in self.uses and any(config.get(key) for key in self.target_keys)

    def means(self, config: Mapping[str, Any]) -> frozenset[str]:
        """Which of ``MEANS`` a node with this raw config acts or looks by, as far as the config tells."""
        if self.acts_by is not None:
            return frozenset(self.acts_by({**defaults_of(self.config), **config}))
        return frozenset({"mouse", "keys"} if "input" in self.uses else ())

    def describe_default(self, key: str) -> Any:
        """The default of a config key as a flow file would write it, ``None`` if there is none."""
        return defaults_of(self.config).get(key)


F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


def node(
    type_name: str,
    *,
    category: str,
    title: str,
    summary: str = "",
    also: str = "",
    icon: str = "square",
    outputs: tuple[str, ...] = (DEFAULT_OUTPUT, ERROR_OUTPUT),
    kind: Kind = "action",
    bypass: str = "",
    dynamic_outputs: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None,
    uses: frozenset[str] | set[str] = frozenset(),
    looks: Callable[[Mapping[str, Any]], bool] | None = None,
    acts_by: Callable[[Mapping[str, Any]], Collection[str]] | None = None,
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
            also=also,
            icon=icon,
            outputs=outputs,
            kind=kind,
            bypass=bypass,
            dynamic_outputs=dynamic_outputs,
            uses=frozenset(uses),
            looks=looks,
            acts_by=acts_by,
        )
        function.node_type = declaration  # type: ignore[attr-defined]
        return function

    return declare


class Catalogue:
    """The node types that exist, in palette order."""

    def __init__(
        self,
        types: tuple[NodeType, ...],
        functions: Mapping[str, Function] | None = None,
        unread: Mapping[str, Callable[[], NodeType]] | None = None,
    ) -> None:
        """Keep the types in their order, and the functions of expressions.

        Args:
            types: The types that are known; they come behind the others.
            functions: What expressions may call.
            unread: What returns a type when it is first asked for, by its id.

        Raises:
            ValueError: If two types have the same id.
        """
        self.functions: Mapping[str, Function] = functions or {}
        self._unread: Mapping[str, Callable[[], NodeType]] = unread or {}
        self._types = {declared.id: declared for declared in types}
        self._order = tuple({**dict.fromkeys(self._unread), **self._types})
        if len(self._order) != len(types) + len(self._unread):
            raise ValueError("two node types have the same id")

    def __iter__(self) -> Iterator[NodeType]:
        """Iterate over the types in palette order."""
        return map(self.__getitem__, self._order)

    def __contains__(self, type_name: object) -> bool:
        """Whether there is such a type."""
        return type_name in self._types or type_name in self._unread

    def get(self, type_name: str) -> NodeType | None:
        """Return a type, or ``None``."""
        try:
            return self[type_name]
        except KeyError:
            return None

    def __getitem__(self, type_name: str) -> NodeType:
        """Return a type.

        Raises:
            KeyError: If there is none.
        """
        if (known := self._types.get(type_name)) is not None:
            return known
        load = self._unread[type_name]
        return self._types.setdefault(type_name, load())

    def __len__(self) -> int:
        """How many types there are."""
        return len(self._order)

    def literal_keys(self, type_name: str) -> frozenset[str]:
        """Return the settings of a type in which ``{{`` stands for itself; none of a type that does not exist."""
        declared = self.get(type_name)
        return frozenset() if declared is None else literal_keys(declared.config)


_BUTTON_KEYS = frozenset({"clickType", "button"})
EMPTY_QUOTES = "“”"
"""What a card does not show of a text that is not written yet."""
_BUTTON_WORDS = (say("left button"), say("middle button"), say("right button"))
"""What a language may call the choices of these keys: left is a side, too."""


def _briefly(value: Any) -> str:
    """Write a value for a card, as both editors do: JSON where it has parts, ``true``, and 3 for 3.0."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":"), default=str)


def _whole(value: Any) -> Any:
    """Write numbers without a fraction as whole ones, however deep, as JavaScript does."""
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value
