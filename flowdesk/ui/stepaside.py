"""The window goes out of the way of a run or a recording, and comes back."""

from collections.abc import Collection

from flowdesk.model.place import is_on_own_desktop
from flowdesk.model.run import NodeState
from flowdesk.ui.bench import Bench
from flowdesk.ui.runbar import RunBar
from flowdesk.ui.tab import FlowTab


class StepAside:
    """Knows for which flow the window made way. A small bar stays."""

    def __init__(self, bench: Bench) -> None:
        """Nothing is under way."""
        self._bench = bench
        self.run_bar = RunBar()
        self.made_way_for: str | None = None
        """The flow whose run has the desktop while the window is out of the way."""
        self.stepping: str | None = None
        """The flow that a person steps through: the window stays."""
        self._was_maximized = False
        self.run_bar.window_requested.connect(self.come_back)

    @property
    def acting(self) -> FlowTab | None:
        """The flow that the window made way for, else the one in front."""
        return self._bench.tab_of(self.made_way_for) or self._bench.tab

    def show_run(self) -> None:
        """Show how far the run is that the window made way for."""
        tab = self._bench.tab_of(self.made_way_for) if self.made_way_for else None
        if tab is not None and tab.run_state is not None:
            node = tab.label_of(next(reversed(tab.running), ""))
            self.run_bar.show_run(tab.name, tab.run_state, node, tab.percent)

    def make_way(self, tab: FlowTab) -> None:
        """Leave the desktop to a run that acts on it."""
        if self.stepping != tab.workflow_id and self._is_wanted(tab):
            self._leave_desktop(tab)

    def step_aside(self, tab: FlowTab) -> bool:
        """Leave the desktop to the node that a step runs next, if that acts on it. Returns whether the window went aside."""
        waiting = {node_id for node_id, item in tab.scene.node_items.items() if item.state is NodeState.PENDING}
        if not self._is_wanted(tab, waiting):
            return False
        self._leave_desktop(tab)
        return True

    def go(self) -> None:
        """Go out of the way."""
        self._was_maximized = self._bench.window.isMaximized()
        self._bench.window.showMinimized()

    def run_paused(self, workflow_id: str) -> None:
        """Come back where the run that the window made way for waits for somebody."""
        if self.made_way_for == workflow_id:
            self.come_back()

    def run_ended(self, workflow_id: str) -> None:
        """Come back where the window made way for this run."""
        self.stepping = None if self.stepping == workflow_id else self.stepping
        self.run_paused(workflow_id)

    def come_back(self) -> None:
        """Show the window again, in front."""
        window = self._bench.window
        self.made_way_for = None
        self.run_bar.hide()
        if window.isMinimized():
            window.showMaximized() if self._was_maximized else window.showNormal()
        window.raise_()
        window.activateWindow()

    def end(self) -> None:
        """Take the bar away."""
        self.run_bar.close()
        self.run_bar.deleteLater()

    def _leave_desktop(self, tab: FlowTab) -> None:
        self.made_way_for = tab.workflow_id
        self.show_run()
        self.run_bar.appear()
        self.go()

    def _is_wanted(self, tab: FlowTab, only: Collection[str] = ()) -> bool:
        hides = self._bench.settings.values.while_running == "hide"
        return hides and self.made_way_for is None and self._acts(tab, only)

    def _acts(self, tab: FlowTab, only: Collection[str]) -> bool:
        """Whether a flow, or ``only`` some nodes of it, acts on the desktop."""
        session = self._bench.session
        types = {known.id: known for known in session.catalogue}
        nodes = [node for node in tab.scene.draft.nodes.values() if not only or node.id in only]
        if is_on_own_desktop(tab.scene.draft.fields):
            return False
        return session.services.driver is not None and any(
            node.type in types and types[node.type].uses & {"input", "screen"} and node.type != "wait" for node in nodes
        )
