"""The guide that flowdesk carries: every link leads somewhere, and both editors find their places in it."""

import json
import posixpath
import re

import guide
import pytest

from flowdesk.explaining import sections
from flowdesk.nodes import builtin_catalogue


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: content.decode() for name, content in guide.files().items() if name.endswith(".html")}


def ids(page: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', page)


def test_every_link_and_picture_is_there(pages: dict[str, str]) -> None:
    carried = guide.files().keys()
    for name, page in pages.items():
        for link in re.findall(r'(?:href|src)="([^"]+)"', page):
            if link.startswith(("https://", "http://")):
                continue
            file, _, anchor = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
            assert target in carried, f"{name}: {link}"
            assert not anchor or anchor in ids(pages[target]), f"{name}: {link}"


def test_an_anchor_stands_once_on_a_page(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert len(ids(page)) == len(set(ids(page))), name


def test_every_node_type_has_a_place(pages: dict[str, str]) -> None:
    assert {f"type-{each.id}" for each in builtin_catalogue()} <= set(ids(pages["reference/nodes.html"]))


@pytest.mark.parametrize("page", ["troubleshooting.html", "zh/troubleshooting.html"])
def test_every_error_has_a_place(pages: dict[str, str], page: str) -> None:
    assert {code.replace(".", "") for code in sections()} <= set(ids(pages[page]))


def test_the_list_holds_every_page_in_the_readers_language_where_there_is_one(pages: dict[str, str]) -> None:
    contents = json.loads(guide.files()["contents.json"])
    english, chinese = (
        [page["file"] for section in contents[each] for page in section["pages"]] for each in ("en", "zh_CN")
    )
    assert not [name for name in english if name.startswith("zh/")]
    assert {"zh/tutorial.html", "zh/troubleshooting.html"} <= set(chinese)
    assert "tutorial.html" not in chinese
    indexes = {f"index.{language}.html" for language in guide.WORDS}
    assert {*english, *chinese} | indexes == pages.keys()


def test_a_second_heading_of_the_same_name_has_an_anchor_of_its_own() -> None:
    taken: set[str] = set()
    assert [guide.slug(text, taken) for text in ("See also", "See also", "另见")] == ["see-also", "see-also_1", "_1"]
