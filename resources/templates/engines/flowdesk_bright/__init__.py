"""A way of finding of your own: `bright=200` finds the brightest pixel, if it is at least that bright."""

from collections.abc import Sequence

from flowdesk.model.bodies import fault
from flowdesk.model.engines import Engine, Place, View
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say


def brightness_of(body: str) -> int:
    """Return the number that stands after `bright=`, and refuse what is none."""
    if not body.isdecimal() or int(body) > 255:
        raise fault(
            say('"{body}" is not a brightness.', body=body), say("Write a number from 0 to 255: bright=200."), 0
        )
    return int(body)


def find_bright(body: str, view: View) -> Sequence[Place]:
    """Return the brightest pixel of what is looked at."""
    grey = view.pixels()[:, :, :3].mean(axis=2)
    row, column = divmod(int(grey.argmax()), grey.shape[1])
    if grey[row, column] < brightness_of(body):
        return []
    return [Place(Box(view.box.x + column, view.box.y + row, 1, 1), text=f"{grey[row, column]:.0f}")]


BRIGHT = Engine(
    "bright",
    title="Bright spot",
    doc="The brightest pixel, if it is at least so bright.",
    examples=("bright=200",),
    icon="sun",
    check=brightness_of,
    cost=10,
    find=find_bright,
)
