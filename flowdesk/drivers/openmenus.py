"""What is seen in an open menu of a window's program counts first: it takes the next press, and may reach beyond the window."""

from collections.abc import Sequence
from dataclasses import replace

from flowdesk.drivers import screens
from flowdesk.drivers.memory import WindowList
from flowdesk.drivers.places import Scope
from flowdesk.model.target import Step

_SEEN = frozenset({"text", "image"})


def within(scope: Scope, step: Step, windows: WindowList) -> Sequence[Scope]:
    """Return the open menus in which a step is looked for before its window: none for elements, which know where they are."""
    window = scope.window
    if window is None or not window.pid or scope.box != window.box or step.engine not in _SEEN:
        return ()
    if not windows.is_pointer_held():
        return ()
    everything = screens.virtual_box()
    boxes = [menu.box.intersection(everything) for menu in windows.menus_of(window.pid, is_held=True)]
    return [replace(scope, box=box) for box in boxes if not box.is_empty]
