"""Generated screens with a widget to find among widgets that are almost the same: the ground truth for pictures."""

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from PIL import Image, ImageDraw, ImageFont

from flowdesk.drivers.pixels.screen import Pixels
from flowdesk.model.geometry import Box

WIDTH, HEIGHT = 800, 500
DECOYS = ("glyph", "shade", "moved")
LABELS = ("File 1", "Save as", "Cancel", "Apply", "Row 17", "Delete", "Log in", "2026-11", "Next >", "确定", "保存")
_TWINS = {
    "File 1": "File 7", "Save as": "Save us", "Cancel": "Cancer", "Apply": "Apple", "Row 17": "Row 12",
    "Delete": "Deleto", "Log in": "Log on", "2026-11": "2026-12", "Next >": "Next <", "确定": "确走", "保存": "保荐",
}  # fmt: skip
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)


@dataclass(frozen=True)
class Case:
    """A screen, the picture to find on it, and where it is (None: only its decoys are there)."""

    name: str
    screen: Pixels
    picture: Pixels
    place: Box | None
    scale: float


@lru_cache(maxsize=64)
def font(size: float, *, is_chinese: bool) -> Any:
    """Return a font that this machine has."""
    candidates = _FONTS if is_chinese else _FONTS[::-1]
    path = next((name for name in candidates if Path(name).exists()), None)
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@dataclass(frozen=True)
class Widget:
    """A button: what is on it, its colours, and how far its label is off."""

    label: str
    fill: tuple[int, int, int]
    ink: tuple[int, int, int]
    shift: float = 0

    def redrawn(self, scale: float) -> Pixels:
        """Draw it afresh at a scale, as programs do that scale themselves: its letters are others in detail."""
        image = Image.new("RGB", (round(92 * scale), round(32 * scale)), self.fill)
        draw = ImageDraw.Draw(image)
        edge = tuple(max(0, channel - 40) for channel in self.fill)
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=edge, width=max(1, int(scale)))
        draw.ellipse((6 * scale, 9 * scale, 18 * scale, 21 * scale), fill=self.ink)
        face = font(14 * scale, is_chinese=not self.label.isascii())
        place = ((24 + self.shift) * scale, 16 * scale)
        draw.text(place, self.label, font=face, fill=self.ink, anchor="lm")
        return _bgr(image)

    def drawn(self) -> Image.Image:
        """Draw it at scale 1."""
        image = Image.new("RGB", (92, 32), self.fill)
        draw = ImageDraw.Draw(image)
        edge = tuple(max(0, channel - 40) for channel in self.fill)
        draw.rectangle((0, 0, 91, 31), outline=edge)
        draw.ellipse((6, 9, 18, 21), fill=self.ink)
        face = font(14, is_chinese=not self.label.isascii())
        draw.text((24 + self.shift, 16), self.label, font=face, fill=self.ink, anchor="lm")
        return image

    def shown(self, scale: float, filtering: Image.Resampling) -> Image.Image:
        """Show it at a scale, as compositors do for programs that do not scale themselves."""
        drawn = self.drawn()
        return drawn if scale == 1 else drawn.resize((round(92 * scale), round(32 * scale)), filtering)


def decoy(widget: Widget, kind: str, rng: random.Random) -> Widget:
    """Return a widget that differs by one glyph, by one visible shade, or by two pixels."""
    if kind == "glyph":
        return Widget(_TWINS[widget.label], widget.fill, widget.ink)
    if kind == "shade":
        step = 24 if sum(widget.fill) < 384 else -24
        channels = list(widget.fill)
        for index in rng.sample(range(3), 2):
            channels[index] = max(0, min(255, channels[index] + step))
        return Widget(widget.label, (channels[0], channels[1], channels[2]), widget.ink)
    return Widget(widget.label, widget.fill, widget.ink, shift=2)


def make_case(number: int) -> Case:
    """Make a case from its number: every third is without the true widget."""
    rng = random.Random(number)
    is_dark = number % 2 == 1
    scale = (1.0, 1.25, 1.5, 1.75, 2.0)[number // 2 % 5]
    kind = DECOYS[number // 10 % 3]
    is_there = number % 3 != 2
    filtering = rng.choice((Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS))
    ground = (34, 36, 40) if is_dark else (243, 243, 245)
    fills = (
        ((52, 56, 64), (26, 115, 232), (60, 90, 60)) if is_dark else ((225, 228, 232), (160, 200, 250), (250, 235, 200))
    )
    ink = (235, 235, 235) if is_dark else (25, 25, 30)
    widget = Widget(rng.choice(LABELS), rng.choice(fills), ink)
    canvas = Image.new("RGB", (WIDTH, HEIGHT), ground)
    draw = ImageDraw.Draw(canvas)
    cells = [(x, y) for x in range(10, WIDTH - 200, 195) for y in range(10, HEIGHT - 80, 72)]
    rng.shuffle(cells)
    place = None
    if is_there:
        x, y = cells.pop()
        x, y = x + rng.randrange(8), y + rng.randrange(6)
        drawn = widget.shown(scale, filtering)
        canvas.paste(drawn, (x, y))
        place = Box(x, y, *drawn.size)
    for _ in range(3):
        canvas.paste(decoy(widget, kind, rng).shown(scale, filtering), cells.pop())
    for _ in range(8):
        label = rng.choice([text for text in LABELS if text != widget.label])
        canvas.paste(Widget(label, rng.choice(fills), ink).shown(scale, filtering), cells.pop())
    for _ in range(4):
        draw.text(cells.pop(), "Lorem 12 %", font=font(13 * scale, is_chinese=False), fill=ink)
    name = (
        f"{number} {kind} x{scale:g} {'dark' if is_dark else 'light'} {widget.label} {'there' if is_there else 'gone'}"
    )
    return Case(name, _bgr(canvas), _bgr(widget.drawn()), place, scale)


def _bgr(image: "PIL.Image.Image") -> Pixels:
    return np.ascontiguousarray(np.asarray(image, np.uint8)[..., ::-1])
