"""What is written for people must lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_it(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    lost = [link for link in links if not (page.parent / link).exists()]
    assert lost == []


def test_each_decision_has_a_number_of_its_own_which_its_heading_tells() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert len(set(numbers)) == len(numbers)
    assert [int(page.read_text("utf-8").removeprefix("# ").partition(".")[0]) for page in pages] == numbers


def test_every_make_target_named_in_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"`make ([a-z-]+)", page.read_text("utf-8"))
        assert set(named) <= targets, page


def test_every_page_of_the_site_is_in_its_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    lost = [page for page in sorted(pages) if not page.startswith("decisions/") and f"- {page}\n" not in menu]
    assert lost == []


def test_every_example_is_named_in_the_readmes() -> None:
    names = {path.name.removesuffix(".flow.json") for path in (ROOT / "resources" / "flows").glob("*.flow.json")}
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text("utf-8")
        assert [name for name in sorted(names) if f"`{name}`" not in text] == [], readme
