"""The gallery: examples and own flows with what their pictures are drawn from, and copies of examples that run."""

import json
from pathlib import Path

import pytest

from flowdesk.model.errors import RequestInvalid
from flowdesk.nodes import builtin_catalogue
from flowdesk.resource import resource_path
from flowdesk.session.gallery import Gallery, example_names, picture_of, take_example
from flowdesk.session.storage import open_flow
from tests.session.conftest import flow_json


class Desk:
    """What the gallery asks a desk: where the flows lie."""

    def __init__(self, flows: Path) -> None:
        self.flows = flows


def test_every_example_has_a_card_with_a_picture(tmp_path: Path) -> None:
    cards = Gallery(Desk(tmp_path), builtin_catalogue())._examples()  # type: ignore[arg-type]
    assert {card["name"] for card in cards} == example_names()
    assert all(card["title"] and card["description"] and card["nodes"] for card in cards)
    assert all(0 <= end < len(card["nodes"]) for card in cards for edge in card["edges"] for end in edge)


def test_own_flows_come_newest_first_and_what_is_no_flow_has_no_picture(tmp_path: Path) -> None:
    (tmp_path / "old.flow.json").write_text(json.dumps(flow_json(name="Old one")))
    (tmp_path / "broken.flow.json").write_text("{")
    gallery = Gallery(Desk(tmp_path), builtin_catalogue())  # type: ignore[arg-type]
    cards = {card["name"]: card for card in gallery._own(tmp_path)}
    assert cards["old"]["title"] == "Old one"
    assert cards["old"]["nodes"]
    assert (cards["broken"]["title"], cards["broken"]["nodes"]) == ("broken", [])


def test_a_picture_names_places_and_categories() -> None:
    flow = open_flow(resource_path("flows", "form-from-csv.flow.json")).flow
    picture = picture_of(flow, builtin_catalogue())
    assert picture["count"] == len(picture["nodes"]) == len(flow.nodes)
    assert picture["nodes"][0]["category"] == "flow"
    assert len(picture["edges"]) == len(flow.edges)


def test_an_example_is_copied_with_the_data_that_it_reads_and_never_over_another(tmp_path: Path) -> None:
    first = take_example("form-from-csv", tmp_path / "flows")
    assert first.name == "form-from-csv.flow.json"
    data = first.parent / "visitors.csv"
    assert data.read_bytes() == resource_path("flows", "visitors.csv").read_bytes()
    data.write_text("name\nmine\n")
    second = take_example("form-from-csv", tmp_path / "flows")
    assert second.name == "form-from-csv 2.flow.json"
    assert data.read_text() == "name\nmine\n", "what is there stays"


@pytest.mark.parametrize("name", ["none", "../secrets", ""])
def test_only_examples_can_be_taken(name: str, tmp_path: Path) -> None:
    with pytest.raises(RequestInvalid):
        take_example(name, tmp_path)
    assert list(tmp_path.iterdir()) == []
