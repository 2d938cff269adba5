"""What ``flowdesk doctor`` looks at on X11."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from flowdesk.drivers.checking import bad, good
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.grabs import DEVICES, Grabs
from flowdesk.engine.ports import Check
from flowdesk.model.sentence import say

_PROCESS_SECONDS = 8.0


def looks() -> Sequence[tuple[str, bool, Callable[[], Check]]]:
    """Return name, whether it is required, and the look, for each thing."""
    return [
        (say("session"), True, _session),
        (say("display"), True, _display),
        (say("window manager"), False, _window_manager),
        (say("mouse and keyboard"), True, _input),
        (say("accessibility switches"), False, _switches),
        (say("clipboard"), False, _clipboard),
    ]


def _session() -> Check:
    kind = os.environ.get("XDG_SESSION_TYPE", "")
    return good("session", say("Session type: {kind}.", kind=kind or "X11"))


def _display() -> Check:
    display = x11.connect()
    try:
        size = display.screen()
        width, height = size.width_in_pixels, size.height_in_pixels
    finally:
        display.close()
    named = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
    note = "" if Path(named).is_file() else say(" {file} does not exist; flowdesk works without it.", file=named)
    return good(
        "display",
        say("X display {name} works: {width}x{height}.{note}",
            name=os.environ.get("DISPLAY", ""), width=width, height=height, note=note),
    )  # fmt: skip


def _window_manager() -> Check:
    display = x11.connect()
    try:
        root = display.screen().root
        check = root.get_full_property(display.intern_atom("_NET_SUPPORTING_WM_CHECK"), 0)
        if check is None or not len(check.value):
            return bad(
                "window manager",
                say("No window manager is running: windows cannot be activated or moved."),
                say("Start one, for example openbox."),
                is_required=False,
            )
        window = display.create_resource_object("window", int(check.value[0]))
        name = window.get_full_property(display.intern_atom("_NET_WM_NAME"), 0)
        title = bytes(name.value).decode("utf-8", "replace") if name else "unknown"
        return good("window manager", say("Window manager: {name}.", name=title), is_required=False)
    finally:
        display.close()


def _input() -> Check:
    if importlib.util.find_spec("pyautogui") is None:
        return bad("mouse and keyboard", say("pyautogui is not installed."), say("Run: pip install pyautogui"))
    display = x11.connect()
    try:
        if not display.has_extension("XTEST"):
            return bad(
                "mouse and keyboard",
                say("The X server has no XTEST extension, so input cannot be sent."),
                say("Use an X server with this extension, such as Xorg, Xvfb, or Xephyr."),
            )
        grabs = Grabs(display)
        for device in DEVICES:
            grabs.check(device, lambda _: None, 0.0)
    finally:
        display.close()
    return good("mouse and keyboard", say("Mouse and keyboard input works."))


def _switches() -> Check:
    name = "accessibility switches"
    is_on = _is_enabled_on_bus()
    if is_on is None:
        return bad(
            name,
            say("The accessibility bus does not report whether accessibility is on."),
            say("Install at-spi2-core and log in again."),
            is_required=False,
        )
    if not is_on:
        return bad(
            name,
            say("Accessibility is off: Qt and Chromium programs hide their elements."),
            say(
                "Run: gsettings set org.gnome.desktop.interface toolkit-accessibility true. Start Qt programs with "
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1, Chromium and Electron with --force-renderer-accessibility."
            ),
            is_required=False,
        )
    return good(
        name,
        say("Accessibility is on. Chromium and Electron also need --force-renderer-accessibility."),
        is_required=False,
    )


def _is_enabled_on_bus() -> bool | None:
    program = shutil.which("gdbus")
    if program is None:
        return None
    question = [program, "call", "--session", "--timeout", "1", "--dest", "org.a11y.Bus", "--object-path",
                "/org/a11y/bus", "--method", "org.freedesktop.DBus.Properties.Get", "org.a11y.Status", "IsEnabled"]  # fmt: skip
    try:
        answer = subprocess.run(question, capture_output=True, text=True, timeout=_PROCESS_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return "true" in answer.stdout if answer.returncode == 0 else None


def _clipboard() -> Check:
    display = x11.connect()
    try:
        has_owner = bool(display.get_selection_owner(display.intern_atom("CLIPBOARD")))
    finally:
        display.close()
    state = say("it is not empty") if has_owner else say("it is empty")
    return good("clipboard", say("The clipboard is available; {state}.", state=state), is_required=False)
