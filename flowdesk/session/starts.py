"""Starts that were carried out, to know their copies by: a message that is sent again must not click twice."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowdesk.engine.options import RunOptions
from flowdesk.session.runs import LiveRun

if TYPE_CHECKING:
    from flowdesk.protocol.messages import Start

REMEMBERED = 256
COPY_SECONDS = 1.0
"""How long after a start its message counts as a copy although the run is over."""


@dataclass
class _Known:
    key: tuple[str, str, Start]
    live: LiveRun
    at: float


class Starts:
    """The starts whose copies may still come: at most ``REMEMBERED``, none for long after its run."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: deque[_Known] = deque(maxlen=REMEMBERED)

    def remember(self, workflow_id: str, message_id: str, payload: Start, live: LiveRun) -> None:
        """Keep a start that was carried out. A message without an id has no copies."""
        if message_id:
            self._known = deque(filter(_is_recent, self._known), REMEMBERED)
            self._known.append(_Known((workflow_id, message_id, payload), live, time.monotonic()))

    def find(self, workflow_id: str, message_id: str, payload: Start) -> LiveRun | None:
        """Return the run that a copy of this message started, whoever sent it.

        A copy comes while that run is under way, or right after; later it is a new start, since simple clients send the
        same id every time.
        """
        for known in reversed(self._known):
            if _is_recent(known) and known.key == (workflow_id, message_id, payload):
                return known.live
        return None


def _is_recent(known: _Known) -> bool:
    return known.live.finished is None or time.monotonic() - known.at < COPY_SECONDS


def options_of(payload: Start) -> RunOptions:
    """Return how a ``workflow.start`` wants its run."""
    return RunOptions(
        variables=payload.variables,
        from_node=payload.from_node,
        only=None if payload.only is None else frozenset(payload.only),
        breakpoints=frozenset(payload.breakpoints),
        run_delay=payload.run_delay / 1000,
        is_dry=payload.dry_run,
        is_paused=payload.paused,
        asks_for_help=payload.ask_for_help,
        desktop=payload.desktop or "",
        home=payload.home or "",
    )
