"""The commands of the window, as data: menus, tool bar, keys, command list and help derive from this table."""

from dataclasses import dataclass

from flowdesk.model.sentence import say


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the window."""

    name: str
    """The method of ``MainWindow`` that carries it out, unless the canvas does."""
    text: str
    """English, the key of the translation."""
    menu: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    needs: str = ""
    """What must be there: ``tab``, ``server``, ``undo``, ``redo``, ``idle``, ``running``, ``selection``, ``nodes``, ``several`` (nodes or groups)."""
    begins_group: bool = False
    on_canvas: str = ""
    """The command of the canvas in front that it is, with its arguments: the canvas's keys are its own."""


MENUS = ("File", "Edit", "Arrange", "View", "Run", "Help")

# fmt: off
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
    Command("cut", "Cut", "Edit", "scissors", (), "selection", begins_group=True, on_canvas="cut"),
    Command("copy", "Copy", "Edit", "copy", (), "selection", on_canvas="copy"),
    Command("paste", "Paste", "Edit", "clipboard", (), "tab", on_canvas="paste"),
    Command("duplicate", "Duplicate", "Edit", "copy", (), "selection", on_canvas="duplicate"),
    Command("delete", "Delete", "Edit", "trash-2", (), "selection", on_canvas="delete"),
    Command("delete_and_heal", "Delete and join the neighbours", "Edit", "unlink", (), "nodes", on_canvas="delete_and_heal"),
    Command("rename", "Rename", "Edit", "type", (), "selection", on_canvas="rename"),
    Command("disable", "Disable or enable", "Edit", "ban", (), "nodes", on_canvas="toggle_disabled"),
    Command("find_here", "Find…", "Edit", "search", ("Ctrl+F",), "tab", begins_group=True),
    Command("find_next", "Find the next", "Edit", "chevron-down", ("F3",), "tab"),
    Command("find_previous", "Find the one before", "Edit", "chevron-up", ("Shift+F3",), "tab"),
    Command("find_all", "Find in all open flows…", "Edit", "search", ("Ctrl+Shift+F",), "tab"),
    Command("select_all", "Select all", "Edit", "", (), "tab", begins_group=True, on_canvas="select_all"),
    Command("select_upstream", "Select what leads here", "Edit", "chevron-left", ("Alt+S, U",), "nodes", on_canvas="select_upstream"),
    Command("select_downstream", "Select what follows", "Edit", "chevron-right", ("Alt+S, D",), "nodes", on_canvas="select_downstream"),
    Command("select_connected", "Select all that is connected", "Edit", "waypoints", ("Alt+S, C",), "nodes", on_canvas="select_connected"),
    Command("add_node", "Add node…", "Edit", "plus", (), "tab", begins_group=True, on_canvas="quick_add"),
    Command("add_note", "Add a note", "Edit", "sticky-note", (), "tab", on_canvas="add_note"),
    Command("lay_out", "Tidy up", "Arrange", "layout-grid", (), "tab", on_canvas="lay_out"),
    Command("align_left", "Align left", "Arrange", "align-start-vertical", ("Alt+A, L",), "several", True, "align:left"),
    Command("align_center", "Align centres", "Arrange", "align-center-vertical", ("Alt+A, C",), "several", False, "align:center"),
    Command("align_right", "Align right", "Arrange", "align-end-vertical", ("Alt+A, R",), "several", False, "align:right"),
    Command("align_top", "Align top", "Arrange", "align-start-horizontal", ("Alt+A, T",), "several", True, "align:top"),
    Command("align_middle", "Align middles", "Arrange", "align-center-horizontal", ("Alt+A, M",), "several", False, "align:middle"),
    Command("align_bottom", "Align bottom", "Arrange", "align-end-horizontal", ("Alt+A, B",), "several", False, "align:bottom"),
    Command("align_row", "Put in a row", "Arrange", "columns-3", ("Alt+A, W",), "several", True, "align:row"),
    Command("align_grid", "Align to the grid", "Arrange", "grid-2x2", ("Alt+A, G",), "nodes", False, "align:grid"),
    Command("distribute_across", "Equal gaps across", "Arrange", "align-horizontal-distribute-center", ("Alt+A, H",), "several", True, "distribute:horizontal"),
    Command("distribute_down", "Equal gaps down", "Arrange", "align-vertical-distribute-center", ("Alt+A, V",), "several", False, "distribute:vertical"),
    Command("group", "Group", "Arrange", "group", (), "selection", True, "group"),
    Command("ungroup", "Ungroup", "Arrange", "", (), "selection", False, "ungroup"),
    Command("collapse", "Collapse or expand", "Arrange", "chevrons-up-down", (), "selection", False, "toggle_collapsed"),
    Command("command_list", "Command list…", "View", "search", ("Ctrl+Shift+P",)),
    Command("fit_all", "Show the whole flow", "View", "maximize", (), "tab", True, "fit_all"),
    Command("fit_selection", "Show the selection", "View", "crosshair", (), "tab", False, "fit_selection"),
    Command("zoom_full", "Actual size", "View", "", (), "tab", False, "zoom_full"),
    Command("zoom_in", "Zoom in", "View", "plus", (), "tab", False, "zoom_in"),
    Command("zoom_out", "Zoom out", "View", "minus", (), "tab", False, "zoom_out"),
    Command("toggle_minimap", "Minimap", "View", "map", (), "tab", False, "toggle_minimap"),
    Command("run", "Run", "Run", "play", ("F5", "Ctrl+Return", "Ctrl+Enter"), "tab"),
    Command("pause", "Pause", "Run", "pause", ("F6",), "running"),
    Command("step", "Step", "Run", "step-forward", ("F10",), "tab"),
    Command("stop", "Stop", "Run", "square", ("Shift+F5",), "running"),
    Command("dry_run", "Rehearse without input", "Run", "eye", ("Ctrl+F5",), "idle", begins_group=True),
    Command("breakpoint", "Breakpoint", "Run", "circle-dot", (), "nodes", False, "toggle_breakpoint"),
    Command("run_from_node", "Run from the selected node", "Run", "skip-forward", ("Ctrl+Shift+Return",), "nodes"),
    Command("run_selection", "Run only the selected nodes", "Run", "", ("Ctrl+Alt+Return",), "nodes"),
    Command("open_in_browser", "Open in browser", "View", "globe", (), "server", begins_group=True),
    Command("connections", "Connections…", "View", "users", (), "server"),
    Command("tour", "Show the tour", "Help", "flag"),
    Command("help", "Keys and help", "Help", "circle-help", ("F1",)),
    Command("about", "About flowdesk", "Help", "info"),
)

# fmt: on
TOOLBAR = ("new", "open", "save", "", "undo", "redo", "", "add_node", "lay_out", "", "run", "pause", "step", "stop")
"""Names of the commands on the tool bar; empty is a gap."""

CANVAS_KEYS: tuple[tuple[str, str], ...] = (
    ("quick_add", say("Add a node at the pointer")),
    ("open", say("Open the settings")),
    ("rename", say("Rename")),
    ("delete", say("Delete")),
    ("delete_and_heal", say("Delete and join the neighbours")),
    ("cut", say("Cut")),
    ("copy", say("Copy")),
    ("paste", say("Paste")),
    ("paste_with_inputs", say("Paste, led to from where the originals are")),
    ("duplicate", say("Duplicate")),
    ("toggle_disabled", say("Disable or enable")),
    ("toggle_breakpoint", say("Breakpoint")),
    ("group", say("Group")),
    ("ungroup", say("Ungroup")),
    ("toggle_collapsed", say("Collapse or expand")),
    ("add_note", say("Add a note")),
    ("select_all", say("Select all")),
    ("select_upstream", say("Select what leads here")),
    ("select_downstream", say("Select what follows")),
    ("select_connected", say("Select all that is connected")),
    ("nudge:left", say("Move by one step of the grid")),
    ("nudge_far:left", say("Move by five steps")),
    ("walk:left", say("Walk along the flow")),
    ("lay_out", say("Tidy up")),
    ("fit_all", say("Show the whole flow")),
    ("fit_selection", say("Show the selection")),
    ("zoom_full", say("Actual size")),
    ("zoom_in", say("Zoom in")),
    ("zoom_out", say("Zoom out")),
    ("toggle_minimap", say("Minimap")),
)
"""Commands of the canvas that have keys, for the help; one of four arrows stands for all."""
