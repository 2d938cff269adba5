"""The commands that begin, hold and end the run of the flow in front."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QTimer

from flowdesk.i18n import tr
from flowdesk.model.changes import SetFlow
from flowdesk.model.place import is_on_own_desktop
from flowdesk.model.run import RunState
from flowdesk.protocol.events import ListedRun
from flowdesk.ui.inspector.inspector import Inspector
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.ring import Rings
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.tab import FlowTab

STEP_ASIDE_MS = 400
"""How long the window takes to go aside before a step acts: until the window manager gave the keyboard to another window."""


class Front(Protocol):
    """What these commands need of the window."""

    peer: WindowPeer
    settings: SettingsFile
    inspector: Inspector
    rings: Rings
    stepping: str | None
    """The flow that a person steps through: the window stays."""
    made_way_for: str | None
    """The flow whose run has the desktop while the window is out of the way."""

    @property
    def tab(self) -> FlowTab | None:
        """The flow in front."""

    @property
    def acting(self) -> FlowTab | None:
        """The flow that the window made way for, else the one in front."""

    def chosen_nodes(self) -> list[str]:
        """Return the nodes that are selected."""

    def step_aside(self, tab: FlowTab) -> bool:
        """Leave the desktop to the node that a step runs next, if that acts on it. Returns whether the window went aside."""

    def runs_under_way(self) -> list[ListedRun]:
        """Return the runs of this desktop that have not ended, of whatever flow."""


class RunActs:
    """Carries them out for a window."""

    def __init__(self, window: Front) -> None:
        """Act on the flow that is in front of ``window``."""
        self._window = window

    def acts(self) -> dict[str, Callable[[], object]]:
        """Return what carries out which command."""
        return {
            "run": self.run,
            "pause": self.pause,
            "step": self.step,
            "stop": self.stop,
            "own_desktop": self.own_desktop,
            "dry_run": self.dry_run,
            "run_this": self.run_this,
            "run_from_node": self.run_from_node,
            "run_selection": self.run_selection,
        }

    def run(self) -> None:
        """Start the flow in front, or let its paused run go on."""
        tab = self._window.tab
        if tab is None:
            return
        self._window.stepping = None
        if tab.run_state in {RunState.PAUSED, RunState.PAUSING}:
            self._window.peer.send("workflow.resume", {}, tab.workflow_id)
        else:
            self.start()

    def start(self, **options: Any) -> None:
        """Start the flow in front with options of ``workflow.start``."""
        self._window.rings.close()
        self._window.inspector.flush()
        if self._window.tab is not None and not self._window.tab.is_running:
            self._window.tab.settle_fresh()
            values = self._window.settings.values
            asked = {"run_delay": values.run_delay, "ask_for_help": values.on_missing_target == "ask"}
            self._window.peer.send("workflow.start", {**asked, **options}, self._window.tab.workflow_id)

    def own_desktop(self) -> None:
        """Choose where the flow in front runs: on this desktop, or on one of its own."""
        if self._window.tab is not None:
            is_private = is_on_own_desktop(self._window.tab.scene.draft.fields)
            change = (
                SetFlow(path=("desktop",), remove=True) if is_private else SetFlow(path=("desktop",), value="private")
            )
            label = tr("Run on this desktop") if is_private else tr("Run on a separate desktop")
            self._window.tab.edit([change], label)

    def dry_run(self) -> None:
        """Rehearse: look for every target and send no input."""
        self.start(dry_run=True)

    def run_from_node(self) -> None:
        """Start at the selected node."""
        if chosen := self._window.chosen_nodes():
            self.start(from_node=chosen[0])

    def run_this(self) -> None:
        """Run one node, with what the last run left: the one under the pointer's menu, else the first that is selected."""
        if chosen := self._window.chosen_nodes():
            self.start(only=chosen[:1])

    def run_selection(self) -> None:
        """Run only the selected nodes."""
        if chosen := self._window.chosen_nodes():
            self.start(only=chosen)

    def pause(self) -> None:
        """Pause the run, or let it go on."""
        tab = self._window.acting
        if tab is not None and tab.is_running:
            is_paused = tab.run_state in {RunState.PAUSED, RunState.PAUSING}
            self._window.peer.send("workflow.resume" if is_paused else "workflow.pause", {}, tab.workflow_id)

    def step(self) -> None:
        """Run one node; an idle flow starts paused."""
        tab = self._window.tab
        if tab is None:
            return
        self._window.stepping = tab.workflow_id
        if not tab.is_running:
            self.start(paused=True)
        elif self._window.made_way_for == tab.workflow_id:
            return  # the step before this one is still under way
        elif self._window.step_aside(tab):
            # The target's window gets the keyboard before the node acts.
            QTimer.singleShot(STEP_ASIDE_MS, lambda: self._window.peer.send("workflow.step", {}, tab.workflow_id))
        else:
            self._window.peer.send("workflow.step", {}, tab.workflow_id)

    def stop(self) -> None:
        """Stop the run of the flow in front; where that does not run, every run of this desktop."""
        tab = self._window.acting
        if tab is not None and tab.is_running:
            self._window.peer.send("workflow.stop", {}, tab.workflow_id)
            return
        for run in self._window.runs_under_way():
            self._window.peer.send("workflow.stop", {"run_id": run["run_id"]}, run["workflow_id"])
