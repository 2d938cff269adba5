"""Validation for editors: one flow at a time, off the event loop."""

import asyncio
from collections.abc import Sequence

from flowdesk.aio import in_thread
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.problem import Problem
from flowdesk.model.reading import read_flow
from flowdesk.model.validation import validate
from flowdesk.protocol import messages as m
from flowdesk.protocol.replies import Validated
from flowdesk.session.desk import Desk
from flowdesk.session.lacking import problems_at
from flowdesk.session.peer import Handler, Peer

MOST_PROBLEMS = 1000
"""Problems that a reply lists."""


class Validating:
    """Says what is wrong with flows."""

    def __init__(self, desk: Desk, catalogue: Catalogue) -> None:
        """Judge by a catalogue; open flows are those of ``desk``."""
        self._desk, self._catalogue = desk, catalogue
        self._validating = asyncio.Semaphore(1)

    def handlers(self) -> dict[str, Handler]:
        """Return the handler of the request."""
        return {"workflow.validate": self._validate}

    async def _validate(self, peer: Peer, payload: m.Validate, workflow_id: str, message_id: str) -> Validated:
        live = None if payload.flow is not None or payload.nodes is not None else self._desk.get(workflow_id)
        document, path = (live.document.flow, live.path) if live is not None else (None, None)
        values = payload.flow if payload.flow is not None else {"nodes": payload.nodes, "edges": payload.edges or []}

        def judge() -> Sequence[Problem]:
            if document is not None and path is not None:
                return problems_at(document, path, self._catalogue)
            return validate(document if document is not None else read_flow(values), self._catalogue)

        async with self._validating:
            problems = await in_thread(judge, "flowdesk.validate")
        return {
            "problems": [problem.payload() for problem in problems[:MOST_PROBLEMS]],
            "count": len(problems),
            "valid": not any(problem.is_error for problem in problems),
        }
