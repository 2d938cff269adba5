"""Configs of nodes: pydantic models that read a flow file's camelCase keys and milliseconds.

Field metadata draws the forms: ``field(title, widget=…, unit=…, when=…)``. ``when`` shows a field only while
another holds one of the given values. ``mark`` names an icon that the node's card bears while the field is on. pydantic's attribute docstrings vanish in a frozen app, so every text is in
``Field``.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from flowdesk.model.keynames import known, nearest, split
from flowdesk.model.sentence import Sentence, say

TEMPLATE_MARK = "{{"
"""A text holding this is filled at run time, so its type is only known then."""


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(say("it must be a number of milliseconds"))
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e12:
        raise ValueError(say("it must be a number of milliseconds, 0 or more"))
    return number / 1000


Duration = Annotated[
    float,
    BeforeValidator(_seconds),
    PlainSerializer(lambda seconds: seconds * 1000),
    WithJsonSchema({"type": "number", "minimum": 0, "unit": "ms", "widget": "duration"}),
]
"""Seconds in code, milliseconds in files and messages. Defaults are written in seconds."""


class Config(BaseModel):
    """The settings of a node. Unknown keys survive in the file and are reported as a warning."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        extra="ignore",
        coerce_numbers_to_str=True,
        defer_build=True,
    )

    secrets: ClassVar[frozenset[str] | None] = None
    """The keys in which ``{{secret:name}}`` is read from the key store; ``None`` where a value is only passed on."""

    @classmethod
    def later_keys(cls, raw: Mapping[str, Any]) -> frozenset[str]:
        """Return the keys that a node's first visit does not read: what they refer to may only come to be after it."""
        return frozenset()

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_empty(cls, raw: Any) -> Any:
        """Take ``null`` anywhere, and an empty text or list where no text or list of that size can be, as not given."""
        if not isinstance(raw, Mapping):
            return raw
        texts, anything, numbers = _kinds(cls)
        return {
            key: str(value).lower() if isinstance(value, bool) and key in numbers else value  # true is no 1
            for key, value in raw.items()
            if key in anything
            or not (value is None or (value == "" and key not in texts) or (key == "region" and not value))
        }


_NUMBERS: frozenset[Any] = frozenset({int, float, type(None)})


@cache
def _kinds(model: type[BaseModel]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the keys that may hold a text, those that may hold anything, and those that hold numbers alone."""
    texts, anything, numbers = set(), set(), set()
    for name, field in model.model_fields.items():
        if field.annotation is Any:
            anything |= {name, field.alias or name}
        elif field.annotation is str or str in get_args(field.annotation):
            texts |= {name, field.alias or name}
        elif {*(get_args(field.annotation) or [field.annotation])} <= _NUMBERS:
            numbers |= {name, field.alias or name}
    return frozenset(texts), frozenset(anything), frozenset(numbers)


def patience(description: str) -> Any:
    """Return the field of a timeout, for nodes whose default is another than the usual one."""
    return Field(
        None,
        title="Timeout",
        description=description,
        json_schema_extra={"group": "target", "unit": "ms", "widget": "duration"},
    )


class TargetOptions(Config):
    """What may stand beside a ``selector`` (contract §2)."""

    similarity: float = Field(
        0.8,
        ge=0,
        le=1,
        title="Similarity",
        description="Minimum similarity, 0 to 1. Never lowered automatically.",
        json_schema_extra={"group": "target", "widget": "fraction"},
    )
    region: tuple[int, int, int, int] | None = Field(
        None,
        title="Region",
        description="Search only here: x, y, width, height in desktop pixels.",
        json_schema_extra={"group": "target", "widget": "region"},
    )
    occurrence: int | None = Field(
        None,
        ge=1,
        title="Occurrence",
        description="Which match to use: 1 = the first in reading order, or the frontmost window. Default: the first, if it is the only one of its kind.",
        json_schema_extra={"group": "target"},
    )
    offset: dict[str, int] | None = Field(
        None,
        title="Offset",
        description="Distance in pixels from the anchor: x to the right, y down.",
        json_schema_extra={"group": "target", "widget": "offset"},
    )
    anchor: str = Field(
        "center",
        title="Anchor",
        description="Position on the target where to act.",
        pattern="^(center|top-left|top|top-right|left|right|bottom-left|bottom|bottom-right)$",
        json_schema_extra={"group": "target", "widget": "anchor"},
    )
    timeout: Duration | None = patience("How long to look for the target; 0 = once. Default: 3 s.")
    monitor: int | None = Field(
        None,
        ge=1,
        title="Monitor",
        description="Search only on this monitor; 1 = the first.",
        json_schema_extra={"group": "target"},
    )
    strict: bool = Field(
        True,
        title="Strict",
        description="Fail if several targets in one window have the same kind and name. If the file says true, near matches count, too. If off, the first one is used.",
        json_schema_extra={"group": "target"},
    )
    scroll: Literal["auto", "never"] = Field(
        "auto",
        title="Scroll into view",
        description="Scroll the target into view before acting on it.",
        json_schema_extra={"group": "target"},
    )
    force: bool = Field(
        False,
        title="Force",
        description="Act without checking that the target is visible, still, enabled, and not covered or blocked.",
        json_schema_extra={"group": "target", "mark": "zap"},
    )
    tolerance: int = Field(
        10,
        ge=0,
        le=255,
        title="Color tolerance",
        description="Allowed deviation for each color channel, 0 to 255.",
        json_schema_extra={"group": "target"},
    )

    def of_another(self) -> Self:
        """Return what belongs to a second target of a node: offset, anchor and occurrence belong to the first."""
        return self.model_copy(update={"offset": None, "anchor": "center", "occurrence": None})


SelectorText = Annotated[
    str | list[str],
    Field(title="Target", json_schema_extra={"widget": "target"}),
]
"""One selector, or a list of them tried in order at each look."""


class TargetConfig(TargetOptions):
    """Settings of a node that needs a target."""

    selector: SelectorText = Field(
        ...,
        title="Target",
        description="Element, text, image, window, or point on the desktop. Choose Pick to select it.",
        json_schema_extra={"widget": "target"},
        min_length=1,
    )


class OptionalTargetConfig(TargetOptions):
    """Settings of a node that may have a target."""

    selector: SelectorText | None = Field(
        None,
        title="Target",
        description="What to look for on the desktop (optional).",
        json_schema_extra={"widget": "target"},
    )


def has_template(value: Any) -> bool:
    """Whether a config value, however deep, holds a ``{{reference}}``."""
    if isinstance(value, str):
        return TEMPLATE_MARK in value
    if isinstance(value, Mapping):
        return any(has_template(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_template(item) for item in value)
    return False


MISSING = "missing"
"""What ``read_config`` says of a setting that must be given and is not."""


class Unfit(ValueError):
    """A setting that does not fit the others; raised by a config's validators."""

    def __init__(self, field: str, reason: Sentence) -> None:
        """Name the key at fault, as a flow file writes it, and say why, as the end of a sentence."""
        super().__init__(str(reason))
        self.field = field
        self.reason = reason


def read_config(model: type[Config], raw: Mapping[str, Any]) -> tuple[Config | None, list[tuple[str, str]]]:
    """Read a config as written, before any ``{{reference}}`` is filled.

    Returns:
        The config, ``None`` where it cannot be known yet, and a list of ``(field, sentence)``, empty when nothing is wrong.
        Faults of values that hold a reference are left to the run.
    """
    try:
        config = model.model_validate(raw if type(raw) is dict else dict(raw))
    except ValidationError as error:
        faults: list[tuple[str, str]] = []
        for fault in error.errors():
            path = place_of(fault)
            key = path[0] if path else getattr(fault.get("ctx", {}).get("error"), "field", "")
            if has_template(raw.get(key)) and key not in literal_keys(model):
                continue
            reason = MISSING if fault["type"] == "missing" and len(path) == 1 else reason_of(fault)
            # Of a list that ends too early, one sentence is enough.
            if not (fault["type"] == "missing" and len(path) > 1 and any(known == key for known, _ in faults)):
                faults.append((key, reason))
        return None, list(dict.fromkeys(faults))
    keys = read_keys(model) - literal_keys(model)
    return (None if any(has_template(value) for key, value in raw.items() if key in keys) else config), []


_OF_LIBRARY = re.compile(
    r"function-|lax-or|json-or|constrained-|tagged-|(int|float|str|bool|dict|list)(\[|$)|(?!config$)[A-Z]\w*$"
)
"""Parts of a place that are pydantic's names of kinds and classes."""
_REASONS = {
    "tuple_type": "it must be a list",
    "list_type": "it must be a list",
    "dict_type": "it must be an object",
    "model_type": "it must be an object",
    "model_attributes_type": "it must be an object",
    "string_type": "it must be text",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "finite_number": "it must be a finite number",
    "union_tag_not_found": "{discriminator} is missing",
    "union_tag_invalid": "{discriminator} must be one of {expected_tags}",
    "extra_forbidden": "it is not known here",
    "float_parsing": "it must be a number",
    "literal_error": "it must be one of {expected}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "too_short": "it needs at least {min_length}",
    "too_long": "at most {max_length} are allowed",
    "string_too_short": "it must not be empty",
}


def place_of(fault: Mapping[str, Any]) -> list[str]:
    """Return where the fault lies that pydantic found: keys and numbers, without the library's own names for kinds of values."""
    return [str(part) for part in fault["loc"] if isinstance(part, int) or not _OF_LIBRARY.match(part)]


def first_fault(error: ValidationError) -> tuple[list[str], str]:
    """Return where the first fault of values lies, and say for people what is wrong there.

    A value that may be of several kinds has a fault for each: the last is of the widest.
    """
    faults = error.errors()
    place = place_of(faults[0])
    same = [fault for fault in faults if place_of(fault) == place]
    return place, reason_of(same[-1])


def reason_of(fault: Mapping[str, Any]) -> str:
    """Say for people what pydantic found wrong with a value."""
    kind, last = str(fault["type"]), fault["loc"][-1] if fault["loc"] else ""
    if kind == "missing":
        return say("value {number} is missing", number=last + 1) if isinstance(last, int) else say(
            "{name} is missing", name=f'"{last}"'
        )  # fmt: skip
    template = _REASONS.get(kind)
    raised = fault.get("ctx", {}).get("error")
    if isinstance(raised, Unfit):
        return raised.reason
    if isinstance(raised, ValueError) and raised.args and isinstance(raised.args[0], Sentence):
        return raised.args[0]
    if template is None:
        return str(fault["msg"]).removeprefix("Value error, ")
    context = {name: _alternatives(value) for name, value in fault.get("ctx", {}).items()}
    return say(template, **{name: value for name, value in context.items() if "{" + name + "}" in template})


def _keys(value: Any) -> Any:
    return split(value) if isinstance(value, str) else value


def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not has_template(name) and known(name) is None:
            near = ", ".join(nearest(name))
            raise ValueError(
                say('there is no key "{name}"; near to it are {near}', name=name, near=near)
                if near
                else say('there is no key "{name}"', name=name)
            )
    return names


KeyNames = Annotated[tuple[str, ...], BeforeValidator(_keys), AfterValidator(_known)]
"""Names of keys pressed together; a text such as ``ctrl+s`` is split."""


def _alternatives(value: Any) -> Any:
    """Return what pydantic tells of several values, ``'a', 'b' or 'c'``, as a list without its words."""
    is_list = isinstance(value, str) and re.fullmatch(r"'[^']*'((, | or )'[^']*')*", value)
    return ", ".join(re.findall(r"'([^']*)'", value)) if is_list else value


@cache
def known_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config as a flow file writes them."""
    return frozenset({field.alias or name for name, field in model.model_fields.items()})


@cache
def literal_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config in which ``{{`` stands for itself, as in a program: nothing is filled into it."""
    literal = [
        (name, field)
        for name, field in model.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("literal")
    ]
    return frozenset(key for name, field in literal for key in (name, field.alias or name))


@cache
def text_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config that hold a text and nothing else, as flow files and as code write them."""
    texts = [(name, field) for name, field in model.model_fields.items() if field.annotation is str]
    return frozenset(key for name, field in texts for key in (name, field.alias or name))


@cache
def part_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config that hold several texts: a list of them, or an object of them."""
    several = {list[str], tuple[str, ...], dict[str, str]}
    found = [
        (name, field)
        for name, field in model.model_fields.items()
        if not several.isdisjoint({field.annotation, *get_args(field.annotation)})
    ]
    return frozenset(key for name, field in found for key in (name, field.alias or name))


@cache
def read_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config that are read: as a flow file writes them, and as code does."""
    return known_keys(model) | model.model_fields.keys()
