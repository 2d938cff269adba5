"""What is done with groups and notes, as pure functions from a flow to the changes that carry it out."""

import uuid
from collections.abc import Collection, Iterable, Mapping

from flowdesk.model.changes import AnyChange, Draft, SetFlow
from flowdesk.model.groups import GROUPS, NOTES, Group, read_groups, read_notes
from flowdesk.ui.canvas.card import GROUP_SIDE as SIDE
from flowdesk.ui.canvas.card import GROUP_TOP as TOP
from flowdesk.ui.canvas.card import Box

Place = tuple[float, float]


def fresh_id(kind: str) -> str:
    """Return an id for a new group or note."""
    return f"{kind}_{uuid.uuid4().hex[:8]}"


def group(
    draft: Draft, boxes: Mapping[str, Box], group_id: str, title: str = "", color: str = "blue"
) -> list[AnyChange]:
    """Put nodes into a new group; they leave those they were in.

    Args:
        draft: The flow.
        boxes: Box of the card of each node.
        group_id: Id of the new group.
        title: Its title.
        color: Its colour, one of ``groups.COLORS``.
    """
    members = [node_id for node_id in boxes if node_id in draft.nodes]
    if not members:
        return []
    left, top = min(boxes[i][0] for i in members), min(boxes[i][1] for i in members)
    right = max(boxes[i][0] + boxes[i][2] for i in members)
    bottom = max(boxes[i][1] + boxes[i][3] for i in members)
    value = {
        "title": title,
        "color": color,
        "x": left - SIDE,
        "y": top - TOP,
        "width": right - left + 2 * SIDE,
        "height": bottom - top + TOP + SIDE,
        "nodes": members,
        "collapsed": False,
    }
    changes = regroup(draft, dict.fromkeys(members))
    changes.append(SetFlow(path=(GROUPS, group_id), value=value))
    return changes


def add_note(draft: Draft, note_id: str, x: float, y: float, text: str = "") -> list[AnyChange]:
    """Put a note on the canvas, its corner at a place."""
    value = {"text": text, "color": "yellow", "x": x, "y": y, "width": 200.0, "height": 120.0}
    return [SetFlow(path=(NOTES, note_id), value=value)]


def regroup(draft: Draft, wanted: Mapping[str, str | None]) -> list[AnyChange]:
    """Put each node into a group, or with ``None`` into none. A group that this empties goes."""
    changes: list[AnyChange] = []
    for found in read_groups(draft.fields).values():
        before = [node_id for node_id in found.nodes if node_id in draft.nodes]
        after = [node_id for node_id in before if wanted.get(node_id, found.id) == found.id]
        after += [i for i, group_id in wanted.items() if group_id == found.id and i not in after and i in draft.nodes]
        if before and not after:
            changes.append(SetFlow(path=(GROUPS, found.id), remove=True))
        elif after != before:
            changes.append(SetFlow(path=(GROUPS, found.id, "nodes"), value=after))
    return changes


def ungroup(draft: Draft, ids: Collection[str]) -> list[AnyChange]:
    """Remove groups; their nodes stay."""
    return [SetFlow(path=(GROUPS, i), remove=True) for i in read_groups(draft.fields) if i in ids]


def remove_frames(draft: Draft, ids: Collection[str]) -> list[AnyChange]:
    """Remove groups and notes; nodes stay."""
    notes = [SetFlow(path=(NOTES, i), remove=True) for i in read_notes(draft.fields) if i in ids]
    return [*ungroup(draft, ids), *notes]


def without(draft: Draft, gone: Collection[str], frames: Collection[str] = ()) -> list[AnyChange]:
    """Take nodes that are about to go out of their groups, but leave groups alone that go too."""
    return [
        change
        for change in regroup(draft, dict.fromkeys(gone))
        if not (isinstance(change, SetFlow) and len(change.path) > 1 and change.path[1] in frames)
    ]


def place_frames(draft: Draft, boxes: Mapping[str, tuple[float, ...]]) -> list[AnyChange]:
    """Put groups and notes at ``x, y`` or, with four values, in ``x, y, width, height``; those already so are left alone."""
    changes: list[AnyChange] = []
    for field, frames in ((GROUPS, read_groups(draft.fields)), (NOTES, read_notes(draft.fields))):
        for frame in frames.values():
            for key, value in zip(("x", "y", "width", "height"), boxes.get(frame.id, ()), strict=False):
                if getattr(frame, key) != value:
                    changes.append(SetFlow(path=(field, frame.id, key), value=value))
    return changes


def shift_frames(draft: Draft, ids: Collection[str], dx: float, dy: float) -> list[AnyChange]:
    """Move groups and notes by so many scene pixels."""
    frames = (*read_groups(draft.fields).values(), *read_notes(draft.fields).values())
    return place_frames(draft, {frame.id: (frame.x + dx, frame.y + dy) for frame in frames if frame.id in ids})


def set_frames(draft: Draft, ids: Iterable[str], key: str, value: object) -> list[AnyChange]:
    """Set one value of groups and notes, where they have it and it is another."""
    changes: list[AnyChange] = []
    wanted = set(ids)
    for field, frames in ((GROUPS, read_groups(draft.fields)), (NOTES, read_notes(draft.fields))):
        changes += [
            SetFlow(path=(field, frame.id, key), value=value)
            for frame in frames.values()
            if frame.id in wanted and hasattr(frame, key) and getattr(frame, key) != value
        ]
    return changes


def toggle_collapsed(draft: Draft, ids: Collection[str]) -> list[AnyChange]:
    """Collapse groups, or expand them if all are collapsed."""
    chosen = [found for found in read_groups(draft.fields).values() if found.id in ids]
    return set_frames(draft, ids, "collapsed", not all(found.collapsed for found in chosen))


def members(draft: Draft, ids: Collection[str]) -> list[str]:
    """Return the nodes of groups, in the order of the flow."""
    inside = {node_id for found in read_groups(draft.fields).values() if found.id in ids for node_id in found.nodes}
    return [node_id for node_id in draft.nodes if node_id in inside]


def whole_groups(draft: Draft, ids: Collection[str]) -> list[Group]:
    """Return the groups all of whose nodes are among ``ids``."""
    chosen = set(ids)
    result = []
    for found in read_groups(draft.fields).values():
        inside = [node_id for node_id in found.nodes if node_id in draft.nodes]
        if inside and chosen.issuperset(inside):
            result.append(found)
    return result


def drop_moves(
    draft: Draft, boxes: Mapping[str, Box], areas: Mapping[str, Box], kept: Collection[str]
) -> list[AnyChange]:
    """Return what becomes of the groups of moved nodes: one dropped in a group joins it, one dropped outside leaves.

    Args:
        draft: The flow.
        boxes: Where the cards of the moved nodes lie now.
        areas: Where the groups lay before the move; collapsed ones are left out.
        kept: Groups that moved along: their nodes stay in them.
    """
    group_of = {node_id: found.id for found in read_groups(draft.fields).values() for node_id in found.nodes}
    wanted: dict[str, str | None] = {}
    for node_id, (x, y, width, height) in boxes.items():
        own = group_of.get(node_id)
        if own in kept:
            continue
        middle_x, middle_y = x + width / 2, y + height / 2
        under = [
            group_id
            for group_id, (left, top, wide, high) in areas.items()
            if left <= middle_x <= left + wide and top <= middle_y <= top + high and group_id not in kept
        ]
        smallest = min(under, key=lambda group_id: areas[group_id][2] * areas[group_id][3], default=None)
        if smallest != own and own not in under:
            wanted[node_id] = smallest
    return regroup(draft, wanted)
