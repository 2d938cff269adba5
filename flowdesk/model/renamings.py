"""Which nodes were given another id, so that what was begun before goes on. Pure."""

from collections import deque
from collections.abc import Sequence

from flowdesk.model.changes import AnyChange, RenameNode, SetNode

REMEMBERED = 200


class Renamings:
    """The last renamings of a flow that were told, by their revision; at most ``REMEMBERED``."""

    def __init__(self) -> None:
        """Know of none."""
        self._known: deque[tuple[int, str, str]] = deque(maxlen=REMEMBERED)

    def note(self, changes: Sequence[AnyChange], revision: int) -> None:
        """Keep those of an edit."""
        self._known += [(revision, change.id, change.to) for change in changes if isinstance(change, RenameNode)]

    def as_of(self, base: int, changes: Sequence[AnyChange]) -> Sequence[AnyChange]:
        """Return changes with the ids that the nodes had at a revision: what is sent as of then names them so."""
        later = [(old, new) for revision, old, new in self._known if revision > base]
        if not later:
            return changes
        meant: list[AnyChange] = []
        for change in changes:
            if isinstance(change, SetNode | RenameNode):
                node_id = change.id
                for old, new in reversed(later):
                    node_id = old if node_id == new else node_id
                change = change.model_copy(update={"id": node_id})
            meant.append(change)
        return meant
