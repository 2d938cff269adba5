"""What may stand next in a selector, on a desktop that is only remembered."""

import os
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from flowdesk.drivers.fake import FakeDesktop, FakeDesktopDriver, Thing
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Window
from flowdesk.model.errors import NotAllowed
from flowdesk.model.geometry import Box
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import ElementState
from flowdesk.protocol.lookreplies import Completions
from flowdesk.protocol.messages import Role
from flowdesk.session.completing import Part, complete, part_of
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask

LOGIN = Window(1, "Login", "Login", 7, Box(100, 100, 500, 400))
INVOICE = Window(2, "Invoice 118 >> draft", "shop", 8, Box(0, 0, 90, 90))


def thing(scope: str, role: str, name: str, y: int) -> Thing:
    return Thing(f"{scope} >> *", Box(120, y, 80, 30), element=ElementState(role, name))


def driver() -> FakeDesktopDriver:
    things = [Thing("app=Login", LOGIN.box, element=ElementState("window", "Login"))]
    things += [
        thing("app=Login", "button", "OK", 200),
        thing("app=Login", "text_field", "Name", 240),
        thing("app=Login", "static_text", "Forgot it?", 280),
        thing("app=Login", "button", "Remove", 320),
        thing("app=Login", "button", "Remove", 360),
    ]
    return FakeDesktopDriver(things=things, open_windows=[LOGIN, INVOICE])


def eyes() -> FakeDesktop:
    return driver().open(Brake())


async def offered(text: str, assets: str = "") -> list[str]:
    return [offer["text"] for offer in (await complete(eyes, text, assets))["offers"]]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", Part("", 0, 0, "", False)),
        ("but", Part("", 0, 0, "", False)),
        ("window=Un", Part("", 0, 7, "window", False)),
        ("app=a >> but", Part("app=a", 9, 9, "", False)),
        ("app=a >> text=Pass >> right-of=te", Part("app=a >> text=Pass", 31, 31, "", True)),
        ("window=\"a >> b\" >> ", Part('window="a >> b"', 19, 19, "", False)),
        ("window=\"a >> b", Part("", 0, 7, "window", False)),
        ("button[name='a>>b'] >> near=text=x", Part("button[name='a>>b']", 28, 33, "text", True)),
        ("unknown=x", Part("", 0, 0, "", False)),
        ("window=Bob's notes >> bu", Part("window=Bob's notes", 22, 22, "", False)),
        ("text='a >> b' >> near=bu", Part("text='a >> b'", 22, 22, "", True)),
        ("window=/a>>b/ >> x", Part("window=/a>>b/", 17, 17, "", False)),
    ],
)  # fmt: skip
def test_the_step_that_is_being_written_is_told_from_those_before_it(text: str, part: Part) -> None:
    assert part_of(text) == part


async def test_an_empty_target_offers_windows_then_the_elements_of_the_uppermost_then_words() -> None:
    texts = await offered("")
    assert texts[0] == "app=Login"
    assert texts.index("app=Login >> button[name='OK']") < texts.index("text=")
    assert "active" in texts
    assert "nth=" not in texts


async def test_flowdesks_own_window_in_which_the_selector_is_written_is_not_offered() -> None:
    own = Window(3, "flow - flowdesk", "flowdesk", os.getpid(), Box(0, 0, 900, 900), is_active=True)
    known = driver()
    known.open_windows.insert(0, own)
    for text in ("", "window=", "app="):
        told = await complete(lambda: known.open(Brake()), text, "")
        assert not any("flowdesk" in offer["text"] for offer in told["offers"])
        assert any("Login" in offer["text"] for offer in told["offers"])


async def test_elements_come_in_the_scope_that_is_written_and_equal_ones_are_numbered() -> None:
    texts = await offered("app=Login >> re")
    assert texts[:2] == ["button[name='OK']", "text_field[name='Name']"]
    assert {"button[name='Remove']:nth(1)", "button[name='Remove']:nth(2)", "nth=", "right-of="} <= set(texts)
    assert "window=" not in texts


async def test_what_lies_beside_another_is_listed_from_the_window_around_both() -> None:
    assert "button[name='OK']" in await offered("app=Login >> text=Name >> below=")


async def test_titles_and_programs_are_offered_as_selectors_that_mean_just_them() -> None:
    titles = await offered("window=inv")
    assert [parse_selector(text).steps[0].body for text in titles] == ["Login", "Invoice 118 >> draft"]
    assert all(len(parse_selector(text).steps) == 1 for text in titles)
    assert await offered("app=") == ["app=Login", "app=shop"]


async def test_texts_of_the_scope_are_offered_once_each() -> None:
    texts = await offered("app=Login >> text=")
    assert texts == ['text="OK"', 'text="Name"', 'text="Forgot it?"', 'text="Remove"']


async def test_images_of_the_flow_are_offered_and_nothing_where_it_has_none(tmp_path: Path) -> None:
    (tmp_path / "ok.png").write_bytes(b"")
    (tmp_path / "more").mkdir()
    assert await offered("image=", str(tmp_path)) == ["image=ok.png"]
    assert await offered("image=", str(tmp_path / "none")) == []


@pytest.mark.skipif(os.name != "posix", reason="links need a right elsewhere")
async def test_no_name_of_a_folder_that_a_link_leads_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "diary.png").write_bytes(b"")
    (tmp_path / "flow.assets").symlink_to(tmp_path / "private")
    assert await offered("image=", str(tmp_path / "flow.assets")) == []


async def test_an_image_whose_name_looks_like_two_steps_is_offered_as_one(tmp_path: Path) -> None:
    (tmp_path / "a >> b.png").write_bytes(b"")
    [text] = await offered("image=", str(tmp_path))
    assert [(step.engine, step.body) for step in parse_selector(text).steps] == [("image", "a >> b.png")]


@pytest.mark.parametrize("text", ["app=Nobody >> but", "button[ >> te", "window=/( >> x", ">> >> a"])
async def test_a_scope_that_is_not_there_or_does_not_parse_offers_no_element(text: str) -> None:
    assert not any("[name=" in one for one in await offered(text))


async def test_each_offer_parses_where_it_is_put() -> None:
    for text in ("", "app=Login >> ", "window=", "text="):
        told = await complete(eyes, text, "")
        for offer in told["offers"]:
            if offer["kind"] != "engine":
                parse_selector(text[: told["begin"]] + offer["text"])


async def test_an_editor_asks_by_a_message(session: Session) -> None:
    session.looking._driver = driver()
    reply = await ask(session, Keeper("e", Role.EDIT), "target.complete", text="app=")
    TypeAdapter(Completions).validate_python(reply, strict=True)
    assert [offer["text"] for offer in reply["offers"]] == ["app=Login", "app=shop"]
    with pytest.raises(NotAllowed):
        await ask(session, Keeper("v", Role.VIEW), "target.complete", text="app=")


async def test_without_a_desktop_the_words_that_begin_a_step_are_offered(session: Session) -> None:
    session.looking._driver = None
    reply = await ask(session, Keeper("e", Role.EDIT), "target.complete", text="")
    assert "text=" in [offer["text"] for offer in reply["offers"]]
