"""The requests about recording (contract §9)."""

from pydantic import Field

from flowdesk.protocol.payload import Payload


class StartRecording(Payload):
    """Record what the person at the desktop does, as nodes of the open flow `workflow_id`. It ends with the client that started it."""

    after: str | None = Field(None, description="The node behind which the steps go; without it the end of the flow.")
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
