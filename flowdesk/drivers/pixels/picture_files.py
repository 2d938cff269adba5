"""Template pictures on disk: one name may stand for several files, for themes and for scales.

``ok.png`` is looked for together with ``ok.dark.png``, ``ok@2x.png``, ``ok.dark@1.5x.png`` beside it. ``@2x`` says that
the picture was taken at a scale of 2; so does a text chunk ``flowdesk-scale`` inside the PNG, which ``save_picture`` writes.
"""

import base64
import binascii
import errno
import io
import re
import struct
import warnings
import zlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from flowdesk.drivers.pixels.screen import Pixels, in_grey, png
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import PictureUnusable
from flowdesk.model.measure import MOST_PIXELS, is_too_large, measure
from flowdesk.model.sentence import say
from flowdesk.session.picturenames import SUFFIXES, alternatives

LARGEST = 64 * 1024 * 1024
"""Bytes of a picture's file."""
SCALE_CHUNK = "flowdesk-scale"
_SCALE = re.compile(r"@([0-9]+(?:\.[0-9]+)?)x$")
_FLAT = 3.0
"""A picture whose channels vary less than this (standard deviation, 0 to 255) looks like any plain surface."""

_LOST = 0.5
"""A picture whose grey varies by less than this part of what a colour channel does is not looked for in grey."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A template: what to look for. Raises ``PictureUnusable`` when made of a flat or empty image."""

    name: str
    pixels: Pixels
    """Rows, columns, blue-green-red."""
    mask: Pixels | None = None
    """Rows, columns: 255 where the picture counts, 0 where it is transparent. None: everywhere."""
    scale: float = 1.0
    """The scale of the monitor on which it was taken."""
    _sized: "dict[float, Picture]" = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what would match anywhere."""
        counted = self._counted(self.pixels)
        if counted.shape[0] < 16:
            raise PictureUnusable(
                say('The image "{name}" is too small to be recognized.', name=self.name),
                say("Capture a larger area, with at least 16 distinct pixels."),
            )
        if float(counted.std(axis=0).max()) < _FLAT:
            raise PictureUnusable(
                say('The image "{name}" is a single color and matches any plain surface.', name=self.name),
                say("Capture it again with an edge, an icon, or text in it. For a plain color, use color=#rrggbb."),
            )

    @cached_property
    def grey(self) -> Pixels:
        """The pixels in grey."""
        return in_grey(self.pixels)

    @cached_property
    def channel(self) -> int | None:
        """The colour channel that shows most of the picture, where grey shows little (red on green); None: grey does."""
        spread = self._counted(self.pixels).std(axis=0)
        is_lost = float(self._counted(self.grey).std()) < _LOST * float(spread.max())
        return int(spread.argmax()) if is_lost else None

    @cached_property
    def centred(self) -> tuple[NDArray[np.float32], float]:
        """The pixels that count, less their mean colour, and how long they are as a vector."""
        counted = self._counted(self.pixels).astype(np.float32)
        counted -= counted.mean(axis=0)
        return counted, float(np.linalg.norm(counted))

    def _counted(self, pixels: Pixels) -> Pixels:
        """Return the pixels that count, one a row."""
        return pixels[self.mask > 0] if self.mask is not None else pixels.reshape(-1, *pixels.shape[2:])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def sized(self, factor: float) -> "Picture | None":
        """Return the picture enlarged by ``factor``; None where too little of it would be left."""
        if abs(factor - 1.0) < 1e-6:
            return self
        if factor not in self._sized:
            width, height = round(self.size[0] * factor), round(self.size[1] * factor)
            if min(width, height) < 4:
                return None
            method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
            pixels = np.asarray(cv2.resize(self.pixels, (width, height), interpolation=method), np.uint8)
            mask = None
            if self.mask is not None:
                mask = np.asarray(cv2.resize(self.mask, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
            try:
                self._sized[factor] = Picture(self.name, pixels, mask, self.scale)
            except PictureUnusable:
                return None
        return self._sized[factor]


def load_pictures(name: str, assets: str) -> tuple[Picture, ...]:
    """Load the picture of that name and its alternatives, the named one first.

    Args:
        name: A file name inside ``assets`` (``.png`` may be left out), or a ``data:`` URI.
        assets: The folder of the flow's pictures; ``""`` is the current folder.

    Raises:
        PictureUnusable: If there is none, or one of them cannot be used.
    """
    if name.startswith("data:"):
        content = _data_bytes(name)
        return (_decoded("data:", content, _chunk_scale(content)),)
    folder = Path(assets or ".")
    path = folder / name
    if assets and not path.resolve().is_relative_to(folder.resolve()):
        raise PictureUnusable(
            say('The image "{name}" is outside the flow\'s image folder.', name=name),
            say("Copy it to {folder}.", folder=str(folder)),
        )
    files = alternatives(path)
    if not files:
        raise _no_such(name, folder)
    return tuple(_loaded(str(file), *_stamp(file)) for file in files)


def save_picture(path: Path, pixels: Pixels, scale: float = 1.0) -> None:
    """Write a template as PNG together with the scale of the monitor it was taken on."""
    content = png(pixels)
    text = SCALE_CHUNK.encode() + b"\0" + f"{scale:g}".encode()
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    header = 8 + 25  # the signature and the IHDR chunk
    path.write_bytes(content[:header] + chunk + content[header:])


def _no_such(name: str, folder: Path) -> PictureUnusable:
    try:
        known = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in SUFFIXES)[:10]
    except OSError:
        known = []
    return PictureUnusable(
        say('Image "{name}" not found in {folder}.', name=name, folder=str(folder)),
        say("Available: {names}.", names=", ".join(known)) if known else say("Capture it again with Pick."),
        candidates=known,
    )


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=256)
def _loaded(path: str, _modified: int, size: int) -> Picture:
    file = Path(path)
    found = _SCALE.search(file.stem)
    try:
        if size > LARGEST or not file.is_file():
            raise OSError(errno.EFBIG, "it is no picture file, or larger than 64 MB")
        content = file.read_bytes()
    except OSError as error:
        raise PictureUnusable(
            say('The image "{name}" cannot be read: {reason}', name=file.name, reason=system_cause(error)),
            say("Check the permissions of the file, or capture the image again."),
        ) from error
    return _decoded(file.name, content, float(found.group(1)) if found else _chunk_scale(content))


def _chunk_scale(content: bytes) -> float:
    start = content.find(b"tEXt" + SCALE_CHUNK.encode() + b"\0")
    if start < 4:
        return 1.0
    length = int(struct.unpack(">I", content[start - 4 : start])[0])
    value = content[start + 4 + len(SCALE_CHUNK) + 1 : start + 4 + min(length, 64)]
    try:
        return max(0.25, min(8.0, float(value)))
    except ValueError:
        return 1.0


def _data_bytes(uri: str) -> bytes:
    try:
        header, content = uri.split(",", 1)
        if not header.endswith(";base64"):
            raise ValueError
        return base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise PictureUnusable(
            say("The image in the data: URI cannot be read."),
            say("Use the complete form data:image/png;base64,…."),
        ) from error


def _decoded(name: str, content: bytes, scale: float) -> Picture:
    pixels = None
    if content and _is_too_large(content):
        raise PictureUnusable(
            say('"{name}" has more than {count} million pixels.', name=name, count=MOST_PIXELS // 1_000_000),
            say("Capture only the part to find."),
        )
    if content:
        try:
            pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error:
            pixels = None
    if pixels is None or pixels.dtype != np.uint8:
        raise PictureUnusable(
            say('"{name}" is not a readable image.', name=name),
            say("Use a PNG with 8 bits per channel, or capture the image again."),
        )
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    mask = None
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3]
        if bool((alpha < 128).any()):
            mask = np.where(alpha < 128, 0, 255).astype(np.uint8)
    return Picture(name, np.ascontiguousarray(pixels[..., :3]), mask, scale)


def _is_too_large(content: bytes) -> bool:
    """Whether decoding would cost too much. Of other kinds than the usual three, a reader of headers tells the size."""
    if measure(content) is not None:
        return is_too_large(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as image:
                return image.width * image.height > MOST_PIXELS
    except Exception:  # noqa: BLE001 - a damaged header may break a reader in any way
        return False
