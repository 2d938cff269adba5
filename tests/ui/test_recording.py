"""The window's button and bar for recording."""

from typing import Any

from PySide6.QtWidgets import QApplication

from flowdesk.ui.recording import RecordBar, heading
from tests.session.recording.test_recordings import Desk
from tests.ui.conftest import Live, Rig, until


def told(**more: Any) -> Any:
    return {
        "workflow_id": "f", "status": "recording", "count": 0, "by": "window", "secrets": [], "doubtful": 0, "reason": None, **more,
    }  # fmt: skip


def test_the_bar_says_state_and_count() -> None:
    assert heading(told()) == "Recording · 0 steps"
    assert heading(told(count=1, status="paused")) == "Paused · 1 step"


def test_the_bar_offers_what_can_be_done(qapp: QApplication) -> None:
    bar = RecordBar()
    asked: list[bool] = []
    bar.pause_requested.connect(asked.append)
    bar.show_recording(told())
    assert not bar.undo_button.isEnabled()
    bar.show_recording(told(count=2, step={"title": "Click", "summary": "OK"}))
    assert bar.undo_button.isEnabled()
    assert "OK" in bar.step_label.text()
    bar.show_recording(told(count=3, step={"title": "Type text", "summary": "A long way to go, " * 9}))
    bar.show()
    qapp.processEvents()
    written = bar.step_label.fontMetrics().horizontalAdvance(bar.step_label.text())
    assert written <= bar.step_label.width()
    assert bar.step_label.text().endswith("…")
    bar.pause_button.click()
    bar.show_recording(told(status="paused"))
    bar.pause_button.click()
    assert asked == [True, False]
    bar.close()
    bar.deleteLater()


def test_the_bar_points(qapp: QApplication) -> None:
    bar = RecordBar()
    asked: list[str] = []
    bar.point_requested.connect(asked.append)
    menu = bar.point_button.menu()
    assert menu is not None
    for action in menu.actions():
        action.trigger()
    assert asked == ["wait", "check", "read"]
    bar.close()
    bar.deleteLater()


def test_without_a_desktop_the_window_says_why_and_stays(live: Live) -> None:
    async def story(rig: Rig) -> None:
        await rig.window.flows.open_new()
        rig.window.carry_out("record")
        await until(lambda: "nothing to record" in rig.window.statusBar().currentMessage())
        assert not rig.window.recording.bar.isVisible()
        assert not rig.window.isMinimized()

    live(story)


def test_a_step_is_recorded_again_in_its_place(live: Live) -> None:
    async def story(rig: Rig) -> None:
        desk = Desk()
        rig.session.recordings._observer = desk
        await rig.window.flows.open_path(rig.chain())
        tab = rig.window.tab
        assert tab is not None
        again = rig.window.commands.actions["record_again"]
        assert not again.isEnabled()
        tab.scene.select(["one"])
        await until(again.isEnabled)
        tab.scene.select(["one", "two"])
        await until(lambda: not again.isEnabled())
        tab.scene.select(["one"])
        await until(again.isEnabled)
        again.trigger()
        await until(rig.window.recording.bar.isVisible)
        assert not again.isEnabled()
        desk.keys("s")
        rig.window.carry_out("record")
        await until(lambda: sorted(node.type for node in tab.scene.draft.nodes.values()) == ["keys", "start", "wait"])
        edges = {(edge.source, edge.target) for edge in tab.scene.draft.edges.values()}
        pressed = next(node.id for node in tab.scene.draft.nodes.values() if node.type == "keys")
        assert edges == {("start", pressed), (pressed, "two")}

    live(story)
