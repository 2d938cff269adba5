"""One program, one flow, what became of it: every situation of the gate is played here on the rig's desktop."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from Xlib import X

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.context import Services
from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunEvent, RunFinished, RunLog
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.nodes import builtin_catalogue
from tests.rig import PATIENCE, Rig, published, steady, until

HOME = Path(__file__).with_name("programs")
JAVA = (
    "-Djavax.accessibility.assistive_technologies=org.GNOME.Accessibility.AtkWrapper",
    "-Xshare:auto",
    "-XX:TieredStopAtLevel=1",
)
SYSTEM_PYTHON = "/usr/bin/python3"
"""The Python for which Debian's bindings of GTK and wx are installed."""


_UNPUBLISHED = frozenset({"x", "tk"})
"""Kinds of programs that publish no elements."""

UNMANAGED = "-"
"""In place of a title: the window manager does not know the window."""


@dataclass(frozen=True)
class Actor:
    """A program of a situation: its kind and its arguments behind the file."""

    kind: str
    arguments: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    title: str = ""
    """Wait for a window of this title; else for any of its process."""

    def command(self, out: Path, classes: Path) -> list[str]:
        """Return what starts it."""
        given = [str(out), *self.arguments]
        if self.kind in ("qt", "qt_form"):
            name = "qt_scenes.py" if self.kind == "qt" else "qt_forms.py"
            return [sys.executable, str(HOME / name), *given]
        if self.kind == "x":
            return [sys.executable, str(HOME / "x_scenes.py"), *given]
        if self.kind == "swing":
            return ["java", *JAVA, "-cp", f"/usr/share/java/java-atk-wrapper.jar:{classes}", "SwingScenes", *given]
        if self.kind == "tk":
            return ["wish", str(HOME / "tk_scenes.tcl"), *given]
        return [SYSTEM_PYTHON, str(HOME / f"{self.kind}_scenes.py"), *given]


@dataclass
class Running:
    """An actor that plays."""

    process: subprocess.Popen[Any]
    out: Path

    @property
    def mark(self) -> Path:
        """The file that it leaves when it has done what it does by itself."""
        return self.out.with_name(self.out.name + ".ready")

    def lines(self) -> list[str]:
        """Return what happened to it so far."""
        return self.out.read_text(encoding="utf-8").splitlines() if self.out.exists() else []


class Stage:
    """Starts actors and plays flows; one driver for all, as in the program."""

    def __init__(self, rig: Rig, folder: Path, classes: Path) -> None:
        """Play on ``rig``; actors write into ``folder``."""
        self.rig = rig
        self.folder = folder
        self.classes = classes
        self.driver = RealDesktopDriver()
        self._running: list[Running] = []
        self.warnings: list[str] = []
        """What the last flow warned of."""

    def start(self, actor: Actor) -> Running:
        """Start an actor and wait for its window, and where it publishes elements, for those."""
        out = self.folder / f"{len(self._running)}.txt"
        environment = {**self.rig.desktop.environment(), "QT_QPA_PLATFORM": "xcb", **actor.environment}
        process = subprocess.Popen(
            actor.command(out, self.classes), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._running.append(running := Running(process, out))
        is_managed = actor.arguments[0] != "popup" and actor.title != UNMANAGED

        def is_shown() -> bool:
            windows = self.rig.windows()
            return any(pid == process.pid or (actor.title and actor.title in title) for _, pid, title in windows)

        if is_managed:
            until(is_shown, f"a window of {actor}")
        else:
            until(lambda: self._shows_popup(process.pid), f"a popup of {actor}")
        if actor.kind not in _UNPUBLISHED:
            self.rig.wait_published(process.pid)
        return running

    def wait(self, once: str) -> None:
        """Wait until the first actor has done what it does by itself (see ``Situation.once``), and all are at rest."""
        first = self._running[0]
        if once == "ready":
            until(first.mark.exists, "the program's mark")
        elif once == "popup":
            until(lambda: self._shows_popup(first.process.pid), "a popup")
        elif once:
            until(lambda: any(title == once for _, _, title in self.rig.windows()), f"the window {once}")
        if once:
            published(first.process.pid)  # it answers once it has done all, and then the window manager is asked
            self.rig.wait_for_manager()
            steady(self._seen, "the programs to come to rest")

    def _seen(self) -> tuple[Any, ...]:
        shown = [(window, self._box(window)) for window, _, _ in self.rig.windows()]
        return shown, self.rig.active(), [published(running.process.pid) for running in self._running]

    def _box(self, window: int) -> tuple[int, int, int, int] | None:
        with x11.forgiving():
            return self.rig.box(window)
        return None

    def _shows_popup(self, pid: int) -> bool:
        """Whether a window of a process is shown that no window manager knows."""
        for child in x11.root_of(self.rig.display).query_tree().children:
            with x11.forgiving():
                attributes = child.get_attributes()
                is_popup = attributes.map_state == X.IsViewable and attributes.override_redirect
                if is_popup and x11.process_of(self.rig.display, child.id) == pid:
                    return True
        return False

    def play(self, *steps: tuple[str, dict[str, Any]]) -> RunFinished:
        """Run a flow of these nodes, one after another."""
        made = [new_node(kind, config, id=f"n{place}") for place, (kind, config) in enumerate(steps, 1)]
        nodes = [new_node("start", id="start"), *made]
        edges = tuple(new_edge(before.id, after.id) for before, after in pairwise(nodes))
        flow = Flow(nodes=tuple(nodes), edges=edges)
        self.warnings.clear()
        runner = Runner(flow, builtin_catalogue(), Services(driver=self.driver), self._hear)
        return asyncio.run(runner.run())

    def _hear(self, event: RunEvent) -> None:
        if isinstance(event, RunLog) and event.level == "warn":
            self.warnings.append(event.message)

    def clear(self) -> None:
        """End the actors, and put the pointer where it is in nobody's way."""
        for running in reversed(self._running):
            with_group = running.process.pid
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(with_group, number)
                    running.process.wait(2)
                    break
                except ProcessLookupError:
                    break
                except subprocess.TimeoutExpired:
                    continue
            running.process.wait(PATIENCE)
            running.out.unlink(missing_ok=True)
            running.mark.unlink(missing_ok=True)
        self._running.clear()
        self.rig.display.screen().root.warp_pointer(1590, 990)
        self.rig.display.sync()
        until(lambda: not self.rig.windows(), "the windows to close")

    def close(self) -> None:
        """End everything."""
        self.clear()
        self.driver.close()


def settled(running: Sequence[Running], least: int = 0) -> list[str]:
    """Return what happened to some actors, once nothing more comes for a while; ``least`` lines are waited for."""
    seen: list[list[str]] = []
    deadline = time.monotonic() + PATIENCE
    while sum(len(one.lines()) for one in running) < least and time.monotonic() < deadline:
        time.sleep(0.02)  # noqa: TID251 - a program on a busy machine writes late what happened to it

    def is_quiet() -> bool:
        seen.append([line for one in running for line in one.lines()])
        return len(seen) > 4 and all(lines == seen[-1] for lines in seen[-4:])

    until(is_quiet, "the programs to come to rest")
    return seen[-1]
