"""How the practice window looks: two palettes and one style sheet."""

from string import Template

from PySide6.QtGui import QColor, QPalette

from flowdesk.resource import resource_path

LIGHT = {
    "ground": "#f4f5f8",
    "card": "#ffffff",
    "field": "#fbfbfd",
    "line": "#d8dbe4",
    "text": "#1d2130",
    "quiet": "#686f84",
    "accent": "#4b5bdc",
    "accent_over": "#3d4cc4",
    "over": "#eef0f6",
    "good": "#16794c",
    "bad": "#b3261e",
}
DARK = {
    "ground": "#16181f",
    "card": "#1f222b",
    "field": "#181a21",
    "line": "#363b49",
    "text": "#e8eaf1",
    "quiet": "#9aa1b5",
    "accent": "#6676f0",
    "accent_over": "#7a88f5",
    "over": "#2a2e3a",
    "good": "#5fd19a",
    "bad": "#ff8a80",
}

_SHEET = Template("""
* { font-size: 14px; color: $text; }
QMainWindow, QDialog { background: $ground; }
#card { background: $card; border: 1px solid $line; border-radius: 12px; }
#heading { font-size: 20px; font-weight: 600; }
#subheading, #entriesHeading { color: $quiet; }
#entriesHeading { font-weight: 600; }
QLineEdit, QPlainTextEdit, QComboBox {
  background: $field; border: 1px solid $line; border-radius: 7px; padding: 6px 9px;
  selection-background-color: $accent; selection-color: white;
}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus { border: 1px solid $accent; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: url($icons/chevron-down.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView {
  background: $card; border: 1px solid $line; padding: 4px; outline: 0;
  selection-background-color: $accent; selection-color: white;
}
QCheckBox, QRadioButton { spacing: 8px; padding: 2px 0; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; background: $field; }
QCheckBox::indicator, QRadioButton::indicator { border: 1px solid $quiet; }
QCheckBox::indicator { border-radius: 5px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($icons/check.svg); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent; image: url($icons/dot.svg); }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QPushButton {
  background: $card; border: 1px solid $line; border-radius: 7px; padding: 7px 16px; min-width: 56px;
}
QPushButton:hover { background: $over; }
QPushButton:focus { border-color: $accent; }
#submit { background: $accent; border-color: $accent; color: white; font-weight: 600; }
#submit:hover, #submit:focus { background: $accent_over; border-color: $accent_over; }
QTableWidget {
  background: $card; border: none; outline: 0; gridline-color: transparent; alternate-background-color: $field;
  selection-background-color: $over; selection-color: $text;
}
QTableWidget::item { padding: 6px 5px; border-bottom: 1px solid $line; }
QHeaderView { background: transparent; }
QHeaderView::section {
  background: $card; color: $quiet; border: none; border-bottom: 1px solid $line; padding: 6px 8px; font-weight: 600;
}
#status { color: $quiet; padding: 2px 4px; }
#status[tone="good"] { color: $good; font-weight: 600; }
#status[tone="bad"] { color: $bad; font-weight: 600; }
""")


def style_sheet(colours: dict[str, str]) -> str:
    """Return the style sheet in ``colours`` (``LIGHT`` or ``DARK``)."""
    return _SHEET.substitute(colours, icons=resource_path("icons", "practice").as_posix())


def palette(colours: dict[str, str]) -> QPalette:
    """Return the palette for what the style sheet leaves to the widget style."""
    chosen = QPalette()
    roles = QPalette.ColorRole
    for role, name in (
        (roles.Window, "ground"),
        (roles.Base, "field"),
        (roles.AlternateBase, "card"),
        (roles.Button, "card"),
        (roles.WindowText, "text"),
        (roles.Text, "text"),
        (roles.ButtonText, "text"),
        (roles.PlaceholderText, "quiet"),
        (roles.Highlight, "accent"),
    ):
        chosen.setColor(role, QColor(colours[name]))
    return chosen
