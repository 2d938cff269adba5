"""Runs that never end by themselves, and how long their input goes on after a stop, as the X server saw it."""

import asyncio
import base64
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.pixels.screen import grab
from flowdesk.engine.context import Services
from flowdesk.model.geometry import Box
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role, RunControl, Start
from flowdesk.session.peer import Message, Peer
from flowdesk.session.session import Folders, Session
from tests.recorder import Recorder
from tests.rig import PATIENCE, Rig

HOTKEY = ("Control_L", "Alt_L", "q")
LONG = "The quick brown fox jumps over the lazy dog. " * 400
MIXED = "zażółć gęślą jaźń 你好，世界 ünïcode — " * 200
MOVES = ("100,120", "900,640", "300,700", "1200,200")


async def soon(fact: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until ``fact`` holds, without keeping the processor busy: what is measured needs it."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for: {what}"
        await asyncio.sleep(0.005)


class Ear(Peer):
    """A peer that knows whether its run ended and how."""

    id = name = "ear"
    role = Role.RUN
    is_local = True

    def __init__(self) -> None:
        self.end: dict[str, Any] | None = None
        self.status = ""
        self.logs: list[str] = []

    def deliver(self, message: Message) -> None:
        payload = message["payload"]
        match message["type"]:
            case "execution.complete" | "execution.error":
                self.end = payload
            case "system.status" if "run_id" in payload:
                self.status = payload["status"]
            case "execution.log":
                self.logs.append(str(payload["message"]))
            case _:
                pass


def body_of(phase: str, picture: str) -> list[tuple[str, dict[str, Any]]]:
    """The nodes that a run of this phase repeats for ever."""
    match phase:
        case "wait":
            return [("click", {"selector": "300,200"}), ("wait", {"duration": 40})]
        case "typing":
            return [("input", {"text": LONG.replace("q", "k"), "method": "keys", "keyDelay": 0})]
        case "text":
            return [("input", {"text": MIXED, "method": "auto", "keyDelay": 1})]
        case "mouse":
            return [("move", {"selector": place, "duration": 400}) for place in MOVES]
        case "drag":
            return [("drag", {"selector": "320,220", "to": "620,320", "modifiers": ["shift"], "duration": 500})]
        case "keys":
            return [("keys", {"keys": ["shift", "x"], "times": 200, "hold": 10})]
        case "image":
            return [
                ("move", {"selector": "310,210"}),
                ("wait", {"selector": f"image={picture}", "state": "disappear", "timeout": 300}),
            ]
        case "ocr":
            return [
                ("move", {"selector": "310,210"}),
                ("condition", {"selector": 'text="no such text"', "operator": "exists"}),
                ("move", {"selector": "320,220"}),
            ]
        case "command":
            return [("click", {"selector": "300,200"}), ("command", {"command": ["sleep", "0.2"]})]
        case "pause":
            return [("move", {"selector": place, "duration": 200}) for place in MOVES]
        case _:
            raise ValueError(phase)


def endless(phase: str, picture: str = "") -> dict[str, Any]:
    """A flow that repeats this phase for ever."""
    nodes: list[dict[str, Any]] = [
        {"id": "start", "type": "start", "data": {"config": {}}},
        {"id": "loop", "type": "loop", "data": {"config": {"type": "count", "count": 1_000_000}}},
    ]
    edges = [{"id": "e", "source": "start", "target": "loop"}]
    before, handle = "loop", "body"
    for number, (kind, config) in enumerate(body_of(phase, picture)):
        node_id = f"n{number}"
        options = {"onError": "continue"} if kind == "wait" and "selector" in config else {}
        nodes.append({"id": node_id, "type": kind, "data": {"config": config, **options}})
        edges.append({"id": f"e{number}", "source": before, "sourceHandle": handle, "target": node_id})
        before, handle = node_id, "true" if kind == "condition" else ""
        if kind == "condition":
            edges.append({"id": f"f{number}", "source": node_id, "sourceHandle": "false", "target": f"n{number + 1}"})
    return {"id": phase, "nodes": nodes, "edges": [{**edge, "sourceHandle": edge.get("sourceHandle") or None} for edge in edges]}  # fmt: skip


@dataclass
class Stopped:
    """One stop: how long input went on after it, and until the run was said to be over. Seconds."""

    phase: str
    input: float
    end: float
    held: tuple[list[int], int]


class Stage:
    """A whole session on the rig's desktop, with a recorder beside it."""

    def __init__(self, rig: Rig, folder: Path, recorder: Recorder) -> None:
        self.rig = rig
        self.recorder = recorder
        self.driver = RealDesktopDriver()
        self.session = Session(
            builtin_catalogue(), Services(driver=self.driver), Folders(folder / "s", folder / "r", folder / "f")
        )
        self.codes = frozenset(rig.display.keysym_to_keycode(code) for code in (0xFFE3, 0xFFE9, 0x71))
        """Key codes of the hotkey."""

    def picture(self, box: tuple[int, int, int, int]) -> str:
        """Return a part of the screen as a picture for ``image=``."""
        import cv2

        x, y, _, _ = box
        done, content = cv2.imencode(".png", grab(Box(x + 2, y + 2, 60, 24)).pixels)
        assert done
        return "data:image/png;base64," + base64.b64encode(content.tobytes()).decode()

    async def begin(self, phase: str, picture: str = "") -> Ear:
        """Start a run of this phase and wait until its first input was seen."""
        ear, mark = Ear(), len(self.recorder.events)
        self.session.peers[ear.id] = ear
        await self.session.submit(ear, "workflow.start", Start(flow=endless(phase, picture)), phase)
        await soon(lambda: len(self.recorder.events) > mark or ear.end is not None, f"the first input of {phase}")
        assert ear.end is None, ear.end
        return ear

    async def stop(self, phase: str, delay: float, picture: str = "") -> Stopped:
        """Run a phase, stop it ``delay`` seconds after its first action began, as a client does."""
        ear = await self.begin(phase, picture)
        await asyncio.sleep(delay)
        if phase == "pause":
            await self.session.submit(ear, "workflow.pause", RunControl(), phase)
            await asyncio.sleep(delay / 4)
        assert ear.end is None, ear.end
        commanded = time.monotonic()
        await self.session.submit(ear, "workflow.stop", RunControl(), phase)
        return await self._ended(ear, phase, commanded, frozenset())

    async def stop_by_key(self, phase: str, delay: float, blocked: float) -> Stopped:
        """Run a phase, block the event loop for ``blocked`` seconds, and press the hotkey meanwhile, as a person does."""
        ear = await self.begin(phase)
        await asyncio.sleep(delay)
        mark = len(self.recorder.events)
        presser = threading.Timer(blocked / 4, self.rig.xdotool, ("key", "+".join(HOTKEY)))
        presser.start()
        time.sleep(blocked)  # noqa: TID251, ASYNC251 - this is what is tried: nothing of the event loop may be needed
        presser.join()
        pressed = [
            event for event in self.recorder.events[mark:] if event.kind == "key+" and event.detail in self.codes
        ]
        assert pressed, "the hotkey was not recorded"
        return await self._ended(ear, phase, pressed[-1].at, self.codes)

    async def _ended(self, ear: Ear, phase: str, commanded: float, without: frozenset[int]) -> Stopped:
        await soon(lambda: ear.end is not None, f"the end of {phase}")
        ended = time.monotonic()
        assert ear.end is not None
        assert ear.end["status"] == "stopped", ear.end
        held = self.rig.held_keys(), self.rig.held_buttons()
        await asyncio.to_thread(self.recorder.quiet)
        last = self.recorder.last(without=without)
        return Stopped(phase, max(0.0, last.at - commanded) if last else 0.0, ended - commanded, held)


@asynccontextmanager
async def stage(rig: Rig, folder: Path) -> AsyncIterator[Stage]:
    """Set the stage, and clear it."""
    with Recorder(rig.desktop.env["DISPLAY"]) as recorder:
        made = Stage(rig, folder, recorder)
        try:
            yield made
        finally:
            await made.session.close()
