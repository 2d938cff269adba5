"""Requests that hold a run, let it go on, take it a step further, or stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flowdesk.engine.runner import Runner
from flowdesk.model.sentence import say
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.private import PrivateRunner
from flowdesk.session.runs import RunBook

if TYPE_CHECKING:
    from flowdesk.protocol import messages as m
    from flowdesk.protocol.replies import Controlled


class Controls:
    """Passes what peers want on to the runs."""

    def __init__(self, runs: RunBook, refuse_run: Callable[[], None]) -> None:
        """Control the runs of a session; none goes on while ``refuse_run`` raises."""
        self._runs, self._refuse_run = runs, refuse_run

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers of these requests."""
        return {
            "workflow.pause": self._pause,
            "workflow.resume": self._resume,
            "workflow.stop": self._stop,
            "workflow.step": self._step,
        }

    async def _pause(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> Controlled:
        return self._control(workflow_id, payload, lambda runner: runner.pause())

    async def _resume(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> Controlled:
        return self._control(workflow_id, payload, lambda runner: runner.resume(), goes_on=True)

    async def _step(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> Controlled:
        return self._control(workflow_id, payload, lambda runner: runner.step(), goes_on=True)

    async def _stop(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> Controlled:
        return self._control(
            workflow_id, payload, lambda runner: runner.stop(say("requested by {name}", name=peer.name))
        )

    def _control(
        self,
        workflow_id: str,
        payload: m.RunControl,
        act: Callable[[Runner | PrivateRunner], None],
        *,
        goes_on: bool = False,
    ) -> Controlled:
        live = self._runs.find(workflow_id, payload.run_id)
        if goes_on and live.desktop == "this":
            self._refuse_run()
        act(live.runner)
        return {"run_id": live.run_id, "status": live.status}
