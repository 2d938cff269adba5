"""Many random faults while a server edits and runs: nothing acknowledged is lost, nothing is held, the next start works.

`FLOWDESK_CHAOS_FAULTS` (300) says how many, `FLOWDESK_CHAOS_SEED` (1) which.
"""

import os
import time
from pathlib import Path

import pytest

from tests.chaos import Chaos, small_disk

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]
FAULTS = int(os.environ.get("FLOWDESK_CHAOS_FAULTS", "300"))
SEED = int(os.environ.get("FLOWDESK_CHAOS_SEED", "1"))


async def test_random_faults(tmp_path: Path) -> None:
    begun = time.monotonic()
    with small_disk(tmp_path / "disk") as disk:
        chaos = Chaos(tmp_path, disk, SEED)
        try:
            await chaos.play(FAULTS)
        finally:
            chaos.close()
            print(f"\n{sum(chaos.counts.values())} faults in {time.monotonic() - begun:.0f} s: {dict(chaos.counts)}")
