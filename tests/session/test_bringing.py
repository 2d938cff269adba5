"""Scripts of other tools come as files, or by their paths from the window, and become flows that editors open."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.engine.context import Services
from flowdesk.importing.bringing import bring, is_of_other_tool
from flowdesk.model.errors import FlowdeskError, FlowUnreadable, NotAllowed, RequestInvalid
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role
from flowdesk.session.session import Folders, Session
from tests.session.conftest import Keeper, ask

PNG = bytes.fromhex("89504e470d0a1a0a")
SCRIPT = "import pyautogui\npyautogui.click('ok.png')\npyautogui.write('hello')\nsomething_else(1)\n"


def sent(files: dict[str, str | bytes]) -> dict[str, str]:
    return {
        name: base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()
        for name, text in files.items()
    }


@pytest.fixture
async def importing(tmp_path: Path) -> AsyncIterator[Session]:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    session = Session(builtin_catalogue(), Services(), folders, bring=bring)
    yield session
    await session.close()


async def test_a_script_and_its_picture_become_a_flow_with_its_report(importing: Session) -> None:
    peer = Keeper("p")
    reply = await ask(importing, peer, "flow.import", files=sent({"fill.py": SCRIPT, "ok.png": PNG}))
    assert reply["flows"] == ["fill.flow.json"]
    (report,) = reply["reports"]
    assert (report["source"], report["statements"], report["taken"]) == ("fill.py", 3, 2)
    assert report["left"][0]["original"] == "something_else(1)"
    assert (importing.folders.flows / "fill.assets" / "ok.png").read_bytes() == PNG
    state = await ask(importing, peer, "flow.open", path=reply["flows"][0])
    assert [node["type"] for node in state["flow"]["nodes"]] == ["start", "click", "input"]


async def test_a_folder_of_sikulix_is_one_script(importing: Session) -> None:
    files = sent({"job.sikuli/job.py": "click('a.png')", "job.sikuli/a.png": PNG})
    reply = await ask(importing, Keeper("p"), "flow.import", files=files)
    assert reply["flows"] == ["job.flow.json"]
    assert reply["reports"][0]["missing_pictures"] == []


async def test_nothing_is_overwritten(importing: Session) -> None:
    peer = Keeper("p")
    first = await ask(importing, peer, "flow.import", files=sent({"fill.py": SCRIPT}))
    kept = (importing.folders.flows / first["flows"][0]).read_bytes()
    other = sent({"fill.py": "import pyautogui\npyautogui.press('a')"})
    second = await ask(importing, peer, "flow.import", files=other)
    third = await ask(importing, peer, "flow.import", files=sent({"fill.py": SCRIPT}))
    assert (second["flows"], third["flows"]) == (["fill/fill.flow.json"], ["fill 2/fill.flow.json"])
    assert (importing.folders.flows / first["flows"][0]).read_bytes() == kept


async def test_what_a_guest_imports_is_known_as_somebody_elses(importing: Session) -> None:
    guest = Keeper("g", Role.EDIT)
    macro = {"Name": "m", "Commands": [{"Command": "XRunAndWait", "Target": "/bin/true", "Value": ""}]}
    reply = await ask(importing, guest, "flow.import", files=sent({"m.json": json.dumps(macro)}))
    live = importing.open_file((importing.folders.flows / reply["flows"][0]).resolve())
    assert [node.type for node in live.flow.nodes] == ["start", "command"]
    assert live.is_foreign


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({}, RequestInvalid),
        ({"paths": ["/etc/passwd"]}, NotAllowed),
        ({"files": {"../x.py": "YQ=="}}, RequestInvalid),
        ({"files": {"a/b/c.py": "YQ=="}}, RequestInvalid),
        ({"files": {".x.py": "YQ=="}}, RequestInvalid),
        ({"files": {"x.py": "%%%"}}, RequestInvalid),
        ({"files": {"x.json": base64.b64encode(b"{}").decode()}}, FlowUnreadable),
    ],
)
async def test_what_cannot_be_imported_is_refused(
    importing: Session, payload: dict[str, Any], error: type[FlowdeskError]
) -> None:
    with pytest.raises(error) as refused:
        await ask(importing, Keeper("p"), "flow.import", **payload)
    assert refused.value.fix
    assert not list(importing.folders.flows.rglob("*.json"))


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("a.pmc", "", True),
        ("a.py", "import pyautogui", True),
        ("a.py", "import os", False),
        ("a.json", json.dumps({"nodes": [], "connections": {}}), True),
        ("a.json", json.dumps({"nodes": [], "edges": []}), False),
        ("a.flow.json", json.dumps({"connections": {}}), False),
        ("a.csv", "", False),
    ],
)
def test_a_dropped_file_is_known_by_what_it_is(tmp_path: Path, name: str, text: str, is_one: bool) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert is_of_other_tool(tmp_path / name) is is_one
