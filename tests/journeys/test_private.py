"""Runs on desktops of their own, beside the one that people work on: seen, steered and stopped like any run."""

import asyncio
import base64
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flowdesk.client import Client, RequestRefused
from tests.journeys.conftest import ROOT, Program, Start, json_lines
from tests.journeys.test_processes import flow_of, written
from tests.journeys.test_window import is_listening
from tests.ports import free_port
from tests.recorder import Recorder
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(300)]

WAITS = ("wait", {"duration": 600000})


def editor(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Steps that write a file by hand, on whatever desktop they are."""
    return [
        ("launch", {"command": ["mousepad", str(path)]}),
        ("input", {"selector": "app=mousepad >> text_area", "text": f"张三 {path.stem}"}),
        ("keys", {"keys": ["ctrl", "s"]}),
        ("wait", {"until": "file", "path": str(path)}),
    ]


def serve(flowdesk: Start, **environment: str) -> tuple[str, Program]:
    port = free_port()
    program = flowdesk("serve", "--port", str(port), "--insecure-no-token", **environment)
    until(lambda: is_listening(port), "the server")
    return f"ws://127.0.0.1:{port}", program


async def started(client: Client, name: str, *steps: tuple[str, dict[str, Any]], **options: Any) -> dict[str, Any]:
    flow = flow_of(*steps, name=name)
    return await client.start(flow["nodes"], flow["edges"], name, **{"desktop": "private:800x600", **options})


async def until_node(client: Client, name: str, node_id: str) -> None:
    while (await client.next_event("node.running", timeout=60))["payload"]["node_id"] != node_id:
        pass


def test_the_main_desktop_gets_no_event_while_several_run(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> None:
    url, _ = serve(flowdesk)
    files = [tmp_path / f"file{number}.txt" for number in range(3)]

    async def work() -> list[dict[str, Any]]:
        async with Client.connect(url) as client:
            for number, file in enumerate(files):
                await started(client, f"flow{number}", *editor(file))
            runs = (await client.request("workflow.list"))["runs"]
            assert [run["desktop"] for run in runs] == ["private"] * 3
            return [
                (await client.next_event("execution.complete", "execution.error", timeout=120))["payload"]
                for _ in files
            ]

    with Recorder(clean_desktop.desktop.env["DISPLAY"]) as log:
        ends = asyncio.run(work())
    assert [end["status"] for end in ends] == ["succeeded"] * 3, ends
    assert [file.read_text("utf-8").strip() for file in files] == [f"张三 {file.stem}" for file in files]
    assert log.events == []


def test_a_client_watches_pauses_steps_answers_and_stops(flowdesk: Start, tmp_path: Path) -> None:
    url, _ = serve(flowdesk, DISPLAY="", WAYLAND_DISPLAY="wayland-0")

    async def work() -> None:
        async with Client.connect(url) as client:
            run = await started(client, "seen", ("prompt", {"message": "Well?"}), WAITS)
            number = 0
            while True:
                event = await client.next_event(timeout=60)
                if event["workflow_id"] == "seen":
                    number += 1
                    assert event["seq"] == number, event
                    assert event["payload"].get("run_id", run["run_id"]) == run["run_id"]
                if event["type"] == "help.needed":
                    break
            shot = await client.request("desktop.screenshot", {"run_id": run["run_id"], "format": "png"})
            assert Image.open(io.BytesIO(base64.b64decode(shot["data"]))).size == (800, 600)
            assert (await client.request("target.test", {"config": {"selector": "100,100"}}, "seen"))["found"]
            await client.request("desktop.watch", {"run_id": run["run_id"]})
            assert (await client.next_event("desktop.frame", timeout=60))["payload"]["box"] == [0, 0, 800, 600]
            await client.request("help.answer", {"help_id": event["payload"]["help_id"], "value": "tea"}, "seen")
            await until_node(client, "seen", "wait2")
            await client.pause("seen")
            while (await client.next_event("system.status"))["payload"].get("status") != "paused":
                pass
            snapshot = await client.request("execution.snapshot", {}, "seen")
            assert (snapshot["run_id"], snapshot["status"]) == (run["run_id"], "paused")
            assert snapshot["nodes"]["prompt1"]["result"]["value"] == "tea"
            await client.stop("seen")
            end = await client.next_event("execution.error", timeout=20)
            assert end["payload"]["status"] == "stopped"
            with pytest.raises(RequestRefused):
                await client.request("desktop.screenshot", {"run_id": run["run_id"]})

    asyncio.run(work())


@pytest.mark.parametrize("way", ["keys", "command", "SIGTERM", "SIGINT"])
def test_the_emergency_stop_of_the_main_desktop_reaches_it(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path, way: str
) -> None:
    program = flowdesk("run", written(tmp_path, WAITS, name="tea"), "--desktop", "private", "--json")
    until(lambda: '"node_id":"wait1"' in program.printed(), "the run", 60)
    if way == "keys":
        subprocess.run(["xdotool", "key", "ctrl+alt+q"], env=clean_desktop.desktop.environment(), check=True)
    elif way == "command":
        stopped = flowdesk("stop")
        assert stopped.ends() == 0
        assert '"tea"' in stopped.printed()
    else:
        program.process.send_signal(signal.Signals[way])
    assert program.ends(20) == 130
    assert json_lines(program.printed())[-1]["payload"]["status"] == "stopped"


def test_without_a_screen_it_is_stopped_by_the_command(flowdesk: Start, tmp_path: Path) -> None:
    file = written(tmp_path, WAITS, name="dark")
    program = flowdesk("run", file, "--desktop", "private", "--json", DISPLAY="")
    until(lambda: '"node_id":"wait1"' in program.printed(), "the run", 60)
    stopped = flowdesk("stop", DISPLAY="")
    assert stopped.ends() == 0
    assert '"dark"' in stopped.printed()
    assert program.ends(20) == 130


def test_what_is_missing_is_said_with_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    file = written(tmp_path, WAITS)
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", file, "--desktop", "private"],
        env={"PATH": str(folder), "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 3
    assert "Xvfb" in done.stderr
    assert "sudo apt-get install xvfb" in done.stderr


def test_a_flow_says_itself_where_it_runs(flowdesk: Start, tmp_path: Path) -> None:
    path = tmp_path / "own.flow.json"
    shot = ("screenshot", {"filename": "all.png", "fullScreen": True})
    path.write_text(json.dumps(flow_of(shot, name="own", desktop="private:640x480")), "utf-8")
    program = flowdesk("run", str(path), "--report", str(tmp_path / "out"), DISPLAY="")
    assert program.ends() == 0, program.printed()
    with Image.open(tmp_path / "out" / "all.png") as picture:
        assert picture.size == (640, 480)


def test_programs_may_have_a_home_of_their_own(flowdesk: Start, tmp_path: Path) -> None:
    shown = tmp_path / "home.txt"
    launch = ("launch", {"command": ["xterm", "-e", f"sh -c 'echo $HOME > {shown}; sleep 60'"]})
    wait = ("wait", {"until": "file", "path": str(shown)})
    program = flowdesk("run", written(tmp_path, launch, wait), "--desktop", "private", "--home", "own")
    assert program.ends() == 0, program.printed()
    home = shown.read_text("utf-8").strip()
    assert home != os.environ.get("HOME", "")
    assert not Path(home).exists()


def test_a_paused_run_on_a_desktop_of_its_own_takes_changed_settings(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    url, _ = serve(flowdesk)

    async def work() -> list[str]:
        async with Client.connect(url) as client:
            flow = flow_of(("log", {"message": "1"}), ("log", {"message": "old", "breakpoint": True}), name="own")
            held = flow["nodes"][-1]["id"]
            opened = (await client.request("flow.open", {"flow": flow}))["workflow_id"]
            await client.request("workflow.subscribe", {}, opened)
            await client.request("workflow.start", {"desktop": "private:800x600"}, opened)
            while (await client.next_event("system.status", timeout=120))["payload"].get("status") != "paused":
                pass
            change = {"op": "setNode", "id": held, "path": ["data", "config", "message"], "value": "new"}
            await client.request("flow.edit", {"changes": [change]}, opened)
            await client.request("workflow.take", {}, opened)
            await client.request("workflow.resume", {}, opened)
            lines = []
            while (message := await client.next_event("execution.log", "execution.complete", timeout=60))[
                "type"
            ] != "execution.complete":
                lines.append(message["payload"]["message"])
            return lines

    assert [line for line in asyncio.run(work()) if line in {"1", "old", "new"}][-1] == "new"


STORE = """
from keyring.backend import KeyringBackend

class Store(KeyringBackend):
    priority = 1

    def get_password(self, service, name):
        return {"door": "Sesam-öffne 42"}.get(name)

    def set_password(self, service, name, value):
        raise NotImplementedError

    def delete_password(self, service, name):
        raise NotImplementedError
"""
"""A key store in a file, as others may install one."""


def test_secrets_a_subflow_and_a_typed_password_on_a_desktop_of_its_own(flowdesk: Start, tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(STORE, "utf-8")
    flows, written_by_hand = tmp_path / "flows", tmp_path / "typed.txt"
    flows.mkdir()
    types: list[tuple[str, dict[str, Any]]] = [
        ("launch", {"command": ["mousepad", str(written_by_hand)]}),
        ("input", {"selector": "app=mousepad >> text_area", "text": "{{secret:door}}"}),
        ("keys", {"keys": ["ctrl", "s"]}),
        ("wait", {"until": "file", "path": str(written_by_hand)}),
        ("readText", {"selector": "app=mousepad >> text_area", "variable": "seen"}),
        ("log", {"message": "typed {{seen}}"}),
        ("end", {"result": "{{seen}}"}),
    ]
    written(flows, *types, name="inner")
    outer: list[tuple[str, dict[str, Any]]] = [
        ("subflow", {"flow": "inner", "variable": "found"}),
        ("prompt", {"message": "Password?", "kind": "password", "variable": "typed"}),
        ("log", {"message": "{{found}} and {{typed}}"}),
        ("end", {"result": "{{typed}}"}),
    ]
    path = [str(ROOT), str(tmp_path)]
    url, program = serve(flowdesk, PYTHONPATH=os.pathsep.join(path), PYTHON_KEYRING_BACKEND="store.Store")

    async def work() -> tuple[dict[str, Any], str]:
        heard = []
        async with Client.connect(url) as client:
            await started(client, "outer", *outer)
            async with asyncio.timeout(120):
                async for event in client.events():
                    heard.append(json.dumps(event, ensure_ascii=False))
                    if event["type"] == "help.needed" and event["payload"].get("help_id"):
                        answer = {"help_id": event["payload"]["help_id"], "value": "Geheim/7"}
                        await client.request("help.answer", answer, "outer")
                    if event["type"] in {"execution.complete", "execution.error"}:
                        return event["payload"], "".join(heard)
        raise AssertionError("the connection ended")

    end, heard = asyncio.run(work())
    assert end["status"] == "succeeded", end
    assert "Sesam-öffne 42" in written_by_hand.read_text("utf-8")
    assert "typed •••" in heard
    assert "••• and •••" in heard
    record = b"".join(file.read_bytes() for file in (tmp_path / "state").rglob("*") if file.is_file())
    for secret in ("Sesam-öffne 42", "Sesam-\\u00f6ffne 42", "Geheim/7"):
        assert secret not in heard
        assert secret.encode() not in record
        assert secret not in program.printed()
