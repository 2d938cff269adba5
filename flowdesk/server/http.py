"""The few pages: the web editor with the texts of its languages, and ``/health``. Only GET and HEAD."""

import json
import mimetypes
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from websockets.datastructures import Headers
from websockets.http11 import Response

from flowdesk.i18n import texts_of
from flowdesk.model.sentence import say
from flowdesk.resource import resource_path

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
}


class Pages:
    """Answers plain HTTP requests.

    Args:
        folder: Where the pages lie.
        port: Of this server.
        is_tls: Whether pages come by ``https``.
    """

    def __init__(self, folder: Path, port: int, *, is_tls: bool = False) -> None:
        """Put the headers together that every answer carries."""
        self._folder = folder
        scheme = "wss" if is_tls else "ws"
        sockets = " ".join(f"{scheme}://{name}:{port}" for name in ("127.0.0.1", "localhost"))
        self._headers = {
            "Content-Security-Policy": f"default-src 'self'; connect-src 'self' {sockets}; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
            "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    def answer(self, method: str, target: str) -> Response:
        """Answer a request for ``target`` (path with query)."""
        path = unquote(target.partition("?")[0].partition("#")[0])
        if path.startswith("/hook/") or method not in ("GET", "HEAD"):
            return self.wrong_method(path)
        if path == "/health":
            body = json.dumps({"status": "healthy", "timestamp": time.time()}).encode()
            return self._response(HTTPStatus.OK, "application/json", body)
        found = self._asset(path)
        if found is not None and found.parent == resource_path("locale").resolve() and texts_of(found.stem):
            # Those of installed packages are in no file.
            body = json.dumps(texts_of(found.stem), ensure_ascii=False).encode()
            return self._response(HTTPStatus.OK, "application/json", body)
        if found is not None:
            kind = _TYPES.get(found.suffix.lower()) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            return self._response(HTTPStatus.OK, kind, found.read_bytes())
        return self.text(HTTPStatus.NOT_FOUND, say("Not found."))

    def text(self, status: HTTPStatus, sentence: str) -> Response:
        """Answer with a sentence."""
        return self._response(status, "text/plain; charset=utf-8", (sentence + "\n").encode())

    def wrong_method(self, path: str) -> Response:
        """Answer a method that an address does not take."""
        is_hook = path.startswith("/hook/")
        sentence = say("Only POST is supported here.") if is_hook else say("Only GET and HEAD are supported here.")
        answer = self.text(HTTPStatus.METHOD_NOT_ALLOWED, sentence)
        answer.headers["Allow"] = "POST" if is_hook else "GET, HEAD"
        return answer

    def _asset(self, path: str) -> Path | None:
        """Return the file behind a path, or ``None`` if there is none inside the editor's folder."""
        if not path.startswith("/") or "\\" in path or "\0" in path:
            return None
        parts = [part for part in path.split("/") if part]
        if any(part.startswith(".") for part in parts):
            return None
        # The page's texts and the user guide are those of the window: they are not built into it.
        folder = resource_path(parts[0]) if parts[:1] in (["locale"], ["guide"]) else self._folder
        root = folder.resolve()
        try:
            found = root.joinpath(*(parts[1:] if folder != self._folder else parts or ["index.html"])).resolve()
            return found if found.is_relative_to(root) and found.is_file() else None
        except (OSError, ValueError):
            return None

    def _response(self, status: HTTPStatus, kind: str, body: bytes) -> Response:
        headers = Headers(self._headers)
        headers["Content-Type"] = kind
        headers["Content-Length"] = str(len(body))
        headers["Connection"] = "close"
        return Response(status.value, status.phrase, headers, body)

    @staticmethod
    def raw(response: Response) -> bytes:
        """Return an answer as bytes, for what the library leaves unanswered."""
        head = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n"
        return head.encode() + response.headers.serialize() + bytes(response.body)
