"""Packed answers are unpacked in bounded pieces, and what no end can be seen of is refused soon."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import httpx
import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.answers import LARGEST_ANSWER, answer_of
from flowdesk.nodes.unpacking import PIECE, parts_of

TEXT = "Grüße 你好 ".encode() * 20_000


def response(content: bytes, way: str, part: int = 65_536) -> httpx.Response:
    def parts() -> Iterator[bytes]:
        for at in range(0, len(content), part):
            yield content[at : at + part]

    request = httpx.Request("GET", "http://127.0.0.1/")
    return httpx.Response(200, headers={"Content-Encoding": way}, content=parts(), request=request)


def bare(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize("part", [1, 7, 65_536])
@pytest.mark.parametrize(
    ("content", "way"),
    [
        (TEXT, ""), (TEXT, "identity"), (gzip.compress(TEXT), "gzip"), (gzip.compress(TEXT), "X-GZip"), (zlib.compress(TEXT), "deflate"), (bare(TEXT), "deflate"),
        (gzip.compress(TEXT) + bytes(8), "gzip"),
    ],
)  # fmt: skip
def test_what_is_packed_arrives_whole_in_small_pieces(content: bytes, way: str, part: int) -> None:
    pieces = list(parts_of(response(content, way, part)))
    assert b"".join(pieces) == TEXT
    assert max(map(len, pieces)) <= PIECE


@pytest.mark.parametrize(
    ("content", "way"),
    [
        (gzip.compress(TEXT)[:-20], "gzip"), (gzip.compress(TEXT)[:100], "gzip"), (b"plain text", "gzip"), (gzip.compress(gzip.compress(TEXT)), "gzip, gzip"),
        (b"x", "br"), (b"x", "zstd"),
    ],
    ids=["cut at the end", "cut at the beginning", "plain text", "packed twice", "br", "zstd"],
)  # fmt: skip
def test_what_is_not_whole_or_packed_otherwise_is_refused(content: bytes, way: str) -> None:
    with pytest.raises(NodeError, match="cannot be decompressed"):
        list(parts_of(response(content, way)))


def test_nothing_is_nothing_however_it_is_called() -> None:
    assert list(parts_of(response(b"", "gzip"))) == []


def test_a_bomb_takes_no_more_room_than_an_answer_may() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(500)) + packer.flush()
    assert len(bomb) < 600_000
    answer = response(bomb, "gzip", len(bomb))
    tracemalloc.start()
    with pytest.raises(NodeError, match="larger than"):
        answer_of(answer, None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * LARGEST_ANSWER
