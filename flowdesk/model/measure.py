"""How large a picture is, read from its first bytes: a small file may be billions of pixels once it is decoded."""

import struct

MOST_PIXELS = 50_000_000
"""More than two screens of 5120 x 2880; decoded, such a picture takes 200 MB."""
_START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""The markers of a JPEG that tell its size (ITU T.81, table B.1)."""


def kind_of(content: bytes) -> str:
    """Return ``png``, ``jpg`` or ``webp``, or ``""`` for what is no such picture."""
    if content.startswith(b"\x89PNG"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def measure(content: bytes) -> tuple[int, int] | None:
    """Return the width and height that a PNG, JPEG or WebP says of itself; ``None`` where it does not."""
    try:
        match kind_of(content):
            case "png":
                width, height = struct.unpack(">II", content[16:24]) if content[12:16] == b"IHDR" else (0, 0)
            case "jpg":
                width, height = _jpeg(content)
            case "webp":
                width, height = _webp(content)
            case _:
                return None
    except (struct.error, IndexError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def is_too_large(content: bytes) -> bool:
    """Whether decoding a picture would cost too much."""
    size = measure(content)
    return size is not None and size[0] * size[1] > MOST_PIXELS


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            return 0, 0
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _START_OF_FRAME:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        elif marker == 0x01 or 0xD0 <= marker <= 0xD9:
            at += 2
        else:
            at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return 0, 0


def _webp(content: bytes) -> tuple[int, int]:
    """Read the three kinds of a WebP's first chunk (RFC 9649, section 2)."""
    chunk = content[12:16]
    if chunk == b"VP8X":
        return (
            1 + int.from_bytes(content[24:27], "little"),
            1 + int.from_bytes(content[27:30], "little"),
        )
    if chunk == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
