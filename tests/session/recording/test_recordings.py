"""A recording through the session: its steps are edits of whoever started it, everyone sees it, and it ends with its client."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.context import Services
from flowdesk.engine.observing import Ending, Heard, Hit, KeyDown, Listening, Look, Pressed, Released, Sights, Witness
from flowdesk.engine.ports import Element, Window
from flowdesk.model.errors import DesktopUnavailable, NotAllowed, RequestInvalid
from flowdesk.model.geometry import Box, Point
from flowdesk.model.run import RunState
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol import messages as m
from flowdesk.session.peer import Message, Peer
from flowdesk.session.recording.steps import Step
from flowdesk.session.session import Folders, Session
from tests.session.recording.person import EDITOR, element

FLOW = {"nodes": [{"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}}], "edges": []}


class Desk:
    """A desktop that is only written down, as ``Observer``, ``Listening`` and ``Witness`` know it."""

    def __init__(self) -> None:
        self.hear: Callable[[Heard], None] = lambda heard: None
        self.end: Callable[[Ending], None] = lambda why: None
        self.moment = 0
        self.is_closed = False
        self.shown: tuple[Element, ...] = ()
        """What a popup shows that is open."""
        self.covered: Hit | None = None
        """What lies under it."""

    def listen(self, hear: Callable[[Heard], None], ended: Callable[[Ending], None]) -> Listening:
        self.hear, self.end = hear, ended
        return self

    def witness(self, is_own: Callable[[Window], bool]) -> Witness:
        return self

    def top_at(self, point: Point) -> int:
        return 1

    def hit(self, point: Point, top: int = 0, since: float = float("inf")) -> Hit:
        self.moment += 1
        known = self.shown or (element("button", "OK"),)
        return Hit(self.moment, point, EDITOR, known, ("ok",), (EDITOR,), is_popup=bool(self.shown))

    def recall(self, point: Point, top: int, since: float, before: float, *, is_to_hold: bool) -> Hit | None:
        return None

    def before_popup(self, hit: Hit, before: float) -> Hit | None:
        covered, self.covered = self.covered, None
        return covered

    def was_looked_under(self) -> bool:
        return self.covered is None

    def took(self, hit: Hit, box: Box, since: float) -> float:
        return 0.0

    def news(self, hit: Hit, since: float) -> tuple[Point, float] | None:
        return None

    def look(self, at: float, hit: Hit | None = None) -> Look:
        return Look(at, (EDITOR,))

    def sights(self, moment: int) -> Sights | None:
        return None

    def close(self) -> None:
        self.is_closed = True

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.hear(KeyDown(time.monotonic(), key, "", ("ctrl",)))

    def clicks(self) -> None:
        self.hear(Pressed(time.monotonic(), Point(40, 20), "left", (), 1))
        self.hear(Released(time.monotonic(), Point(40, 20), "left"))


class Client(Peer):
    is_owner = True
    role = m.Role.RUN

    def __init__(self, name: str, role: m.Role = m.Role.RUN) -> None:
        self.id = self.name = name
        self.role = role
        self.messages: list[Message] = []

    def deliver(self, message: Message) -> None:
        self.messages.append(message)

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        return [message["payload"] for message in self.messages if message["type"] == kind]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def session(tmp_path: Path, desk: Desk) -> Session:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    return Session(builtin_catalogue(), Services(driver=None), folders, observer=lambda: desk)


async def opened(session: Session, client: Client) -> str:
    session.connect(client)
    reply = await session.submit(client, "flow.open", m.OpenFlow(flow=FLOW))
    return str(reply["workflow_id"])


def chain(session: Session, workflow_id: str) -> list[str]:
    return [node.type for node in session.documents[workflow_id].flow.nodes]


async def test_steps_become_edits_that_their_person_takes_back(session: Session, desk: Desk) -> None:
    client, other = Client("mei"), Client("lee", m.Role.VIEW)
    flow = await opened(session, client)
    session.connect(other)
    started = await session.submit(client, "record.start", m.StartRecording(), flow)
    assert (started["status"], started["count"]) == ("recording", 0)
    assert other.payloads("system.status")[-1]["recording"]["by"] == "mei"
    desk.keys("s", "p")
    told = await session.submit(client, "record.stop", m.StopRecording(), flow)
    assert (told["status"], told["count"]) == ("stopped", 2)
    assert desk.is_closed
    assert chain(session, flow) == ["start", "keys", "keys"]
    assert [event["step"]["title"] for event in client.payloads("record.changed") if "step" in event] == [
        "Press keys"
    ] * 2
    assert all(event["origin"] != client.id for event in client.payloads("flow.changed"))
    assert other.payloads("system.status")[-1]["recording"] is None
    for left in (["start", "keys"], ["start"]):
        await session.submit(client, "flow.edit", m.EditFlow(action="undo"), flow)
        assert chain(session, flow) == left
    await session.close()


async def test_it_pauses_notes_and_takes_back(session: Session, desk: Desk) -> None:
    client = Client("mei")
    flow = await opened(session, client)
    await session.submit(client, "record.start", m.StartRecording(after="start"), flow)
    desk.keys("s", "p", "o")
    recording = session.recordings.current
    assert recording is not None
    while recording.count < 2:
        await _turn()
    await session.submit(client, "record.note", m.NoteRecording(text="Ask first"), flow)
    noted = [node.config.get("note") for node in session.documents[flow].flow.nodes]
    assert "Ask first" in noted
    await session.submit(client, "record.pause", m.PauseRecording(paused=True), flow)
    desk.keys("x")
    assert (await session.submit(client, "record.pause", m.PauseRecording(paused=False), flow))["status"] == "recording"
    await session.submit(client, "record.stop", m.StopRecording(), flow)
    assert chain(session, flow) == ["start", "keys", "keys", "keys"]  # without what was pressed in the pause
    await session.close()


async def test_a_list_that_opens_over_its_box_before_anybody_looks_is_a_choice(session: Session, desk: Desk) -> None:
    client = Client("mei")
    flow = await opened(session, client)
    await session.submit(client, "record.start", m.StartRecording(), flow)
    box = (element("combo_box", "Destination", value="Berlin"), element("window"))
    desk.covered = Hit(0, Point(40, 20), EDITOR, box, ("box", "window"), (EDITOR,))
    desk.shown = (element("menu_item", "Berlin"), element("menu"))
    desk.clicks()
    while not desk.was_looked_under():
        await _turn()
    desk.shown = (element("menu_item", "Rome"), element("menu"))
    desk.clicks()
    await session.submit(client, "record.stop", m.StopRecording(), flow)
    made = [(node.type, node.config) for node in session.documents[flow].flow.nodes[1:]]
    assert made == [("choose", {"option": "Rome"})]
    await session.close()


async def test_a_step_is_recorded_anew_while_a_run_is_paused_and_that_does_not_go_on_meanwhile(
    session: Session, desk: Desk
) -> None:
    client = Client("mei")
    session.connect(client)
    held = {"id": "two", "type": "log", "data": {"config": {"message": "2", "breakpoint": True}}}
    nodes = [FLOW["nodes"][0], held]
    edges = [{"id": "e", "source": "start", "target": "two"}]
    opened = await session.submit(client, "flow.open", m.OpenFlow(flow={"nodes": nodes, "edges": edges}))
    flow = str(opened["workflow_id"])
    await session.submit(client, "workflow.start", m.Start(), flow)
    run = session.runs.under_way()[0]
    while run.runner.state is not RunState.PAUSED:
        await _turn()
    await session.submit(client, "record.start", m.StartRecording(replace="two"), flow)
    desk.keys("s")
    for request in ("workflow.resume", "workflow.step"):
        with pytest.raises(RequestInvalid, match="recording is under way"):
            await session.submit(client, request, m.RunControl(), flow)
    with pytest.raises(RequestInvalid, match="recording is under way"):
        await session.submit(client, "workflow.start", m.Start(mode="restart"), flow)
    assert run.runner.state is RunState.PAUSED
    assert (await session.submit(client, "record.stop", m.StopRecording(), flow))["count"] == 1
    assert chain(session, flow) == ["start", "keys"]
    await session.submit(client, "workflow.resume", m.RunControl(), flow)
    assert run.task is not None
    assert (await run.task).state is RunState.SUCCEEDED
    await session.close()


async def test_what_is_pointed_at_becomes_a_step(session: Session, desk: Desk) -> None:
    client = Client("mei")
    flow = await opened(session, client)
    await session.submit(client, "record.start", m.StartRecording(), flow)
    for asked in (
        m.PointRecording(action="wait", selector="text=Done"),
        m.PointRecording(action="check", selector=["button[name='OK']", "text=OK"]),
        m.PointRecording(action="read", selector="text=Total", variable="total"),
    ):
        await session.submit(client, "record.point", asked, flow)
    told = await session.submit(client, "record.stop", m.StopRecording(), flow)
    assert told["count"] == 3
    made = [(node.type, node.config) for node in session.documents[flow].flow.nodes[1:]]
    assert made == [
        ("wait", {"selector": "text=Done", "state": "appear"}),
        ("assert", {"selector": ["button[name='OK']", "text=OK"], "operator": "exists"}),
        ("readText", {"selector": "text=Total", "variable": "total"}),
    ]
    await session.close()


async def test_what_is_shown_takes_the_place_of_a_node(session: Session, desk: Desk) -> None:
    client = Client("mei")
    flow = await opened(session, client)
    await session.submit(client, "record.start", m.StartRecording(), flow)
    desk.keys("s")
    await session.submit(client, "record.stop", m.StopRecording(), flow)
    (old,) = session.documents[flow].flow.nodes[1:]
    await session.submit(client, "record.start", m.StartRecording(replace=old.id), flow)
    desk.keys("p")
    await session.submit(client, "record.stop", m.StopRecording(), flow)
    (kept,) = session.documents[flow].flow.nodes[1:]
    assert (kept.id, kept.config["keys"]) == (old.id, ["ctrl", "p"])
    await session.submit(client, "flow.edit", m.EditFlow(action="undo"), flow)
    assert chain(session, flow) == ["start", "keys", "keys"]
    await session.close()


async def test_a_typed_password_is_kept_once_and_only_for_who_recorded_it(tmp_path: Path, desk: Desk) -> None:
    kept: dict[str, str] = {}
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    services = Services(driver=None, keep_secret=kept.__setitem__)
    session = Session(builtin_catalogue(), services, folders, observer=lambda: desk)
    client, other = Client("mei"), Client("lee")
    flow = await opened(session, client)
    session.connect(other)
    await session.submit(client, "record.start", m.StartRecording(), flow)
    recording = session.recordings.current
    assert recording is not None
    recording.add(Step("input", {"text": "{{secret:mail_password}}"}, secret="mail_password"))
    told = await session.submit(client, "record.stop", m.StopRecording(), flow)
    assert told["secrets"] == ["mail_password"]
    assert "flowdesk secret set mail_password" in session.documents[flow].flow.nodes[-1].config["note"]
    answer = m.KeepRecordedSecret(name="mail_password", value="hunter2")
    assert "hunter2" not in repr(answer)
    with pytest.raises(RequestInvalid):
        await session.submit(other, "record.secret", answer, flow)
    with pytest.raises(RequestInvalid):
        await session.submit(client, "record.secret", m.KeepRecordedSecret(name="other", value="x"), flow)
    assert kept == {}
    await session.submit(client, "record.secret", answer, flow)
    assert kept == {"mail_password": "hunter2"}
    assert "note" not in session.documents[flow].flow.nodes[-1].config
    assert "hunter2" not in str(client.messages + other.messages)
    assert "hunter2" not in session.documents[flow].flow.model_dump_json()
    await session.close()


async def test_it_ends_with_the_client_that_began_it(session: Session, desk: Desk) -> None:
    client, other = Client("mei"), Client("lee")
    flow = await opened(session, client)
    session.connect(other)
    await session.submit(client, "record.start", m.StartRecording(), flow)
    with pytest.raises(RequestInvalid):
        await session.submit(other, "record.start", m.StartRecording(), flow)
    session.disconnect(client)
    while session.recordings.is_on:
        await _turn()
    assert desk.is_closed
    await session.close()


async def test_who_goes_away_while_it_begins_leaves_nothing_that_listens(session: Session, desk: Desk) -> None:
    client = Client("mei")
    flow = await opened(session, client)
    begins, goes_on = threading.Event(), threading.Event()
    listen = desk.listen

    def slow(hear: Callable[[Heard], None], ended: Callable[[Ending], None]) -> Listening:
        begins.set()
        goes_on.wait(10)
        return listen(hear, ended)

    desk.listen = slow  # type: ignore[method-assign]
    starting = spawn(session.submit(client, "record.start", m.StartRecording(), flow), "start")
    while not begins.is_set():
        await _turn()
    starting.cancel()
    session.disconnect(client)
    goes_on.set()
    while session.recordings.is_on or not desk.is_closed:
        await _turn()
    with pytest.raises(asyncio.CancelledError):
        await starting
    other = Client("lee")
    flow = await opened(session, other)
    assert (await session.submit(other, "record.start", m.StartRecording(), flow))["by"] == "lee"
    await session.close()


@pytest.mark.parametrize("by_owner", [False, True])
async def test_others_pause_and_stop_it_and_only_the_owner_may_do_more(
    session: Session, desk: Desk, by_owner: bool
) -> None:
    recorder, other = Client("mei"), Client("lee")
    other.is_owner = by_owner
    flow = await opened(session, recorder)
    session.connect(other)
    await session.submit(recorder, "record.start", m.StartRecording(), flow)
    desk.keys("s")
    recording = session.recordings.current
    assert recording is not None
    while not recording.count:
        await _turn()
    paused = await session.submit(other, "record.pause", m.PauseRecording(paused=True), flow)
    assert paused["status"] == "paused"
    more: list[tuple[str, m.Payload]] = [
        ("record.note", m.NoteRecording(text="x")),
        ("record.point", m.PointRecording(action="wait", selector="text=x")),
        ("record.undo", m.Nothing()),
        ("record.pause", m.PauseRecording(paused=False)),
    ]
    for kind, payload in more:
        with contextlib.nullcontext() if by_owner else pytest.raises(NotAllowed, match="mei is recording"):
            await session.submit(other, kind, payload, flow)
    assert recording.status == ("recording" if by_owner else "paused")
    told = await session.submit(other, "record.stop", m.StopRecording(), flow)
    assert told["status"] == "stopped"
    if not by_owner:
        assert chain(session, flow) == ["start", "keys"]
    await session.close()


async def test_control_alt_q_ends_it(session: Session, desk: Desk) -> None:
    client = Client("mei")
    flow = await opened(session, client)
    await session.submit(client, "record.start", m.StartRecording(), flow)
    desk.end("keys")
    while session.recordings.is_on:
        await _turn()
    assert client.payloads("record.changed")[-1]["reason"] == "keys"
    await session.close()


async def test_what_cannot_be_is_refused(session: Session, tmp_path: Path) -> None:
    client = Client("mei")
    flow = await opened(session, client)
    for kind, payload in (
        ("record.stop", m.StopRecording()),
        ("record.undo", m.Nothing()),
        ("record.start", m.StartRecording(after="nowhere")),
    ):
        with pytest.raises(RequestInvalid):
            await session.submit(client, kind, payload, flow)
    await session.close()
    folders = Folders(tmp_path / "state2", tmp_path / "runs2", tmp_path / "flows2")
    blind = Session(builtin_catalogue(), Services(driver=None), folders)
    flow = await opened(blind, client)
    with pytest.raises(DesktopUnavailable):
        await blind.submit(client, "record.start", m.StartRecording(), flow)
    await blind.close()


async def _turn() -> None:
    await asyncio.sleep(0.005)
