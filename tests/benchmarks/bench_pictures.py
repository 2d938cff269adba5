"""Finding one picture on a screen, beside pyscreeze and airtest: a hit and a miss at full HD and 4K.

The answers are checked before anything is timed. Each figure is the median of the runs, and the fastest in brackets.
"""

import asyncio
import importlib
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.pictures import LADDER, Hit, search, search_near
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.model.geometry import Box
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import Query
from tests.drivers.lookalikes import Plan, cut
from tests.rig import PATIENCE, Rig

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # pyscreeze leaves pipes open
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

RUNS = 9
KINDS = ("button", "icon", "label")


def background(width: int, height: int) -> Pixels:
    """Draw a busy screen: windows, texts, buttons in all colours."""
    rng = np.random.default_rng(7)
    pixels = np.full((height, width, 3), 240, np.uint8)
    for _ in range(400 * width // 1920):
        x, y = int(rng.integers(0, width - 120)), int(rng.integers(0, height - 50))
        corner = (x + int(rng.integers(20, 120)), y + int(rng.integers(10, 50)))
        cv2.rectangle(pixels, (x, y), corner, rng.integers(0, 255, 3).tolist(), -1)
        label = "".join(chr(int(sign)) for sign in rng.integers(65, 122, 8))
        cv2.putText(pixels, label, (x + 3, y + 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return pixels


def widget(kind: str, label: str, fill: tuple[int, int, int]) -> Pixels:
    """Draw the picture to look for: a button, an icon, or a line of text on white."""
    if kind == "icon":
        pixels = np.full((24, 24, 3), 236, np.uint8)
        cv2.circle(pixels, (11, 11), 8, fill, -1, cv2.LINE_AA)
        cv2.putText(pixels, label[:1], (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
        return pixels
    if kind == "label":
        pixels = np.full((18, 150, 3), 255, np.uint8)
        cv2.putText(pixels, label + " as", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 20), 1, cv2.LINE_AA)
        return pixels
    pixels = np.full((34, 86, 3), fill, np.uint8)
    cv2.putText(pixels, label, (6, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA)
    return pixels


def timed(work: Callable[[], Any]) -> tuple[float, str]:
    """Return the median in ms, and it with the fastest as text."""
    work()
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    median = statistics.median(taken)
    return median, f"{median:8.2f} ms ({min(taken):.2f})"


def pyscreeze_way(screen: Pixels, picture: Pixels) -> Callable[[], Box | None]:
    """Return a search by pyscreeze at confidence 0.9."""
    peer = importlib.import_module("pyscreeze")
    whole, needle = Image.fromarray(screen[..., ::-1]), Image.fromarray(picture[..., ::-1])

    def look() -> Box | None:
        try:
            found = peer.locate(needle, whole, confidence=0.9)
        except peer.ImageNotFoundException:
            return None
        return None if found is None else Box(int(found.left), int(found.top), int(found.width), int(found.height))

    return look


def airtest_way(screen: Pixels, picture: Pixels) -> Callable[[], Box | None]:
    """Return a search as airtest 1.4 does it for its method ``tpl``, at threshold 0.9.

    The package needs an adb and an OpenCV of its own, so its steps are written out here: correlation in grey of the whole
    screen, the maximum, then the correlation of each colour channel there (``aircv.template.find_template``).
    """

    def look() -> Box | None:
        grey_screen, grey = cv2.cvtColor(screen, cv2.COLOR_BGR2GRAY), cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        _, _, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(grey_screen, grey, cv2.TM_CCOEFF_NORMED))
        height, width = picture.shape[:2]
        crop = screen[top : top + height, left : left + width]
        hue_crop, hue = np.clip(crop, 10, 245), np.clip(picture, 10, 245)
        channels = [
            cv2.minMaxLoc(cv2.matchTemplate(hue_crop[..., index], hue[..., index], cv2.TM_CCOEFF_NORMED))[1]
            for index in range(3)
        ]
        return Box(left, top, width, height) if min(channels) >= 0.9 else None

    return look


def own_way(screen: Pixels, picture: Picture, ladder: Sequence[float] = ()) -> Callable[[], Box | None]:
    """Return flowdesk's search at similarity 0.9, as each look of a wait does it."""

    def look() -> Box | None:
        hits = search(Shot(screen), [picture], 0.9, ladder=ladder, wants_best=False).hits
        return hits[0].box if hits else None

    return look


def own_told(screen: Pixels, picture: Picture) -> Callable[[], Box | None]:
    """Return the search at all scales that tells the best place on a miss, as the last look of a wait does it."""

    def look() -> Box | None:
        hits = search(Shot(screen), [picture], 0.9).hits
        return hits[0].box if hits else None

    return look


def own_again(screen: Pixels, picture: Picture, place: Box) -> Callable[[], Hit | None]:
    """Return flowdesk's look at the last place, without the grab."""
    last = Hit(place, 1.0, 1.0, picture.name)
    around = Box(place.x - 12, place.y - 12, place.width + 24, place.height + 24)
    return lambda: search_near(Shot(screen).cropped(around), picture, last)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_one_picture_beside_the_peers(kind: str, size: tuple[int, int]) -> None:
    """Check the answers, then time them."""
    width, height = size
    shown = background(width, height)
    there, absent = widget(kind, "Save 12", (200, 120, 30)), widget(kind, "Quit?", (30, 160, 60))
    place = Box(1003, 601, there.shape[1], there.shape[0])
    shown[place.y : place.bottom, place.x : place.right] = there
    without = background(width, height)
    for name, screen, wanted, expected in (("hit", shown, there, place), ("miss", without, absent, None)):
        picture = Picture("b", wanted)
        ways = {
            "flowdesk, its scale": own_way(screen, picture),
            "flowdesk, all scales": own_way(screen, picture, LADDER),
            "the same, told why": own_told(screen, picture),
            "pyscreeze": pyscreeze_way(screen, wanted),
            "airtest": airtest_way(screen, wanted),
        }
        wrong = {way: found for way, look in ways.items() if (found := look()) != expected}
        assert not any("flow" in way or "same" in way for way in wrong), wrong
        figures = {way: timed(look) for way, look in ways.items()}
        for way, (median, text) in figures.items():
            beside = (
                ""
                if "flow" in way or "same" in way
                else "   "
                + ", ".join(
                    f"{median / figures[own][0]:.1f} times {own!r}" for own in figures if "flow" in own or "same" in own
                )
            )
            print(f"{height:4}p {kind:5} {name:4} {way:22} {text}{beside}{' WRONG ANSWER' * (way in wrong)}")
    _, text = timed(own_again(shown, Picture("b", there), place))
    print(f"{height:4}p {kind:5} last place, no grab       {text}")


@pytest.mark.desktop
async def test_a_look_at_the_last_place_with_the_grab(clean_desktop: Rig, eyes: RealEyes, tmp_path: Path) -> None:
    """Time a whole look on a screen: taking the pixels, the windows above, the comparison."""
    pixels = np.concatenate([widget("label", f"Row {number}", (200, 120, 30)) for number in range(8)])
    cv2.imwrite(str(tmp_path / "row.png"), pixels[36:54])
    cv2.imwrite(str(tmp_path / "all.png"), pixels)
    clean_desktop.start(["display", "-title", "rows", str(tmp_path / "all.png")])
    query = Query((parse_selector("image=row.png"),), assets=str(tmp_path))
    deadline = time.monotonic() + PATIENCE
    while (await eyes.find(query)).spot is None:
        assert time.monotonic() < deadline, "the picture is not shown"
        await asyncio.sleep(0.05)
    taken = []
    for _ in range(50):
        sighting = await eyes.find(query)
        assert sighting.spot is not None
        taken.append(sighting.seconds * 1000)
    print(f"last place with grab, 1600x1000: {statistics.median(taken):.2f} ms ({min(taken):.2f})")


@pytest.mark.parametrize("count", [(5, 4), (10, 9), (20, 17), (24, 26)])
def test_look_alikes_beside_one_plain_correlation(count: tuple[int, int]) -> None:
    """Say what a search costs as the number of look-alikes grows, as a multiple of pyscreeze's, which sees one place."""
    shown, boxes = Plan("seats", count=count, button=(72, 32), gap=6).drawn()
    taken = []
    for number in range(3, len(boxes), max(1, len(boxes) // 5)):
        wanted = cut(shown, boxes[number])
        look = own_way(shown, Picture("b", wanted))
        assert look() == boxes[number]
        peer, _ = timed(pyscreeze_way(shown, wanted))
        own, _ = timed(look)
        taken.append((own, own / peer))
    own, times = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"1080p {len(boxes):4} look-alikes: {own:7.2f} ms, {times:.2f} times pyscreeze's one correlation")
