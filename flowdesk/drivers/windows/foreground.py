"""Bringing a window to the front. Windows lets only some programs do that, and otherwise only makes the task bar blink.

The rules are in the remarks to ``SetForegroundWindow``. A thread that shares its input with the one in front counts as that
one, so flowdesk joins it for the moment of the call; where that is refused too, the node fails and says so.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

from flowdesk.drivers.windows import api, looks
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

PATIENCE = 2.0
"""Seconds in which a window must come to the front."""
AGAIN = 0.25
"""Seconds after which it is asked once more."""
POLL = 0.02
_RESTORE = 9


def bring_to_front(number: int, title: str, pause: Callable[[float], None]) -> None:
    """Give a window the keyboard.

    Args:
        number: The window.
        title: What people call it.
        pause: Sleeps between looks, and raises to give up.

    Raises:
        NodeError: If the window is gone, or Windows keeps another one in front.
    """
    user = api.user()
    if user.IsIconic(number):
        user.ShowWindowAsync(number, _RESTORE)
    deadline, next_try = time.monotonic() + PATIENCE, 0.0
    while not _is_front(number):
        if not user.IsWindow(number):
            raise NodeError(
                say("The window {title} no longer exists.", title=title),
                say("Find the window again before you use it."),
            )
        now = time.monotonic()
        if now > deadline:
            raise _refused(title)
        if now >= next_try:
            next_try = now + AGAIN
            _ask(number)
        pause(POLL)


def _ask(number: int) -> None:
    user = api.user()
    if user.SetForegroundWindow(number) and _is_front(number):
        return
    with _joined(looks.foreground()), _joined(number):
        user.BringWindowToTop(number)
        user.SetForegroundWindow(number)


def _is_front(number: int) -> bool:
    """Whether a window has the keyboard, or a dialog that stands before it has."""
    front = looks.foreground()
    return front == number or (not looks.is_enabled(number) and number in looks.owners_of(front))


@contextlib.contextmanager
def _joined(number: int) -> Iterator[None]:
    """Share input with the thread of a window, unless it hangs: this thread would hang with it."""
    user, own = api.user(), api.kernel().GetCurrentThreadId()
    thread = looks.thread_of(number) if number else 0
    is_joined = bool(
        thread and thread != own and not user.IsHungAppWindow(number) and user.AttachThreadInput(own, thread, True)
    )
    try:
        yield
    finally:
        if is_joined:
            user.AttachThreadInput(own, thread, False)


def _refused(title: str) -> NodeError:
    front = looks.title_of(looks.foreground())
    return NodeError(
        say(
            'Windows does not allow {title} to come to the front; "{front}" has the keyboard focus.',
            title=title,
            front=front,
        ),
        say("Click the window, or close the window in front of it, then run the flow again."),
    )
