"""A text is taken for another only where the reader itself cannot tell them apart."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from flowdesk.drivers.matching import Wanted
from flowdesk.drivers.pixels.doubt import is_in_doubt, likelihood
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.drivers.pixels.text import Reader, match
from flowdesk.model.geometry import Box
from flowdesk.model.selector import parse_selector
from tests.drivers.corpus import font

PLACES = {"a": 1, "b": 2, "1": 3, "7": 4}


def chances(*steps: dict[int, float]) -> np.ndarray:
    return np.array([[step.get(sign, 0.0) for sign in range(5)] for step in steps], np.float32)


def test_all_ways_to_spell_a_text_count_together() -> None:
    seen = chances({0: 0.5, 1: 0.5}, {0: 0.5, 1: 0.5})
    assert np.exp(likelihood(seen, "a", PLACES)) == pytest.approx(0.75)
    assert likelihood(seen, "aa", PLACES) < -10
    assert likelihood(seen, "x", PLACES) < -1000


def test_doubt_is_the_readers_own_and_never_of_digits() -> None:
    assert is_in_doubt("b", "a", chances({1: 0.6, 2: 0.4}), PLACES)
    assert not is_in_doubt("b", "a", chances({1: 0.99, 2: 0.01}), PLACES)
    assert not is_in_doubt("7", "1", chances({3: 0.5, 4: 0.5}), PLACES)


NEAR = [
    ("Save", "Save As"), ("Save As...", "Save All..."), ("10", "100"), ("100", "1000"), ("Yes", "Yeso"),
    ("File 1", "File 7"), ("Row 3", "Row 8"), ("确定", "确认"), ("保存", "另存"), ("Log in", "Log on"),
    ("Delete", "Deleted"), ("Item 11", "Item 1"), ("Seat 013", "Seat 018"), ("No", "Now"), ("Import", "Export"),
    ("1,204.50", "1,204,50"), ("Address", "Addressee"), ("上一步", "下一步"), ("Class", "Glass"), ("Send", "Sent"),
    ("Open", "Opens"), ("Undo", "Undo all"), ("Print", "Prints"), ("Accept", "Except"), ("Left", "Lift"),
]  # fmt: skip
LOOKS = (((240, 240, 240), (30, 30, 30)), ((36, 38, 44), (225, 225, 225)), ((26, 115, 232), (255, 255, 255)))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize("size", [10, 16])
def test_near_texts_are_never_taken_for_one_another(reader: Reader, size: int) -> None:
    faults = []
    for ground, ink in LOOKS:
        shown = list(dict.fromkeys(text for pair in NEAR for text in pair))
        image = Image.new("RGB", (760, 30 + 34 * (len(shown) // 5 + 1)), ground)
        draw = ImageDraw.Draw(image)
        for place, text in enumerate(shown):
            draw.text((20 + place % 5 * 150, 12 + place // 5 * 34), text, font=font(size, is_chinese=True), fill=ink)
        shot = Shot(np.ascontiguousarray(np.asarray(image, np.uint8)[..., ::-1]))
        lines = reader.read(shot)
        for text in shown:
            wanted = Wanted(parse_selector(f'text="{text}"').steps[0])
            place = shown.index(text)
            frame = Box(10 + place % 5 * 150, 2 + place // 5 * 34, 150, 34)
            hits = [*match(lines, wanted), *reader.doubtful(shot, lines, wanted)]
            faults += [
                f"{ground} {text}: read at {hit.box}: {hit.text}" for hit in hits if not frame.contains(hit.box.center)
            ]
    assert faults == []
