"""Finding by name, type, id and any text of a config."""

from flowdesk.model.changes import Draft
from flowdesk.model.flow import Flow
from flowdesk.nodes import builtin_catalogue
from flowdesk.ui.canvas.search import search
from tests.ui.canvas.samples import CATALOGUE, node

DRAFT = Draft(
    Flow.model_validate(
        {
            "id": "f",
            "nodes": (
                node("s", "start", label="Start"),
                node("one", "click", label="Send", selector=["image=ok.png", "button[name='确定']"]),
                node("two", "input", label="Your name", text="hello WORLD"),
                node("three", "wait", label="send again", duration=300),
            ),
            "groups": {"g": {"title": "Log in", "nodes": ["one"]}},
            "notes": {"n": {"text": "Ask\nLi Lei first"}},
        }
    )
)


def ids(text: str) -> list[str]:
    return [hit.id for hit in search(DRAFT, CATALOGUE, text)]


def test_names_come_before_what_stands_in_a_config() -> None:
    assert ids("send") == ["one", "three"]
    assert ids("hello name") == ["two"]


def test_types_ids_lists_numbers_groups_and_notes_are_found() -> None:
    assert ids("type text") == ["two"]
    assert ids("确定") == ["one"]
    assert ids("duration: 300") == ["three"]
    assert ids("log in") == ["g"]
    assert ids("li lei") == ["n"]


def test_where_nothing_holds_the_words_other_words_and_typing_errors_count() -> None:
    assert [hit.id for hit in search(DRAFT, builtin_catalogue(), "delay")] == ["three"]
    assert ids("snd") == ["one", "three"]
    assert ids("yuor name") == ["two"]


def test_a_hit_says_where_and_nothing_finds_nothing() -> None:
    assert search(DRAFT, CATALOGUE, "world")[0].where == "text: hello WORLD"
    assert ids("") == ids("   ") == ids("no such thing") == []


def test_a_hit_by_its_type_shows_the_type_in_the_readers_language() -> None:
    words = {"Type text": "输入文字"}
    (hit,) = search(DRAFT, CATALOGUE, "type text", lambda text: words.get(text, text))
    assert (hit.id, hit.where) == ("two", "输入文字")
