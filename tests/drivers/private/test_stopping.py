"""Processes that are on no desktop hear `flowdesk stop` by a socket that leaves nothing behind."""

import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from flowdesk.drivers.private import stopping
from tests.rig import until


@pytest.fixture
def bell() -> Iterator[socket.socket]:
    """Ends the listener; the other end hears it."""
    heard, ring = socket.socketpair()
    thread = threading.Thread(target=stopping.hear, args=("run", lambda: ["Fill the form", "张三"], heard), daemon=True)
    thread.start()
    yield ring
    ring.send(b"x")
    thread.join(5)
    heard.close()
    ring.close()


def mine() -> list[dict[str, Any]]:
    return [one for one in stopping.ask_all() if one["pid"] == os.getpid() and one["count"] is not None]


def test_who_hears_says_what_it_stopped(bell: socket.socket) -> None:
    answers = until(mine, "an answer")
    assert answers == [{"process": "run", "pid": os.getpid(), "count": 2, "runs": ["Fill the form", "张三"]}]


def test_who_hears_no_more_leaves_nothing_behind(bell: socket.socket) -> None:
    until(mine, "an answer")
    bell.send(b"x")
    until(lambda: not [one for one in stopping.ask_all() if one["pid"] == os.getpid()], "the socket to go")


def test_who_was_started_on_another_desktop_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7071")
    request.getfixturevalue("bell")
    until(mine, "an answer")
    monkeypatch.setenv("DISPLAY", ":7072")
    assert mine() == []
    monkeypatch.setenv("DISPLAY", ":7071.0")
    assert mine()
    monkeypatch.setenv("DISPLAY", "")
    assert mine()
