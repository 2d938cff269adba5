"""What the drivers declare of each kind of desktop."""

import pytest

from flowdesk.drivers.abilities import DESKTOPS, FUNCTIONS, abilities_of, titles_refused


@pytest.mark.parametrize("desktop", DESKTOPS)
def test_every_function_is_declared_and_every_limit_has_its_reason(desktop: str) -> None:
    found = abilities_of(desktop)
    assert found.keys() == FUNCTIONS.keys()
    assert all(ability.note for ability in found.values() if ability.state in ("limited", "refused"))


def test_what_is_refused_is_told_in_words() -> None:
    assert "Recording" in [str(title) for title in titles_refused("sway")]
    assert titles_refused("x11") == []
