"""The one style sheet of the interface, made from the theme."""

import tempfile
from functools import cache
from pathlib import Path

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from flowdesk.resource import resource_path
from flowdesk.ui.theme import Theme, theme, tokens, ui_font

SHEET = """
QMainWindow, QDialog { background: @window; }
QWidget { color: @text; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent; }
QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 5px 8px; spacing: 4px; }
QToolBar::separator { background: @line; width: 1px; margin: 5px 6px; }
QToolButton { border: none; border-radius: 5px; padding: 5px 8px; color: @text; background: transparent; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @line; }
QToolButton:disabled { color: @edge_dead; }
QToolButton:focus { background: @hover; }
QToolButton#group { padding: 5px 0px; font-weight: 600; color: @text_dim; }
QToolButton#group:checked { background: transparent; color: @text; }
QToolButton#ask { padding: 1px; }
QToolButton#ask:checked { background: @hover; }
QLabel#help { color: @text_dim; background: @hover; border-radius: 5px; padding: 6px 8px; }
QToolButton#closeTab { padding: 1px; }
QToolButton#run { background: @accent; color: @on_accent; font-weight: 600; padding: 5px 14px; }
QToolButton#run:hover { background: @accent_hover; }
QToolButton#run:disabled { background: @hover; color: @text_dim; }
QMenuBar { background: @panel; border-bottom: 1px solid @line; padding: 2px 4px; }
QMenuBar::item { padding: 5px 9px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @panel; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 6px 26px 6px 10px; border-radius: 5px; }
QMenu::item:selected { background: @hover; }
QMenu::item:disabled { color: @text_dim; }
QMenu::separator { height: 1px; background: @line; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }
QStatusBar { background: @panel; border-top: 1px solid @line; color: @text_dim; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @text_dim; padding: 2px 8px; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QLabel#dockTitle { background: @panel; color: @text_dim; font-size: 11px; font-weight: 600; padding: 9px 10px 3px 10px; }
QWidget#panel { background: @panel; }
QTabWidget::pane { border: none; }
QTabWidget QTabBar { background: @window; }
QTabBar { background: @window; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @text_dim; padding: 7px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; background: @panel; }
QTabBar::tab:hover { color: @text; background: @hover; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
  background: @field; border: 1px solid @line; border-radius: 5px; padding: 4px 7px; color: @text;
  selection-background-color: @accent; selection-color: @on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 1px solid @accent; }
QLineEdit[faulty="true"], QPlainTextEdit[faulty="true"], QSpinBox[faulty="true"], QDoubleSpinBox[faulty="true"] { border: 1px solid @error; }
QSpinBox, QDoubleSpinBox { padding-right: 2px; }
QSpinBox QLineEdit { border: none; background: transparent; padding: 0 5px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(@chevron); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @line; selection-background-color: @hover; selection-color: @text; outline: none; }
QPushButton { background: @field; border: 1px solid @line; border-radius: 5px; padding: 5px 12px; }
QPushButton:hover { background: @hover; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:default, QPushButton#primary { background: @accent; border: 1px solid @accent; color: @on_accent; }
QPushButton:disabled, QPushButton#primary:disabled, QPushButton:default:disabled { background: @field; border: 1px solid @line; color: @text_dim; }
QPushButton:checked { background: @accent; color: @on_accent; border-color: @accent; }
QCheckBox { spacing: 7px; }
QCheckBox::indicator, QTreeView::indicator { width: 15px; height: 15px; border: 1px solid @edge; border-radius: 4px; background: @field; }
QCheckBox::indicator:checked, QTreeView::indicator:checked { background: @accent; border-color: @accent; image: url(@check); }
QCheckBox::indicator:focus { border-color: @accent; }
QSlider::groove:horizontal { height: 4px; background: @line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: @accent; }
QListView, QTreeView, QTableView, QListWidget, QTreeWidget { background: @panel; border: none; outline: none; }
QTreeView::item, QListView::item { padding: 4px 4px; border-radius: 5px; }
QTreeView::item:hover, QListView::item:hover { background: @hover; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected { background: @hover; color: @text; }
QTreeView { show-decoration-selected: 0; }
QTreeView::branch, QTreeView::branch:selected, QTreeView::branch:hover { background: @panel; }
QListView#references { border: 1px solid @line; }
QTreeView QLineEdit { padding: 0 3px; border-radius: 3px; }
QHeaderView { background: @panel; }
QHeaderView::section { background: @panel; color: @text_dim; border: none; border-bottom: 1px solid @line; padding: 4px 8px; }
QTableCornerButton::section { background: @panel; border: none; }
QScrollArea { border: none; background: @panel; }
QScrollBar:vertical { width: 10px; background: transparent; }
QScrollBar:horizontal { height: 10px; background: transparent; }
QScrollBar::handle { background: @line; border-radius: 4px; margin: 1px; min-height: 26px; min-width: 26px; }
QScrollBar::handle:hover { background: @edge; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: @text; color: @panel; border: none; padding: 4px 7px; }
QProgressBar { background: @hover; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QLabel#dim, QLabel#parameter, QLabel#preview { color: @text_dim; }
QLabel#fault { color: @error; }
QLabel#warning { color: @warning; }
QLabel#good { color: @success; }
QLabel#section { color: @text_dim; font-size: 11px; font-weight: 600; }
QLabel#heading { font-size: 14px; font-weight: 600; }
QFrame#banner { background: @panel; border-bottom: 1px solid @error; }
QFrame#runBar { background: @panel; border: 1px solid @accent; border-radius: 8px; }
QFrame#tour { background: @panel; border: 1px solid @accent; border-radius: 10px; }
QWidget#plain { background: @window; }
QDialog#preferences QScrollArea { background: @window; }
QDialog#commandList { background: @panel; border: 1px solid @line; }
QTableWidget, QTreeWidget#choices { border: 1px solid @line; border-radius: 5px; }
QTableWidget::item, QTableView::item { padding: 0 6px; border: none; }
QListWidget#pages { background: @window; border: none; }
QFrame#overlay { background: @panel; border: 1px solid @line; border-radius: 12px; }
QGraphicsView { border: none; }
"""


def sheet(colors: Theme) -> str:
    """Return the style sheet in the colours of a theme."""
    text = SHEET.replace("@chevron", _tinted("chevrons-up-down", colors.text_dim).as_posix())
    text = text.replace("@check", _tinted("check", colors.on_accent).as_posix())
    names = sorted((name for name in vars(colors) if isinstance(getattr(colors, name), QColor)), key=len, reverse=True)
    for name in names:
        text = text.replace("@" + name, getattr(colors, name).name())
    return text


def dress(application: QApplication) -> None:
    """Give the application the theme in force, now and whenever it changes."""
    application.setStyle("Fusion")
    _dress(application)
    theme.changed.connect(lambda: _dress(application))


def _dress(application: QApplication) -> None:
    colors = theme()
    palette = QPalette()
    for role, color in (
        (QPalette.ColorRole.Window, colors.window),
        (QPalette.ColorRole.WindowText, colors.text),
        (QPalette.ColorRole.Base, colors.field),
        (QPalette.ColorRole.AlternateBase, colors.panel),
        (QPalette.ColorRole.Text, colors.text),
        (QPalette.ColorRole.Button, colors.panel),
        (QPalette.ColorRole.ButtonText, colors.text),
        (QPalette.ColorRole.Highlight, colors.accent),
        (QPalette.ColorRole.HighlightedText, colors.on_accent),
        (QPalette.ColorRole.PlaceholderText, colors.text_dim),
        (QPalette.ColorRole.ToolTipBase, colors.text),
        (QPalette.ColorRole.ToolTipText, colors.panel),
        (QPalette.ColorRole.Link, colors.accent),
    ):
        palette.setColor(role, color)
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colors.text_dim)
    application.setPalette(palette)
    application.setFont(ui_font())
    application.setStyleSheet(sheet(colors))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="flowdesk-style-")


def _tinted(name: str, color: QColor) -> Path:
    """Return the file of an icon in a colour: style sheets take pictures by path only."""
    path = Path(_folder().name) / f"{name}-{color.name()[1:]}.svg"
    if not path.exists():
        source = resource_path("icons", "lucide", f"{name}.svg").read_text(encoding="utf-8")
        path.write_text(source.replace("currentColor", color.name()), encoding="utf-8")
    return path


def space(name: str) -> int:
    """Return a distance of the design, in logical pixels: ``xs``, ``s``, ``m``, ``l`` or ``xl``."""
    return int(tokens()["space"][name])
