"""The inspector: the form of the selected node, or the flow's own settings when none is selected."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
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
from flowdesk.model.changes import AnyChange, RenameNode, SetFlow, SetNode
from flowdesk.model.config import known_keys
from flowdesk.model.fields import FieldSpec, common_fields, pairs_columns
from flowdesk.model.functions import function_names, parameters_named
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.offering import references
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ChangedEvent
from flowdesk.ui.actionbutton import ActionButton
from flowdesk.ui.icons import category_icon
from flowdesk.ui.inspector.fields import ABSENT, Field
from flowdesk.ui.inspector.form import Form, plain
from flowdesk.ui.inspector.functionfield import FunctionField, InputsField
from flowdesk.ui.inspector.keysfield import KeysField
from flowdesk.ui.inspector.kinds import KINDS
from flowdesk.ui.inspector.lastvalues import LastValues
from flowdesk.ui.inspector.pathfield import PathField
from flowdesk.ui.inspector.references import Offer, ReferenceCompleter
from flowdesk.ui.inspector.tables import PairsField, TableField
from flowdesk.ui.inspector.target import ShowSpot, TargetField
from flowdesk.ui.panels.place import Place
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.tab import FlowTab

PAUSE_MS = 300
"""Typing that rests so long is sent."""
LABEL = "\0label"
"""Stands for the label among the keys of a config."""
LABEL_FIELD = FieldSpec(LABEL, "Name", "Name of the node on the canvas.", "text")
ID = "\0id"
"""Stands for the id among the keys of a config."""
ID_FIELD = FieldSpec(
    ID, "ID", "References use this ID: {{id.field}}. Renaming it updates all references.", "text", group="more"
)
FLOW_FIELDS = (
    FieldSpec("name", "Name of the flow", "Name of the flow.", "text"),
    FieldSpec("description", "Description", "Purpose of the flow.", "multiline"),
    FieldSpec(
        "variables", "Variables", "Names and initial values; {{name}} inserts a value.", "pairs", default={},
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
        self._new_id: str | None = None
        self._id_base = 0
        """The revision that was shown when a new id was begun: somebody else may rename the node meanwhile."""
        self._base = 0
        """The revision that was shown when what waits was begun."""
        self._open_groups: set[str] = set()
        self.last_values = LastValues(peer, catalogue.functions, self._open_groups, self)
        self.beside: QAction | None = None
        """Shows what the node was given and what came of it, or hides it."""
        self.guide: QAction | None = None
        """Opens the user guide where it tells about the node."""
        self._last_run: tuple[str | None, bool] = (None, False)
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

    def take_changes(self, payload: ChangedEvent) -> None:
        """Show what a change, whoever made it, did to the values."""
        if self.tab is None or self.form is None:
            return
        nodes = self.tab.scene.draft.nodes
        self._follow_renames(payload["changes"])
        is_gone = self.node_id is not None and (
            self.node_id not in nodes or nodes[self.node_id].type != self._shown_type
        )
        if is_gone or not nodes.keys() >= set(self._ids):
            self._ids = [node_id for node_id in self._ids if node_id in nodes]
            self._build()
            return
        touched = {change.get(key) for change in payload["changes"] for key in ("id", "to")}
        if self.node_id is None or self.node_id in touched or (self._is_many and touched & set(self._ids)):
            self.form.show_values(self._values(), but=self._typed)
        else:
            self.form.follow()
        self._show_problems()

    def _follow_renames(self, changes: Sequence[dict[str, Any]]) -> None:
        """Go on with a node under its new id: what is typed into its form stays."""
        for change in changes:
            if change.get("op") == "renameNode":
                old, new = change["id"], change["to"]
                self._ids = [new if node_id == old else node_id for node_id in self._ids]
                self.node_id = new if self.node_id == old else self.node_id

    def refresh(self) -> None:
        """Show the values as they are: an edit of them was refused."""
        if self.tab is not None and self.form is not None:
            self.form.show_values(self._values(), but=self._typed)

    # edits

    @property
    def _typed(self) -> set[str]:
        """The fields that hold what is typed and not sent: nobody's change takes it away."""
        return {*self._waiting, *((ID,) if self._new_id is not None else ())}

    def flush(self) -> None:
        """Send what was typed and let the next edit be a step of undo of its own."""
        self.send()
        self._gesture = ""
        self._rename()
        if self.tab is not None:
            self.tab.end_typing()

    def _rename(self) -> None:
        """Ask for the id that was typed, once it is whole; every reference follows."""
        wanted, self._new_id = self._new_id, None
        if wanted is None or self.tab is None or self.node_id is None:
            return
        if wanted and wanted != self.node_id:
            name = self.tab.label_of(self.node_id)
            change = RenameNode(id=self.node_id, to=wanted)
            self.tab.edit([change], tr(say("Rename {name}", name=name)), base=self._id_base)
        if self.form is not None:
            self.form.rows[ID].field.set_value(self.node_id)  # it shows the new one when it has it

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
            self.tab.edit(changes, tr(say("Edit {name}", name=name)), self._gesture, self._base)

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
        if key == ID:
            if self._new_id is None and self.tab is not None:
                self._id_base = self.tab.revision
            self._new_id = "" if value is ABSENT else str(value).strip()
            return
        if not self._waiting and self.tab is not None:
            self._base = self.tab.revision
        if self.tab is not None and self.node_id is not None:
            self.tab.begin_typing(self.node_id, key)
        self._waiting[key] = value
        self._pause.start()

    # building

    def _build(self) -> None:
        self._waiting.clear()
        self._new_id = None
        self.last_values.leave()
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
            rows.addWidget(_dim(tr(say('Unknown node type "{type}".', type=node.type))))
            return
        head = QHBoxLayout()
        picture = PlainLabel()
        picture.setPixmap(category_icon(node_type.icon, node_type.category, 20).pixmap(20, 20))
        title = PlainLabel(tr(node_type.title))
        title.setObjectName("heading")
        head.addWidget(picture)
        head.addWidget(title, 1)
        for action in (self.guide, self.beside):
            if action is not None:
                head.addWidget(ActionButton(action))
        rows.addLayout(head)
        rows.addWidget(_dim(plain(node_type.first_line)))
        for line in node_type.package.told(node_type.uses) if node_type.package is not None else ():
            rows.addWidget(_dim(tr(line)))
        specs = (LABEL_FIELD, *node_type.fields, ID_FIELD)
        form = Form(specs, self._make, node_type.describe()["defaults"], self._open_groups)
        self._show_form(form, rows)
        self.last_values.show(self.tab.workflow_id, node_id, form, self._entered, rows)

    def _build_many(self, rows: QVBoxLayout) -> None:
        """Show what several nodes have in common: the form of their type, else what every node may have."""
        assert self.tab is not None
        title = PlainLabel(tr(say("{count} nodes selected", count=len(self._ids))))
        title.setObjectName("heading")
        rows.addWidget(title)
        rows.addWidget(_dim(tr("Changes apply to all selected nodes. Fields with different values are empty.")))
        nodes = self.tab.scene.draft.nodes
        types = {nodes[node_id].type for node_id in self._ids if node_id in nodes}
        node_type = self.catalogue.get(next(iter(types))) if len(types) == 1 else None
        own = node_type.fields if node_type is not None else common_fields()
        specs = [spec if node_type is not None else replace(spec, group="") for spec in own if spec.kind != "target"]
        defaults = node_type.describe()["defaults"] if node_type is not None else {}
        self._show_form(Form(specs, self._make, defaults, self._open_groups), rows)

    def _build_flow(self, rows: QVBoxLayout) -> None:
        title = PlainLabel(tr("Flow"))
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
        if self._targets and spec.key not in (LABEL, ID):
            editors: list[QLineEdit | QPlainTextEdit] = [*field.findChildren(QLineEdit)]
            for editor in [*editors, *field.findChildren(QPlainTextEdit)]:
                self._watch(editor)
            if isinstance(field, TableField):
                field.offer(self._references, self.last_values.enter)
        return field

    def _watch(self, editor: QLineEdit | QPlainTextEdit) -> None:
        self.last_values.watch(ReferenceCompleter(editor, self._references))

    def _field(self, spec: FieldSpec) -> Field:
        assert self.tab is not None
        if spec.kind == "target":
            field = TargetField(
                spec, self.peer, self.tab.workflow_id, lambda: self._target_config(spec.key), self.show_spot
            )
            node_type = self.catalogue.get(self._shown_type)
            field.is_main = node_type is None or node_type.main_target == spec.key
            field.offered.connect(self._become)
            return field
        if spec.kind in {"table", "pairs"}:
            return TableField(spec) if spec.kind == "table" else PairsField(spec)
        if spec.kind == "function":
            return FunctionField(spec, self._functions)
        if spec.kind == "inputs":
            return InputsField(spec, self._parameters, self._watch)
        if spec.kind == "path":
            return PathField(spec, Path(self.tab.path).parent if self.tab.path else None)
        return KeysField(spec) if spec.kind == "keys" else KINDS[spec.kind](spec)

    def _functions(self) -> list[str]:
        return function_names(self.tab.scene.draft.nodes.values()) if self.tab is not None else []

    def _parameters(self, name: Any) -> Mapping[str, Any] | None:
        return parameters_named(self.tab.scene.draft.nodes.values(), name) if self.tab is not None else None

    def _become(self, step: dict[str, Any]) -> None:
        """Make the node another one, which says better what was picked; its target and what every node may have stay."""
        node = self.tab.scene.draft.nodes.get(self.node_id) if self.tab is not None and self.node_id else None
        node_type = self.catalogue.get(step["type"])
        if node is not None and step["type"] == "input":
            if node.type == "input":
                self._complete(node.config, step["config"])
            return
        if self.tab is None or node is None or node_type is None or node.type == step["type"]:
            return
        self.flush()
        node = self.tab.scene.draft.nodes[node.id]
        kept = known_keys(node_type.config) | {spec.key for spec in common_fields()}
        config = {key: value for key, value in node.config.items() if key in kept} | step["config"]
        changes = [
            SetNode(id=node.id, path=("type",), value=step["type"]),
            SetNode(id=node.id, path=("data", "config"), value=config),
        ]
        self.tab.edit(changes, tr(say("Convert to a “{title}” node", title=tr(node_type.title))))

    def _complete(self, known: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        """Set what goes with a target that was picked, in the same edit; what somebody set already stays."""
        for key, value in settings.items():
            if key not in known and self.form is not None and key in self.form.rows:
                self.form.rows[key].field.set_value(value)
                self._edited(key, value)

    def _references(self) -> Sequence[str | Offer]:
        """What the session told, else what the flow itself shows."""
        offers = self.last_values.offers()
        if not all(offer.is_function for offer in offers):
            return offers
        assert self.tab is not None
        draft = self.tab.scene.draft
        variables = draft.fields.get("variables") or {}
        return [*references(draft.nodes, draft.edges, variables, self.catalogue, self.node_id), *offers]

    def _entered(self) -> dict[str, Any]:
        entered = self.form.entered() if self.form is not None else {}
        for key in (LABEL, ID):
            entered.pop(key, None)
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
        return {**node.config, ID: node.id, **({LABEL: node.data.label} if node.data.label else {})}

    def _show_problems(self) -> None:
        run = (self.tab.run_id, self.tab.is_running) if self.tab is not None else (None, False)
        if run != self._last_run and not run[1]:
            self.last_values.refresh()
        self._last_run = run
        if self.form is not None and self.tab is not None and self.node_id is not None:
            self.form.show_problems(problem for problem in self.tab.held_problems() if problem.node_id == self.node_id)


def _empty(key: str) -> Any:
    return {} if key == "variables" else ""


def _dim(text: str) -> QLabel:
    label = PlainLabel(text)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label


PLACE: Place = Place(
    "inspector", "Settings", "right", lambda around: Inspector(around.catalogue, around.peer, around.window)
)
