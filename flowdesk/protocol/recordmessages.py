"""The requests about recording (contract §9)."""

from typing import Literal

from pydantic import Field

from flowdesk.protocol.payload import Payload


class StartRecording(Payload):
    """Record what the person at the desktop does, as nodes of the open flow `workflow_id`. It ends with the client that started it."""

    after: str | None = Field(None, description="The node behind which the steps go; without it the end of the flow.")
    replace: str | None = Field(
        None,
        description="The node whose place the steps take when the recording ends; it may be one that a run asks about.",
    )
    window: str | None = Field(
        None,
        max_length=300,
        description="Title of a window that is left out: that of the page from which it is started.",
    )


class PauseRecording(Payload):
    """Leave out what is done from now on, or take it in again."""

    paused: bool = Field(True, description="Whether it pauses.")


class StopRecording(Payload):
    """End the recording; the reply comes when its last step is in the flow."""

    forget: int = Field(0, ge=0, le=60_000, description="Leave out what was begun in so many last milliseconds.")


class NoteRecording(Payload):
    """Write a note to the step that was recorded last."""

    text: str = Field(max_length=2000, description="The note.")


class PointRecording(Payload):
    """Add a step about something on the desktop that was pointed at; what it is found by comes from `target.candidates`."""

    action: Literal["wait", "check", "read"] = Field(
        description="`wait` until it appears, `check` that it is there, or `read` its text into a variable."
    )
    selector: str | list[str] = Field(description="The ways to find it, the best first.")
    variable: str = Field("", max_length=100, description="The variable of `read`.")


class KeepRecordedSecret(Payload):
    """Keep a password that was typed during your recording in the key store of flowdesk's machine; the note that asks for it goes."""

    name: str = Field(max_length=200, description="One of the `secrets` of the recording.")
    value: str = Field(min_length=1, max_length=10_000, repr=False, description="The password. It goes nowhere else.")
