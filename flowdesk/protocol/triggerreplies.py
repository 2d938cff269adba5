"""What the server answers about triggers."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from flowdesk.model.told import Phrase
from flowdesk.protocol.events import ProblemPayload, TriggerRow


class ToldTrigger(TypedDict):
    """A trigger, in words."""

    id: str
    type: str
    disabled: bool
    sentence: Annotated[str, Field(description="When it starts its flow.")]
    phrase: Annotated[str | Phrase, Field(description="`sentence` with what translates it.")]
    next: Annotated[list[str], Field(description="The next times, ISO 8601; empty where it does not go by the clock.")]
    fault: NotRequired[Annotated[str | None, Field(description="Why it cannot be watched now.")]]


class ArmedFlow(TypedDict):
    """A flow that starts by itself."""

    path: str
    flow: Annotated[str, Field(description="Its name.")]
    state: Annotated[Literal["armed", "changed", "gone"], Field(description="Whether the file is as it was allowed.")]
    note: Annotated[str | None, Field(description="What is the matter with it.")]
    phrase: Annotated[str | Phrase, Field(description="`note` with what translates it.")]
    since: Annotated[str, Field(description="When it was armed, ISO 8601.")]
    overlap: str | None
    next: Annotated[str | None, Field(description="Its next time by the clock, ISO 8601.")]
    triggers: list[ToldTrigger]
    last: Annotated[TriggerRow | None, Field(description="What was due last.")]


class OwnTriggers(TypedDict):
    """The triggers of the open flow, as it is now."""

    path: str | None
    armed: bool
    overlap: str | None
    triggers: list[ToldTrigger]
    problems: list[ProblemPayload]


class TriggerList(TypedDict, closed=True):
    """What may start by itself on this machine."""

    armed: list[ArmedFlow]
    flow: Annotated[OwnTriggers | None, Field(description="Of the open flow `workflow_id`.")]
    paused: bool
    holder: Annotated[
        dict[str, Any] | None, Field(description="`pid` and `process` of the flowdesk that watches; null for none.")
    ]
    timezone: Annotated[str, Field(description="Of the machine.")]


class TriggersArmed(TypedDict, closed=True):
    """The flow starts by itself from now on."""

    path: str
    armed: bool


class TriggersDisarmed(TypedDict, closed=True):
    """The flow starts by itself no more."""

    path: str
    armed: bool
    was_armed: bool


class TriggersPaused(TypedDict, closed=True):
    """Whether all of them pause."""

    paused: bool


class TriggerRows(TypedDict, closed=True):
    """What was due, the newest first."""

    rows: list[TriggerRow]
