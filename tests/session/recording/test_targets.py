"""Of what was tried for a target, a few ways are kept that do not depend on each other."""

from typing import Any

from flowdesk.session.recording.targets import ways
from tests.session.recording.person import element


def tried(kind: str, selector: str, *, unique: bool = True) -> dict[str, Any]:
    return {"kind": kind, "selector": selector, "unique": unique}


ALL = [
    tried("element", "button[name='OK']"), tried("text", 'text="OK"'), tried("image", "image=ok.png"), tried("point", "point=1%,1%"),
]  # fmt: skip


def kinds(*args: Any, **more: Any) -> list[str]:
    return [one["kind"] for one in ways(*args, **more)]


def test_names_come_first_then_a_picture_and_no_place() -> None:
    assert kinds(ALL, element("button", "OK")) == ["element", "text", "image"]


def test_what_is_not_unique_is_left_out_where_something_is() -> None:
    some = [tried("element", "button", unique=False), *ALL[1:]]
    assert kinds(some, element("button")) == ["text", "image"]


def test_a_place_is_the_last_resort() -> None:
    assert kinds([ALL[3]], None) == ["point"]


def test_no_picture_of_a_password_or_of_a_text_that_is_there_today() -> None:
    assert kinds(ALL, element("text_field", "Name", value="Anna")) == ["element"]
    assert kinds(ALL, element("text_field", "Name", value="")) == ["element", "image"]
    assert kinds(ALL, element("button", "OK"), is_secret=True) == ["element"]


def test_a_field_of_which_nothing_is_told_is_found_beside_its_label_not_by_what_it_holds() -> None:
    beside = tried("relative", "text=Customer >> point=380%,50%")
    assert kinds([*ALL[1:3], beside], None, is_field=True) == ["relative"]
    assert kinds([ALL[2], beside], None, is_field=True) == ["relative", "image"]
    assert kinds([*ALL[1:3], beside], None) == ["text", "relative", "image"]
