"""How a run is started."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flowdesk.model.flow import Node


@dataclass(frozen=True)
class RunOptions:
    """How a run is started."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    from_node: str | None = None
    only: frozenset[str] | None = None
    breakpoints: frozenset[str] = frozenset()
    run_delay: float = 0.0
    """Seconds between nodes."""
    is_dry: bool = False
    is_paused: bool = False
    asks_for_help: bool = False
    """Ask people about a target that is not found, where the flow itself does not handle it."""
    memories: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """What the loops of the last run remembered, for a run from inside them."""
    results: Mapping[str, Any] = field(default_factory=dict)
    """Results of the last run, for a run from the middle."""
    caller: Node | None = None
    """Of a subflow: the node that called it."""
    depth: int = 0
    desktop: str = ""
    """``this``, ``private`` or ``private:WxH``; empty is as the flow says."""
    home: str = ""
    """``own`` gives programs on a private desktop a home folder of their own; empty is as the flow says."""
    within: tuple[str, ...] = ()
    """Of a subflow: the labels of the nodes that called it, outermost first."""

    @property
    def is_part(self) -> bool:
        """Whether only a part of the flow is run, which may read what the last run left."""
        return self.from_node is not None or self.only is not None

    def of_function(
        self, variables: Mapping[str, Any], first: str, caller: Node, *, asks_for_help: bool
    ) -> "RunOptions":
        """Return how a function of this flow is run that a node of this run calls."""
        return replace(
            self, variables=variables, from_node=first, only=None, is_paused=False, memories={}, results={},
            asks_for_help=asks_for_help, depth=self.depth + 1, within=(*self.within, caller.label),
        )  # fmt: skip

    def of_subflow(self, inputs: Mapping[str, Any], caller: Node, *, asks_for_help: bool) -> "RunOptions":
        """Return how a subflow is run that a node of this run calls."""
        return RunOptions(
            inputs, is_dry=self.is_dry, run_delay=self.run_delay, asks_for_help=asks_for_help, caller=caller,
            depth=self.depth + 1, within=(*self.within, caller.label),
        )  # fmt: skip
