"""A tree of two columns: what something is called, and its value in one line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QWidget

HEIGHT = 220
"""Logical pixels."""


class LinesTree(QTreeWidget):
    """Names on the left, values on the right."""

    def __init__(self, titles: tuple[str, str], parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setObjectName("choices")
        self.setColumnCount(2)
        self.setHeaderLabels(list(titles))
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.setFixedHeight(HEIGHT)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
