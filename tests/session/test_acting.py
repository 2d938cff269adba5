"""A person acts on the desktop through its picture: one at a time, the owner's own, never while a run drives it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver
from flowdesk.engine.context import Services
from flowdesk.model.errors import FlowdeskError, NotAllowed, RequestInvalid
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.session import Folders, Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node


@pytest.fixture
def driver() -> FakeDesktopDriver:
    return FakeDesktopDriver()


@pytest.fixture
async def acted(tmp_path: Path, driver: FakeDesktopDriver) -> AsyncIterator[Session]:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    made = Session(builtin_catalogue(), Services(driver=driver), folders)
    yield made
    await made.close()


def come(session: Session, name: str, *, is_owner: bool = True) -> Keeper:
    peer = Keeper(name)
    peer.is_owner = is_owner
    session.connect(peer)
    return peer


def done(driver: FakeDesktopDriver) -> list[str]:
    return [event.action for event in driver.events if event.action != "release_all"]


async def test_what_a_person_does_arrives_in_its_order_and_everyone_sees_who(
    acted: Session, driver: FakeDesktopDriver
) -> None:
    mei, li = come(acted, "Mei"), come(acted, "Li")
    await ask(acted, mei, "desktop.control")
    assert acted.status(li)["controller"] == "Mei"
    acts: list[dict[str, Any]] = [
        {"action": "move", "x": 5, "y": 6},
        {"action": "click", "x": 10, "y": 20, "button": "right"},
        {"action": "keys", "keys": ["down"]},
        {"action": "text", "text": "é你"},
        {"action": "scroll", "x": 1, "y": 2, "dy": 3},
        {"action": "drag", "x": 1, "y": 2, "to_x": 30, "to_y": 40},
    ]
    for act in acts:
        await ask(acted, mei, "desktop.act", **act)
    assert len(done(driver)) == len(acts)
    await ask(acted, mei, "desktop.control", on=False)
    assert acted.status(li)["controller"] is None
    assert driver.events[-1].action == "release_all"
    with pytest.raises(RequestInvalid):
        await ask(acted, mei, "desktop.act", action="move", x=1, y=1)


async def test_one_at_a_time_and_only_the_owner(acted: Session, driver: FakeDesktopDriver) -> None:
    mei, li, guest = come(acted, "Mei"), come(acted, "Li"), come(acted, "Guest", is_owner=False)
    with pytest.raises(NotAllowed):
        await ask(acted, guest, "desktop.control")
    await ask(acted, mei, "desktop.control")
    with pytest.raises(RequestInvalid, match="Mei"):
        await ask(acted, li, "desktop.control")
    for other in (li, guest):
        with pytest.raises(RequestInvalid):
            await ask(acted, other, "desktop.act", action="click", x=1, y=1)
    assert done(driver) == []
    acted.disconnect(mei)
    assert acted.status(li)["controller"] is None
    await ask(acted, li, "desktop.control")


async def test_a_run_that_drives_the_desktop_is_not_disturbed_one_that_is_paused_may_be(
    acted: Session, driver: FakeDesktopDriver
) -> None:
    mei = come(acted, "Mei")
    await ask(acted, mei, "desktop.control")
    await ask(acted, mei, "workflow.start", "f", **flow_json(wait_node(duration=60_000)))
    with pytest.raises(RequestInvalid, match="run"):
        await ask(acted, mei, "desktop.act", action="click", x=1, y=1)
    assert done(driver) == []
    await ask(acted, mei, "workflow.pause", "f")
    while acted.runs.current["f"].runner.state.value != "paused":
        await ask(acted, mei, "heartbeat")
    await ask(acted, mei, "desktop.act", action="click", x=1, y=1)
    assert len(done(driver)) == 1
    await ask(acted, mei, "workflow.stop", "f")


async def test_the_emergency_stop_takes_the_desktop_away(acted: Session, driver: FakeDesktopDriver) -> None:
    mei = come(acted, "Mei")
    await ask(acted, mei, "desktop.control")
    acted.stop_all("hotkey")
    assert acted.status(mei)["controller"] is None
    with pytest.raises(FlowdeskError):
        await ask(acted, mei, "desktop.act", action="click", x=1, y=1)
    assert done(driver) == []


async def test_an_action_without_its_place_is_refused_with_the_field(acted: Session, driver: FakeDesktopDriver) -> None:
    mei = come(acted, "Mei")
    await ask(acted, mei, "desktop.control")
    with pytest.raises(RequestInvalid) as told:
        await ask(acted, mei, "desktop.act", action="drag", x=1, y=1)
    assert told.value.details["field"] == "to_x"
    assert done(driver) == []
