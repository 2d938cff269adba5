"""Groups and notes: what people draw around and beside the nodes. They mean nothing to a run.

They stand in the flow file beside ``nodes`` and ``edges``, keyed by id, so that tools which know only those two are not
troubled by nodes of a strange type (``docs/decisions/0007-groups-and-notes-beside-the-nodes.md``)::

    "groups": {"group_1": {"title": "Log in", "color": "blue", "x": 0, "y": 0, "width": 400, "height": 200,
                           "nodes": ["name", "ok"], "collapsed": true}},
    "notes": {"note_1": {"text": "Ask Li Lei first", "color": "yellow", "x": 0, "y": 0, "width": 200, "height": 120}}

Lengths are scene pixels. Whatever cannot be read is left alone and not shown.
"""

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

GROUPS, NOTES = "groups", "notes"
"""The fields of a flow that hold them."""
COLORS = ("gray", "blue", "green", "yellow", "red", "purple", "teal", "orange")


class Frame(BaseModel):
    """A rectangle on the canvas, in scene pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: str
    x: float = 0.0
    y: float = 0.0
    width: float = 200.0
    height: float = 120.0
    color: str = ""


F = TypeVar("F", bound="Frame")


class Group(Frame):
    """A frame around nodes."""

    title: str = ""
    color: str = "gray"
    nodes: tuple[str, ...] = ()
    """Ids of its members, in any order; one that the flow does not hold means nothing."""
    collapsed: bool = False


class Note(Frame):
    """A text beside the nodes."""

    text: str = ""
    color: str = "yellow"


def read_groups(fields: Mapping[str, Any]) -> dict[str, Group]:
    """Return the groups of a flow by id. A node that several claim belongs to the first."""
    result: dict[str, Group] = {}
    claimed: set[str] = set()
    for group in _read(fields.get(GROUPS), Group).values():
        nodes = tuple(dict.fromkeys(node_id for node_id in group.nodes if node_id not in claimed))
        claimed.update(nodes)
        result[group.id] = group.model_copy(update={"nodes": nodes})
    return result


def read_notes(fields: Mapping[str, Any]) -> dict[str, Note]:
    """Return the notes of a flow by id."""
    return _read(fields.get(NOTES), Note)


def _read(values: Any, kind: type[F]) -> dict[str, F]:
    result: dict[str, F] = {}
    if not isinstance(values, Mapping):
        return result
    for frame_id, value in values.items():
        if not isinstance(value, Mapping):
            continue
        try:
            frame = kind.model_validate({**value, "id": str(frame_id)})
        except ValidationError:
            continue
        if all(math.isfinite(n) and abs(n) < 1e7 for n in (frame.x, frame.y, frame.width, frame.height)):
            result[frame.id] = frame
    return result
