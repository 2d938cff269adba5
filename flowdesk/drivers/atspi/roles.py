"""Numbers of the AT-SPI specification: kinds of elements under the names that selectors use, and states."""

from enum import IntEnum

_NUMBERS: dict[str, tuple[int, ...]] = {
    "alert": (2, 101, 102),
    "application": (75,),
    "button": (43, 129),
    "check_box": (7, 8),
    "combo_box": (11,),
    "dialog": (16, 19),
    "group": (5, 20, 39, 49, 65, 68, 71, 72, 73, 85, 86, 87, 97, 99, 104, 105),
    "heading": (83,),
    "image": (13, 26, 27),
    "link": (88,),
    "list": (31, 98),
    "list_item": (32,),
    "menu": (33, 41),
    "menu_bar": (34,),
    "menu_item": (35, 59),
    "navigation": (110,),
    "progress_bar": (42, 103),
    "radio_button": (44, 45),
    "scroll_bar": (48,),
    "separator": (50,),
    "slider": (51,),
    "spin_button": (52,),
    "split_group": (53,),
    "static_text": (29, 81, 116),
    "status": (54,),
    "switch": (62,),
    "tab": (37,),
    "tab_group": (38,),
    "table": (55, 66),
    "table_cell": (10, 47, 56, 57, 58),
    "table_row": (90,),
    "text_area": (60, 61, 78),
    "text_field": (40, 79),
    "toolbar": (63,),
    "tooltip": (64,),
    "tree_item": (91,),
    "web_area": (82, 92, 93, 94, 95, 96),
    "window": (23, 69),
}

_WORDS: dict[str, str] = {
    "alert": "alert, notification, info bar",
    "application": "application",
    "button": "push button, button, push button menu",
    "check_box": "check box, check menu item",
    "combo_box": "combo box, combobox",
    "dialog": "dialog, file chooser",
    "group": "panel, section, form, filler, viewport, scroll pane, paragraph, header, footer, grouping, block quote,"
    " redundant object, tree, comment, title bar, calendar",
    "heading": "heading",
    "image": "image, icon, desktop icon",
    "link": "link",
    "list": "list, list box, listbox",
    "list_item": "list item",
    "menu": "menu, popup menu",
    "menu_bar": "menu bar",
    "menu_item": "menu item, tearoff menu item",
    "navigation": "landmark, navigation",
    "progress_bar": "progress bar, level bar",
    "radio_button": "radio button, radio menu item",
    "scroll_bar": "scroll bar",
    "separator": "separator",
    "slider": "slider",
    "spin_button": "spin button, spinbutton",
    "split_group": "split pane",
    "static_text": "label, static, caption",
    "status": "status bar, statusbar",
    "switch": "toggle button",
    "tab": "page tab",
    "tab_group": "page tab list",
    "table": "table, tree table",
    "table_cell": "table cell, table column header, table row header, column header, row header",
    "table_row": "table row",
    "text_area": "text, textbox, embedded, terminal",
    "text_field": "entry, password text",
    "toolbar": "tool bar",
    "tooltip": "tool tip, tooltip",
    "tree_item": "tree item",
    "web_area": "document web, document frame, document spreadsheet, document presentation, document text, document email",
    "window": "frame, window",
}

ROLE_WORDS = {word: name for name, words in _WORDS.items() for word in words.split(", ")}
"""What programs call a role to the name that selectors use. It counts before the number: the two may disagree."""

ROLE_NAMES = {number: name for name, numbers in _NUMBERS.items() for number in numbers}
"""Number of a role to the name that selectors use."""


def numbers_of(names: frozenset[str] | None) -> frozenset[int] | None:
    """Return the numbers of the roles that selectors call by some names; None: any."""
    return None if names is None else frozenset(number for name in names for number in _NUMBERS.get(name, ()))


class State(IntEnum):
    """Bits of an element's states."""

    ACTIVE = 1
    BUSY = 3
    CHECKED = 4
    EDITABLE = 7
    ENABLED = 8
    EXPANDABLE = 9
    EXPANDED = 10
    FOCUSABLE = 11
    FOCUSED = 12
    MODAL = 16
    MULTI_LINE = 17
    SELECTED = 23
    SENSITIVE = 24
    SHOWING = 25
    VISIBLE = 30
    INDETERMINATE = 32
    REQUIRED = 33
