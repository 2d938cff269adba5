"""Screens full of look-alikes: seat plans, calendars, keypads, file lists, drawn in many fonts and colours."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from flowdesk.drivers.pixels.screen import Pixels
from flowdesk.model.geometry import Box

SANS = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SERIF = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
CHINESE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Plan:
    """How a screen of look-alikes looks."""

    name: str
    label: str = "Seat {:03d}"
    count: tuple[int, int] = (20, 17)
    button: tuple[int, int] = (80, 32)
    gap: int = 8
    face: str = SANS
    size: int = 12
    ground: Colour = (239, 239, 239)
    fill: Colour = (250, 250, 250)
    ink: Colour = (30, 30, 30)

    def drawn(self) -> tuple[Pixels, list[Box]]:
        """Draw it on full HD; return the pixels and the box of each."""
        image = Image.new("RGB", (1920, 1080), self.ground)
        draw = ImageDraw.Draw(image)
        font = (
            ImageFont.truetype(self.face, self.size) if Path(self.face).exists() else ImageFont.load_default(self.size)
        )
        boxes = []
        (across, down), (width, height) = self.count, self.button
        edge = tuple(max(0, channel - 60) for channel in self.fill)
        for number in range(across * down):
            x, y = 20 + number % across * (width + self.gap), 40 + number // across * (height + self.gap)
            draw.rounded_rectangle((x, y, x + width - 1, y + height - 1), 4, fill=self.fill, outline=edge)
            place = (x + width / 2, y + height / 2)
            draw.text(place, self.label.format(number), font=font, fill=self.ink, anchor="mm")
            boxes.append(Box(x, y, width, height))
        return np.ascontiguousarray(np.asarray(image, np.uint8)[..., ::-1]), boxes


PLANS = (
    Plan("seats"),
    Plan("small seats", size=9, button=(60, 20), gap=4),
    Plan("tiny seats", size=8, face=SERIF, button=(56, 18), gap=3),
    Plan("faint seats", ink=(190, 190, 190), fill=(240, 240, 240), size=10),
    Plan("dark rows", label="第{}排", face=CHINESE, ground=(36, 38, 44), fill=(52, 56, 64), ink=(225, 225, 225)),
    Plan("calendar", label="{}", count=(31, 12), button=(40, 28), size=11),
    Plan("files", label="scan_2026_{:04d}.pdf", count=(6, 40), button=(220, 20), gap=2, face=SERIF, size=11),
    Plan("keypad", label="{:X}", count=(16, 16), button=(44, 40), fill=(26, 115, 232), ink=(255, 255, 255), size=14),
    Plan("joined cells", label="{:03d}", count=(30, 30), button=(48, 24), gap=0, size=10),
    Plan("red on green", label="R{:03d}", count=(12, 12), fill=(60, 150, 60), ink=(190, 83, 83)),
)  # fmt: skip


def cut(pixels: Pixels, box: Box) -> Pixels:
    """Return a copy of what is in a box."""
    return pixels[box.y : box.bottom, box.x : box.right].copy()


def exact_places(screen: Pixels, wanted: Pixels) -> list[tuple[int, int]]:
    """Return where the picture is exactly, to the pixel: the exhaustive search, by the sum of squared differences."""
    apart = cv2.matchTemplate(screen, wanted, cv2.TM_SQDIFF)
    height, width = wanted.shape[:2]
    places = zip(*np.nonzero(apart <= 1e-4 * width * height * 65_025), strict=True)
    return [
        (int(x), int(y)) for y, x in places if np.array_equal(screen[y : y + height, x : x + width], wanted)
    ]  # what the transform rounds away is compared


def fonts_missing(plan: Plan) -> pytest.MarkDecorator:
    """Skip a plan whose font this machine lacks."""
    return pytest.mark.skipif(not Path(plan.face).exists(), reason=f"{plan.face} is not installed")
