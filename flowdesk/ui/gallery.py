"""The gallery of the window: examples and own flows as cards, each with a picture drawn from the flow."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.searching import Entry, rank
from flowdesk.pinyin import readings
from flowdesk.ui.canvas.card import HEIGHT, WIDTH
from flowdesk.ui.canvas.look import mixed
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.theme import theme, ui_font

PICTURE = QSize(220, 110)
ONE_CHOICE = 800
"""Milliseconds in which presses on a card are one choice."""
CARD_ROLE = Qt.ItemDataRole.UserRole
Card = Mapping[str, Any]


class Gallery(QWidget):
    """Shows cards; which one is to be opened is told."""

    chosen = Signal(object, bool)
    """A card, and whether it is an example."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self._own: Sequence[Card] = ()
        self._examples: Sequence[Card] = ()
        self._is_taken = False
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.nothing = PlainLabel("", self)
        self.nothing.setObjectName("dim")
        self.heads = [PlainLabel("", self), PlainLabel("", self)]
        self.lists = [self._list(), self._list()]
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.search)
        rows.addWidget(self.nothing)
        for head, cards in zip(self.heads, self.lists, strict=True):
            head.setObjectName("heading")
            rows.addWidget(head)
            rows.addWidget(cards, 1)
        self.search.textChanged.connect(self._fill)
        theme.changed.connect(self._fill)
        self.retranslate()

    def _list(self) -> QListWidget:
        cards = QListWidget(self)
        cards.setViewMode(QListView.ViewMode.IconMode)
        cards.setResizeMode(QListView.ResizeMode.Adjust)
        cards.setMovement(QListView.Movement.Static)
        cards.setIconSize(PICTURE)
        cards.setGridSize(QSize(PICTURE.width() + 20, PICTURE.height() + 44))
        cards.setWordWrap(True)
        cards.setUniformItemSizes(True)
        cards.setFont(ui_font("body"))
        cards.itemActivated.connect(self._take)
        cards.itemClicked.connect(self._take)
        return cards

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.search.setPlaceholderText(tr("Search flows…"))
        self.search.setAccessibleName(tr("Search flows…"))
        self.nothing.setText(tr("Nothing found."))
        for head, cards, text in zip(self.heads, self.lists, (tr("Your flows"), tr("Examples")), strict=True):
            head.setText(text)
            cards.setAccessibleName(text)
        self._fill()

    def show_cards(self, told: Mapping[str, Any]) -> None:
        """Show what ``gallery.list`` told."""
        self._own, self._examples = told["flows"], told["examples"]
        self._fill()

    def _forget(self) -> None:
        self._is_taken = False

    def _fill(self) -> None:
        found = 0
        for cards, shown, head in zip((self._own, self._examples), self.lists, self.heads, strict=True):
            shown.clear()
            entries = [
                Entry(
                    str(at),
                    (*_titles(card, cards is self._examples), card["name"]),
                    (),
                    (card["description"], card["folder"]),
                )
                for at, card in enumerate(cards)
            ]
            ranked = rank(self.search.text(), entries, readings())
            for key in () if ranked.is_nearest else ranked.keys:
                shown.addItem(_item(cards[int(key)], is_example=cards is self._examples))
            found += shown.count()
            head.setVisible(shown.count() > 0)
            shown.setVisible(shown.count() > 0)
        self.nothing.setVisible(not found and bool(self.search.text().strip()))

    def _take(self, item: QListWidgetItem) -> None:
        if self._is_taken:  # a double click is one choice, and a press may activate, too
            return
        self._is_taken = True
        QTimer.singleShot(ONE_CHOICE, self, self._forget)
        self.chosen.emit(item.data(CARD_ROLE), item.listWidget() is self.lists[1])


def _titles(card: Card, is_example: bool) -> tuple[str, ...]:
    """Return what a flow is called; an example in the reader's language first."""
    return (tr(card["title"]), card["title"]) if is_example else (card["title"],)


def _item(card: Card, *, is_example: bool) -> QListWidgetItem:
    name = _titles(card, is_example)[0] or card["name"]
    item = QListWidgetItem(QIcon(picture(card)), f"{card['folder']}/{name}" if card["folder"] else name)
    item.setData(CARD_ROLE, card)
    item.setToolTip(tip(tr(card["description"]) if is_example else card["description"]))
    item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    return item


def picture(card: Card) -> QPixmap:
    """Draw the flow from afar: its nodes in the colours of their categories, and what leads to what."""
    colors = theme()
    made = QPixmap(PICTURE * 2)
    made.setDevicePixelRatio(2.0)
    made.fill(colors.canvas)
    boxes = [QRectF(node["x"], node["y"], WIDTH, HEIGHT) for node in card["nodes"]]
    if not boxes:
        return made
    around = QRectF(boxes[0])
    for box in boxes:
        around |= box
    around.adjust(-30, -30, 30, 30)
    zoom = min(PICTURE.width() / around.width(), PICTURE.height() / around.height(), 0.5)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(PICTURE.width() / 2, PICTURE.height() / 2)
    painter.scale(zoom, zoom)
    painter.translate(-around.center())
    painter.setPen(_pen(colors.edge))
    for source, target in card["edges"]:
        start, end = boxes[source], boxes[target]
        painter.drawLine(start.right(), start.center().y(), end.left(), end.center().y())
    for node, box in zip(card["nodes"], boxes, strict=True):
        color = colors.category_color(node["category"])
        painter.setPen(_pen(color))
        painter.setBrush(mixed(colors.node, color, 0.25))
        painter.drawRoundedRect(box, 12, 12)
    painter.end()
    return made


def _pen(color: QColor) -> QPen:
    pen = QPen(color, 1.2)
    pen.setCosmetic(True)
    return pen


class GalleryDialog(QDialog):
    """The gallery in a box over the window."""

    def __init__(self, window: QWidget) -> None:
        """Show no cards yet; one that is taken closes it."""
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("gallery")
        self.setWindowTitle(tr("Gallery"))
        self.gallery = Gallery(self)
        rows = QVBoxLayout(self)
        rows.addWidget(self.gallery)
        self.gallery.chosen.connect(self.accept)
        self.resize(min(window.width() - 80, 1000), max(420, window.height() - 120))
