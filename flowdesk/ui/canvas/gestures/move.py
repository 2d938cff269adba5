"""Moving nodes, dropping one on an edge, and dragging copies."""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from flowdesk.model.sentence import say
from flowdesk.ui.canvas import editing, fragment, framing
from flowdesk.ui.canvas.card import Box, snapped
from flowdesk.ui.canvas.edge_item import EdgeItem
from flowdesk.ui.canvas.frame_item import FrameItem, GroupItem
from flowdesk.ui.canvas.gestures.gesture import Gesture, Modifiers, Reason
from flowdesk.ui.canvas.gestures.guides import Guide, guides
from flowdesk.ui.canvas.look import with_alpha
from flowdesk.ui.canvas.node_item import NodeItem, raise_item
from flowdesk.ui.canvas.surface import Surface

GUIDE_REACH = 6.0
"""Screen pixels within which a box is drawn to a guide."""
MOST_NEIGHBOURS = 400


class MoveGesture(Gesture):
    """Move what is selected: on the grid (Shift: free), drawn to guides; an unconnected node can drop on an edge.

    A group takes its nodes along. Nodes dropped in a group join it, nodes dropped outside theirs leave it.
    """

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: Surface, grabbed: NodeItem | FrameItem) -> None:
        """Move the selection by one of its nodes, groups or notes."""
        super().__init__(view)
        self.grabbed = grabbed
        self.guides: list[Guide] = []
        self.splice_edge: EdgeItem | None = None
        self._into: GroupItem | None = None
        self._is_dragging = False
        self._shift = QPointF()

    def start(self, at: QPointF, keys: Modifiers) -> None:
        """Select what was grabbed, unless it is selected already; Shift adds it, Ctrl toggles it."""
        super().start(at, keys)
        self._was_selected = self.grabbed.isSelected()
        nodes, frames = set(self.scene.selected_ids()), set(self.scene.selected_frame_ids())
        own = {self.grabbed_id}
        mine, others = (nodes, frames) if isinstance(self.grabbed, NodeItem) else (frames, nodes)
        if keys & Qt.KeyboardModifier.ControlModifier:
            mine = mine ^ own
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            mine = mine | own
        elif not self._was_selected:
            mine, others = own, set()
        nodes, frames = (mine, others) if isinstance(self.grabbed, NodeItem) else (others, mine)
        self.scene.select(nodes, (), frames)
        if isinstance(self.grabbed, NodeItem):
            raise_item(self.grabbed)
        self._take()

    def _take(self) -> None:
        """Note where everything is that moves: what is selected, the nodes of groups, groups all of whose nodes move."""
        draft = self.scene.draft
        frames = set(self.scene.selected_frame_ids())
        self.ids = list(dict.fromkeys([*self.scene.selected_ids(), *framing.members(draft, frames)]))
        frames |= {group.id for group in framing.whole_groups(draft, self.ids)}
        self._from = self.scene.card_boxes(self.ids)
        self._frames_from = self.scene.frames.boxes(frames)
        self._areas = self.scene.frames.boxes(i for i, g in self.scene.frames.groups.items() if not g.shown.collapsed)

    @property
    def grabbed_id(self) -> str:
        """Id of what the pointer holds."""
        return self.grabbed.node.id if isinstance(self.grabbed, NodeItem) else self.grabbed.frame.id

    def _grabbed_from(self) -> Box | None:
        boxes = self._from if isinstance(self.grabbed, NodeItem) else self._frames_from
        return boxes.get(self.grabbed_id)

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Draw everything where it would go."""
        super().move(at, keys)
        if not self._is_dragging:
            if not self.is_drag(at) or self._grabbed_from() is None:
                return
            self._is_dragging = True
            self._others = self._neighbours()
        self._shift = self._shift_for(at - self.origin, keys)
        self.scene.show_places(self._places())
        self.scene.frames.show_boxes(self._frame_boxes())
        self._find_splice(at)
        self._mark_group(at)

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Ask for the move, for the groups that it changes, and for the splice if a node lies on an edge."""
        edge, self.guides = self.splice_edge, []
        self._set_splice(None)
        self._set_into(None)
        if not self._is_dragging:
            if self._was_selected and not keys & (
                Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
            ):
                self._select_grabbed()
            return
        draft, dx, dy = self.scene.draft, self._shift.x(), self._shift.y()
        changes = editing.move(draft, self._places())
        changes += framing.shift_frames(draft, self._frames_from, dx, dy)
        if isinstance(self.grabbed, NodeItem):
            moved = {i: (box[0] + dx, box[1] + dy, box[2], box[3]) for i, box in self._from.items()}
            changes += framing.drop_moves(draft, moved, self._areas, self._frames_from)
        label = say("Move")
        if edge is not None:
            changes += editing.splice(draft, self.scene.catalogue, self.ids[0], edge.edge.id)
            label = say("Insert into edge")
        if not changes:
            self._put_back()
        self.view.request(changes, label)

    def _select_grabbed(self) -> None:
        if isinstance(self.grabbed, NodeItem):
            self.scene.select({self.grabbed_id})
        else:
            self.scene.select((), (), {self.grabbed_id})

    def _put_back(self) -> None:
        self.scene.settle(self._from)
        self.scene.frames.show_boxes(self._frames_from)

    def _frame_boxes(self) -> dict[str, Box]:
        dx, dy = self._shift.x(), self._shift.y()
        return {i: (box[0] + dx, box[1] + dy, box[2], box[3]) for i, box in self._frames_from.items()}

    def _mark_group(self, at: QPointF) -> None:
        """Show which group the grabbed node would join."""
        into = None
        if isinstance(self.grabbed, NodeItem) and self.scene.frames.items:
            into = self.scene.frames.group_at(self.grabbed.card_rect().center())
            if into is not None and (into.frame.id in self._frames_from or self.grabbed_id in into.shown.nodes):
                into = None
        self._set_into(into)

    def _set_into(self, item: GroupItem | None) -> None:
        if self._into is not None and self._into is not item:
            self._into.set_drop_target(False)
        if item is not None:
            item.set_drop_target(True)
        self._into = item

    def cancel(self, reason: Reason) -> None:
        """Put the nodes back."""
        super().cancel(reason)
        self._set_splice(None)
        self._set_into(None)
        self.guides = []
        self._put_back()

    def paint(self, painter: QPainter) -> None:
        """Draw the guides."""
        pen = QPen(with_alpha(self.scene.look.theme.accent, 0.85), 1.0, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines([QLineF(g.x1, g.y1, g.x2, g.y2) for g in self.guides])

    def bounds(self) -> QRectF:
        """The guides."""
        rect = QRectF()
        for g in self.guides:
            rect = rect.united(QRectF(QPointF(g.x1, g.y1), QPointF(g.x2, g.y2)).normalized().adjusted(-1, -1, 1, 1))
        return rect

    def _places(self) -> dict[str, tuple[float, float]]:
        dx, dy = self._shift.x(), self._shift.y()
        return {node_id: (box[0] + dx, box[1] + dy) for node_id, box in self._from.items()}

    def _neighbours(self) -> list[Box]:
        visible = self.view.visible_rect()
        found: list[Box] = []
        for item in self.scene.items(visible, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, NodeItem) and item.node.id not in self._from:
                found.append((item.pos().x(), item.pos().y(), item.card.width, item.card.height))
            if len(found) >= MOST_NEIGHBOURS:
                return []
        return found

    def _shift_for(self, wanted: QPointF, keys: Modifiers) -> QPointF:
        box = self._grabbed_from()
        assert box is not None
        x, y = box[0] + wanted.x(), box[1] + wanted.y()
        is_free = bool(keys & Qt.KeyboardModifier.ShiftModifier) == self.view.snaps
        if is_free:
            self.guides = []
            return wanted
        dx, dy, lines = guides((x, y, box[2], box[3]), self._others, GUIDE_REACH / self.view.zoom)
        is_on_x, is_on_y = any(g.x1 == g.x2 for g in lines), any(g.y1 == g.y2 for g in lines)
        x = x + dx if is_on_x else snapped(x)
        y = y + dy if is_on_y else snapped(y)
        self.guides = guides((x, y, box[2], box[3]), self._others, 0.5)[2]
        return QPointF(x - box[0], y - box[1])

    def _find_splice(self, at: QPointF) -> None:
        if len(self.ids) != 1 or not isinstance(self.grabbed, NodeItem):
            return
        edge = self.scene.edge_at(self.grabbed.card_rect().center(), 24.0) or self.scene.edge_at(at, 10.0)
        if edge is not None and not editing.can_splice(
            self.scene.draft, self.scene.catalogue, self.ids[0], edge.edge.id
        ):
            edge = None
        self._set_splice(edge)

    def _set_splice(self, edge: EdgeItem | None) -> None:
        if self.splice_edge is not None and self.splice_edge is not edge:
            self.splice_edge.set_hovered(False)
        if edge is not None:
            edge.set_hovered(True)
        self.splice_edge = edge


class DuplicateGesture(MoveGesture):
    """Drag copies of the selected nodes away; the originals stay."""

    cursor = Qt.CursorShape.DragCopyCursor

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Show where the copies would go."""
        self.at = QPointF(at)
        if not self._is_dragging:
            if not self.is_drag(at) or self._grabbed_from() is None:
                return
            self._is_dragging = True
            self._others = self._neighbours()
        self._shift = self._shift_for(at - self.origin, keys & ~Qt.KeyboardModifier.AltModifier)

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Ask for the copies, and select them once they are there."""
        self.guides = []
        if not self._is_dragging:
            return
        frames = self._frames_from
        changes = fragment.duplicate(
            self.scene.draft,
            self.ids,
            frames,
            dx=self._shift.x(),
            dy=self._shift.y(),
            functions=self.scene.catalogue.functions,
            literals=self.scene.catalogue.literal_keys,
        )
        self.view.request(changes, say("Duplicate"), select=fragment.added_ids(changes))

    def paint(self, painter: QPainter) -> None:
        """Draw the outlines of the copies, and the guides."""
        super().paint(painter)
        pen = QPen(self.scene.look.theme.accent, 1.5, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(with_alpha(self.scene.look.theme.accent, 0.08))
        for box in (*self._from.values(), *self._frames_from.values()):
            painter.drawRoundedRect(QRectF(*box).translated(self._shift), 10, 10)

    def bounds(self) -> QRectF:
        """The outlines and the guides."""
        around = self.scene.cards_rect(self._from)
        for box in self._frames_from.values():
            around = around.united(QRectF(*box))
        return around.translated(self._shift).adjusted(-4, -4, 4, 4).united(super().bounds())
