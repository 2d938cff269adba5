"""Looking at the real screen in tests."""

import time

import pytest

from flowdesk.drivers.eyes import RealEyes
from flowdesk.model.geometry import Box
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import Miss, Query, Sighting, Spot
from tests.rig import PATIENCE


async def seen(eyes: RealEyes, text: str, **options: object) -> Spot:
    """Look until it is there."""
    sighting = Sighting()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        sighting = await eyes.find(query(text, **options))
        if sighting.spot is not None:
            return sighting.spot
    pytest.fail(f"{text}: {sighting.miss}")


async def missed(eyes: RealEyes, text: str, **options: object) -> Miss:
    sighting = await eyes.find(query(text, **options))
    assert sighting.spots == ()
    assert sighting.miss is not None
    return sighting.miss


def query(text: str, **options: object) -> Query:
    return Query(tuple(parse_selector(part) for part in text.split(" | ")), **options)  # type: ignore[arg-type]


def inside(box: Box, frame: tuple[int, int, int, int]) -> bool:
    return Box(*frame).contains(box.center)
