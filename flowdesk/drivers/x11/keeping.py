"""Leaving the clipboard's content behind when flowdesk ends: to a small process that serves it until someone copies something else."""

import base64
import contextlib
import json
import os
import subprocess
import sys
import threading

from flowdesk.drivers.x11.content import Content

PATIENCE = 2.0
"""Seconds that the process may take to take over."""


def start_keeper(content: Content, taken: threading.Event) -> None:
    """Start a process that serves a content until someone copies something else, and wait until it has taken over."""
    if getattr(sys, "frozen", False):
        return  # A packaged program has no interpreter to start; there the clipboard ends with it.
    packed = json.dumps({name: base64.b64encode(raw).decode() for name, raw in content.formats.items()})
    with contextlib.suppress(OSError):
        child = subprocess.Popen(
            [sys.executable, "-m", "flowdesk.drivers.x11.clipboard_keeper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert child.stdin is not None
        with child.stdin as pipe:
            pipe.write(packed.encode())
        taken.wait(PATIENCE)
        # It outlives this process on purpose; telling so keeps Python from complaining.
        child.returncode = 0
