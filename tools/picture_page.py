"""Take the picture of the browser editor: a page runs the example on a virtual desktop and watches it there.

.venv/bin/python tools/picture_page.py        (make pictures)
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from record import BACKGROUND, close_the_rest

from flowdesk.drivers.virtual import VirtualDesktop
from flowdesk.resource import resource_path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "pictures" / "browser-light.png"
PORT = "8765"
PATIENCE = 60.0
SETTLED = """
() => new Promise(done => {
  const picture = document.querySelector(".desktop-pixels");
  let before = "", same = 0;
  const look = () => {
    const now = picture.toDataURL ? picture.toDataURL() : picture.src;
    same = now === before ? same + 1 : 0;
    before = now;
    same > 5 ? done(true) : setTimeout(look, 200);
  };
  look();
})
"""
"""Waits in the page until the picture of the desktop has stood still for a second."""


def main() -> int:
    """Serve the example, run it from the page, and write the picture. Returns the exit code."""
    flow = str(resource_path("flows", "form-from-csv.flow.json"))
    with tempfile.TemporaryDirectory() as state, VirtualDesktop(1280, 800) as desktop:
        os.environ.update(desktop.env)
        colour_the_desktop()
        environment = {
            **desktop.environment(),
            "FLOWDESK_STATE_DIR": state,
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", "flowdesk", "serve", flow, "--port", PORT]
        with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            try:
                take(link_of(server))
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(PATIENCE)
                close_the_rest()
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")
    return 0


def colour_the_desktop() -> None:
    """Give the desktop the colour that the moving picture has."""
    from Xlib.display import Display

    display = Display()
    display.screen().root.change_attributes(background_pixel=BACKGROUND)
    display.screen().root.clear_area()
    display.sync()
    display.close()


def link_of(server: subprocess.Popen[str]) -> str:
    """Read the link that works once from what the server prints.

    Raises:
        SystemExit: If the server ends without one.
    """
    assert server.stdout is not None
    for line in server.stdout:
        if (found := re.search(r"http://\S+/#code=\S+", line)) is not None:
            return found.group()
    sys.exit("The server printed no link")


def take(link: str) -> None:
    """Follow the link, run the flow beside the live picture of the desktop, and take the page at the end."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1760, "height": 990}, color_scheme="light", locale="en")
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(link)
        page.locator(".palette").wait_for()
        page.get_by_role("button", name="Desktop", exact=True).click()
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_text("The flow finished").first.wait_for()
        page.evaluate(SETTLED)
        page.get_by_role("button", name="Show everything", exact=True).click()
        page.locator('.react-flow__node[data-id="name"]').click()
        page.mouse.move(800, 5)
        page.evaluate(SETTLED)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
