"""What the server's sockets do before anyone is known, seen from a raw TCP connection."""

import asyncio
from typing import Any

import pytest

from flowdesk.server.wire import STRANGER_BYTES


async def _answer(rig: Any, sent: bytes) -> bytes:
    """Send bytes and return all that comes until the server ends the connection."""
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.server.port)
        try:
            writer.write(sent)
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH"])
async def test_a_method_that_changes_things_is_refused_with_an_answer(rig: Any, method: bytes) -> None:
    host = f"127.0.0.1:{rig.server.port}".encode()
    answer = await _answer(rig, method + b" /health HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 2\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 405 ")


async def test_a_stranger_that_sends_too_much_is_cut_off_without_a_word(rig: Any) -> None:
    assert await _answer(rig, b"GET /" + b"x" * (STRANGER_BYTES + 1)) == b""


async def test_after_both_the_next_client_is_served(rig: Any) -> None:
    await _answer(rig, b"POST / HTTP/1.1\r\n\r\n")
    await _answer(rig, b"GET /" + b"x" * (STRANGER_BYTES + 1))
    host = f"127.0.0.1:{rig.server.port}".encode()
    answer = await _answer(rig, b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"healthy" in answer
