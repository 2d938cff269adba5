"""Bodies of the web unpacked piece by piece: what is small on the way may be without end when it is unpacked."""

import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    import httpx

OFFERED = "gzip, deflate"
"""What a server may pack by: both are unpacked in bounded pieces. Others turn a few bytes into gigabytes at one stroke."""
PIECE = 256 * 1024
"""Bytes that are unpacked at once."""
_GZIP, _ZLIB, _BARE = 31, 15, -15
_KINDS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _BARE)}
"""How zlib calls what it unpacks; some servers send what they call deflate without its mark."""


def parts_of(response: "httpx.Response") -> Iterator[bytes]:
    """Yield the body of a response, unpacked, in pieces of at most ``PIECE`` bytes where it was packed.

    Raises:
        NodeError: If it is packed in another way, more than once, or not as it says.
    """
    said = response.headers.get("content-encoding", "")
    ways = [way for each in said.split(",") if (way := each.strip().lower()) not in {"", "identity"}]
    if not ways:
        yield from response.iter_raw()
    elif len(ways) == 1 and ways[0] in _KINDS:
        try:
            yield from _unpacked(response.iter_raw(), _KINDS[ways[0]])
        except zlib.error as error:
            raise _wrong(response, str(error)) from error
    else:
        raise _wrong(response, said)


def _unpacked(packed: Iterator[bytes], kinds: Sequence[int]) -> Iterator[bytes]:
    """Yield what was packed in one of several kinds, the likeliest first. What follows the packed is left out, as browsers do."""
    head, left = b"", list(kinds)
    unpack = zlib.decompressobj(left.pop(0))
    is_told = False
    for part in packed:
        head = head + part if not is_told else b""
        rest = part
        while rest and not unpack.eof:
            try:
                piece = unpack.decompress(rest, PIECE)
            except zlib.error:
                if is_told or not left:
                    raise
                unpack, rest = zlib.decompressobj(left.pop(0)), head
                continue
            rest = unpack.unconsumed_tail
            if piece:
                is_told = True
                yield piece
    if (head or is_told) and not unpack.eof:
        raise zlib.error("it ends too early")


def _wrong(response: "httpx.Response", reason: str) -> NodeError:
    return NodeError(
        say("The response of {url} cannot be decompressed: {reason}", url=str(response.url), reason=reason),
        say('Add the header "Accept-Encoding" with the value "identity".'),
    )
