"""Targets that only a fallback found, in the window: one press lets the way that worked come first, and it is one edit."""

from typing import Any

import pytest

from tests.ui.conftest import Live, Rig, node, until

WAYS = ["button[name='Save']", "text=Save", "image=save.png"]
BETTER = [WAYS[1], WAYS[0], WAYS[2]]


def moved(node_id: str) -> dict[str, object]:
    return {"node_id": node_id, "key": "selector", "ways": BETTER}


def test_what_worked_is_taken_over_for_all_at_once_and_can_be_undone(live: Live) -> None:
    async def story(rig: Rig) -> None:
        kinds = [
            node("start", "start", 0),
            *(node(name, "click", 0, selector=WAYS) for name in ("one", "two", "three")),
        ]
        await rig.window.flows.open_path(rig.file(kinds, [("start", "one"), ("one", "two"), ("two", "three")]))
        tab = rig.window.tab
        assert tab is not None
        bar = tab.moved_bar

        def ways() -> list[object]:
            return [tab.scene.draft.nodes[name].config["selector"] for name in ("one", "two", "three")]

        assert bar.isHidden()
        told = {"run_id": tab.run_id, "status": "succeeded", "moved": [moved("one"), moved("two"), moved("gone")]}
        tab.take_message("execution.complete", told)
        assert bar.text.text() == "Targets that have moved on, found by a fallback: one, two"
        bar.use_button.click()
        await until(lambda: ways() == [BETTER, BETTER, WAYS])
        assert bar.isHidden()
        tab.take_message("execution.complete", told)  # they are as they should be by now
        assert bar.isHidden()
        rig.window.carry_out("undo")
        await until(lambda: ways() == [WAYS] * 3)
        tab.take_message("execution.complete", told)
        assert not bar.isHidden()
        bar.leave_button.click()
        assert bar.isHidden()
        assert ways() == [WAYS] * 3

    live(story)


def test_the_last_run_of_others_is_offered_too_but_not_what_was_left_or_while_an_earlier_run_is_shown(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(rig: Rig) -> None:
        path = rig.file([node("start", "start", 0), node("one", "click", 0, selector=WAYS)], [("start", "one")])
        await rig.window.flows.open_path(path)
        tab = rig.window.tab
        assert tab is not None
        last = await tab.peer.request("execution.snapshot", {}, tab.workflow_id)
        end = {"status": "succeeded", "moved": [moved("one")]}

        async def answer(kind: str, payload: dict[str, Any], workflow_id: str = "") -> dict[str, Any]:
            if kind == "execution.past":
                return {
                    "run_id": "r0", "nodes": {}, "ways": {}, "started": 1.0, "status": "failed", "moment": 1, "moments": 1,
                    "is_end": True, "node_id": "", "visit": 0,
                }  # fmt: skip
            return {**last, "run_id": "r1", "status": "succeeded", "nodes": {}, "end": end}

        monkeypatch.setattr(tab.peer, "request", answer)
        await tab.catch_up()
        assert not tab.moved_bar.isHidden()
        tab.past_bar.show_run("r0")
        await until(lambda: not tab.past_bar.isHidden())
        assert tab.moved_bar.isHidden()
        tab.past_bar.leave()
        await until(lambda: not tab.moved_bar.isHidden())
        tab.moved_bar.leave_button.click()
        tab.run_id = None
        await tab.catch_up()
        assert str(tab.run_id) == "r1"
        assert tab.moved_bar.isHidden()

    live(story)
