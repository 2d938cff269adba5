"""What the server answers about triggers."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flowdesk.protocol.events import OpenPayload, ProblemPayload, TriggerRow


class TriggerReply(BaseModel):
    """The payload of a reply about triggers."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class ToldTrigger(OpenPayload):
    """A trigger, in words."""

    id: str
    type: str
    disabled: bool
    sentence: str = Field(description="When it starts its flow.")
    phrase: Any = Field(None, description="`sentence` with what translates it.")
    next: list[str] = Field(description="The next times, ISO 8601; empty where it does not go by the clock.")
    fault: str | None = Field(None, description="Why it cannot be watched now.")


class ArmedFlow(OpenPayload):
    """A flow that starts by itself."""

    path: str
    flow: str = Field(description="Its name.")
    state: Literal["armed", "changed", "gone"] = Field(description="Whether the file is as it was allowed.")
    note: str | None = Field(description="What is the matter with it.")
    phrase: Any = Field(None, description="`note` with what translates it.")
    since: str = Field(description="When it was armed, ISO 8601.")
    overlap: str | None
    next: str | None = Field(description="Its next time by the clock, ISO 8601.")
    triggers: list[ToldTrigger]
    last: TriggerRow | None = Field(description="What was due last.")


class OwnTriggers(OpenPayload):
    """The triggers of the open flow, as it is now."""

    path: str | None
    armed: bool
    overlap: str | None
    triggers: list[ToldTrigger]
    problems: list[ProblemPayload]


class TriggerList(TriggerReply):
    """What may start by itself on this machine."""

    armed: list[ArmedFlow]
    flow: OwnTriggers | None = Field(description="Of the open flow `workflow_id`.")
    paused: bool
    holder: dict[str, Any] | None = Field(
        description="`pid` and `process` of the flowdesk that watches; null for none."
    )
    timezone: str = Field(description="Of the machine.")


class TriggersArmed(TriggerReply):
    """The flow starts by itself from now on."""

    path: str
    armed: bool


class TriggersDisarmed(TriggerReply):
    """The flow starts by itself no more."""

    path: str
    armed: bool
    was_armed: bool


class TriggersPaused(TriggerReply):
    """Whether all of them pause."""

    paused: bool


class TriggerRows(TriggerReply):
    """What was due, the newest first."""

    rows: list[TriggerRow]
