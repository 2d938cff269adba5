"""Finding one picture on a screen, beside pyscreeze (and airtest where it is installed). Run: python -m tests.benchmarks.bench_pictures

The answers are checked before anything is timed. Each figure is the median of the runs, and the fastest in brackets.
"""

import importlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from flowdesk.drivers.picture_files import Picture
from flowdesk.drivers.pictures import LADDER, Hit, search, search_near
from flowdesk.drivers.screen import Pixels, Shot
from flowdesk.model.geometry import Box

RUNS = 9
PLACE = Box(1003, 601, 86, 34)


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


def button(label: str, fill: tuple[int, int, int]) -> Pixels:
    """Draw the picture to look for."""
    pixels = np.full((PLACE.height, PLACE.width, 3), fill, np.uint8)
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
    """Return a search by airtest's template matching at threshold 0.9."""
    peer = importlib.import_module("airtest.aircv.template")

    def look() -> Box | None:
        found = peer.find_template(screen, picture, 0.9)
        if not found:
            return None
        (left, top), (_, bottom), (right, _), _ = found["rectangle"]
        return Box(left, top, right - left, bottom - top)

    return look


def own_way(screen: Pixels, picture: Picture, ladder: Sequence[float] = ()) -> Callable[[], Box | None]:
    """Return flowdesk's search at similarity 0.9."""

    def look() -> Box | None:
        hits = search(Shot(screen), [picture], 0.9, ladder=ladder).hits
        return hits[0].box if hits else None

    return look


def own_again(screen: Pixels, picture: Picture) -> Callable[[], Hit | None]:
    """Return flowdesk's look at the last place, without the grab."""
    last = Hit(PLACE, 1.0, 1.0, picture.name)
    around = Box(PLACE.x - 12, PLACE.y - 12, PLACE.width + 24, PLACE.height + 24)
    return lambda: search_near(Shot(screen).cropped(around), picture, last)


def main() -> int:
    """Check the answers, then time them; return 1 when an answer is wrong."""
    for width, height in ((1920, 1080), (3840, 2160)):
        screen, there, absent = (
            background(width, height),
            button("Save 12", (200, 120, 30)),
            button("Quit?", (30, 160, 60)),
        )
        screen[PLACE.y : PLACE.bottom, PLACE.x : PLACE.right] = there
        for name, wanted, expected in (("hit", there, PLACE), ("miss", absent, None)):
            ways = {
                "flowdesk, its scale": own_way(screen, Picture("b", wanted)),
                "flowdesk, all scales": own_way(screen, Picture("b", wanted), LADDER),
                "pyscreeze": pyscreeze_way(screen, wanted),
            }
            if importlib.util.find_spec("airtest"):
                ways["airtest"] = airtest_way(screen, wanted)
            wrong = {way: found for way, look in ways.items() if (found := look()) != expected}
            if wrong:
                print(f"wrong answers for the {name} at {width}x{height}: {wrong}", file=sys.stderr)
                return 1
            figures = {way: timed(look) for way, look in ways.items()}
            own = figures["flowdesk, its scale"][0]
            for way, (median, text) in figures.items():
                print(f"{width}x{height} {name:5} {way:22} {text}   {median / own:5.1f} times flowdesk's")
        _, text = timed(own_again(screen, Picture("b", there)))
        print(f"{width}x{height} last place, no grab      {text}")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
