"""Connections to the X server, and the few questions that several drivers ask it.

A connection belongs to one thread. ``Xlib`` is what either ``python-xlib`` or ``python3-xlib`` provides (both install
the same package, the last one wins), so only what both have is used here.
"""

import os
import socket
import stat
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flowdesk.drivers.wayland import session
from flowdesk.drivers.x11.authority import EMPTY_AUTHORITY
from flowdesk.model.errors import DesktopUnavailable, MissingPiece
from flowdesk.model.sentence import say

LOCAL_PROCESS = 2
"""Asks for the process of a client that runs on the server's own machine (X-Resource 1.2, "Client IDs")."""
X_MODULES_FIX = say("Run: pip install python-xlib")


def connect(name: str | None = None) -> Any:
    """Open a connection to the display ``name``, by default ``$DISPLAY``. Its errors are not printed.

    Raises:
        DesktopUnavailable: If there is no display, it refuses, or it is a Wayland session.
        MissingPiece: If ``Xlib`` is not installed.
    """
    try:
        from Xlib import error
        from Xlib.display import Display
    except ImportError as missing:
        raise MissingPiece(say("The module Xlib is not installed."), X_MODULES_FIX) from missing
    if name is None and session.is_wayland():
        raise wayland()
    name = name or os.environ.get("DISPLAY", "")
    if not name:
        raise no_display()
    provide_authority()
    try:
        display = Display(name)
    except (error.DisplayError, error.ConnectionClosedError, error.XauthError, OSError) as refused:
        _close_refused(refused)
        raise DesktopUnavailable(
            say("The X display {display} does not respond: {reason}", display=name, reason=str(refused).strip()),
            say("Check that DISPLAY and XAUTHORITY belong to the session that you are logged in to."),
        ) from refused
    display.set_error_handler(lambda *_: None)
    _survive_exceptions(display.display)
    _know_errors(display.display)
    _close_when_lost(display.display)
    try:
        if is_xwayland(display):
            raise wayland()
    except BaseException:
        close_all(display.close)
        raise
    return display


def _close_refused(refused: BaseException) -> None:
    """Close the sockets of a connection that was refused.

    WORKAROUND for python-xlib 0.33: it leaves those open that it tried, as long as anybody keeps the exception.
    """
    problem: BaseException | None = refused
    while problem is not None:
        for frame, _ in traceback.walk_tb(problem.__traceback__):
            for value in tuple(frame.f_locals.values()):
                # It has one itself, or it is a display that went away while it was greeted.
                tried = value if isinstance(value, socket.socket) else getattr(value, "__dict__", {}).get("socket")
                if isinstance(tried, socket.socket):
                    tried.close()
        problem = problem.__context__


def _survive_exceptions(connection: Any) -> None:
    """Let a connection be used after an exception inside it, such as that of a signal handler.

    WORKAROUND for python-xlib 0.33: ``send_and_recv`` notes that a thread is receiving and takes that back only when
    all goes well; after an exception every further request waits for that thread for ever.
    """
    inner = connection.send_and_recv

    def send_and_recv(*arguments: Any, **named: Any) -> None:
        try:
            inner(*arguments, **named)
        except BaseException:
            connection.recv_active = connection.send_active = 0
            raise

    connection.send_and_recv = send_and_recv


def _know_errors(connection: Any) -> None:
    """Let the core protocol's errors be understood.

    WORKAROUND for python-xlib 0.33: its RandR extension takes the codes 0 to 2, so that a ``BadValue`` breaks the connection.
    """
    from Xlib import error

    connection.error_classes.update({code: error.xerror_class[code] for code in (1, 2)})


def _close_when_lost(connection: Any) -> None:
    """Let a connection be closed after the server is gone: the library asks the server first, and then leaves the socket open."""
    inner = connection.close

    def close() -> None:
        try:
            inner()
        except Exception as problem:
            if not is_loss(problem):
                raise
            connection.socket.close()

    connection.close = close


def no_display() -> DesktopUnavailable:
    """Say that there is no display, or that it is Wayland."""
    if os.environ.get("WAYLAND_DISPLAY"):
        return wayland()
    return DesktopUnavailable(
        say("There is no display: the environment variable DISPLAY is not set."),
        say("Start flowdesk in a graphical session, or on a virtual display (Xvfb)."),
    )


def wayland() -> DesktopUnavailable:
    """Say that this is Wayland, where X11 leads nowhere."""
    return session.refused(say("programs for X11"))


def is_xwayland(display: Any) -> bool:
    """Whether the server is Xwayland, where faked input arrives nowhere and nothing says so."""
    if display.query_extension("XWAYLAND") is not None:
        return True
    return any(output.startswith("XWAYLAND") for output in output_names(display))


def output_names(display: Any) -> list[str]:
    """Return the names of the RandR outputs, nothing where RandR is missing."""
    from Xlib import error

    if not display.has_extension("RANDR"):
        return []
    try:
        resources = display.screen().root.xrandr_get_screen_resources()
        found = [display.xrandr_get_output_info(each, resources.config_timestamp).name for each in resources.outputs]
    except (AttributeError, error.XError):
        return []
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in found]


def display_gone() -> DesktopUnavailable:
    """Say that the display that was there is gone; under Wayland, that the compositor is."""
    if session.is_wayland():
        return session.lost()
    return DesktopUnavailable(
        say("The connection to the X server is lost."),
        say("Log in to a graphical session again, or restart the virtual display."),
    )


class telling_loss:  # noqa: N801 - used like contextlib.suppress
    """Raise ``DesktopUnavailable`` where the connection to the X server broke."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        """Turn the library's error into one for people."""
        if problem is not None and is_loss(problem):
            raise display_gone() from problem


class surviving_loss:  # noqa: N801 - used like contextlib.suppress
    """Pass where the connection to the X server broke: what would be undone there is gone with it."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> bool:
        """Tell whether the error is one to swallow."""
        return problem is not None and is_loss(problem)


def close_all(*steps: Callable[[], object]) -> None:
    """Do every step of a closing, also where the display is gone and some of them find nothing to close any more."""
    for step in steps:
        with surviving_loss():
            step()


def is_loss(problem: BaseException) -> bool:
    """Whether an error says that the connection to the X server broke."""
    if not is_x11():
        return False
    from Xlib import error

    return isinstance(problem, (error.ConnectionClosedError, BrokenPipeError, ConnectionResetError))


def provide_authority() -> None:
    """Make sure that an ``.Xauthority`` can be read, an empty one if need be.

    ``Xlib`` and ``pyautogui`` fail without the file even where the server asks for none.
    """
    path = Path(os.environ.get("XAUTHORITY") or Path(os.environ.get("HOME", "/nonexistent"), ".Xauthority"))
    if os.access(path, os.R_OK):
        return
    substitute = Path(tempfile.gettempdir(), f"flowdesk-xauthority-{os.getuid() if hasattr(os, 'getuid') else 0}")
    if not _is_ours(substitute):
        # Put in place whole: what others read of it in the middle of writing would make `Xlib` print a warning on stdout.
        try:
            descriptor, fresh = tempfile.mkstemp(prefix=substitute.name)
            with os.fdopen(descriptor, "wb") as file:
                file.write(EMPTY_AUTHORITY)
        except OSError:
            return
        try:
            os.replace(fresh, substitute)
        except OSError:  # the name is someone else's
            substitute = Path(fresh)
    os.environ["XAUTHORITY"] = str(substitute)


def _is_ours(substitute: Path) -> bool:
    """Whether the substitute stands there as it should. A file of someone else in a shared folder is not trusted."""
    try:
        found = substitute.lstat()
        is_whole = stat.S_ISREG(found.st_mode) and found.st_size == len(EMPTY_AUTHORITY)
        return is_whole and (not hasattr(os, "getuid") or found.st_uid == os.getuid())
    except OSError:
        return False


def window(display: Any, number: int) -> Any:
    """Return the window with an id, whoever owns it."""
    return display.create_resource_object("window", number)


class forgiving:  # noqa: N801 - used like contextlib.suppress
    """Swallow what the server says of a window that has gone meanwhile."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> bool:
        """Tell whether the error is one to swallow."""
        from Xlib import error

        return isinstance(problem, (error.BadWindow, error.BadDrawable, error.BadMatch, error.BadAtom, error.BadValue))


def property_values(display: Any, number: int, name: str) -> Sequence[int] | bytes:
    """Return a property's values (numbers, or bytes for 8 bit formats); empty when there is none."""
    from Xlib import X

    with forgiving():
        found = window(display, number).get_full_property(display.intern_atom(name), X.AnyPropertyType)
        if found is not None:
            value: Sequence[int] | bytes | str = found.value
            return value.encode() if isinstance(value, str) else value
    return ()


def property_text(display: Any, number: int, name: str) -> str:
    """Return a text property: UTF-8, else Latin-1 as old clients write it."""
    raw = bytes(property_values(display, number, name))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def marked_windows(display: Any, name: str) -> list[tuple[int, bytes]]:
    """Return the top level windows that have a property, with its bytes, those made first before those made later.

    One look at all of them: the questions are sent together. Windows that nobody shows keep the order in which they were made.
    """
    from Xlib.protocol import request

    mark = display.intern_atom(name)
    asked = [
        (child.id, request.GetProperty(display.display, True, delete=0, window=child.id, property=mark, type=0, long_offset=0, long_length=1024))
        for child in root_of(display).query_tree().children
    ]  # fmt: skip
    found = []
    for number, question in asked:
        with forgiving():
            question.reply()
            if question.property_type:
                value = question.value[1]
                found.append((number, value.encode() if isinstance(value, str) else bytes(value)))
    return found


def process_of(display: Any, number: int) -> int:
    """Return the process that owns a window, 0 where nobody tells: a program of another machine.

    What a window says of itself counts first; Tk and plain X programs say nothing, but the server knows whom it talks to.
    """
    told = property_values(display, number, "_NET_WM_PID")
    if len(told):
        machine = property_text(display, number, "WM_CLIENT_MACHINE").rstrip("\0")
        return int(told[0]) if machine in ("", socket.gethostname()) else 0
    return process_of_client(display, number)


def process_of_client(display: Any, number: int) -> int:
    """Return the process of the client that owns a resource, as the server knows it; 0 where it does not."""
    if not hasattr(display, "res_query_client_ids"):
        return 0
    with forgiving():
        answer = display.res_query_client_ids([{"client": number, "mask": LOCAL_PROCESS}])
        return next((int(each.value[0]) for each in answer.ids if len(each.value)), 0)
    return 0


def has_manager(display: Any) -> bool:
    """Whether a window manager runs. What one that ended left on the root window does not count (EWMH 1.5, "Root Window Properties")."""
    told = property_values(display, root_of(display).id, "_NET_SUPPORTING_WM_CHECK")
    return len(told) == 1 and tuple(property_values(display, int(told[0]), "_NET_SUPPORTING_WM_CHECK")) == tuple(told)


def root_of(display: Any) -> Any:
    """Return the root window of the default screen."""
    return display.screen().root


def tell_window_manager(display: Any, number: int, message: str, *values: int) -> None:
    """Send an EWMH request about a window to the window manager (EWMH 1.5, "Root Window Properties")."""
    from Xlib import X
    from Xlib.protocol import event

    data = (32, [value & 0xFFFFFFFF for value in (list(values) + [0] * 5)[:5]])
    request = event.ClientMessage(window=window(display, number), client_type=display.intern_atom(message), data=data)
    root_of(display).send_event(request, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    display.flush()


def is_x11() -> bool:
    """Whether this platform's desktop is X11 (Linux and the BSDs), and not Wayland."""
    return sys.platform not in {"win32", "darwin", "cygwin"} and not session.is_wayland()
