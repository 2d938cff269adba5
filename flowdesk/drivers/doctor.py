"""What this desktop can do and what it lacks, one sentence and one fix a line: ``flowdesk doctor``.

No check raises, and what has not answered within two seconds counts as not working.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from flowdesk.drivers import elements, screen, x11
from flowdesk.drivers.grabs import DEVICES, Grabs
from flowdesk.engine.ports import Check
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import Sentence, say

PATIENCE = 2.0
"""Seconds that all checks together may take; what has not answered by then counts as not working."""

_HANGS = say("Look for a program that hangs, close it, and ask again.")
_PROCESS_SECONDS = 1.5
_LINUX = "linux"


def checks() -> list[Check]:
    """Look at everything that flowdesk needs or can use, required things first."""
    looks: list[tuple[str, bool, Callable[[], Check]]] = [
        (say("session"), True, _session),
        (say("display"), True, _display),
        (say("window manager"), False, _window_manager),
        (say("screen capture"), True, _capture),
        (say("mouse and keyboard"), True, _input),
        (say("elements"), False, _elements),
        (say("accessibility switches"), False, _switches),
        (say("text recognition"), False, _ocr),
        (say("clipboard"), False, _clipboard),
        (say("keyring"), False, _keyring),
    ]
    pool = ThreadPoolExecutor(len(looks), thread_name_prefix="flowdesk-doctor")
    asked = [(name, is_required, pool.submit(look)) for name, is_required, look in looks]
    wait([future for _, _, future in asked], timeout=PATIENCE)
    answers = []
    for name, is_required, future in asked:
        if not future.done():
            future.cancel()
            answers.append(
                _bad(name, say("It did not answer within {seconds} s.", seconds=PATIENCE), _HANGS, is_required)
            )
            continue
        error = future.exception()
        if error is None:
            answers.append(future.result())
        else:
            fix = error.fix if isinstance(error, FlowdeskError) else ""
            answers.append(_bad(name, str(error) or type(error).__name__, fix, is_required))
    pool.shutdown(wait=False, cancel_futures=True)
    return answers


def _session() -> Check:
    if sys.platform != _LINUX:
        return _good("session", say("This is {platform}.", platform=sys.platform))
    kind = os.environ.get("XDG_SESSION_TYPE", "")
    if kind == "wayland" or (os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY")):
        return _bad(
            "session",
            say("This is a Wayland session: programs may neither see the screen nor send input."),
            say('Log out and choose an "X11" or "Xorg" session at the login screen.'),
        )
    return _good("session", say("The session is {kind}.", kind=kind or "X11"))


def _display() -> Check:
    if sys.platform != _LINUX:
        return _good("display", say("The desktop needs no DISPLAY."))
    display = x11.connect()
    try:
        size = display.screen()
        width, height = size.width_in_pixels, size.height_in_pixels
    finally:
        display.close()
    named = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
    note = "" if Path(named).is_file() else say(" There is no {file}; flowdesk does without.", file=named)
    return _good(
        "display",
        say("The display {name} answers: {width}x{height}.{note}",
            name=os.environ.get("DISPLAY", ""), width=width, height=height, note=note),
    )  # fmt: skip


def _window_manager() -> Check:
    if sys.platform != _LINUX:
        return _good("window manager", say("The system manages the windows."), is_required=False)
    display = x11.connect()
    try:
        root = display.screen().root
        check = root.get_full_property(display.intern_atom("_NET_SUPPORTING_WM_CHECK"), 0)
        if check is None or not len(check.value):
            return _bad(
                "window manager",
                say("No window manager is running: windows cannot be activated or moved."),
                say("Start one, for example openbox."),
                is_required=False,
            )
        window = display.create_resource_object("window", int(check.value[0]))
        name = window.get_full_property(display.intern_atom("_NET_WM_NAME"), 0)
        title = bytes(name.value).decode("utf-8", "replace") if name else "unknown"
        return _good("window manager", say("The window manager is {name}.", name=title), is_required=False)
    finally:
        display.close()


def _capture() -> Check:
    shot = screen.grab()
    size = f"{shot.box.width}x{shot.box.height}"
    if screen.is_black(shot.pixels):
        return _bad(
            "screen capture",
            say("The picture of the screen ({size}) is all black.", size=size),
            say(
                "Under Wayland choose an X11 session; on macOS allow screen recording; unlock the screen. "
                "An empty virtual display is black too: open a window on it."
            ),
            is_required=False,
        )
    count = len(screen.monitors())
    return _good("screen capture", say("The screen can be read: {size}, {count} monitor(s).", size=size, count=count))


def _input() -> Check:
    if importlib.util.find_spec("pyautogui") is None:
        return _bad("mouse and keyboard", say("pyautogui is not installed."), say("Run: pip install pyautogui"))
    if sys.platform == _LINUX:
        display = x11.connect()
        try:
            if not display.has_extension("XTEST"):
                return _bad(
                    "mouse and keyboard",
                    say("The X server lacks the XTEST extension, so no input can be sent."),
                    say("Use an X server that has it: Xorg, Xvfb and Xephyr do."),
                )
            grabs = Grabs(display)
            for device in DEVICES:
                grabs.check(device, lambda _: None, 0.0)
        finally:
            display.close()
    return _good("mouse and keyboard", say("Input can be sent."))


def _elements() -> Check:
    apps = elements.applications()
    names = ", ".join(sorted({app.name for app in apps if app.name})[:5]) or say("none yet")
    return _good("elements", say("Elements can be read; programs that publish them: {names}.", names=names), False)


def _switches() -> Check:
    name = "accessibility switches"
    if sys.platform != _LINUX:
        return _good(name, say("Programs publish their elements without being asked."), is_required=False)
    is_on = _is_enabled_on_bus()
    if is_on is None:
        return _bad(
            name,
            say("The accessibility bus does not say whether it is on."),
            say("Install at-spi2-core and log in again."),
            is_required=False,
        )
    if not is_on:
        return _bad(
            name,
            say("Accessibility is switched off: Qt and Chromium programs hide their elements."),
            say(
                "Run: gsettings set org.gnome.desktop.interface toolkit-accessibility true. Start Qt programs with "
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1, Chromium and Electron with --force-renderer-accessibility."
            ),
            is_required=False,
        )
    return _good(
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


def _ocr() -> Check:
    if all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime")):
        return _good("text recognition", say("Text on the screen can be read (RapidOCR)."), is_required=False)
    return _bad(
        "text recognition",
        say("Text can be found only where programs publish it: RapidOCR is not installed."),
        say("Install it: pip install rapidocr onnxruntime"),
        is_required=False,
    )


def _clipboard() -> Check:
    if sys.platform != _LINUX:
        return _good("clipboard", say("The system's clipboard is used."), is_required=False)
    display = x11.connect()
    try:
        has_owner = bool(display.get_selection_owner(display.intern_atom("CLIPBOARD")))
    finally:
        display.close()
    state = say("it holds something") if has_owner else say("it is empty")
    return _good("clipboard", say("The clipboard can be reached; {state}.", state=state), is_required=False)


def _keyring() -> Check:
    if importlib.util.find_spec("keyring") is None:
        return _bad("keyring", say("keyring is not installed."), say("Run: pip install keyring"), is_required=False)
    backend = importlib.import_module("keyring").get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__name__}"
    if "fail" in name or "null" in name:
        return _bad(
            "keyring",
            say("No keyring is running, so flows can use no secrets. Tokens are in a file that only you may read."),
            say("Start a keyring such as GNOME Keyring or KWallet, and unlock it."),
            is_required=False,
        )
    return _good("keyring", say("Secrets are kept in {name}.", name=name), is_required=False)


def _good(name: str, message: Sentence | str, is_required: bool = True) -> Check:
    return Check(name, is_ok=True, message=str(message), is_required=is_required)


def _bad(name: str, message: Sentence | str, fix: Sentence | str, is_required: bool = True) -> Check:
    return Check(name, is_ok=False, message=str(message), fix=str(fix), is_required=is_required)
