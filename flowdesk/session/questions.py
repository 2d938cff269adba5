"""Questions that a run asks people: prompts, permissions, targets that are not there."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flowdesk.engine.context import Question
from flowdesk.engine.ports import Answer
from flowdesk.model.errors import NodeError, NotAllowed, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.events import HelpClosedEvent, HelpNeededEvent
from flowdesk.session.journal import Journal
from flowdesk.session.peer import Peer
from flowdesk.session.trust import is_own

if TYPE_CHECKING:
    from flowdesk.protocol.messages import HelpAnswer

PERMISSION = "permission"
"""The kind of a question whether a flow may use programs, files and the network: its answer is the owner's alone."""


@dataclass
class _Open:
    question: Question
    journal: Journal
    future: asyncio.Future[Answer]


class Questions:
    """Asks every peer that may answer; the first answer counts."""

    def __init__(self, can_answer: Callable[[str, str], bool]) -> None:
        """``can_answer(workflow_id, kind)`` says whether anyone who may is there."""
        self._can_answer = can_answer
        self._open: dict[str, _Open] = {}

    async def ask(self, journal: Journal, question: Question) -> Answer:
        """Send ``help.needed`` and wait for an answer.

        Raises:
            NodeError: If nobody is there who could answer.
        """
        if not self._can_answer(journal.workflow_id, question.kind):
            raise NodeError(
                say("Nobody can answer: {message}", message=question.message),
                say("Run the flow in the window, or connect an editor with the role run."),
            )
        help_id = uuid.uuid4().hex
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open[help_id] = _Open(question, journal, future)
        journal.add("help.needed", _told(help_id, question))
        try:
            return await future
        finally:
            del self._open[help_id]
            journal.add("help.closed", HelpClosedEvent(help_id=help_id))

    def answer(self, answer: HelpAnswer, peer: Peer) -> None:
        """Hand a peer's answer to the run that asked.

        Raises:
            RequestInvalid: If the question was answered already or is void.
            NotAllowed: If only the owner may answer it.
        """
        asked = self._open.get(answer.help_id)
        if asked is None or asked.future.done():
            raise RequestInvalid(
                say("This question is already closed."), say("No action is required."), field="help_id"
            )
        if asked.question.kind == PERMISSION and not is_own(peer):
            raise NotAllowed(
                say("Only the owner of the desktop may allow this."),
                say("Answer it in the window, or in the page that the owner opened."),
            )
        asked.future.set_result({"action": answer.action, "value": answer.value})

    def pending(self, workflow_id: str) -> list[HelpNeededEvent]:
        """Return the open questions of a workflow, for a late joiner."""
        return [
            _told(help_id, asked.question)
            for help_id, asked in self._open.items()
            if asked.journal.workflow_id == workflow_id
        ]


def _told(help_id: str, question: Question) -> HelpNeededEvent:
    told: HelpNeededEvent = {
        "help_id": help_id,
        "kind": question.kind,
        "title": question.title,
        "message": question.message,
        "choices": list(question.choices),
        "default": question.default,
    }
    return cast("HelpNeededEvent", {**told, **question.details})  # which are as whoever asks declares them
