"""The values of the last run beside the settings of a node: the data picker, and what each field would be."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout

from flowdesk.aio import spawn, spawn_if_running
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.function import Function
from flowdesk.model.templates import MARK
from flowdesk.protocol.replies import OfferedValue, Previews
from flowdesk.ui.inspector.form import Form, Group
from flowdesk.ui.inspector.references import Offer, ReferenceCompleter
from flowdesk.ui.inspector.tables import Cell
from flowdesk.ui.inspector.valuepicker import ValuePicker
from flowdesk.ui.peer import WindowPeer

PAUSE_MS = 150
"""Typing that rests so long is previewed."""


class LastValues(QObject):
    """Asks the session what values there are and what settings would be, for the node whose form is shown."""

    shown = Signal(str, str)
    """Of which workflow and node the values are shown, empty for none; again when they may be others."""

    def __init__(
        self, peer: WindowPeer, functions: Mapping[str, Function], open_groups: set[str], parent: QObject
    ) -> None:
        """Show nothing yet; ``open_groups`` remembers which groups are unfolded."""
        super().__init__(parent)
        self.peer = peer
        self._functions = functions
        self._open_groups = open_groups
        self._form: Form | None = None
        self._read: Callable[[], dict[str, Any]] = dict
        self._workflow_id, self._node_id = "", ""
        self._entries: list[OfferedValue] = []
        self._editor: ReferenceCompleter | Cell | None = None
        self.picker: ValuePicker | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(lambda: spawn_if_running(self._preview, "preview settings"))

    def leave(self) -> None:
        """The form is gone."""
        self._form, self.picker, self._editor = None, None, None
        self.shown.emit("", "")
        self._pause.stop()

    def show(
        self, workflow_id: str, node_id: str, form: Form, read: Callable[[], dict[str, Any]], rows: QVBoxLayout
    ) -> None:
        """Show the values for a node below its form; ``read`` gives the settings as they are entered."""
        self._workflow_id, self._node_id, self._form, self._read = workflow_id, node_id, form, read
        self.picker = ValuePicker()
        self.picker.chosen.connect(self._insert)
        rows.addWidget(self._group("data", tr("Data for {{ }}"), self.picker))
        form.edited.connect(lambda *_: self._pause.start())
        self.refresh()

    def refresh(self) -> None:
        """Ask anew: a run ended, or the flow changed."""
        if self._form is not None:
            self.shown.emit(self._workflow_id, self._node_id)
            spawn(self._fetch(), "list values")
            self._pause.start()

    def watch(self, completer: ReferenceCompleter) -> None:
        """Know which field a value that is picked goes into."""
        completer.entered.connect(self.enter)

    def offers(self) -> list[Offer]:
        """Return every value that may be named, and the functions, for the list that shows while typing."""
        found: list[Offer] = []
        waiting = list(self._entries)
        while waiting:
            entry = waiting.pop(0)
            beside = "" if entry["shown"] is None else str(entry["shown"])
            found.append(Offer(entry["path"], beside, f"{entry['label']} {entry['search']}"))
            waiting = [*entry["children"], *waiting]
        for function in self._functions.values():
            path = function.name if function.is_filter else f"{function.name}()"
            found.append(Offer(path, f"{function.usage}  {tr(function.help)}", function.group, is_function=True))
        return found

    def _group(self, key: str, title: str, body: Any) -> Group:
        group = Group(title, key in self._open_groups)
        group.rows.addWidget(body)
        group.head.toggled.connect(
            lambda is_open: self._open_groups.add(key) if is_open else self._open_groups.discard(key)
        )
        return group

    def enter(self, editor: ReferenceCompleter | Cell) -> None:
        """A value that is picked goes into this field or cell."""
        self._editor = editor

    def _insert(self, path: str) -> None:
        if self._editor is not None:
            self._editor.insert_reference(path)
            self._editor.editor.setFocus()

    async def _fetch(self) -> None:
        form = self._form
        try:
            told = await self.peer.request("value.list", {"node_id": self._node_id}, self._workflow_id)
        except FlowdeskError:
            return  # The flow was closed meanwhile.
        if form is not self._form or self.picker is None:
            return
        self._entries = told["values"]
        self.picker.show_values(self._entries)

    async def _preview(self) -> None:
        form = self._form
        if form is None:
            return
        settings = {key: value for key, value in self._read().items() if MARK in repr(value)}
        told: Previews = {"previews": {}, "has_run": False}
        if settings:
            try:
                told = await self.peer.request("value.preview", {"settings": settings}, self._workflow_id)
            except FlowdeskError:
                return  # The flow was closed meanwhile.
        if form is not self._form:
            return
        form.show_previews(told["previews"] if told.get("has_run") else _wrong(told["previews"]))


def _wrong(previews: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Before a run, what could be worked out already is shown, and nothing that is only missing yet."""
    return {key: told for key, told in previews.items() if "shown" in told}
