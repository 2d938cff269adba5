"""Scenes in GTK 4: ``gtk4_scenes.py OUT SCENE``. What happened to the program stands in OUT, a line each."""

import sys
from pathlib import Path
from typing import Any

import gi  # type: ignore[import-not-found,import-untyped,unused-ignore]

gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gtk  # type: ignore[import-not-found,unused-ignore] # noqa: E402

OUT = open(sys.argv[1], "w", buffering=1)  # noqa: SIM115


def tell(line: Any) -> Any:
    OUT.write(line + "\n")


def later(milliseconds: Any, what: Any) -> Any:
    """Do something after a while, and leave a mark that it is done."""

    def do() -> Any:
        what()
        Path(sys.argv[1] + ".ready").touch()
        return False

    GLib.timeout_add(milliseconds, do)


def button(name: Any) -> Any:
    made = Gtk.Button(label=name)
    made.connect("clicked", lambda _: name and tell(name))
    return made


def column(*children: Any) -> Any:
    made = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    for child in children:
        made.append(child)
    return made


def plain(app: Any) -> Any:
    show(app, column(button("Target"), button("Other")))


def days(app: Any) -> Any:
    """Buttons without a name of their own: what is written on them stands in boxes."""
    days = []
    for number in ("17", "18"):
        day = button("")
        day.set_child(column(Gtk.Label(label=number)))
        day.connect("clicked", lambda _, number=number: tell(f"day {number}"))
        days.append(day)
    show(app, column(Gtk.Label(label="17"), *days))


def scroll(app: Any) -> Any:
    area = Gtk.ScrolledWindow()
    area.set_vexpand(True)
    area.set_child(column(*(button(f"Line {number}") for number in range(1, 41))))
    below = button("Erase all")
    below.set_size_request(-1, 120)
    show(app, column(area, below))


def rows(app: Any) -> Any:
    """A table of rows, of which only some are shown and the others tell an empty box, or the one that they had."""
    items = Gtk.StringList.new([f"Person {number:02d}" for number in range(1, 61)])
    chosen = Gtk.SingleSelection(model=items, autoselect=False, can_unselect=True)
    chosen.connect("notify::selected-item", lambda *_: tell(chosen.get_selected_item().get_string()))
    cells = Gtk.SignalListItemFactory()
    cells.connect("setup", lambda _, item: item.set_child(Gtk.Label(xalign=0)))
    cells.connect("bind", lambda _, item: item.get_child().set_label(item.get_item().get_string()))
    table = Gtk.ColumnView(model=chosen)
    table.append_column(Gtk.ColumnViewColumn(title="Name", factory=cells, expand=True))
    show(app, column(Gtk.ScrolledWindow(child=table, vexpand=True)))


def choices(app: Any) -> Any:
    """Lists to choose from beside labels that nothing ties to them."""
    lines = []
    for name, words in (("Town", ("Berlin", "Graz", "Wien")), ("Way", ("Road", "Rail"))):
        chosen = Gtk.DropDown.new_from_strings(words)
        chosen.connect(
            "notify::selected", lambda one, *_, name=name: tell(f"{name}={one.get_selected_item().get_string()}")
        )
        line = Gtk.Box(spacing=8)
        line.append(Gtk.Label(label=name))
        line.append(chosen)
        lines.append(line)
    show(app, column(*lines))


def overlaid(app: Any) -> Any:
    overlay = Gtk.Overlay()
    overlay.set_child(column(button("Target"), button("Low")))
    over = button("Cover")
    over.set_valign(Gtk.Align.START)
    over.set_size_request(-1, 90)
    overlay.add_overlay(over)
    show(app, overlay)


def modal(app: Any) -> Any:
    shown = show(app, column(button("Step")))

    def ask() -> Any:
        dialog = Gtk.MessageDialog(transient_for=shown, modal=True, buttons=Gtk.ButtonsType.YES_NO, text="Install?")
        dialog.set_title("Update")
        dialog.connect("response", lambda *_: (tell("answered"), dialog.destroy()))
        dialog.show()

    later(400, ask)


def popover(app: Any) -> Any:
    opener = Gtk.MenuButton(label="More")
    bubble = Gtk.Popover()
    bubble.set_child(column(*(button(name) for name in ("Rename", "Remove", "Archive"))))
    opener.set_popover(bubble)
    show(app, column(opener, button("Target"), button("Low")))
    later(500, bubble.popup)


def show(app: Any, child: Any) -> Any:
    made = Gtk.ApplicationWindow(application=app, title="Scene four")
    made.set_default_size(320, 420)
    made.set_child(child)
    made.present()
    return made


application = Gtk.Application(application_id=f"org.flowdesk.scene{GLib.random_int_range(1, 999999)}")
application.connect("activate", lambda app: globals()[sys.argv[2]](app))
application.run([])
