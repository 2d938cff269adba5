"""The field for a target: selectors, one in each line, a picture of it, and buttons that point at it and look for it."""

import asyncio
import base64
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from flowdesk.aio import spawn
from flowdesk.i18n import tr, tr_all
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.fields import FieldSpec
from flowdesk.model.sentence import say
from flowdesk.protocol.lookreplies import Completions, ProposedNode, Tested
from flowdesk.ui.aside import aside
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.fields import ABSENT, MultilineField, fit_lines
from flowdesk.ui.inspector.selectors import SelectorCompleter
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.picker.choices import thumbnail
from flowdesk.ui.plain import PlainLabel, tip

PICTURE = QSize(96, 54)
FEWEST, MOST = 2, 6
"""Lines that the box shows."""
AROUND = 4
"""Pixels around a spot that its picture shows too."""
RING_SECONDS = 1.2

ShowSpot = Callable[[Sequence[int], str], None]


class TargetField(MultilineField):
    """One selector in each line; several are tried in order."""

    lines = FEWEST
    offered = Signal(object)
    """The node that says what was picked better than the one that is edited: ``type`` and ``config``."""

    is_main = True
    """Whether another node could have this target for its own; the form of a second target has none to offer."""

    def __init__(
        self,
        spec: FieldSpec,
        peer: WindowPeer,
        workflow_id: str,
        config: Callable[[], dict[str, Any]],
        show_spot: ShowSpot | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Look through the session.

        Args:
            spec: What the field is.
            peer: Who asks the session.
            workflow_id: The flow beside which pictures lie.
            config: Returns the config as it is entered now.
            show_spot: Rings a box of the desktop, with a label.
            parent: The widget around it.
        """
        super().__init__(spec, parent)
        self.peer = peer
        self.workflow_id = workflow_id
        self._config = config
        self._show_spot = show_spot
        self._pictured = ""
        self._prepare_box()
        self.pick_button = QPushButton(icon("crosshair"), tr("Pick"), self)
        self.pick_button.setToolTip(tip(tr("Select the target on the desktop")))
        self.pick_button.clicked.connect(lambda _: spawn(self.pick(), "pick a target"))
        self.test_button = QPushButton(icon("target"), tr("Test"), self)
        self.test_button.setToolTip(tip(tr("Find the target now")))
        self.test_button.clicked.connect(lambda _: spawn(self.test(), "test a target"))
        self.picture = PlainLabel(self)
        self.picture.setAccessibleName(tr("Image of the target"))
        self.picture.hide()
        self.result = PlainLabel(self)
        self.result.setWordWrap(True)
        self.result.hide()
        self.offer = QPushButton(self)
        self.offer.hide()
        self.offer.clicked.connect(self._take_offer)
        self._step: ProposedNode | None = None
        self.nearest = PlainLabel(self)
        self.nearest.setAccessibleName(tr("Closest match"))
        self.nearest.hide()
        self._lay_out()

    def _prepare_box(self) -> None:
        self.box.setPlaceholderText(tr("Pick a target, or enter a selector such as text=OK"))
        self.box.setToolTip(tip("\n".join(engine.examples[0] for engine in ENGINES.values())))
        self.box.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.box.textChanged.connect(self._fit)
        SelectorCompleter(self.box, self._complete)

    def _lay_out(self) -> None:
        self.row.removeWidget(self.box)
        buttons = QHBoxLayout()
        buttons.addWidget(self.pick_button)
        buttons.addWidget(self.test_button)
        buttons.addStretch()
        beside = QHBoxLayout()
        beside.setSpacing(8)
        beside.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(5)
        column.addLayout(buttons)
        column.addWidget(self.result)
        column.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.nearest)
        beside.addLayout(column, 1)
        rows = QVBoxLayout()
        rows.setSpacing(6)
        rows.addWidget(self.box)
        rows.addLayout(beside)
        self.row.addLayout(rows)

    def value(self) -> Any:
        """Return the selector, or the list of them."""
        texts = [line.strip() for line in self.box.toPlainText().splitlines() if line.strip()]
        return ABSENT if not texts else texts[0] if len(texts) == 1 else texts

    def set_value(self, value: Any) -> None:
        """Show one selector or several."""
        super().set_value("\n".join(map(str, value)) if isinstance(value, list) else value)
        self._fit()
        self._fetch_picture()

    def _fit(self) -> None:
        fit_lines(self.box, FEWEST, MOST)

    async def _complete(self, text: str) -> Completions:
        return await self.peer.request("target.complete", {"text": text}, self.workflow_id)

    # the picture

    def _fetch_picture(self) -> None:
        value = self.value()
        first = (
            next((one for one in ([value] if isinstance(value, str) else value or ()) if "image=" in one), "")
            if value is not ABSENT
            else ""
        )
        name = first.rpartition("image=")[2].strip().strip('"') if first else ""
        if name and not name.startswith("data:") and name != self._pictured:
            self._pictured = name
            spawn(self._show_asset(name), "fetch a target's picture")

    async def _show_asset(self, name: str) -> None:
        try:
            found = await self.peer.request("asset.get", {"name": name}, self.workflow_id)
        except FlowdeskError:
            return  # validation says that there is no such picture
        self._show_picture(self.picture, found["data"])

    async def _cut_out(self, label: QLabel, box: Sequence[int]) -> None:
        x, y, width, height = box
        region = (x - AROUND, y - AROUND, max(1, width) + 2 * AROUND, max(1, height) + 2 * AROUND)
        try:
            shot = await self.peer.request("desktop.screenshot", {"region": region, "format": "png"})
        except FlowdeskError:
            return  # the place was told already; its picture is a courtesy
        self._show_picture(label, shot["data"])

    def _show_picture(self, label: QLabel, data: str) -> None:
        picture = QPixmap()
        if isValid(label) and picture.loadFromData(base64.b64decode(data)):
            label.setPixmap(thumbnail(picture, PICTURE))
            label.setFixedSize(PICTURE)
            label.show()

    # looking

    async def test(self) -> None:
        """Look for the target now and show whether, where and how fast it was found. The window makes way meanwhile."""
        self.test_button.setEnabled(False)
        self.nearest.hide()
        try:
            async with aside(self.window()):
                found = await self.peer.request("target.test", {"config": self._config()}, self.workflow_id)
                await self._show_found(found)
        except FlowdeskError as error:
            if isValid(self):
                self._tell("fault", tr_all(error.message, error.fix))
        finally:
            if isValid(self):  # another node may have been selected meanwhile
                self.test_button.setEnabled(True)
                self.test_button.setFocus()

    async def _show_found(self, found: Tested) -> None:
        if not isValid(self):
            return
        self._show(found)
        if found["found"]:
            spot = found["spots"][0]
            if "image=" not in str(spot.get("selector", "")):
                await self._cut_out(self.picture, spot["box"])
            if self._show_spot is not None:
                self._show_spot(spot["box"], f"{spot['score']:.2f} · {found['ms']:.0f} ms")
                await asyncio.sleep(RING_SECONDS)
        elif found["best_box"]:
            await self._cut_out(self.nearest, found["best_box"])

    def _show(self, found: Tested) -> None:
        milliseconds = f"{found['ms']:.0f}"
        if found["found"]:
            spot = found["spots"][0]
            self._tell("good", tr(say(
                "Found at {x}, {y} in {ms} ms, score {score}, {count} matches.",
                x=spot["x"], y=spot["y"], ms=milliseconds, score=f"{spot['score']:.3f}", count=found["count"],
            )))  # fmt: skip
            return
        text = tr(say("Not found in {ms} ms. {reason}", ms=milliseconds, reason=found["reason"] or ""))
        if found["best_score"] is not None:
            text += " " + tr(say("The best match scores {score}.", score=f"{found['best_score']:.3f}"))
        if found["candidates"]:
            text += "\n" + "\n".join(found["candidates"][:5])
        self._tell("fault", text)

    def _tell(self, name: str, text: str) -> None:
        self.result.setObjectName(name)
        self.result.setText(text)
        self.result.style().unpolish(self.result)
        self.result.style().polish(self.result)
        self.result.show()

    # pointing

    async def pick(self) -> None:
        """Let a person point at the target, and take the ways that were chosen."""
        from flowdesk.ui.picker.pick import pick_target

        self.pick_button.setEnabled(False)
        self.result.hide()
        self.nearest.hide()
        try:
            picked = await pick_target(self.window(), self.peer, self.workflow_id, self._remember)
        except FlowdeskError as error:
            if isValid(self):
                self._tell("fault", tr_all(error.message, error.fix))
            return
        finally:
            if isValid(self):
                self.pick_button.setEnabled(True)
                self.pick_button.setFocus()
        if picked and isValid(self):
            self.set_value(picked if len(picked) > 1 else picked[0])
            self.edited.emit()
            self.left.emit()

    def _remember(self, step: ProposedNode | None) -> None:
        """Offer the node that says what was picked better than a click."""
        titles = {"check": tr("Check"), "choose": tr("Choose"), "menu": tr("Menu")}
        is_offered = step is not None and self.is_main and step["type"] in titles
        self._step = step if is_offered else None
        self.offer.setVisible(is_offered)
        if self._step is not None:
            self.offer.setText(tr(say("Convert to a “{title}” node", title=titles[self._step["type"]])))
        elif step is not None and self.is_main:
            self.offered.emit(step)

    def _take_offer(self) -> None:
        self.offer.hide()
        if self._step is not None:
            self.offered.emit(self._step)
