"""A problem: what is wrong with a flow, told before it runs (contract §1)."""

from dataclasses import dataclass
from typing import Literal

from flowdesk.model.told import ProblemPayload


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
