"""What is looked for, and why it was not found."""

from flowdesk.engine.targeting import not_found, query_of
from flowdesk.model.config import TargetOptions
from flowdesk.model.errors import TargetAmbiguous, TargetNotFound
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import Miss


def test_options_become_what_drivers_look_for() -> None:
    options = TargetOptions.model_validate({"offset": {"x": 3}, "region": [1, 2, 3, 4], "occurrence": 2})
    query = query_of(options, ["text=A", "text=B"], "pictures")
    assert query.text == "text=A | text=B"
    assert (query.offset, query.region, query.occurrence, query.assets) == (Point(3, 0), Box(1, 2, 3, 4), 2, "pictures")
    assert not query.strict
    assert query_of(TargetOptions(strict=True), "text=A", "").strict


def test_a_miss_says_the_nearest_and_several_say_how_to_choose() -> None:
    query = query_of(TargetOptions(), "text=A", "")
    plain = not_found(query, Miss("No text fits.", candidates=("Ab", "Ba")), 3, 1.5, None)
    assert isinstance(plain, TargetNotFound)
    assert "Nearest: Ab, Ba. Looked 3 times in 1.5 s." in str(plain)
    scored = not_found(query, Miss("x", best_score=0.71, best_box=Box(0, 0, 10, 10)), 1, 0, None)
    assert "scores 0.71 at 5,5" in str(scored)
    several = not_found(
        query, Miss("Two fit.", candidates=("text=A >> nth=1 (1,2)",), is_ambiguous=True), 1, 0, "a.png"
    )
    assert isinstance(several, TargetAmbiguous)
    assert "Matches: text=A >> nth=1 (1,2)." in str(several)
    assert several.details["picture"] == "a.png"
    assert "Nothing on the screen matches" in str(not_found(query, None, 1, 0, None))
