"""Recording into a flow of the window: begun by its commands, shown in a small bar, and what it leaves open asked at its end."""

from collections.abc import Callable

from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.protocol.events import RecordChanged
from flowdesk.ui.bench import Bench
from flowdesk.ui.recording import RecordBar, after_recording, point
from flowdesk.ui.stepaside import StepAside
from flowdesk.ui.tab import FlowTab


class RecordActs:
    """Records for a window, one flow at a time."""

    def __init__(self, bench: Bench, aside: StepAside) -> None:
        """Record nothing yet."""
        self._bench, self._aside = bench, aside
        self.bar = RecordBar()
        self._recorded: str | None = None
        """The flow that this window records into."""
        self._shown: Callable[[int], object] | None = None
        """What is told how many steps were shown in the place of a node that a run asks about."""
        peer = bench.peer
        self.bar.pause_requested.connect(lambda paused: peer.send("record.pause", {"paused": paused}))
        self.bar.undo_requested.connect(lambda: peer.send("record.undo"))
        self.bar.note_written.connect(lambda text: peer.send("record.note", {"text": text}))
        self.bar.stop_requested.connect(lambda: peer.send("record.stop"))
        self.bar.point_requested.connect(self._point)

    def acts(self) -> dict[str, Callable[[], object]]:
        """Return what carries out which command."""
        return {"record": self.record, "record_again": self.record_again}

    def record(self) -> None:
        """Record what is done on the desktop into the flow in front; again: stop."""
        if self._bench.status.get("recording") is not None:
            self._bench.peer.send("record.stop")
        elif self._bench.tab is not None:
            self._bench.spawn(self._begin(self._bench.tab), "begin to record")

    def record_again(self) -> None:
        """Record what is done on the desktop in the place of the selected node."""
        if (chosen := self._bench.chosen_nodes()) and self._bench.tab is not None:
            self._bench.spawn(self._begin(self._bench.tab, chosen[0]), "begin to record a step again")

    async def show_step(self, tab: FlowTab, node_id: str, shown: Callable[[int], object]) -> None:
        """Record what a run should have done instead of a node; ``shown`` is told how many steps it was.

        Raises:
            FlowdeskError: If nothing can be recorded here.
        """
        self._shown = shown
        try:
            await self._begin(tab, node_id)
        except FlowdeskError:
            self._shown = None
            raise

    def take(self, told: RecordChanged) -> None:
        """Show how a recording stands; where this window started it, come back at its end and ask what it leaves open."""
        if told["workflow_id"] != self._recorded:
            return
        if told["status"] != "stopped":
            self.bar.show_recording(told)
            return
        self._recorded = None
        self.bar.hide()
        shown, self._shown = self._shown, None
        if shown is None or self._aside.made_way_for is None:  # else the run goes on, and needs the desktop
            self._aside.come_back()
        if shown is not None:
            shown(told["count"])
        self._bench.spawn(after_recording(self._bench, told), "ask about the recording")
        if told["doubtful"]:
            count = told["doubtful"]
            self._bench.show_notice(
                tr(say("Check the text of {count} steps: no program told what arrived.", count=count))
            )

    def end(self) -> None:
        """Take the bar away."""
        self.bar.close()
        self.bar.deleteLater()

    async def _begin(self, tab: FlowTab, replace: str | None = None) -> None:
        """Record behind the node that is selected, else at the end, or in the place of a node; the window makes way.

        Raises:
            FlowdeskError: If nothing can be recorded here.
        """
        self._bench.inspector.flush()
        after = next(iter(chosen)) if len(chosen := tab.scene.selected_ids()) == 1 else None
        self._recorded = tab.workflow_id
        asked = {"after": after, "replace": replace}
        try:
            told = await self._bench.peer.request("record.start", asked, tab.workflow_id)
        except FlowdeskError:
            self._recorded = None
            raise
        self.bar.show_recording(told)
        self.bar.appear()
        self._aside.go()

    def _point(self, action: str) -> None:
        if self._recorded is not None:
            self._bench.spawn(point(self._bench, self.bar, self._recorded, action), "point while recording")
