"""Runs of processes as people start them, stopped from outside in every way there is; what the X server saw of it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from flowdesk.client import Client
from flowdesk.drivers.x11.stopping import stop_everywhere
from tests.recorder import Recorder
from tests.rig import Rig
from tests.stopping import HOTKEY, Stopped, endless, soon

ROOT = Path(__file__).parents[1]
WAYS = {"a client": 56, "the hotkey": 12, "flowdesk stop": 12, "SIGTERM": 10, "SIGINT": 10}
"""How a run is stopped, and how often of a hundred times."""
_STARTS = 60.0
"""Seconds that a process may take until its run acts."""


class Outside:
    """A server and processes of `flowdesk run` on the rig's desktop, with a recorder beside them."""

    def __init__(self, rig: Rig, folder: Path, recorder: Recorder, client: Client) -> None:
        """``client`` is one of the server."""
        self.rig, self.folder, self.recorder, self.client = rig, folder, recorder, client
        self._codes = frozenset(rig.display.keysym_to_keycode(code) for code in (0xFFE3, 0xFFE9, 0x71))

    async def stop(self, way: str, phase: str, delay: float) -> Stopped:
        """Start an endless flow of a phase, and stop it ``delay`` seconds after its first input."""
        if way in {"SIGTERM", "SIGINT"}:
            return await self._stop_process(getattr(signal, way), phase, delay)
        mark = len(self.recorder.events)
        started = await self.client.start(workflow_id=phase, flow=endless(phase))
        await self._acts(mark, phase)
        await asyncio.sleep(delay)
        commanded, without = time.monotonic(), frozenset[int]()
        if way == "a client":
            await self.client.stop(phase)
        elif way == "flowdesk stop":
            await asyncio.to_thread(stop_everywhere, self.rig.desktop.env["DISPLAY"])
        else:
            mark, without = len(self.recorder.events), self._codes
            await asyncio.to_thread(self.rig.xdotool, "key", "+".join(HOTKEY))
            pressed = [each for each in self.recorder.events[mark:] if each.kind == "key+" and each.detail in without]
            commanded = pressed[-1].at
        while True:
            ended = await self.client.next_event("execution.error", timeout=60)
            if ended["payload"]["run_id"] == started["run_id"]:
                break
        assert ended["payload"]["status"] == "stopped", ended
        return await self._stopped(phase, commanded, without)

    async def _stop_process(self, number: signal.Signals, phase: str, delay: float) -> Stopped:
        file = self.folder / f"{phase}.flow.json"
        file.write_text(json.dumps(endless(phase)), "utf-8")
        mark = len(self.recorder.events)
        run = started(self.rig, self.folder, "run", str(file))
        await self._acts(mark, phase)
        await asyncio.sleep(delay)
        commanded = time.monotonic()
        run.send_signal(number)
        await soon(lambda: run.poll() is not None, "the end of the process")
        assert run.returncode == 130, run.returncode
        return await self._stopped(phase, commanded, frozenset())

    async def _acts(self, mark: int, phase: str) -> None:
        await soon(lambda: len(self.recorder.events) > mark, f"the first input of {phase}", _STARTS)

    async def _stopped(self, phase: str, commanded: float, without: frozenset[int]) -> Stopped:
        ended = time.monotonic()
        held = self.rig.held_keys(), self.rig.held_buttons()
        await asyncio.to_thread(self.recorder.quiet)
        last = self.recorder.last(without=without)
        return Stopped(phase, max(0.0, last.at - commanded) if last else 0.0, ended - commanded, held)


def started(rig: Rig, folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start flowdesk on the rig's desktop, with a state of its own; what it prints goes into ``printed.txt``."""
    places = {"FLOWDESK_STATE_DIR": str(folder / "state"), "FLOWDESK_FLOWS_DIR": str(folder / "flows")}
    with (folder / "printed.txt").open("ab") as printed:
        return subprocess.Popen(
            [sys.executable, "-m", "flowdesk", *arguments],
            env={**os.environ, **rig.desktop.environment(), "PYTHONPATH": str(ROOT), **places},
            cwd=folder, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed,
        )  # fmt: skip


@asynccontextmanager
async def outside(rig: Rig, folder: Path) -> AsyncIterator[Outside]:
    """Start the server, and end it."""
    server = started(rig, folder, "serve", "--port", "0", "--insecure-no-token")
    try:
        printed: Callable[[], str] = lambda: (folder / "printed.txt").read_text("utf-8", "replace")  # noqa: E731
        await soon(lambda: "127.0.0.1:" in printed(), "the address of the server", _STARTS)
        port = printed().split("127.0.0.1:")[1].split("/")[0].split()[0]
        with Recorder(rig.desktop.env["DISPLAY"]) as recorder:
            async with Client.connect(f"ws://127.0.0.1:{port}", name="stopper") as client:
                yield Outside(rig, folder, recorder, client)
    finally:
        server.terminate()
        server.wait(30)
