"""Keys and buttons that a script presses and releases apart, and where its pointer is."""

import ast
from typing import TYPE_CHECKING

from flowdesk.importing.expressions import evaluate, untaken
from flowdesk.importing.keynames import key_of
from flowdesk.importing.typed import cut
from flowdesk.importing.values import Known, Ref, Scope, Several

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

HERE = "point=+0,+0"
"""Where the pointer is."""
NAMES = frozenset({"keyDown", "keyUp", "mouseDown", "mouseUp"})


def action_of(name: str) -> str:
    """Return the action of a call: ``down`` or ``up``."""
    return "down" if name.endswith("Down") else "up"


class Held:
    """What a script of SikuliX holds down, for its ``keyUp()`` without keys."""

    def __init__(self) -> None:
        """Nothing is held."""
        self._keys: list[str] = []

    def call(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Known:
        """Draw a call.

        Raises:
            Untaken: If its keys are not known.
        """
        value = evaluate(reader.hoist(node.args[0], scope), scope) if node.args else None
        label = ast.unparse(node)[:80]
        if name.startswith("mouse"):
            button = value.value if isinstance(value, Known) and isinstance(value.value, str) else "left"
            config = {"selector": HERE, "clickType": button, "action": action_of(name)}
            reader.drawing.add("click", config, label)
            return Known(1)
        if value is None and name == "keyUp":
            keys, self._keys = list(reversed(self._keys)), []
        elif isinstance(value, Known) and isinstance(value.value, str):
            keys = [key for kind, part in cut(value.value) for key in ([part] if kind == "key" else list(part))]
            keys = [key_of(key) for key in keys]
        else:
            raise untaken(node)
        if name == "keyDown":
            self._keys += keys
        else:
            self._keys = [key for key in self._keys if key not in keys]
        if keys:
            reader.drawing.add("keys", {"keys": keys, "action": action_of(name)}, label)
        return Known(1)


def position(reader: "Reader", node: ast.Call) -> Ref:
    """Draw where the pointer is, and return it."""
    found = reader.drawing.add("find", {"selector": HERE}, ast.unparse(node)[:80])
    return Ref(f"{found}.matches[0]", "point")


def size(reader: "Reader", node: ast.Call) -> Several:
    """Draw how large the desktop is, and return it: the place of its last pixel tells."""
    found = reader.drawing.add("find", {"selector": "point=100%,100%"}, ast.unparse(node)[:80])
    return Several((Ref(f"({found}.matches[0].x + 1)"), Ref(f"({found}.matches[0].y + 1)")))
