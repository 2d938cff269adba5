"""More programs in which a person's work is recorded: tables and trees that are edited in place, menus of the right button, late dialogs."""

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import Any, ClassVar

from tests.apps.recorded import LARGER, Chromium, Program, Swing, Tk
from tests.rig import published, until

PROGRAMS = Path(__file__).parents[1] / "controls" / "desks"


class Desk(Program):
    """A window of a toolkit that tells what it holds as JSON."""

    script: ClassVar[str] = ""

    @property
    def out(self) -> Path:
        return self.folder / "held.json"

    def prepares(self) -> None:
        self.out.unlink(missing_ok=True)

    def command(self, *, looks_other: bool) -> list[str]:
        return ["/usr/bin/python3", str(PROGRAMS / self.script), str(self.out)]

    def environment(self, *, looks_other: bool) -> dict[str, str]:
        return {**super().environment(looks_other=looks_other), "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}

    def told(self) -> Any:
        return json.loads(self.out.read_text("utf-8")) if self.out.exists() else None


class Gtk3Desk(Desk):
    script, title = "gtk3_desk", "Desk 2026"


class Gtk4Desk(Desk):
    script, title = "gtk4_desk", "Four 2026"


class Qt5Desk(Desk):
    script, title = "qt5_desk", "Five 2026"


class WxDesk(Desk):
    script, title = "wx_desk", "Wide 2026"


class TkDesk(Tk):
    title = "Ledger 2026"

    def command(self, *, looks_other: bool) -> list[str]:
        return ["/usr/bin/python3", str(PROGRAMS / "tk_desk"), str(self.out)]


class SwingDesk(Swing):
    title = "Swinging 2026"

    @property
    def out(self) -> Path:
        return self.folder / "held.json"

    def command(self, *, looks_other: bool) -> list[str]:
        classes = self.folder / "classes"
        if not classes.exists():
            source = PROGRAMS / "swing" / "SwingDesk.java"
            subprocess.run(["javac", "-d", str(classes), str(source)], check=True, timeout=120)
        bridge = "-Djavax.accessibility.assistive_technologies=org.GNOME.Accessibility.AtkWrapper"
        nimbus = ["-Dswing.defaultlaf=javax.swing.plaf.nimbus.NimbusLookAndFeel"] if looks_other else []
        jars = f"/usr/share/java/java-atk-wrapper.jar:{classes}"
        return ["java", bridge, *nimbus, "-cp", jars, "SwingDesk", str(self.out)]

    def told(self) -> Any:
        return json.loads(self.out.read_text("utf-8")) if self.out.exists() else None


class PageDesk(Chromium):
    """A page with a table that is edited in place, something to drag, and a dialog that opens late."""

    def opens(self, *, looks_other: bool = False) -> None:
        self.rig.close_apps()
        text = (PROGRAMS / "page_desk.html").read_text("utf-8")
        if looks_other:
            text += f"<style>html {{ zoom: {LARGER}; background: #222; color: #eee }}</style>"
        self.page = self.apps.chromium(text)
        self.window = self.page.window
        self.pid = next(pid for number, pid, _ in self.rig.windows() if number == self.window)
        self.is_ready()

    def told(self) -> Any:
        return json.loads(self.page.evaluate("JSON.stringify(told)"))


class Files(Program):
    """A file manager in a folder of its own."""

    title = "papers"

    @property
    def out(self) -> Path:
        return self.folder / "papers"

    def prepares(self) -> None:
        subprocess.run(["rm", "-rf", str(self.out)], check=True)
        (self.out / "Archive").mkdir(parents=True)
        for name in ("bill.txt", "letter.txt"):
            (self.out / name).write_text(name, "utf-8")

    def command(self, *, looks_other: bool) -> list[str]:
        return ["pcmanfm", "--no-desktop", "--profile=none", str(self.out)]

    def environment(self, *, looks_other: bool) -> dict[str, str]:
        return {
            **super().environment(looks_other=looks_other),
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }

    def is_ready(self) -> None:
        self.rig.wait_for_manager()

    def told(self) -> Any:
        return sorted(str(path.relative_to(self.out)) for path in self.out.rglob("*")) if self.out.exists() else None


class Forms(Program):
    """A dialog of a script, which prints what was filled in."""

    title = "Stock"

    @property
    def out(self) -> Path:
        return self.folder / "printed.txt"

    def prepares(self) -> None:
        self.out.unlink(missing_ok=True)

    def command(self, *, looks_other: bool) -> list[str]:
        asked = "zenity --forms --title Stock --text 'Fill in' --add-entry Article --add-entry Shelf --add-password Password --add-combo Size --combo-values 'small|large'"
        return ["sh", "-c", f"{asked} > {self.out}.part; mv {self.out}.part {self.out}"]

    def told(self) -> Any:
        return self.out.read_text("utf-8") if self.out.exists() else None


class Asked(Program):
    """A terminal in which a script asks for a password without showing it."""

    title = "Login"

    @property
    def out(self) -> Path:
        return self.folder / "out.txt"

    def prepares(self) -> None:
        self.out.unlink(missing_ok=True)
        (self.folder / "ready").unlink(missing_ok=True)

    def command(self, *, looks_other: bool) -> list[str]:
        script = f"touch {self.folder}/ready; printf 'Name: '; read n; printf 'Password: '; stty -echo; read p; stty echo; echo \"$n/$p\" > {self.out}; exec sleep 100"
        return ["xterm", "-u8", "-fa", "Monospace", "-fs", "11", "-T", "Login", "-e", "bash", "-c", script]

    def is_ready(self) -> None:
        until((self.folder / "ready").exists, "the question")

    def told(self) -> Any:
        return self.out.read_text("utf-8") if self.out.exists() else None


class Nedit(Program):
    """An editor of the Motif kind, which publishes nothing; its places are those in its window."""

    title = "memo.txt"

    @property
    def out(self) -> Path:
        return self.folder / "memo.txt"

    def prepares(self) -> None:
        self.out.write_text("one red apple\n", "utf-8")

    def command(self, *, looks_other: bool) -> list[str]:
        larger = ["-geometry", "100x40"] if looks_other else []
        return ["nedit", *larger, str(self.out)]

    def environment(self, *, looks_other: bool) -> dict[str, str]:
        return {**super().environment(looks_other=looks_other), "HOME": str(self.folder)}

    def is_ready(self) -> None:
        self.rig.wait_for_manager()

    def told(self) -> Any:
        return self.out.read_text("utf-8")


class Sheet(Program):
    """Gnumeric on a table, whose cells it publishes nowhere."""

    title = "stock.gnumeric"

    @property
    def out(self) -> Path:
        return self.folder / "stock.gnumeric"

    def prepares(self) -> None:
        table = self.folder / "stock.csv"
        table.write_text("Item,Price\nApple,1\nPear,2\n", "utf-8")
        subprocess.run(["ssconvert", str(table), str(self.out)], check=True, timeout=60, capture_output=True)

    def command(self, *, looks_other: bool) -> list[str]:
        return ["gnumeric", "--no-splash", str(self.out)]

    def told(self) -> Any:
        try:
            return re.findall(r"<gnm:Cell [^>]*>([^<]*)<", gzip.decompress(self.out.read_bytes()).decode())
        except (OSError, EOFError):  # it is being saved
            return None


class Galculator(Program):
    title = "galculator"

    def command(self, *, looks_other: bool) -> list[str]:
        return ["galculator"]

    def environment(self, *, looks_other: bool) -> dict[str, str]:
        return {
            **super().environment(looks_other=looks_other),
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
        }

    def told(self) -> Any:
        return [one.state.value for one in published(self.pid) if one.state.role == "text_area"]
