"""What a request is, and who may send it."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from flowdesk.protocol.payload import Payload

PROTOCOL_VERSION = 1
RoleName = Literal["none", "view", "edit", "run"]
GrantedRole = Literal["view", "edit", "run"]
"""Of whoever is let in."""


class Role(IntEnum):
    """What a peer may do. Bound to its token by the server; each includes the ones before."""

    NONE = 0
    VIEW = 1
    EDIT = 2
    RUN = 3

    @property
    def word(self) -> RoleName:
        """What it is called in messages."""
        return _WORDS[self]


_WORDS: Mapping[Role, RoleName] = {Role.NONE: "none", Role.VIEW: "view", Role.EDIT: "edit", Role.RUN: "run"}


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
