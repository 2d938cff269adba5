"""Programs in which a person's work is recorded, and the person: mouse and keys are `xdotool`, what is where is read from what is published."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from flowdesk.drivers.atspi.bus import Shown
from flowdesk.drivers.shown import parts_of
from tests.rig import Apps, Rig, published, steady, until

CONTROLS = Path(__file__).parents[1] / "controls"
LARGER = 1.25


@dataclass
class Program:
    """A program on a clean desktop; ``looks_other`` starts it in another theme, and larger."""

    apps: Apps
    folder: Path
    title: ClassVar[str] = ""
    """What its window's title contains."""
    pid: int = 0
    window: int = 0

    @property
    def rig(self) -> Rig:
        return self.apps.rig

    def opens(self, *, looks_other: bool = False) -> None:
        """Start afresh, with the papers that it works on as they were."""
        self.rig.close_apps()
        self.prepares()
        process = self.rig.start(self.command(looks_other=looks_other), **self.environment(looks_other=looks_other))
        self.window = self.rig.wait_window(process, self.title)
        self.pid = next(pid for number, pid, _ in self.rig.windows() if number == self.window) or process.pid
        self.is_ready()

    def prepares(self) -> None:
        """Lay out the papers."""

    def is_ready(self) -> None:
        """Wait until a person can work."""
        self.rig.wait_published(self.pid)

    def command(self, *, looks_other: bool) -> list[str]:
        raise NotImplementedError

    def environment(self, *, looks_other: bool) -> dict[str, str]:
        found = {"QT_QPA_PLATFORM": "xcb", "GSETTINGS_BACKEND": "memory", "GTK_THEME": "Adwaita"}
        if looks_other:
            found |= {"GTK_THEME": "Adwaita:dark", "GDK_DPI_SCALE": f"{LARGER}", "QT_SCALE_FACTOR": f"{LARGER}"}
        return found

    def told(self) -> Any:
        """Return what the program has of the work."""
        raise NotImplementedError

    def finds(self, css: str) -> tuple[int, int]:
        """Return the middle of the smallest thing that fits, once it stands still.

        ``at:X,Y`` is a place in the window, ``beside:TEXT`` what stands right of a label; ``CSS|X,Y`` goes so far on from there.
        """
        css, _, further = css.partition("|")
        if further:
            x, y = self.finds(css)
            across, down = map(int, further.split(","))
            return x + across, y + down
        if css.startswith("at:"):
            x, y, *_ = self.rig.box(self.rig.active() or self.window)
            across, down = map(int, css.removeprefix("at:").split(","))
            return x + across, y + down
        if css.startswith("beside:"):
            x, y = self.finds(f"static_text[name='{css.removeprefix('beside:')}']")
            return x + 120, y
        parts = parts_of(css)
        assert parts is not None, css

        def look() -> tuple[int, int] | None:
            fits = [
                one.box for one in published(self.pid)
                if any(part.fits(Shown(one.state.role, one.state.name, one.state.value, 0, (0, 0, 0, 0))) for part in parts)
            ]  # fmt: skip
            best = min(fits, key=lambda box: box.width * box.height, default=None)
            return tuple(best.center) if best is not None else None  # type: ignore[return-value]

        found = steady(look, css, 3)
        assert found is not None
        return found

    def moves(self) -> None:
        """Let the window stand elsewhere, and be of another size."""
        _, _, width, height = self.rig.box(self.window)
        number = str(self.window)
        self.rig.xdotool("windowsize", number, str(width + 90), str(height + 70))
        self.rig.xdotool("windowmove", number, "610", "190")
        self.rig.wait_for_manager()
        self.is_ready()


class Controls(Program):
    """The window with every kind of control of a toolkit, which tells what is done to each."""

    toolkit: ClassVar[str] = ""

    @property
    def out(self) -> Path:
        return self.folder / "told.jsonl"

    def prepares(self) -> None:
        self.out.unlink(missing_ok=True)

    def command(self, *, looks_other: bool) -> list[str]:
        python = sys.executable if self.toolkit == "qt" else "/usr/bin/python3"
        style = ["-style", "windows"] if looks_other and self.toolkit == "qt" else []
        return [python, str(CONTROLS / f"{self.toolkit}_controls"), str(self.out), *style]

    def told(self) -> list[Any]:
        """Return the last that the program told of each of its controls."""
        if not self.out.exists():
            return []
        events = [json.loads(line) for line in self.out.read_text("utf-8").splitlines()]
        return sorted({str(event[0]): event for event in events}.values(), key=str)


class Gtk3(Controls):
    toolkit, title = "gtk3", "gtk3 controls"


class Gtk4(Controls):
    toolkit, title = "gtk4", "gtk4 controls"


class Qt(Controls):
    toolkit, title = "qt", "qt controls"


class Wx(Controls):
    toolkit, title = "wx", "wx controls"


class Swing(Controls):
    toolkit, title = "swing", "swing controls"

    def command(self, *, looks_other: bool) -> list[str]:
        classes = self.folder / "classes"
        if not classes.exists():
            source = CONTROLS / "swing" / "SwingControls.java"
            subprocess.run(["javac", "-d", str(classes), str(source)], check=True, timeout=120)
        bridge = "-Djavax.accessibility.assistive_technologies=org.GNOME.Accessibility.AtkWrapper"
        nimbus = ["-Dswing.defaultlaf=javax.swing.plaf.nimbus.NimbusLookAndFeel"] if looks_other else []
        jars = f"/usr/share/java/java-atk-wrapper.jar:{classes}"
        return ["java", bridge, *nimbus, "-cp", jars, "SwingControls", str(self.out)]

    def finds(self, css: str) -> tuple[int, int]:
        """Find an entry of the open menu by its number: Swing tells it by the corner of another thing, and a person sees it."""
        x, y = super().finds(css)
        shown = published(self.pid)
        menu = next((one.box for one in shown if one.state.role == "menu" and not one.state.name), None)
        entries = sorted(one.box.y for one in shown if one.state.role == "menu_item" and one.box.width > 60)
        if "menu_item" not in css or menu is None or not entries:
            return x, y
        number = sum(top <= y for top in entries) - 1
        return menu.center[0], menu.y + menu.height * (2 * number + 1) // (2 * len(entries))


class Chromium(Program):
    """A page with every kind of control."""

    page: Any = None

    def opens(self, *, looks_other: bool = False) -> None:
        self.rig.close_apps()
        text = (CONTROLS / "page.html").read_text("utf-8")
        if looks_other:
            text += f"<style>html {{ zoom: {LARGER}; background: #222; color: #eee }}</style>"
        self.page = self.apps.chromium(text)
        self.window = self.page.window
        self.pid = next(pid for number, pid, _ in self.rig.windows() if number == self.window)
        self.is_ready()

    def told(self) -> Any:
        text = self.page.evaluate("JSON.stringify([told, document.getElementById('field').value])")
        events, field_text = json.loads(text)
        return [sorted({str(event[0]): event for event in events}.values(), key=str), field_text]


class Practice(Program):
    """flowdesk's own practice window."""

    title = "flowdesk practice"

    @property
    def out(self) -> Path:
        return self.folder / "rows.jsonl"

    def prepares(self) -> None:
        self.out.unlink(missing_ok=True)

    def command(self, *, looks_other: bool) -> list[str]:
        theme = "dark" if looks_other else "light"
        return [
            sys.executable,
            "-m",
            "flowdesk",
            "practice",
            "--lang",
            "en",
            "--output",
            str(self.out),
            "--theme",
            theme,
        ]

    def told(self) -> Any:
        return [json.loads(line) for line in self.out.read_text("utf-8").splitlines()] if self.out.exists() else []


class Tk(Program):
    """A form of a toolkit that publishes nothing: the person's eyes are a file with the places of its controls."""

    title = "Order 17"

    @property
    def out(self) -> Path:
        return self.folder / "saved.json"

    def prepares(self) -> None:
        for path in (self.out, self.out.with_suffix(".places")):
            path.unlink(missing_ok=True)

    def command(self, *, looks_other: bool) -> list[str]:
        return ["/usr/bin/python3", str(CONTROLS / "tk_form"), str(self.out)]

    def is_ready(self) -> None:
        until(self.out.with_suffix(".places").exists, "the places of the controls")

    def finds(self, css: str) -> tuple[int, int]:
        name, _, down = css.partition("/")

        def look() -> list[int]:
            found: list[int] = json.loads(self.out.with_suffix(".places").read_text("utf-8"))[name]
            return found

        x, y, width, height = steady(look, name, 3)
        return (x + 30, y + height // 2 + int(down)) if down else (x + width // 2, y + height // 2)

    def told(self) -> Any:
        return json.loads(self.out.read_text("utf-8")) if self.out.exists() else None


class Terminal(Program):
    """A shell in a terminal."""

    title = "Terminal"

    @property
    def out(self) -> Path:
        return self.folder / "out.txt"

    def prepares(self) -> None:
        self.out.unlink(missing_ok=True)
        (self.folder / "ready").unlink(missing_ok=True)

    def command(self, *, looks_other: bool) -> list[str]:
        looks = ["-bg", "black", "-fg", "white", "-fs", "14"] if looks_other else ["-fs", "11"]
        script = f"cd {self.folder}; touch ready; PS1='$ ' exec bash --norc --noprofile"
        return ["xterm", "-u8", "-fa", "Monospace", *looks, "-T", "Terminal", "-e", "sh", "-c", script]

    def environment(self, *, looks_other: bool) -> dict[str, str]:
        return {**super().environment(looks_other=looks_other), "LC_ALL": "C.UTF-8"}

    def is_ready(self) -> None:
        until((self.folder / "ready").exists, "the shell")

    def told(self) -> Any:
        return self.out.read_text("utf-8") if self.out.exists() else ""


class Mousepad(Program):
    """A text editor on a file."""

    title = "letter.txt"
    text: ClassVar[str] = ""

    @property
    def out(self) -> Path:
        return self.folder / "letter.txt"

    def prepares(self) -> None:
        self.out.write_text(self.text, "utf-8")

    def command(self, *, looks_other: bool) -> list[str]:
        return ["mousepad", "--disable-server", str(self.out)]

    def told(self) -> Any:
        return self.out.read_text("utf-8")


class Calc(Program):
    """A sheet in LibreOffice."""

    title = "sheet.ods"

    @property
    def out(self) -> Path:
        return self.folder / "sheet.ods"

    def prepares(self) -> None:
        kept = self.folder / "kept.ods"
        if not kept.exists():
            table = self.folder / "sheet.csv"
            table.write_text("Item,Price\nApple,1\nPear,2\n", "utf-8")
            subprocess.run(
                ["soffice", *self._profile(), "--headless", "--convert-to", "ods", "--outdir", str(self.folder), str(table)],
                check=True, timeout=120, capture_output=True, env={**os.environ, "SAL_USE_VCLPLUGIN": "gen"},
            )  # fmt: skip
            self.out.rename(kept)
        shutil.copy(kept, self.out)

    def is_ready(self) -> None:
        """Wait until the sheet stands still: at first its cells are told where they were before the bars above it came."""
        super().is_ready()
        steady(lambda: [one.box for one in published(self.pid) if one.state.name in ("A1", "B3")], "the cells", 12)

    def _profile(self) -> list[str]:
        return [f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"]

    def command(self, *, looks_other: bool) -> list[str]:
        return ["soffice", *self._profile(), "--norestore", "--nologo", "--nofirststartwizard", "--calc", str(self.out)]

    def environment(self, *, looks_other: bool) -> dict[str, str]:
        return {**super().environment(looks_other=looks_other), "SAL_USE_VCLPLUGIN": "gtk3"}

    def told(self) -> Any:
        try:
            content = zipfile.ZipFile(self.out).read("content.xml").decode()
        except (OSError, KeyError, zipfile.BadZipFile):  # it is being saved
            return None
        return re.findall(r"<text:p>(.*?)</text:p>", content)


Deed = tuple[str, ...]


@dataclass
class Worker:
    """A person who works in a program at a human pace."""

    program: Program
    deeds: dict[str, Callable[..., None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.deeds = {
            "click": self.clicks,
            "double": lambda css: self.clicks(css, times=2),
            "right": lambda css: self.clicks(css, button="3"),
            "open": self.opens,
            "fill": self.fills,
            "replace": self.replaces,
            "type": self.types,
            "keys": self.presses,
            "drag": self.drags,
            "wheel": self.turns,
            "wanders": self.wanders,
            "waits": lambda seconds: self._hand("sleep", seconds),
            "close": self.closes,
        }

    def works(self, deeds: tuple[Deed, ...]) -> None:
        """Do the work."""
        for what, *rest in deeds:
            self.deeds[what](*rest)

    def _hand(self, *arguments: str) -> None:
        self.program.rig.xdotool(*arguments)

    def rests(self) -> None:
        self._hand("sleep", "0.8")

    def points(self, x: int, y: int) -> None:
        self._hand("mousemove", "--sync", str(x - 2), str(y))
        self._hand("mousemove", "--sync", str(x), str(y))
        self.rests()

    def clicks(self, css: str, *, times: int = 1, button: str = "1") -> None:
        self.points(*self.program.finds(css))
        once = ["mousedown", button, "sleep", "0.06", "mouseup", button]
        self._hand(*once, *(["sleep", "0.08", *once] if times == 2 else []))
        self.rests()

    def opens(self, *ways: str) -> None:
        for css in ways:
            self.clicks(css)

    def fills(self, css: str, text: str) -> None:
        self.clicks(css)
        self.types(text)

    def replaces(self, css: str, text: str) -> None:
        self.clicks(css)
        self.presses("ctrl+a")
        self.types(text)

    def wanders(self, *ways: str) -> None:
        """Pass over things without pressing them, and look elsewhere meanwhile."""
        for css in ways:
            self.points(*self.program.finds(css))

    def closes(self) -> None:
        """Press the window's own button for closing, by the way of its manager."""
        self._hand("key", "alt+F4")
        self.rests()

    def drags(self, begin: str, end: str) -> None:
        (x, y), (to_x, to_y) = self.program.finds(begin), self.program.finds(end)
        self.points(x, y)
        self._hand("mousedown", "1")
        for part in range(1, 13):
            at_x, at_y = x + (to_x - x) * part // 12, y + (to_y - y) * part // 12
            self._hand("mousemove", "--sync", str(at_x), str(at_y), "sleep", "0.03")
        self._hand("sleep", "0.3", "mouseup", "1")
        self.rests()

    def turns(self, css: str, clicks: str) -> None:
        self.points(*self.program.finds(css))
        button = "5" if int(clicks) > 0 else "4"
        for _ in range(abs(int(clicks))):
            self._hand("click", button, "sleep", "0.1")
        self.rests()

    def types(self, text: str) -> None:
        self._hand("type", "--delay", "40", text)
        self.rests()

    def presses(self, *keys: str) -> None:
        for key in keys:
            self._hand("key", key)
            self._hand("sleep", "0.15")
        self.rests()
