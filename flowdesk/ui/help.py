"""The keys of the window and of the canvas."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.sentence import say
from flowdesk.ui.actions import CANVAS_KEYS, COMMANDS
from flowdesk.ui.canvas.habits import DEFAULT, Habits
from flowdesk.ui.theme import theme


class HelpOverlay(QDialog):
    """Shows every key and button that is in force."""

    def __init__(self, parent: QWidget, habits: Habits = DEFAULT) -> None:
        """Show the keys in the language in force."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        text = QLabel(help_text(habits))
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setContentsMargins(16, 12, 16, 12)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        text.setWordWrap(True)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(text)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(area)
        self.resize(1040, 720)


def help_text(habits: Habits = DEFAULT) -> str:
    """Return the keys in force as rich text."""
    commands = [(_shown(command.keys[:1]), tr(command.text)) for command in COMMANDS if command.keys]
    canvas = [
        (_arrows(_shown(habits.keys_of(name)[:2])), tr(text)) for name, text in CANVAS_KEYS if habits.keys_of(name)
    ]
    intro = tr(
        "Drag nodes from the left onto the canvas, connect their ports, and press F5. The settings of the selected node are on the right. During a run, flowdesk hides its window and shows a small bar to pause or stop the run."
    )
    half = len(commands) // 2 + 1
    return (
        f"<p>{escape(intro)}</p><table width='100%' cellspacing='0'><tr>"
        f"<td width='32%' valign='top'>{_table(tr('Mouse and touchpad'), pointer_rows(habits))}"
        f"{_table(tr('Window'), commands[:half])}</td>"
        f"<td width='32%' valign='top'>{_table(tr('Canvas'), canvas)}</td>"
        f"<td width='32%' valign='top'>{_table(tr('Window'), commands[half:])}</td></tr></table>"
    )


def pointer_rows(habits: Habits) -> list[tuple[str, str]]:
    """Return what buttons, wheel and touchpad do, as pairs of what is done and what it does."""
    selects, pans, zooms = tr("Select with a box"), tr("Move the canvas"), tr("Zoom")
    box = "Ctrl" if habits.box_key == "ctrl" else "Shift"
    rows = [(tr("Left drag"), selects if habits.left_drag == "select" else pans)]
    if habits.left_drag == "pan":
        rows.append((tr(say("{key}+Left drag", key=box)), selects))
    if habits.ctrl_pans:
        rows.append((tr(say("{key}+Left drag", key="Ctrl")), pans))
    if habits.ctrl_adds:
        rows.append((tr(say("{key}+Click", key="Ctrl")), tr("Add a node at the pointer")))
    rows += [
        (tr("Middle or right drag, Space+Drag"), pans),
        (tr("Wheel"), zooms if habits.wheel == "zoom" else pans),
        (tr("Ctrl+Wheel, pinch"), zooms),
        (tr("Two fingers, Shift+Wheel"), pans),
        (tr("Drag from a port"), tr("Connect nodes; on empty canvas, add a connected node")),
        (tr("Double-click"), tr("Open the settings; on empty canvas, add a node")),
        (tr(say("{key}+Drag", key="Alt")), tr("Duplicate a node")),
        (tr(say("{key}+Left drag", key="Alt")) if habits.cut == "alt+left" else tr("Ctrl+Right drag"), tr("Cut wires")),
    ]
    return rows


def _shown(keys: tuple[str, ...]) -> str:
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


def _arrows(keys: str) -> str:
    """Write the arrow that stands for four as all of them."""
    left = QKeySequence("Left").toString(QKeySequence.SequenceFormat.NativeText)
    return keys.replace(left, tr("Arrows")) if keys.split("+")[-1] == left and "Ctrl+Shift" not in keys else keys


def _table(title: str, keys: list[tuple[str, str]]) -> str:
    dim = theme().text_dim.name()
    rows = "".join(
        f"<tr><td style='padding:3px 14px 3px 0; color:{dim}'>{escape(key)}</td>"
        f"<td style='padding:3px 8px 3px 0'>{escape(text)}</td></tr>"
        for key, text in keys
    )
    return f"<h3>{escape(title)}</h3><table>{rows}</table>"
