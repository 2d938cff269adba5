"""Which field is meant by the place that text is for."""

from flowdesk.drivers.atspi.fields import Field
from flowdesk.model.arrival import FIELD_ROLES
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot


def is_field(spot: Spot) -> bool:
    """Whether a spot is a field itself."""
    return spot.element is not None and spot.element.role in FIELD_ROLES


def must_have_it(spot: Spot) -> bool:
    """Whether only a field at a spot may have the keyboard: of a field, and of a text that is a label or stands in one."""
    is_text = spot.element.role == "static_text" if spot.element is not None else spot.engine == "text"
    return is_field(spot) or is_text


def is_at(field: Field, spot: Spot) -> bool:
    """Whether a field is what a spot is, or a part of it."""
    return field.place == spot.handle or not field.box.intersection(spot.box).is_empty


def in_rows(title: str) -> InputFailed:
    """Return the error of a text that rows would take for the beginning of what is looked for in them."""
    return InputFailed(
        say("A list has the keyboard focus in {title} and no field, so nothing was typed.", title=title),
        say(
            "Set the field as the target, or open it first. To find a row by its first letters, use a Press keys node."
        ),
    )
