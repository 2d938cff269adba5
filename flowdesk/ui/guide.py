"""The user guide, which flowdesk carries: readable without a network and without a browser."""

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from flowdesk.i18n import language, tr
from flowdesk.resource import resource_path
from flowdesk.ui.plain import tip
from flowdesk.ui.tab import FlowTab
from flowdesk.ui.theme import theme

FILE = Qt.ItemDataRole.UserRole
_NAVIGATION = re.compile(r"<nav>.*?</nav>", re.DOTALL)
_SHEET = re.compile(r"<link rel=\"stylesheet\"[^>]*>")
WIDEST_PICTURE = 640
"""Pixels: a reader has no rule for pictures that are wider than it."""


def page_of_type(node_type: str) -> str:
    """Return where the guide tells about a node type."""
    return f"reference/nodes.html#type-{node_type}"


def page_of_error(code: str) -> str:
    """Return where the guide tells what to do about an error."""
    name = "zh/troubleshooting.html" if language() == "zh_CN" else "troubleshooting.html"
    return f"{name}#{re.sub(r'[^a-z0-9_-]', '', code.lower())}"


def page_of(tab: FlowTab | None) -> str:
    """Return where the guide tells about the one node that is selected: its error in the last run, else its type."""
    chosen = tab.scene.selected_ids() if tab is not None else []
    node = tab.scene.draft.nodes.get(chosen[0]) if tab is not None and len(chosen) == 1 else None
    if tab is None or node is None:
        return ""
    code = tab.failures.get(node.id)
    return page_of_error(code) if code else page_of_type(node.type)


def open_guide(window: QWidget, page: str) -> None:
    """Show a page in the guide of a window, the one that is open or a new one."""
    guide = window.findChild(Guide) or Guide(window)
    guide.show_page(page)
    guide.show()
    guide.raise_()
    guide.activateWindow()


class Reader(QTextBrowser):
    """Shows a page in the colors of the window."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return a page without what is for browsers, and a picture no wider than the reader."""
        if kind == 1:  # QTextDocument.ResourceType.HtmlResource; PySide gives the number
            text = resource_path("guide", *_parts(QUrl(name))).read_text("utf-8")
            look = f"<style>a {{ color: {theme().accent.name()}; }} td, th {{ padding: 4px 8px; }}</style>"
            text = _SHEET.sub(look, _NAVIGATION.sub("", text))
            return re.sub(r"<img ", f'<img width="{WIDEST_PICTURE}" ', text)
        return super().loadResource(kind, name)


def _parts(name: QUrl) -> list[str]:
    folder = QUrl.fromLocalFile(str(resource_path("guide")) + "/")
    return [part for part in name.path().removeprefix(folder.path()).split("/") if part]


class Guide(QDialog):
    """The pages with their list, and a search in their texts. It stays open beside the window."""

    def __init__(self, parent: QWidget) -> None:
        """Show the list of pages in the language in force."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("guide")
        self.setWindowTitle(tr("User guide"))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search the guide"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.pages = QTreeWidget(self)
        self.pages.setHeaderHidden(True)
        self.pages.setAccessibleName(tr("Pages"))
        self.reader = Reader(self)
        self.reader.setOpenLinks(False)
        self.reader.anchorClicked.connect(self._follow)
        self.reader.sourceChanged.connect(self._mark)
        self.sections = [self._section(**each) for each in _contents()]
        """The headings of the list with their pages."""
        self.pages.currentItemChanged.connect(self._choose)
        self._lay_out()
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        QShortcut(QKeySequence.StandardKey.Back, self, self.reader.backward)
        self.resize(1080, 760)

    def show_page(self, page: str = "") -> None:
        """Show a page (``howto/wait.html#…``), by default the first."""
        name, _, anchor = page.partition("#")
        url = QUrl.fromLocalFile(str(resource_path("guide", *(name or self._first()).split("/"))))
        url.setFragment(anchor)
        self.reader.setSource(url)

    def _first(self) -> str:
        return str(self.sections[0][1][0].data(0, FILE))

    def _lay_out(self) -> None:
        back, browser = QPushButton(tr("Back"), self), QPushButton(tr("Open in browser"), self)
        back.clicked.connect(self.reader.backward)
        back.setEnabled(False)
        self.reader.backwardAvailable.connect(back.setEnabled)
        browser.clicked.connect(lambda: QDesktopServices.openUrl(self.reader.source()))
        for button in (back, browser):
            button.setAutoDefault(False)
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(back)
        head.addWidget(browser)
        split = QSplitter(self)
        split.addWidget(self.pages)
        split.addWidget(self.reader)
        split.setStretchFactor(1, 1)
        split.setSizes([280, 800])
        rows = QVBoxLayout(self)
        rows.addLayout(head)
        rows.addWidget(split, 1)

    def _section(self, title: str, pages: Sequence[dict[str, str]]) -> tuple[QTreeWidgetItem, list[QTreeWidgetItem]]:
        """Add a heading with its pages to the list, and return both."""
        heading = QTreeWidgetItem(self.pages, [title])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        items = [QTreeWidgetItem(heading, [page["title"]]) for page in pages]
        for item, page in zip(items, pages, strict=True):
            item.setData(0, FILE, page["file"])
            item.setToolTip(0, tip(page["title"]))
        heading.setExpanded(True)
        return heading, items

    def _narrow(self, wanted: str) -> None:
        """Keep the pages whose text holds every word."""
        words = wanted.casefold().split()
        for heading, items in self.sections:
            for item in items:
                text = _text_of(item.data(0, FILE)) if words else ""
                item.setHidden(not all(word in text for word in words))
            heading.setHidden(all(item.isHidden() for item in items))

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, FILE):
            self.show_page(item.data(0, FILE))
            if self.search.text():
                self.reader.find(self.search.text().split()[0])

    def _mark(self, source: QUrl) -> None:
        """Mark the page that is shown in the list."""
        wanted = "/".join(_parts(source))
        self.pages.blockSignals(True)
        for item in (item for _, items in self.sections for item in items):
            if item.data(0, FILE) == wanted:
                self.pages.setCurrentItem(item)
        self.pages.blockSignals(False)

    def _follow(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        else:
            self.reader.setSource(self.reader.source().resolved(link))


def _contents() -> list[dict[str, Any]]:
    contents = json.loads(resource_path("guide", "contents.json").read_text("utf-8"))
    return list(contents.get(language(), contents["en"]))


@cache
def _text_of(file: str) -> str:
    text = resource_path("guide", *file.split("/")).read_text("utf-8")
    return re.sub(r"<[^>]+>", " ", text.split("<main>", 1)[1]).casefold()
