"""A program of the old kind, without elements: ``x_scenes.py OUT TITLE X Y WORD COLOR``. It writes where it was pressed.

It draws a word in large letters, by which it can be found; ``popup`` before the title makes it a window that nobody manages.
"""

import sys
from typing import Any

from Xlib import X
from Xlib.display import Display

OUT = open(sys.argv[1], "w", buffering=1, encoding="utf-8")  # noqa: SIM115


def main() -> None:
    """Show the window and write what comes until it is ended."""
    is_popup = sys.argv[2] == "popup"
    title, x, y, word, color = sys.argv[2 + is_popup : 7 + is_popup]
    display: Any = Display()
    screen = display.screen()
    pixel = screen.default_colormap.alloc_named_color(color).pixel
    window = screen.root.create_window(
        int(x), int(y), 320, 200, 0, screen.root_depth, X.InputOutput, X.CopyFromParent, background_pixel=pixel,
        override_redirect=is_popup, event_mask=X.ButtonPressMask | X.ButtonReleaseMask | X.KeyPressMask | X.ExposureMask,
    )  # fmt: skip
    window.set_wm_name(title)
    window.set_wm_class("xscene", "Xscene")
    window.set_wm_hints(flags=1, input=1)
    window.set_wm_normal_hints(flags=1, x=int(x), y=int(y))
    font = display.open_font("-*-helvetica-bold-r-normal--34-*-*-*-*-*-iso8859-1") if has_font(display) else None
    pen = window.create_gc(foreground=screen.black_pixel, **({"font": font} if font is not None else {}))
    window.map()
    while True:
        event = display.next_event()
        if event.type == X.Expose:
            window.draw_text(pen, 60, 110, word.encode())
            display.flush()
        elif event.type == X.ButtonPress:
            OUT.write(f"press {event.event_x} {event.event_y}\n")
        elif event.type == X.ButtonRelease:
            OUT.write(f"release {event.event_x} {event.event_y}\n")
        elif event.type == X.KeyPress:
            OUT.write("key\n")


def has_font(display: Any) -> bool:
    """Whether the server has letters that OCR reads well."""
    return bool(display.list_fonts("-*-helvetica-bold-r-normal--34-*-*-*-*-*-iso8859-1", 1))


if __name__ == "__main__":
    main()
