"""Keeps the chips under a flow's start node as the session tells of its triggers."""

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.trigger import BY_KIND
from flowdesk.ui.canvas.chips import Chip
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.triggerform import sentence

if TYPE_CHECKING:
    from flowdesk.ui.tab import FlowTab


class TriggerChips(QObject):
    """Belongs to a tab. A flow without triggers is not asked about."""

    def __init__(self, peer: WindowPeer, tab: "FlowTab") -> None:
        """Show what the flow has now."""
        super().__init__(tab)
        self._peer, self._tab = peer, tab
        peer.message.connect(self._hear)
        tab.scene.flow_shown.connect(self.refresh)
        self.refresh()

    def _hear(self, message: Mapping[str, Any]) -> None:
        is_own = message.get("workflow_id") == self._tab.workflow_id
        if message["type"] == "flow.changed" and is_own:
            changes = message["payload"]["changes"]
            if any(change["op"] == "setFlow" and change["path"][:1] == ["triggers"] for change in changes):
                self.refresh()
        elif message["type"] == "trigger.changed" or (message["type"] == "flow.saved" and is_own):
            self.refresh()

    def refresh(self) -> None:
        """Ask how the triggers are read, and show it."""
        if self._tab.scene.draft.fields.get("triggers"):
            spawn(self._ask(), "chips of triggers")
        else:
            self._show(())

    async def _ask(self) -> None:
        with contextlib.suppress(FlowdeskError, RuntimeError):  # the tab was closed meanwhile
            told = (await self._peer.request("trigger.list", {}, self._tab.workflow_id))["flow"]
            if told is not None:
                self._show(tuple(_chip(trigger, is_armed=told["armed"]) for trigger in told["triggers"]))

    def _show(self, chips: tuple[Chip, ...]) -> None:
        for item in self._tab.scene.node_items.values():
            if item.node_type is not None and item.node_type.kind == "start":
                item.set_chips(chips)


def _chip(told: Mapping[str, Any], *, is_armed: bool) -> Chip:
    kind = BY_KIND.get(told["type"])
    is_on = is_armed and not told["disabled"]
    return Chip(told["id"], kind.icon if kind else "zap", tr(sentence(told["phrase"])), is_on)
