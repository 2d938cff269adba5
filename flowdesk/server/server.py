"""The server: listens, lets in, and shuts down within bounds (contract §5).

What is done here that the library does not do, each measured: a client that stops reading is dropped by
``transport.abort()``, since keepalive waits behind the full buffer; closing is bounded, since ``close()`` waits for
such a client without end.
"""

import asyncio
import contextlib
import errno
import logging
import re
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server as SocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from flowdesk.aio import spawn
from flowdesk.model.errors import FlowdeskError, NotAllowed, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.codec import Unreadable, decode, encode
from flowdesk.protocol.messages import Auth, Role
from flowdesk.server import http
from flowdesk.server.client import Client
from flowdesk.server.gate import Gate, is_loopback
from flowdesk.server.tokens import Codes, TokenStore
from flowdesk.session.journal import envelope
from flowdesk.session.session import Session

logger = logging.getLogger(__name__)
_quiet = logging.getLogger("flowdesk.server.sockets")
_quiet.setLevel(logging.CRITICAL)  # the library logs request lines, which may hold a token

AUTH_SECONDS = 5.0
MOST_UNKNOWN = 8
"""Sockets that have not said who they are."""
LONGEST_FIRST = 4096
STALLED_SECONDS = 8.0
"""A client that takes nothing for so long is dropped."""
CLOSE_SECONDS = 2.0
LARGEST_FRAME = 32 * 1024 * 1024
_LABEL = re.compile(r"[\w.\-]{1,64}")


class ServerUnavailable(FlowdeskError):
    """The server cannot listen: the port is taken, or the settings are not safe."""

    code = "server.unavailable"


@dataclass(frozen=True)
class ServerSettings:
    """Where and how to listen."""

    host: str = "127.0.0.1"
    port: int = 8000
    tls_cert: str | None = None
    tls_key: str | None = None
    insecure_no_token: bool = False
    origins: tuple[str, ...] = ()
    """Further origins whose pages may connect, exactly as browsers write them."""
    names: tuple[str, ...] = ()
    """Further host names that are served, for a machine reached by name."""


class Server:
    """Serves one session."""

    def __init__(self, session: Session, settings: ServerSettings) -> None:
        """Nothing is opened before ``start``."""
        self.session = session
        self.settings = settings
        self.tokens = TokenStore(session.folders.state)
        self.codes = Codes()
        self.port = settings.port
        self.clients: set[Client] = set()
        self._gate: Gate | None = None
        self._sockets: SocketServer | None = None
        self._unknown: set[ServerConnection] = set()
        self._watch: asyncio.Task[None] | None = None
        self._failures = 0.0
        self._failed_at = 0.0

    @property
    def is_tls(self) -> bool:
        """Whether it listens by TLS."""
        return self.settings.tls_cert is not None

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            ServerUnavailable: If the port is taken, or the address is not loopback and there is no TLS or no token.
        """
        settings = self.settings
        context = self._tls()
        if not is_loopback(settings.host) and (context is None or settings.insecure_no_token):
            raise ServerUnavailable(
                say("{host} can be reached from other machines: that needs TLS and a token.", host=settings.host),
                say("Give --tls-cert and --tls-key and leave out --insecure-no-token, or listen on 127.0.0.1."),
            )
        if not settings.insecure_no_token:
            self.tokens.show()
        try:
            self._sockets = await serve(
                self._handle,
                settings.host,
                settings.port,
                ssl=context,
                process_request=self._process,
                compression=None,
                max_size=LARGEST_FRAME,
                ping_interval=20,
                ping_timeout=20,
                close_timeout=1,
                server_header=None,
                logger=_quiet,
            )
        except OSError as error:
            raise ServerUnavailable(
                say("Port {port} of {host} cannot be used: {reason}.", port=settings.port, host=settings.host,
                    reason="another program has it" if error.errno == errno.EADDRINUSE else error.strerror or str(error)),
                say("Choose another with --port, or end the other program."),
            ) from error  # fmt: skip
        self.port = next(iter(self._sockets.sockets)).getsockname()[1]
        self.session.port = self.port
        self._gate = Gate(settings.host, self.port, is_tls=self.is_tls, names=settings.names, origins=settings.origins)
        self._watch = spawn(self._watch_clients(), "flowdesk.server.watch")

    async def stop(self) -> None:
        """Stop listening and close every socket, within about 2 s."""
        if self._sockets is None:
            return
        if self._watch is not None:
            self._watch.cancel()
        for client in tuple(self.clients):
            client.deliver(envelope("system.status", "", {"closing": True}))
        await asyncio.sleep(0)
        self._sockets.close()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._sockets.wait_closed()), CLOSE_SECONDS)
        for connection in [client.connection for client in self.clients] + list(self._unknown):
            connection.transport.abort()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._sockets.wait_closed()), 0.5)
        self._sockets = None
        self.session.port = None

    def url(self) -> str:
        """The address of the web editor."""
        host = "127.0.0.1" if is_loopback(self.settings.host) else self.settings.host
        return f"{'https' if self.is_tls else 'http'}://{host}:{self.port}/"

    def greeting(self) -> list[str]:
        """What `flowdesk serve` prints: the addresses, and a link that lets one browser in."""
        lines: list[str] = [say("flowdesk serves {url}", url=self.url())]
        if self.settings.insecure_no_token:
            lines.append(say("Anyone on this machine may connect: --insecure-no-token is on."))
        else:
            lines.append(say("Open once, within a minute: {url}#code={code}", url=self.url(), code=self.codes.new()))
            lines.append(say("Scripts use the token that `flowdesk token show` prints."))
        return lines

    # -- the door -----------------------------------------------------------------------------------------------------

    def _process(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer plain HTTP, and turn away what may not come in."""
        assert self._gate is not None
        refusal = self._gate.refuses(request.headers.get_all("Host"), request.headers.get_all("Origin"))
        if refusal is not None:
            return self._say(refusal.status, refusal.reason)
        address = urlsplit(request.path)
        if not address.path.startswith("/ws/"):
            return http.answer(address.path, port=self.port, is_tls=self.is_tls)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return self._say(426, "this is the address of a WebSocket")
        secret = _bearer(request.headers.get("Authorization", "")) or (parse_qs(address.query).get("token") or [""])[0]
        role = self._role_of(secret) if secret else Role.NONE
        if secret and role is Role.NONE:
            self._note_failure()
            return self._say(401, "this token does not let anyone in")
        if role is Role.NONE and self.settings.insecure_no_token:
            role = Role.RUN
        if role is Role.NONE and len(self._unknown) >= MOST_UNKNOWN:
            return self._say(503, "too many sockets have not said who they are")
        connection.role, connection.secret = role, secret  # type: ignore[attr-defined]
        if role is Role.NONE:
            self._unknown.add(connection)
            connection.joined = time.monotonic()  # type: ignore[attr-defined]
        return None

    async def _handle(self, connection: ServerConnection) -> None:
        role: Role = connection.role  # type: ignore[attr-defined]
        secret: str = connection.secret  # type: ignore[attr-defined]
        try:
            if role is Role.NONE:
                role, secret = await self._authenticate(connection)
        finally:
            self._unknown.discard(connection)
        if role is Role.NONE:
            return
        label = urlsplit(connection.request.path if connection.request else "").path.removeprefix("/ws/")
        name = label if _LABEL.fullmatch(label) else "client"
        client = Client(self.session, connection, name, role, secret)
        self.clients.add(client)
        try:
            await client.serve()
        finally:
            self.clients.discard(client)

    async def _authenticate(self, connection: ServerConnection) -> tuple[Role, str]:
        """Wait for ``auth`` as the first message and return the role, ``Role.NONE`` after closing with 4401."""
        incoming = None
        with contextlib.suppress(asyncio.TimeoutError, ConnectionClosed):
            frame = await asyncio.wait_for(connection.recv(), AUTH_SECONDS)
            try:
                if len(frame) > LONGEST_FIRST:
                    raise Unreadable(say("The first message is too long."), say("Send `auth` first."))
                incoming = decode(frame)
                if not isinstance(incoming.payload, Auth):
                    raise NotAllowed(
                        say("The first message must be `auth`."), say("Send your token: `flowdesk token show`.")
                    )
                role, secret = self._admit(incoming.payload)
                reply = envelope("auth", "", {"role": role.name.lower(), "token": secret, "epoch": self.session.epoch})
                reply["reply_to"] = incoming.id
                await connection.send(encode(reply))
                return role, secret
            except FlowdeskError as error:
                reply = envelope("error", "", error.payload())
                reply["reply_to"] = incoming.id if incoming else getattr(error, "id", "")
                await connection.send(encode(reply))
        with contextlib.suppress(ConnectionClosed):
            await connection.close(4401, "not authenticated")
        return Role.NONE, ""

    def _admit(self, auth: Auth) -> tuple[Role, str]:
        wait = self._backoff()
        if wait > 0:
            raise NotAllowed(say("Too many wrong tokens were tried."), say("Try again in a second."))
        if auth.code is not None:
            redeemed = self.codes.redeem(auth.code)
            if redeemed is not None:
                return redeemed
        elif auth.token is not None and (role := self._role_of(auth.token)) is not Role.NONE:
            return role, auth.token
        self._note_failure()
        raise NotAllowed(
            say("The code was used or is too old.")
            if auth.code is not None
            else say("This token does not let anyone in."),
            say("Print the token with `flowdesk token show`, or open the page from flowdesk again."),
        )

    def _role_of(self, secret: str) -> Role:
        return self.tokens.check(secret) or self.codes.check(secret)

    def _backoff(self) -> float:
        """Seconds to wait after wrong tokens: five at once, then one a second. For everyone: loopback has one address."""
        now = time.monotonic()
        self._failures = max(0.0, self._failures - (now - self._failed_at))
        self._failed_at = now
        return max(0.0, self._failures - 5)

    def _note_failure(self) -> None:
        self._backoff()
        self._failures += 1
        logger.warning("a client failed to authenticate")

    def _say(self, status: int, reason: str) -> Response:
        return http.respond(
            status, "Refused", http.TYPES[".txt"], f"{reason}\n".encode(), port=self.port, is_tls=self.is_tls
        )

    # -- looking after clients ----------------------------------------------------------------------------------------

    async def _watch_clients(self) -> None:
        """Once a second: drop who stalls, who does not say who they are, and whose token was revoked."""
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            for client in tuple(self.clients):
                since = client.sending_since
                if (since is not None and now - since > STALLED_SECONDS) or client.is_overfull:
                    logger.warning("the client %s stalled and was dropped", client.name)
                    client.connection.transport.abort()
                elif client.secret and self._role_of(client.secret) is Role.NONE:
                    spawn(self._close(client.connection), "flowdesk.server.revoke")
            for connection in tuple(self._unknown):
                if now - connection.joined > AUTH_SECONDS + 2:  # type: ignore[attr-defined]
                    connection.transport.abort()
                    self._unknown.discard(connection)

    async def _close(self, connection: ServerConnection) -> None:
        with contextlib.suppress(asyncio.TimeoutError, ConnectionClosed):
            await asyncio.wait_for(connection.close(4401, "the token was revoked"), CLOSE_SECONDS)
        connection.transport.abort()

    def _tls(self) -> ssl.SSLContext | None:
        settings = self.settings
        if settings.tls_cert is None and settings.tls_key is None:
            return None
        if settings.tls_cert is None or settings.tls_key is None:
            raise RequestInvalid(say("--tls-cert and --tls-key go together."), say("Give both."))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(Path(settings.tls_cert), Path(settings.tls_key))
        except (OSError, ssl.SSLError) as error:
            raise ServerUnavailable(
                say("The certificate or its key cannot be read: {reason}.", reason=str(error)), say("Check both files.")
            ) from error
        return context


def _bearer(header: str) -> str:
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
