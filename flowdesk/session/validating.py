"""Validation for editors: one flow at a time, off the event loop."""

import asyncio

from flowdesk.aio import in_thread
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.reading import read_flow
from flowdesk.model.validation import validate
from flowdesk.protocol import messages as m
from flowdesk.protocol.replies import Validated
from flowdesk.session.desk import Desk
from flowdesk.session.lacking import lacking
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.storage import assets_folder

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
        async with self._validating:
            problems = await in_thread(
                lambda: [
                    *validate(read_flow(values) if document is None else document, self._catalogue),
                    *(
                        lacking(document, path.parent, assets_folder(path), self._catalogue)
                        if document and path
                        else ()
                    ),
                ],
                "flowdesk.validate",
            )
        return {
            "problems": [problem.payload() for problem in problems[:MOST_PROBLEMS]],
            "count": len(problems),
            "valid": not any(problem.is_error for problem in problems),
        }
