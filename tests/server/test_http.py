import asyncio
import json
import re
import time
from pathlib import Path

import pytest

from tests.server.conftest import Rig


async def fetch(rig: Rig, path: str, method: str = "GET", body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Ask by hand and return status, headers and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.server.port)
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{rig.server.port}\r\n{length}\r\n".encode() + body)
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, value in headers.items()}, rest


async def test_health_says_exactly_what_the_seed_says(rig: Rig) -> None:
    status, headers, body = await fetch(rig, "/health")
    health = json.loads(body)
    assert status == 200
    assert set(health) == {"status", "timestamp"}
    assert health["status"] == "healthy"
    assert abs(health["timestamp"] - time.time()) < 60
    assert headers["content-type"] == "application/json"


async def test_the_page_and_what_it_loads_are_there(rig: Rig) -> None:
    status, headers, body = await fetch(rig, "/")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    for name in re.findall(r'(?:src|href)="([^"]+)"', body.decode()):
        assert (await fetch(rig, name))[0] == 200, name
    status, _, texts = await fetch(rig, "/locale/zh_CN.json")
    assert status == 200
    assert json.loads(texts)["Run"] == "运行"


async def test_every_answer_carries_the_security_headers(rig: Rig) -> None:
    for path, method in (("/", "GET"), ("/health", "GET"), ("/nothing", "GET"), ("/", "HEAD"), ("/", "POST")):
        _, headers, _ = await fetch(rig, path, method, b"x" if method == "POST" else b"")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused_with_or_without_a_body(rig: Rig, method: str) -> None:
    for body in (b"", b'{"a":1}'):
        status, headers, _ = await fetch(rig, "/", method, body)
        assert status == 405
        assert headers["allow"] == "GET, HEAD"


async def test_head_has_the_length_and_no_body(rig: Rig) -> None:
    status, headers, body = await fetch(rig, "/health", "HEAD")
    assert status == 200
    assert int(headers["content-length"]) > 0
    assert body == b""


async def test_the_editors_files_are_served_and_nothing_else(make_rig, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    editor = tmp_path / "editor"
    (editor / "assets").mkdir(parents=True)
    (editor / "index.html").write_text("<title>editor</title>")
    (editor / "assets" / "app.js").write_text("1")
    (editor / ".hidden").write_text("secret")
    (tmp_path / "secret.txt").write_text("secret")
    (editor / "link.txt").symlink_to(tmp_path / "secret.txt")
    rig = await make_rig(editor=editor)
    assert (await fetch(rig, "/"))[2] == b"<title>editor</title>"
    status, headers, body = await fetch(rig, "/assets/app.js?v=1")
    assert (status, headers["content-type"], body) == (200, "text/javascript; charset=utf-8", b"1")
    for path in (
        "/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/.hidden",
        "/link.txt", "//etc/passwd", "/assets", "/assets/", "/%00", "/a%00.js", "/..\\secret.txt", "/%5c..%5csecret.txt", "/tokens.json",
    ):  # fmt: skip
        status, _, body = await fetch(rig, path)
        assert (status, b"secret" in body) == (404, False), path


async def test_a_foreign_host_gets_no_page(rig: Rig) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.server.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 403")
    writer.close()


async def test_the_user_guide_is_served(rig: Rig) -> None:
    status, headers, page = await fetch(rig, "/guide/reference/nodes.html")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert b'id="type-click"' in page
    status, headers, _ = await fetch(rig, "/guide/guide.css")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/css")
    assert (await fetch(rig, "/guide/../locale/zh_CN.json"))[0] == 404
