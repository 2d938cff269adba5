"""The field for a function of the flow: a list of those that there are, in which another name can be written."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec
from flowdesk.ui.inspector.fields import ABSENT, ChoiceField


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
