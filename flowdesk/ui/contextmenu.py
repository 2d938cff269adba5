"""The menu of what lies under the pointer on the canvas."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from flowdesk.i18n import tr
from flowdesk.model.groups import COLORS
from flowdesk.model.sentence import say
from flowdesk.ui.canvas.commands import CanvasCommands
from flowdesk.ui.icons import icon

ARRANGE = (
    "align_left", "align_center", "align_right", "align_top", "align_middle", "align_bottom", "", "align_row",
    "distribute_across", "distribute_down", "", "lay_out",
)  # fmt: skip
ENTRIES: Mapping[str, tuple[str, ...]] = {
    "node": (
        "run_this", "run_from_node", "run_selection", "record_again", "", "rename", "disable", "breakpoint", "", "cut", "copy", "duplicate", "delete", "delete_and_heal", "", "group", "make_function",
        "arrange", "select_upstream", "select_downstream", "", "add_node",
    ),
    "edge": ("disconnect",),
    "group": ("rename", "collapse", "colors", "", "cut", "copy", "duplicate", "", "make_function", "ungroup", "delete_with_nodes"),
    "note": ("rename", "colors", "", "cut", "copy", "duplicate", "delete"),
    "canvas": ("add_node", "add_note", "paste", "select_all", "", "lay_out", "fit_all"),
}  # fmt: skip
"""Names of commands for each kind of thing; empty is a line between."""


def fill_context_menu(menu: QMenu, actions: Mapping[str, QAction], commands: CanvasCommands | None, kind: str) -> None:
    """Put the commands for a node, an edge, a group, a note or the empty canvas into a menu."""
    if commands is None:
        return
    for name in ENTRIES[kind]:
        if not name:
            menu.addSeparator()
        elif name == "arrange":
            _arrange(menu, actions, commands)
        elif name == "colors":
            _colors(menu, commands)
        elif name == "disconnect":
            menu.addAction(icon("unlink"), tr("Disconnect")).triggered.connect(commands.delete)
        elif name == "delete_with_nodes":
            menu.addAction(icon("trash-2"), tr("Delete with its nodes")).triggered.connect(commands.delete_with_nodes)
        else:
            menu.addAction(actions[name])


def _arrange(menu: QMenu, actions: Mapping[str, QAction], commands: CanvasCommands) -> None:
    frames = commands.scene.frames
    if any(node_id in frames.group_of for node_id in commands.scene.selected_ids()):
        menu.addAction(icon("log-out"), tr("Remove from group")).triggered.connect(commands.leave_group)
    inner = menu.addMenu(tr("Arrange"))
    for name in ARRANGE:
        inner.addAction(actions[name]) if name else inner.addSeparator()


def _colors(menu: QMenu, commands: CanvasCommands) -> None:
    inner = menu.addMenu(icon("palette"), tr("Color"))
    names = {
        "gray": say("Gray"), "blue": say("Blue"), "green": say("Green"), "yellow": say("Yellow"), "red": say("Red"),
        "purple": say("Purple"), "teal": say("Teal"), "orange": say("Orange"),
    }  # fmt: skip
    for color in COLORS:
        swatch = QPixmap(14, 14)
        swatch.fill(commands.scene.look.swatch(color))
        inner.addAction(QIcon(swatch), tr(names[color])).triggered.connect(partial(commands.color, color))
