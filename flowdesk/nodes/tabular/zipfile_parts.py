"""A zip that is written again with one part changed: every other part stays as it was packed, byte for byte.

The changed part is packed in blocks that can be put behind each other, so a row that is added to a large sheet costs
the packing of a row.
"""

import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from flowdesk.model.sentence import say

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Packed:
    """Content, packed as a deflate block that others may follow."""

    blocks: tuple[bytes, ...] = ()
    crc: int = 0
    size: int = 0

    def plus(self, content: bytes, *, is_last: bool = False) -> "Packed":
        """Return this content and more behind it."""
        packed = pack(content, is_last=is_last)
        return Packed((*self.blocks, *packed.blocks), zlib.crc32(content, self.crc), self.size + len(content))

    def followed_by(self, other: "Packed") -> "Packed":
        """Return this content and the other behind it."""
        crc = crc_of_both(self.crc, other.crc, other.size)
        return Packed((*self.blocks, *other.blocks), crc, self.size + other.size)

    def joined(self) -> "Packed":
        """Return the same with one block."""
        return Packed((b"".join(self.blocks),), self.crc, self.size)


def pack(content: bytes, *, is_last: bool = False) -> Packed:
    """Pack content by itself."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(content) + packer.flush(zlib.Z_FINISH if is_last else zlib.Z_FULL_FLUSH)
    return Packed((block,), zlib.crc32(content), len(content))


def crc_of_both(first: int, second: int, second_size: int) -> int:
    """Return the CRC-32 of two contents behind each other, from theirs (zlib's ``crc32_combine``)."""
    for bit in range(second_size.bit_length()):
        if second_size >> bit & 1:
            first = _times(_zeros(bit), first)
    return first ^ second


@cache
def _zeros(bit: int) -> tuple[int, ...]:
    """What 2 to the power of ``bit`` bytes of zero do to a CRC-32, as a matrix over its bits."""
    if bit == 0:
        one_bit = (0xEDB88320, *(1 << place for place in range(31)))
        return _squared(_squared(_squared(one_bit)))
    return _squared(_zeros(bit - 1))


def _times(matrix: Sequence[int], vector: int) -> int:
    total = 0
    for row in matrix:
        if vector & 1:
            total ^= row
        vector >>= 1
        if not vector:
            break
    return total


def _squared(matrix: Sequence[int]) -> tuple[int, ...]:
    return tuple(_times(matrix, row) for row in matrix)


@dataclass(frozen=True, slots=True)
class Entry:
    """A part as it lies in a zip."""

    info: zipfile.ZipInfo
    raw: bytes

    def holds(self, content: bytes) -> bool:
        """Whether this is what the part holds already."""
        return self.info.file_size == len(content) and zlib.crc32(content) == self.info.CRC


def entries_of(archive: zipfile.ZipFile, content: bytes) -> list[Entry]:
    """Return the parts of a zip as they are packed.

    Raises:
        zipfile.BadZipFile: If it is broken.
        ValueError: If a part is encrypted or larger than 4 GB.
    """
    found = []
    for info in archive.infolist():
        if info.flag_bits & 0x1:
            raise ValueError(say("a part of it is encrypted"))
        if max(info.compress_size, info.file_size) >= 0xFFFFFFFF:
            raise ValueError(say("a part of it is larger than 4 GB"))
        head = content[info.header_offset : info.header_offset + _LOCAL.size]
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            raise zipfile.BadZipFile("a part of it is not where it should be")
        name_size, extra_size = _LOCAL.unpack(head)[9:11]
        begin = info.header_offset + _LOCAL.size + name_size + extra_size
        found.append(Entry(info, content[begin : begin + info.compress_size]))
    return found


def new_entry(name: str, content: bytes) -> Entry:
    """Return a part that is new."""
    info = zipfile.ZipInfo(name)
    return changed(Entry(info, b""), pack(content, is_last=True))


def changed(entry: Entry, packed: Packed) -> Entry:
    """Return a part with other content."""
    info = zipfile.ZipInfo(entry.info.filename, entry.info.date_time)
    info.external_attr, info.create_system = entry.info.external_attr, entry.info.create_system
    info.compress_type = zipfile.ZIP_DEFLATED
    raw = b"".join(packed.blocks)
    info.CRC, info.file_size, info.compress_size = packed.crc, packed.size, len(raw)
    return Entry(info, raw)


def written(entries: Sequence[Entry]) -> bytes:
    """Return a zip of parts."""
    parts: list[bytes] = []
    index: list[bytes] = []
    place = 0
    for entry in entries:
        info = entry.info
        name = info.filename.encode("utf-8")
        flags = (info.flag_bits & ~0x8) | (0 if name.isascii() else 0x800)
        year, month, day, hour, minute, second = info.date_time
        when, clock = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
        sizes = (info.CRC, info.compress_size, info.file_size)
        head = _LOCAL.pack(b"PK\3\4", 20, flags, info.compress_type, clock, when, *sizes, len(name), 0) + name
        index.append(
            _CENTRAL.pack(
                b"PK\1\2", 20, info.create_system, 20, 0, flags, info.compress_type, clock, when, *sizes, len(name), 0, 0,
                0, info.internal_attr, info.external_attr, place,
            ) + name
        )  # fmt: skip
        parts += [head, entry.raw]
        place += len(head) + len(entry.raw)
    listed = b"".join(index)
    end = _END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(listed), place, 0)
    return b"".join([*parts, listed, end])
