"""What only editors ask for is made at the first request about it, once."""

from typing import Any

from flowdesk.session.rooms import ENTRANCES, Room
from flowdesk.session.session import Session


def made(session: Session) -> list[str]:
    rooms = session.rooms
    named: dict[str, Room[Any]] = {
        "looking": rooms.looking,
        "triggers": rooms.triggering,
        "recordings": rooms.recordings,
        "fleet": rooms.fleet,
    }
    return [name for name, room in named.items() if room.made is not None]


async def test_a_room_is_made_by_the_first_request_about_it_and_once(session: Session) -> None:
    assert made(session) == []
    assert session.rooms.handler("workflow.start") is not None
    assert made(session) == []
    first = session.rooms.handler("record.start")
    assert made(session) == ["recordings"]
    assert session.rooms.handler("record.start") is first
    assert session.recordings is session.rooms.recordings.made


async def test_rooms_that_hang_together_are_entered_together_and_once(session: Session) -> None:
    put, listed = session.rooms.handler("asset.put"), session.rooms.handler("flow.list")
    assert put is not None
    assert session.rooms.handler("flow.list") is listed
    assert session.rooms.all_handlers()["asset.put"] is put


async def test_what_nobody_answers_has_no_handler(session: Session) -> None:
    assert session.rooms.handler("flow.unheard_of") is None
    assert session.rooms.handler("unheard_of") is None


async def test_every_entrance_leads_to_a_handler(session: Session) -> None:
    known = session.rooms.all_handlers()
    assert all(any(type == name or type.startswith(f"{name}.") for type in known) for name in ENTRANCES)


async def test_a_session_that_no_editor_used_ends(session: Session) -> None:
    session.stop_all("the end")
    await session.close()
    assert made(session) == []
