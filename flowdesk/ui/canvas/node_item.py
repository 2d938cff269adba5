"""The picture of a node: what it shows. How it is drawn is in ``node_painter``."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from flowdesk.model.flow import Node
from flowdesk.model.nodetype import NodeType
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.ui.canvas import node_painter
from flowdesk.ui.canvas.card import CardShape
from flowdesk.ui.canvas.chips import Chip, box_of, height_of
from flowdesk.ui.canvas.look import Look
from flowdesk.ui.canvas.node_painter import BREAKPOINT, MARGIN, STUB
from flowdesk.ui.canvas.reason_item import ReasonItem

PORT_REACH = 11.0
"""How far from a port's middle a press still means the port, in scene pixels."""

STATE_WORDS = {
    NodeState.PENDING: say("waiting"),
    NodeState.RUNNING: say("running"),
    NodeState.SUCCESS: say("done"),
    NodeState.ERROR: say("error"),
    NodeState.SKIPPED: say("skipped"),
    NodeState.CANCELLED: say("cancelled"),
}
"""What is said of a node in a run."""


@lru_cache(maxsize=256)
def _bounds(shape: CardShape) -> QRectF:
    return QRectF(-MARGIN, -MARGIN, shape.width + MARGIN + STUB + 10, shape.height + 2 * MARGIN)


class NodeItem(QGraphicsItem):
    """A node's card. One item; ports, marks and badges are painted, not children."""

    def __init__(self, node: Node, node_type: NodeType | None, shape: CardShape, look: Look) -> None:
        """Draw a node at its place."""
        super().__init__()
        self.node = node
        self.node_type = node_type
        self.card = shape
        self.look = look
        self.summary = ""
        self.state: NodeState | None = None
        self.message = ""
        self.outcome: Mapping[str, Any] | None = None
        """The payload of the event with which it ended in the last run."""
        self.reason: ReasonItem | None = None
        self.problem: str | None = None
        """``error`` or ``warning``."""
        self.problem_text = ""
        self.hovered_port: str | None = None
        self.is_drop_target = False
        self.open_outputs: frozenset[str] = frozenset()
        """Its main outputs that nothing hangs on."""
        self.chips: tuple[Chip, ...] = ()
        """What starts the flow by itself; of the start node."""
        self.texts: tuple[QStaticText, QStaticText] | None = None
        self._bounds = _bounds(shape)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.is_disabled = node.option("disabled") is True
        self.has_breakpoint = node.option("breakpoint") is True
        self.marks = node_type.marks_of(node.config) if node_type else ()
        self.setPos(node.position.x, node.position.y)
        self.setZValue(1.0)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.node.label

    @property
    def category(self) -> str:
        """The category of its type."""
        return self.node_type.category if self.node_type else "other"

    def boundingRect(self) -> QRectF:
        """The card and the room around it; constant for a shape and its chips."""
        return self._bounds.adjusted(0, 0, 0, height_of(self.chips)) if self.chips else self._bounds

    def set_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show what starts the flow by itself."""
        if chips != self.chips:
            self.prepareGeometryChange()
            self.chips = chips
            self.update()

    def chip_at(self, scene_pos: QPointF) -> Chip | None:
        """Return the chip at a point of the scene."""
        local = scene_pos - self.pos()
        return next((c for i, c in enumerate(self.chips) if box_of(i, self.card.height).contains(local)), None)

    def shape(self) -> QPainterPath:
        """The card's rectangle, and a little around for its ports."""
        path = QPainterPath()
        path.addRect(-6, 0, self.card.width + 12, self.card.height)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw as much as can be seen at this zoom."""
        node_painter.paint_node(painter, self)

    def show_node(self, node: Node, node_type: NodeType | None, shape: CardShape) -> None:
        """Show another version of the node."""
        if shape != self.card:
            self.prepareGeometryChange()
            self._bounds = _bounds(shape)
        self.node, self.node_type, self.card = node, node_type, shape
        self.is_disabled = node.option("disabled") is True
        self.has_breakpoint = node.option("breakpoint") is True
        self.marks = node_type.marks_of(node.config) if node_type else ()
        self.texts = None
        self.setPos(node.position.x, node.position.y)
        self.update()

    def set_summary(self, text: str) -> None:
        """Show another line under the title."""
        if text != self.summary:
            self.summary = text
            self.texts = None
            self.update()

    def set_state(self, state: NodeState | None, message: str = "") -> None:
        """Show how the node's run stands."""
        if (state, message) != (self.state, self.message):
            self.state, self.message = state, message
            self.update()

    def show_reason(self) -> QGraphicsItem | None:
        """Say under the card why the node failed, or no longer. Returns what is to be taken out of the scene."""
        gone, self.reason = self.reason, None
        if self.state is NodeState.ERROR and self.message:
            details = (self.outcome or {}).get("error_details") or {}
            self.reason = ReasonItem(
                self, self.card, self.look, self.look.translate(self.message), details.get("picture")
            )
            self.setZValue(1.95)
        elif gone is not None:
            self.setZValue(1.0)
        return gone

    def set_problem(self, level: str | None, text: str = "") -> None:
        """Mark the node as having a problem, or not."""
        if (level, text) != (self.problem, self.problem_text):
            self.problem, self.problem_text = level, text
            self.update()

    def set_port_hover(self, handle: str | None) -> None:
        """Highlight an output; the input is ``"<in>"``."""
        if handle != self.hovered_port:
            self.hovered_port = handle
            self.update()

    def set_drop_target(self, is_target: bool) -> None:
        """Highlight the card as what a wire would be led to."""
        if is_target != self.is_drop_target:
            self.is_drop_target = is_target
            self.update()

    def input_point(self) -> QPointF:
        """Where edges enter, in the scene. A node without an input gives its left middle."""
        y = self.card.input_y if self.card.input_y is not None else self.card.height / 2
        return self.pos() + QPointF(0, y)

    def output_point(self, handle: str | None) -> QPointF:
        """Where edges of an output leave, in the scene."""
        port = self.card.port(handle)
        return self.pos() + QPointF(self.card.width, port.y if port else self.card.height / 2)

    def output_at(self, scene_pos: QPointF) -> str | None:
        """Return the output whose port is at a point of the scene."""
        local = scene_pos - self.pos()
        best: tuple[float, str] | None = None
        for port in self.card.outputs:
            x = local.x() - self.card.width
            if port.handle in self.open_outputs and abs(x - STUB) < PORT_REACH - 1:
                x -= STUB  # the sign beside it
            distance = max(abs(x), abs(local.y() - port.y))
            if distance <= PORT_REACH and (best is None or distance < best[0]):
                best = (distance, port.handle)
        return best[1] if best else None

    def set_open_outputs(self, handles: frozenset[str]) -> None:
        """Show which of its outputs a node can be added to."""
        if handles != self.open_outputs:
            self.open_outputs = handles
            self.update()

    def is_breakpoint_at(self, scene_pos: QPointF) -> bool:
        """Whether the sign of its breakpoint is at a point of the scene, as large as a finger."""
        reach = 1.3 * BREAKPOINT / min(max(self.look.zoom, 0.3), 1.0) + 2
        return self.has_breakpoint and (scene_pos - self.pos() - QPointF(4, 4)).manhattanLength() <= reach

    def is_input_at(self, scene_pos: QPointF) -> bool:
        """Whether the input's port is at a point of the scene."""
        local = scene_pos - self.pos()
        y = self.card.input_y
        return y is not None and abs(local.x()) <= PORT_REACH and abs(local.y() - y) <= PORT_REACH

    def is_part_at(self, scene_pos: QPointF) -> bool:
        """Whether a port, a sign or a chip is at a point of the scene, beside the card."""
        return (
            self.output_at(scene_pos) is not None
            or self.is_input_at(scene_pos)
            or self.is_breakpoint_at(scene_pos)
            or self.chip_at(scene_pos) is not None
        )

    def spoken(self) -> str:
        """What a screen reader says."""
        say_it = self.look.translate
        parts = [self.node.label, say_it(self.node_type.title) if self.node_type else self.node.type, self.summary]
        parts.append(say_it(STATE_WORDS[self.state]) if self.state else "")
        parts.append(self.problem_text if self.problem else "")
        parts.append(say_it(say("disabled")) if self.is_disabled else "")
        parts.append(say_it(say("breakpoint")) if self.has_breakpoint else "")
        parts += [say_it(title) for _, title in self.marks]
        parts += [chip.text for chip in self.chips]
        return ", ".join(part for part in parts if part)

    def card_rect(self) -> QRectF:
        """The card in the scene."""
        return QRectF(self.pos().x(), self.pos().y(), self.card.width, self.card.height)


def raise_item(item: NodeItem) -> None:
    """Bring a node over the others, as a press does."""
    scene = item.scene()
    for other in scene.items(item.sceneBoundingRect(), Qt.ItemSelectionMode.IntersectsItemBoundingRect):
        if isinstance(other, NodeItem) and other is not item and other.zValue() >= item.zValue():
            item.setZValue(min(other.zValue() + 0.001, 1.9))
