"""Finding by what people type: names, other words, pinyin, typing errors, the nearest."""

import pytest

from flowdesk.model.searching import Entry, Found, rank
from flowdesk.nodes import builtin_catalogue
from flowdesk.pinyin import readings
from flowdesk.ui.typesearch import find_types

ENTRIES = (
    Entry("wait", ("等待", "Wait", "wait"), ("sleep", "延时"), ("Wait for a time.",)),
    Entry("loop", ("循环", "Loop", "loop"), ("for each", "遍历"), ("Repeat what hangs on it.",)),
    Entry("again", ("重试", "Try again"), (), ("After a wait.",)),
)


def found(query: str) -> list[str]:
    shown = rank(query, ENTRIES, readings())
    assert not shown.is_nearest
    return list(shown.keys)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["wait", "loop", "again"]),
        ("wai", ["wait", "again"]),
        ("SLEEP", ["wait"]),
        ("for each", ["loop"]),
        ("for loop", ["loop"]),
        ("延时", ["wait"]),
        ("xunhuan", ["loop"]),
        ("xh", ["loop"]),
        ("xhuan", ["loop"]),
        ("chongshi", ["again"]),
        ("bianli", ["loop"]),
        ("wiat", ["wait"]),
        ("slepe", ["wait"]),
    ],
)
def test_what_people_type_finds_what_they_mean(query: str, keys: list[str]) -> None:
    assert found(query) == keys


def test_where_nothing_fits_the_nearest_are_named_as_such_and_nonsense_finds_nothing() -> None:
    assert rank("等", ENTRIES, readings()) == Found(("wait",), named=1)
    assert rank("循还", ENTRIES, readings()) == Found(("loop",), is_nearest=True)
    assert rank("qqqqqq", ENTRIES, readings()) == Found((), is_nearest=True)


def test_a_name_counts_more_than_what_is_said_about_a_thing() -> None:
    shown = rank("wait", ENTRIES, readings())
    assert (shown.keys, shown.named) == (("wait", "again"), 1)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("excel", "readTable"), ("sleep", "wait"), ("delay", "wait"), ("ocr", "readText"), ("message", "prompt"),
        ("hotkey", "keys"), ("image", "find"), ("script", "script"), ("if", "condition"), ("for each", "loop"),
        ("延时", "wait"), ("截屏", "screenshot"), ("dropdown", "choose"), ("checkbox", "check"), ("email", ""),
    ],
)  # fmt: skip
def test_words_of_other_tools_find_the_node(query: str, first: str) -> None:
    shown = find_types(builtin_catalogue(), query)
    assert (shown.types[0].id if shown.types and not shown.is_nearest else "") == first


def test_every_node_type_has_other_words_in_both_languages() -> None:
    for declared in builtin_catalogue():
        assert any(word.isascii() for word in declared.words), declared.id
        assert any(not word.isascii() for word in declared.words), declared.id
