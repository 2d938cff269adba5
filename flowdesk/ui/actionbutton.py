"""A button for an action that outlives it."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from flowdesk.ui.plain import tip


class ActionButton(QToolButton):
    """Shows an action and triggers it.

    PySide 6 counts the default action of a button among its children: it is gone with the button
    (``QToolButton.setDefaultAction``). This button leaves the action to whom it belongs.
    """

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        """Look like the action, now and whenever it changes."""
        super().__init__(parent)
        self._action = action
        self.clicked.connect(lambda: action.trigger())
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        action = self._action
        self.setIcon(action.icon())
        self.setText(action.iconText())
        self.setToolTip(tip(action.toolTip()))
        self.setAccessibleName(action.iconText())
        self.setEnabled(action.isEnabled())
        self.setCheckable(action.isCheckable())
        self.setChecked(action.isChecked())
