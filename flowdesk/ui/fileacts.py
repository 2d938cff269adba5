"""The commands about flows and their files: new, opened, imported, saved, renamed, copied, deleted, closed; undo and redo."""

import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu

from flowdesk.i18n import language, tr
from flowdesk.model.sentence import say
from flowdesk.resource import resource_path
from flowdesk.ui import dialogs, importing
from flowdesk.ui.beginning import Beginning
from flowdesk.ui.bench import Bench
from flowdesk.ui.flowfiles import unsaved_elsewhere
from flowdesk.ui.gallery import Gallery, GalleryDialog
from flowdesk.ui.openflows import OpenFlows
from flowdesk.ui.plain import tip
from flowdesk.ui.tab import FlowTab


class FileActs:
    """Carries them out for a window."""

    def __init__(self, bench: Bench, flows: OpenFlows, recent: QMenu, beginning: Beginning) -> None:
        """Act on the flows of a window; fill its menu of recent flows, and the gallery that is there before a flow is."""
        self._bench, self._flows, self._recent, self._beginning = bench, flows, recent, beginning
        recent.aboutToShow.connect(self.fill_recent)
        beginning.gallery.chosen.connect(self.take_card)
        beginning.wanted.connect(lambda: QTimer.singleShot(0, bench, self._fill_beginning))

    def acts(self) -> dict[str, Callable[[], object]]:
        """Return what carries out which command."""
        files = self._flows.files
        return {
            "new": lambda: self._bench.spawn(self._flows.open_new(), "new flow"),
            "open": lambda: self._bench.spawn(self._ask_and_open(), "open a flow"),
            "gallery": self.gallery,
            "import_scripts": lambda: self._bench.spawn(self._ask_and_import(), "import scripts"),
            "open_example": self.open_example,
            "save": lambda: self._in_front(self._flows.save, "save"),
            "save_as": lambda: self._in_front(lambda tab: self._flows.save(tab, ask=True), "save as"),
            "rename_flow": lambda: self._in_front(files.rename, "rename a flow"),
            "move_flow": lambda: self._in_front(files.move, "move a flow"),
            "duplicate_flow": lambda: self._in_front(self._duplicate, "copy a flow"),
            "delete_flow": lambda: self._in_front(files.delete, "delete a flow"),
            "close_tab": lambda: self._in_front(self._flows.close, "close a flow"),
            "undo": self.undo,
            "redo": self.redo,
        }

    def gallery(self) -> None:
        """Show examples and own flows as cards."""
        dialog = GalleryDialog(self._bench.window)
        dialog.gallery.chosen.connect(self.take_card)
        self._bench.spawn(self._fill(dialog.gallery), "fill the gallery")
        dialog.open()

    def take_card(self, card: Mapping[str, Any], is_example: bool) -> None:
        """Open the flow of a card; an example is copied to the flows folder first."""
        self._bench.spawn(self._take_card(card, is_example), "open a card")

    def open_example(self) -> None:
        """Open the example in the language in force, as a new flow."""
        name = "练习-填表.flow.json" if language() == "zh_CN" else "practice-form.flow.json"
        flow = json.loads(resource_path("flows", name).read_text(encoding="utf-8"))

        async def show() -> None:
            self._flows.show(await self._bench.peer.request("flow.open", {"flow": flow}))

        self._bench.spawn(show(), "open the example")

    def undo(self) -> None:
        """Take back the last edit."""
        self._bench.inspector.flush()
        if self._bench.tab is not None:
            self._bench.tab.undo()

    def redo(self) -> None:
        """Make the edit again that was taken back."""
        if self._bench.tab is not None:
            self._bench.tab.redo()

    def fill_recent(self) -> None:
        """Offer the flows that were open before, and those with unsaved work that no tab shows."""
        self._recent.clear()
        opened = self._flows
        for workflow_id, name in unsaved_elsewhere(
            self._bench.status, {tab.workflow_id for tab in self._bench.all_tabs()}
        ):
            action = self._recent.addAction(tr(say("{name} (not saved)", name=name)))
            action.triggered.connect(
                lambda _=False, w=workflow_id: self._bench.spawn(opened.open_live(w), "open unsaved work")
            )
        for path in self._bench.settings.values.recent:
            action = self._recent.addAction(Path(path).name)
            action.setToolTip(tip(path))
            action.triggered.connect(
                lambda _=False, p=path: self._bench.spawn(opened.open_path(p), "open a recent flow")
            )
        if not self._bench.settings.values.recent:
            self._recent.addAction(tr("No recent flows")).setEnabled(False)

    def _in_front(self, act: Callable[[FlowTab], Awaitable[object]], name: str) -> None:
        tab = self._bench.tab
        if tab is not None:

            async def carry_out() -> None:
                await act(tab)

            self._bench.spawn(carry_out(), name)

    async def _duplicate(self, tab: FlowTab) -> None:
        await self._flows.open_path(await self._flows.files.duplicate(tab))

    async def _ask_and_open(self) -> None:
        for path in await dialogs.ask_files(self._bench.window, self._folder()):
            await self._flows.open_path(path)

    async def _ask_and_import(self) -> None:
        chosen = await dialogs.ask_files(self._bench.window, self._folder(), importing.filters(), tr("Import scripts"))
        await importing.import_paths(self._bench, self._flows.open_path, chosen)

    async def _fill(self, gallery: Gallery) -> None:
        told = await self._bench.peer.request("gallery.list")
        with contextlib.suppress(RuntimeError):  # it was closed meanwhile
            gallery.show_cards(told)

    def _fill_beginning(self) -> None:
        self._bench.spawn(self._fill(self._beginning.gallery), "fill the gallery")

    async def _take_card(self, card: Mapping[str, Any], is_example: bool) -> None:
        path = card["path"]
        if is_example:
            path = (await self._bench.peer.request("gallery.take", {"name": card["name"]}))["path"]
        await self._flows.open_path(str(self._bench.session.folders.flows / path))

    def _folder(self) -> str:
        recent = self._bench.settings.values.recent
        folder = Path(recent[0]).parent if recent else self._bench.session.folders.flows
        return str(folder if folder.is_dir() else Path.home())
