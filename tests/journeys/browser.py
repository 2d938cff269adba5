"""A browser without a window, as a person has it in front of them: a mouse, a keyboard, and eyes for the page.

It is Chromium, spoken to by its own protocol. What happens in it happens through real input events, never by calls
into the page; the page is only read.
"""

import base64
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.rig import PATIENCE, until

BUTTONS = {"left": 1, "right": 2, "middle": 4}
KEYS = {"Escape": 27, "Enter": 13, "Tab": 9, "ArrowUp": 38, "ArrowDown": 40, "Backspace": 8, "Delete": 46}


class Browser:
    """One page. Places are CSS pixels of its viewport."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._count = 0
        self.faults: list[str] = []
        """What the page's console told as an error, and exceptions."""
        self._call("Runtime.enable")
        self._call("Page.enable")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE))
            if message.get("id") == self._count:
                assert "error" not in message, message
                return dict(message["result"])
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(told["exceptionDetails"])[:2000])
        elif message.get("method") == "Runtime.consoleAPICalled" and told["type"] == "error":
            self.faults.append(json.dumps(told["args"])[:2000])

    def view(self, width: int, height: int, ratio: float = 1.0) -> None:
        """Set the size of the viewport and the pixels of the screen for one of its own."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=ratio, mobile=False
        )

    def prefer(self, scheme: str) -> None:
        """Set the colour scheme of the system: light or dark."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url: str) -> None:
        """Go to a page and wait until it is there."""
        self._call("Page.navigate", url=url)
        self.waits("document.readyState == 'complete'")

    def sees(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        told = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def waits(self, script: str, seconds: float = PATIENCE) -> Any:
        """Wait until an expression in the page is true, and return it."""
        return until(lambda: self.sees(script), script, seconds)

    def box(self, selector: str, text: str = "") -> tuple[float, float, float, float]:
        """Wait for an element, the first that holds a text, and return its box; in the middle of the view if it can be scrolled."""
        found = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(one => one.textContent.includes({json.dumps(text)}) && one.getClientRects().length)"
        )
        script = (
            f"(() => {{ const one = {found}; if (!one) return null; one.scrollIntoView({{block: 'nearest'}});"
            " const box = one.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })()"
        )
        left, top, width, height = self.waits(script)
        return left, top, width, height

    def move(self, x: float, y: float, held: str = "none") -> None:
        """Move the mouse."""
        self._call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button=held, buttons=BUTTONS.get(held, 0))

    def press(self, x: float, y: float, button: str = "left", count: int = 1) -> None:
        """Press a button."""
        self._call(
            "Input.dispatchMouseEvent",
            type="mousePressed",
            x=x,
            y=y,
            button=button,
            buttons=BUTTONS[button],
            clickCount=count,
        )

    def release(self, x: float, y: float, button: str = "left", count: int = 1) -> None:
        """Let a button go."""
        self._call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button=button, clickCount=count)

    def click_at(self, x: float, y: float) -> None:
        """Move there and click."""
        self.move(x, y)
        self.press(x, y)
        self.release(x, y)

    def click(self, selector: str, text: str = "") -> None:
        """Click the middle of an element."""
        left, top, width, height = self.box(selector, text)
        self.click_at(left + width / 2, top + height / 2)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at one place, move to another, let go."""
        self.move(*start)
        self.press(*start)
        for step in range(1, 5):
            self.move(start[0] + (end[0] - start[0]) * step / 4, start[1] + (end[1] - start[1]) * step / 4, "left")
        self.release(*end)

    def key(self, name: str, modifiers: int = 0) -> None:
        """Press a key: one of ``KEYS``, or a character."""
        code = KEYS.get(name, ord(name.upper()[0]))
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code, modifiers=modifiers)

    def type(self, text: str) -> None:
        """Type text into what has the focus."""
        self._call("Input.insertText", text=text)

    def picture(self, path: Path) -> None:
        """Keep a picture of the page."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(profile: Path, environment: dict[str, str], language: str = "en-US") -> Iterator[Browser]:
    """Start a browser, and end it."""
    command = [
        "chromium", "--headless=new", "--no-sandbox", f"--user-data-dir={profile}", "--disable-gpu", "--no-first-run",
        "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--password-store=basic", f"--lang={language}", f"--accept-lang={language}",
        "--remote-debugging-port=0", "--remote-allow-origins=*", "--hide-scrollbars", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port_file = profile / "DevToolsActivePort"
        port = until(lambda: port_file.exists() and port_file.read_text().split("\n")[0], "Chromium's debugging port")

        def page() -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
                targets = [one for one in json.load(answer) if one["type"] == "page"]
            return str(targets[0]["webSocketDebuggerUrl"]) if targets else ""

        with connect(until(page, "a page"), max_size=None, open_timeout=PATIENCE) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
