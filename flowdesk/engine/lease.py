"""The desktop is leased: one run at a time acts on it, and within a run one visit at a time (contract §4)."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

AGAIN = 0.1
"""Seconds after which a desktop that another process has is asked for again."""


class Claimant(Protocol):
    """Takes the desktop among processes; a ``DesktopDriver`` is one."""

    async def claim(self, holder: str) -> str | None:
        """Take it for a run of this process, after processes that waited longer.

        Returns:
            ``None`` when it is this process's, else what the process that has it says of itself; from then on it is waited for.
        """

    def yield_claim(self) -> None:
        """Let other processes take it, and wait for it no longer."""


@dataclass(slots=True)
class _Waiter:
    run_id: str
    node_id: str
    future: asyncio.Future[None]


@dataclass(slots=True)
class Lease:
    """Who may act.

    A run takes the desktop at its first action and keeps it to its end; a run opened as ``shared`` gives it back
    after each visit. ``on_wait(run_id, node_id, holder)`` is called when a visit has to wait for another run; ``holder``
    is its id, or what another process says of itself. ``name_of`` tells other processes what a run is.
    """

    on_wait: Callable[[str, str, str], None] | None = None
    name_of: Callable[[str], str] = str
    among: Claimant | None = None
    """Takes the desktop among processes, where there may be several."""
    _holder: str | None = None
    _claimed_for: str | None = None
    """The run of this process that the desktop was taken among processes for."""
    _claiming: asyncio.Task[str | None] | None = None
    _is_visiting: bool = False
    _waiters: deque[_Waiter] = field(default_factory=deque)
    _shared: set[str] = field(default_factory=set)

    @property
    def holder(self) -> str | None:
        """Id of the run that has the desktop, if one has."""
        return self._holder

    def share(self, run_id: str) -> None:
        """Let this run give the desktop back after each action."""
        self._shared.add(run_id)

    async def take(self, run_id: str, node_id: str) -> None:
        """Wait until the run may act. Cancelling the wait gives up its place."""
        await self._take_here(run_id, node_id)
        if self.among is None or self._claimed_for == run_id:
            return
        try:
            await self._take_among(self.among, run_id, node_id)
        except BaseException:
            self.end_visit(run_id)
            raise

    async def _take_among(self, among: Claimant, run_id: str, node_id: str) -> None:
        """Wait until no other process has the desktop. Each run asks anew, so that those of others get their turn."""
        told = ""
        while (other := await self._claim(among, run_id)) is not None:
            if other != told and self.on_wait is not None:
                self.on_wait(run_id, node_id, other)
            told = other
            await asyncio.sleep(AGAIN)
        self._claimed_for = run_id

    async def _claim(self, among: Claimant, run_id: str) -> str | None:
        """Ask once. What comes of an asking that nobody waits for any more is given back at its end, not in the middle."""
        while self._claiming is not None:
            await asyncio.wait((self._claiming,))
        asked = asyncio.get_running_loop().create_task(among.claim(self.name_of(run_id)), name="flowdesk.claim")
        self._claiming = asked
        self._claiming.add_done_callback(self._claimed)
        return await asyncio.shield(asked)

    def _claimed(self, asked: "asyncio.Task[str | None]") -> None:
        self._claiming = None
        if not asked.cancelled():
            asked.exception()  # whoever waits is told; nobody else needs to know
        self._yield_unused()

    async def _take_here(self, run_id: str, node_id: str) -> None:
        """Wait until no other run of this process, nor another visit of this one, acts."""
        if self._can_take(run_id):
            self._holder, self._is_visiting = run_id, True
            return
        if self._holder is not None and self._holder != run_id and self.on_wait is not None:
            self.on_wait(run_id, node_id, self._holder)
        waiter = _Waiter(run_id, node_id, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            await waiter.future
        except asyncio.CancelledError:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            elif waiter.future.done() and not waiter.future.cancelled():
                self.end_visit(run_id)
            raise

    def end_visit(self, run_id: str) -> None:
        """The visit that acted is over: another visit of the run may act, or another run if this one shares."""
        if self._holder == run_id:
            self._is_visiting = False
            if run_id in self._shared:
                self._holder = self._claimed_for = None
            self._serve()
            self._yield_unused()

    def end_run(self, run_id: str) -> None:
        """The run is over: the desktop goes to the next."""
        self._shared.discard(run_id)
        if self._holder == run_id:
            self._holder, self._is_visiting, self._claimed_for = None, False, None
        self._serve()
        self._yield_unused()

    def _yield_unused(self) -> None:
        if self._holder is None and self._claiming is None and self.among is not None:
            self.among.yield_claim()

    def _can_take(self, run_id: str) -> bool:
        return not self._is_visiting and self._holder in (None, run_id)

    def _serve(self) -> None:
        for waiter in tuple(self._waiters):
            if waiter.future.done():
                self._waiters.remove(waiter)
            elif self._can_take(waiter.run_id):
                self._waiters.remove(waiter)
                self._holder, self._is_visiting = waiter.run_id, True
                waiter.future.set_result(None)
                return
