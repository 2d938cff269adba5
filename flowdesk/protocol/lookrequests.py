"""The requests about what is on a desktop; the last two act on it."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.protocol.payload import Payload


class Look(Payload):
    """Something about a desktop."""

    run_id: str | None = Field(
        None,
        description="The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on.",
    )


class TestTarget(Look):
    """Look for a target now, and say where, how sure and how long it took."""

    config: dict[str, Any] = Field(description="A config with `selector` and the keys beside it.")
    highlight: bool = Field(False, description="Ring the spot on the desktop.")


class InspectTarget(Look):
    """Say what is at a point of the desktop: the elements there, innermost first, and the window."""

    x: int = Field(description="Across, in pixels of the desktop.")
    y: int = Field(description="Down, in pixels of the desktop.")


class TargetCandidates(Look):
    """Find selectors for what was clicked (`x`, `y`) or drawn (`box`), each tried at once, the best first."""

    x: int | None = Field(None, description="Across, in pixels of the desktop.")
    y: int | None = Field(None, description="Down, in pixels of the desktop.")
    box: tuple[int, int, int, int] | None = Field(
        None, description="x, y, width, height of what was drawn, in pixels of the desktop."
    )
    level: int | None = Field(
        None,
        ge=0,
        description="Which element of the `path` of `target.inspect` is meant; without it the one that a click means.",
    )


class ListElements(Look):
    """List the windows of the desktop, and the elements of one with selectors that find just them."""

    window: str | None = Field(
        None, description="The window: a selector such as `app=mousepad`. Without it only the windows are listed."
    )
    within: str | None = Field(
        None, description="Only what lies inside this: a selector that is looked for in the window."
    )
    most: int = Field(
        200, ge=1, le=2000, description="How many elements at the most; those that take input come first."
    )


class CompleteTarget(Look):
    """List what may stand next in a selector that is being written: windows, programs, elements, images."""

    text: str = Field(max_length=2000, description="The selector up to the cursor.")


class DesktopScreenshot(Look):
    """Take a picture of the desktop."""

    region: tuple[int, int, int, int] | None = Field(
        None, description="x, y, width, height in pixels; without it everything."
    )
    monitor: int | None = Field(None, ge=1, description="One monitor.")
    scale: float = Field(1.0, gt=0, le=1, description="Factor by which the picture is made smaller.")
    format: Literal["png", "jpeg", "webp"] = Field("jpeg", description="How it is compressed.")
    quality: int = Field(75, ge=1, le=100, description="For JPEG and WebP.")


class WatchDesktop(Look):
    """Receive the desktop as it changes, as `desktop.frame` events. Again: with other settings, all of it anew."""

    scale: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Factor by which the picture is made smaller; the next larger of 1/4, 1/2, 3/4, 1 is used.",
    )
    quality: int = Field(80, ge=1, le=100, description="For JPEG.")


class DesktopShown(Payload):
    """Say that a `desktop.frame` was shown: the next one comes then, with all that changed meanwhile."""

    frame: int = Field(ge=0, description="From the `desktop.frame`.")


class ControlDesktop(Payload):
    """Take the mouse and the keyboard of the desktop that the server is on, or let go of them. One client at a time, of the owner's own; everyone sees who (`controller` of `system.status`)."""

    on: bool = Field(True, description="False lets go.")


class ActOnDesktop(Payload):
    """Do one thing on the desktop that you control, as a person does there. Refused while a run drives it; one that is paused or asks may be helped."""

    action: Literal["move", "click", "drag", "scroll", "keys", "text"] = Field(description="What to do.")
    x: int | None = Field(None, description="Across, in pixels of the desktop.")
    y: int | None = Field(None, description="Down, in pixels of the desktop.")
    to_x: int | None = Field(None, description="Where a drag ends, across.")
    to_y: int | None = Field(None, description="Where a drag ends, down.")
    button: Literal["left", "middle", "right"] = Field("left", description="For `click` and `drag`.")
    clicks: int = Field(1, ge=1, le=3, description="For `click`.")
    dx: int = Field(0, ge=-50, le=50, description="For `scroll`: clicks of the wheel to the right.")
    dy: int = Field(0, ge=-50, le=50, description="For `scroll`: clicks of the wheel down.")
    modifiers: list[Literal["ctrl", "shift", "alt", "super"]] = Field(
        [], max_length=4, description="Keys that are held."
    )
    keys: list[str] = Field([], max_length=8, description="For `keys`: pressed together, such as `ctrl`, `s`.")
    text: str = Field("", max_length=2000, description="For `text`: typed into what has the keyboard.")
