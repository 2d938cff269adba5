"""Random faults while a server edits and runs: what was acknowledged is there afterwards, and nothing is left held or running."""

import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flowdesk.client import Client, Disconnected, RequestRefused
from flowdesk.drivers.x11 import connection as x11

ROOT = Path(__file__).parents[1]
PATIENCE = 20.0
ENDED = ("execution.complete", "execution.error")
Alive = "subprocess.Popen[bytes]"


def node(kind: str, **config: Any) -> dict[str, Any]:
    return {"id": kind, "type": kind, "position": {"x": 0, "y": 0}, "data": {"label": kind, "config": config}}


def flow_of(*steps: dict[str, Any], name: str) -> dict[str, Any]:
    """A flow of steps in a row."""
    nodes = [node("start"), *steps]
    edges = [
        {"id": f"e{at}", "source": before["id"], "target": after["id"]}
        for at, (before, after) in enumerate(itertools.pairwise(nodes))
    ]
    return {"flowdesk": 1, "id": name, "name": name, "nodes": nodes, "edges": edges}


JOBS = (
    node("wait", duration=400),
    node("move", selector="200,200", duration=300),
    node("drag", selector="100,100", to="400,300", modifiers=["ctrl"], duration=500),
    node("screenshot", filename="a.png"),
    node("setVariable", name="a", value="x" * 500),
)


class Screen:
    """An X server that is killed and started again under its number."""

    def __init__(self, chance: random.Random) -> None:
        self.name = ""
        for number in chance.sample(range(700, 1900), 20):
            self.name = f":{number}"
            if self.start():
                return
        raise RuntimeError("no number for a display is free")

    def start(self) -> bool:
        reader, writer = os.pipe()
        command = ["Xvfb", self.name, "-screen", "0", "800x600x24", "-noreset", "-nolisten", "tcp"]
        self._process = subprocess.Popen(
            [*command, "-displayfd", str(writer)], stderr=subprocess.DEVNULL, pass_fds=(writer,)
        )
        os.close(writer)
        with os.fdopen(reader, "rb") as answers:
            return bool(answers.readline())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def held(self) -> tuple[list[int], int]:
        """The keys and buttons that are down."""
        before, os.environ["DISPLAY"] = os.environ.get("DISPLAY", ""), self.name
        try:
            display = x11.connect()
        finally:
            os.environ["DISPLAY"] = before
        keys = [code for code, byte in enumerate(display.query_keymap()) if byte]
        buttons = x11.root_of(display).query_pointer().mask & 0x1F00
        display.close()
        return keys, int(buttons)


class Document:
    """What the editor knows of one document: numbers that grow are written into one field."""

    def __init__(self, id: str, path: Path | None) -> None:
        self.id = id
        self.path = path
        self.sent = 0
        self.kept = 0
        """The last number that was acknowledged and not told to be in memory only."""

    def fits(self, value: int) -> bool:
        return self.kept <= value <= self.sent


class Chaos:
    """One server after another over the same folders, one fault after another."""

    def __init__(self, folder: Path, disk: Path | None, seed: int) -> None:
        """``disk`` is a small file system that may be filled, ``None`` where this user mounts nothing."""
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup the server would ignore it, as it should
        self.chance = random.Random(seed)
        self.screen = Screen(self.chance)
        self.home = disk or folder
        self.folder = folder
        self.disk = disk
        self.state, self.flows = self.home / "state", self.home / "flows"
        self.flows.mkdir(parents=True, exist_ok=True)
        self.documents: list[Document] = []
        self.counts: Counter[str] = Counter()
        self._server: subprocess.Popen[bytes] | None = None
        self._output = folder / "server.txt"
        self._is_not_kept = False
        self._ends = 0
        self._saving = asyncio.Lock()
        faults: list[Callable[[], Any]] = [
            self.kill_server, self.end_server, self.hang_up_server, self.kill_screen, self.another_process,
            self.cut_client, self.half_a_frame, self.planted_link, self.replaced_file, self.removed_file, self.frozen,
        ]  # fmt: skip
        self._of_files = [self.planted_link, self.replaced_file, self.removed_file]
        self.faults = faults + ([self.full_disk] if disk else [])

    # -- the server ---------------------------------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        return {
            **os.environ, "DISPLAY": self.screen.name, "PYTHONPATH": str(ROOT), "GSETTINGS_BACKEND": "memory",
            "FLOWDESK_STATE_DIR": str(self.state), "FLOWDESK_FLOWS_DIR": str(self.flows), "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "data"), "XDG_CONFIG_HOME": str(self.folder / "config"),
            # Without a session bus the libraries of the system would start one, which stays as long as the display.
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }  # fmt: skip

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with self._output.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "flowdesk", *arguments],
                env=self.environment(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            )  # fmt: skip

    async def serve(self) -> None:
        """Start the server and connect the editor."""
        begun = self._output.stat().st_size if self._output.exists() else 0
        self._server = self._start("serve", "--port", "0", "--insecure-no-token")

        def address() -> str:
            assert self._server is not None
            assert self._server.poll() is None, self.said()
            with self._output.open("rb") as file:
                file.seek(begun)
                words = file.read().decode().split()
            return next((word for word in words if "127.0.0.1:" in word), "")

        found = await eventually(address, "the address of the server", 90)
        self.url = "ws://127.0.0.1:" + found.split("127.0.0.1:")[1].split("/")[0]
        await self.connect()

    async def connect(self) -> None:
        self.client = await Client.connect(self.url, name="editor")
        self._watch = asyncio.get_running_loop().create_task(self._read(self.client))

    async def _read(self, client: Client) -> None:
        async for event in client.events():
            if event["type"] == "flow.changed":
                self._is_not_kept = bool(event["payload"].get("not_kept"))
            elif event["type"] in ENDED:
                self._ends += 1

    def said(self) -> str:
        return self._output.read_text("utf-8", "replace")[-3000:]

    # -- what goes on meanwhile ---------------------------------------------------------------------------------------

    async def edit(self, document: Document) -> None:
        document.sent += 1
        number = document.sent
        change = {"op": "setFlow", "path": ["variables", "number"], "value": number}
        await self.client.request(
            "flow.edit", {"changes": [change], "edit_id": f"{document.id}-{number}"}, document.id, timeout=PATIENCE
        )
        if not self._is_not_kept:
            document.kept = max(document.kept, number)

    async def work(self) -> None:
        """Edit, save and run until something breaks."""
        for count in itertools.count():
            document = self.chance.choice(self.documents)
            await self.edit(document)
            if not count % 7:
                await self.run(self.chance.choice(JOBS))
            if document.path is not None and not count % 11:
                async with self._saving:
                    with contextlib.suppress(RequestRefused):
                        await self.client.request("flow.save", {}, document.id)
            await asyncio.sleep(0.005)

    async def run(self, job: dict[str, Any], name: str = "") -> None:
        flow = flow_of(job, name=name or f"job-{job['id']}")
        with contextlib.suppress(RequestRefused):
            await self.client.start(flow["nodes"], flow["edges"], flow["id"], mode="restart")

    async def fault(self) -> str:
        """Work for a while, let something happen, and look after it."""
        work = asyncio.get_running_loop().create_task(self.work())
        await asyncio.wait([work], timeout=self.chance.uniform(0.02, 0.6))
        act = self.chance.choice(self.faults)
        name = act.__name__
        self.counts[name] += 1
        try:
            async with self._saving if act in self._of_files else contextlib.nullcontext():
                outcome = act()
                if asyncio.iscoroutine(outcome):
                    await outcome
        finally:
            await asyncio.wait([work], timeout=0.05)
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, Disconnected, RequestRefused, TimeoutError):
                await work
        if self._server is None:
            self.nothing_runs()
            await self.serve()
        await self.look(name)
        return name

    # -- faults -------------------------------------------------------------------------------------------------------

    def _gone(self, number: int, code: int) -> None:
        assert self._server is not None
        self._server.send_signal(number)
        found = self._server.wait(PATIENCE)
        self._server = None
        assert found == code, (found, self.said())

    def kill_server(self) -> None:
        self._gone(signal.SIGKILL, -signal.SIGKILL)

    def end_server(self) -> None:
        self._gone(signal.SIGTERM, 0)

    def hang_up_server(self) -> None:
        self._gone(signal.SIGHUP, 0)

    async def frozen(self) -> None:
        """The machine sleeps for a while."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)
        await asyncio.sleep(self.chance.uniform(0.05, 0.5))
        self._server.send_signal(signal.SIGCONT)

    async def kill_screen(self) -> None:
        self.screen.kill()
        await asyncio.sleep(self.chance.uniform(0, 0.3))
        await eventually(self.screen.start, "the display")

    async def another_process(self) -> None:
        """Another flowdesk on the same desktop, which is killed in the middle or not."""
        file = self.folder / "other.flow.json"
        file.write_text(json.dumps(flow_of(self.chance.choice(JOBS), name="other")), "utf-8")
        other = self._start("run", str(file))
        if self.chance.random() < 0.5:
            await asyncio.sleep(self.chance.uniform(0.1, 2.0))
            other.kill()
        await asyncio.to_thread(other.wait, 60)

    async def cut_client(self) -> None:
        """The network breaks; the editor comes back and sends its last edit again."""
        self.client._socket.transport.abort()
        await self.client.wait_closed()
        await self.connect()

    async def half_a_frame(self) -> None:
        """Clients that vanish in the middle of a message."""
        host, port = self.url.removeprefix("ws://").split(":")
        for _ in range(3):
            with socket.create_connection((host, int(port)), 5) as raw:
                raw.sendall(
                    f"GET /ws/half HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
                )
                raw.recv(4096)
                raw.sendall(
                    b"\x81\xfe\xff\xff\0\0\0\0" + b'{"id": "x", "type": "flow.edit"'[: self.chance.randint(1, 30)]
                )
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def _file(self) -> tuple[Document, Path]:
        document = next(each for each in self.documents if each.path is not None)
        assert document.path is not None
        return document, document.path

    async def save(self, document: Document) -> str:
        """Save, and return the code of what refused it."""
        try:
            await self.client.request("flow.save", {}, document.id)
        except RequestRefused as refused:
            return str(refused.details["code"])
        return ""

    async def _settle(self, document: Document, theirs: bytes | None) -> None:
        """Save: refused while the file is another one; then the person keeps what is open, and it is there."""
        code = await self.save(document)
        assert code in {"file.changed", "file.unwritable"} or (theirs is None and not code), code
        await self.client.request("flow.reload", {"action": "keep"}, document.id)
        await self.edit(document)
        await self.client.request("flow.save", {}, document.id)

    async def planted_link(self) -> None:
        """Somebody puts a link to another file in the place of a flow's."""
        document, path = self._file()
        victim = self.folder / "victim.txt"
        victim.write_text("precious", "utf-8")
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
        assert await self.save(document), "saved through a link that was planted"
        assert victim.read_text("utf-8") == "precious"
        path.unlink()
        await self._settle(document, None)

    async def replaced_file(self) -> None:
        """Another program writes the file of a flow that is open."""
        document, path = self._file()
        theirs = json.dumps(flow_of(name="theirs")).encode()
        path.write_bytes(theirs)
        await self._settle(document, theirs)
        assert path.with_name(path.name + ".bak").read_bytes() == theirs

    async def removed_file(self) -> None:
        document, path = self._file()
        path.unlink(missing_ok=True)
        await self._settle(document, None)

    async def full_disk(self) -> None:
        assert self.disk is not None
        filling = self.disk / "filling"
        with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 65536)
        await asyncio.sleep(self.chance.uniform(0, 0.3))
        if self.chance.random() < 0.3:
            self.kill_server()
        filling.unlink()

    # -- afterwards ---------------------------------------------------------------------------------------------------

    def nothing_runs(self) -> None:
        """No process of ours is left."""
        mark = f"FLOWDESK_STATE_DIR={self.state}".encode()
        deadline = time.monotonic() + PATIENCE
        while left := [pid for pid in pids() if mark in environment_of(pid)]:
            assert time.monotonic() < deadline, [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left]

    async def look(self, fault: str) -> None:
        """Nothing acknowledged is lost, the desktop works, and nothing is held."""
        for document in self.documents:
            is_open = any(one["workflow_id"] == document.id for one in (await self.client.request("flow.list"))["open"])
            payload = {} if is_open or document.path is None else {"path": document.path.name}
            opened = await self.client.request("flow.open", payload, document.id if is_open else "")
            value = opened["flow"]["variables"]["number"]
            assert document.fits(value), f"{fault}: {document.id} holds {value}; {document.kept} was acknowledged"
            document.sent = document.kept = value
            await self.edit(document)
            assert document.kept == document.sent, f"{fault}: the edit is not kept"
        for under_way in (await self.client.request("workflow.list", {}))["runs"]:
            if under_way["status"] in {"running", "paused", "pausing"}:
                with contextlib.suppress(RequestRefused):
                    await self.client.stop(under_way["workflow_id"])
        await self.ends("the runs that were stopped")
        await self.run(node("move", selector="300,300"), "after")
        await self.ends(f"{fault}: the run after it")
        last = (await self.client.request("workflow.list", {}))["runs"][0]
        assert last["status"] == "succeeded", (fault, last)
        assert self.screen.held() == ([], 0), fault

    async def ends(self, what: str) -> None:
        async def idle() -> bool:
            runs = (await self.client.request("workflow.list", {}))["runs"]
            return not any(run["status"] in {"running", "paused", "pausing", "stopping"} for run in runs)

        await eventually(idle, what)

    async def play(self, count: int) -> None:
        """Let so many faults happen; then end in good order."""
        await self.serve()
        for name, path in (("saved", self.flows / "saved.flow.json"), ("never-saved", None)):
            flow = {**flow_of(node("log", message="a"), name=name), "variables": {"number": 0}}
            await self.client.request("flow.open", {"flow": flow}, name)
            if path is not None:
                await self.client.request("flow.save", {"path": path.name}, name)
            self.documents.append(Document(name, path))
        for _ in range(count):
            await self.fault()
        self.end_server()
        self.nothing_runs()
        for file in self.state.glob("runs/*/run.json"):
            assert json.loads(file.read_text("utf-8"))["status"] != "running", file
        assert "Traceback" not in self._output.read_text("utf-8", "replace"), self.said()

    def close(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.kill()
            self._server.wait()
        self.screen.kill()


def pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def environment_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


async def eventually(fact: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        found = fact()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        await asyncio.sleep(0.02)


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path | None]:
    """A file system of a few MB, or ``None`` where this user mounts nothing."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
