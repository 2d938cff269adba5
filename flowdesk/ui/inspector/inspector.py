"""The inspector: the form of the selected node, or the flow's own settings when none is selected."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.model.changes import AnyChange, SetFlow, SetNode
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.ui.icons import category_icon
from flowdesk.ui.inspector.fields import ABSENT, Field
from flowdesk.ui.inspector.form import Form, plain
from flowdesk.ui.inspector.keysfield import KeysField
from flowdesk.ui.inspector.kinds import KINDS
from flowdesk.ui.inspector.pathfield import PathField
from flowdesk.ui.inspector.references import ReferenceCompleter, references
from flowdesk.ui.inspector.spec import COMMON, FieldSpec, fields_of, pairs_columns
from flowdesk.ui.inspector.tables import PairsField, TableField
from flowdesk.ui.inspector.target import ShowSpot, TargetField
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.tab import FlowTab

PAUSE_MS = 300
"""Typing that rests so long is sent."""
LABEL = "\0label"
"""Stands for the label among the keys of a config."""
LABEL_FIELD = FieldSpec(LABEL, "Name", "What the node is called on the canvas.", "text")
FLOW_FIELDS = (
    FieldSpec("name", "Name of the flow", "What the flow is called.", "text"),
    FieldSpec("description", "Description", "What the flow is for.", "multiline"),
    FieldSpec(
        "variables", "Variables", "Names and values; {{name}} reads one.", "pairs", default={},
        columns=pairs_columns("value"),
    ),
)  # fmt: skip


class Inspector(QScrollArea):
    """Edits go out as changes of the document, gathered while a person types."""

    def __init__(self, catalogue: Catalogue, peer: WindowPeer, parent: QWidget | None = None) -> None:
        """Show nothing."""
        super().__init__(parent)
        self.catalogue = catalogue
        self.peer = peer
        self.tab: FlowTab | None = None
        self.node_id: str | None = None
        self.form: Form | None = None
        self.show_spot: ShowSpot | None = None
        """Rings a box of the desktop."""
        self._shown_type = ""
        self._ids: list[str] = []
        self._waiting: dict[str, Any] = {}
        self._gesture = ""
        self._open_groups: set[str] = set()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.send)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(280)

    # what is shown

    def show_tab(self, tab: FlowTab | None) -> None:
        """Show what is selected in another flow."""
        if self.tab is not None:
            self.tab.changed.disconnect(self._show_problems)
        self.tab = tab
        if tab is not None:
            tab.changed.connect(self._show_problems)
        self.node_id, self._ids = None, tab.scene.selected_ids() if tab is not None else []
        self._build()

    def show_nodes(self, ids: Sequence[str]) -> None:
        """Show the form of a node; of several only how many there are, of none the flow's."""
        if list(ids) == self._ids and self.form is not None:
            return
        self.flush()
        self._ids = list(ids)
        self._build()

    def retranslate(self) -> None:
        """Make the form anew in the language in force."""
        self.flush()
        self.setAccessibleName(tr("Settings"))
        self._build()

    def focus_first(self) -> None:
        """Go to the first field that matters."""
        for key, row in (self.form.rows if self.form else {}).items():
            if key != LABEL and row.isVisibleTo(self):
                child = row.field.findChild(QWidget)
                if child is not None:
                    child.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def take_changes(self, payload: dict[str, Any]) -> None:
        """Show what a change, whoever made it, did to the values."""
        if self.tab is None or self.form is None:
            return
        nodes = self.tab.scene.draft.nodes
        is_gone = self.node_id is not None and (
            self.node_id not in nodes or nodes[self.node_id].type != self._shown_type
        )
        if is_gone or not nodes.keys() >= set(self._ids):
            self._ids = [node_id for node_id in self._ids if node_id in nodes]
            self._build()
            return
        touched = {change.get("id") for change in payload["changes"]}
        if self.node_id is None or self.node_id in touched or (self._is_many and touched & set(self._ids)):
            self.form.show_values(self._values(), but=self._waiting)
        self._show_problems()

    # edits

    def flush(self) -> None:
        """Send what was typed and let the next edit be a step of undo of its own."""
        self.send()
        self._gesture = ""

    def send(self) -> None:
        """Send what was typed."""
        self._pause.stop()
        waiting, self._waiting = self._waiting, {}
        if not waiting or self.tab is None:
            return
        self._gesture = self._gesture or uuid.uuid4().hex
        nodes = [node_id for node_id in self._targets if node_id in self.tab.scene.draft.nodes]
        changes: list[AnyChange] = []
        for key, value in waiting.items():
            gone = value is ABSENT
            if not self._targets:
                changes.append(SetFlow(path=(key,), value=_empty(key) if gone else value))
            for node_id in nodes:
                path = ("data", "label") if key == LABEL else ("data", "config", key)
                if key == LABEL:
                    changes.append(SetNode(id=node_id, path=path, value="" if gone else value))
                elif not gone or key in self.tab.scene.draft.nodes[node_id].config:
                    changes.append(SetNode(id=node_id, path=path, value=None if gone else value, remove=gone))
        if changes:
            name = ", ".join(map(self.tab.label_of, nodes[:3])) or self.tab.name
            self.tab.edit(changes, tr(say("Edit {name}", name=name)), self._gesture)

    @property
    def _is_many(self) -> bool:
        return len(self._ids) > 1

    @property
    def _targets(self) -> list[str]:
        """The nodes that an edit is for; none where it is for the flow."""
        return self._ids if self._is_many else [self.node_id] if self.node_id is not None else []

    def _edited(self, key: str, value: Any) -> None:
        if self.node_id is None and key == "variables" and value is not ABSENT and not isinstance(value, dict):
            return
        self._waiting[key] = value
        self._pause.start()

    # building

    def _build(self) -> None:
        self._waiting.clear()
        self.node_id, self.form, self._shown_type = None, None, ""
        body = QWidget()
        body.setObjectName("panel")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(12, 8, 12, 12)
        rows.setSpacing(10)
        if self.tab is not None and self._is_many:
            self._build_many(rows)
        elif self.tab is not None and self._ids and self._ids[0] in self.tab.scene.draft.nodes:
            self._build_node(self._ids[0], rows)
        elif self.tab is not None:
            self._build_flow(rows)
        rows.addStretch()
        self.setWidget(body)
        self._show_problems()

    def _build_node(self, node_id: str, rows: QVBoxLayout) -> None:
        assert self.tab is not None
        node = self.tab.scene.draft.nodes[node_id]
        self.node_id, self._shown_type = node_id, node.type
        node_type = self.catalogue.get(node.type)
        if node_type is None:
            rows.addWidget(_dim(tr(say('There is no node type "{type}".', type=node.type))))
            return
        head = QHBoxLayout()
        picture = QLabel()
        picture.setPixmap(category_icon(node_type.icon, node_type.category, 20).pixmap(20, 20))
        title = QLabel(tr(node_type.title))
        title.setObjectName("heading")
        head.addWidget(picture)
        head.addWidget(title, 1)
        rows.addLayout(head)
        rows.addWidget(_dim(plain(node_type.first_line)))
        specs = (LABEL_FIELD, *fields_of(node_type))
        self._show_form(Form(specs, self._make, node_type.describe()["defaults"], self._open_groups), rows)

    def _build_many(self, rows: QVBoxLayout) -> None:
        """Show what several nodes have in common: the form of their type, else what every node may have."""
        assert self.tab is not None
        title = QLabel(tr(say("{count} nodes selected", count=len(self._ids))))
        title.setObjectName("heading")
        rows.addWidget(title)
        rows.addWidget(_dim(tr("A change here is made in all of them. What differs shows empty.")))
        nodes = self.tab.scene.draft.nodes
        types = {nodes[node_id].type for node_id in self._ids if node_id in nodes}
        node_type = self.catalogue.get(next(iter(types))) if len(types) == 1 else None
        own = fields_of(node_type) if node_type is not None else COMMON
        specs = [spec if node_type is not None else replace(spec, group="") for spec in own if spec.kind != "target"]
        defaults = node_type.describe()["defaults"] if node_type is not None else {}
        self._show_form(Form(specs, self._make, defaults, self._open_groups), rows)

    def _build_flow(self, rows: QVBoxLayout) -> None:
        title = QLabel(tr("Flow"))
        title.setObjectName("heading")
        rows.addWidget(title)
        rows.addWidget(_dim(tr("Select a node to see its settings.")))
        self._show_form(Form(FLOW_FIELDS, self._make, {}, self._open_groups), rows)

    def _show_form(self, form: Form, rows: QVBoxLayout) -> None:
        self.form = form
        form.show_values(self._values())
        form.edited.connect(self._edited)
        form.left.connect(self.flush)
        rows.addWidget(form)

    def _make(self, spec: FieldSpec) -> Field:
        field = self._field(spec)
        if self._targets and spec.key != LABEL:
            for line in field.findChildren(QLineEdit):
                ReferenceCompleter(line, self._references)
            if isinstance(field, TableField):
                field.offer(self._references)
            for box in field.findChildren(QPlainTextEdit):
                ReferenceCompleter(box, self._references)
        return field

    def _field(self, spec: FieldSpec) -> Field:
        assert self.tab is not None
        if spec.kind == "target":
            return TargetField(
                spec, self.peer, self.tab.workflow_id, lambda: self._target_config(spec.key), self.show_spot
            )
        if spec.kind in {"table", "pairs"}:
            return TableField(spec) if spec.kind == "table" else PairsField(spec)
        if spec.kind == "path":
            return PathField(spec, Path(self.tab.path).parent if self.tab.path else None)
        return KeysField(spec) if spec.kind == "keys" else KINDS[spec.kind](spec)

    def _references(self) -> list[str]:
        assert self.tab is not None
        draft = self.tab.scene.draft
        variables = draft.fields.get("variables") or {}
        return references(draft.nodes, draft.edges, variables, self.catalogue, self.node_id)

    def _entered(self) -> dict[str, Any]:
        entered = self.form.entered() if self.form is not None else {}
        entered.pop(LABEL, None)
        return json.loads(json.dumps(entered))  # type: ignore[no-any-return]

    def _target_config(self, key: str) -> dict[str, Any]:
        """Return what a look for the target of a field needs: a second target is looked for like the first."""
        entered = self._entered()
        entered["selector"] = entered.get(key)
        return entered

    def _values(self) -> dict[str, Any]:
        assert self.tab is not None
        if self._is_many:
            nodes = self.tab.scene.draft.nodes
            configs = [nodes[node_id].config for node_id in self._ids if node_id in nodes]
            first = configs[0] if configs else {}
            return {key: one for key, one in first.items() if all(config.get(key, ABSENT) == one for config in configs)}
        if self.node_id is None:
            return {key: value for key, value in self.tab.scene.draft.fields.items() if value not in ("", {}, None)}
        node = self.tab.scene.draft.nodes[self.node_id]
        return {**node.config, **({LABEL: node.data.label} if node.data.label else {})}

    def _show_problems(self) -> None:
        if self.form is not None and self.tab is not None and self.node_id is not None:
            self.form.show_problems(problem for problem in self.tab.problems if problem.node_id == self.node_id)


def _empty(key: str) -> Any:
    return {} if key == "variables" else ""


def _dim(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label
