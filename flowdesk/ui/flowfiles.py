"""The file of the flow in front: renamed, copied, deleted; another program's change of it; two people in one field."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from flowdesk.aio import spawn
from flowdesk.i18n import tr, tr_all
from flowdesk.model.errors import FileInUse, FlowdeskError, StaleRevision
from flowdesk.model.sentence import say
from flowdesk.protocol.events import StatusEvent
from flowdesk.ui import dialogs
from flowdesk.ui.bench import Bench
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainMessageBox
from flowdesk.ui.tab import FlowTab

MOST_TOLD = 30
"""Differences that are shown."""


async def choose(
    parent: QWidget,
    name: str,
    text: str,
    more: str,
    choices: Sequence[str],
    shown: Callable[[QMessageBox], object] = id,
) -> int:
    """Ask for one of several ways and return its number; the last one is what Esc means. ``shown`` is given the question."""
    box = PlainMessageBox(parent)
    shown(box)
    box.setObjectName(name)
    box.setIconPixmap(icon("triangle-alert", "warning", 36).pixmap(36, 36))
    box.setWindowTitle("flowdesk")
    box.setText(text)
    box.setInformativeText(more)
    buttons: list[QPushButton] = [box.addButton(choice, QMessageBox.ButtonRole.ActionRole) for choice in choices]
    box.setDefaultButton(buttons[-1])
    box.setEscapeButton(buttons[-1])
    await dialogs.finished(box)
    pressed = box.clickedButton()
    return next((number for number, button in enumerate(buttons) if button is pressed), len(buttons) - 1)


class FlowFiles:
    """What the window asks about files and values. One question at a time for each flow."""

    def __init__(self, bench: Bench) -> None:
        """Belong to a window."""
        self._bench = bench
        self._asking: set[tuple[str, str]] = set()
        self._disk_boxes: dict[str, QMessageBox] = {}

    async def rename(self, tab: FlowTab) -> None:
        """Give the file another name; its pictures go along."""
        name = tab.name
        while True:
            given = await dialogs.ask_text(self._bench.window, tr("Rename the flow"), tr("Name"), name)
            if given is None or given == tab.name:
                return
            try:
                await self._bench.peer.request("flow.rename", {"name": given}, tab.workflow_id)
            except FlowdeskError as error:
                self._bench.show_error(error)
                name = str(error.details.get("suggestion") or given)
            else:
                self._bench.remember_open()
                return

    async def move(self, tab: FlowTab) -> None:
        """Put the file into another folder of the flows folder, or into a new one; its pictures go along."""
        bench, request = self._bench, self._bench.peer.request
        folders = ["", *(await request("flow.list"))["folders"]]
        shown = [tr("(no folder)"), *folders[1:], tr("New folder…")]
        title = tr(say("Move {name}", name=tab.name))
        chosen = await dialogs.ask_one_of(bench.window, title, tr("Folder"), shown)
        if chosen is None:
            return
        try:
            if chosen < len(folders):
                folder = folders[chosen]
            else:
                name = await dialogs.ask_text(bench.window, tr("New folder"), tr("Name"), "")
                if not name:
                    return
                folder = (await request("flow.folder", {"name": name}))["path"]
            await request("flow.rename", {"folder": folder}, tab.workflow_id)
        except FlowdeskError as error:
            bench.show_error(error)
        else:
            bench.remember_open()

    async def duplicate(self, tab: FlowTab) -> str:
        """Write a copy beside the file and return its path."""
        return (await self._bench.peer.request("flow.duplicate", {}, tab.workflow_id))["path"]

    async def delete(self, tab: FlowTab) -> None:
        """Put the file into the trash, after asking."""
        text = tr(say("Delete {name}?", name=tab.name))
        more, force = tr("The file and its images go to the trash."), False
        while await choose(self._bench.window, "deleteQuestion", text, more, (tr("Delete"), tr("Cancel"))) == 0:
            try:
                await self._bench.peer.request("flow.delete", {"force": force}, tab.workflow_id)
            except FileInUse as error:
                more, force = tr_all(error.message, error.fix), True
            else:
                return

    def disk_changed(self, tab: FlowTab, state: str) -> None:
        """Another program changed the file that is open, or removed it; or somebody settled that meanwhile."""
        box = self._disk_boxes.get(tab.workflow_id)
        if box is not None:
            box.done(0)  # it asks about what is no longer so
        elif state != "same":
            spawn(self.settle_disk(tab, state), "a file that changed on disk")

    async def settle_disk(self, tab: FlowTab, state: str) -> str:
        """Ask what becomes of a file that another program changed, and do it; return ``reload``, ``keep`` or ``later``.

        Args:
            tab: The flow that is open.
            state: What the file is to it: ``changed`` or ``gone``.
        """
        key, kept = (tab.workflow_id, "disk"), self._disk_boxes
        if key in self._asking:
            return "later"
        self._asking.add(key)
        try:
            more = ""
            while state != "same":
                is_gone = state == "gone"
                text = (
                    say("The file of {name} no longer exists on disk.", name=tab.name)
                    if is_gone
                    else say("Another program changed the file of {name}.", name=tab.name)
                )
                ways = ["keep", "later"] if is_gone else ["reload", "keep", "compare", "later"]
                words = {
                    "reload": tr("Reload the file"), "keep": tr("Keep mine"), "compare": tr("Compare"), "later": tr("Decide later"),
                }  # fmt: skip
                seen = tab.on_disk
                chosen = await choose(
                    self._bench.window, "diskQuestion", tr(text), more, [words[way] for way in ways],
                    lambda box: kept.update({tab.workflow_id: box}),
                )  # fmt: skip
                kept.pop(tab.workflow_id, None)
                if tab.on_disk != seen:
                    state, more = tab.on_disk, ""
                    continue
                way = ways[chosen]
                if way == "later":
                    return way
                if way == "compare":
                    found = (await self._bench.peer.request("flow.compare", {}, tab.workflow_id))["differences"]
                    more = "\n".join([tr("On disk:"), *map(tr, found[:MOST_TOLD])]) if found else tr("Nothing.")
                    continue
                await self._bench.peer.request("flow.reload", {"action": way}, tab.workflow_id)
                return way
        except FlowdeskError as error:
            self._bench.show_error(error)
        finally:
            kept.pop(tab.workflow_id, None)
            self._asking.discard(key)
        return "later"

    def clashed(self, tab: FlowTab, error: StaleRevision, payload: dict[str, Any]) -> None:
        """An edit was refused for what somebody else set in the same field: both values are shown."""
        spawn(self._settle_clash(tab, error, payload), "two people in one field")

    async def _settle_clash(self, tab: FlowTab, error: StaleRevision, payload: dict[str, Any]) -> None:
        conflicts = error.details.get("conflicts", [])
        key = (tab.workflow_id, json.dumps([[one["op"], one["id"], one["path"]] for one in conflicts]))
        is_same = all(one["yours"] == one["theirs"] for one in conflicts)
        if key in self._asking or (is_same and len(payload.get("changes", ())) == len(conflicts)):
            self._bench.inspector.refresh()
            return
        self._asking.add(key)
        try:
            lines = [line for one in conflicts for line in _values(one)]
            ways = (tr("Use mine"), tr("Keep theirs"))
            text = tr("Two people changed this at the same time")
            if await choose(self._bench.window, "clashQuestion", text, "\n".join(lines), ways) == 0:
                again = {**payload, "base_revision": error.details["revision"], "force": True}
                tab.request_edit(again)
        finally:
            self._asking.discard(key)
            self._bench.inspector.refresh()


def _values(conflict: dict[str, Any]) -> list[str]:
    field = ".".join(key for key in conflict["path"] if key not in {"data", "config"})
    return [
        f"{conflict['label']}: {field}" if conflict["label"] else field,
        f"    {tr('Yours')}: {_shown(conflict['yours'])}",
        f"    {tr(say('Value of {name}', name=conflict['by']))}: {_shown(conflict['theirs'])}",
    ]


def _shown(value: Any) -> str:
    if value in (None, ""):
        return tr("(empty)")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def unsaved_elsewhere(status: StatusEvent, shown: set[str]) -> list[tuple[str, str]]:
    """Return the ids and names of flows with unsaved work that no tab shows."""
    return [
        (one["workflow_id"], one["name"] or (Path(one["path"]).name if one["path"] else tr("Untitled")))
        for one in status.get("unsaved", ())
        if one["workflow_id"] not in shown
    ]
