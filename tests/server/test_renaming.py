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
