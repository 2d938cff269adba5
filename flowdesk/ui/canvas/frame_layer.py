"""The groups and notes of a scene: their items by id, what collapsed groups hide, and where edges meet them."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF

from flowdesk.model.groups import Group, Note, read_groups, read_notes
from flowdesk.ui.canvas.card import Box
from flowdesk.ui.canvas.frame_item import FrameItem, GroupItem, NoteItem
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.shown import Shown


class FrameLayer:
    """Keeps the items of groups and notes as the flow has them."""

    def __init__(self, scene: Shown) -> None:
        """Belong to a scene."""
        self.scene = scene
        self.items: dict[str, FrameItem] = {}
        self.group_of: dict[str, str] = {}
        """Id of the group of each node that is in one."""
        self.hidden: dict[str, str] = {}
        """Id of the collapsed group of each node that is not seen."""

    @property
    def groups(self) -> dict[str, GroupItem]:
        """The items of groups by id."""
        return {frame_id: item for frame_id, item in self.items.items() if isinstance(item, GroupItem)}

    def forget(self) -> list[FrameItem]:
        """Keep nothing any more; returns the items to be dropped."""
        items = list(self.items.values())
        self.items, self.group_of, self.hidden = {}, {}, {}
        return items

    def refresh(self) -> set[str]:
        """Show groups and notes as the flow has them. Returns the nodes that came into sight or went out of it."""
        fields = self.scene.draft.fields
        groups, notes = read_groups(fields), read_notes(fields)
        for frame_id in [i for i in self.items if i not in groups and i not in notes]:
            self.scene.drop_item(self.items.pop(frame_id))
        for group in groups.values():
            self._show(group)
        for note in notes.values():
            self._show(note)
        self.group_of = {node_id: group.id for group in groups.values() for node_id in group.nodes}
        before, self.hidden = self.hidden, {}
        for group in groups.values():
            if group.collapsed:
                self.hidden.update(dict.fromkeys(group.nodes, group.id))
        changed = {i for i in before.keys() | self.hidden.keys() if before.get(i) != self.hidden.get(i)}
        for node_id in changed & self.scene.node_items.keys():
            self.scene.node_items[node_id].setVisible(node_id not in self.hidden)
        for group_id in {self.hidden[i] for i in changed if i in self.hidden}:
            self.show_states(group_id)
        return changed

    def follow(self, ids: Iterable[str]) -> None:
        """Let the groups of nodes that were moved lie around them."""
        for group_id in {self.group_of[i] for i in ids if i in self.group_of}:
            item = self.items.get(group_id)
            if isinstance(item, GroupItem):
                item.show_group(item.shown, self._around(item.shown))

    def show_states(self, group_id: str) -> None:
        """Show on a collapsed group how its nodes stand in the run."""
        item = self.items.get(group_id)
        if isinstance(item, GroupItem):
            nodes = (self.scene.node_items.get(i) for i in item.shown.nodes)
            item.states = [node.state for node in nodes if node is not None and node.state is not None]
            item.update()

    def anchor(self, node_id: str) -> "NodeItem | GroupItem":
        """Return what stands for a node on the canvas: itself, or the collapsed group that hides it."""
        group = self.items.get(self.hidden.get(node_id, ""))
        return group if isinstance(group, GroupItem) else self.scene.node_items[node_id]

    def at(self, point: QPointF) -> tuple[FrameItem, str] | None:
        """Return the frame whose border, title or body is at a point of the scene, and what a press there means."""
        best: tuple[FrameItem, str] | None = None
        near = QRectF(point.x() - 4, point.y() - 4, 8, 8)
        for item in self.scene.items(near):
            if isinstance(item, FrameItem) and (best is None or item.zValue() > best[0].zValue()):
                zone = item.zone_at(point)
                if zone:
                    best = (item, zone)
        return best

    def group_at(self, point: QPointF) -> GroupItem | None:
        """Return the smallest expanded group at a point of the scene."""
        found = [item for item in self.groups.values() if not item.shown.collapsed and item.card_rect().contains(point)]
        return min(found, key=lambda item: item.box.width() * item.box.height(), default=None)

    def boxes(self, ids: Iterable[str] | None = None) -> dict[str, Box]:
        """Return ``x, y, width, height`` of frames as they are drawn now, by id."""
        wanted = self.items if ids is None else [i for i in ids if i in self.items]
        result: dict[str, Box] = {}
        for frame_id in wanted:
            rect = self.items[frame_id].card_rect()
            result[frame_id] = (rect.x(), rect.y(), rect.width(), rect.height())
        return result

    def show_boxes(self, boxes: Mapping[str, Box]) -> None:
        """Draw frames elsewhere during a gesture; the flow stays as it is."""
        for frame_id, box in boxes.items():
            item = self.items.get(frame_id)
            if item is not None:
                item.show_box(QRectF(*box))
        inside = [i for i, group_id in self.hidden.items() if group_id in boxes]
        self.scene.lead_edges(inside)

    def _show(self, frame: Group | Note) -> None:
        item = self.items.get(frame.id)
        if item is not None and isinstance(item, GroupItem) != isinstance(frame, Group):
            self.scene.drop_item(self.items.pop(frame.id))
            item = None
        if item is None:
            item = GroupItem(frame, self.scene.look) if isinstance(frame, Group) else NoteItem(frame, self.scene.look)
            self.items[frame.id] = item
            self.scene.addItem(item)
        if isinstance(item, GroupItem) and isinstance(frame, Group):
            item.show_group(frame, self._around(frame))
        elif isinstance(item, NoteItem) and isinstance(frame, Note):
            item.show_note(frame)

    def _around(self, group: Group) -> QRectF:
        """Return the rectangle around the nodes of a group, as they are drawn now."""
        rect = QRectF()
        for node_id in group.nodes:
            item = self.scene.node_items.get(node_id)
            if item is not None:
                rect = rect.united(item.card_rect())
        return rect
