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


def test_a_stop_in_one_session_leaves_another_alone(bell: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    until(mine, "an answer")
    heard, ring = socket.socketpair()
    stopped: list[str] = []

    def stop() -> list[str]:
        stopped.append("there")
        return stopped

    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
    there = threading.Thread(target=stopping.hear, args=("serve", stop, heard), daemon=True)
    there.start()
    until(lambda: len(mine()) == 2, "both to answer in that session")
    stopped.clear()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-2")
    assert [one["process"] for one in mine()] == ["run"]
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setenv("DISPLAY", ":99")
    assert [one["process"] for one in mine()] == ["run"]
    assert not stopped
    monkeypatch.delenv("DISPLAY")
    assert sorted(one["process"] for one in mine()) == ["run", "serve"]
    ring.send(b"x")
    there.join(5)
    heard.close()
    ring.close()
