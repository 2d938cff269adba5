"""What an installed package brings: where its node types come from, its translations and its icons, in both editors."""

import json
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from flowdesk import i18n
from flowdesk.cli import main
from flowdesk.engine.functions import FUNCTIONS
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.nodes import PLACES, builtin
from flowdesk.nodes.plugins import REFUSED, left_out, node_types
from flowdesk.server.http import Pages
from flowdesk.ui.canvas.glyphs import add_drawings, icon_pixmap
from flowdesk.ui.panels.palette import TYPE_ROLE, Palette

CODE = '''
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class StarConfig(Config):
    """Settings."""


@node("{name}", category="network", title="Count the stars", icon="{icon}", uses={{"files", "network"}})
async def star(run, config: StarConfig):
    """Count the stars of {name}."""
'''
STAR = '<svg xmlns="http://www.w3.org/2000/svg" onload="bad()"><path d="M1 1h9" onclick="bad()" style="x"/>{more}</svg>'


class Shelf:
    """A folder into which packages are put as pip does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(
        self, name: str, *, drawing: str = "", texts: object = None, author: str = "Author: Ada", code_before: str = ""
    ) -> None:
        code = self.folder / name
        for part in ("locale", "icons"):
            (code / part).mkdir(parents=True)
        (code / "__init__.py").write_text(code_before + CODE.format(name=name, icon="star-sign"), "utf-8")
        if drawing:
            (code / "icons" / "star-sign.svg").write_text(drawing, "utf-8")
        if texts is not None:
            (code / "locale" / "zh_CN.json").write_text(json.dumps(texts), "utf-8")
        told = self.folder / f"{name}-1.2.dist-info"
        told.mkdir()
        lines = ("Metadata-Version: 2.1", f"Name: {name}", "Version: 1.2", author)
        (told / "METADATA").write_text("\n".join(line for line in lines if line) + "\n", "utf-8")
        (told / "entry_points.txt").write_text(f"[flowdesk.nodes]\n{name} = {name}:star\n", "utf-8")

    def types(self) -> dict[str, NodeType]:
        return {declared.id: declared for declared in node_types(PLACES)}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.syspath_prepend(str(tmp_path))
    return Shelf(tmp_path)


def test_a_node_type_says_which_package_it_is_from_and_what_it_may_do(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.put("stars_told")
    described = shelf.types()["stars_told"].describe()["package"]
    assert described == {
        "name": "stars_told", "version": "1.2", "author": "Ada", "summary": "", "may": ["files", "the network"],
    }  # fmt: skip
    assert main(["nodes"]) == 0
    told = capsys.readouterr().out
    assert "Package: stars_told 1.2 by Ada" in told
    assert "Declared access: files, the network" in told


def test_flowdesks_own_node_types_are_from_no_package() -> None:
    assert {declared.describe()["package"] for declared in builtin()} == {None}


def test_the_palette_of_the_window_shows_the_package(shelf: Shelf, qtbot: QtBot) -> None:
    shelf.put("stars_palette", author="Author-email: Ada <ada@example.org>")
    palette = Palette(Catalogue((*builtin(), *shelf.types().values()), FUNCTIONS))
    qtbot.addWidget(palette)
    palette.search.setText("Count the stars")
    head = palette.tree.topLevelItem(0)
    assert head is not None
    item = head.child(0)
    assert item is not None
    assert item.text(0) == "Count the stars\nstars_palette 1.2"
    assert "Package: stars_palette 1.2 by Ada\nDeclared access: files, the network" in item.toolTip(0)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import lacking_stars\n", "ModuleNotFoundError: No module named 'lacking_stars'"),
        ("raise RuntimeError('no sky')\n", "RuntimeError: no sky"),
        ("import sys\nsys.exit('bye')\n", "SystemExit: bye"),
        ("from flowdesk.model.nodetype import no_such_name\n", "ImportError: cannot import name 'no_such_name'"),
        ("this is no Python\n", "SyntaxError: invalid syntax"),
    ],
    ids=["lacks", "raises", "exits", "other-version", "syntax"],
)
def test_the_palette_shows_a_package_that_cannot_be_loaded_with_the_reason(
    shelf: Shelf, qtbot: QtBot, code: str, reason: str, request: pytest.FixtureRequest
) -> None:
    name = f"stars_{request.node.callspec.id.replace('-', '_')}"
    shelf.put(name, code_before=code)
    types = shelf.types()
    assert name not in types
    palette = Palette(Catalogue((*builtin(), *types.values()), FUNCTIONS))
    qtbot.addWidget(palette)
    head = palette.tree.topLevelItem(palette.tree.topLevelItemCount() - 1)
    assert head is not None
    assert head.text(0) == "Not loaded"
    item = head.child(0)
    assert item is not None
    assert item.text(0).startswith(f"{name}\n{name} cannot be loaded: {reason}")
    assert "pip" in item.toolTip(0)
    assert item.data(0, TYPE_ROLE) is None
    palette.search.setText("Click")
    assert "Not loaded" not in heads(palette)
    palette.search.setText(name)
    assert "Not loaded" in heads(palette)


def heads(palette: Palette) -> list[str]:
    found = [palette.tree.topLevelItem(row) for row in range(palette.tree.topLevelItemCount())]
    return [item.text(0) for item in found if item is not None]


def test_what_a_package_prints_is_not_on_standard_output(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    shelf.put("stars_loud", code_before="print('shining')\n")
    assert "stars_loud" in shelf.types()
    shown = capsys.readouterr()
    assert (shown.out, "shining" in shown.err) == ("", True)


def test_translations_of_a_package_are_read_in_the_window_and_the_page(shelf: Shelf) -> None:
    texts = {
        "Count the stars of stars_words.": "数星星。", "{count} stars_words": "没有数", "Click": "别的", "stars_bad": 3,
    }  # fmt: skip
    shelf.put("stars_words", texts=texts)
    shelf.types()
    i18n.set_language("zh_CN")
    try:
        assert i18n.tr("Count the stars of stars_words.") == "数星星。"
        assert i18n.tr("{count} stars_words") == "{count} stars_words"  # it lost its place
        assert i18n.tr("Click") != "别的"  # flowdesk's own words stay
    finally:
        i18n.set_language("en")
    answer = Pages(shelf.folder, 8000).answer("GET", "/locale/zh_CN.json")
    page = json.loads(bytes(answer.body))
    assert page["Count the stars of stars_words."] == "数星星。"
    assert page["Click"] == i18n.texts_of("zh_CN")["Click"] != "别的"


@pytest.mark.parametrize("texts", [[], "text", {"a": {}}])
def test_translations_of_another_shape_are_left_out(shelf: Shelf, texts: object) -> None:
    name = f"stars_shape_{type(texts).__name__}"
    shelf.put(name, texts=texts)
    assert name in shelf.types()


def test_an_icon_of_a_package_is_drawn_and_only_its_lines_are_kept(shelf: Shelf, qtbot: QtBot) -> None:
    shelf.put("stars_drawn", drawing=STAR.format(more="<script>bad()</script><image href='http://x/y.png'/>"))
    declared = shelf.types()["stars_drawn"]
    assert declared.drawing == '<path d="M1 1h9"/>'
    assert declared.describe()["icon"] == declared.icon == "stars-drawn-star-sign"
    add_drawings([declared])
    assert icon_pixmap(declared.icon, 0xFF00FF00, 18, 1.0) is not None


@pytest.mark.parametrize(
    "drawing",
    [
        "<svg",
        "<svg/>",
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg><path d="&a;"/></svg>',
        STAR.format(more="<path/>" * 9000),
    ],
    ids=["cut", "empty", "entities", "huge"],
)
def test_an_icon_that_cannot_be_used_is_left_out(shelf: Shelf, drawing: str, request: pytest.FixtureRequest) -> None:
    name = f"stars_{request.node.callspec.id}"
    shelf.put(name, drawing=drawing)
    declared = shelf.types()[name]
    assert (declared.icon, declared.drawing) == ("star-sign", "")


def test_the_packaged_application_refuses_packages_and_says_what_works(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.put("stars_packaged")
    root = Path(__file__).parents[2]
    monkeypatch.setattr(sys, "_MEIPASS", str(root), raising=False)
    assert "stars_packaged" not in shelf.types()
    assert str(REFUSED) in caplog.text
    told = [(one.package, str(one.fix)) for one in left_out()]
    assert told == [("stars_packaged", "Install flowdesk and the package with pip, in one environment.")]
    assert main(["nodes"]) == 0
    shown = capsys.readouterr()
    assert "stars_packaged" not in shown.out
    assert str(REFUSED) in shown.err
