from typing import Any

from flowdesk.model.reading import read_flow
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.doings import digest_of, doings, part_digests, whole_digest
from tests.session.conftest import flow_json

CATALOGUE = builtin_catalogue()


def flow(*steps: tuple[str, dict[str, Any]], **fields: Any) -> Any:
    nodes = [
        {"id": f"n{at}", "type": kind, "data": {"label": f"N{at}", "config": config}}
        for at, (kind, config) in enumerate(steps)
    ]
    return read_flow(flow_json(*nodes, **fields))


def test_what_uses_nothing_has_no_digest() -> None:
    assert digest_of(flow(("log", {"message": "x"}), ("click", {"selector": "text=OK"})), CATALOGUE) is None


def test_programs_files_and_addresses_are_told() -> None:
    found = doings(
        flow(
            ("launch", {"command": ["mousepad"]}),
            ("file", {"operation": "delete", "path": "/tmp/x"}),
            ("http", {"url": "https://example.org"}),
        ),
        CATALOGUE,
    )
    assert [(doing.node_id, doing.uses) for doing in found] == [("n0", "programs"), ("n1", "files"), ("n2", "network")]
    assert "mousepad" in found[0].detail
    assert "/tmp/x" in found[1].detail
    assert "https://example.org" in found[2].detail


def test_only_what_changes_the_doings_changes_the_digest() -> None:
    command = ("command", {"command": ["a"]})
    known = digest_of(flow(command), CATALOGUE)
    assert digest_of(flow(command, ("log", {"message": "x"}), name="other"), CATALOGUE) == known
    assert digest_of(flow(("command", {"command": ["b"]})), CATALOGUE) != known


def test_what_a_reference_becomes_counts() -> None:
    command = ("command", {"command": ["{{program}}"]})
    known = digest_of(flow(command, variables={"program": "a"}), CATALOGUE)
    assert digest_of(flow(command, variables={"program": "b"}), CATALOGUE) != known
    assert (
        digest_of(flow(("setVariable", {"name": "program"}), command, variables={"program": "a"}), CATALOGUE) != known
    )


def test_a_part_is_known_wherever_it_is_copied() -> None:
    (part,) = part_digests(flow(("command", {"command": ["a"]})), CATALOGUE)
    assert part in part_digests(flow(("log", {}), ("http", {"url": "x"}), ("command", {"command": ["a"]})), CATALOGUE)


def test_the_whole_is_what_it_does_and_not_how_it_looks() -> None:
    one = flow(("click", {"selector": "text=OK"}))
    moved = one.model_copy(
        update={"nodes": tuple(node.model_copy(update={"position": {"x": 5, "y": 5}}) for node in one.nodes)}
    )
    assert whole_digest(one) == whole_digest(moved)
    assert whole_digest(one) != whole_digest(flow(("click", {"selector": "text=Delete"})))
