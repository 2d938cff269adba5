"""The list that offers what may stand after ``{{`` while a person types: values, and functions with a line of help."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from flowdesk.i18n import tr
from flowdesk.ui.inspector.offering import Offer as Offer
from flowdesk.ui.inspector.offering import Offering

_OPEN = re.compile(r"\{\{\s*([^{}\n]*)$")
_TOKEN = re.compile(r"[^\s|~+*/%<>=!,(]*$")
"""What is being written at the end of an expression."""


class ReferenceCompleter(Offering):
    """Offers references in a line or a box as soon as ``{{`` stands before the cursor."""

    def __init__(self, editor: QLineEdit | QPlainTextEdit, offered: Callable[[], Sequence[str | Offer]]) -> None:
        """Watch ``editor``; ``offered`` is asked anew each time."""
        super().__init__(editor, tr("Variables and results"))
        self._offered = offered

    def offer(self) -> None:
        """Show what fits what is typed after ``{{``, or nothing."""
        body = written_reference(self.before_cursor())
        if body is None:
            self.hide()
            return
        token, is_filter = _written(body)
        known = (Offer(one) if isinstance(one, str) else one for one in self._offered())
        self.show_offers([one for one in known if one.is_function or not is_filter], token)

    def insert(self, name: str) -> None:
        """Complete the reference before the cursor; braces that stand behind it already are kept."""
        body = written_reference(self.before_cursor())
        if body is None or not name:
            return
        token, _ = _written(body)
        self.replace(len(token), name if self.after_cursor().lstrip().startswith("}}") else name + "}}")

    def insert_reference(self, path: str) -> None:
        """Write a whole reference at the cursor, or into the one that is being written there."""
        if written_reference(self.before_cursor()) is None:
            self.replace(0, "{{ " + path + " }}" if not path.isidentifier() else "{{" + path + "}}")
        else:
            self.insert(path)


def written_reference(before: str) -> str | None:
    """Return what stands behind the ``{{`` that is open at the end of a text; ``None`` where none is."""
    match = _OPEN.search(before)
    return match.group(1) if match is not None else None


def _written(body: str) -> tuple[str, bool]:
    """Return what is being written at the end of an expression, and whether it is a filter."""
    match = _TOKEN.search(body)
    token = match.group(0) if match is not None else ""
    return token, body[: len(body) - len(token)].rstrip().endswith("|")
