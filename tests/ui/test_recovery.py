"""Unsaved work after a crash: offered once, restored as an edit that can be undone, never written by itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QListWidget

from flowdesk.model.changes import AnyChange, Draft
from flowdesk.model.flow import Flow
from flowdesk.session.restoring import recovering
from flowdesk.ui.recovery import RecoveryDialog
from tests.rig import until as wait_until
from tests.ui.conftest import Live, Rig, until

EDITS = """
import asyncio, sys
from pathlib import Path
from flowdesk.engine.context import Services
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.protocol.messages import EditFlow, Role
from flowdesk.session.peer import Peer
from flowdesk.session.session import Folders, Session

class Local(Peer):
    id, name, role, is_local = "p", "p", Role.RUN, True
    def deliver(self, message): pass

async def main():
    state, path = Path(sys.argv[1]), Path(sys.argv[2])
    session = Session(catalogue_with_plugins(), Services(), Folders(state, state / "runs", state / "flows"))
    live = session.open_file(path)
    peer = Local()
    session.connect(peer)
    edit = {"changes": [{"op": "setFlow", "path": ["description"], "value": "half a sentence"}], "label": "x"}
    await session.submit(peer, "flow.edit", EditFlow.model_validate(edit), live.workflow_id)
    print("edited", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def killed_in_the_middle(state: Path, path: Path) -> None:
    """Edit a flow in a process of its own and kill that without warning."""
    process = subprocess.Popen(
        [sys.executable, "-c", EDITS, str(state), str(path)],
        cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline().strip() == "edited"
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    wait_until(lambda: process.poll() is not None, "the end of the process")


def dialog_of(rig: Rig) -> RecoveryDialog:
    dialog = rig.window.findChild(RecoveryDialog)
    assert dialog is not None
    return dialog


def test_after_a_kill_the_edit_comes_back_as_an_edit_and_the_file_is_as_it_was(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = Path(rig.chain())
        before = path.read_bytes()
        killed_in_the_middle(rig.folder / "state", path)
        rig.window.flows.offer_recovered(rig.session.recovery.unsaved())
        dialog = dialog_of(rig)
        assert dialog.list.count() == 1
        dialog.restore.click()
        await until(lambda: rig.window.tab and rig.window.tab.is_modified)
        tab = rig.window.tab
        assert tab is not None
        assert tab.path == str(path)
        assert tab.scene.draft.fields["description"] == "half a sentence"
        assert path.read_bytes() == before
        tab.undo()
        await until(lambda: tab.scene.draft.fields["description"] == "")
        assert set(tab.scene.draft.nodes) == {"start", "one", "two"}
        assert len(tab.scene.draft.edges) == 2

    live(story)


def test_what_is_discarded_is_not_offered_again(live: Live) -> None:
    async def story(rig: Rig) -> None:
        killed_in_the_middle(rig.folder / "state", Path(rig.chain()))
        left = rig.session.recovery.unsaved()
        rig.window.flows.offer_recovered(left)
        dialog = dialog_of(rig)
        assert isinstance(dialog.list, QListWidget)
        dialog.discard.click()
        assert rig.session.recovery.unsaved() == []

    live(story)


def test_deciding_later_keeps_it(live: Live) -> None:
    async def story(rig: Rig) -> None:
        killed_in_the_middle(rig.folder / "state", Path(rig.chain()))
        rig.window.flows.offer_recovered(rig.session.recovery.unsaved())
        dialog_of(rig).later.click()
        assert len(rig.session.recovery.unsaved()) == 1

    live(story)


def applied(flow: Flow, changes: list[AnyChange]) -> Flow:
    draft = Draft(flow)
    for change in changes:
        change.apply(draft)
    return draft.flow()


def test_the_changes_make_of_one_flow_the_other_and_leave_its_id() -> None:
    one = Flow.model_validate(
        {"id": "f", "name": "A", "variables": {"x": 1}, "nodes": [{"id": "s", "type": "start"}], "edges": []}
    )
    other = Flow.model_validate({
        "id": "f", "name": "B", "custom": True, "nodes": [{"id": "s", "type": "start"}, {"id": "w", "type": "wait"}],
        "edges": [{"id": "e", "source": "s", "target": "w"}],
    })  # fmt: skip
    assert applied(one, recovering(one, other)).to_json() == other.to_json()
    assert applied(other, recovering(other, one)).to_json() == one.to_json()
