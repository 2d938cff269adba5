"""Frozen flows: what is in them, what they are known by, what is refused."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from flowdesk.fleet.bundle import freeze, thaw
from flowdesk.model.errors import FlowUnreadable, LimitReached
from tests.fleet.conftest import step, write_flow_file

PICTURE = b"\x89PNG\r\n\x1a\npicture"


def nested(folder: Path) -> Path:
    """Write a flow that calls another in a folder beside its own, each with a picture."""
    (folder / "main").mkdir()
    (folder / "parts" / "inner.assets").mkdir(parents=True)
    (folder / "parts" / "inner.assets" / "ok.png").write_bytes(PICTURE)
    (folder / "parts" / "inner.flow.json").write_text(json.dumps({"nodes": [step("start", "start")], "edges": []}))
    path = write_flow_file(folder / "main", step("sub", "subflow", flow="../parts/inner"))
    (folder / "main" / "chain.assets").mkdir()
    (folder / "main" / "chain.assets" / "a.png").write_bytes(PICTURE)
    return path


def test_a_flow_is_frozen_with_all_that_it_needs_and_laid_out_as_it_was(tmp_path: Path) -> None:
    frozen = freeze(nested(tmp_path))
    assert set(frozen.files) == {
        "main/chain.flow.json", "main/chain.assets/a.png", "parts/inner.flow.json", "parts/inner.assets/ok.png",
    }  # fmt: skip
    again = thaw(frozen.pack(), frozen.hash)
    assert (again.files, again.main, again.flow.name) == (frozen.files, "main/chain.flow.json", "Chain")
    place = again.lay_out(tmp_path / "there")
    assert (place.parent / "../parts/inner.assets/ok.png").resolve().read_bytes() == PICTURE


def test_files_that_nodes_read_are_sent_along(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prices.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "letter.txt").write_text("Dear {{name}}", "utf-8")
    (tmp_path / "old.txt").write_text("kept here", "utf-8")
    path = write_flow_file(
        tmp_path,
        step("t", "readTable", path="data/prices.csv"),
        step("f", "file", path=["letter.txt"]),
        step("w", "file", operation="append", path="old.txt", text="x"),
        step("v", "readTable", path="{{file}}"),
        step("n", "readTable", path="made-later.csv"),
        step("a", "readTable", path=str(tmp_path / "old.txt")),
        {"id": "d", "type": "readTable", "data": {"config": {"path": "old.txt", "disabled": True}}},
    )
    frozen = freeze(path)
    assert set(frozen.files) == {"chain.flow.json", "data/prices.csv", "letter.txt"}
    (tmp_path / "data" / "prices.csv").write_text("a,b\n1,3\n", "utf-8")
    assert freeze(path).hash != frozen.hash
    assert (
        thaw(frozen.pack(), frozen.hash).lay_out(tmp_path / "there").with_name("letter.txt").read_text("utf-8")
        == "Dear {{name}}"
    )


def test_a_file_that_is_too_large_to_be_sent_is_named(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(LimitReached, match=r"huge\.csv"):
        freeze(write_flow_file(tmp_path, step("t", "readTable", path="huge.csv")))


def test_the_hash_is_of_every_file_and_of_nothing_else(tmp_path: Path) -> None:
    path = nested(tmp_path)
    before = freeze(path).hash
    assert freeze(path).hash == before
    (tmp_path / "main" / "notes.txt").write_text("not part of it")
    assert freeze(path).hash == before
    (tmp_path / "parts" / "inner.assets" / "ok.png").write_bytes(PICTURE + b"!")
    assert freeze(path).hash != before


def test_flows_that_call_each_other_are_frozen_once(tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("sub", "subflow", flow="chain.flow.json"))
    assert list(freeze(path).files) == ["chain.flow.json"]


@pytest.mark.parametrize("name", ["/somewhere/else", "{{which}}", "~/flow", "missing"])
def test_a_subflow_that_no_robot_could_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FlowUnreadable, match="subflow"):
        freeze(write_flow_file(tmp_path, step("sub", "subflow", flow=name)))


def test_a_disabled_subflow_is_not_needed(tmp_path: Path) -> None:
    assert len(freeze(write_flow_file(tmp_path, step("sub", "subflow", flow="missing", disabled=True))).files) == 1


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out", "a//b", "a\\b", "c:x", "a/./b"])
def test_what_would_be_written_elsewhere_is_damaged(tmp_path: Path, name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.comment = b"a.flow.json"
        archive.writestr("a.flow.json", json.dumps({"nodes": [], "edges": []}))
        archive.writestr(name, "x")
    with pytest.raises(FlowUnreadable, match="not the one"):
        thaw(packed.getvalue(), "0" * 64)


def test_another_flow_under_a_hash_is_refused(tmp_path: Path) -> None:
    frozen = freeze(write_flow_file(tmp_path))
    for packed in (frozen.pack(), b"", b"PK\x05\x06", frozen.pack()[:-20]):
        with pytest.raises(FlowUnreadable):
            thaw(packed, "0" * 64)


def test_only_true_means_repeatable(tmp_path: Path) -> None:
    assert freeze(write_flow_file(tmp_path, repeatable=True)).is_repeatable
    assert not freeze(write_flow_file(tmp_path, repeatable="yes")).is_repeatable
