"""Targets that have moved on: found, but never by the way that is preferred. After the run they are offered with the way that worked first."""

from typing import Any

from flowdesk.model.flow import Node

MOST = 200
"""So many are remembered of a run."""


class MovedTargets:
    """The targets of one flow that a run found by another way than the first."""

    def __init__(self) -> None:
        """Know of none."""
        self._ways: dict[tuple[str, str], list[str]] = {}
        self._found: set[tuple[str, str]] = set()
        """Those that were found by the first way, too."""

    def note(self, node: Node, ways: str | list[str], worked: str) -> bool:
        """Take in by which way a target of a node was found. Returns whether it was not the first.

        Args:
            node: The node, as the flow has it.
            ways: The target's ways in order of preference; one with variables in it is left out.
            worked: The way that found it.
        """
        key = next((key for key, value in node.config.items() if value == ways), None)
        if not isinstance(ways, list) or key is None or worked not in ways:
            return False
        target = (node.id, key)
        if worked == ways[0]:
            self._found.add(target)
            return False
        if len(self._ways) < MOST:
            self._ways.setdefault(target, [worked, *(way for way in ways if way != worked)])
        return True

    def payload(self) -> list[dict[str, Any]]:
        """Return each with its ways as they would be best: ``node_id``, ``key``, ``ways``."""
        return [
            {"node_id": node_id, "key": key, "ways": ways}
            for (node_id, key), ways in self._ways.items()
            if (node_id, key) not in self._found
        ]
