"""Looks at the desktops of runs that have one of their own: a request about a desktop goes to the one that is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flowdesk.engine.runner import Runner
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.private import PrivateRunner
from flowdesk.session.runs import RunBook

if TYPE_CHECKING:
    from flowdesk.protocol.messages import Payload


class Elsewhere:
    """Knows who watches which run's desktop."""

    def __init__(self, runs: RunBook, assets_of: Callable[[str], str], unwatch_here: Callable[[Peer], None]) -> None:
        """``assets_of`` finds the folder of a workflow's pictures; ``unwatch_here`` ends the watching of this desktop."""
        self._runs = runs
        self._unwatch_here = unwatch_here
        self._assets_of = assets_of
        self._watched: dict[str, PrivateRunner] = {}

    def around(self, handlers: dict[str, Handler]) -> dict[str, Handler]:
        """Return handlers that ask the flowdesk on a run's own desktop where that is meant, else those given."""
        return {type: self._around(type, handler) for type, handler in handlers.items()}

    def forget(self, peer: Peer) -> None:
        """A peer went."""
        runner = self._watched.pop(peer.id, None)
        if runner is not None:
            runner.forget(peer)

    def _around(self, type: str, here: Handler) -> Handler:
        async def handle(peer: Peer, payload: Any, workflow_id: str, message_id: str) -> Mapping[str, Any]:
            runner = self._meant(type, peer, payload, workflow_id)
            if type in {"desktop.watch", "desktop.unwatch"} and self._watched.get(peer.id) not in (None, runner):
                self.forget(peer)
            if runner is None:
                return await here(peer, payload, workflow_id, message_id)
            if type == "desktop.watch":
                self._unwatch_here(peer)
                self._watched[peer.id] = runner
            if type == "desktop.unwatch":
                self.forget(peer)
                return {}
            asked = payload.model_dump(mode="json", exclude={"run_id"}, exclude_unset=True)
            return await runner.look(peer, type, asked, self._assets_of(workflow_id))

        return handle

    def _meant(self, type: str, peer: Peer, payload: Payload, workflow_id: str) -> PrivateRunner | None:
        if type in {"desktop.shown", "desktop.unwatch"}:
            return self._watched.get(peer.id)
        run_id = getattr(payload, "run_id", None)
        runner: Runner | PrivateRunner | None
        if run_id is not None:
            runner = self._runs.find(workflow_id, run_id).runner
        else:
            live = self._runs.current.get(workflow_id)
            runner = live.runner if live is not None else None
        return runner if isinstance(runner, PrivateRunner) and (run_id is not None or runner.is_there) else None
