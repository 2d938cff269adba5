"""Two people rename one flow at the same moment, over real connections: no byte is lost, and both are told what happened."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.client import Client, RequestRefused
from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.session import Folders, Session
from tests.session.conftest import flow_json, wait_node

ROUNDS = 5


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    folders = Folders(tmp_path / "state", tmp_path / "state" / "runs", tmp_path / "flows")
    session = Session(builtin_catalogue(), Services(driver=None), folders)
    server = Server(session, ServerSettings(port=0, insecure_no_token=True))
    await server.start()
    yield f"ws://127.0.0.1:{server.port}"
    await server.stop()
    await session.close()


async def renamed(client: Client, name: str, **which: Any) -> dict[str, Any]:
    """Rename, and return the reply or the error."""
    path = which.pop("path", None)
    try:
        return await client.request("flow.rename", {"path": path, "name": name}, **which)
    except RequestRefused as refused:
        return {**refused.details, "message": str(refused.message)}


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
async def test_of_two_who_rename_at_once_one_wins_and_the_other_is_told_the_new_name(
    url: str, tmp_path: Path, is_open: bool
) -> None:
    folder = tmp_path / "flows"
    async with Client.connect(url, name="mei") as mei, Client.connect(url, name="li") as li:
        flow = flow_json(wait_node(), name="month", description="every byte")
        await mei.request("flow.open", {"flow": flow}, "w")
        path = (await mei.request("flow.save", {"path": "month.flow.json"}, "w"))["path"]
        assets = folder / "month.assets"
        assets.mkdir()
        (assets / "a.png").write_bytes(b"picture")
        if is_open:
            await li.request("flow.open", {}, "w")
        else:
            await mei.request("flow.close", {}, "w")
        content = Path(path).read_bytes()
        for number in range(ROUNDS):
            answers = await asyncio.gather(
                renamed(mei, f"mei {number}", path=path), renamed(li, f"li {number}", path=path)
            )
            (won,) = [answer for answer in answers if "code" not in answer]
            (lost,) = [answer for answer in answers if "code" in answer]
            now = Path(won["path"])
            winner = now.name.split(" ")[0]
            old = Path(path).name.removesuffix(".flow.json")
            assert lost["code"] == "file.changed"
            assert lost["message"] == (
                f'{winner} renamed or moved "{old}" in the meantime. It is "{winner} {number}" now.'
            )
            assert [file.name for file in folder.glob("*.flow.json")] == [now.name]
            kept = json.loads(now.read_bytes())
            assert {**kept, "name": ""} == {**json.loads(content), "name": ""}
            assert (folder / f"{winner} {number}.assets" / "a.png").read_bytes() == b"picture"
            path = str(now)
        if is_open:
            assert (await mei.request("flow.get", {}, "w"))["path"] == path
            assert (await li.request("flow.get", {}, "w"))["path"] == path
        with pytest.raises(RequestRefused, match="in the meantime"):
            await li.request("flow.delete", {"path": str(folder / "month.flow.json")})


async def edited(client: Client, change: dict[str, Any], revision: int) -> dict[str, Any]:
    """Edit, and return the reply or the error."""
    try:
        return await client.request("flow.edit", {"changes": [change], "base_revision": revision}, "w")
    except RequestRefused as refused:
        return {"code": refused.code, **refused.details}


async def test_of_two_who_rename_one_node_at_once_one_wins_and_every_reference_follows(url: str) -> None:
    step = {"id": "a", "type": "readTable", "data": {"config": {"path": "a.csv"}}}
    tell = {"id": "b", "type": "log", "data": {"config": {"message": "{{a.rows}} {{ a.count + 1 }}"}}}
    async with Client.connect(url, name="mei") as mei, Client.connect(url, name="li") as li:
        await mei.request("flow.open", {"flow": flow_json(step, tell)}, "w")
        await li.request("flow.open", {}, "w")
        name = "a"
        for number in range(ROUNDS):
            revision = (await mei.request("flow.get", {}, "w"))["revision"]
            answers = await asyncio.gather(
                edited(mei, {"op": "renameNode", "id": name, "to": f"mei{number}"}, revision),
                edited(li, {"op": "renameNode", "id": name, "to": f"li{number}"}, revision),
                edited(li, {"op": "setNode", "id": name, "path": ["data", "config", "path"], "value": f"{number}.csv"}, revision),
            )  # fmt: skip
            (lost,) = [answer for answer in answers if "code" in answer]
            (conflict,) = lost["conflicts"]
            name = conflict["theirs"]
            assert {name, conflict["yours"]} == {f"mei{number}", f"li{number}"}
            seen = [(await client.request("flow.get", {}, "w"))["flow"] for client in (mei, li)]
            assert seen[0] == seen[1]
            first, second = [node for node in seen[0]["nodes"] if node["type"] in {"readTable", "log"}]
            assert (first["id"], first["data"]["config"]["path"]) == (name, f"{number}.csv")
            assert second["data"]["config"]["message"] == f"{{{{{name}.rows}}}} {{{{ {name}.count + 1 }}}}"
            assert all(edge["source"] in {"start", name} for edge in seen[0]["edges"])
