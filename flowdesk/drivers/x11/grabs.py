"""Whether keyboard and mouse are free: a program that has grabbed them gets all input, and no other program any.

Screen lockers do that. So do open menus, but those are what the input is meant for. X11 does not tell who holds a grab, only that
someone does: an attempt to grab for a window that is not shown is refused as "already grabbed" when another program holds
one, else as "not viewable", and changes nothing either way (X11 protocol, ``GrabKeyboard``). Whose it is tells ``grabber``: a
grab of the program that is being driven, such as Java's for menus that it draws inside its own window, is no obstacle.
"""

import contextlib
import importlib
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11 import grabber
from flowdesk.drivers.x11.grabber import Device
from flowdesk.drivers.x11.surfaces import NO_MENUS
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, InputFailed
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

DEVICES: tuple[Device, ...] = ("keyboard", "mouse")

PATIENCE = 1.0
"""Seconds that a grab may last: window managers and menus hold short ones."""
POLL = 0.05
SHELLS = frozenset({"gnome shell", "mutter", "muffin", "mutter (muffin)", "budgie", "gala", "kwin", "compiz"})
"""Window managers that grab for their own panels and searches, in which people mean to type."""
GRABBERS = frozenset({
    "virt-viewer", "remote-viewer", "virtualbox machine", "virtualboxvm", "vmware", "qemu", "qemu-system-x86_64", "xephyr", "vncviewer",
    "tigervnc", "remmina", "org.remmina.remmina", "xfreerdp", "rdesktop", "krdc", "pinentry", "pinentry-gtk-2", "pinentry-gnome3", "pinentry-qt",
    "ssh-askpass", "x11-ssh-askpass", "gcr-prompter", "spicy", "virt-manager", "boxes", "gnome-boxes",
})  # fmt: skip
"""Classes of windows that grab while they have the focus: what is typed is meant for them."""
SCREEN_SAVERS = (
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
)


class Grabs:
    """Finds out on a connection of the input thread whether input would arrive."""

    def __init__(self, display: Any) -> None:
        """Make the window that is asked with. It is never shown."""
        self._display = display
        self._root = x11.root_of(display)
        self._window = self._root.create_window(-10, -10, 1, 1, 0, 0)

    def check(
        self,
        device: Device,
        sleep: Callable[[float], None],
        patience: float = PATIENCE,
        driven: Collection[int] = (),
    ) -> None:
        """Return when input of a device reaches the programs on the screen.

        Args:
            device: What is to send it.
            sleep: Waits between two looks, and raises once the run is stopped.
            patience: Seconds that a grab may last.
            driven: Windows that the input is meant for; a grab of their programs is no obstacle, one of any other program is.
                Without any, the active window and the menus that are open.

        Raises:
            DesktopUnavailable: If the screen is locked.
            InputFailed: If another program keeps the device to itself for longer than ``patience`` seconds.
        """
        deadline = time.monotonic() + patience
        while self.is_held(device):
            with x11.forgiving():
                problem = self._problem(device, driven, lambda: sleep(0))
                if problem is None:
                    return
                if time.monotonic() > deadline:
                    raise problem
            sleep(POLL)

    def is_held(self, device: Device) -> bool:
        """Whether another program keeps a device to itself now. One question to the server."""
        from Xlib import X

        if device == "mouse":
            return is_pointer_held(self._window)
        status = self._window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        return int(status) in (X.AlreadyGrabbed, X.GrabFrozen)

    def _problem(self, device: Device, driven: Collection[int], before: Callable[[], None]) -> FlowdeskError | None:
        """Return what is wrong with a grab; None where it belongs to what the input is meant for."""
        if device == "mouse" and self._root.query_pointer().mask & 0x1F00:
            return None  # while a button is down the program below it has the mouse
        popups = self._popups()
        if any(self._covers_all(box) for box in popups.values()) or is_saver_active():
            return session_locked()
        if self._names_of_manager() & SHELLS:
            return None
        base = self._holder(device, before)
        if base is not None:
            meant = driven or (*self._active(), *self._focused(), *popups)
            if any(grabber.is_of_client(self._display, window, base) for window in meant):
                return None
            return _held(device, self._program(base))
        return None if popups or self._names_of_active() & GRABBERS else _held(device)

    def _holder(self, device: Device, before: Callable[[], None]) -> int | None:
        if device == "mouse" and not self.is_held("keyboard"):
            return grabber.holder("mouse", before)
        # Who keeps the mouse keeps the keyboard, too, as a rule; and not every grab of the mouse asks for its moves.
        return grabber.holder("keyboard", before)

    def _program(self, base: int) -> str:
        """Return the name of the program behind a client, empty where the server does not tell."""
        pid = x11.process_of_client(self._display, base)
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        return ""

    def _active(self) -> list[int]:
        return [int(each) for each in x11.property_values(self._display, self._root.id, "_NET_ACTIVE_WINDOW") if each]

    def _focused(self) -> list[int]:
        focus = self._display.get_input_focus().focus
        return [int(focus.id)] if getattr(focus, "id", 0) not in (0, 1, self._root.id) else []

    def _popups(self) -> dict[int, Box]:
        """Return the menus and other unmanaged windows that are shown, with their boxes."""
        from Xlib import X

        clients = set(x11.property_values(self._display, self._root.id, "_NET_CLIENT_LIST"))
        found: dict[int, Box] = {}
        for child in self._root.query_tree().children:
            with x11.forgiving():
                attributes = child.get_attributes()
                if attributes.map_state != X.IsViewable or attributes.win_class != X.InputOutput:
                    continue
                if not attributes.override_redirect or clients & {
                    child.id,
                    *(w.id for w in child.query_tree().children),
                }:
                    continue
                place = child.get_geometry()
                is_menu = not any(kind in self._kinds(child.id) for kind in NO_MENUS)
                if (
                    place.width > 1
                    and place.height > 1
                    and is_menu
                    and x11.process_of(self._display, child.id) != os.getpid()
                ):
                    found[int(child.id)] = Box(place.x, place.y, place.width, place.height)
        return found

    def _kinds(self, number: int) -> set[str]:
        atoms = x11.property_values(self._display, number, "_NET_WM_WINDOW_TYPE")
        return {str(self._display.get_atom_name(atom)).rpartition("_")[2] for atom in atoms}

    def _covers_all(self, box: Box) -> bool:
        """Whether a window leaves nothing to see of a monitor."""
        from flowdesk.drivers import screens

        with contextlib.suppress(FlowdeskError):
            return any(monitor.box.intersection(box) == monitor.box for monitor in screens.monitors())
        return False

    def _names_of_manager(self) -> set[str]:
        check = x11.property_values(self._display, self._root.id, "_NET_SUPPORTING_WM_CHECK")
        return {x11.property_text(self._display, check[0], "_NET_WM_NAME").lower()} if len(check) else set()

    def _names_of_active(self) -> set[str]:
        active = x11.property_values(self._display, self._root.id, "_NET_ACTIVE_WINDOW")
        return (
            set(x11.property_text(self._display, active[0], "WM_CLASS").lower().split("\0")) if len(active) else set()
        )


def is_pointer_held(window: Any) -> bool:
    """Whether a program keeps the pointer to itself, asked with a window that is never shown."""
    from Xlib import X

    modes = X.GrabModeAsync, X.GrabModeAsync
    status = window.grab_pointer(False, 0, *modes, X.NONE, X.NONE, X.CurrentTime)
    return int(status) in (X.AlreadyGrabbed, X.GrabFrozen)


def is_saver_active() -> bool:
    """Whether the desktop's screen saver, which locks, says that it is on."""
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    with contextlib.suppress(Exception):  # jeepney raises its own, the socket's and the system's errors
        jeepney = importlib.import_module("jeepney")
        blocking = importlib.import_module("jeepney.io.blocking")
        with blocking.open_dbus_connection("SESSION") as connection:
            for name, path in SCREEN_SAVERS:
                owned = jeepney.new_method_call(
                    jeepney.DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"),
                    "NameHasOwner", "s", (name,),
                )  # fmt: skip
                if not connection.send_and_get_reply(owned, timeout=0.5).body[0]:
                    continue
                question = jeepney.new_method_call(jeepney.DBusAddress(path, name, name), "GetActive")
                reply = connection.send_and_get_reply(question, timeout=0.5)
                if reply.header.message_type != jeepney.MessageType.error and reply.body[0] is True:
                    return True
    return False


def session_locked() -> DesktopUnavailable:
    """Say that the screen is locked."""
    return DesktopUnavailable(
        say("The screen is locked, or a full-screen program has exclusive use of keyboard and mouse."),
        say("Unlock the screen, and turn off automatic locking while flows run."),
    )


def _held(device: Device, program: str = "") -> InputFailed:
    fix = say("Close that program, such as a screen locker, a game, or a remote desktop, and run again.")
    if device == "keyboard":
        return InputFailed(
            say("{program} has exclusive use of the keyboard, so keys do not arrive.", program=program)
            if program
            else say("Another program has exclusive use of the keyboard, so keys do not arrive."),
            fix,
        )
    return InputFailed(
        say("{program} has exclusive use of the mouse, so clicks do not arrive.", program=program)
        if program
        else say("Another program has exclusive use of the mouse, so clicks do not arrive."),
        fix,
    )
