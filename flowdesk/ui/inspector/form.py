"""The form of one node: its fields in groups, with what is wrong beside each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec
from flowdesk.model.problem import Problem
from flowdesk.model.sentence import say
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.fields import ABSENT, Field
from flowdesk.ui.plain import PlainLabel, tip


def plain(text: str) -> str:
    """Return a text of a declaration in the language in force, without the marks of the reference pages."""
    translated = tr(text)
    return (translated if translated != text else tr(str(text).replace("`", ""))).replace("`", "")


GROUPS = {"target": "Search options", "more": "More", "options": "Execution and errors"}


class Row(QWidget):
    """A field with its title above and its fault below."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        """Put them together."""
        super().__init__(parent)
        self.field = field
        self.fault = PlainLabel(self)
        self.fault.setWordWrap(True)
        self.fault.hide()
        self.preview = PlainLabel(self)
        self.preview.setObjectName("preview")
        self.preview.setWordWrap(True)
        self.preview.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        self.help = PlainLabel(plain(field.spec.description), self)
        self.help.setObjectName("help")
        self.help.setWordWrap(True)
        self.help.hide()
        rows.addLayout(self._head(field))
        rows.addWidget(self.help)
        if field.spec.kind != "bool":
            rows.addWidget(field)
        rows.addWidget(self.fault)
        rows.addWidget(self.preview)
        self.setToolTip(tip(plain(field.spec.description)))

    def _head(self, field: Field) -> QHBoxLayout:
        """Return the title, or what stands for it, with a button that tells what the field means."""
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        if field.spec.kind == "bool":
            head.addWidget(field, 1)
        else:
            title = PlainLabel(tr(field.spec.title), self)
            title.setObjectName("dim")
            head.addWidget(title, 1)
        if field.spec.description:
            asking = QToolButton(self)
            asking.setObjectName("ask")
            asking.setIcon(icon("info", "edge_dead", 14))
            asking.setIconSize(QSize(14, 14))
            asking.setCheckable(True)
            asking.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            asking.setAccessibleName(tr(say("About {title}", title=tr(field.spec.title))))
            asking.toggled.connect(self.help.setVisible)
            head.addWidget(asking)
        return head

    def show_preview(self, told: Mapping[str, Any] | None) -> None:
        """Show what the field would be with the values of the last run, or why not; ``None`` for nothing."""
        shown = "" if told is None else str(told.get("shown", ""))
        if told is not None and "message" in told:
            shown = f"{tr(told['message'])} {plain(told['fix'])}".strip()
        elif told is not None:
            shown = f"= {shown}"
        self.preview.setText(shown)
        self._tell_references(told)
        self.preview.setVisible(bool(shown) and self.fault.isHidden())

    def _tell_references(self, told: Mapping[str, Any] | None) -> None:
        """Show what each reference stands for to whoever points at the field."""
        text = self.field.value()
        parts = (told or {}).get("references", ()) if isinstance(text, str) else ()
        lines = [f"{text[one['start'] : one['end']]} = {one.get('shown', tr(one.get('message', '')))}" for one in parts]
        for widget in self.field.findChildren(QWidget):
            if isinstance(widget, QLineEdit | QPlainTextEdit):
                widget.setToolTip(tip("\n".join(lines)))

    def show_fault(self, problem: Problem | None) -> None:
        """Show what is wrong with the field, or nothing."""
        self.field.set_faulty(problem is not None and problem.is_error)
        self.fault.setVisible(problem is not None)
        if problem is not None:
            self.fault.setObjectName("fault" if problem.is_error else "warning")
            self.fault.setText(f"{tr(problem.message)} {plain(problem.fix)}".strip())
            self.fault.style().unpolish(self.fault)
            self.fault.style().polish(self.fault)


class Group(QWidget):
    """Rows that fold away under a title."""

    def __init__(self, title: str, is_open: bool, parent: QWidget | None = None) -> None:
        """Make an empty group."""
        super().__init__(parent)
        self.head = QToolButton(self)
        self.head.setText(title)
        self.head.setCheckable(True)
        self.head.setChecked(is_open)
        self.head.setObjectName("group")
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.body = QWidget(self)
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(2, 4, 2, 4)
        self.rows.setSpacing(10)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self.body)
        self.head.toggled.connect(self._fold)
        self._fold(is_open)

    def _fold(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self.head.setIcon(icon("chevron-down" if is_open else "chevron-right", "text_dim", 14))


class Form(QWidget):
    """Shows the values of a config and tells of edits: ``edited(key, value or ABSENT)``."""

    edited = Signal(str, object)
    left = Signal()

    def __init__(
        self,
        specs: Iterable[FieldSpec],
        make: Callable[[FieldSpec], Field],
        defaults: Mapping[str, Any],
        open_groups: set[str],
        parent: QWidget | None = None,
    ) -> None:
        """Make the fields; ``open_groups`` remembers which groups are unfolded."""
        super().__init__(parent)
        self.defaults = defaults
        self.rows: dict[str, Row] = {}
        self._values: dict[str, Any] = {}
        self._groups: dict[str, Group] = {}
        self._is_filled = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        for spec in specs:
            row = Row(make(spec), self)
            self.rows[spec.key] = row
            if not spec.group:
                outer.addWidget(row)
                continue
            if spec.group not in self._groups:
                group = Group(tr(GROUPS.get(spec.group, spec.group)), spec.group in open_groups, self)
                group.head.toggled.connect(
                    lambda is_open, name=spec.group: open_groups.add(name) if is_open else open_groups.discard(name)
                )
                self._groups[spec.group] = group
                outer.addWidget(group)
            self._groups[spec.group].rows.addWidget(row)
        for key, row in self.rows.items():
            row.field.edited.connect(lambda key=key: self._edited(key))
            row.field.left.connect(self.left)

    def show_values(self, values: Mapping[str, Any], but: Iterable[str] = ()) -> None:
        """Show the values of a config, but leave fields alone whose edits are still on their way."""
        self._values = dict(values)
        for key, row in self.rows.items():
            wanted = values.get(key, ABSENT)
            if key not in but and (not self._is_filled or row.field.value() != wanted):
                row.field.set_value(wanted)
        self._is_filled = True
        self.follow()
        self._show_wanted()

    def follow(self) -> None:
        """Let fields show what depends on other settings, or on other nodes."""
        for row in self.rows.values():
            row.field.follow(self._values)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show what is wrong beside each field."""
        worst: dict[str, Problem] = {}
        for problem in problems:
            if problem.field:
                worst.setdefault(problem.field, problem)
        for key, row in self.rows.items():
            row.show_fault(worst.get(key))
            if key in worst and row.field.spec.group:
                self._groups[row.field.spec.group].head.setChecked(True)

    def show_previews(self, told: Mapping[str, Mapping[str, Any]]) -> None:
        """Show under each field what it would be."""
        for key, row in self.rows.items():
            row.show_preview(told.get(key))

    def value_of(self, key: str) -> Any:
        """Return what is entered for a key."""
        return self.rows[key].field.value()

    def entered(self) -> dict[str, Any]:
        """Return the config as it is entered now."""
        found = {key: row.field.value() for key, row in self.rows.items()}
        return {key: value for key, value in found.items() if value is not ABSENT}

    def _edited(self, key: str) -> None:
        value = self.rows[key].field.value()
        if value is ABSENT:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        self.follow()
        self._show_wanted()
        self.edited.emit(key, value)

    def _show_wanted(self) -> None:
        for key, row in self.rows.items():
            wanted = row.field.spec.is_wanted(self._values, self.defaults)
            row.setVisible(wanted or key in self._values)
        targets = [key for key, row in self.rows.items() if row.field.spec.kind == "target"]
        has_target = not targets or any(self._values.get(key) for key in targets)
        if "target" in self._groups:
            self._groups["target"].setVisible(has_target)
