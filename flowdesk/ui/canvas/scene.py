"""The scene: a disposable picture of a flow, keyed by id. It never edits the flow; it shows what changes did."""

import gc
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from flowdesk.model.changes import (
    AddEdge,
    AddNode,
    AnyChange,
    Draft,
    MoveNode,
    RemoveEdge,
    RemoveNode,
    RenameNode,
    SetEdge,
    SetFlow,
    SetNode,
)
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.groups import GROUPS, NOTES
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.run import NodeState
from flowdesk.nodes.words import choice_word
from flowdesk.ui.canvas.card import Box, card_shape
from flowdesk.ui.canvas.edge_item import EdgeItem, way_around
from flowdesk.ui.canvas.frame_item import FrameItem, GroupItem
from flowdesk.ui.canvas.frame_layer import FrameLayer
from flowdesk.ui.canvas.look import Look
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.openings import Raised, show_open_outputs
from flowdesk.ui.canvas.problem_marks import ProblemMarks
from flowdesk.ui.canvas.renaming import show_joined, show_renamed
from flowdesk.ui.canvas.wires import BACKWARDS
from flowdesk.ui.theme import theme

if TYPE_CHECKING:
    from flowdesk.model.problem import Problem

ROOM = 2000.0
"""Empty room around the nodes, in scene pixels."""
GLOW_PERIOD = 1.2
"""Seconds of one breath of a running node."""
CAREFUL = 500
"""Up to so many nodes, edges that lead back keep clear of every card, not only of their own two."""
FRAME = 40
"""Milliseconds between two frames of the glow."""


def around_nodes(nodes: Collection[Node]) -> QRectF:
    """Return a rectangle around the corners of nodes, with room for their cards."""
    if not nodes:
        return QRectF(0, 0, 1, 1)
    xs, ys = [n.position.x for n in nodes], [n.position.y for n in nodes]
    return QRectF(min(xs), min(ys), max(xs) - min(xs) + 200, max(ys) - min(ys) + 200)


class FlowScene(QGraphicsScene):
    """Shows one flow.

    Python keeps every item by id; an item that is removed is dropped on a later turn of the loop, never within
    Qt's own call.
    """

    flow_shown = Signal()
    """Another flow, or the same one anew, is shown."""
    picture_changed = Signal()
    """Nodes or edges came, went or moved."""
    states_changed = Signal()
    """States of the run changed."""
    stale = Signal()
    """A change did not fit the picture: it must be shown anew from the document."""

    def __init__(
        self, catalogue: Catalogue, translate: Callable[[str], str] = str, parent: QObject | None = None
    ) -> None:
        """Show an empty flow."""
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.catalogue = catalogue
        self.look = Look(theme(), translate)
        self.draft = Draft(Flow(id=""))
        self.node_items: dict[str, NodeItem] = {}
        self.edge_items: dict[str, EdgeItem] = {}
        self.frames = FrameLayer(self)
        self.edge_ids: dict[str, set[str]] = {}
        self._summaries: Mapping[str, str] = {}
        self._back: set[str] = set()
        self._gone: list[QGraphicsItem] = []
        self.states: set[str] = set()
        self.faulty: set[str] = set()
        self.problems = ProblemMarks(self)
        self.running: set[str] = set()
        self._finished: dict[str, int] = {}
        self._ends = 0
        self._is_filling = False
        self._glow = QTimer(self)
        self._glow.setInterval(FRAME)
        self._glow.timeout.connect(self._breathe)
        theme.changed.connect(self._retheme)
        self.raised = Raised(self)

    def show(self, flow: Flow) -> None:
        """Show a flow from nothing, whatever was shown before."""
        self.blockSignals(True)
        self._drop_all()
        draft = Draft(flow.model_copy(update={"nodes": (), "edges": ()}))
        draft.nodes = {node.id: node for node in flow.nodes}
        draft.edges = {edge.id: edge for edge in flow.edges}
        self.draft = draft
        self.blockSignals(False)
        self._fit_room(around_nodes(draft.nodes.values()))  # told to the index by a signal
        self.blockSignals(True)
        was_collecting = gc.isenabled()
        gc.disable()  # tens of thousands of objects that all stay: looking through them again and again finds nothing
        try:
            self._is_filling = True
            for node in draft.nodes.values():
                self._add_node(node)
            self.frames.refresh()
            for edge in draft.edges.values():
                self.add_edge(edge)
            show_open_outputs(self, self.node_items)
        finally:
            self._is_filling = False
            if was_collecting:
                gc.enable()
        self.blockSignals(False)
        self.flow_shown.emit()
        self.picture_changed.emit()
        self.selectionChanged.emit()

    def apply(self, changes: Sequence[AnyChange]) -> None:
        """Show what changes did to the flow. Changes of any editor come here once they are in the document."""
        touched: set[str] = set()
        for change in changes:
            try:
                change.apply(self.draft)
            except ChangeRefused:
                self.stale.emit()
                return
            self._show_change(change, touched)
        if any(map(self._concerns_frames, changes)):
            touched |= self.frames.refresh() & self.node_items.keys()
            touched |= {i for i in self.frames.hidden if i in self.node_items}
        else:
            self.frames.follow(touched)
        self.lead_edges(touched)
        if touched:
            self._grow_room(touched)
        self.picture_changed.emit()

    def set_summaries(self, summaries: Mapping[str, str]) -> None:
        """Show the line under each node's title; without one, the title of its type stands there."""
        self._summaries = summaries
        for node_id, item in self.node_items.items():
            item.set_summary(summaries.get(node_id) or self._summary(item.node))

    def set_language(self, translate: Callable[[str], str]) -> None:
        """Show what the canvas itself writes in another language."""
        self.look.translate = translate
        for item in self.node_items.values():
            item.texts = None
        for edge_item in self.edge_items.values():
            self._lead(edge_item)
        self.look.chrome.clear()
        self.update()

    def set_problems(self, problems: "Iterable[Problem]") -> None:
        """Mark the nodes and edges that have problems, and no others."""
        self.faulty = self.problems.show(problems)

    def set_node_state(
        self, node_id: str, state: NodeState | None, message: str = "", outcome: Mapping[str, Any] | None = None
    ) -> None:
        """Show how a node's run stands, and by which edge control came to it.

        Args:
            node_id: The node.
            state: Its state, ``None`` for none.
            message: What is said of it.
            outcome: The event's payload: what it gave, why it failed.
        """
        item = self.node_items.get(node_id)
        if item is None:
            return
        if state is NodeState.RUNNING and item.state is not NodeState.RUNNING:
            self._take_edge(node_id)
        elif state is NodeState.SKIPPED:
            for edge_item in self._edges_into(node_id):
                edge_item.set_taken(edge_item.taken, edge_item.taken == 0)
        if state is not None and state.is_end:
            self._ends += 1
            self._finished[node_id] = self._ends
            item.outcome = outcome
        item.set_state(state, message)
        self._show_reason(item)
        (self.states.discard if state is None else self.states.add)(node_id)
        if node_id in self.frames.hidden:
            self.frames.show_states(self.frames.hidden[node_id])
        if state is NodeState.RUNNING:
            self.running.add(node_id)
            if not self._glow.isActive():
                self._glow.start()
        else:
            self.running.discard(node_id)
        self.states_changed.emit()

    def set_ways(self, ways: Mapping[str, int]) -> None:
        """Show which edges were taken, and how often in this run."""
        for edge_id, count in ways.items():
            item = self.edge_items.get(edge_id)
            if item is not None:
                item.set_taken(count, False)

    def clear_states(self) -> None:
        """Forget the last run: no states, no way taken."""
        self.running.clear()
        self._finished.clear()
        self.states.clear()
        for item in self.node_items.values():
            item.set_state(None)
            item.outcome = None
            self._show_reason(item)
        for edge_item in self.edge_items.values():
            edge_item.set_taken(0, False)
        for group_id in set(self.frames.hidden.values()):
            self.frames.show_states(group_id)
        self.states_changed.emit()

    def selected_ids(self) -> list[str]:
        """Return the ids of the selected nodes, in the order of the flow."""
        chosen = {item.node.id for item in self.selectedItems() if isinstance(item, NodeItem)}
        return [node_id for node_id in self.draft.nodes if node_id in chosen] if len(chosen) > 1 else list(chosen)

    def selected_edge_ids(self) -> list[str]:
        """Return the ids of the selected edges."""
        return [item.edge.id for item in self.selectedItems() if isinstance(item, EdgeItem)]

    def selected_frame_ids(self) -> list[str]:
        """Return the ids of the selected groups and notes."""
        return [item.frame.id for item in self.selectedItems() if isinstance(item, FrameItem)]

    def select(self, ids: Iterable[str], edge_ids: Iterable[str] = (), frame_ids: Iterable[str] = ()) -> None:
        """Select exactly these nodes, edges, groups and notes; told once. What cannot be seen cannot be selected."""
        wanted: set[QGraphicsItem] = {self.node_items[i] for i in ids if i in self.node_items}
        wanted |= {self.edge_items[i] for i in edge_ids if i in self.edge_items}
        wanted |= {self.frames.items[i] for i in frame_ids if i in self.frames.items}
        wanted = {item for item in wanted if item.isVisible()}
        before = set(self.selectedItems())
        if wanted == before:
            return
        blocked = self.blockSignals(True)
        for item in before - wanted:
            item.setSelected(False)
        for item in wanted - before:
            item.setSelected(True)
        self.blockSignals(blocked)
        self.selectionChanged.emit()

    def card_boxes(self, ids: Iterable[str] | None = None) -> dict[str, Box]:
        """Return ``x, y, width, height`` of cards as they are drawn now, by id."""
        wanted = self.node_items if ids is None else [i for i in ids if i in self.node_items]
        result: dict[str, Box] = {}
        for node_id in wanted:
            item = self.node_items[node_id]
            result[node_id] = (item.pos().x(), item.pos().y(), item.card.width, item.card.height)
        return result

    def cards_rect(self, ids: Iterable[str] | None = None) -> QRectF:
        """Return the rectangle around cards; without ids around everything that is seen."""
        if ids is None:
            hidden = self.frames.hidden
            found = [box for node_id, box in self.card_boxes().items() if node_id not in hidden]
            found += self.frames.boxes().values()
        else:
            found = list(self.card_boxes(ids).values())
        if not found:
            return QRectF()
        left, top = min(b[0] for b in found), min(b[1] for b in found)
        return QRectF(left, top, max(b[0] + b[2] for b in found) - left, max(b[1] + b[3] for b in found) - top)

    def show_places(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Draw nodes at other places during a gesture; the flow stays as it is."""
        for node_id, (x, y) in places.items():
            item = self.node_items.get(node_id)
            if item is not None:
                item.setPos(x, y)
        self.frames.follow(places)
        self.lead_edges(places)
        self.picture_changed.emit()

    def settle(self, ids: Iterable[str]) -> None:
        """Draw nodes where the flow has them again."""
        nodes = self.draft.nodes
        self.show_places({i: (nodes[i].position.x, nodes[i].position.y) for i in ids if i in nodes})

    def node_at(self, point: QPointF) -> NodeItem | None:
        """Return the topmost card at a point of the scene, its ports included."""
        near = QRectF(point.x() - 8, point.y() - 8, 16, 16)
        best: NodeItem | None = None
        for item in self.items(near, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, NodeItem):
                if item.card_rect().contains(point):
                    return item
                if best is None and item.is_part_at(point):
                    best = item
        return best

    def edge_at(self, point: QPointF, reach: float = 5.0) -> EdgeItem | None:
        """Return the edge at a point of the scene, within ``reach`` scene pixels."""
        near = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        for item in self.items(near, Qt.ItemSelectionMode.IntersectsItemShape):
            if isinstance(item, EdgeItem):
                return item
        return None

    def edges_of(self, node_id: str) -> set[str]:
        """Return the ids of the edges that touch a node."""
        return self.edge_ids.get(node_id, set())

    # how changes are shown

    def _concerns_frames(self, change: AnyChange) -> bool:
        if isinstance(change, SetFlow):
            return change.path[0] in {GROUPS, NOTES}
        if isinstance(change, AddNode):
            return change.node.id in self.frames.group_of
        return isinstance(change, RemoveNode | RenameNode) and change.id in self.frames.group_of

    def _show_change(self, change: AnyChange, touched: set[str]) -> None:
        if isinstance(change, AddNode):
            self._add_node(change.node)
            touched.add(change.node.id)
            show_joined(self)
        elif isinstance(change, RemoveNode):
            for known in (touched, self.running, self.states, self.faulty):
                known.discard(change.id)
            self.drop_item(self.node_items.pop(change.id))
            for edge_id in tuple(self.edge_ids.pop(change.id, ())):
                self._drop_edge(edge_id)
        elif isinstance(change, MoveNode | SetNode):
            self.refresh_node(change.id)
            touched.add(change.id)
        elif isinstance(change, RenameNode):
            show_renamed(self, change.id, change.to, touched, self.problems.nodes)
        elif isinstance(change, AddEdge):
            self.add_edge(change.edge)
        elif isinstance(change, RemoveEdge):
            self._drop_edge(change.id)
        elif isinstance(change, SetEdge):
            was_selected = change.id in self.edge_items and self.edge_items[change.id].isSelected()
            self._drop_edge(change.id)
            self.add_edge(self.draft.edges[change.id])
            if was_selected and change.id in self.edge_items:
                self.edge_items[change.id].setSelected(True)

    def _add_node(self, node: Node) -> None:
        item = NodeItem(node, self.catalogue.get(node.type), card_shape(node, self.catalogue), self.look)
        item.summary = self._summaries.get(node.id) or self._summary(node)
        self.node_items[node.id] = item
        self.addItem(item)
        item.setVisible(node.id not in self.frames.hidden)
        if not self._is_filling:
            show_open_outputs(self, (node.id,))

    def refresh_node(self, node_id: str) -> None:
        """Draw a node as the draft has it now."""
        node = self.draft.nodes[node_id]
        item = self.node_items[node_id]
        item.show_node(node, self.catalogue.get(node.type), card_shape(node, self.catalogue))
        show_open_outputs(self, (node_id,))
        item.set_summary(self._summary(node))

    def _summary(self, node: Node) -> str:
        node_type = self.catalogue.get(node.type)
        return (
            node_type.summarise(node.config, partial(choice_word, translate=self.look.translate)) if node_type else ""
        )

    def add_edge(self, edge: Edge) -> None:
        """Draw an edge whose ends are there."""
        if edge.source not in self.node_items or edge.target not in self.node_items:
            return
        item = EdgeItem(edge, self.look)
        self.edge_items[edge.id] = item
        self.edge_ids.setdefault(edge.source, set()).add(edge.id)
        self.edge_ids.setdefault(edge.target, set()).add(edge.id)
        self._lead(item)
        self.addItem(item)
        if not self._is_filling:
            show_open_outputs(self, (edge.source,))

    def _drop_edge(self, edge_id: str) -> None:
        if (item := self.edge_items.pop(edge_id, None)) is None:
            return
        self._back.discard(edge_id)
        for end in (item.edge.source, item.edge.target):
            self.edge_ids.get(end, set()).discard(edge_id)
        self.drop_item(item)
        show_open_outputs(self, (item.edge.source,))

    def lead_edges(self, ids: Iterable[str]) -> None:
        """Lead the edges of nodes anew, which lie elsewhere now."""
        found: set[str] = set()
        for node_id in ids:
            found |= self.edge_ids.get(node_id, set())
        if len(self.node_items) <= CAREFUL:
            found |= self._back
        for edge_id in found:
            self._lead(self.edge_items[edge_id])

    def _lead(self, item: EdgeItem) -> None:
        source, target = self.frames.anchor(item.edge.source), self.frames.anchor(item.edge.target)
        item.setVisible(source is not target or isinstance(source, NodeItem))
        item.label = str((item.edge.model_extra or {}).get("label") or "")
        if isinstance(source, NodeItem):
            port = source.card.port(item.edge.source_handle)
            if not item.label and port is not None and port.is_side and not port.has_label:
                item.label = self.look.translate(port.handle)
            start = source.output_point(item.edge.source_handle)
        else:
            start = source.output_point()
        end = target.input_point()
        is_back = end.x() - start.x() < BACKWARDS
        (self._back.add if is_back else self._back.discard)(item.edge.id)
        item.lead(start, end, self._way_around(source, target, start, end) if is_back else 0.0)

    def _way_around(
        self, source: NodeItem | GroupItem, target: NodeItem | GroupItem, start: QPointF, end: QPointF
    ) -> float:
        hidden = self.frames.hidden
        others: Iterable[QRectF] = ()
        if len(self.node_items) <= CAREFUL:
            others = (item.card_rect() for node_id, item in self.node_items.items() if node_id not in hidden)
        return way_around(source.card_rect(), target.card_rect(), start, end, others)

    def drop_item(self, item: QGraphicsItem) -> None:
        """Take an item out; it lives until Qt's call is over."""
        self.removeItem(item)
        self._gone.append(item)
        if len(self._gone) == 1:
            QTimer.singleShot(0, self, self._gone.clear)

    def _drop_all(self) -> None:
        for item in [*self.edge_items.values(), *self.node_items.values(), *self.frames.forget()]:
            self.drop_item(item)
        self.node_items, self.edge_items, self.edge_ids = {}, {}, {}
        for known in (self.running, self.states, self.faulty, self._back):
            known.clear()
        self._finished.clear()
        self._summaries = {}

    # the room that the index divides: tight around the nodes, or its cells would hold everything

    def _fit_room(self, rect: QRectF) -> None:
        self.setSceneRect(rect.adjusted(-ROOM, -ROOM, ROOM, ROOM))

    def _grow_room(self, ids: Iterable[str]) -> None:
        around = self.cards_rect(ids)
        if not self.sceneRect().contains(around):
            self._fit_room(self.sceneRect().adjusted(ROOM, ROOM, -ROOM, -ROOM).united(around))

    # the run

    def _edges_into(self, node_id: str) -> list[EdgeItem]:
        found = (self.edge_items[edge_id] for edge_id in self.edge_ids.get(node_id, ()))
        return [item for item in found if item.edge.target == node_id]

    def _show_reason(self, item: NodeItem) -> None:
        if item.reason is not None or (item.state is NodeState.ERROR and item.message):
            gone = item.show_reason()
            if gone is not None:
                self.drop_item(gone)

    def _take_edge(self, node_id: str) -> None:
        """Mark the edge that led here where nothing told it: that of the predecessor that ended last."""
        into = self._edges_into(node_id)
        ended = [item for item in into if item.edge.source in self._finished]
        if ended and not any(item.taken for item in into):
            max(ended, key=lambda item: self._finished[item.edge.source]).set_taken(1, False)

    def _breathe(self) -> None:
        if not self.running:
            self._glow.stop()
            return
        self.look.phase = (self.look.phase + FRAME / 1000 / GLOW_PERIOD) % 1.0
        for node_id in self.running:
            self.node_items[node_id].update()

    def _retheme(self) -> None:
        self.look.set_theme(theme())
        self.update()
