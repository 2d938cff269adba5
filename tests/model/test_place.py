"""What a run's desktop may be called."""

import pytest

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.place import Place, read_place


@pytest.mark.parametrize("text", [None, "", "this", "shared"])
def test_this_desktop_is_no_private_one(text: str | None) -> None:
    assert read_place(text) is None


def test_a_private_desktop_has_the_size_that_is_asked_for() -> None:
    assert read_place("private") == Place()
    assert read_place("private:1280x800") == Place(1280, 800)
    assert read_place("private", "own") == Place(has_own_home=True)


@pytest.mark.parametrize(
    "text", ["privat", "private:", "private:10x10", "private:99999x100", "private:800", 5, ["private"]]
)
def test_anything_else_is_refused_with_a_way_on(text: object) -> None:
    with pytest.raises(RequestInvalid) as refused:
        read_place(text)
    assert refused.value.fix


def test_another_home_is_refused() -> None:
    with pytest.raises(RequestInvalid):
        read_place("private", "mine")
