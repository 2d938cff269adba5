"""A look that cannot be ended keeps neither the end of the desktop nor that of the process waiting."""

import asyncio
import subprocess
import sys
import threading
import time

from flowdesk.drivers.beside import LookPool, in_pool, is_left_behind

LEAVES = """
import sys, threading
from flowdesk import cli
from flowdesk.drivers.beside import LookPool
pool = LookPool(1)
pool.submit(threading.Event().wait, 300)
pool.close()
print("put in order")
cli._leave(7)
"""


async def test_a_pool_that_ends_leaves_behind_what_goes_on() -> None:
    pool, go = LookPool(2), threading.Event()
    assert await in_pool(pool, lambda: 5) == 5
    late, waiting = pool.submit(go.wait), [pool.submit(go.wait) for _ in range(3)]
    begun = time.monotonic()
    pool.close()
    assert time.monotonic() - begun < 30
    assert not late.done()
    assert waiting[-1].cancelled(), "what had not begun is not begun any more"
    assert is_left_behind()
    go.set()
    assert late.result(30)
    while is_left_behind():
        assert time.monotonic() - begun < 60
        await asyncio.sleep(0.01)


def test_a_process_does_not_wait_for_it() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (7, "put in order\n"), done.stderr
