"""The screen as arrays of pixels: grabs, PNG."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.screens import taken
from flowdesk.model.geometry import Box, Point

Pixels = NDArray[np.uint8]
"""An image: rows, columns, then blue, green and red (or no third axis: grey)."""

GRAIN_SIZE = (5, 5)
"""Over how many pixels of a halved image grain is measured."""

_CORNER = Point(0, 0)


@dataclass(frozen=True)
class Shot:
    """Pixels of a part of the virtual desktop, and where it lies. Grey and smaller copies are made once, when asked for."""

    pixels: Pixels
    origin: Point = _CORNER
    _smaller: dict[int, Pixels] = field(default_factory=dict, repr=False, compare=False)
    _means: dict[tuple[int, int], Pixels] = field(default_factory=dict, repr=False, compare=False)
    _grains: dict[int, Pixels] = field(default_factory=dict, repr=False, compare=False)
    _greys: dict[int, Pixels] = field(default_factory=dict, repr=False, compare=False)

    @property
    def box(self) -> Box:
        """Where the pixels lie on the virtual desktop."""
        height, width = self.pixels.shape[:2]
        return Box(self.origin.x, self.origin.y, width, height)

    def small(self, factor: int) -> Pixels:
        """Return the pixels, smaller by ``factor`` (a power of two)."""
        if factor == 1:
            return self.pixels
        if factor not in self._smaller:
            self._smaller[factor] = halved(self.small(factor // 2))
        return self._smaller[factor]

    def means(self, grid: int, cells: int) -> Pixels:
        """Return colour and grain of squares of ``cells`` pixels of the picture smaller by ``grid``, at each of them.

        Grain, the fourth channel, is how much neighbours differ: none on a plain surface, much in text.
        """
        if (grid, cells) not in self._means:
            height, width = self.grain(grid).shape
            self._means[grid, cells] = self.means_within(grid, cells, Box(0, 0, width, height))
        return self._means[grid, cells]

    def has_means(self, grid: int, cells: int) -> bool:
        """Whether ``means`` has them already."""
        return (grid, cells) in self._means

    def means_within(self, grid: int, cells: int, part: Box) -> Pixels:
        """Return a part of ``means``, in its pixels, without making the others."""
        rows, columns = slice(part.y, part.bottom + cells - 1), slice(part.x, part.right + cells - 1)
        both = cv2.cvtColor(self.small(grid)[rows, columns], cv2.COLOR_BGR2BGRA)
        cv2.insertChannel(np.ascontiguousarray(self.grain(grid)[rows, columns]), both, 3)
        if cells > 1:
            both = cv2.boxFilter(both, -1, (cells, cells), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
        return np.asarray(both[: part.height, : part.width], np.uint8)

    def means_at(self, grid: int, cells: int, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return some pixels of ``means``: one for each row and column of ``places``, unrounded."""
        grains = self.grain(grid)
        beside = np.arange(cells)
        rows = np.minimum(places[:, 0] + beside[:, None], grains.shape[0] - 1)[:, None]
        columns = np.minimum(places[:, 1] + beside[:, None], grains.shape[1] - 1)[None]
        found = np.empty((len(places), 4), np.float32)
        for channels, image in ((slice(0, 3), self.small(grid)), (slice(3, 4), grains)):
            squares = image[rows, columns].reshape(cells * cells, -1)  # the places last: summing is fast then
            found[:, channels] = squares.mean(axis=0, dtype=np.float32).reshape(len(places), -1)
        return found

    def grain(self, factor: int) -> Pixels:
        """Return the grain of the pixels, smaller by ``factor`` (a power of two, at least 2)."""
        if factor not in self._grains:
            self._grains[factor] = grain(self.small(2)) if factor == 2 else halved(self.grain(factor // 2))
        return self._grains[factor]

    def grey(self, part: Box, factor: int = 1) -> Pixels:
        """Return a part (from the shot's corner) in grey, smaller by ``factor``; widened to whole pixels of the smaller."""
        left, top = part.x // factor, part.y // factor
        right, bottom = -(-part.right // factor), -(-part.bottom // factor)
        if factor not in self._greys and part.width * part.height * 3 < self.pixels.size // 3:
            return in_grey(self.small(factor)[top:bottom, left:right])
        if factor not in self._greys:
            self._greys[factor] = in_grey(self.small(factor))
        return self._greys[factor][top:bottom, left:right]

    def cropped(self, box: Box) -> "Shot":
        """Return the part inside ``box`` (of the virtual desktop); the pixels are shared."""
        part = box.intersection(self.box)
        x, y = part.x - self.origin.x, part.y - self.origin.y
        return Shot(self.pixels[y : y + part.height, x : x + part.width], Point(part.x, part.y))


def grain(small: Pixels) -> Pixels:
    """Return how far each pixel of a halved image is from the mean around it, in grey."""
    grey = in_grey(small)
    return np.asarray(cv2.absdiff(grey, cv2.blur(grey, GRAIN_SIZE, borderType=cv2.BORDER_REPLICATE)), np.uint8)


def in_grey(pixels: Pixels) -> Pixels:
    """Return pixels in grey."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def halved(image: Pixels) -> Pixels:
    """Return an image half as large, each pixel the mean of four. Halving twice is faster than quartering."""
    height, width = image.shape[:2]
    even = image[: max(1, height // 2 * 2), : max(1, width // 2 * 2)]
    size = (max(1, width // 2), max(1, height // 2))
    return np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)


def grab(box: Box | None = None) -> Shot:
    """Take the pixels of a box, clipped to the virtual desktop; of all of it without a box.

    Raises:
        DesktopUnavailable: If the screen cannot be read.
        RequestInvalid: If the box lies outside the virtual desktop.
    """
    grabbed, part = taken(box)
    bgra = np.frombuffer(grabbed.raw, np.uint8).reshape(grabbed.height, grabbed.width, 4)
    return Shot(np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2BGR), np.uint8), Point(part.x, part.y))


def grab_raw() -> tuple[NDArray[np.uint32], Box]:
    """Take the pixels of the whole virtual desktop as they come (blue, green, red and nothing in 32 bits), and its frame.

    Raises:
        DesktopUnavailable: If the screen cannot be read.
    """
    grabbed, part = taken(None)
    return np.frombuffer(bytes(grabbed.raw), np.uint32).reshape(grabbed.height, grabbed.width), part


def png(pixels: Pixels) -> bytes:
    """Encode pixels as PNG."""
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise ValueError(f"cannot encode pixels of shape {pixels.shape}")
    return encoded.tobytes()


def is_black(pixels: Pixels) -> bool:
    """Whether every pixel is black: what a screen that may not be read looks like (Wayland, a missing permission)."""
    return pixels.size > 0 and not bool(pixels[..., :3].any())


def changed_fraction(before: Pixels, now: Pixels, most: int) -> float:
    """Return the fraction of the pixels of two pictures of the same size of which a channel differs by more than ``most``."""
    if cv2.norm(before, now, cv2.NORM_INF) <= most:  # mostly nothing changed: that is known in a millisecond
        return 0.0
    pixels = before.shape[0] * before.shape[1]
    like = cv2.inRange(cv2.absdiff(before, now), (0, 0, 0), (most, most, most))
    return float((pixels - cv2.countNonZero(like)) / pixels)
