"""What every part of the canvas may use of the view: its scene, its signals, where it looks, and how it asks for changes."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, Signal
from PySide6.QtWidgets import QGraphicsView, QWidget

from flowdesk.model.changes import AnyChange
from flowdesk.model.nodetype import Catalogue
from flowdesk.ui.canvas.frame_item import GroupItem
from flowdesk.ui.canvas.habits import DEFAULT
from flowdesk.ui.canvas.hint import HintBubble
from flowdesk.ui.canvas.look import MANY, OVERVIEW, TITLES
from flowdesk.ui.canvas.overview import Overview
from flowdesk.ui.canvas.scene import FlowScene


class Surface(QGraphicsView):
    """The view without its parts: they know it, it knows none of them.

    Signals carry plain values: ``changes_requested(list of changes, label, gesture)``, where changes with the same
    non-empty gesture are one step of undo; ``quick_add_requested(scene point, source id or "", handle or "")``;
    ``context_menu_requested(global point, scene point, kind, id)`` with the kind ``node``, ``edge`` or ``canvas``.
    """

    changes_requested = Signal(object, str, str)
    selection_changed = Signal(object)
    open_requested = Signal(str)
    rename_requested = Signal(str)
    quick_add_requested = Signal(QPointF, str, str)
    insert_requested = Signal(QPointF, str)
    """A node is to be put into an edge, beside a point of the scene."""
    context_menu_requested = Signal(QPoint, QPointF, str, str)
    breakpoint_toggled = Signal(str)
    chip_pressed = Signal(str)
    """The trigger of this id is to be shown."""
    moved = Signal()
    """The view looks elsewhere, or at another zoom."""

    def __init__(self, catalogue: Catalogue, translate: Callable[[str], str], parent: QWidget | None) -> None:
        """Look at an empty flow."""
        super().__init__(parent)
        self.flow_scene = FlowScene(catalogue, translate, self)
        self.setScene(self.flow_scene)
        self.overview = Overview(self.flow_scene)
        self.snaps = True
        """Whether moved nodes keep to the grid; Shift does the other."""
        self.habits = DEFAULT
        self.variables: Mapping[str, Any] = {}
        """Those of the last run, to be seen on hover."""
        self.is_space_held = False
        self.to_select: list[str] = []
        """What is selected as soon as the document has it."""
        self._hint = HintBubble(self)

    # where it looks

    @property
    def zoom(self) -> float:
        """Screen pixels for one scene pixel."""
        return float(self.transform().m11())

    @property
    def is_overview(self) -> bool:
        """Whether nodes are drawn as flat cards: always at tiny zooms, sooner where there are many."""
        zoom = self.zoom
        return zoom < OVERVIEW or (zoom < TITLES and len(self.flow_scene.node_items) > MANY)

    def visible_rect(self) -> QRectF:
        """What is seen of the scene."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def pointer_in_scene(self) -> QPointF | None:
        """Where the pointer is in the scene, if it is over the canvas."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        return self.mapToScene(at) if self.viewport().rect().contains(at) and self.underMouse() else None

    def pan_by(self, dx: int, dy: int) -> None:
        """Move what is seen by screen pixels."""
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        bars[0].setValue(bars[0].value() + dx)
        bars[1].setValue(bars[1].value() + dy)
        self.moved.emit()

    # asking

    def request(
        self, changes: Sequence[AnyChange], label: str, gesture: str = "", *, select: Iterable[str] = ()
    ) -> None:
        """Ask for changes to be made as one step of undo; nothing to change asks for nothing.

        Args:
            changes: The changes, in order.
            label: What the step is called.
            gesture: Requests with the same one are undone together; empty is a gesture of its own.
            select: Ids of nodes to select once they are there.
        """
        if not changes:
            return
        self.to_select = list(select)
        self.changes_requested.emit(list(changes), label, gesture or uuid.uuid4().hex)

    def ask_for_menu(self, at: QPointF) -> None:
        """Ask for the context menu of what is at a point of the scene; it is selected first."""
        place = self.viewport().mapToGlobal(self.mapFromScene(at))
        item, edge = self.flow_scene.node_at(at), self.flow_scene.edge_at(at, 6.0 / min(self.zoom, 1.0))
        frame = self.flow_scene.frames.at(at)
        if item is not None:
            if not item.isSelected():
                self.flow_scene.select([item.node.id])
            self.context_menu_requested.emit(place, at, "node", item.node.id)
        elif edge is not None:
            self.flow_scene.select((), [edge.edge.id])
            self.context_menu_requested.emit(place, at, "edge", edge.edge.id)
        elif frame is not None:
            if not frame[0].isSelected():
                self.flow_scene.select((), (), [frame[0].frame.id])
            kind = "group" if isinstance(frame[0], GroupItem) else "note"
            self.context_menu_requested.emit(place, at, kind, frame[0].frame.id)
        else:
            self.context_menu_requested.emit(place, at, "canvas", "")

    def show_hint(self, text: str | None, at: QPointF) -> None:
        """Show a sentence beside a point of the scene, or none."""
        self._hint.show_at(self.flow_scene.look.translate(text) if text else "", self.mapFromScene(at))
