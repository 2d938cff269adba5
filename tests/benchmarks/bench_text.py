"""Text by OCR: a region of 400x200 read for the first time, and again with nothing changed. Answers are checked first."""

import statistics
import time

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from flowdesk.drivers.matching import Wanted
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.drivers.pixels.text import Reader, match
from flowdesk.model.selector import parse_selector
from tests.drivers.corpus import font

pytestmark = pytest.mark.benchmark

RUNS = 9
WORDS = ("Save as", "取消", "File 12", "确定", "Settings", "打开文件", "Log in", "下一步")
LOOKS = {
    "light": ((246, 246, 248), (30, 30, 32), 14, False),
    "dark": ((36, 38, 44), (225, 225, 228), 14, False),
    "small": ((255, 255, 255), (40, 40, 40), 10, False),
    "buttons": ((240, 240, 240), (255, 255, 255), 14, True),
}


def form(look: str, seed: int = 0) -> Pixels:
    """Draw eight labels in two columns on 400x200, with a shade that makes each picture another."""
    ground, ink, size, is_button = LOOKS[look]
    image = Image.new("RGB", (400, 200), ground)
    draw = ImageDraw.Draw(image)
    for index, word in enumerate(WORDS):
        x, y = 20 + index % 2 * 190, 14 + index // 2 * 46
        if is_button:
            draw.rounded_rectangle((x - 10, y - 6, x + 120, y + 24), 5, fill=(26, 115, 232))
        draw.text((x, y), word, font=font(size, is_chinese=True), fill=ink)
    draw.point((399, 199), fill=(seed % 256, seed // 256 % 256, 0))
    return np.ascontiguousarray(np.asarray(image, np.uint8)[..., ::-1])


@pytest.mark.parametrize("look", LOOKS)
def test_a_region_is_read(look: str) -> None:
    """Count the words that are found, then time a first and a second look."""
    reader = Reader()
    lines = reader.read(Shot(form(look)))
    found = [word for word in WORDS if match(lines, Wanted(parse_selector(f'text="{word}"').steps[0]))]
    first: list[float] = []
    again: list[float] = []
    for seed in range(1, RUNS + 1):
        # Another ground each time: nothing of the last look can be used again.
        shot = Shot(
            np.asarray(
                cv2.add(form(look, seed), np.full((200, 400, 3), seed % 7 - 3, np.int16), dtype=cv2.CV_8U), np.uint8
            )
        )
        for times in (first, again):
            begun = time.perf_counter()
            reader.read(shot)
            times.append((time.perf_counter() - begun) * 1000)
    print(
        f"400x200 {look:8} {len(found)} of {len(WORDS)} words; first {statistics.median(first):6.1f} ms (goal 300),"
        f" unchanged {statistics.median(again):5.2f} ms (goal 10)"
    )
    assert len(found) >= len(WORDS) - 1, [line.text for line in lines]
