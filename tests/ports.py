"""A port for a server that a test ends and starts again at the same place."""

import random
import socket
from pathlib import Path

FIRST = 15_000
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""The ports that the system hands out by itself: whoever connects or asks for "any port" gets one of these."""


def free_port() -> int:
    """
    Return a port that nobody has and that the system gives to nobody.

    A port from the range that the system hands out may be somebody else's as soon as the server is down: that of a
    client of any program, even of one that tries to reach this very port and so connects to itself.
    """
    handed_out = int(RANGE.read_text("ascii").split()[0]) if RANGE.exists() else 32_768
    choice = random.SystemRandom()
    while True:
        port = choice.randrange(FIRST, max(handed_out, FIRST + 1000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
