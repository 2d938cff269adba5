import pytest

from flowdesk.model.wording import LONGEST, Wording, duration, shortened
from flowdesk.nodes import catalogue_with_plugins

CLICK = Wording(catalogue_with_plugins()["click"], {"auto": "automatic"})


@pytest.mark.parametrize(("ms", "words"), [(0, "0 ms"), (250, "250 ms"), (1000, "1 s"), (2500.5, "2.5005 s"), (3_600_000, "3600 s")])  # fmt: skip
def test_durations(ms: float, words: str) -> None:
    assert duration(ms) == words


def test_values() -> None:
    assert CLICK.value("timeout", 3000) == "3 s"
    assert CLICK.value("clicks", 2) == "2"
    assert CLICK.value("force", True) == "on"
    assert CLICK.value("method", "auto") == "automatic"
    assert CLICK.value("selector", "auto") == '"auto"'
    assert CLICK.value("timeout", "{{t}}") == '"{{t}}"'
    assert CLICK.value("timeout", None) == "not set"


def test_titles_stand_in_the_middle_of_a_sentence() -> None:
    assert CLICK.title("similarity") == "similarity"
    assert CLICK.title("onError") == "on failure"
    assert CLICK.title("strange") == "strange"
    assert Wording(None, {}).title("similarity") == "similarity"


def test_long_values_are_shown_where_they_differ() -> None:
    same = "x" * 500
    one, other = shortened(f"{same}A{same}", f"{same}B{same}")
    assert one != other
    assert max(len(one), len(other)) <= LONGEST + 2
    assert shortened("a", "b") == ("a", "b")
    one, other = shortened(same, same + "x")
    assert one != other
