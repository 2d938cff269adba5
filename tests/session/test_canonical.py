import json
import os
from pathlib import Path

import pytest

from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.reading import parse_flow
from flowdesk.session.canonical import canonical, format_file

STRANGE = {
    "nodes": [
        {"type": "start", "id": 1, "extra": {"deep": [1, 2.5, None, "ß"]}, "data": {"label": 5, "more": True}, "position": {"x": "3", "y": 4}},
    ],
    "viewport": {"x": 0.1}, "triggers": [{"id": "t"}], "id": "f", "name": "N",
}  # fmt: skip


def written(values: object) -> bytes:
    return json.dumps(values).encode()


def test_what_nobody_knows_survives_and_twice_is_as_once() -> None:
    once = canonical(written(STRANGE), "a")
    values = json.loads(once)
    assert values["viewport"] == {"x": 0.1}
    assert values["triggers"] == [{"id": "t"}]
    assert values["nodes"][0]["extra"] == {"deep": [1, 2.5, None, "ß"]}
    assert values["nodes"][0]["data"]["more"] is True
    assert canonical(once, "a") == once
    assert parse_flow(once.decode()) == parse_flow(json.dumps(STRANGE))
    assert canonical(b"\xef\xbb\xbf" + once.replace(b"\n", b"\r\n"), "a") == once


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "f", "nodes": [], "nodes": [], "edges": []}',
        '{"id": "f", "nodes": [], "edges": [], "x": 0.12345678901234567890123}',
        '{"id": "f", "nodes": [], "edges": [], "x": 1e400}',
        '{"id": "f", "nodes": [{"id": "a", "type": "log", "data": {"label": {"a": 1}}}]}',
        '{"nodes": 1}',
        "no",
    ],
)
def test_what_would_be_lost_is_refused_and_nothing_is_written(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.flow.json"
    path.write_text(text, "utf-8")
    with pytest.raises(FlowUnreadable):
        format_file(path, writes=True)
    assert path.read_text("utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_written_only_where_it_is_otherwise(tmp_path: Path) -> None:
    path, link = tmp_path / "a.flow.json", tmp_path / "link.json"
    path.write_bytes(written(STRANGE))
    path.chmod(0o640)
    os.symlink(path.name, link)
    assert format_file(link, writes=False)
    assert path.read_bytes() == written(STRANGE)
    assert format_file(link, writes=True)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    before = path.stat().st_mtime_ns
    assert not format_file(path, writes=True)
    assert path.stat().st_mtime_ns == before
