"""What starts by itself on this machine: the flow in front with its switch, all that is armed, and what was due last."""

import contextlib
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.changes import SetFlow
from flowdesk.model.errors import ConsentNeeded, FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.plain import PlainLabel, PlainMessageBox
from flowdesk.ui.triggerform import TriggerForms, sentence

if TYPE_CHECKING:
    from flowdesk.ui.tab import FlowTab


class TriggersDialog(QDialog):
    """Shows what ``trigger.list`` and ``trigger.history`` told. What is switched is told by signals, and shown once it is so."""

    switched = Signal(bool)
    """The flow in front is to start by itself, or no more."""
    paused = Signal(bool)
    """All of them are to pause, or to go on."""

    def __init__(self, forms: TriggerForms | None = None, parent: QWidget | None = None) -> None:
        """Show nothing yet; ``forms`` are those of the flow in front."""
        super().__init__(parent)
        self.setObjectName("triggers")
        self.setWindowTitle(tr("Triggers"))
        self.own = PlainLabel("", self)
        self.own.setWordWrap(True)
        self.switch = QCheckBox(tr("Start this flow automatically"), self)
        self.pause = QCheckBox(tr("Pause all triggers"), self)
        self.watcher = PlainLabel("", self)
        self.watcher.setObjectName("dim")
        self.watcher.setWordWrap(True)
        self.armed, self.rows = self._list(tr("Starts automatically")), self._list(tr("History"))
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.clicked.connect(self.accept)
        self.switch.clicked.connect(self.switched)
        self.pause.clicked.connect(self.paused)
        buttons = QHBoxLayout()
        buttons.addWidget(self.pause)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 16, 18, 14)
        rows.setSpacing(10)
        self.forms = forms
        if forms is not None:
            rows.addWidget(forms, 3)
        for part in (self.own, self.switch, _heading(tr("Starts automatically"), self), self.armed, self.watcher):
            rows.addWidget(part)
        for part in (_heading(tr("History"), self), self.rows):
            rows.addWidget(part)
        rows.addLayout(buttons)
        self.resize(680, 720 if forms is not None else 480)

    def _list(self, name: str) -> QListWidget:
        made = QListWidget(self)
        made.setAccessibleName(name)
        made.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        made.setWordWrap(True)
        return made

    def show_state(self, told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Show what the session told."""
        own = told["flow"]
        self.own.setText(_own_text(own))
        self.own.setVisible(bool(self.own.text()))
        self.switch.setEnabled(bool(own and own["path"] and own["triggers"] and not _has_errors(own)))
        self.switch.setChecked(bool(own and own["armed"]))
        self.pause.setChecked(bool(told["paused"]))
        holder = told["holder"]
        self.watcher.setText(
            tr(
                say(
                    "flowdesk {process} ({pid}) is watching.",
                    process=holder.get("process", ""),
                    pid=holder.get("pid", ""),
                )
            )
            if holder
            else ""
        )
        self.armed.clear()
        for flow in told["armed"]:
            self.armed.addItem(_flow_text(flow))
        self.rows.clear()
        for row in rows:
            self.rows.addItem(_row_text(row))


class TriggersDesk(QObject):
    """Opens the dialog, keeps it as the session tells, and carries out what is switched and edited."""

    def __init__(self, peer: WindowPeer, tab: "FlowTab | None", parent: QWidget, shown: str = "") -> None:
        """Belong to a window, with the flow in front (``None`` for none) and the trigger that is shown first."""
        super().__init__(parent)
        self._peer, self._tab, self._first = peer, tab, shown
        self._workflow_id = tab.workflow_id if tab is not None else ""
        folder = Path(tab.path).parent if tab is not None and tab.path else None
        forms = TriggerForms(peer, self._workflow_id, folder) if tab is not None else None
        self.dialog = TriggersDialog(forms, parent)
        self.question: PlainMessageBox | None = None
        self.dialog.switched.connect(self._switch)
        self.dialog.paused.connect(lambda on: self._spawn(self._ask("trigger.pause", {"paused": on})))
        self.dialog.finished.connect(self.deleteLater)
        if forms is not None:
            forms.edited.connect(self._edit)
            forms.tested.connect(lambda name: self._spawn(self._ask("trigger.test", {"trigger": name})))
        peer.message.connect(self._hear)
        self._spawn(self.refresh())
        self.dialog.open()

    def _edit(self, entries: list[dict[str, Any]], label: str, gesture: str) -> None:
        """Let the flow hold these triggers."""
        assert self._tab is not None
        change = SetFlow(path=("triggers",), value=entries) if entries else SetFlow(path=("triggers",), remove=True)
        self._tab.edit([change], tr(label), gesture)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        spawn(work, "window triggers")

    def _hear(self, message: Mapping[str, Any]) -> None:
        is_own = bool(self._workflow_id) and message.get("workflow_id") == self._workflow_id
        if message["type"] == "trigger.changed" or (is_own and message["type"] in {"flow.changed", "flow.saved"}):
            self._spawn(self.refresh())

    async def refresh(self) -> None:
        """Ask how it is, and show it."""
        told = await self._peer.request("trigger.list", {}, self._workflow_id)
        history = await self._peer.request("trigger.history", {"limit": 100})
        with contextlib.suppress(RuntimeError):  # the dialog was closed meanwhile
            self.dialog.show_state(told, history["rows"])
            if self.dialog.forms is not None and self._tab is not None:
                held = self._tab.scene.draft.fields.get("triggers")
                self.dialog.forms.show_triggers(held if isinstance(held, list) else [], told["flow"])
                if self._first:
                    self.dialog.forms.choose(self._first)
                    self._first = ""

    def _switch(self, is_on: bool) -> None:
        self._spawn(self._arm() if is_on else self._ask("trigger.disable", {}))

    async def _arm(self) -> None:
        """Let the flow start by itself; what does is the file, so edits are saved first."""
        if self._tab is not None and self._tab.is_modified and self._tab.path:
            try:
                await self._peer.request("flow.save", {}, self._workflow_id)
            except FlowdeskError as error:
                self._peer.failed.emit(error)
                await self.refresh()
                return
        await self._ask("trigger.enable", {})

    async def _ask(self, kind: str, payload: Mapping[str, Any]) -> None:
        workflow_id = "" if kind == "trigger.pause" else self._workflow_id
        try:
            await self._peer.request(kind, payload, workflow_id)
        except ConsentNeeded as error:
            self._consent(error)
        except FlowdeskError as error:
            self._peer.failed.emit(error)
        await self.refresh()

    def _consent(self, error: ConsentNeeded) -> None:
        """Show what would be allowed, and send it again where a person says yes."""
        box = self.question = PlainMessageBox(self.dialog)
        box.setObjectName("triggers_consent")
        box.setWindowTitle(tr("Triggers"))
        box.setText(tr(error.message))
        lines = [f"{trigger['id']}: {tr(trigger['sentence'])}" for trigger in error.details["triggers"]]
        lines += ["", tr("It may do this without asking again:")] if error.details["doings"] else []
        lines += [f"{doing['label']}: {doing['detail']}" for doing in error.details["doings"]]
        box.setInformativeText("\n".join(lines))
        allow = box.addButton(tr("Allow"), PlainMessageBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), PlainMessageBox.ButtonRole.RejectRole)
        digest = error.details["digest"]
        allow.clicked.connect(lambda: self._spawn(self._ask("trigger.enable", {"digest": digest})))
        box.finished.connect(box.deleteLater)
        box.open()


def _heading(text: str, parent: QWidget) -> PlainLabel:
    label = PlainLabel(text, parent)
    label.setObjectName("heading")
    return label


def _has_errors(own: Mapping[str, Any]) -> bool:
    return any(problem["level"] == "error" for problem in own["problems"])


def _own_text(own: Mapping[str, Any] | None) -> str:
    if own is None:
        return tr("No flow is open.")
    if not own["triggers"] and not own["problems"]:
        return tr("Nothing starts this flow by itself yet. Add a trigger.")
    return "" if own["path"] else tr("Save the flow first.")


def _trigger_text(trigger: Mapping[str, Any]) -> str:
    line = f"{trigger['id']}: {tr(sentence(trigger['phrase']))}"
    if trigger["disabled"]:
        return f"{line} ({tr(say('switched off'))})"
    return f"{line}  ·  {_when(trigger['next'][0])}" if trigger["next"] else line


def _flow_text(flow: Mapping[str, Any]) -> str:
    lines = [str(flow["flow"]), *(f"    {_trigger_text(trigger)}" for trigger in flow["triggers"])]
    lines += [f"    {tr(trigger['fault'])}" for trigger in flow["triggers"] if trigger.get("fault")]
    if flow["note"]:
        lines.append(f"    {tr(sentence(flow['phrase']))}")
    return "\n".join(lines)


OUTCOMES = {
    "ran": say("ran"), "missed": say("missed"), "overlap": say("skipped: it was running"), "paused": say("skipped: paused"),
    "locked": say("skipped: no desktop"), "interrupted": say("interrupted"), "waiting": say("waiting"),
}  # fmt: skip


def _row_text(row: Mapping[str, Any]) -> str:
    what = tr(OUTCOMES.get(row["outcome"], say(row["outcome"])))
    return f"{_when(row['due'])}  {row['flow']} / {row['trigger']}  {what}  {tr(sentence(row['phrase']))}".rstrip()


def _when(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")
