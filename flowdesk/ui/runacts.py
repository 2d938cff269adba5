"""The commands that begin, hold and end the run of the flow in front."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer

from flowdesk.i18n import tr
from flowdesk.model.changes import SetFlow
from flowdesk.model.place import is_on_own_desktop
from flowdesk.model.run import RunState
from flowdesk.ui.bench import Bench
from flowdesk.ui.ring import Rings
from flowdesk.ui.stepaside import StepAside

STEP_ASIDE_MS = 400
"""How long the window takes to go aside before a step acts: until the window manager gave the keyboard to another window."""


class RunActs:
    """Carries them out for a window."""

    def __init__(self, bench: Bench, aside: StepAside, rings: Rings) -> None:
        """Act on the flow in front. ``rings`` are what a rehearsal left on the screen."""
        self._bench, self._aside, self._rings = bench, aside, rings
        aside.run_bar.pause_requested.connect(self.pause)
        aside.run_bar.stop_requested.connect(self.stop)

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
        tab = self._bench.tab
        if tab is None:
            return
        self._aside.stepping = None
        if tab.run_state in {RunState.PAUSED, RunState.PAUSING}:
            self._bench.peer.send("workflow.resume", {}, tab.workflow_id)
        else:
            self.start()

    def start(self, **options: Any) -> None:
        """Start the flow in front with options of ``workflow.start``."""
        self._rings.close()
        self._bench.inspector.flush()
        if self._bench.tab is not None and not self._bench.tab.is_running:
            self._bench.tab.settle_fresh()
            values = self._bench.settings.values
            asked = {"run_delay": values.run_delay, "ask_for_help": values.on_missing_target == "ask"}
            self._bench.peer.send("workflow.start", {**asked, **options}, self._bench.tab.workflow_id)

    def own_desktop(self) -> None:
        """Choose where the flow in front runs: on this desktop, or on one of its own."""
        if self._bench.tab is not None:
            is_private = is_on_own_desktop(self._bench.tab.scene.draft.fields)
            change = (
                SetFlow(path=("desktop",), remove=True) if is_private else SetFlow(path=("desktop",), value="private")
            )
            label = tr("Run on this desktop") if is_private else tr("Run on a separate desktop")
            self._bench.tab.edit([change], label)

    def dry_run(self) -> None:
        """Rehearse: look for every target and send no input."""
        self.start(dry_run=True)

    def run_from_node(self) -> None:
        """Start at the selected node."""
        if chosen := self._bench.chosen_nodes():
            self.start(from_node=chosen[0])

    def run_this(self) -> None:
        """Run one node, with what the last run left: the one under the pointer's menu, else the first that is selected."""
        if chosen := self._bench.chosen_nodes():
            self.start(only=chosen[:1])

    def run_selection(self) -> None:
        """Run only the selected nodes."""
        if chosen := self._bench.chosen_nodes():
            self.start(only=chosen)

    def pause(self) -> None:
        """Pause the run, or let it go on."""
        tab = self._aside.acting
        if tab is not None and tab.is_running:
            is_paused = tab.run_state in {RunState.PAUSED, RunState.PAUSING}
            self._bench.peer.send("workflow.resume" if is_paused else "workflow.pause", {}, tab.workflow_id)

    def step(self) -> None:
        """Run one node; an idle flow starts paused."""
        tab = self._bench.tab
        if tab is None:
            return
        self._aside.stepping = tab.workflow_id
        if not tab.is_running:
            self.start(paused=True)
        elif self._aside.made_way_for == tab.workflow_id:
            return  # the step before this one is still under way
        elif self._aside.step_aside(tab):
            # The target's window gets the keyboard before the node acts.
            QTimer.singleShot(STEP_ASIDE_MS, lambda: self._bench.peer.send("workflow.step", {}, tab.workflow_id))
        else:
            self._bench.peer.send("workflow.step", {}, tab.workflow_id)

    def stop(self) -> None:
        """Stop the run of the flow in front; where that does not run, every run of this desktop."""
        tab = self._aside.acting
        if tab is not None and tab.is_running:
            self._bench.peer.send("workflow.stop", {}, tab.workflow_id)
            return
        for run in self._bench.runs_under_way():
            self._bench.peer.send("workflow.stop", {"run_id": run["run_id"]}, run["workflow_id"])
