"""Pictures are found where they are, at any scale, and never where only their near twins are."""

import random

import cv2
import numpy as np
import pytest

from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.pictures import Hit, exact_apart, search, search_near
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.model.errors import PictureUnusable
from flowdesk.model.geometry import Box, Point
from tests.drivers.corpus import DECOYS, LABELS, Case, Widget, decoy, make_case

CASES = 330


@pytest.mark.parametrize("first", range(0, CASES, 30))
def test_the_corpus_has_no_wrong_hit_and_no_miss(first: int) -> None:
    faults = [fault for number in range(first, first + 30) if (fault := judged(make_case(number)))]
    assert faults == []


def judged(case: Case) -> str:
    found = search(Shot(case.screen), [Picture("wanted", case.picture)], 0.8)
    if case.place is None:
        return f"{case.name}: wrong hit {found.hits[0]}" if found.hits else ""
    if not found.hits:
        return f"{case.name}: missed, best {found.best}, is at {case.place}"
    box = found.hits[0].box
    is_right = len(found.hits) == 1 and all(abs(one - other) <= 3 for one, other in zip(box, case.place, strict=True))
    return "" if is_right else f"{case.name}: {found.hits} instead of {case.place}"


def canvas(*placed: tuple[Pixels, int, int], width: int = 640, height: int = 400) -> Pixels:
    pixels = np.full((height, width, 3), 240, np.uint8)
    for image, x, y in placed:
        pixels[y : y + image.shape[0], x : x + image.shape[1]] = image
    return pixels


def button(label: str = "Apply", fill: tuple[int, int, int] = (160, 200, 250)) -> Pixels:
    return np.ascontiguousarray(np.asarray(Widget(label, fill, (20, 20, 20)).drawn(), np.uint8)[..., ::-1])


FILLS = ((225, 228, 232), (52, 56, 64), (26, 115, 232))


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 1.75, 2.0])
def test_twins_drawn_afresh_at_a_scale_are_never_found(scale: float) -> None:
    faults = []
    rng = random.Random(int(scale * 100))
    for label in LABELS:
        for fill in FILLS:
            widget = Widget(label, fill, (235, 235, 235) if sum(fill) < 500 else (25, 25, 30))
            picture = Picture("wanted", np.ascontiguousarray(np.asarray(widget.drawn(), np.uint8)[..., ::-1]))
            twins = [decoy(widget, kind, rng) for kind in DECOYS]
            # Two pixels of the screen, whatever the scale.
            twins.append(Widget(widget.label, widget.fill, widget.ink, shift=2 / scale))
            found = search(Shot(sheet([twin.redrawn(scale) for twin in twins])), [picture], 0.8)
            faults += [f"{label} {fill} {hit}" for hit in found.hits]
    assert faults == []


@pytest.mark.parametrize("scale", [1.25, 1.5, 1.75, 2.0])
def test_a_label_two_pixels_of_the_screen_further_on_is_another(scale: float) -> None:
    for label in LABELS:
        for fill in FILLS:
            widget = Widget(label, fill, (235, 235, 235) if sum(fill) < 500 else (25, 25, 30))
            drawn = np.ascontiguousarray(np.asarray(widget.drawn(), np.uint8)[..., ::-1])
            shown = np.asarray(cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8)
            moved, begin = shown.copy(), round(21 * scale)
            moved[3:-3, begin + 2 : -3] = shown[3:-3, begin:-5]
            assert search(Shot(sheet([shown])), [Picture("b", drawn)], 0.8).hits
            assert not search(Shot(sheet([moved])), [Picture("b", drawn)], 0.8).hits, f"{label} {fill}"


def sheet(images: list[Pixels]) -> Pixels:
    """Show images one below the other."""
    return canvas(*((image, 23, 17 + 80 * row) for row, image in enumerate(images)))


def test_coordinates_are_those_of_the_virtual_desktop() -> None:
    shot = Shot(canvas((button(), 100, 50)), Point(-640, 200))
    found = search(shot, [Picture("b", button())], 0.8)
    assert [hit.box for hit in found.hits] == [Box(-540, 250, 92, 32)]
    assert found.hits[0].score > 0.99
    assert all(type(number) is int for number in found.hits[0].box)


@pytest.mark.parametrize("shade", [1, 2, 4])
def test_what_is_there_to_the_pixel_comes_before_a_twin_with_a_faint_dot(shade: int) -> None:
    image = np.full((30, 80, 3), 230, np.uint8)
    cv2.putText(image, "Seat", (6, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (30, 30, 30), 1, cv2.LINE_AA)
    twin = image.copy()
    twin[14:16, 66:68] -= shade
    shot = Shot(canvas((twin, 20, 20), (image, 200, 20), (twin, 20, 100), (image, 200, 100)))
    picture = Picture("seat", image)
    found = search(shot, [picture], 0.8)
    told = exact_apart(shot, found.hits, [picture])
    assert [hit.box[:2] for hit in told] == [(200, 20), (200, 100), (20, 20), (20, 100)]
    assert [hit.score < 0.998 for hit in told] == [False, False, True, True]
    noisy = Picture("seat", image + np.uint8(1))
    assert exact_apart(shot, found.hits, [noisy]) == found.hits


def test_equal_hits_come_in_reading_order() -> None:
    places = [(30, 300), (300, 20), (20, 20), (400, 150)]
    pixels = canvas(*((button(), x, y) for x, y in places))
    found = search(Shot(pixels), [Picture("b", button())], 0.8)
    assert [(hit.box.x, hit.box.y) for hit in found.hits] == [(20, 20), (300, 20), (400, 150), (30, 300)]
    assert found.runner_up > 0.99


def test_a_miss_says_the_best_score_place_and_scale() -> None:
    pixels = canvas((button("Apple"), 200, 100))
    found = search(Shot(pixels), [Picture("b", button("Apply"))], 0.8)
    assert found.hits == ()
    assert found.best is not None
    assert 0.2 < found.best.score < 0.8
    assert found.best.box == Box(200, 100, 92, 32)
    assert found.best.scale == 1.0


def test_the_threshold_is_never_loosened() -> None:
    shot = Shot(canvas((button("Apple"), 200, 100)))
    score = getattr(search(shot, [Picture("b", button("Apply"))], 0.8).best, "score", 0.0)
    assert search(shot, [Picture("b", button("Apply"))], score - 0.01).hits
    assert not search(shot, [Picture("b", button("Apply"))], score + 0.01).hits


def test_any_of_several_alternatives_will_do() -> None:
    dark = button(fill=(40, 40, 50))
    shot = Shot(canvas((dark, 11, 13)))
    found = search(shot, [Picture("light", button()), Picture("dark", dark)], 0.8)
    assert [(hit.name, hit.box.x, hit.box.y) for hit in found.hits] == [("dark", 11, 13)]


def test_the_capture_scale_leads_to_the_expected_scale() -> None:
    taken = cv2.resize(button(), None, fx=1.3, fy=1.3, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    found = search(Shot(canvas((button(), 77, 66))), [Picture("b", taken, scale=1.3)], 0.7, 1.0, ladder=())
    assert [hit.scale for hit in found.hits] == [0.769]
    assert found.hits[0].box.x == pytest.approx(77, abs=1)


def test_what_is_transparent_does_not_count() -> None:
    image = button()
    mask = np.full(image.shape[:2], 255, np.uint8)
    mask[:, :22] = 0
    changed = image.copy()
    changed[:, :22] = np.random.default_rng(1).integers(0, 255, (32, 22, 3))
    shot = Shot(canvas((changed, 300, 200)))
    assert [hit.box for hit in search(shot, [Picture("b", image, mask)], 0.8).hits] == [Box(300, 200, 92, 32)]
    assert not search(shot, [Picture("b", image)], 0.8).hits


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_flat_pictures_are_refused(shade: int) -> None:
    with pytest.raises(PictureUnusable, match="single color") as caught:
        Picture("b", np.full((20, 30, 3), shade, np.uint8))
    assert "color=" in caught.value.fix


def test_pictures_larger_than_where_they_are_looked_for_are_refused() -> None:
    with pytest.raises(PictureUnusable, match="larger than the search area") as caught:
        search(Shot(canvas(width=40, height=20)), [Picture("b", button())], 0.8, ladder=())
    assert "92x32" in str(caught.value)
    assert "40x20" in str(caught.value)


def test_a_picture_with_little_in_it_is_found_where_it_is_exactly() -> None:
    screen = canvas(width=800, height=400)
    screen[150:170], screen[170:173], screen[173:300] = 225, 90, 10
    for place, label in enumerate(("Lines", "Words", "Pages", "Signs")):
        cv2.putText(
            screen, label, (60 + 190 * place, 165), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (30, 30, 30), 1, cv2.LINE_AA
        )
    for x in (10, 40, 200, 230, 390, 420, 580, 610):
        wanted = Picture("b", screen[140:240, x : x + 110].copy())
        found = search(Shot(screen), [wanted], 0.8)
        assert any(hit.box == Box(x, 140, 110, 100) and hit.score > 0.99 for hit in found.hits), x


def test_one_of_two_edges_is_not_lost_behind_many_places_that_look_like_it() -> None:
    screen = canvas(width=900, height=700)
    screen[:, 850:] = 0
    screen[20:690, 300:304] = 205
    cv2.rectangle(screen, (270, 333), (299, 360), (190, 190, 190), 2)
    wanted = Picture("b", screen[320:370, 280:330].copy())
    found = search(Shot(screen), [wanted], 0.8)
    assert [hit.box for hit in found.hits if hit.score > 0.99] == [Box(280, 320, 50, 50)]


def test_the_last_place_is_enough_to_see_it_again() -> None:
    picture = Picture("b", button())
    pixels = canvas((button(), 103, 52))
    last = Hit(Box(100, 50, 92, 32), 1.0, 1.0, "b")
    around = Shot(pixels).cropped(Box(88, 38, 116, 56))
    again = search_near(around, picture, last)
    assert again is not None
    assert again.box == Box(103, 52, 92, 32)
    gone = search_near(Shot(canvas()).cropped(Box(88, 38, 116, 56)), picture, last)
    assert gone is None or gone.score < 0.5
