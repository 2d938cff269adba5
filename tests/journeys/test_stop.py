"""A stop ends the input, as the X server sees it, from a client and by the key, whatever the event loop does."""

from pathlib import Path

import pytest

from tests.rig import Apps
from tests.stopping import stage

pytestmark = pytest.mark.desktop
PATIENCE = 1.0
"""Seconds that a loaded machine may take; what a quiet one takes is measured in ``bench_stop.py``."""


async def test_no_input_follows_a_stop_and_nothing_stays_down(apps: Apps, tmp_path: Path) -> None:
    window = apps.qt()
    async with stage(apps.rig, tmp_path) as on:
        picture = on.picture(window.box)
        for phase in ("typing", "drag", "image", "command", "pause"):
            stopped = await on.stop(phase, 0.2, picture)
            assert stopped.held == ([], 0), phase
            assert stopped.input < PATIENCE, phase


async def test_the_key_ends_the_input_while_the_event_loop_is_blocked(apps: Apps, tmp_path: Path) -> None:
    apps.qt()
    async with stage(apps.rig, tmp_path) as on:
        stopped = await on.stop_by_key("drag", 0.1, blocked=2.0)
        assert stopped.held == ([], 0)
        assert stopped.input < PATIENCE
