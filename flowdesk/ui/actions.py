"""The commands of the window, as data: menus, tool bar, keys, command list and help derive from this table."""

from dataclasses import dataclass

from flowdesk.model.sentence import say


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the window."""

    name: str
    """By which the window knows what carries it out, unless the canvas does."""
    text: str
    """English, the key of the translation."""
    menu: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    needs: str = ""
    """What must be there: ``tab``, ``server``, ``undo``, ``redo``, ``idle``, ``running``, ``any_run``, ``file``, ``selection``, ``nodes``, ``one`` (node), ``several`` (nodes or groups)."""
    begins_group: bool = False
    on_canvas: str = ""
    """The command of the canvas in front that it is, with its arguments: the canvas's keys are its own."""


MENUS = ("File", "Edit", "Arrange", "View", "Run", "Help")

# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command("new", "New flow", "File", "file-plus", ("Ctrl+N",)),
    Command("open", "Open…", "File", "folder-open", ("Ctrl+O",)),
    Command("gallery", "Gallery…", "File", "layout-grid", ("Ctrl+Shift+O",)),
    Command("import_scripts", "Import scripts…", "File", "import"),
    Command("open_example", "Open the example", "File", "rocket"),
    Command("save", "Save", "File", "save", ("Ctrl+S",), "tab", begins_group=True),
    Command("save_as", "Save as…", "File", "save-all", ("Ctrl+Shift+S",), "tab"),
    Command("rename_flow", "Rename the flow…", "File", "type", (), "file"),
    Command("move_flow", "Move the flow to a folder…", "File", "folder-open", (), "file"),
    Command("duplicate_flow", "Copy the flow", "File", "copy", (), "file"),
    Command("delete_flow", "Delete the flow…", "File", "trash-2", (), "file"),
    Command("preferences", "flowdesk settings…", "File", "settings", ("Ctrl+,",), begins_group=True),
    Command("close_tab", "Close flow", "File", "x", ("Ctrl+W",), "tab", begins_group=True),
    Command("quit", "Quit", "File", "log-out", ("Ctrl+Q",)),
    Command("undo", "Undo", "Edit", "undo-2", ("Ctrl+Z",), "undo"),
    Command("redo", "Redo", "Edit", "redo-2", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    Command("cut", "Cut", "Edit", "scissors", (), "selection", begins_group=True, on_canvas="cut"),
    Command("copy", "Copy", "Edit", "copy", (), "selection", on_canvas="copy"),
    Command("paste", "Paste", "Edit", "clipboard", (), "tab", on_canvas="paste"),
    Command("duplicate", "Duplicate", "Edit", "copy", (), "selection", on_canvas="duplicate"),
    Command("delete", "Delete", "Edit", "trash-2", (), "selection", on_canvas="delete"),
    Command("delete_and_heal", "Delete and reconnect", "Edit", "unlink", (), "nodes", on_canvas="delete_and_heal"),
    Command("rename", "Rename", "Edit", "type", (), "selection", on_canvas="rename"),
    Command("disable", "Disable or enable", "Edit", "ban", (), "nodes", on_canvas="toggle_disabled"),
    Command("find_here", "Find…", "Edit", "search", ("Ctrl+F",), "tab", begins_group=True),
    Command("find_next", "Find next", "Edit", "chevron-down", ("F3",), "tab"),
    Command("find_previous", "Find previous", "Edit", "chevron-up", ("Shift+F3",), "tab"),
    Command("find_all", "Find in all open flows…", "Edit", "search", ("Ctrl+Shift+F",), "tab"),
    Command("select_all", "Select all", "Edit", "", (), "tab", begins_group=True, on_canvas="select_all"),
    Command("select_upstream", "Select preceding nodes", "Edit", "chevron-left", ("Alt+S, U",), "nodes", on_canvas="select_upstream"),
    Command("select_downstream", "Select following nodes", "Edit", "chevron-right", ("Alt+S, D",), "nodes", on_canvas="select_downstream"),
    Command("select_connected", "Select all connected nodes", "Edit", "waypoints", ("Alt+S, C",), "nodes", on_canvas="select_connected"),
    Command("add_node", "Add node…", "Edit", "plus", (), "tab", begins_group=True, on_canvas="quick_add"),
    Command("add_note", "Add a note", "Edit", "sticky-note", (), "tab", on_canvas="add_note"),
    Command("lay_out", "Tidy up", "Arrange", "layout-grid", (), "tab", on_canvas="lay_out"),
    Command("align_left", "Align left", "Arrange", "align-start-vertical", ("Alt+A, L",), "several", True, "align:left"),
    Command("align_center", "Align centers", "Arrange", "align-center-vertical", ("Alt+A, C",), "several", False, "align:center"),
    Command("align_right", "Align right", "Arrange", "align-end-vertical", ("Alt+A, R",), "several", False, "align:right"),
    Command("align_top", "Align top", "Arrange", "align-start-horizontal", ("Alt+A, T",), "several", True, "align:top"),
    Command("align_middle", "Align middles", "Arrange", "align-center-horizontal", ("Alt+A, M",), "several", False, "align:middle"),
    Command("align_bottom", "Align bottom", "Arrange", "align-end-horizontal", ("Alt+A, B",), "several", False, "align:bottom"),
    Command("align_row", "Put in a row", "Arrange", "columns-3", ("Alt+A, W",), "several", True, "align:row"),
    Command("align_grid", "Align to the grid", "Arrange", "grid-2x2", ("Alt+A, G",), "nodes", False, "align:grid"),
    Command("distribute_across", "Equal horizontal gaps", "Arrange", "align-horizontal-distribute-center", ("Alt+A, H",), "several", True, "distribute:horizontal"),
    Command("distribute_down", "Equal vertical gaps", "Arrange", "align-vertical-distribute-center", ("Alt+A, V",), "several", False, "distribute:vertical"),
    Command("group", "Group", "Arrange", "group", (), "selection", True, "group"),
    Command("make_function", "Make a function", "Arrange", "braces", (), "selection", False, "make_function"),
    Command("ungroup", "Ungroup", "Arrange", "", (), "selection", False, "ungroup"),
    Command("collapse", "Collapse or expand", "Arrange", "chevrons-up-down", (), "selection", False, "toggle_collapsed"),
    Command("command_list", "Commands…", "View", "search", ("Ctrl+Shift+P",)),
    Command("fit_all", "Show the whole flow", "View", "maximize", (), "tab", True, "fit_all"),
    Command("fit_selection", "Show the selection", "View", "crosshair", (), "tab", False, "fit_selection"),
    Command("zoom_full", "Actual size", "View", "", (), "tab", False, "zoom_full"),
    Command("zoom_in", "Zoom in", "View", "plus", (), "tab", False, "zoom_in"),
    Command("zoom_out", "Zoom out", "View", "minus", (), "tab", False, "zoom_out"),
    Command("toggle_minimap", "Minimap", "View", "map", (), "tab", False, "toggle_minimap"),
    Command("run", "Run", "Run", "play", ("F5", "Ctrl+Return", "Ctrl+Enter"), "tab"),
    Command("pause", "Pause", "Run", "pause", ("F6",), "running"),
    Command("step", "Step", "Run", "step-forward", ("F10",), "tab"),
    Command("stop", "Stop", "Run", "square", ("Shift+F5", "Ctrl+."), "any_run"),
    Command("record", "Record", "Run", "circle", ("Ctrl+R",), "tab"),
    Command("record_again", "Record this step again", "Run", "circle", (), "one"),
    Command("own_desktop", "Separate desktop", "Run", "app-window", (), "idle"),
    Command("dry_run", "Dry run", "Run", "eye", ("Ctrl+F5",), "idle", begins_group=True),
    Command("breakpoint", "Breakpoint", "Run", "circle-dot", (), "nodes", False, "toggle_breakpoint"),
    Command("run_this", "Run this node", "Run", "play", ("F8",), "nodes"),
    Command("run_from_node", "Run from the selected node", "Run", "skip-forward", ("Ctrl+Shift+Return",), "nodes"),
    Command("run_selection", "Run only the selected nodes", "Run", "", ("Ctrl+Alt+Return",), "nodes"),
    Command("triggers", "Triggers…", "Run", "timer", (), "", begins_group=True),
    Command("open_in_browser", "Open in browser", "View", "globe", (), "server", begins_group=True),
    Command("connections", "Connections…", "View", "users", (), "server"),
    Command("tour", "Show the tour", "Help", "flag"),
    Command("guide", "User guide", "Help", "circle-help", ("F1",)),
    Command("help", "Keyboard shortcuts", "Help", "keyboard", ("Shift+F1",)),
    Command("about", "About flowdesk", "Help", "info"),
)

# fmt: on
TOOLBAR = (
    "new",
    "open",
    "save",
    "",
    "undo",
    "redo",
    "",
    "add_node",
    "lay_out",
    "",
    "run",
    "own_desktop",
    "pause",
    "step",
    "stop",
    "",
    "record",
)
"""Names of the commands on the tool bar; empty is a gap."""

CANVAS_KEYS: tuple[tuple[str, str], ...] = (
    ("quick_add", say("Add a node at the pointer")),
    ("open", say("Open the settings")),
    ("rename", say("Rename")),
    ("delete", say("Delete")),
    ("delete_and_heal", say("Delete and reconnect")),
    ("cut", say("Cut")),
    ("copy", say("Copy")),
    ("paste", say("Paste")),
    ("paste_with_inputs", say("Paste and connect to the original's sources")),
    ("duplicate", say("Duplicate")),
    ("toggle_disabled", say("Disable or enable")),
    ("toggle_breakpoint", say("Breakpoint")),
    ("group", say("Group")),
    ("ungroup", say("Ungroup")),
    ("toggle_collapsed", say("Collapse or expand")),
    ("add_note", say("Add a note")),
    ("select_all", say("Select all")),
    ("select_upstream", say("Select preceding nodes")),
    ("select_downstream", say("Select following nodes")),
    ("select_connected", say("Select all connected nodes")),
    ("nudge:left", say("Move by one grid step")),
    ("nudge_far:left", say("Move by five grid steps")),
    ("walk:left", say("Move along the flow")),
    ("lay_out", say("Tidy up")),
    ("fit_all", say("Show the whole flow")),
    ("fit_selection", say("Show the selection")),
    ("zoom_full", say("Actual size")),
    ("zoom_in", say("Zoom in")),
    ("zoom_out", say("Zoom out")),
    ("toggle_minimap", say("Minimap")),
)
"""Commands of the canvas that have keys, for the help; one of four arrows stands for all."""
