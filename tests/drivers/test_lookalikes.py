"""However many look-alikes there are: what is there once is found where it is, and a twin is never taken for it.

An exhaustive search by OpenCV is the judge of where a picture is.
"""

import random
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import pytest

from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.pictures import search
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.drivers.places import Match, in_reading_order, rival_from
from flowdesk.model.geometry import Box
from tests.drivers.lookalikes import PLANS, Plan, cut, exact_places, fonts_missing

CROPS = 12
BY_NAME = {plan.name: plan for plan in PLANS}
names = pytest.mark.parametrize("name", [pytest.param(plan.name, marks=fonts_missing(plan)) for plan in PLANS])


@lru_cache(maxsize=1)
def drawn(plan: Plan) -> tuple[Shot, list[Box]]:
    pixels, boxes = plan.drawn()
    return Shot(pixels), boxes


def some(boxes: Sequence[Box], count: int = CROPS) -> list[Box]:
    return random.Random(12).sample(list(boxes), min(count, len(boxes)))


def inner(box: Box, number: int) -> Box:
    """Cut in turn the whole button, its inside, and with some of what surrounds it."""
    margin = (0, 4, -2)[number % 3]
    return Box(box.x + margin, box.y + margin, box.width - 2 * margin, box.height - 2 * margin)


@names
def test_what_is_there_once_is_found_and_is_not_ambiguous(name: str) -> None:
    shot, boxes = drawn(BY_NAME[name])
    faults = []
    for number, box in enumerate(some(boxes)):
        part = inner(box, number)
        wanted = cut(shot.pixels, part)
        places = exact_places(shot.pixels, wanted)
        found = search(shot, [Picture("w", wanted)], 0.8)
        hits = [(hit.box.x, hit.box.y) for hit in found.hits if hit.score > 0.999]
        if not places or set(places) != set(hits):
            faults.append(f"{part}: there at {places}, found at {hits}")
        best = Match(found.hits[0].box, "image", found.hits[0].score) if found.hits else None
        if len(places) == 1 and best is not None and found.runner_up >= rival_from(best):
            faults.append(f"{part}: ambiguous, {found.runner_up}")
    assert faults == []


@names
def test_when_it_is_gone_no_twin_is_taken_for_it(name: str) -> None:
    plan = BY_NAME[name]
    shot, boxes = drawn(plan)
    faults = []
    for box in some(boxes, 6):
        without = shot.pixels.copy()
        without[box.y : box.bottom, box.x : box.right] = plan.ground[::-1]
        found = search(Shot(without), [Picture("w", cut(shot.pixels, box))], 0.8, wants_best=False)
        faults += [f"{box}: {hit}" for hit in found.hits]
    assert faults == []


def noisy(pixels: Pixels, seed: int) -> Pixels:
    """Return pixels as a lossy picture has them, or with noise."""
    if seed % 2:
        return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1], 1), np.uint8)
    noise = np.random.default_rng(seed).normal(0, 2, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["seats", "calendar", "files", "joined cells"])
def test_a_noisy_picture_is_found_at_its_place(name: str) -> None:
    shot, boxes = drawn(BY_NAME[name])
    faults = []
    for number, box in enumerate(some(boxes)):
        found = search(shot, [Picture("w", noisy(cut(shot.pixels, box), number))], 0.75, wants_best=False)
        if not found.hits or found.hits[0].box != box:
            faults.append(f"{number} {box}: {found.hits[:2]}")
    assert faults == []


@pytest.mark.parametrize("scale", [1.25, 1.5, 2.0])
def test_an_enlarged_screen_of_them_gives_the_right_one(scale: float) -> None:
    pixels, boxes = Plan("seats", count=(10, 10)).drawn()
    part = pixels[:440, :920]
    shot = Shot(np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8))
    faults = []
    for box in some(boxes, 6):
        found = search(shot, [Picture("w", cut(pixels, box))], 0.8, wants_best=False)
        expected = (round(box.x * scale), round(box.y * scale))
        places = [(hit.box.x, hit.box.y) for hit in found.hits]
        if len(places) != 1 or max(abs(places[0][0] - expected[0]), abs(places[0][1] - expected[1])) > 2:
            faults.append(f"{box}: {found.hits}, {found.best}")
    assert faults == []


def test_a_twin_that_scores_less_comes_second_however_near_and_copies_come_as_people_read() -> None:
    pixels, boxes = Plan("pale", ink=(228, 228, 228), fill=(240, 240, 240), count=(10, 4)).drawn()
    wanted = cut(pixels, boxes[18])
    for other in (25, 31):
        box = boxes[other]
        pixels[box.y : box.bottom, box.x : box.right] = wanted
    found = search(Shot(pixels), [Picture("w", wanted)], 0.8)
    assert len(found.hits) > 3, "the twins are so faint that they are found, too"
    assert [hit.box for hit in found.hits[:3]] == [boxes[18], boxes[25], boxes[31]]
    assert len({hit.score for hit in found.hits[:3]}) == 1
    assert found.hits[3].score < found.hits[0].score
    matches = in_reading_order([Match(hit.box, "image", hit.score) for hit in found.hits])
    assert [match.box for match in matches[:3]] == [boxes[18], boxes[25], boxes[31]]
