"""The commands of the window, as data: menus, tool bar, keys, command list and help derive from this table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the window."""

    name: str
    """The method of ``MainWindow`` that carries it out."""
    text: str
    """English, the key of the translation."""
    menu: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    needs: str = ""
    """What must be there: ``tab``, ``undo``, ``redo``, ``idle``, ``running``, ``paused``, ``selection``."""
    begins_group: bool = False


MENUS = ("File", "Edit", "View", "Run", "Help")

COMMANDS: tuple[Command, ...] = (
    Command("new", "New flow", "File", "file-plus", ("Ctrl+N",)),
    Command("open", "Open…", "File", "folder-open", ("Ctrl+O",)),
    Command("open_example", "Open the example", "File", "rocket"),
    Command("save", "Save", "File", "save", ("Ctrl+S",), "tab", begins_group=True),
    Command("save_as", "Save as…", "File", "save-all", ("Ctrl+Shift+S",), "tab"),
    Command("preferences", "Settings of flowdesk…", "File", "settings", ("Ctrl+,",), begins_group=True),
    Command("close_tab", "Close flow", "File", "x", ("Ctrl+W",), "tab", begins_group=True),
    Command("quit", "Quit", "File", "log-out", ("Ctrl+Q",)),
    Command("undo", "Undo", "Edit", "undo-2", ("Ctrl+Z",), "undo"),
    Command("redo", "Redo", "Edit", "redo-2", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    Command("cut", "Cut", "Edit", "scissors", (), "selection", begins_group=True),
    Command("copy", "Copy", "Edit", "copy", (), "selection"),
    Command("paste", "Paste", "Edit", "clipboard", (), "tab"),
    Command("duplicate", "Duplicate", "Edit", "copy", (), "selection"),
    Command("delete", "Delete", "Edit", "trash-2", (), "selection"),
    Command("select_all", "Select all", "Edit", "", (), "tab"),
    Command("add_node", "Add node…", "Edit", "plus", (), "tab", begins_group=True),
    Command("lay_out", "Tidy up", "Edit", "layout-grid", (), "tab"),
    Command("command_list", "Command list…", "View", "search", ("Ctrl+Shift+P",)),
    Command("fit_all", "Show the whole flow", "View", "maximize", (), "tab", begins_group=True),
    Command("zoom_full", "Actual size", "View", "", (), "tab"),
    Command("toggle_minimap", "Minimap", "View", "map", (), "tab"),
    Command("run", "Run", "Run", "play", ("F5", "Ctrl+Return", "Ctrl+Enter"), "tab"),
    Command("pause", "Pause", "Run", "pause", ("F6",), "running"),
    Command("step", "Step", "Run", "step-forward", ("F10",), "tab"),
    Command("stop", "Stop", "Run", "square", ("Shift+F5",), "running"),
    Command("dry_run", "Rehearse without input", "Run", "eye", ("Ctrl+F5",), "idle", begins_group=True),
    Command("run_from_node", "Run from the selected node", "Run", "skip-forward", ("Ctrl+Shift+Return",), "selection"),
    Command("run_selection", "Run only the selected nodes", "Run", "", ("Ctrl+Alt+Return",), "selection"),
    Command("tour", "Show the tour", "Help", "flag"),
    Command("help", "Keys and help", "Help", "circle-help", ("F1",)),
    Command("about", "About flowdesk", "Help", "info"),
)

TOOLBAR = ("new", "open", "save", "", "undo", "redo", "", "add_node", "lay_out", "", "run", "pause", "step", "stop")
"""Names of the commands on the tool bar; empty is a gap."""

CANVAS_KEYS: tuple[tuple[str, str], ...] = (
    ("Tab, N", "Add a node at the pointer"),
    ("Drag from a port", "Connect; on empty canvas, add and connect"),
    ("Alt+Drag", "Duplicate a node; on empty canvas, cut wires"),
    ("Delete, Ctrl+Delete", "Delete; delete and join the neighbours"),
    ("Ctrl+C, X, V, D", "Copy, cut, paste, duplicate"),
    ("Space+Drag, wheel", "Pan, zoom"),
    ("Home, F", "Show the whole flow, the selection"),
    ("Arrows, Alt+Arrows", "Move the nodes, walk along the flow"),
    ("D, F9, F2", "Disable, breakpoint, rename"),
    ("Shift+Alt+T", "Tidy up"),
)
"""Keys of the canvas, for the help."""
