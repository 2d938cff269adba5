"""HTTP on the same port: the web editor's page and ``/health``; nothing else."""

import json
import time
from pathlib import Path

from websockets.datastructures import Headers
from websockets.http11 import Response

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".map": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
PAGE = Path(__file__).parent / "page"


def respond(status: int, reason: str, kind: str, body: bytes, *, port: int, is_tls: bool = False) -> Response:
    """Build a response with the headers that keep other pages out of this one."""
    sockets = f"{'wss' if is_tls else 'ws'}://127.0.0.1:{port} {'wss' if is_tls else 'ws'}://localhost:{port}"
    headers = Headers()
    for name, value in (
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy",
         f"default-src 'self'; connect-src 'self' {sockets}; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
         "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
    ):  # fmt: skip
        headers[name] = value
    return Response(status, reason, headers, body)


def answer(path: str, *, port: int, is_tls: bool) -> Response:
    """Answer a GET of a path without its query."""
    if path == "/health":
        body = json.dumps({"status": "healthy", "timestamp": time.time()}).encode()
        return respond(200, "OK", TYPES[".json"], body, port=port, is_tls=is_tls)
    name = "index.html" if path == "/" else path.lstrip("/")
    file = (PAGE / name).resolve()
    if file.is_relative_to(PAGE.resolve()) and file.suffix in TYPES and file.is_file():
        return respond(200, "OK", TYPES[file.suffix], file.read_bytes(), port=port, is_tls=is_tls)
    return respond(404, "Not Found", TYPES[".txt"], b"There is nothing here.\n", port=port, is_tls=is_tls)
