"""Scenes in GTK 3: ``gtk3_scenes.py OUT SCENE``. What happened to the program stands in OUT, a line each."""

import sys
from pathlib import Path
from typing import Any

import gi  # type: ignore[import-not-found,import-untyped,unused-ignore]

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # type: ignore[import-not-found,unused-ignore] # noqa: E402

PLACE = (300, 200)
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
    made.connect("clicked", lambda _: tell(name))
    return made


def window(child: Any, title: Any = "Scene", place: Any = PLACE) -> Any:
    made = Gtk.Window(title=title)
    made.set_default_size(320, 420)
    made.move(*place)
    made.add(child)
    made.show_all()
    return made


def scrolled(child: Any) -> Any:
    made = Gtk.ScrolledWindow()
    made.set_vexpand(True)
    made.add(child)
    return made


def rows(count: Any = 40, prefix: Any = "Line") -> Any:
    column = Gtk.VBox()
    for number in range(1, count + 1):
        column.add(button(f"{prefix} {number}"))
    return column


def over_danger(top: Any) -> Any:
    column = Gtk.VBox()
    column.pack_start(top, True, True, 0)
    below = button("Erase all")
    below.set_size_request(-1, 120)
    column.pack_start(below, False, False, 0)
    return column


def scroll() -> Any:
    window(over_danger(scrolled(rows())))


def scrolled_before() -> Any:
    area = scrolled(rows())
    window(over_danger(area))
    later(300, lambda: area.get_vadjustment().set_value(400))


def nested() -> Any:
    column = Gtk.VBox()
    for number in range(6):
        area = scrolled(rows(20, f"Part {number} line"))
        area.set_size_request(-1, 220)
        column.add(area)
    window(over_danger(scrolled(column)))


def tree() -> Any:
    store = Gtk.ListStore(str)
    for number in range(3000):
        store.append([f"Item {number}"])
    view = Gtk.TreeView(model=store)
    view.append_column(Gtk.TreeViewColumn("Items", Gtk.CellRendererText(), text=0))
    selection = view.get_selection()

    def chosen(_: Any) -> Any:
        _, place = selection.get_selected()
        if place is not None:
            tell(store[place][0])

    selection.set_mode(Gtk.SelectionMode.SINGLE)
    window(over_danger(scrolled(view)))

    def begin() -> Any:
        selection.unselect_all()
        selection.connect("changed", chosen)

    later(300, begin)


def ticked_tree() -> Any:
    """A table whose rows begin with the same: an empty box, then the name, then the town."""
    store = Gtk.ListStore(bool, str, str)
    for number in range(30):
        store.append([False, f"Item {number}", "Paris" if number % 2 else "Rome"])
    view = Gtk.TreeView(model=store)
    box = Gtk.CellRendererToggle()
    box.connect("toggled", lambda _, place: tell(f"ticked {store[place][1]}"))
    view.append_column(Gtk.TreeViewColumn("Done", box, active=0))
    view.append_column(Gtk.TreeViewColumn("Name", Gtk.CellRendererText(), text=1))
    view.append_column(Gtk.TreeViewColumn("Town", Gtk.CellRendererText(), text=2))
    selection = view.get_selection()
    window(scrolled(view))

    def begin() -> Any:
        selection.select_path(2)
        selection.connect("changed", lambda _: tell(store[selection.get_selected()[1]][1]))

    later(300, begin)


def twins() -> Any:
    """Two windows of one title, one on the other."""
    window(button("First"), "Twin", (100, 100))
    later(200, lambda: window(button("Second"), "Twin", (140, 140)))


def long_menu() -> Any:
    """A menu that is longer than the screen."""
    bar = Gtk.MenuBar()
    file, menu = Gtk.MenuItem(label="File"), Gtk.Menu()
    for number in range(90):
        entry = Gtk.MenuItem(label=f"Entry {number}")
        entry.connect("activate", lambda _, name=f"Entry {number}": tell(name))
        menu.append(entry)
    file.set_submenu(menu)
    bar.append(file)
    column = Gtk.VBox()
    column.pack_start(bar, False, False, 0)
    window(column)


def swapped_by_hover() -> Any:
    """Two buttons; as soon as the pointer is on the first, they change places."""
    column = Gtk.VBox()
    target, trap = button("Target"), button("Trap")
    column.pack_start(target, False, False, 0)
    column.pack_start(trap, False, False, 0)
    seen: list[bool] = []

    def entered(*_: Any) -> Any:
        if not seen:
            seen.append(True)
            column.reorder_child(trap, 0)

    target.connect("enter-notify-event", entered)
    window(column)


def overlaid() -> Any:
    overlay = Gtk.Overlay()
    column = Gtk.VBox()
    column.pack_start(button("Target"), False, False, 0)
    column.pack_start(button("Low"), True, True, 0)
    overlay.add(column)
    over = button("Cover")
    over.set_valign(Gtk.Align.START)
    over.set_size_request(-1, 80)
    overlay.add_overlay(over)
    window(overlay)


def on_overlay() -> Any:
    overlay = Gtk.Overlay()
    overlay.add(button("Beneath"))
    over = button("Target")
    over.set_valign(Gtk.Align.CENTER)
    over.set_halign(Gtk.Align.CENTER)
    overlay.add_overlay(over)
    window(overlay)


def popover() -> Any:
    column = Gtk.VBox()
    opener = Gtk.MenuButton(label="More")
    bubble = Gtk.Popover()
    inside = Gtk.VBox()
    for name in ("Rename", "Remove", "Archive"):
        inside.add(button(name))
    bubble.add(inside)
    inside.show_all()
    opener.set_popover(bubble)
    column.pack_start(opener, False, False, 0)
    column.pack_start(button("Target"), False, False, 0)
    column.pack_start(button("Far"), True, True, 0)
    window(column)
    later(400, bubble.popup)


def menu_open() -> Any:
    column = Gtk.VBox()
    column.pack_start(button("Target"), False, False, 0)
    column.pack_start(button("Other"), True, True, 0)
    window(column)
    menu = Gtk.Menu()
    menu.set_size_request(320, -1)
    for name in ("Open", "Save As", "Print", "Quit", "Help"):
        entry = Gtk.MenuItem(label=name)
        entry.connect("activate", lambda _, name=name: tell(name))
        menu.append(entry)
    menu.show_all()
    later(500, lambda: menu.popup(None, None, lambda *_: (300, 210, True), None, 0, Gtk.get_current_event_time()))


def modal() -> Any:
    shown = window(button("Step"), "Main job")
    window(button("Other step"), "Second job", (800, 200))

    def ask() -> Any:
        dialog = Gtk.MessageDialog(
            transient_for=shown,
            modal=True,
            message_type=Gtk.MessageType.QUESTION,
            buttons=Gtk.ButtonsType.YES_NO,
            text="Install?",
        )
        dialog.set_title("Update")
        dialog.connect("response", lambda *_: (tell("answered"), dialog.destroy()))
        dialog.show()

    later(300, ask)


def asks_later() -> Any:
    """A button whose question comes only after a while."""
    opener = Gtk.Button(label="Quit")
    shown = window(opener, "Main job")

    def ask() -> Any:
        dialog = Gtk.Dialog(title="Save changes?", transient_for=shown, modal=True)
        dialog.get_content_area().add(button("No"))
        dialog.show_all()

    opener.connect("clicked", lambda _: later(120, ask))


def asked_twice() -> Any:
    """A modal dialog over a modal dialog."""
    shown = window(button("Step"), "Main job")

    def ask(parent: Any, title: str, then: Any = None) -> Any:
        dialog = Gtk.Dialog(title=title, transient_for=parent, modal=True)
        dialog.get_content_area().add(button(f"{title} yes"))
        dialog.set_default_size(220, 140)
        dialog.show_all()
        if then:
            later(300, lambda: then(dialog))

    later(300, lambda: ask(shown, "First", lambda first: ask(first, "Second")))


def toggle() -> Any:
    column = Gtk.VBox()
    bold = Gtk.ToggleButton(label="Bold")
    bold.connect("toggled", lambda _: OUT.write(f"bold={bold.get_active()}\n"))
    column.pack_start(bold, False, False, 0)
    column.pack_start(button("Target"), True, True, 0)
    window(column)


def labelled() -> Any:
    """Labels with a mnemonic widget."""
    grid = Gtk.Grid()
    entry, town, tick = Gtk.Entry(), Gtk.ComboBoxText(), Gtk.CheckButton()
    for name in ("Berlin", "Paris", "Rome"):
        town.append_text(name)
    entry.connect("changed", lambda _: OUT.write(f"name={entry.get_text()}\n"))
    town.connect("changed", lambda _: OUT.write(f"town={town.get_active_text()}\n"))
    tick.connect("toggled", lambda _: OUT.write(f"tick={tick.get_active()}\n"))
    for row, (text, field) in enumerate((("_Name:", entry), ("_Town:", town), ("_Ready:", tick))):
        label = Gtk.Label.new_with_mnemonic(text)
        label.set_mnemonic_widget(field)
        grid.attach(label, 0, row, 1, 1)
        grid.attach(field, 1, row, 1, 1)
    window(grid)


def beside_labels() -> Any:
    """Fields of which only the eye knows the labels: one to the left of it, one above it."""
    grid = Gtk.Grid(row_spacing=6, column_spacing=6)
    for row, name in enumerate(("Name:", "E-mail:")):
        entry = Gtk.Entry()
        entry.connect("changed", lambda field, name=name: tell(f"{name}{field.get_text()}"))
        grid.attach(Gtk.Label(label=name, xalign=0), 0, row, 1, 1)
        grid.attach(entry, 1, row, 1, 1)
    for column, name in enumerate(("Street", "Town")):
        entry = Gtk.Entry()
        entry.connect("changed", lambda field, name=name: tell(f"{name}:{field.get_text()}"))
        grid.attach(Gtk.Label(label=name, xalign=0), column, 2, 1, 1)
        grid.attach(entry, column, 3, 1, 1)
    window(grid)


def completion() -> Any:
    """A field that suggests, over the next field."""
    column = Gtk.VBox()
    towns = Gtk.ListStore(str)
    for number in range(6):
        towns.append([f"Rome {number}"])
    helper = Gtk.EntryCompletion(model=towns, text_column=0)
    for name in ("Town", "Street", "Country"):
        entry = Gtk.Entry()
        entry.get_accessible().set_name(name)
        entry.connect("changed", lambda field, name=name: tell(f"{name}={field.get_text()}"))
        if name == "Town":
            entry.set_completion(helper)
        column.pack_start(entry, False, False, 0)
    column.pack_start(button("Far"), True, True, 0)
    window(column)


def late_field() -> Any:
    """An area that opens a field at the first key, which gets it."""
    column = Gtk.VBox()
    area, entry = Gtk.DrawingArea(can_focus=True), Gtk.Entry()
    entry.connect("changed", lambda field: tell(f"late={field.get_text()}"))
    entry.set_no_show_all(True)

    def begin(_: Any, event: Any) -> Any:
        if event.string:
            entry.show()
            entry.grab_focus()
            entry.set_text(event.string)
            entry.set_position(-1)
        return bool(event.string)

    area.connect("key-press-event", begin)
    column.pack_start(entry, False, False, 0)
    column.pack_start(area, True, True, 0)
    window(column)
    area.grab_focus()


def _told(entry: Any, name: Any) -> Any:
    entry.get_accessible().set_name(name)
    entry.connect("changed", lambda field: tell(f"{name.lower()}={field.get_text()}"))
    return entry


def narrow_fields() -> Any:
    """A list that has the keyboard, a field with an icon in its middle, a spin button with a button there, and a field that takes no click."""
    column, line = Gtk.VBox(), Gtk.HBox()
    model = Gtk.ListStore(str)
    for name in ("alpha", "beta"):
        model.append([name])
    view = Gtk.TreeView(model=model)
    heading = Gtk.TreeViewColumn("Name", Gtk.CellRendererText(), text=0)
    heading.set_clickable(True)
    heading.connect("clicked", lambda _: tell("heading"))
    view.append_column(heading)
    view.set_enable_search(False)
    view.connect("key-press-event", lambda _, event: tell(f"key {event.string}"))
    year = _told(Gtk.Entry(width_chars=1, max_width_chars=1), "Year")
    year.set_size_request(58, -1)
    year.set_icon_from_icon_name(Gtk.EntryIconPosition.SECONDARY, "edit-clear")
    year.connect("icon-release", lambda *_: tell("icon"))
    amount = _told(Gtk.SpinButton.new_with_range(0, 100, 1), "Amount")
    amount.set_width_chars(2)
    deaf = _told(Gtk.Entry(), "Deaf")
    deaf.connect("button-press-event", lambda *_: True)
    for each in (year, amount):
        line.pack_start(each, False, False, 4)
    for each in (line, deaf, view):
        column.pack_start(each, each is view, each is view, 4)
    window(column)
    view.grab_focus()


def cells() -> Any:
    """A tree whose cells can be written to."""
    model = Gtk.ListStore(str)
    for name in ("alpha", "beta", "gamma"):
        model.append([name])
    tree = Gtk.TreeView(model=model, headers_visible=False)
    writer = Gtk.CellRendererText(editable=True)
    tree.append_column(Gtk.TreeViewColumn("Name", writer, text=0))

    def edited(_: Any, path: Any, text: Any) -> Any:
        model[path][0] = text
        tell(f"{path}={text}")

    writer.connect("edited", edited)
    model.connect("row-deleted", lambda *_: tell("deleted"))
    tree.connect("key-press-event", lambda _, event: event.keyval == 0xFFFF and tell("delete pressed"))
    window(tree)


def beside_dialog() -> Any:
    """A dialog that is not modal and always stays over the middle of its window."""
    text = Gtk.TextView()
    text.get_buffer().connect("changed", lambda buffer: tell(buffer.get_property("text")))
    shown = window(text, "Main job")
    shown.resize(700, 500)
    dialog = Gtk.Dialog(title="Find", transient_for=shown, modal=False)
    dialog.set_default_size(260, 200)
    dialog.show_all()
    later(300, lambda: dialog.move(PLACE[0] + 220, PLACE[1] + 150))


def tabs() -> Any:
    book = Gtk.Notebook()
    for number in range(3):
        book.append_page(rows(3, f"Page {number} line"), Gtk.Label(label=f"Tab {number}"))
    window(book)


def combo() -> Any:
    column = Gtk.VBox()
    box = Gtk.ComboBoxText()
    for number in range(6):
        box.append_text(f"Town {number}")
    box.connect("changed", lambda _: tell(box.get_active_text()))
    column.pack_start(box, False, False, 0)
    column.pack_start(button("Target"), True, True, 0)
    window(column)


globals()[sys.argv[2]]()
Gtk.main()
