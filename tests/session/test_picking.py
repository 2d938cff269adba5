"""Picking on a desktop that is only remembered: order, uniqueness, and an end for everything."""

import asyncio
import base64
import io
from collections.abc import Sequence

import pytest
from PIL import Image

from flowdesk.drivers.fake import FakeDesktop, FakeDesktopDriver, Thing
from flowdesk.drivers.pixels.picture_files import load_pictures
from flowdesk.engine.brake import Brake
from flowdesk.engine.context import Services
from flowdesk.engine.ports import TextLine, Window
from flowdesk.model.errors import DesktopUnavailable, NotAllowed, RequestInvalid
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import ElementState, Query, Sighting
from flowdesk.protocol.messages import Role
from flowdesk.session import picking
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask

WINDOW = Window(1, "Login", "Login", 7, Box(100, 100, 500, 400))
OK = Box(300, 300, 80, 30)
STATE = ElementState("button", "OK")


def driver_of(*things: Thing) -> FakeDesktopDriver:
    return FakeDesktopDriver(things=list(things), open_windows=[WINDOW])


def eyes_of(*things: Thing) -> FakeDesktop:
    return driver_of(*things).open(Brake())


def button(selector: str, box: Box = OK) -> Thing:
    return Thing(selector, box, element=STATE)


NAMED = "app=Login >> button[name='OK']"


async def test_what_is_under_the_pointer_is_told_innermost_first() -> None:
    window = Thing("w", WINDOW.box, element=ElementState("window", "Login"))
    told = await picking.inspect(eyes_of(window, button(NAMED)), OK.center)
    assert [part["role"] for part in told["path"]] == ["button", "window"]
    assert told["path"][0]["box"] == list(OK)
    assert told["window"] == {"title": "Login", "app": "Login", "box": list(WINDOW.box)}


async def test_where_there_is_nothing_nothing_is_told() -> None:
    assert await picking.inspect(eyes_of(), Point(1, 1)) == {"path": [], "window": None}


async def test_a_name_that_is_unique_comes_first_and_the_point_last() -> None:
    place = Thing("app=Login >> point=48.1%,53.88%", Box(340, 315, 1, 1))
    told = await picking.candidates(eyes_of(button(NAMED), place), Point(340, 315))
    found = told["candidates"]
    assert [(one["kind"], one["selector"], one["unique"]) for one in found] == [
        ("element", NAMED, True),
        ("point", place.selector, True),
    ]
    assert told["element"] is not None
    assert told["element"]["name"] == "OK"
    assert found[0]["spot"]["box"] == list(OK)
    assert found[0]["score"] > found[1]["score"]


async def test_what_finds_something_else_is_left_out() -> None:
    elsewhere = Thing(NAMED, Box(0, 0, 10, 10), element=STATE)
    here = Thing("nothing says this", OK, element=STATE)
    told = await picking.candidates(eyes_of(elsewhere, here), OK.center)
    assert all(one["kind"] != "element" for one in told["candidates"])


async def test_one_of_several_is_told_by_the_label_beside_it() -> None:
    label = Thing("app=Login >> static_text", Box(200, 300, 60, 30), "Second", ElementState("static_text", "Second"))
    beside = button("app=Login >> text=\"Second\" >> right-of=button[name='OK']")
    told = await picking.candidates(
        eyes_of(button(NAMED), button(NAMED, Box(300, 200, 80, 30)), label, beside), OK.center
    )
    kinds = [(one["kind"], one["unique"], one["count"]) for one in told["candidates"]]
    assert kinds == [("relative", True, 1), ("element", False, 2)]


class Hanging(FakeDesktop):
    """Eyes that never find an end."""

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        await asyncio.Event().wait()
        return Sighting()


async def test_a_program_that_hangs_does_not_hold_up_a_pick() -> None:
    eyes = Hanging(driver_of(button(NAMED)), Brake())
    async with asyncio.timeout(10):
        told = await picking.candidates(eyes, OK.center, seconds=0.05)
    assert told["candidates"] == []


async def test_pictures_come_along_and_are_stored_by_nobody() -> None:
    eyes = eyes_of()
    told = await picking.candidates(eyes, None, Box(10, 10, 50, 20))
    assert all("picture" in one for one in told["candidates"] if one["kind"] == "image")


def test_a_picture_says_at_which_scale_it_was_taken() -> None:
    shot = io.BytesIO()
    Image.effect_noise((40, 30), 90).save(shot, "PNG")
    for scale in (1.0, 2.0):
        png = picking._cropped(shot.getvalue(), Box(10, 10, 20, 15), Box(0, 0, 40, 30), scale)
        (picture,) = load_pictures("data:image/png;base64," + base64.b64encode(png).decode(), "")
        assert (picture.size, picture.scale) == ((20, 15), scale)


async def test_requests_are_for_editors_and_need_a_desktop(session: Session) -> None:
    viewer, editor = Keeper("v", Role.VIEW), Keeper("e", Role.EDIT)
    for kind in ("target.inspect", "target.candidates"):
        with pytest.raises(NotAllowed):
            await ask(session, viewer, kind, x=1, y=1)
        with pytest.raises(DesktopUnavailable):
            await ask(session, editor, kind, x=1, y=1)
    with pytest.raises(RequestInvalid):
        await ask(session, editor, "target.candidates")


async def test_a_session_with_a_desktop_answers(session: Session) -> None:
    session.looking._driver = driver_of(button(NAMED))
    assert isinstance(session.services, Services)
    told = await ask(session, Keeper("e", Role.EDIT), "target.inspect", x=OK.x, y=OK.y)
    assert told["path"][0]["name"] == "OK"


class Close(FakeDesktop):
    """Eyes that read two lines that stand so close together that they overlap."""

    async def text_lines(self, region: Box) -> Sequence[TextLine]:
        return [TextLine("middle", Box(300, 300, 60, 22)), TextLine("large", Box(300, 318, 60, 22))]


async def test_of_lines_that_overlap_the_one_is_meant_in_whose_middle_the_pointer_is() -> None:
    things = [
        Thing("app=Login >> text=middle", Box(300, 300, 60, 22), "middle"),
        Thing("app=Login >> text=large", Box(300, 318, 60, 22), "large"),
    ]
    eyes = Close(driver_of(*things), Brake())
    for y, text in ((309, "middle"), (325, "large")):
        told = await picking.candidates(eyes, Point(320, y))
        assert [one["selector"] for one in told["candidates"] if one["kind"] == "text"] == [f"app=Login >> text={text}"]


async def test_a_line_of_text_is_filled_in_anew_and_has_no_picture() -> None:
    state = ElementState("text_field", "Name", value="Ada")
    field = Thing("app=Login >> text_field[name='Name']", OK, element=state)
    told = await picking.candidates(eyes_of(field), OK.center)
    assert told["step"] == {"type": "input", "config": {"clearFirst": True}}
    assert "image" not in {one["kind"] for one in told["candidates"]}
    area = Thing("app=Login >> text_area[name='Note']", OK, element=ElementState("text_area", "Note"))
    assert (await picking.candidates(eyes_of(area), OK.center))["step"] is None
