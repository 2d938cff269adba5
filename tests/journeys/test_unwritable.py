"""Folders that take nothing while somebody edits: no right to write, a disk that became read-only, one without room for files.

What was acknowledged is there afterwards, what cannot be kept is said, and all goes on once the folder takes files again.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.client import Client, RequestRefused
from tests.chaos import eventually, flow_of, node
from tests.rig import until

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.timeout(240), pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")]
PLAIN = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""Root without what makes every folder writable for it."""


class Served:
    """A server over two folders that is started again as often as wanted."""

    def __init__(self, state: Path, flows: Path) -> None:
        self.state, self.flows = state, flows
        self.output = Path(str(state) + ".txt") if not os.path.ismount(state.parent) else state.parent.parent / "o.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> str:
        """Start the server and return its address."""
        places = {"FLOWDESK_STATE_DIR": str(self.state), "FLOWDESK_FLOWS_DIR": str(self.flows)}
        with self.output.open("wb") as file:
            self._process = subprocess.Popen(
                [*PLAIN, sys.executable, "-m", "flowdesk", "serve", "--port", "0", "--insecure-no-token"],
                env={**os.environ, "PYTHONPATH": str(ROOT), "DISPLAY": "", **places},
                stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            )  # fmt: skip
        printed = until(lambda: self.said() if "127.0.0.1:" in self.said() else "", "the address of the server")
        return "ws://127.0.0.1:" + printed.split("127.0.0.1:")[1].split("/")[0]

    async def start(self) -> Client:
        client: Client = await Client.connect(self.run(), name="editor")
        return client

    def said(self) -> str:
        return self.output.read_text("utf-8", "replace")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def says(text: str) -> dict[str, Any]:
    return {"op": "setNode", "id": "log", "path": ["data", "config", "message"], "value": text}


async def refusal(client: Client, type: str, payload: dict[str, Any], workflow_id: str) -> str:
    """Return the code of what refuses a request, ``""`` where nothing does."""
    try:
        await client.request(type, payload, workflow_id)
    except RequestRefused as refused:
        return str(refused.details["code"])
    return ""


async def message_of(client: Client, workflow_id: str = "w") -> str:
    flow = (await client.request("flow.get", {}, workflow_id))["flow"]
    return str(next(one for one in flow["nodes"] if one["id"] == "log")["data"]["config"]["message"])


async def opened(client: Client) -> None:
    await client.request("flow.open", {"flow": flow_of(node("log", message="a"), name="w")}, "w")
    await client.request("flow.save", {"path": "w.flow.json"}, "w")


async def test_a_flows_folder_without_the_right_to_write_loses_nothing(tmp_path: Path) -> None:
    served = Served(tmp_path / "state", tmp_path / "flows")
    served.flows.mkdir()
    try:
        client = await served.start()
        await opened(client)
        before = (served.flows / "w.flow.json").read_bytes()
        served.flows.chmod(0o555)
        await client.request("flow.edit", {"changes": [says("b")]}, "w")
        assert await refusal(client, "flow.save", {}, "w") == "file.unwritable"
        for type, payload in (
            ("flow.save", {"path": "other.flow.json"}),
            ("flow.rename", {"name": "other"}),
            ("flow.duplicate", {}),
            ("flow.delete", {"path": "w.flow.json"}),
        ):
            assert await refusal(client, type, payload, "w"), type
        assert (served.flows / "w.flow.json").read_bytes() == before
        assert sorted(path.name for path in served.flows.iterdir()) in (
            ["w.flow.json"],
            ["w.flow.json", "w.flow.json.bak"],
        )
        served.kill()
        client = await served.start()
        opened_again = await client.request("flow.open", {"path": "w.flow.json"})
        assert await message_of(client, opened_again["workflow_id"]) == "b"
        served.flows.chmod(0o755)
        await client.request("flow.save", {}, opened_again["workflow_id"])
        assert '"b"' in (served.flows / "w.flow.json").read_text("utf-8")
    finally:
        served.flows.chmod(0o755)
        served.kill()


@contextlib.contextmanager
def disk(place: Path, options: str) -> Iterator[Path]:
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user mounts nothing")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextlib.contextmanager
def read_only(place: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)


@contextlib.contextmanager
def no_inodes(place: Path) -> Iterator[None]:
    filling = place / "filling"
    filling.mkdir()
    with contextlib.suppress(OSError):
        for number in range(10_000):
            (filling / str(number)).touch()
    try:
        yield
    finally:
        for file in filling.iterdir():
            file.unlink()


@pytest.mark.parametrize("fault", [read_only, no_inodes])
async def test_a_disk_that_takes_no_file_for_a_while_is_told_of_and_loses_nothing(
    tmp_path: Path, fault: Callable[[Path], Any]
) -> None:
    with disk(tmp_path / "disk", "size=24m,nr_inodes=300") as place:
        served = Served(place / "state", place / "flows")
        served.flows.mkdir()
        try:
            client = await served.start()
            await opened(client)
            with fault(place):
                await client.request("flow.edit", {"changes": [says("b")]}, "w")
                changed = await client.next_event("flow.changed", timeout=20)
                while not changed["payload"].get("not_kept"):
                    changed = await client.next_event("flow.changed", timeout=20)
                assert await refusal(client, "flow.save", {}, "w") in {"file.unwritable"}
                await client.start(flow=flow_of(node("log", message="ran"), name="r"), workflow_id="r")
                logged, ended = [], None
                while ended is None:
                    event = await client.next_event(timeout=30)
                    if event["type"] == "execution.log":
                        logged.append((event["payload"]["level"], event["payload"]["message"]))
                    elif event["type"] in {"execution.complete", "execution.error"}:
                        ended = event["payload"]
                assert any(level == "error" for level, _ in logged) or ended["status"] == "failed", logged
                assert await message_of(client) == "b"
            await client.request("flow.edit", {"changes": [says("c")]}, "w")
            await eventually(
                lambda: any(b'"c"' in file.read_bytes() for file in place.glob("state/recovery/*")), "it is kept"
            )
            served.kill()
            client = await served.start()
            again = await client.request("flow.open", {"path": "w.flow.json"})
            assert await message_of(client, again["workflow_id"]) == "c"
            await client.request("flow.save", {}, again["workflow_id"])
            assert '"c"' in (served.flows / "w.flow.json").read_text("utf-8")
        finally:
            served.kill()
