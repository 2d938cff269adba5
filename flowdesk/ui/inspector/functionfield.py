"""The fields for a function of the flow: a list of those that there are, and a field for each parameter of the chosen one."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec
from flowdesk.model.functions import FUNCTION, is_needed
from flowdesk.ui.inspector.fields import ABSENT, ChoiceField, Field
from flowdesk.ui.inspector.valuefields import ValueField
from flowdesk.ui.plain import PlainLabel


class FunctionField(ChoiceField):
    """The name of a function."""

    def __init__(self, spec: FieldSpec, names: Callable[[], list[str]], parent: QWidget | None = None) -> None:
        """Offer the names that ``names`` returns."""
        super().__init__(spec, parent)
        self._names = names
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)

    def set_value(self, value: Any) -> None:
        """Show a name among those that there are now."""
        self.combo.clear()
        self.combo.addItem(tr("Choose a function…"), ABSENT)
        for name in self._names():
            self.combo.addItem(name, name)
        super().set_value(value)


class InputsField(Field):
    """What is given to a function: a field for each of its parameters, and for what else is given.

    Where the function is not known, or one reference stands for all, it is one field.
    """

    def __init__(
        self,
        spec: FieldSpec,
        parameters: Callable[[Any], Mapping[str, Any] | None],
        watch: Callable[[QPlainTextEdit], None],
        parent: QWidget | None = None,
    ) -> None:
        """Show nothing yet.

        Args:
            spec: The field.
            parameters: Returns the parameters of a function with their defaults, ``None`` where there is no such function.
            watch: Is given each line in which a value is written.
            parent: Where it lies.
        """
        super().__init__(spec, parent)
        self._parameters, self._watch = parameters, watch
        self._known: Mapping[str, Any] | None = None
        """The parameters of the function that is chosen now."""
        self._shown: Any = ABSENT
        self.parts: dict[str, ValueField] = {}
        """A field for each name; that for all has the name ``""``."""
        self._body = QWidget(self)
        self.row.addWidget(self._body)
        self._build()

    def follow(self, values: Mapping[str, Any]) -> None:
        """Show the parameters of the function that is chosen now; what is given stays."""
        known = self._parameters(values.get(FUNCTION))
        if known != self._known:
            self._shown, self._known = self.value(), known
            self._build()

    def value(self) -> Any:
        """Return an object of what is given, or what stands for all."""
        if "" in self.parts:
            return self.parts[""].value()
        given = {name: part.value() for name, part in self.parts.items()}
        return {name: value for name, value in given.items() if value is not ABSENT} or ABSENT

    def set_value(self, value: Any) -> None:
        """Show what is given."""
        self._shown = value
        if list(self.parts) != self._names():
            self._build()
            return
        given = value if isinstance(value, dict) else {}
        for name, part in self.parts.items():
            wanted = given.get(name, ABSENT) if name else value
            if part.value() != wanted:
                part.set_value(wanted)

    def _names(self) -> list[str]:
        given = {} if self._shown is ABSENT or self._shown is None else self._shown
        if self._known is None or not isinstance(given, dict):
            return [""]
        return list(dict.fromkeys([*self._known, *given]))

    def _build(self) -> None:
        names = self._names()
        body = QWidget(self)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        self.parts = {}
        for name in names:
            default = (self._known or {}).get(name)
            spec = FieldSpec(name, name or self.spec.title, self.spec.description, "value", default=default)
            part = self.parts[name] = ValueField(spec, body)
            if name:
                label = PlainLabel(name, body)
                label.setObjectName("parameter")
                rows.addWidget(label)
                part.box.setAccessibleName(name)
                if self._known is not None and name in self._known and is_needed(default):
                    part.box.setPlaceholderText(tr("Required"))
            rows.addWidget(part)
            part.edited.connect(self.edited)
            part.left.connect(self.left)
            self._watch(part.box)
        if not names:
            rows.addWidget(PlainLabel(tr("This function has no parameters."), body))
        self.row.replaceWidget(self._body, body)
        self._body.deleteLater()
        self._body = body
        self.set_value(self._shown)
