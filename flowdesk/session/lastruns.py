"""What the last run of each workflow knew: a run from the middle goes on with it."""

import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from flowdesk.engine.runner import Runner
from flowdesk.model.flow import Node
from flowdesk.session.peer import Message
from flowdesk.session.private import PrivateRunner
from flowdesk.session.secrets import Secrets

KEPT = 20
"""So many workflows are remembered."""
KEPT_BYTES = 16 * 1024 * 1024
"""What they may take together; the newest is kept whatever it takes."""
_COUNTED = 100_000
"""So many values of a run are measured; one with more counts as too large to be kept beside others."""


Held = TypeVar("Held")


class Renames:
    """What the nodes of a run are called by now: they may be renamed while it runs, and afterwards."""

    def __init__(self) -> None:
        """Every node is called what it was."""
        self._now: dict[str, str] = {}
        """By the id that the run knows."""

    def hear(self, message: Message) -> None:
        """Follow a message of the flow's journal."""
        if message["type"] == "flow.changed":
            for change in message["payload"]["changes"]:
                if change.get("op") == "renameNode":
                    self.follow(change["id"], change["to"])

    def follow(self, old: str, new: str) -> None:
        """A node got another id."""
        was = self.was(old)
        if was is not None:
            self._now[was] = new

    def was(self, node_id: str) -> str | None:
        """Return what the run calls a node, ``None`` for one that took the id of another afterwards."""
        found = next((was for was, now in self._now.items() if now == node_id), None)
        return found if found is not None or node_id in self._now else node_id

    def named(self, values: Mapping[str, Held]) -> dict[str, Held]:
        """Return values of a run by what its nodes are called now."""
        return {self._now.get(node_id, node_id): value for node_id, value in values.items()}


@dataclass(frozen=True, slots=True)
class LastRun:
    """The values of a run that ended."""

    variables: Mapping[str, Any]
    memories: Mapping[str, dict[str, Any]]
    results: Mapping[str, Any]
    secrets: Secrets
    size: int
    """Bytes that it takes, about; 0 until they are counted."""
    nodes: Mapping[str, Node] = field(default_factory=dict)
    """The nodes as the run had them."""
    folder: Path | None = None
    """Where its record lies."""
    renames: Renames = field(default_factory=Renames)
    run_id: str = ""

    @classmethod
    def of(cls, runner: Runner | PrivateRunner, secrets: Secrets, renames: Renames, folder: Path | None = None) -> Self:
        """Take what a run knows. The run itself is let go."""
        nodes = {node.id: node for node in runner.flow.nodes}
        return cls(
            runner.variables, runner.memories, runner.results, secrets, 0, nodes, folder, renames, runner.run_id
        )  # fmt: skip

    def counted(self) -> int:
        """Return how many bytes it takes, about, with the nodes as they were. It takes long for large ones."""
        return size_of((self.variables, self.memories, self.results, list(self.nodes.values())))


class LastRuns:
    """The last runs, by workflow, the one used last at the end."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[str, LastRun] = OrderedDict()

    def keep(self, workflow_id: str, last: LastRun) -> None:
        """Remember a run that ended."""
        self._kept[workflow_id] = last
        self._kept.move_to_end(workflow_id)
        self._make_room()

    def weigh(self, workflow_id: str, last: LastRun, size: int) -> None:
        """Take the size of a run that is kept, and forget those for which there is no room."""
        if self._kept.get(workflow_id) is last:
            self._kept[workflow_id] = replace(last, size=size)
            self._make_room()

    def _make_room(self) -> None:
        used = sum(each.size for each in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > KEPT or used > KEPT_BYTES):
            used -= self._kept.popitem(last=False)[1].size

    def __contains__(self, workflow_id: str) -> bool:
        """Whether the last run of a workflow is remembered."""
        return workflow_id in self._kept

    def find(self, workflow_id: str) -> LastRun | None:
        """Return what the last run of a workflow knew, ``None`` where it is not remembered."""
        if workflow_id in self._kept:
            self._kept.move_to_end(workflow_id)
        return self._kept.get(workflow_id)


def size_of(value: object) -> int:
    """Return about how many bytes JSON values and models take, each object once; more than there is room for where they are too many."""
    size, seen, waiting = 0, set[int](), [value]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if len(seen) > _COUNTED:
            return KEPT_BYTES + 1
        size += sys.getsizeof(each)
        if isinstance(each, dict) or isinstance(each, Mapping):  # noqa: SIM101 - the usual one is asked quickly
            waiting += each.keys()
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each
        elif isinstance(each, BaseModel):
            waiting += (each.__dict__, each.__pydantic_extra__, each.__pydantic_fields_set__)
    return size
