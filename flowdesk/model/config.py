"""Configs of nodes: pydantic models that read a flow file's camelCase keys and milliseconds.

Field metadata draws the forms: ``field(title, widget=…, unit=…, when=…)``. ``when`` shows a field only while
another holds one of the given values. pydantic's attribute docstrings vanish in a frozen app, so every text is in
``Field``.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import (
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

from flowdesk.model.sentence import Sentence, say

TEMPLATE_MARK = "{{"
"""A text holding this is filled at run time, so its type is only known then."""


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("a number of milliseconds is needed")
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e12:
        raise ValueError("a number of milliseconds from 0 on is needed")
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

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_empty(cls, raw: Any) -> Any:
        """Take ``null`` anywhere, and an empty text or list where no text or list of that size can be, as not given."""
        if not isinstance(raw, Mapping):
            return raw
        texts, anything = _kinds(cls)
        return {
            key: value
            for key, value in raw.items()
            if key in anything
            or not (value is None or (value == "" and key not in texts) or (key == "region" and not value))
        }


@cache
def _kinds(model: type[BaseModel]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys that may hold a text, and those that may hold anything."""
    texts, anything = set(), set()
    for name, field in model.model_fields.items():
        if field.annotation is Any:
            anything |= {name, field.alias or name}
        elif field.annotation is str or str in get_args(field.annotation):
            texts |= {name, field.alias or name}
    return frozenset(texts), frozenset(anything)


class TargetOptions(Config):
    """What may stand beside a ``selector`` (contract §2)."""

    similarity: float = Field(
        0.8,
        ge=0,
        le=1,
        title="Similarity",
        description="How alike a picture must be, 0 to 1. Never loosened.",
        json_schema_extra={"group": "target", "widget": "fraction"},
    )
    region: tuple[int, int, int, int] | None = Field(
        None,
        title="Region",
        description="Look only here: x, y, width, height in pixels of the desktop.",
        json_schema_extra={"group": "target", "widget": "region"},
    )
    occurrence: int = Field(
        1,
        ge=1,
        title="Occurrence",
        description="Which of several hits counts, 1 is the first in reading order; of windows, the uppermost.",
        json_schema_extra={"group": "target"},
    )
    offset: dict[str, int] | None = Field(
        None,
        title="Offset",
        description="Act this many pixels away from the anchor: x to the right, y down.",
        json_schema_extra={"group": "target", "widget": "offset"},
    )
    anchor: str = Field(
        "center",
        title="Anchor",
        description="Where on the target to act.",
        pattern="^(center|top-left|top|top-right|left|right|bottom-left|bottom|bottom-right)$",
        json_schema_extra={"group": "target", "widget": "anchor"},
    )
    timeout: Duration | None = Field(
        None,
        title="Timeout",
        description="How long to look for the target; 0 looks once. 3 s for actions, 10 s for waits.",
        json_schema_extra={"group": "target", "unit": "ms", "widget": "duration"},
    )
    monitor: int | None = Field(
        None,
        ge=1,
        title="Monitor",
        description="Look only on this monitor, 1 is the first.",
        json_schema_extra={"group": "target"},
    )
    strict: bool = Field(
        False,
        title="Strict",
        description="Fail when a second hit is as good as the first.",
        json_schema_extra={"group": "target"},
    )
    tolerance: int = Field(
        10,
        ge=0,
        le=255,
        title="Colour tolerance",
        description="How far each channel of a colour may be off, 0 to 255.",
        json_schema_extra={"group": "target"},
    )


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
        description="What to look for on the desktop: an element, text, a picture, a window or a point.",
        json_schema_extra={"widget": "target"},
        min_length=1,
    )


class OptionalTargetConfig(TargetOptions):
    """Settings of a node that may have a target."""

    selector: SelectorText | None = Field(
        None,
        title="Target",
        description="What to look for on the desktop; empty for none.",
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
        faults = []
        for fault in error.errors():
            path = [str(part) for part in fault["loc"] if not str(part).startswith(("function-", "lax-or", "json-or"))]
            key = path[0] if path else getattr(fault.get("ctx", {}).get("error"), "field", "")
            if has_template(raw.get(key)):
                continue
            faults.append((key, reason_of(fault)))
        return None, list(dict.fromkeys(faults))
    keys = read_keys(model)
    return (None if any(has_template(value) for key, value in raw.items() if key in keys) else config), []


_REASONS = {
    "tuple_type": "a list is needed",
    "list_type": "a list is needed",
    "dict_type": "an object is needed",
    "model_type": "an object is needed",
    "string_type": "a text is needed",
    "bool_type": "true or false is needed",
    "bool_parsing": "true or false is needed",
    "int_type": "a whole number is needed",
    "int_parsing": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "float_type": "a number is needed",
    "float_parsing": "a number is needed",
    "literal_error": "it is none of {expected}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "too_short": "at least {min_length} is needed",
    "string_too_short": "it must not be empty",
}


def reason_of(fault: Mapping[str, Any]) -> str:
    """Say for people what pydantic found wrong with a value."""
    template = _REASONS.get(str(fault["type"]))
    raised = fault.get("ctx", {}).get("error")
    if isinstance(raised, Unfit):
        return raised.reason
    if template is None:
        return str(fault["msg"]).removeprefix("Value error, ")
    context = fault.get("ctx", {})
    return say(template, **{name: value for name, value in context.items() if "{" + name + "}" in template})


@cache
def known_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config as a flow file writes them."""
    return frozenset({field.alias or name for name, field in model.model_fields.items()})


@cache
def text_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config that hold a text and nothing else, as flow files and as code write them."""
    texts = [(name, field) for name, field in model.model_fields.items() if field.annotation is str]
    return frozenset(key for name, field in texts for key in (name, field.alias or name))


@cache
def read_keys(model: type[Config]) -> frozenset[str]:
    """The keys of a config that are read: as a flow file writes them, and as code does."""
    return known_keys(model) | model.model_fields.keys()
