"""Values as people read them, for rich text: a table of rows, of fields, or of items; or a text."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from PySide6.QtWidgets import QTextBrowser, QWidget

from flowdesk.engine.texts import as_text
from flowdesk.ui.theme import ui_font

DEEPEST = 4
"""Levels of tables in tables; what lies deeper is written as JSON."""


class ValuePage(QTextBrowser):
    """Shows values under headings. No text of theirs is read as HTML, and nothing is loaded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setOpenLinks(False)

    def show_tables(self, sections: Sequence[tuple[str, Any]]) -> None:
        """Show each value as a table under its heading."""
        self.setFont(ui_font())
        self.setHtml("".join(f"<p><b>{escape(title)}</b></p>{as_table(value)}" for title, value in sections))

    def show_texts(self, sections: Sequence[tuple[str, Any]]) -> None:
        """Show each value as a text under its heading."""
        self.setFont(ui_font(mono=True))
        self.setPlainText("\n\n".join(f"{title}\n{as_lines(value)}" for title, value in sections))


def as_table(value: Any, depth: int = 0) -> str:
    """Return a value as a table: rows with their columns, an object with its fields, a list with its places."""
    if not isinstance(value, Mapping | list | tuple) or not value or depth >= DEEPEST:
        return _cell(value)
    if isinstance(value, Mapping):
        lines = [_row("td", f"<b>{escape(str(key))}</b>", as_table(item, depth + 1)) for key, item in value.items()]
    elif all(isinstance(item, Mapping) for item in value):
        columns = list(dict.fromkeys(str(key) for item in value for key in item))
        lines = [_row("th", *(escape(column) for column in columns))]
        lines += [_row("td", *(as_table(item.get(column, ""), depth + 1) for column in columns)) for item in value]
    else:
        lines = [_row("td", f"<b>{place}</b>", as_table(item, depth + 1)) for place, item in enumerate(value)]
    return f"<table border='1' cellspacing='0' cellpadding='3'>{''.join(lines)}</table>"


def as_lines(value: Any) -> str:
    """Return a value as a text: JSON where it has parts."""
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return as_text(value)


def _row(tag: str, *cells: str) -> str:
    return "<tr>" + "".join(f"<{tag} align='left' valign='top'>{cell}</{tag}>" for cell in cells) + "</tr>"


def _cell(value: Any) -> str:
    return escape(as_text(value)).replace("\n", "<br>") if not isinstance(value, Sequence) or value else ""
