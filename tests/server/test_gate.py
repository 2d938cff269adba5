import asyncio
import itertools

import pytest

from flowdesk.server.gate import is_loopback, make_gate
from tests.server.conftest import Rig

HOSTS = {
    "127.0.0.1:{port}": True,
    "localhost:{port}": True,
    "[::1]:{port}": True,
    "LOCALHOST:{port}": True,
    "127.0.0.1": False,
    "127.0.0.1:1": False,
    "evil.example:{port}": False,
    "localhost.evil.example:{port}": False,
    "127.0.0.1.evil.example:{port}": False,
}
ORIGINS = {
    None: True,
    "http://127.0.0.1:{port}": True,
    "http://localhost:{port}": True,
    "null": False,
    "https://127.0.0.1:{port}": False,
    "http://127.0.0.1": False,
    "http://evil.example": False,
    "http://evil.example:{port}": False,
    "http://127.0.0.1:{port}.evil.example": False,
    "": False,
}
TOKENS = ("right", "wrong", "none")
CELLS = list(itertools.product(HOSTS, ORIGINS, TOKENS))


def test_the_matrix_has_at_least_sixty_cells() -> None:
    assert len(CELLS) >= 60


async def ask(rig: Rig, *headers: str, path: str = "/ws/tester", method: str = "GET") -> int:
    """Ask for a socket by hand and return the status of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.server.port)
    lines = [
        f"{method} {path} HTTP/1.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *headers,
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    async with asyncio.timeout(30):
        first = await reader.readline()
    writer.close()
    return int(first.split()[1]) if first else 0


@pytest.mark.parametrize("is_open", [False, True], ids=["token", "insecure"])
async def test_only_exact_hosts_and_origins_with_a_right_secret_get_in(make_rig, is_open: bool) -> None:  # type: ignore[no-untyped-def]
    rig: Rig = await make_rig(insecure_no_token=is_open, max_strangers=1000)
    for host, origin, token in CELLS:
        headers = [f"Host: {host.format(port=rig.server.port)}"]
        if origin is not None:
            headers.append(f"Origin: {origin.format(port=rig.server.port)}")
        if token != "none":
            headers.append(f"Authorization: Bearer {rig.token if token == 'right' else 'wrong'}")
        status = await ask(rig, *headers)
        if not (HOSTS[host] and ORIGINS[origin]):
            assert status == 403, (host, origin, token)
        elif is_open:
            assert status == 101, (host, origin, token)
        else:
            assert status == {"right": 101, "wrong": 401, "none": 101}[token], (host, origin, token)


@pytest.mark.parametrize(
    ("scheme", "status"), [("Bearer", 101), ("bearer", 101), ("Basic", 401), ("Token", 401), ("", 401)]
)
async def test_a_secret_is_taken_from_bearer_only(rig: Rig, scheme: str, status: int) -> None:
    host = f"Host: 127.0.0.1:{rig.server.port}"
    assert await ask(rig, host, f"Authorization: {scheme} {rig.token}".replace(":  ", ": ")) == status


async def test_a_header_given_twice_or_not_at_all_is_a_bad_request(rig: Rig) -> None:
    host = f"Host: 127.0.0.1:{rig.server.port}"
    origin = f"Origin: http://127.0.0.1:{rig.server.port}"
    assert await ask(rig, host, host) == 400
    assert await ask(rig) == 400
    assert await ask(rig, host, origin, origin) == 400
    assert await ask(rig, host, "Authorization: Bearer a", "Authorization: Bearer b") == 400


async def test_a_clients_name_is_plain(rig: Rig) -> None:
    host = f"Host: 127.0.0.1:{rig.server.port}"
    for name in ("", "a/b", "a%20b", "x" * 65, "<b>", "..%2f"):
        assert await ask(rig, host, path=f"/ws/{name}") == 404


def test_a_usual_port_may_be_left_out() -> None:
    assert "127.0.0.1" in make_gate("127.0.0.1", 80).hosts
    assert "https://localhost" in make_gate("127.0.0.1", 443, is_tls=True).origins
    assert "localhost" not in make_gate("127.0.0.1", 443).hosts


def test_configured_names_and_origins_are_let_in() -> None:
    gate = make_gate("0.0.0.0", 9, more_hosts=["desk.example", "other:7"], more_origins=["http://localhost:5173/"])
    assert {"desk.example:9", "other:7"} <= gate.hosts
    assert "http://localhost:5173" in gate.origins
    assert "http://desk.example:9" in gate.origins


def test_only_addresses_of_this_machine_are_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.2", "localhost.example", "", "desk")))
