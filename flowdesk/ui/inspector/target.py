"""The field for a target: selectors, one in each line, with a button that looks for them now."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.fields import ABSENT, MultilineField
from flowdesk.ui.inspector.spec import FieldSpec
from flowdesk.ui.peer import WindowPeer


class TargetField(MultilineField):
    """One selector in each line; several are tried in order."""

    lines = 2

    def __init__(
        self,
        spec: FieldSpec,
        peer: WindowPeer,
        workflow_id: str,
        config: Callable[[], dict[str, Any]],
        parent: QWidget | None = None,
    ) -> None:
        """Look through the session; ``config`` returns the config as it is entered now."""
        super().__init__(spec, parent)
        self.peer = peer
        self.workflow_id = workflow_id
        self._config = config
        self.box.setPlaceholderText("button[name='OK']    text=OK    image=ok.png    100,200")
        self.test_button = QPushButton(icon("target"), tr("Test"), self)
        self.test_button.setToolTip(tr("Look for the target now"))
        self.test_button.clicked.connect(lambda _: spawn(self.test(), "test a target"))
        self.pick_button = QPushButton(icon("crosshair"), tr("Pick"), self)
        self.pick_button.setToolTip(tr("Take the target from the screen: click for a point, drag for a picture"))
        self.pick_button.clicked.connect(lambda _: spawn(self.pick(), "pick a target"))
        self.result = QLabel(self)
        self.result.setWordWrap(True)
        self.result.hide()
        self.row.removeWidget(self.box)
        column = QVBoxLayout()
        column.setSpacing(5)
        column.addWidget(self.box)
        buttons = QHBoxLayout()
        buttons.addWidget(self.test_button)
        buttons.addWidget(self.pick_button)
        buttons.addStretch()
        column.addLayout(buttons)
        column.addWidget(self.result)
        self.row.addLayout(column)

    def value(self) -> Any:
        """Return the selector, or the list of them."""
        texts = [line for line in self.box.toPlainText().splitlines() if line.strip()]
        return ABSENT if not texts else texts[0] if len(texts) == 1 else texts

    def set_value(self, value: Any) -> None:
        """Show one selector or several."""
        super().set_value("\n".join(map(str, value)) if isinstance(value, list) else value)

    async def test(self) -> None:
        """Look for the target now and show whether, where and how fast it was found."""
        self.test_button.setEnabled(False)
        try:
            found = await self.peer.request(
                "target.test", {"config": self._config(), "highlight": True}, self.workflow_id
            )
        except FlowdeskError as error:
            self._tell("fault", f"{tr(error.message)} {tr(error.fix)}")
        else:
            self._show(found)
        finally:
            self.test_button.setEnabled(True)

    def _show(self, found: dict[str, Any]) -> None:
        milliseconds = f"{found['ms']:.0f}"
        if found["found"]:
            spot = found["spots"][0]
            self._tell("good", tr(say(
                "Found at {x}, {y} in {ms} ms, score {score}, {count} in all.",
                x=spot["x"], y=spot["y"], ms=milliseconds, score=f"{spot['score']:.3f}", count=len(found["spots"]),
            )))  # fmt: skip
            return
        text = tr(say("Not found in {ms} ms. {reason}", ms=milliseconds, reason=found["reason"] or ""))
        if found["best_score"] is not None:
            text += " " + tr(say("The best hit scored {score}.", score=f"{found['best_score']:.3f}"))
        if found["candidates"]:
            text += "\n" + "\n".join(found["candidates"][:5])
        self._tell("fault", text)

    def _tell(self, name: str, text: str) -> None:
        self.result.setObjectName(name)
        self.result.setText(text)
        self.result.style().unpolish(self.result)
        self.result.style().polish(self.result)
        self.result.show()

    async def pick(self) -> None:
        """Take a point or a picture from the screen."""
        from flowdesk.ui.picking import pick_from_screen

        self.pick_button.setEnabled(False)
        try:
            picked = await pick_from_screen(self.window(), self.peer, self.workflow_id)
        except FlowdeskError as error:
            self._tell("fault", f"{tr(error.message)} {tr(error.fix)}")
            return
        finally:
            self.pick_button.setEnabled(True)
        if picked is not None:
            self.set_value(picked)
            self.edited.emit()
            self.left.emit()
