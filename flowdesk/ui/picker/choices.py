"""The ranked list after a pick: which way leads to the target first, and which stand by."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.model.engines import BUILTIN
from flowdesk.model.selector import is_bare_point
from flowdesk.model.sentence import say
from flowdesk.protocol.lookreplies import TargetCandidate
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.theme import theme, ui_font

KINDS = {
    **{engine.name: (engine.title, engine.icon) for engine in BUILTIN},
    "relative": ("Beside a label", "waypoints"),
}
"""Title and icon of each kind of selector."""
THUMBNAIL = QSize(112, 40)
STAND_BY = 2
"""How many further ways are kept at first."""
ROW_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to find the target again, tried already."""

    selector: str
    kind: str
    count: int
    ms: float
    score: float
    box: tuple[int, int, int, int] | None
    picture: str = ""
    """PNG as base64 of an ``image`` that is not stored yet."""
    name: str = ""
    """What that picture is to be called."""

    @classmethod
    def read(cls, values: TargetCandidate) -> "Candidate":
        """Read an entry of ``target.candidates``."""
        spot = values["spot"]
        x, y, width, height = spot["box"]
        return cls(
            values["selector"], values["kind"], values["count"], values["ms"], spot["score"], (x, y, width, height),
            values.get("picture", ""), values.get("name", ""),
        )  # fmt: skip

    @property
    def is_unique(self) -> bool:
        """Whether it finds one thing only."""
        return self.count == 1


BARE_POINT = say("This is only a place on the screen. If windows move, the run acts on something else there.")
"""What is asked about a place that nothing names."""


def proposed(candidates: Sequence[Candidate]) -> list[int]:
    """Return which candidates are kept at first: the best unique one and the next ones of other kinds.

    A bare point never stands beside something better.
    """
    unique = [index for index, candidate in enumerate(candidates) if candidate.is_unique]
    chosen: list[int] = []
    for index in unique or list(range(len(candidates)))[:1]:
        kinds = {candidates[known].kind for known in chosen}
        if candidates[index].kind in kinds or (chosen and candidates[index].kind == "point"):
            continue
        chosen.append(index)
        if len(chosen) > STAND_BY:
            break
    return chosen


class ChoicesDialog(QDialog):
    """Shows the candidates in the order in which they will be tried; the ticked ones are taken."""

    taken = Signal(object)
    """The list of chosen candidates, first the one that is tried first."""
    again = Signal()
    """The person wants to point once more."""

    def __init__(self, candidates: Sequence[Candidate], picture: QPixmap, parent: QWidget | None = None) -> None:
        """Show candidates; ``picture`` is the desktop, from which their thumbnails are cut."""
        super().__init__(parent)
        self.setObjectName("pickChoices")
        self.setWindowTitle(tr("Ways to find the target"))
        self.candidates = list(candidates)
        self._picture = picture
        self.tree = QTreeWidget(self)
        self.use = QPushButton(tr("Use"), self)
        self.repick = QPushButton(icon("crosshair"), tr("Pick again"), self)
        self.cancel = QPushButton(tr("Cancel"), self)
        heading = PlainLabel(tr("How should flowdesk find it again?"), self)
        heading.setObjectName("heading")
        hint = PlainLabel(
            tr("flowdesk tries the selected ways from top to bottom. Drag to change the order."),
            self,
        )
        hint.setObjectName("dim")
        hint.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.repick)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.use)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 16, 18, 14)
        rows.setSpacing(10)
        rows.addWidget(heading)
        rows.addWidget(hint)
        rows.addWidget(self.tree, 1)
        self.warning = PlainLabel(tr(BARE_POINT), self)
        self.warning.setObjectName("warning")
        self.warning.setWordWrap(True)
        rows.addWidget(self.warning)
        rows.addLayout(buttons)
        self._fill()
        self.use.setDefault(True)
        self.use.clicked.connect(self._take)
        self.repick.clicked.connect(self._pick_again)
        self.cancel.clicked.connect(self.reject)
        self.tree.itemChanged.connect(lambda: self._enable())
        self.tree.itemActivated.connect(lambda _: self._take())
        self._enable()
        self.resize(800, min(560, 190 + 56 * max(2, len(self.candidates))))

    def chosen(self) -> list[Candidate]:
        """Return the ticked candidates in their order."""
        items = (self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount()))
        return [
            self.candidates[item.data(0, ROW_ROLE)]
            for item in items
            if item is not None and item.checkState(0) == Qt.CheckState.Checked
        ]

    def _fill(self) -> None:
        tree = self.tree
        tree.setAccessibleName(tr("Ways to find the target"))
        tree.setHeaderLabels([tr("Way"), tr("Selector"), tr("Matches"), tr("Score"), tr("Time")])
        tree.setRootIsDecorated(False)
        tree.setIconSize(THUMBNAIL)
        tree.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        tree.setUniformRowHeights(True)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        tree.header().setStretchLastSection(False)
        keep = proposed(self.candidates)
        for index, candidate in enumerate(self.candidates):
            title = tr(KINDS.get(candidate.kind, KINDS["element"])[0])
            finds = tr("unique") if candidate.is_unique else tr(say("{count} matches", count=candidate.count))
            item = QTreeWidgetItem(
                tree, [title, candidate.selector, finds, f"{candidate.score:.2f}", f"{candidate.ms:.0f} ms"]
            )
            item.setData(0, ROW_ROLE, index)
            item.setFlags((item.flags() | Qt.ItemFlag.ItemIsUserCheckable) & ~Qt.ItemFlag.ItemIsDropEnabled)
            item.setCheckState(0, Qt.CheckState.Checked if index in keep else Qt.CheckState.Unchecked)
            item.setIcon(0, self._thumbnail(candidate))
            item.setFont(1, ui_font(mono=True))
            item.setToolTip(1, tip(candidate.selector))
            item.setForeground(2, theme().success if candidate.is_unique else theme().warning)
            for column in (3, 4):
                item.setForeground(column, theme().text_dim)
        for column in (0, 2, 3, 4):
            tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        first = tree.topLevelItem(0)
        if first is not None:
            tree.setCurrentItem(first)

    def _thumbnail(self, candidate: Candidate) -> QIcon:
        part = QPixmap()
        if candidate.picture:
            part.loadFromData(base64.b64decode(candidate.picture))
        elif candidate.box is not None and candidate.kind != "point":
            part = self._picture.copy(QRect(*candidate.box).intersected(self._picture.rect()))
        fitted = thumbnail(part, THUMBNAIL, KINDS.get(candidate.kind, KINDS["element"])[1])
        result = QIcon(fitted)
        result.addPixmap(fitted, QIcon.Mode.Selected)
        return result

    def _enable(self) -> None:
        chosen = self.chosen()
        self.use.setEnabled(bool(chosen))
        self.warning.setVisible(is_bare_point([candidate.selector for candidate in chosen]))

    def _take(self) -> None:
        if self.chosen():
            self.taken.emit(self.chosen())
            self.accept()

    def _pick_again(self) -> None:
        self.again.emit()
        self.reject()


def thumbnail(part: QPixmap, size: QSize, instead: str = "image") -> QPixmap:
    """Return a picture fitted into ``size`` on the colour of fields; an icon stands for one that is empty."""
    result = QPixmap(size * 2)
    result.setDevicePixelRatio(2)
    result.fill(theme().field)
    painter = QPainter(result)
    if part.isNull():
        icon(instead, "text_dim", 20).paint(painter, QRect(0, 0, size.width(), size.height()))
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        fitted = part.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
        if fitted.width() > part.width():
            fitted = part.size()
        place = QRect(
            (size.width() - fitted.width()) // 2,
            (size.height() - fitted.height()) // 2,
            fitted.width(),
            fitted.height(),
        )
        painter.drawPixmap(place, part)
    painter.setPen(theme().line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(0, 0, size.width() - 1, size.height() - 1)
    painter.end()
    return result
