"""The options that every node may have (contract §3), declared once. Pure.

Reading and defaults, validation, the forms of both editors, the wording of differences and the reference derive from
``NodeOptions``. An option stands in a node's config, else in its ``data``, else in the node itself (``Node.option``).
"""

from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from flowdesk.model.config import Config, Duration, known_keys, literal_keys
from flowdesk.model.flow import Node

OPTION_GROUP = "options"
"""The group of a form in which they stand."""
DEFAULT_JUMP_LIMIT = 10_000


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "it must be a whole number")
    return value


Count = Annotated[int, Field(ge=0), BeforeValidator(_no_bool)]


def _text_or_none(value: Any) -> Any:
    """Take what other programs keep under the name of a note for no note."""
    return str(value) if isinstance(value, str | int | float) else ""


def _backoff(value: Any) -> Any:
    return "fixed" if value == "none" else value


class NodeOptions(Config):
    """What every node may have. A field that is ``literal`` is read before the run: no reference is filled into it."""

    disabled: bool = Field(
        False,
        strict=True,
        title="Disabled",
        description="Skip this node: the run continues without doing anything here.",
        json_schema_extra={"group": OPTION_GROUP, "literal": True},
    )
    breakpoint: bool = Field(
        False,
        strict=True,
        title="Breakpoint",
        description="The run pauses before this node.",
        json_schema_extra={"group": OPTION_GROUP, "literal": True},
    )
    retries: Count = Field(
        0,
        title="Retries",
        description="How many times to try again after a failure.",
        json_schema_extra={"group": OPTION_GROUP},
    )
    retry_delay: Duration = Field(
        2.0,
        title="Delay between retries",
        description="How long to wait before each retry.",
        json_schema_extra={"group": OPTION_GROUP, "when": {"retries": True}},
    )
    retry_backoff: Annotated[Literal["fixed", "exponential"], BeforeValidator(_backoff)] = Field(
        "fixed",
        title="Delay growth",
        description="Keep the delay fixed, or double it after each retry.",
        json_schema_extra={"group": OPTION_GROUP, "when": {"retries": True}},
    )
    on_error: Literal["stop", "continue", "branch"] | None = Field(
        None,
        title="On failure",
        description="Stop the run, continue, or follow the error branch. By default, the run follows the error branch if it is connected, and stops otherwise.",
        json_schema_extra={"group": OPTION_GROUP},
    )
    delay_after: Duration = Field(
        0.0,
        title="Delay after node",
        description="How long to wait after the node.",
        json_schema_extra={"group": OPTION_GROUP},
    )
    join: Literal["all", "any", "each"] = Field(
        "all",
        title="When paths meet",
        description="Wait for all paths that lead here, run once for the first path, or run for each path.",
        json_schema_extra={"group": OPTION_GROUP, "literal": True},
    )
    max_iterations: Count = Field(
        DEFAULT_JUMP_LIMIT,
        title="Maximum jumps back",
        description="Maximum jumps from here back to an earlier node; 0 = unlimited.",
        json_schema_extra={"group": OPTION_GROUP, "literal": True},
    )
    note: Annotated[str, BeforeValidator(_text_or_none)] = Field(
        "",
        title="Note",
        description="A note for people who read the flow.",
        json_schema_extra={"group": OPTION_GROUP, "literal": True, "widget": "multiline"},
    )


OPTION_KEYS = known_keys(NodeOptions)
"""Their keys, as files write them."""
FILLED_KEYS = OPTION_KEYS - literal_keys(NodeOptions)
"""Those that may hold a ``{{reference}}``; the others are read before the run begins."""


def given_options(node: Node, keys: Collection[str] = OPTION_KEYS) -> dict[str, Any]:
    """Return which of the options stand in a node, as they are written."""
    if not node.has_options(OPTION_KEYS):
        return {}
    found = {key: node.option(key) for key in keys}
    return {key: value for key, value in found.items() if value is not None}
