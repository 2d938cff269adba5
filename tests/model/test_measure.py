import io
import struct
import zlib

import pytest
from PIL import Image

from flowdesk.model.measure import is_too_large, kind_of, measure


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it is large."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.mark.parametrize(("form", "options"), [
    ("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("WEBP", {}), ("WEBP", {"lossless": True}),
])  # fmt: skip
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_size_that_a_library_wrote_is_read(form: str, mode: str, options: dict[str, bool]) -> None:
    if form == "JPEG" and mode == "RGBA":
        return
    written = io.BytesIO()
    Image.new(mode, (321, 123), (1, 2, 3, 4)[: len(mode)]).save(written, form, **options)
    assert measure(written.getvalue()) == (321, 123)
    assert not is_too_large(written.getvalue())


def test_a_bomb_is_known_before_it_is_decoded() -> None:
    assert measure(bomb(30_000, 30_000)) == (30_000, 30_000)
    assert is_too_large(bomb(30_000, 30_000))


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x04", b"RIFF1234WEBPVP8 ", b"GIF89a", bomb(0, 3)],
)
def test_what_does_not_say_its_size_has_none(content: bytes) -> None:
    assert measure(content) is None


def test_kinds() -> None:
    assert [kind_of(head) for head in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"RIFF....WEBP", b"%PDF")] == [
        "png",
        "jpg",
        "webp",
        "",
    ]
