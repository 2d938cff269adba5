"""The triggers of the flow in front: a form each, drawn from their declarations; a new one; tried now; removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec, defaults_of
from flowdesk.model.problem import Problem
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.trigger import BY_KIND, TRIGGERS, Trigger, form_fields, new_trigger
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.fields import ABSENT, Field
from flowdesk.ui.inspector.form import Form, plain
from flowdesk.ui.inspector.keysfield import KeysField
from flowdesk.ui.inspector.kinds import KINDS
from flowdesk.ui.inspector.pathfield import PathField
from flowdesk.ui.inspector.target import TargetField
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.plain import PlainLabel, tip

Entry = dict[str, Any]


class TriggerForms(QWidget):
    """Shows the triggers of one flow; what is edited is told as the whole list."""

    edited = Signal(object, str, str)
    """The triggers as the flow is to hold them, what the step is called, and what it is undone together with."""
    tested = Signal(str)
    """Id of a trigger as which the flow is to run now."""

    def __init__(self, peer: WindowPeer, workflow_id: str, folder: Path | None, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self._peer, self._workflow_id, self._folder = peer, workflow_id, folder
        self.entries: list[Entry] = []
        self._told: dict[str, Mapping[str, Any]] = {}
        self._problems: Sequence[Mapping[str, Any]] = ()
        self._shown: tuple[str, ...] = ()
        self._open_groups: set[str] = set()
        self.form: Form | None = None
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(tr("Triggers of this flow"))
        self.add = QPushButton(icon("plus"), tr("Add a trigger"), self)
        self.test = QPushButton(icon("play"), tr("Test now"), self)
        self.remove = QPushButton(icon("trash-2"), tr("Remove"), self)
        self.way = QComboBox(self)
        self.way.setAccessibleName(tr("When"))
        self.next = PlainLabel("", self)
        self.next.setObjectName("dim")
        self.next.setWordWrap(True)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setMinimumHeight(220)
        self._set_up()

    def _set_up(self) -> None:
        menu = QMenu(self)
        for kind in TRIGGERS:
            action = menu.addAction(icon(kind.icon), tr(kind.title))
            action.setToolTip(tip(plain((kind.__doc__ or "").split("\n", 1)[0])))
            action.triggered.connect(lambda _=False, kind=kind: self.begin(kind))
        self.add.setMenu(menu)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.choice, 1)
        head.addWidget(self.add)
        foot.addWidget(self.test)
        foot.addWidget(self.remove)
        foot.addStretch()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(head)
        for part in (self.way, self._area, self.next):
            rows.addWidget(part)
        rows.addLayout(foot)
        self.choice.activated.connect(lambda _: self._build())
        self.way.activated.connect(lambda _: self._turn(self.way.currentData()))
        self.test.clicked.connect(lambda: self.tested.emit(str(self.entry.get("id", ""))))
        self.remove.clicked.connect(self._remove)

    @property
    def entry(self) -> Entry:
        """The trigger that is shown, empty for none."""
        at = self.choice.currentIndex()
        return self.entries[at] if 0 <= at < len(self.entries) else {}

    @property
    def kind(self) -> type[Trigger] | None:
        """The type of the trigger that is shown."""
        return BY_KIND.get(str(self.entry.get("type")))

    def show_triggers(self, entries: Sequence[Any], own: Mapping[str, Any] | None) -> None:
        """Show the triggers as the flow holds them, and what the session told of them."""
        self.entries = [dict(entry) for entry in entries if isinstance(entry, Mapping)]
        self._told = {told["id"]: told for told in own["triggers"]} if own else {}
        self._problems = own["problems"] if own else ()
        at = self.choice.currentIndex()
        self.choice.clear()
        for entry in self.entries:
            kind, told = BY_KIND.get(str(entry.get("type"))), self._told.get(str(entry.get("id")))
            words = tr(sentence(told["phrase"])) if told else str(entry.get("id", ""))
            self.choice.addItem(icon(kind.icon if kind else "zap"), words)
        self.choice.setCurrentIndex(min(max(at, 0), len(self.entries) - 1))
        self._build()

    def choose(self, trigger_id: str) -> None:
        """Show a trigger by its id."""
        for at, entry in enumerate(self.entries):
            if entry.get("id") == trigger_id:
                self.choice.setCurrentIndex(at)
                self._build()

    def begin(self, kind: type[Trigger]) -> None:
        """Add a trigger of a type."""
        made = new_trigger(kind, [str(entry.get("id")) for entry in self.entries])
        self.entries.append(made)
        self.choice.addItem(icon(kind.icon), str(made["id"]))
        self.choice.setCurrentIndex(len(self.entries) - 1)
        self._build()
        self.edited.emit(self.entries, say("Add a trigger"), "")

    def _remove(self) -> None:
        at = self.choice.currentIndex()
        del self.entries[at]
        self.choice.removeItem(at)
        self._build()
        self.edited.emit(self.entries, say("Remove a trigger"), "")

    def _turn(self, way: str) -> None:
        """Give another of the fields of which exactly one is given."""
        entry, kind = self.entry, self.kind
        if kind is None:  # the trigger that it belongs to is only about to be shown
            return
        for key in kind.alternatives:
            entry.pop(key, None)
        entry[way] = kind.alternatives[way]
        self._build()
        self._tell()

    def _change(self, key: str, value: Any) -> None:
        if value is ABSENT:
            self.entry.pop(key, None)
        else:
            self.entry[key] = value
        self._tell()

    def _tell(self) -> None:
        self.edited.emit(self.entries, say("Change a trigger"), f"trigger {self.choice.currentIndex()}")

    def _build(self) -> None:
        """Show the form of the chosen trigger; one that is shown already only takes its values."""
        entry, kind = self.entry, self.kind
        has = kind is not None
        for part in (self.choice, self._area, self.test, self.remove):
            part.setVisible(has)
        told = self._told.get(str(entry.get("id")))
        self.test.setEnabled(told is not None)
        times = [_when(time) for time in (told["next"] if told else ())[:5]]
        self.next.setText(f"{tr('Next times')}: {'  ·  '.join(times)}" if times else "")
        self.next.setVisible(bool(times))
        if kind is None:
            self.way.hide()
            return
        way = self._show_ways(kind, entry)
        specs = [spec for spec in form_fields(kind) if spec.key not in kind.alternatives or spec.key == way]
        shown = (str(self.choice.currentIndex()), kind.kind, way)
        if self.form is None or shown != self._shown:
            self._shown = shown
            self.form = Form(specs, self._make, defaults_of(kind), self._open_groups)
            self.form.edited.connect(self._change)
            self._area.setWidget(self.form)
        self.form.show_values(entry)
        start = f"triggers[{self.choice.currentIndex()}]."
        mine = [problem for problem in self._problems if str(problem.get("field") or "").startswith(start)]
        self.form.show_problems([Problem(**{**one, "field": one["field"].removeprefix(start)}) for one in mine])

    def _show_ways(self, kind: type[Trigger], entry: Entry) -> str:
        self.way.clear()
        titles = {spec.key: spec.title for spec in form_fields(kind)}
        for key in kind.alternatives:
            self.way.addItem(tr(titles[key]), key)
        way = next((key for key in kind.alternatives if entry.get(key) is not None), next(iter(kind.alternatives), ""))
        self.way.setCurrentIndex(self.way.findData(way))
        self.way.setVisible(bool(kind.alternatives))
        return way

    def _make(self, spec: FieldSpec) -> Field:
        if spec.kind == "target":
            return TargetField(spec, self._peer, self._workflow_id, lambda: dict(self.entry))
        if spec.kind == "path":
            return PathField(spec, self._folder)
        return KeysField(spec) if spec.kind == "keys" else KINDS[spec.kind](spec)


def _when(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")


def sentence(told: Any) -> str:
    """Return a sentence that the session took apart, to be translated."""
    if not isinstance(told, Mapping):
        return str(told)
    return Sentence(told["key"], **{name: sentence(value) for name, value in told["values"].items()})
