"""A request that starts a flow: who may send it, how large it may be, and what the run reads of it."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from flowdesk.protocol.messages import Role
from flowdesk.server.hooks import MOST_BODY, read_body
from flowdesk.server.server import Server, ServerSettings
from tests.server.conftest import RecordingSession


class Hooks:
    """A server with hooks, and what they were called with."""

    def __init__(self, tmp_path: Any, **settings: Any) -> None:
        self.called: list[tuple[str, Any]] = []
        self.outcome = "ran"
        self.server = Server(
            RecordingSession(), ServerSettings(port=0, state=tmp_path, **settings), on_hook=self._start
        )

    async def _start(self, name: str, values: Mapping[str, Any]) -> Any:
        if name == "none":
            return None
        self.called.append((name, dict(values)))
        return {"outcome": self.outcome, "status": "running"}

    async def send(self, *lines: str, body: bytes = b"", parts: int = 1) -> tuple[int, dict[str, Any]]:
        """Send a request as it is and return status and body of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        whole = "\r\n".join((*lines, "", "")).encode() + body
        size = -(-len(whole) // parts)
        for begin in range(0, len(whole), size):
            writer.write(whole[begin : begin + size])
            await writer.drain()
            await asyncio.sleep(0)
        answer = await reader.read()
        writer.close()
        head, _, rest = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(rest) if rest.startswith(b"{") else {"text": rest.decode()}

    async def post(
        self, name: str, token: str | None, body: bytes = b"", *more: str, parts: int = 1
    ) -> tuple[int, Any]:
        """Send a request with a token."""
        proof = [f"Authorization: Bearer {token}"] if token is not None else []
        return await self.send(
            f"POST /hook/{name} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}", *proof,
            f"Content-Length: {len(body)}", *more, body=body, parts=parts,
        )  # fmt: skip


@pytest.fixture
async def hooks(tmp_path: Any) -> Any:
    made = Hooks(tmp_path)
    await made.server.start()
    yield made
    await made.server.stop()


JSON = "Content-Type: application/json"


@pytest.mark.parametrize("parts", [1, 7, 300])
async def test_with_a_token_of_the_role_run_it_starts_what_it_is_for(hooks: Hooks, parts: int) -> None:
    status, row = await hooks.post("order", hooks.server.tokens.show(), b'{"n": 3}', JSON, parts=parts)
    assert (status, row["outcome"]) == (202, "ran")
    assert hooks.called == [("order", {"body": {"n": 3}, "contentType": "application/json", "query": {}})]


async def test_the_token_may_stand_in_the_address_and_is_no_value(hooks: Hooks) -> None:
    token = hooks.server.tokens.show()
    lines = f"POST /hook/a?token={token}&x=1 HTTP/1.1", f"Host: 127.0.0.1:{hooks.server.port}"
    assert (await hooks.send(*lines))[0] == 202
    assert hooks.called[0][1]["query"] == {"x": "1"}


async def test_without_a_token_or_with_another_nothing_starts(hooks: Hooks) -> None:
    viewer = hooks.server.tokens.renew("viewer", Role.VIEW)
    editor = hooks.server.tokens.renew("editor", Role.EDIT)
    for token, expected in ((None, 401), ("wrong", 401), (viewer, 403), (editor, 403)):
        status, answer = await hooks.post("order", token, b"{}", JSON)
        assert status == expected
        assert answer["message"]
    assert hooks.called == []


async def test_host_and_origin_are_looked_at(hooks: Hooks, tmp_path: Any) -> None:
    open_to_all = Hooks(tmp_path / "other", insecure_no_token=True)
    await open_to_all.server.start()
    try:
        assert (await open_to_all.post("order", None))[0] == 202
        assert (await open_to_all.post("order", None, b"", "Origin: http://evil.example"))[0] == 403
        assert (await open_to_all.send("POST /hook/order HTTP/1.1", "Host: evil.example"))[0] == 403
    finally:
        await open_to_all.server.stop()
    assert len(open_to_all.called) == 1


async def test_a_large_body_comes_whole_and_a_larger_one_not_at_all(hooks: Hooks) -> None:
    token = hooks.server.tokens.show()
    assert (await hooks.post("order", token, b"x" * MOST_BODY))[0] == 202
    assert len(hooks.called[0][1]["body"]) == MOST_BODY
    lines = "POST /hook/order HTTP/1.1", f"Host: 127.0.0.1:{hooks.server.port}", f"Authorization: Bearer {token}"
    assert (await hooks.send(*lines, f"Content-Length: {MOST_BODY + 1}"))[0] == 413
    assert len(hooks.called) == 1


async def test_what_is_no_request_is_refused(hooks: Hooks) -> None:
    token = hooks.server.tokens.show()
    assert (await hooks.post("none", token))[0] == 404
    assert (await hooks.post("order", token, b"{", JSON))[0] == 400
    assert (await hooks.post("order", token, b'{"a": NaN}', JSON))[0] == 400
    assert (await hooks.post("a/b", token))[0] == 404
    assert (await hooks.post("order", token, b"\x1f\x8b", "Content-Encoding: gzip"))[0] == 415
    assert "encoding" in str((await hooks.post("order", token, b"x", "Content-Type: text/plain; charset=hex"))[1])
    assert (await hooks.send("POST /hook/order HTTP/1.1", "nonsense"))[0] == 400
    hooks.outcome = "overlap"
    assert (await hooks.post("order", token))[0] == 409


def test_bodies_are_read_by_what_they_say_they_are() -> None:
    assert read_body(b"a=1&b=2&b=3", "application/x-www-form-urlencoded") == {"a": "1", "b": ["2", "3"]}
    assert read_body("é".encode("latin-1"), "text/plain; charset=latin-1") == "é"
    assert read_body(b"[1]", "application/vnd.x+json") == [1]
    assert read_body(b"", "application/json") is None
    for unknown in ("hex", "no-such"):
        with pytest.raises(ValueError, match=f'there is no encoding "{unknown}"'):
            read_body(b"00", f"text/plain; charset={unknown}")
    with pytest.raises(ValueError, match="codec"):
        read_body(b"\xff", "text/plain")


@pytest.mark.parametrize("body", [b"[" * 500_000, b'{"a": ' * 300 + b"1" + b"}" * 300, b'{"n": 1e999}', b'{"a": 1, "a": 2}', b'"\\ud800"', b"NaN"])  # fmt: skip
async def test_a_body_that_no_run_could_keep_is_refused_at_once(hooks: Hooks, body: bytes) -> None:
    status, told = await hooks.post("order", hooks.server.tokens.show(), body, JSON)
    assert (status, told["code"]) == (400, "body")
    assert hooks.called == []


async def test_who_sends_a_body_that_is_too_large_whole_reads_why_it_is_refused(hooks: Hooks) -> None:
    head = f"POST /hook/order HTTP/1.1\r\nHost: 127.0.0.1:{hooks.server.port}\r\n"
    for token, status in ((hooks.server.tokens.show(), b"413"), ("wrong", b"401")):
        for framing in (f"Content-Length: {6 * MOST_BODY}\r\n", "Transfer-Encoding: chunked\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", hooks.server.port)
            writer.write(f"{head}Authorization: Bearer {token}\r\nContent-Type: text/plain\r\n{framing}\r\n".encode())
            piece = b"x" * MOST_BODY
            for _ in range(6):
                writer.write(piece if "Length" in framing else b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
            assert answer.split()[1] == status
            writer.close()
    assert hooks.called == []


async def test_a_request_that_takes_longer_than_a_handshake_may_is_answered(tmp_path: Any) -> None:
    hooks = Hooks(tmp_path, auth_seconds=0.3)
    await hooks.server.start()
    begun = hooks._start

    async def start_slowly(name: str, values: Mapping[str, Any]) -> Any:
        await asyncio.sleep(0.6)
        return await begun(name, values)

    hooks.server.on_hook = start_slowly
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", hooks.server.port)
        proof = f"Host: 127.0.0.1:{hooks.server.port}\r\nAuthorization: Bearer {hooks.server.tokens.show()}"
        writer.write(f"POST /hook/order HTTP/1.1\r\n{proof}\r\nContent-Length: 4\r\n\r\nsl".encode())
        await asyncio.sleep(0.6)
        writer.write(b"ow")
        assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 202")
        writer.close()
    finally:
        await hooks.server.stop()
    assert [values["body"] for _, values in hooks.called] == ["slow"]
