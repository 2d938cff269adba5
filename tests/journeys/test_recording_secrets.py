"""Passwords that are typed while somebody records, in programs of several kinds: their text is in no frame, no file, no output."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.client import Client
from tests.apps.desks import Asked, Gtk3Desk, PageDesk, Qt5Desk
from tests.apps.recorded import Program, Worker
from tests.journeys.conftest import Start
from tests.journeys.test_private import serve
from tests.rig import Apps, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(300)]

SECRET = "hunter2-Xyz"
EMPTY: dict[str, Any] = {"nodes": [{"id": "start", "type": "start"}], "edges": []}
KINDS: list[tuple[type[Program], tuple[tuple[str, ...], ...]]] = [
    (Gtk3Desk, (("fill", "text_field[name='密码']", SECRET), ("fill", "text_field[name='Note']", "open words"))),
    (Qt5Desk, (("fill", "text_field[name='口令']", SECRET), ("fill", "text_field[name='Note']", "open words"))),
    (PageDesk, (("fill", "text_field[name='密码']", SECRET), ("fill", "text_field[name='Remark']", "open words"))),
    (Asked, (("type", "open words"), ("keys", "Return"), ("type", SECRET), ("keys", "Return"))),
]


@pytest.mark.parametrize(("kind", "deeds"), KINDS, ids=lambda value: getattr(value, "__name__", ""))
def test_no_viewer_and_no_file_has_a_password_that_was_typed(
    flowdesk: Start, apps: Apps, tmp_path: Path, kind: type[Program], deeds: tuple[tuple[str, ...], ...]
) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    program = kind(apps, folder)
    url, server = serve(flowdesk)
    program.opens()
    heard: list[str] = []

    def hears(event: dict[str, Any]) -> None:
        heard.append(json.dumps(event, ensure_ascii=False))

    async def listens(client: Client) -> None:
        async for event in client.events():
            hears(event)

    async def work() -> tuple[dict[str, Any], dict[str, Any]]:
        async with Client.connect(url) as hand, Client.connect(url) as viewer:
            opened = await hand.request("flow.open", {"flow": {"name": "job", **EMPTY}})
            name = opened["workflow_id"]
            await viewer.subscribe(name)
            listening = [spawn(listens(client), "test") for client in (hand, viewer)]
            await hand.request("record.start", {}, name)
            await asyncio.to_thread(Worker(program).works, deeds)
            told = await hand.request("record.stop", {}, name, timeout=90)
            opened = await hand.request("flow.get", {}, name)
            for task in listening:
                task.cancel()
            return told, opened

    told, flow = asyncio.run(work())
    assert SECRET in json.dumps(until(program.told, "what the program got"), ensure_ascii=False)
    written = json.dumps(flow, ensure_ascii=False)
    assert "{{secret:" in written
    assert "open words" in written
    assert len(told["secrets"]) == 1
    threading.Event().wait(1.5)  # what is kept for a crash is written a moment later
    assert any("open words" in frame for frame in heard)
    for text in (written, json.dumps(told), *heard, server.printed()):
        assert SECRET not in text
    for file in (tmp_path / "state").rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file
