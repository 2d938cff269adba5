"""Every situation of the table: what is done is right, or it is refused; never is anything else touched."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.gate.situations import SITUATIONS, Situation, click
from tests.gate.stage import Actor, Stage, settled
from tests.rig import until

pytestmark = pytest.mark.desktop

_TALLY: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def tally() -> Iterator[None]:
    """Tell at the end what came of the table."""
    yield
    print(f"\nsituations: {dict(_TALLY)}")


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_only_what_is_right_is_touched(stage: Stage, situation: Situation) -> None:
    running = [stage.start(actor) for actor in situation.actors]
    stage.wait(situation.once)
    finished = stage.play(*(situation.node if isinstance(situation.node, list) else [situation.node]))
    code = finished.error["code"] if finished.error is not None else ""
    lines = settled(running, 0 if code else len(situation.right))
    words = tuple(line.split(" ")[0] if line.startswith(("press ", "release ")) else line for line in lines)
    is_refused = bool(code) and not words
    is_right = not code and words == situation.right
    if is_right:
        verdict = "right"
    elif is_refused:
        verdict = "rightly refused" if code == situation.refused else "refused"
    else:
        verdict = "wrong"
    _TALLY[verdict] += 1
    wanted = "rightly refused" if situation.refused else "right"
    assert verdict == wanted, (
        f"{situation.name}: {verdict}: {code} {finished.error and finished.error['message']} {lines}"
    )


def test_a_number_means_the_same_window_whichever_was_raised(stage: Stage) -> None:
    running = stage.start(Actor("gtk3", ("twins",), {"GTK_THEME": "Adwaita"}))
    until(lambda: sum(title == "Twin" for _, _, title in stage.rig.windows()) == 2, "two windows")
    wanted = ((2, "Second"), (1, "First"), (1, "First"), (2, "Second"), (2, "Second"))
    for count, (number, name) in enumerate(wanted, 1):
        finished = stage.play(click(f"window=Twin >> nth={number} >> button"))
        assert finished.error is None, finished.error
        assert settled([running], count)[-1] == name
    assert settled([running]) == ["Second", "First", "First", "Second", "Second"]


@pytest.mark.parametrize("selector", ["window=Twin >> button >> nth={number}", "button >> nth={number}"])
def test_a_number_means_the_same_element_whichever_window_was_raised(stage: Stage, selector: str) -> None:
    running = stage.start(Actor("gtk3", ("twins",), {"GTK_THEME": "Adwaita"}))
    until(lambda: sum(title == "Twin" for _, _, title in stage.rig.windows()) == 2, "two windows")
    for count, number in enumerate((2, 1, 1, 2), 1):
        finished = stage.play(click(selector.format(number=number)))
        assert finished.error is None, finished.error
        settled([running], count)
    lines = settled([running])
    assert lines == [lines[0], lines[1], lines[1], lines[0]]
    assert set(lines) == {"First", "Second"}


def test_a_run_says_which_dialog_its_last_click_led_to(stage: Stage) -> None:
    stage.start(Actor("gtk3", ("asks_later",), {"GTK_THEME": "Adwaita"}))
    finished = stage.play(click("button[name='Quit']"), ("wait", {"selector": "window=Save changes?"}))
    assert finished.error is None
    assert any("Save changes?" in line for line in stage.warnings)


def test_the_table_is_large_and_each_of_its_rows_has_a_name_of_its_own() -> None:
    assert len({situation.name for situation in SITUATIONS}) == len(SITUATIONS) >= 60
