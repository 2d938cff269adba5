"""A problem: what is wrong with a flow, told before it runs (contract §1)."""

from dataclasses import dataclass
from typing import Literal

from flowdesk.model.told import ProblemPayload

UNFINISHED = frozenset({"config.missing", "loop.no_body", "try.no_body"})
"""Codes of what every new node lacks: editors say so when the node is left."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault found before a run. Errors stop a run from starting, warnings do not."""

    level: Literal["error", "warning"]
    code: str
    message: str
    fix: str = ""
    node_id: str | None = None
    edge_id: str | None = None
    field: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the flow cannot run with it."""
        return self.level == "error"

    def is_about(self, node_id: str, key: str) -> bool:
        """Whether it is about a field of a node, or a part of that field."""
        name = (self.field or "").removeprefix("data.config.")
        return self.node_id == node_id and (name == key or name.startswith((f"{key}.", f"{key}[")))

    def payload(self) -> ProblemPayload:
        """Return the problem as JSON values."""
        return {
            "level": self.level,
            "code": self.code,
            "message": self.message,
            "fix": self.fix,
            "node_id": self.node_id,
            "edge_id": self.edge_id,
            "field": self.field,
        }
