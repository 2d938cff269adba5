"""What a request is, and who may send it."""

import builtins
from dataclasses import dataclass
from enum import IntEnum

from flowdesk.protocol.payload import Payload


class Role(IntEnum):
    """What a peer may do. Bound to its token by the server; each includes the ones before."""

    NONE = 0
    VIEW = 1
    EDIT = 2
    RUN = 3


@dataclass(frozen=True)
class Request:
    """A request that a peer may send."""

    type: str
    payload: builtins.type[Payload]
    role: Role
    doc: str = ""

    @property
    def description(self) -> str:
        """First line of the payload's docstring."""
        return (self.doc or self.payload.__doc__ or "").split("\n", 1)[0]
