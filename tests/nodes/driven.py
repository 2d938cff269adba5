"""Programs with every kind of control, of several toolkits, and runs of nodes on them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunEvent, RunFinished
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.run import RunState
from flowdesk.nodes import builtin_catalogue
from tests.rig import Apps, Page, Rig, until

CONTROLS = Path(__file__).parents[1] / "controls"


class Driven:
    """A program that writes down what happens to it, and the runs on it."""

    def __init__(self, driver: RealDesktopDriver, out: Path, scope: str, process: subprocess.Popen[str]) -> None:
        self._driver = driver
        self._out = out
        self._scope = scope
        self.process = process
        self.results: dict[str, Any] = {}

    @property
    def told(self) -> list[list[Any]]:
        if not self._out.exists():
            return []
        return [json.loads(line) for line in self._out.read_text("utf-8").splitlines()]

    async def run(self, *steps: tuple[str, dict[str, Any]]) -> RunFinished:
        made = []
        for place, (kind, config) in enumerate(steps, 1):
            selector = config.get("selector")
            scoped = (
                {"selector": f"{self._scope} >> {selector}" if selector else self._scope}
                if "selector" in config
                else {}
            )
            made.append(new_node(kind, {**config, **scoped}, id=f"n{place}"))
        nodes = [new_node("start", id="start"), *made]
        edges = [new_edge(before.id, after.id) for before, after in pairwise(nodes)]
        events: list[RunEvent] = []
        runner = Runner(
            Flow(nodes=tuple(nodes), edges=tuple(edges)), builtin_catalogue(), Services(driver=self._driver),
            events.append, RunOptions(),
        )  # fmt: skip
        finished = await runner.run()
        self.results = runner.results
        return finished

    async def does(self, kind: str, **config: Any) -> Any:
        finished = await self.run((kind, config))
        assert finished.state is RunState.SUCCEEDED, finished.error
        return self.results["n1"]

    async def refuses(self, kind: str, **config: Any) -> str:
        finished = await self.run((kind, {"timeout": 1000, **config}))
        assert finished.state is RunState.FAILED, self.results
        assert finished.error is not None
        return str(finished.error["message"])

    def tells(self, *event: Any) -> None:
        until(lambda: list(event) in self.told, f"{event} among {self.told}")


@pytest.fixture
def driver(clean_desktop: Rig) -> Iterator[RealDesktopDriver]:
    made = RealDesktopDriver()
    yield made
    made.close()


class DrivenPage(Driven):
    """A page that remembers what happens to it, and the runs on it."""

    def __init__(self, driver: RealDesktopDriver, page: Page) -> None:
        super().__init__(driver, Path(), 'window="flowdesk probe"', page.process)
        self._page = page

    @property
    def told(self) -> list[list[Any]]:
        found: list[list[Any]] = json.loads(self._page.evaluate("JSON.stringify(told)"))
        return found


Open = Callable[..., Driven]


@pytest.fixture
def controls(driver: RealDesktopDriver, apps: Apps, tmp_path: Path) -> Open:
    """Open the window with every kind of control of a toolkit."""

    def start(toolkit: str, *options: str) -> Driven:
        if toolkit == "page":
            page = apps.chromium((CONTROLS / "page.html").read_text("utf-8"))
            apps.rig.wait_published(next(pid for window, pid, _ in apps.rig.windows() if window == page.window))
            return DrivenPage(driver, page)
        out = tmp_path / f"{toolkit}.jsonl"
        if toolkit == "swing":
            classes = tmp_path / "classes"
            source = CONTROLS / "swing" / "SwingControls.java"
            subprocess.run(["javac", "-d", str(classes), str(source)], check=True, timeout=60)
            bridge = "-Djavax.accessibility.assistive_technologies=org.GNOME.Accessibility.AtkWrapper"
            path = f"/usr/share/java/java-atk-wrapper.jar:{classes}"
            command = ["java", bridge, "-cp", path, "SwingControls", str(out)]
        else:
            # The programs of GTK run on the system's Python, which has its bindings.
            command = (
                [sys.executable, "qt_controls"] if toolkit == "qt" else ["/usr/bin/python3", f"{toolkit}_controls"]
            )
            command = [command[0], str(CONTROLS / command[1]), str(out), *options]
        process = apps.rig.start(command, QT_QPA_PLATFORM="xcb")
        title = f"{toolkit} controls"
        apps.rig.wait_window(process, title)
        apps.rig.wait_published(process.pid)
        return Driven(driver, out, f'window="{title}"', process)

    return start
