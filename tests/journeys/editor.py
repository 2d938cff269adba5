"""The browser editor, driven as a person drives it: Playwright with the system's Chromium, on a real server.

What happens in the page happens by its mouse and keyboard. What it shows is compared with what the server holds.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright
from playwright.sync_api import expect as expect

from tests.rig import PATIENCE, Rig, until

MILLISECONDS = PATIENCE * 1000
CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--password-store=basic",
]  # fmt: skip


class EditorPage:
    """One browser with the editor in it."""

    def __init__(self, page: Page) -> None:
        """Take over a page, and note what its console complains about."""
        self.page = page
        self.faults: list[str] = []
        page.set_default_timeout(MILLISECONDS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        # A browser reports a socket that does not open by itself; no page can keep that quiet.
        if message.type == "error" and "WebSocket connection" not in message.text:
            self.faults.append(message.text)

    def enter(self, link: str, token: str = "") -> None:
        """Open the link that `flowdesk serve` prints, or an address and give a token; wait until the editor is there."""
        self.page.goto(link)
        if token:
            self.page.get_by_label("Token or six-digit code").fill(token)
            self.button("Connect").click()
        self.page.locator(".top, .entry [role=alert]").first.wait_for()

    def button(self, name: str) -> Locator:
        """Return the button of that name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def node(self, node_id: str) -> Locator:
        """Return a node's card by its id."""
        return self.page.locator(f'.react-flow__node[data-id="{node_id}"]')

    def card(self, title: str) -> Locator:
        """Return a node's card by what stands on it."""
        return self.page.locator(".react-flow__node").filter(has=self.page.get_by_text(title, exact=True))

    @property
    def nodes(self) -> Locator:
        """All cards."""
        return self.page.locator(".react-flow__node")

    @property
    def wires(self) -> Locator:
        """All wires."""
        return self.page.locator(".react-flow__edge")

    def field(self, name: str) -> Locator:
        """Return a field of the form."""
        return self.page.get_by_role("complementary", name="Inspector").get_by_label(name, exact=True)

    def shows_all(self, nodes: int, wires: int | None = None) -> None:
        """Bring everything into sight, only that is drawn, and wait until there are so many nodes and wires."""
        self.button("Show everything").click()
        expect(self.nodes).to_have_count(nodes, timeout=MILLISECONDS)
        if wires is not None:
            expect(self.wires).to_have_count(wires, timeout=MILLISECONDS)

    def add(self, title: str) -> None:
        """Add a node with a click in the palette: behind the selected one and joined to it."""
        palette = self.page.get_by_role("navigation", name="Palette")
        palette.get_by_role("button", name=title, exact=True).click()

    def fill(self, **fields: str) -> None:
        """Fill fields of the form; an underscore stands for a space."""
        for name, text in fields.items():
            field = self.field(name.replace("_", " "))
            field.fill(text)
            field.press("Tab")

    def quiet(self) -> None:
        """Say that the page had nothing to complain about."""
        assert not self.faults, f"the page complained: {self.faults}"


def link_of(printed: str) -> str:
    """Return the link with its one-time code from what `flowdesk serve` printed, empty while it is not there."""
    found = re.search(r"http://127\.0\.0\.1:\d+/#code=\S+", printed)
    return found.group() if found else ""


def answered(server: Any) -> str:
    """Wait for the link of a server that was just started."""
    return until(lambda: link_of(server.printed()), "the link in what the server prints")


def barriers(page: EditorPage) -> list[str]:
    """Return what axe calls serious or critical in what is shown, each with the place of its first case."""
    found = Axe().run(page.page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:300]}" for one in found if one["impact"] in {"serious", "critical"}
    ]


@contextmanager
def chromium(environment: dict[str, str], *, has_window: bool = False) -> Iterator[Browser]:
    """Start a browser, without a window unless it is to have one, and end it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program is not None
    values: dict[str, str | float | bool] = dict(environment)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, headless=not has_window, args=CHROMIUM_OPTIONS, env=values
        )
        try:
            yield browser
        finally:
            browser.close()


Visit = Callable[..., EditorPage]


@pytest.fixture
def browser(clean_desktop: Rig) -> Iterator[Browser]:
    """Start a browser on the private desktop."""
    with chromium(clean_desktop.desktop.environment()) as started:
        yield started


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open the editor as another person: a context of its own."""
    pages: list[EditorPage] = []

    def visited(link: str, token: str = "", **options: Any) -> EditorPage:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **options})
        page = EditorPage(context.new_page())
        pages.append(page)
        page.enter(link, token)
        return page

    yield visited
    for page in pages:
        page.quiet()
        page.page.context.close()


def saved(path: Path) -> dict[str, Any]:
    """Return the flow in a file, empty while it is not there."""
    values: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return values
