"""A program of the old kind, for the rig: it tells nobody its process or its elements, and answers no pings.

It writes a line for every key that it receives (``ctrl+shift+End``) and for every text that is pasted with ctrl+v; like Tk, it
leaves behind what it was handed. Usage: ``plain_x.py FILE TITLE``.
"""

import sys
from pathlib import Path
from typing import Any

from Xlib import XK, X
from Xlib.display import Display

MODIFIERS = ((X.ControlMask, "ctrl"), (X.ShiftMask, "shift"))

NAMES = {XK.XK_Home: "Home", XK.XK_End: "End", XK.XK_Delete: "Delete"}
"""Keys that stand for no character; others of that kind are not written."""


def main() -> None:
    """Show the window and write what comes until it is ended."""
    path, title = Path(sys.argv[1]), sys.argv[2]
    display = Display()
    window = display.screen().root.create_window(
        200, 200, 400, 200, 0, display.screen().root_depth, X.InputOutput, X.CopyFromParent,
        background_pixel=display.screen().white_pixel, event_mask=X.KeyPressMask,
    )  # fmt: skip
    window.set_wm_name(title)
    window.set_wm_class("plain", "Plain")
    window.set_wm_hints(flags=1, input=1)
    window.map()
    lines: list[str] = []
    while True:
        if line := _line(display, window, display.next_event()):
            lines.append(line)
            path.write_text("".join(f"{each}\n" for each in lines), encoding="utf-8")


def _line(display: Any, window: Any, event: Any) -> str:
    place = display.intern_atom("PLAIN")
    if event.type == X.SelectionNotify and event.property:
        return bytes(window.get_full_property(place, X.AnyPropertyType).value).decode("utf-8")
    if event.type != X.KeyPress:
        return ""
    symbol = display.keycode_to_keysym(event.detail, 0)
    name = NAMES.get(symbol) or (chr(symbol) if 0x20 < symbol < 0x100 else "")
    if name == "v" and event.state & X.ControlMask:
        clipboard, kind = display.intern_atom("CLIPBOARD"), display.intern_atom("UTF8_STRING")
        window.convert_selection(clipboard, kind, place, event.time)
    return name and "+".join([*(word for mask, word in MODIFIERS if event.state & mask), name])


if __name__ == "__main__":
    main()
