"""Circles of imports are found, those for types included, and only those that are declared may be there."""

from pathlib import Path

from circles import LEFT, circle_breaches, circles, imports_of

ROOT = Path(__file__).resolve().parents[2]

THREE = {
    "p.a": "from p.b import x",
    "p.b": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import c",
    "p.c": "try:\n    import p.a\nexcept ImportError:\n    pass",
    "p.d": "from p import a\ndef late():\n    from p import e",
    "p.e": "import p.d",
}


def test_a_circle_is_found_through_types_and_tries() -> None:
    assert circles(imports_of(THREE)) == [["p.a", "p.b", "p.c"]]


def test_what_only_leads_into_a_circle_is_none_of_it() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == [["b", "c"]]


def test_a_new_circle_is_a_breach_and_so_is_a_declaration_of_one_that_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "flowdesk"
    folder.mkdir()
    (folder / "one.py").write_text("from flowdesk import two")
    (folder / "two.py").write_text("from flowdesk.one import x")
    told = list(circle_breaches(tmp_path))
    assert told[0].startswith("flowdesk.one, flowdesk.two: import each other")
    assert len(told) == 1 + len(LEFT)


def test_the_package_has_no_other_circles_than_those_that_are_declared() -> None:
    assert list(circle_breaches(ROOT)) == []
