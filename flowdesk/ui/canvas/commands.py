"""The commands of the canvas, for keys, menus and the command list. Each ends in a request for changes."""

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from flowdesk.model.sentence import say
from flowdesk.ui.canvas import arrange, editing, fragment
from flowdesk.ui.canvas.card import GRID, snapped

if TYPE_CHECKING:
    from flowdesk.ui.canvas.view import CanvasView

Way = Literal["left", "right", "up", "down"]
STEPS: dict[Way, tuple[int, int]] = {"left": (-GRID, 0), "right": (GRID, 0), "up": (0, -GRID), "down": (0, GRID)}


class CanvasCommands:
    """What can be done with the selection of a view."""

    def __init__(self, view: "CanvasView") -> None:
        """Act on a view's selection."""
        self.view = view
        self.scene = view.flow_scene
        self._nudges = 0
        self._pastes = 0

    # removing

    def delete(self) -> None:
        """Remove the selected nodes and edges."""
        ids, edges = self.scene.selected_ids(), self.scene.selected_edge_ids()
        self.view.request(editing.delete(self.scene.draft, ids, edges), say("Delete"))

    def delete_and_heal(self) -> None:
        """Remove the selected nodes and join what was before them to what was after."""
        ids = self.scene.selected_ids()
        self.view.request(editing.delete_and_heal(self.scene.draft, self.scene.catalogue, ids), say("Delete and join"))

    # the clipboard

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as their own type and as JSON text."""
        ids = self.scene.selected_ids()
        if not ids:
            return
        text = fragment.copy_fragment(self.scene.draft, ids)
        content = QMimeData()
        content.setData(fragment.MIME_TYPE, text.encode())
        content.setText(text)
        QGuiApplication.clipboard().setMimeData(content)
        self._pastes = 0

    def cut(self) -> None:
        """Put the selected nodes on the clipboard and remove them."""
        ids = self.scene.selected_ids()
        if ids:
            self.copy()
            self.view.request(editing.delete(self.scene.draft, ids), say("Cut"))

    def can_paste(self) -> bool:
        """Whether the clipboard holds nodes."""
        return self._clipboard() is not None

    def paste(self, at: QPointF | None = None, *, keep_inputs: bool = False) -> None:
        """Add the nodes of the clipboard.

        Args:
            at: Where their top left corner goes, in the scene; ``None`` is at the pointer if it is over the canvas,
                else beside the originals.
            keep_inputs: Lead the edges that enter the originals into the copies too.
        """
        found = self._clipboard()
        if found is None:
            return
        self._pastes += 1
        at = at or self.view.pointer_in_scene()
        place = (at.x(), at.y()) if at is not None and not keep_inputs else None
        changes = fragment.paste(
            self.scene.draft, found, at=place, offset=2.0 * GRID * self._pastes, keep_inputs=keep_inputs
        )
        self.view.request(changes, say("Paste"), select=fragment.added_ids(changes))

    def paste_with_inputs(self) -> None:
        """Add the nodes of the clipboard, led to from where the originals are."""
        self.paste(keep_inputs=True)

    def duplicate(self) -> None:
        """Add copies of the selected nodes."""
        changes = fragment.duplicate(self.scene.draft, self.scene.selected_ids())
        self.view.request(changes, say("Duplicate"), select=fragment.added_ids(changes))

    # selecting and walking

    def select_all(self) -> None:
        """Select every node."""
        self.scene.select(self.scene.node_items)

    def select_none(self) -> None:
        """Select nothing."""
        self.scene.select(())

    def select_upstream(self) -> None:
        """Select also what leads to the selected nodes."""
        self.scene.select(editing.select_along(self.scene.draft, self.scene.selected_ids(), "upstream"))

    def select_downstream(self) -> None:
        """Select also what the selected nodes lead to."""
        self.scene.select(editing.select_along(self.scene.draft, self.scene.selected_ids(), "downstream"))

    def select_connected(self) -> None:
        """Select also what leads to the selected nodes and what they lead to."""
        self.scene.select(editing.select_along(self.scene.draft, self.scene.selected_ids(), "both"))

    def walk(self, way: Way) -> None:
        """Select the next node in a direction along the graph and bring it into sight."""
        chosen = self.scene.selected_ids()
        if not chosen:
            first = next(iter(self.scene.draft.nodes), None)
            following = next((n.id for n in self.scene.draft.nodes.values() if n.type == "start"), first)
        else:
            following = editing.neighbour(self.scene.draft, chosen[-1], way)
        if following is not None:
            self.scene.select([following])
            self.view.navigator.reveal(following)

    # arranging

    def nudge(self, way: Way, times: int = 1) -> None:
        """Move the selected nodes by steps of the grid. Nudges one after another are undone as one."""
        ids = self.scene.selected_ids()
        dx, dy = STEPS[way]
        changes = editing.nudge(self.scene.draft, ids, dx * times, dy * times)
        self.view.request(changes, say("Nudge"), gesture=f"nudge:{','.join(sorted(ids))}")

    def align(self, how: arrange.Alignment) -> None:
        """Align the selected nodes."""
        boxes = self.scene.card_boxes(self.scene.selected_ids())
        self.view.request(editing.move(self.scene.draft, arrange.align(boxes, how)), say("Align"))

    def distribute(self, way: Literal["horizontal", "vertical"]) -> None:
        """Give the selected nodes equal gaps."""
        boxes = self.scene.card_boxes(self.scene.selected_ids())
        self.view.request(editing.move(self.scene.draft, arrange.distribute(boxes, way)), say("Distribute"))

    def lay_out(self) -> None:
        """Lay out the selected nodes, or all."""
        ids = self.scene.selected_ids()
        places = arrange.layout(self.scene.draft, self.scene.card_boxes(), ids if len(ids) > 1 else None)
        self.view.request(editing.move(self.scene.draft, places), say("Tidy up"))

    # single nodes

    def toggle_disabled(self) -> None:
        """Disable the selected nodes, or enable them."""
        self.view.request(editing.toggle_disabled(self.scene.draft, self.scene.selected_ids()), say("Disable"))

    def toggle_breakpoint(self) -> None:
        """Ask for a breakpoint on each selected node to be set or cleared."""
        for node_id in self.scene.selected_ids():
            self.view.breakpoint_toggled.emit(node_id)

    def rename(self) -> None:
        """Ask for another label for the selected node."""
        chosen = self.scene.selected_ids()
        if len(chosen) == 1:
            self.view.rename_requested.emit(chosen[0])

    def open(self) -> None:
        """Ask for the selected node's settings."""
        chosen = self.scene.selected_ids()
        if len(chosen) == 1:
            self.view.open_requested.emit(chosen[0])

    def quick_add(self) -> None:
        """Ask for the quick add: after the selected node, else at the pointer or in the middle."""
        chosen = self.scene.selected_ids()
        if len(chosen) == 1:
            card = self.scene.node_items[chosen[0]].card
            if card.outputs:
                x, y = editing.place_after(self.scene.draft, chosen[0])
                self.view.quick_add_requested.emit(QPointF(x, y), chosen[0], card.outputs[0].handle)
                return
        at = self.view.pointer_in_scene() or self.view.visible_rect().center()
        self.view.quick_add_requested.emit(QPointF(snapped(at.x()), snapped(at.y())), "", "")

    def _clipboard(self) -> fragment.Fragment | None:
        content = QGuiApplication.clipboard().mimeData()
        if content.hasFormat(fragment.MIME_TYPE):
            return fragment.read_fragment(bytes(content.data(fragment.MIME_TYPE).data()).decode("utf-8", "replace"))
        return fragment.read_fragment(content.text()) if content.hasText() else None
