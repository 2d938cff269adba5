"""How far a reader is: so that what it drew of a statement can be taken back, and drawn in another way or put back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flowdesk.importing.values import Scope

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader


class State:
    """What reading a statement changes. What grows at its end is remembered by its length, the rest by a copy."""

    def __init__(self, reader: "Reader", scope: Scope) -> None:
        """Remember how it is."""
        self._reader = reader
        self._lengths = [len(each) for each in self._growing()]
        self._scopes: list[tuple[Scope, dict[str, Any]]] = []
        around: Scope | None = scope
        while around is not None:
            self._scopes.append((around, dict(around.names)))
            around = around.parent
        self._places = reader.drawing.places()
        self._frames = [(frame, list(frame.exits), frame.value) for frame in reader.frames]
        self._rest = reader.temporary, reader.has_crossings, list(reader.raised)

    def undo(self) -> Callable[[], None]:
        """Make it as it was. Returns what puts back what was drawn since."""
        after = State(self._reader, self._scopes[0][0])
        ends = [_cut(each, length) for each, length in zip(self._growing(), self._lengths, strict=True)]
        self._restore()

        def redo() -> None:
            for each, length, end in zip(self._growing(), self._lengths, ends, strict=True):
                _cut(each, length)
                each.extend(end) if isinstance(each, list) else each.update(end)
            after._restore()

        return redo

    def _growing(self) -> list[Any]:
        drawing, report = self._reader.drawing, self._reader.report
        return [drawing.nodes, drawing.edges, drawing.notes, drawing.variables, report.left]

    def _restore(self) -> None:
        reader = self._reader
        reader.drawing.go_to(self._places)
        for scope, names in self._scopes:
            scope.names.clear()
            scope.names.update(names)
        for frame, exits, value in self._frames:
            frame.exits, frame.value = list(exits), value
        reader.temporary, reader.has_crossings, raised = self._rest
        reader.raised = list(raised)


def _cut(each: Any, length: int) -> Any:
    """Take away what came after a length, and return it."""
    if isinstance(each, list):
        end = each[length:]
        del each[length:]
        return end
    keys = list(each)[length:] if len(each) > length else []
    return {key: each.pop(key) for key in keys}
