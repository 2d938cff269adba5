"""What waits for the document: a person asked for a change, and goes on with it as soon as it is drawn."""

from PySide6.QtCore import QTimer

from flowdesk.ui.canvas.navigator import MARGIN_X, Navigator
from flowdesk.ui.canvas.surface import Surface
from flowdesk.ui.canvas.writer import Writer


class Arrivals:
    """Selects what was added, writes in a new note, fits what was laid out."""

    def __init__(self, view: Surface, navigator: Navigator) -> None:
        """Wait for nothing yet."""
        self._view, self._scene, self._navigator = view, view.flow_scene, navigator
        self._to_write = ""
        self._fits = False

    def show_item(self, item_id: str) -> None:
        """Select a node, group or note and bring it into sight; a node in a collapsed group by its group."""
        item_id = self._scene.frames.hidden.get(item_id, item_id)
        self._scene.select([item_id], (), [item_id])
        self._navigator.reveal(item_id)

    def write_in(self, frame_id: str) -> None:
        """Let the text of a note or the title of a group be written at its place."""
        if frame_id in self._scene.frames.items:
            self._navigator.reveal(frame_id)
            Writer(self._view, frame_id)

    def write_when_there(self, frame_id: str) -> None:
        """Write in a frame as soon as the document has it."""
        self._to_write = frame_id
        self._write_if_there()

    def fit_when_there(self) -> None:
        """Show the whole flow as soon as the next change is drawn."""
        self._fits = True

    def take(self, *, may_fit: bool) -> None:
        """Go on with what the document has now. ``may_fit``: nothing is held that would be moved away."""
        if self._fits and may_fit:
            self._fits = False
            QTimer.singleShot(0, self._view, self._navigator.fit_all)
        known = self._scene.node_items.keys() | self._scene.frames.items.keys()
        wanted = self._view.to_select
        if wanted and all(i in known for i in wanted):
            self._view.to_select = []
            QTimer.singleShot(0, self._view, lambda: self._show_added(wanted))
        self._write_if_there()

    def _write_if_there(self) -> None:
        if self._to_write in self._scene.frames.items:
            frame_id, self._to_write = self._to_write, ""
            QTimer.singleShot(0, self._view, lambda: self.write_in(frame_id))

    def _show_added(self, ids: list[str]) -> None:
        """Select what was added, over the rest and in sight."""
        self._scene.select(ids, (), ids)
        around = self._scene.cards_rect(ids)
        if not around.isEmpty() and not self._view.visible_rect().contains(around):
            self._view.ensureVisible(around, MARGIN_X, 40)
            self._view.moved.emit()
