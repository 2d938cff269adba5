"""Every request has a handler that takes its payload and returns its reply, by the types that the type checker holds."""

from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from flowdesk.protocol import events, messages, replies
from flowdesk.protocol.messages import REQUESTS
from flowdesk.protocol.replies import REPLIES
from flowdesk.session.session import Session

NAMES: dict[str, Any] = {"m": messages, **vars(events), **vars(replies), **vars(messages)}
"""What handlers import for their types only."""
BY_CONNECTION = frozenset({"auth"})
"""What the connection answers itself."""


def inner(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return what a handler that only passes on goes around."""
    cells = getattr(handler, "__closure__", None) or ()
    around = [cell.cell_contents for cell in cells if getattr(cell.cell_contents, "__name__", "") != ""]
    return next(
        (inner(each) for each in around if callable(each) and "peer" in getattr(each, "__annotations__", {})), handler
    )


async def test_every_request_has_a_handler(session: Session) -> None:
    assert session.rooms.all_handlers().keys() == REQUESTS.keys() - BY_CONNECTION


@pytest.mark.parametrize("kind", sorted(REQUESTS.keys() - BY_CONNECTION))
async def test_a_handler_takes_the_payload_and_returns_the_reply_of_its_request(session: Session, kind: str) -> None:
    handler = session.rooms.handler(kind)
    assert handler is not None
    hints = get_type_hints(inner(handler), localns=NAMES)
    assert hints["return"] is REPLIES[kind]
    assert hints["payload"] is REQUESTS[kind].payload
