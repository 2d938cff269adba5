"""Real programs to type into, each with the way to read back what it holds: from its file, or from what it writes on every change."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.rig import PATIENCE, Apps, RealApp, until

QT_LINE = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication([])
edit = QLineEdit()
edit.setAccessibleName("line")
edit.setWindowTitle("flowdesk qt line")
edit.setMaxLength(100000)
edit.textChanged.connect(lambda text: Path(sys.argv[1]).write_bytes(text.encode("utf-8")))
edit.resize(600, 60)
edit.show()
edit.setFocus()
app.exec()
"""

QT_TABLE = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem
app = QApplication([])
table = QTableWidget(6, 3)
for row in range(6):
    for column in range(3):
        table.setItem(row, column, QTableWidgetItem(f"r{row}c{column}"))
def write(*_):
    cells = ["|".join(table.item(row, column).text() for column in range(3)) for row in range(6)]
    Path(sys.argv[1]).write_text(chr(10).join(cells), encoding="utf-8")
table.itemChanged.connect(write)
table.setWindowTitle("flowdesk qt table")
table.resize(420, 300)
table.show()
table.setCurrentCell(1, 1)
write()
if "edit" in sys.argv:
    table.editItem(table.item(1, 1))
app.exec()
"""

GTK3 = """
import sys
from pathlib import Path
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
window = Gtk.Window(title="flowdesk gtk entry")
entry = Gtk.Entry()
entry.connect("changed", lambda e: Path(sys.argv[1]).write_bytes(e.get_text().encode("utf-8")))
window.add(entry)
window.connect("destroy", Gtk.main_quit)
window.show_all()
entry.grab_focus()
Gtk.main()
"""

GTK3_TEXT = """
import sys
from pathlib import Path
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
window = Gtk.Window(title="flowdesk gtk text")
view = Gtk.TextView()
def write(held):
    text = held.get_text(held.get_start_iter(), held.get_end_iter(), True)
    Path(sys.argv[1]).write_bytes(text.encode("utf-8"))
view.get_buffer().connect("changed", write)
window.add(view)
window.set_default_size(500, 300)
window.connect("destroy", Gtk.main_quit)
window.show_all()
view.grab_focus()
Gtk.main()
"""

WX = """
import sys
from pathlib import Path
import wx
app = wx.App()
frame = wx.Frame(None, title="flowdesk wx", size=(500, 300))
text = wx.TextCtrl(frame, style={style})
text.Bind(wx.EVT_TEXT, lambda event: Path(sys.argv[1]).write_bytes(text.GetValue().encode("utf-8")))
frame.Show()
text.SetFocus()
app.MainLoop()
"""

SWING = """
import java.nio.file.*;
import javax.swing.*;
import javax.swing.event.*;
import javax.swing.text.*;
public class FlowdeskText {
  static void write(String file, JTextComponent text) {
    try { Files.writeString(Path.of(file), text.getText()); } catch (java.io.IOException error) { throw new RuntimeException(error); }
  }
  public static void main(String[] given) {
    SwingUtilities.invokeLater(() -> {
      JTextArea text = new JTextArea();
      text.getDocument().addDocumentListener(new DocumentListener() {
        public void insertUpdate(DocumentEvent event) { write(given[0], text); }
        public void removeUpdate(DocumentEvent event) { write(given[0], text); }
        public void changedUpdate(DocumentEvent event) { }
      });
      JFrame frame = new JFrame("flowdesk swing text");
      frame.add(new JScrollPane(text));
      frame.setSize(500, 300);
      frame.setVisible(true);
      text.requestFocusInWindow();
    });
  }
}
"""

GTK4 = """
import sys
from pathlib import Path
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gtk
def show(app):
    window = Gtk.ApplicationWindow(application=app, title="flowdesk gtk4 text")
    view = Gtk.TextView()
    buffer = view.get_buffer()
    def write(*_):
        text = buffer.get_text(buffer.get_start_iter(), buffer.get_end_iter(), True)
        Path(sys.argv[1]).write_bytes(text.encode("utf-8"))
    buffer.connect("changed", write)
    window.set_child(view)
    window.set_default_size(500, 300)
    window.present()
    view.grab_focus()
app = Gtk.Application(application_id=None)
app.connect("activate", show)
app.run([])
"""

TK = """
import sys, tkinter
from pathlib import Path
root = tkinter.Tk()
root.title("flowdesk tk")
text = tkinter.{kind}(root, width=60)
text.pack()
text.insert("{first}", "{begin}")
def write(*_):
    held = text.get({range})
    Path(sys.argv[1]).write_bytes(held.encode("utf-8", "surrogatepass"))
    root.after(30, write)
def ready():
    text.focus_force()
    root.update()
    write()
    root.title("flowdesk tk ready")
root.after(300, ready)
root.mainloop()
"""


@dataclass
class Program:
    """A program that is open, and the way to read it."""

    app: RealApp
    read: Callable[[], str]
    is_line: bool = False
    """Whether it holds one line."""
    finish: Callable[[], None] = lambda: None
    """Makes it write what it holds, where it does not by itself."""

    def holds(self, expected: str, seconds: float = PATIENCE) -> None:
        """Wait until it holds a text; fail with what it holds instead."""
        self.finish()
        until(lambda: self.read() == expected, f"{expected!r}; it holds {self.read()!r}", seconds)


def _script(apps: Apps, source: str, title: str, name: str = "out.txt", *options: str, python: str = "") -> RealApp:
    path = apps._file(name)
    path.write_bytes(b"")
    script = apps._file("probe.py")
    script.write_text(source, encoding="utf-8")
    process = apps.rig.start([python or sys.executable, str(script), str(path), *options], QT_QPA_PLATFORM="xcb")
    return apps._ready(process, path, title)


def qt_line(apps: Apps) -> Program:
    """A line edit of Qt."""
    app = _script(apps, QT_LINE, "flowdesk qt line")
    return Program(app, app.text, is_line=True)


def qt_table(apps: Apps, *, is_editing: bool = True) -> Program:
    """A table of Qt, with an editor open in the cell of row 1, column 1."""
    app = _script(apps, QT_TABLE, "flowdesk qt table", "out.txt", *(["edit"] if is_editing else []))
    return Program(app, app.text, is_line=True)


def qt_text(apps: Apps) -> Program:
    """A field of several lines of Qt."""
    app = apps.qt()
    return Program(app, app.text)


def gtk3_entry(apps: Apps) -> Program:
    """An entry of GTK 3."""
    app = _script(apps, GTK3, "flowdesk gtk entry", python="/usr/bin/python3")
    return Program(app, app.text, is_line=True)


def gtk3_text(apps: Apps) -> Program:
    """A text view of GTK 3."""
    app = _script(apps, GTK3_TEXT, "flowdesk gtk text", python="/usr/bin/python3")
    return Program(app, app.text)


def wx_line(apps: Apps) -> Program:
    """A field of wxWidgets."""
    app = _script(apps, WX.format(style="0"), "flowdesk wx", python="/usr/bin/python3")
    return Program(app, app.text, is_line=True)


def wx_text(apps: Apps) -> Program:
    """A field of several lines of wxWidgets."""
    app = _script(apps, WX.format(style="wx.TE_MULTILINE"), "flowdesk wx", python="/usr/bin/python3")
    return Program(app, app.text)


def swing_text(apps: Apps) -> Program:
    """A text area of Swing."""
    source, out = apps._file("FlowdeskText.java"), apps._file("out.txt")
    source.write_text(SWING, encoding="utf-8")
    out.write_bytes(b"")
    wrapper = "org.GNOME.Accessibility.AtkWrapper"
    bridge = [f"-Djavax.accessibility.assistive_technologies={wrapper}", "-cp", "/usr/share/java/java-atk-wrapper.jar"]
    # A source of one file is compiled and run at once.
    app = apps._ready(
        apps.rig.start(["java", *bridge, "-Dfile.encoding=UTF-8", str(source), str(out)]), out, "flowdesk swing text"
    )
    return Program(app, app.text)


def gtk4_text(apps: Apps) -> Program:
    """A text view of GTK 4."""
    app = _script(apps, GTK4, "flowdesk gtk4 text", python="/usr/bin/python3")
    return Program(app, app.text)


def tk_text(apps: Apps, begin: str = "") -> Program:
    """A text widget of Tk."""
    source = TK.format(kind="Text", first="1.0", begin=begin, range='"1.0", "end-1c"')
    app = _script(apps, source, "flowdesk tk ready", python="/usr/bin/python3")
    return Program(app, app.text)


def tk_entry(apps: Apps, begin: str = "") -> Program:
    """An entry of Tk."""
    source = TK.format(kind="Entry", first="0", begin=begin, range="")
    app = _script(apps, source, "flowdesk tk ready", python="/usr/bin/python3")
    return Program(app, app.text, is_line=True)


def chromium(apps: Apps) -> Program:
    """A text area in a page."""
    page = apps.chromium()
    return Program(page, page.value)


def _editor(apps: Apps, command: list[str], save: Callable[[RealApp], None], title: str = "") -> Program:
    path = apps._file("note.txt")
    path.write_text("", encoding="utf-8")
    process = apps.rig.start([part.replace("FILE", str(path)) for part in command], GSETTINGS_BACKEND="memory")
    app = apps._ready(process, path, title or path.name)
    # Editors end a file with a line end of their own.
    return Program(app, lambda: app.text().removesuffix("\n"), finish=lambda: save(app))


def _ctrl_s(apps: Apps) -> Callable[[RealApp], None]:
    return lambda app: apps.rig.xdotool("key", "--clearmodifiers", "ctrl+s")


def mousepad(apps: Apps) -> Program:
    """Mousepad."""
    app = apps.mousepad()
    return Program(app, app.text, finish=lambda: _ctrl_s(apps)(app))


def gedit(apps: Apps) -> Program:
    """Gedit."""
    return _editor(apps, ["gedit", "--standalone", "FILE"], _ctrl_s(apps))


def featherpad(apps: Apps) -> Program:
    """FeatherPad."""
    return _editor(apps, ["featherpad", "--standalone", "FILE"], _ctrl_s(apps))


def l3afpad(apps: Apps) -> Program:
    """L3afpad."""
    return _editor(apps, ["l3afpad", "FILE"], _ctrl_s(apps))


def kate(apps: Apps) -> Program:
    """Kate, which takes blanks off the ends of lines when it saves; so it ends with another sign here."""

    def save(app: RealApp) -> None:
        apps.rig.xdotool("type", "|")
        apps.rig.xdotool("key", "ctrl+s")

    program = _editor(apps, ["kate", "-b", "--startanon", "FILE"], save)
    return replace(program, read=lambda: program.app.text().removesuffix("\n").removesuffix("|"))


def nedit(apps: Apps) -> Program:
    """NEdit, which writes Latin-1."""

    def save(app: RealApp) -> None:
        # By its menu: its shortcuts are those of the layout in which it was started, in which there must be an s.
        for key in ("F10", "Return", "s"):
            apps.rig.xdotool("key", "--delay", "100", key)

    asked = subprocess.run(
        ["setxkbmap", "-query"], env=apps.rig.desktop.environment(), check=True, capture_output=True, text=True
    ).stdout
    if is_foreign := re.search(r"layout: +ru$", asked, re.MULTILINE) is not None:
        apps.rig.layout("us")
    program = _editor(apps, [shutil.which("nedit") or "nedit", "FILE"], save)
    if is_foreign:
        apps.rig.layout("ru")
    path = program.app.path
    assert path is not None
    return replace(program, read=lambda: path.read_bytes().decode("latin-1").removesuffix("\n"))


def gnome_text_editor(apps: Apps) -> Program:
    """The text editor of GNOME."""
    return _editor(apps, ["gnome-text-editor", "--standalone", "FILE"], _ctrl_s(apps))


def emacs(apps: Apps) -> Program:
    """Emacs."""

    def save(app: RealApp) -> None:
        apps.rig.xdotool("key", "ctrl+x", "ctrl+s")

    settings = "(setq require-final-newline nil make-backup-files nil auto-save-default nil)"
    return _editor(apps, ["emacs", "-Q", "--eval", settings, "FILE"], save)


def gvim(apps: Apps) -> Program:
    """Gvim, in insert mode."""

    def save(app: RealApp) -> None:
        apps.rig.xdotool("key", "Escape")
        apps.rig.xdotool("type", "--delay", "20", ":w\n")
        apps.rig.xdotool("type", "--delay", "20", "A")

    command = ["gvim", "-f", "-u", "NONE", "--cmd", "set nocp enc=utf-8 noeol nofixeol", "-c", "startinsert", "FILE"]
    return _editor(apps, command, save, "note.txt")


def xterm(apps: Apps) -> Program:
    """A terminal with ``cat`` in it."""
    app = apps.xterm()
    return Program(app, app.text)
