"""A server that is killed at any moment of editing: what it acknowledged is there after the next start, and only once."""

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.client import Client, Disconnected
from tests.session.conftest import flow_json, wait_node
from tests.waiting import comes

ROUNDS = 6


def start(tmp_path: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "flowdesk", "serve", "--port", "0", "--insecure-no-token"],
        stdout=subprocess.PIPE, text=True,
        env={
            **os.environ, "FLOWDESK_STATE_DIR": str(tmp_path / "state"), "FLOWDESK_FLOWS_DIR": str(tmp_path / "flows"),
            "LC_ALL": "C.UTF-8",
        },
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://(127\.0\.0\.1:\d+)/", line)
        if found:
            return process, f"ws://{found.group(1)}"
    pytest.fail("the server did not start")


async def edit_until_gone(url: str, doc: str, path: str | None, first: int, acknowledged: list[int]) -> None:
    """Number a label upwards, one edit after the other, saving now and then, until the server is gone."""
    async with Client.connect(url, name="editor-0123456789ab") as client:
        await client.request("flow.open", {"path": path} if path else {}, "" if path else doc)
        for number in range(first, first + 100_000):
            change = {"op": "setNode", "id": "w", "path": ["data", "label"], "value": str(number)}
            edit = {"changes": [change], "edit_id": f"e{number}"}
            await client.request("flow.edit", edit, doc)
            acknowledged.append(number)
            if path and not number % 7:
                await client.request("flow.save", {}, doc)


async def shown(url: str) -> dict[str, Any]:
    async with Client.connect(url, name="reader") as client:
        found: dict[str, Any] = {}
        for one in (await client.request("flow.list"))["open"]:
            found[one["workflow_id"]] = await client.request("flow.get", {}, one["workflow_id"])
        return found


@pytest.mark.timeout(180)
async def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    file = tmp_path / "flows" / "kept.flow.json"
    file.write_text(json.dumps(flow_json(wait_node(), id="kept")), "utf-8")
    chance = random.Random(5)
    last = {"kept": -1, "untitled": -1}
    for round_ in range(ROUNDS):
        process, url = start(tmp_path)
        if round_ == 0:
            async with Client.connect(url) as client:
                await client.request("flow.open", {"flow": flow_json(wait_node(), id="untitled")})
        states = await shown(url)
        for doc, number in last.items():
            if doc in states and number >= 0:
                assert int(states[doc]["flow"]["nodes"][1]["data"]["label"]) >= number
        assert "untitled" in states
        done: dict[str, list[int]] = {"kept": [], "untitled": []}
        work = [
            spawn(edit_until_gone(url, doc, file.name if doc == "kept" else None, last[doc] + 1, done[doc]), doc)
            for doc in done
        ]
        await comes(partial(all, done.values()))
        await asyncio.sleep(chance.random())  # any moment after
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        for task in work:
            with contextlib.suppress(Disconnected):
                await task
        assert all(done.values())
        last = {doc: numbers[-1] for doc, numbers in done.items()}
        json.loads(file.read_text("utf-8"))
    process, url = start(tmp_path)
    states = await shown(url)
    process.terminate()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    if "kept" not in states:  # it was saved right before
        label = json.loads(file.read_text("utf-8"))["nodes"][1]["data"]["label"]
    else:
        label = states["kept"]["flow"]["nodes"][1]["data"]["label"]
    assert int(label) >= last["kept"]
    assert int(states["untitled"]["flow"]["nodes"][1]["data"]["label"]) >= last["untitled"]
    recovery = [
        json.loads(one.read_text("utf-8"))["workflow_id"] for one in (tmp_path / "state" / "recovery").glob("*.json")
    ]
    assert sorted(recovery) == sorted(set(recovery))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_what_two_servers_left_of_one_file_is_there_beside_each_other(
    tmp_path: Path, how: signal.Signals
) -> None:
    (tmp_path / "flows").mkdir()
    file = tmp_path / "flows" / "kept.flow.json"
    file.write_text(json.dumps(flow_json(wait_node(), id="kept")), "utf-8")
    servers = [start(tmp_path), start(tmp_path)]
    for number, (_, url) in enumerate(servers):
        async with Client.connect(url) as client:
            await client.request("flow.open", {"path": file.name})
            change = {"op": "setNode", "id": "w", "path": ["data", "label"], "value": f"work {number}"}
            await client.request("flow.edit", {"changes": [change]}, "kept")
    for process, _ in servers:
        process.send_signal(how)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    for _ in range(2):  # and after the next end, too
        process, url = start(tmp_path)
        states = await shown(url)
        labels = {doc: state["flow"]["nodes"][1]["data"]["label"] for doc, state in states.items()}
        assert labels.pop("kept") == "work 1"
        assert list(labels.values()) == ["work 0"]
        assert [state["path"] for doc, state in states.items() if doc != "kept"] == [None]
        process.send_signal(how)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
