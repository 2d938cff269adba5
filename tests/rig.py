"""The desktop rig: a private desktop for the tests that need real applications, and the applications.

A pytest plugin (``-p tests.rig``). Nothing starts before a test asks for ``desktop_rig`` or one of the fixtures built
on it. What the rig starts it ends, by process id.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flowdesk.drivers import elements
from flowdesk.drivers.virtual import FOREIGN_VARIABLES, VirtualDesktop
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.barrier import ClickBarrier
from flowdesk.model.errors import FlowdeskError

T = TypeVar("T")
PATIENCE = 45.0 * float(os.environ.get("FLOWDESK_TEST_TIME_UNIT", "1"))
"""Seconds that anything on the desktop may take before a test fails."""


def until(fact: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Poll until ``fact`` returns something true, and return it; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        found = fact()
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s for: {what}; last seen: {found!r}")
        threading.Event().wait(0.02)


def steady(look: Callable[[], T], what: str, looks: int = 5) -> T:
    """Poll until ``look`` returned the same thing, which is not nothing, so many times one after another, and return it."""
    seen: list[T] = []

    def same() -> bool:
        seen.append(look())
        return len(seen) >= looks and bool(seen[-1]) and all(each == seen[-1] for each in seen[-looks:])

    until(lambda: threading.Event().wait(0.03) or same(), what)
    return seen[-1]


def published(pid: int) -> list[elements.Found]:
    """Return what a program publishes that is shown; nothing while it does not answer."""
    try:
        return elements.find("*", elements.applications({pid}))
    except FlowdeskError:
        return []


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _inside(found: list[elements.Found]) -> list[elements.Found]:
    return [one for one in found if one.state.role != "window"]


@dataclass
class RealApp:
    """A running application: its process, and where it leaves what it received."""

    process: subprocess.Popen[str]
    window: int
    """Id of its X window."""
    path: Path | None = None
    """The file that it writes, where it writes one."""
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Its client area on the screen: x, y, width, height."""

    def finish(self, seconds: float = PATIENCE) -> str:
        """Wait for the end of the process and return what it printed."""
        output, _ = self.process.communicate(timeout=seconds)
        return output

    def text(self) -> str:
        """Return what the application wrote into its file so far, exactly."""
        assert self.path is not None
        return self.path.read_bytes().decode("utf-8") if self.path.exists() else ""

    def holds(self, expected: str, seconds: float = PATIENCE) -> None:
        """Wait until the application wrote exactly ``expected``; fail with what it wrote instead."""
        deadline = time.monotonic() + seconds
        while self.text() != expected and time.monotonic() < deadline:
            threading.Event().wait(0.02)
        assert self.text() == expected


@dataclass
class Page(RealApp):
    """A Chromium window on a local page with one text area."""

    port: int = 0

    def value(self) -> str:
        """Read the text area's value from the page itself."""
        return str(self.evaluate("document.getElementById('field').value"))

    def evaluate(self, script: str, *, wait: bool = False) -> Any:
        """Run a script in the page and return its value; ``wait`` until its promise is fulfilled."""
        from websockets.sync.client import connect

        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/json/list", timeout=PATIENCE) as answer:
            target = next(entry for entry in json.load(answer) if entry["type"] == "page")
        with connect(target["webSocketDebuggerUrl"], max_size=None, open_timeout=PATIENCE) as socket:
            parameters = {"expression": script, "returnByValue": True, "awaitPromise": wait}
            socket.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": parameters}))
            return json.loads(socket.recv(timeout=PATIENCE))["result"]["result"].get("value")


QT_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QPlainTextEdit

app = QApplication([])
edit = QPlainTextEdit()
edit.setAccessibleName("field")
edit.setWindowTitle("flowdesk qt probe")
# Not toPlainText, which makes blanks of blanks that do not break.
edit.textChanged.connect(lambda: Path(sys.argv[1]).write_bytes(edit.document().toRawText().replace(chr(0x2029), chr(10)).encode("utf-8")))
edit.resize(600, 300)
edit.show()
edit.setFocus()
app.exec()
"""

PAGE = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Field</label><br><textarea id="field" autofocus rows="12" cols="60"></textarea>"""


class Rig:
    """The private desktop of this test session, and what runs on it."""

    def __init__(self, desktop: VirtualDesktop) -> None:
        """Open an X connection to look with."""
        self.desktop = desktop
        self.display = x11.connect(desktop.env["DISPLAY"])
        self._apps: list[subprocess.Popen[str]] = []
        self._barrier: ClickBarrier | None = None

    def close(self) -> None:
        """End what still runs."""
        self.close_apps()
        self.display.close()

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[str]:
        """Start a program on the desktop; it is ended after the test."""
        process = subprocess.Popen(
            command,
            env={**self.desktop.environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._apps.append(process)
        return process

    def close_apps(self) -> None:
        """End every program that was started here, with its children."""
        for process in reversed(self._apps):
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                    process.wait(5)
                except ProcessLookupError:
                    break
                except subprocess.TimeoutExpired:
                    continue
            process.wait(PATIENCE)
            if process.stdout is not None:
                process.stdout.close()
        self._apps.clear()

    def close_left_windows(self) -> None:
        """End what flows launched on this desktop: the processes of the windows that are still there."""
        for _, process_id, _ in self.windows():
            if process_id:  # Tk tells none, and 0 is this process's own group
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process_id, signal.SIGTERM)
        until(lambda: not self.windows(), "the windows to close")

    def windows(self) -> list[tuple[int, int, str]]:
        """Return id, process id and title of every window that the window manager knows."""
        found = []
        for window in self._property(self.display.screen().root.id, "_NET_CLIENT_LIST"):
            pid = self._property(window, "_NET_WM_PID")
            title = self._property(window, "_NET_WM_NAME") or self._property(window, "WM_NAME")
            found.append((int(window), int(pid[0]) if pid else 0, bytes(title).decode("utf-8", "replace")))
        return found

    def _property(self, window: int, name: str) -> Any:
        from Xlib import X, error

        try:
            resource = self.display.create_resource_object("window", window)
            found = resource.get_full_property(self.display.intern_atom(name), X.AnyPropertyType)
        except (error.BadWindow, error.BadValue):  # it is gone, or its text became shorter while it was read
            return []
        if found is None:
            return []
        # python3-xlib gives text, python-xlib bytes.
        return found.value.encode() if isinstance(found.value, str) else found.value

    def active(self) -> int:
        """Return the id of the active window, 0 when there is none."""
        found = self._property(self.display.screen().root.id, "_NET_ACTIVE_WINDOW")
        return int(found[0]) if len(found) else 0

    def wait_window(self, process: subprocess.Popen[str], title: str = "", *, is_active: bool = True) -> int:
        """Wait for a window of a process (or of that title) and, unless told otherwise, until it is active."""

        def look() -> int:
            if process.poll() is not None:
                pytest.fail(f"{process.args!r} ended with {process.returncode} before it had a window")
            mine = [
                w for w, pid, name in self.windows() if (title and title in name) or (not title and pid == process.pid)
            ]
            return mine[-1] if mine and (not is_active or self.active() == mine[-1]) else 0

        return until(look, f"a window of {process.args!r} titled {title!r} (windows: {self.windows()!r})")

    def wait_published(self, pid: int) -> None:
        """Wait until a program publishes what its window shows: on a busy machine the window is there long before that."""
        steady(lambda: [(one.state.role, one.state.name) for one in _inside(published(pid))], f"elements of {pid}", 3)

    def wait_for_manager(self) -> None:
        """Wait until the window manager has done what it was asked for until now."""
        self._barrier = self._barrier or ClickBarrier(self.display)
        self._barrier.wait(_pause)

    def box(self, window: int) -> tuple[int, int, int, int]:
        """Return a window's client area on the screen."""
        resource = self.display.create_resource_object("window", window)
        size = resource.get_geometry()
        place = resource.translate_coords(self.display.screen().root, 0, 0)
        return (-place.x, -place.y, size.width, size.height)

    def held_keys(self) -> list[int]:
        """Return the key codes that are down."""
        keys = self.display.query_keymap()
        return [code for code in range(256) if keys[code // 8] >> (code % 8) & 1]

    def held_buttons(self) -> int:
        """Return the mask of mouse buttons that are down."""
        return int(self.display.screen().root.query_pointer().mask) & 0x1F00

    def type(self, text: str) -> None:
        """Type ASCII with ``xdotool``, as a person would: to prepare a test, not to test flowdesk."""
        self.xdotool("type", "--delay", "5", text)

    def xdotool(self, *arguments: str) -> None:
        """Run ``xdotool``: the hand of a person beside flowdesk."""
        subprocess.run(["xdotool", *arguments], env=self.desktop.environment(), check=True, timeout=PATIENCE)

    def lock_group(self, group: int) -> None:
        """Switch to a layout of the keyboard, 0 is the first."""
        import ctypes

        x11 = ctypes.CDLL("libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        display = ctypes.c_void_p(x11.XOpenDisplay(self.desktop.env["DISPLAY"].encode()))
        x11.XkbLockGroup(display, 0x100, group)
        x11.XSync(display, 0)
        x11.XCloseDisplay(display)

    def keyboard_map(self) -> list[tuple[int, ...]]:
        """Return the keysyms of every key."""
        return [tuple(row) for row in self.display.get_keyboard_mapping(8, 248)]

    def layout(self, *options: str) -> None:
        """Set the keyboard layout: ``layout("de")``, ``layout("us,ru")``."""
        command = ["setxkbmap", "-layout", *(options or ("us",))]
        subprocess.run(command, env=self.desktop.environment(), check=True, capture_output=True, timeout=PATIENCE)


@dataclass
class Apps:
    """Starts real applications on the rig, each ready to receive input."""

    rig: Rig
    folder: Path
    _count: list[int] = field(default_factory=lambda: [0])

    def _file(self, name: str) -> Path:
        self._count[0] += 1
        return self.folder / f"{self._count[0]}-{name}"

    def _ready(self, process: subprocess.Popen[str], path: Path | None = None, title: str = "") -> RealApp:
        window = self.rig.wait_window(process, title)
        return RealApp(process, window, path, self.rig.box(window))

    def mousepad(self, text: str = "") -> RealApp:
        """Open the GTK editor on a temporary file; the file changes when it saves."""
        path = self._file("note.txt")
        path.write_text(text, encoding="utf-8")
        process = self.rig.start(["mousepad", "--disable-server", str(path)], GSETTINGS_BACKEND="memory")
        return self._ready(process, path, path.name)

    def zenity(self, *options: str) -> RealApp:
        """Open a GTK dialog; ``finish`` returns what it printed after OK."""
        return self._ready(self.rig.start(["zenity", *(options or ("--entry", "--title", "flowdesk entry"))]))

    def xterm(self) -> RealApp:
        """Open a terminal in which ``cat`` writes what it receives to a file, line by line."""
        path = self._file("cat.txt")
        ready = self._file("ready")
        script = f"stty -echo; touch '{ready}'; exec cat > '{path}'"
        command = [
            "xterm",
            "-xrm",
            "XTerm*bracketedPaste: false",
            "-u8",
            "-T",
            "flowdesk term",
            "-e",
            "sh",
            "-c",
            script,
        ]
        app = self._ready(self.rig.start(command, LC_ALL="C.UTF-8"), path, "flowdesk term")
        until(ready.exists, "cat in the terminal")
        return app

    def chromium(self, html: str = PAGE) -> Page:
        """Open a page in Chromium and wait until its field has the focus."""
        page = self._file("page.html")
        page.write_text(html, encoding="utf-8")
        profile = self._file("profile")
        command = [
            "chromium", "--no-sandbox", f"--user-data-dir={profile}", "--disable-gpu", "--no-first-run",
            "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage", "--allow-pre-commit-input", "--password-store=basic",
            "--force-renderer-accessibility", "--test-type", "--remote-debugging-port=0", "--remote-allow-origins=*",
            "--window-size=900,700", "--window-position=40,40", f"--app={page.as_uri()}",
        ]  # fmt: skip
        process = self.rig.start(command)
        window = self.rig.wait_window(process, "flowdesk probe")
        port_file = profile / "DevToolsActivePort"
        port = int(
            until(lambda: port_file.exists() and port_file.read_text().split("\n")[0], "Chromium's debugging port")
        )
        app = Page(process, window, None, self.rig.box(window), port)
        until(lambda: app.evaluate("document.hasFocus() && document.readyState == 'complete'"), "the page's focus")
        # A page ignores the mouse until it has drawn its first frame.
        app.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))", wait=True)

        def place() -> list[int]:
            return [*self.rig.box(window), *app.evaluate("[innerWidth, innerHeight]")]

        # It goes to its place only after it is shown: measured once it stands still.
        (x, y, width, height, inner_width, inner_height) = steady(place, "the page's window to stand still")
        # Chromium draws its own title bar inside its window: the page is what lies below.
        app.box = (x + (width - inner_width) // 2, y + height - inner_height, inner_width, inner_height)
        return app

    def plain(self, title: str = "flowdesk plain") -> RealApp:
        """Open a window of a program of the old kind, which writes the keys and the pasted texts that it receives."""
        path = self._file("plain.txt")
        process = self.rig.start([sys.executable, str(Path(__file__).with_name("plain_x.py")), str(path), title])
        return self._ready(process, path, title)

    def script(self, source: str, **environment: str) -> subprocess.Popen[str]:
        """Start a Python program with a window."""
        path = self._file("script.py")
        path.write_text(source, encoding="utf-8")
        return self.rig.start([sys.executable, str(path)], **{"QT_QPA_PLATFORM": "xcb", **environment})

    def qt(self) -> RealApp:
        """Open a Qt text field that writes its text to a file on every change."""
        path = self._file("qt.txt")
        script = self._file("probe.py")
        script.write_text(QT_WINDOW, encoding="utf-8")
        process = self.rig.start([sys.executable, str(script), str(path)], QT_QPA_PLATFORM="xcb")
        return self._ready(process, path, "flowdesk qt probe")


@pytest.fixture(scope="session")
def desktop_rig() -> Iterator[Rig]:
    """A private desktop for the whole session; this process's environment points to it from now on."""
    before = dict(os.environ)
    with VirtualDesktop() as desktop:
        for name in FOREIGN_VARIABLES - {"QT_QPA_PLATFORM"}:
            os.environ.pop(name, None)
        os.environ.update(desktop.env)
        rig = Rig(desktop)
        try:
            yield rig
        finally:
            rig.close()
            os.environ.clear()
            os.environ.update(before)


@pytest.fixture
def clean_desktop(desktop_rig: Rig) -> Iterator[Rig]:
    """The desktop with the pointer in the middle, US keys and no windows; afterwards nothing may be held down."""
    from Xlib import X

    def middle() -> None:
        desktop_rig.display.screen().root.warp_pointer(800, 500)
        desktop_rig.display.sync()

    desktop_rig.layout("us")
    middle()
    yield desktop_rig
    held = desktop_rig.held_keys(), desktop_rig.held_buttons()
    desktop_rig.close_apps()
    if held != ([], 0):
        for code in held[0]:
            desktop_rig.display.xtest_fake_input(X.KeyRelease, code)
        for button in range(1, 6):
            desktop_rig.display.xtest_fake_input(X.ButtonRelease, button)
    middle()
    desktop_rig.display.sync()
    until(lambda: not desktop_rig.windows(), "the test's windows to close")
    assert held == ([], 0), f"the test left keys {held[0]} and buttons {held[1]:#x} held down"


@pytest.fixture
def apps(clean_desktop: Rig, tmp_path: Path) -> Apps:
    """Real applications on a clean desktop."""
    return Apps(clean_desktop, tmp_path)
