"""Ten faults while a server edits and runs; `tests/benchmarks/bench_chaos.py` lets three hundred happen."""

import sys
from pathlib import Path

import pytest

from tests.chaos import Chaos, small_disk

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]


async def test_nothing_acknowledged_is_lost_and_nothing_stays_held(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        chaos = Chaos(tmp_path, disk, seed=11)
        try:
            await chaos.play(10)
        finally:
            chaos.close()
