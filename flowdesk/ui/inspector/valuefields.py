"""Fields for values without a shape of their own: JSON, any value, lists of texts, programs."""

import json
import shlex
from typing import Any

from PySide6.QtWidgets import QWidget

from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec
from flowdesk.ui.inspector.fields import ABSENT, MultilineField, TextField, fit_lines
from flowdesk.ui.inspector.values import write_value
from flowdesk.ui.theme import ui_font


class JsonField(MultilineField):
    """Any JSON value. Text that is not JSON stays text."""

    lines = 3

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show an empty box in the font of code."""
        super().__init__(spec, parent)
        self.box.setFont(ui_font(mono=True))
        if spec.default is not None:
            self.box.setPlaceholderText(json.dumps(spec.default, ensure_ascii=False))

    def value(self) -> Any:
        """Return the value that the text means."""
        text = self.box.toPlainText().strip()
        if not text:
            return ABSENT
        try:
            return json.loads(text)
        except ValueError:
            return text

    def set_value(self, value: Any) -> None:
        """Show a value as JSON; a text that looks like JSON stands in quotes."""
        if value is ABSENT:
            super().set_value(value)
        elif isinstance(value, str):
            super().set_value(write_value(value))
        else:
            super().set_value(json.dumps(value, ensure_ascii=False, indent=2 if self.lines > 1 else None))


class ValueField(JsonField):
    """Any value in a line that grows with it: JSON where it is JSON, else a text."""

    lines = 1
    most = 6

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show an empty line."""
        super().__init__(spec, parent)
        self.box.textChanged.connect(self._fit)
        if spec.default in (None, ""):
            self.box.setPlaceholderText("")
        self._fit()

    def _fit(self) -> None:
        fit_lines(self.box, self.lines, self.most)


class ListField(MultilineField):
    """A list of texts, one in each line."""

    lines = 3

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show an empty box."""
        super().__init__(spec, parent)
        self.box.setPlaceholderText(tr("One per line"))

    def value(self) -> Any:
        """Return the lines that are not empty; none is no value. A lone reference stays text: it may be a list."""
        lines = [line for line in self.box.toPlainText().splitlines() if line.strip()]
        if not lines:
            return ABSENT
        return lines[0] if len(lines) == 1 and lines[0].strip().startswith("{{") else lines

    def set_value(self, value: Any) -> None:
        """Show a list."""
        super().set_value("\n".join(map(str, value)) if isinstance(value, list) else value)


class ProgramField(TextField):
    """A program and its arguments in one line, quoted as in a shell; no shell reads it."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show an empty line in the font of code."""
        super().__init__(spec, parent)
        self._given: Any = ABSENT
        self.line.setFont(ui_font(mono=True))
        self.line.setPlaceholderText("program --option 'one argument'")

    def value(self) -> Any:
        """Return the list of the program and its arguments; what cannot be taken apart stays text."""
        text = self.line.text().strip()
        if not text:
            return ABSENT
        if self._given is not ABSENT and text == _shell(self._given):
            return self._given
        try:
            return shlex.split(text)
        except ValueError:
            return text

    def set_value(self, value: Any) -> None:
        """Show a command."""
        self._given = value
        self.line.setText("" if value is ABSENT or value is None else _shell(value))


class CommandField(ProgramField):
    """A program and its arguments, which may stand as a text too."""

    def value(self) -> Any:
        """Return the line as it is written, or the list that was given if nobody changed it."""
        value = super().value()
        return value if value is ABSENT or value is self._given else self.line.text().strip()


def _shell(value: Any) -> str:
    return shlex.join(map(str, value)) if isinstance(value, list) else str(value)
