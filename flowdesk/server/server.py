"""The server: listens, lets in, watches over its clients, and ends in bounded time.

Start: the limits of where it may listen are checked, the port is bound, the lists of the gate are made for that port.
Stop: nobody new is let in, every client is told, then given a second, then every transport is aborted.
"""

import asyncio
import contextlib
import errno
import logging
import re
import socket as socket_names
import ssl
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

from websockets.asyncio.server import Server as Listener
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from flowdesk.aio import spawn
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import NotAuthenticated, ServerUnavailable
from flowdesk.model.sentence import say
from flowdesk.protocol.connection import Connection, Grant
from flowdesk.protocol.events import StatusEvent, TriggerRow
from flowdesk.protocol.messages import Auth, Role
from flowdesk.resource import resource_path
from flowdesk.server.connection import Client
from flowdesk.server.gate import WILDCARDS, Gate, is_loopback, make_gate
from flowdesk.server.hooks import Answer as HookAnswer
from flowdesk.server.http import Pages
from flowdesk.server.needs import SessionLike
from flowdesk.server.tokens import PAIRING_SECONDS, Bucket, Doorkeeper, TokenStore
from flowdesk.server.wire import Socket
from flowdesk.session.announcing import announce, withdraw
from flowdesk.session.journal import envelope
from flowdesk.session.wanted import Wanted

logger = logging.getLogger(__name__)
_library_logger = logging.getLogger("flowdesk.server.library")
_library_logger.setLevel(logging.CRITICAL)  # below that it prints request lines and headers, secrets included

MAX_FRAME = 16 * 1024 * 1024
"""Bytes of a message beyond which the connection is closed (1009); from 8 MiB on the message is refused."""
_LABEL = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MINTED = re.compile(r"(?=[a-z]*[0-9])[0-9a-z]{8,}$")
"""How the name of a client ends that was minted for one tab. Two that are connected under another name are two people, such as
two scripts that call themselves alike; under such a one the older is what a break left of the younger."""
_TICK = 0.25


@dataclass(frozen=True)
class ServerSettings:
    """How the server listens and how patient it is. Times in seconds."""

    host: str = "127.0.0.1"
    port: int = 8000
    tls_cert: str | Path | None = None
    tls_key: str | Path | None = None
    insecure_no_token: bool = False
    """Let every program of this machine in, with the role run. Host and Origin are checked all the same."""
    names: tuple[str, ...] = ()
    """Further names by which people reach the server."""
    origins: tuple[str, ...] = ()
    """Origins of pages from elsewhere that may connect."""
    state: Path | None = None
    """Folder of the tokens; without it the session's folder."""
    editor: Path | None = None
    """Folder of the web editor; without it the shipped one."""
    auth_seconds: float = 5.0
    max_strangers: int = 8
    """Sockets that have not proved who they are; the oldest goes for a new one."""
    max_opening: int = 256
    """TCP connections that have not finished their HTTP request; the oldest goes for a new one."""
    max_clients: int = 64
    patience: float = 5.0
    """How long a client may take nothing of what it is sent."""


@dataclass
class Server:
    """The socket shell of one session. Use it on the session's event loop only."""

    session: SessionLike
    settings: ServerSettings = field(default_factory=ServerSettings)
    ask_first_run: Callable[[Client, Wanted], Awaitable[bool]] | None = None
    """Asks the owner of the desktop before the first run of a flow by a client that is not their own."""
    ask_to_record: Callable[[Client], Awaitable[bool]] | None = None
    """Asks the owner of the desktop before a client that is not their own records what they do."""
    on_change: Callable[[], None] | None = None
    """Called when a client came or went."""
    on_refused: Callable[[str], None] | None = None
    """Called with a sentence when someone was turned away for a wrong secret or origin."""
    on_hook: Callable[[str, Mapping[str, Any]], Awaitable[TriggerRow | None]] | None = None
    """Starts what an armed flow's web request is for; returns the row that tells of it."""
    now: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        """Nothing listens yet."""
        self.port: int = self.settings.port
        self.clients: dict[str, Client] = {}
        """Who is in, by peer id."""
        self.tokens = TokenStore(self.settings.state or _state_folder(self.session))
        self.doorkeeper = Doorkeeper(self.tokens, self.now)
        self.reading = asyncio.Semaphore(1)
        self._strangers: dict[str, Client] = {}
        self._opening: dict[Socket, None] = {}
        self._sockets: set[Socket] = set()
        self._failures = Bucket(5, self.now)
        self._listener: Listener | None = None
        self._watch: asyncio.Task[None] | None = None
        self._announced: Path | None = None
        self._gate: Gate = make_gate("127.0.0.1", 0)
        self.pages = Pages(Path(), 0)

    # -- start and stop -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen.

        Raises:
            ServerUnavailable: If the port is taken, or the address would be open to the network unprotected.
        """
        settings = self.settings
        self._check_exposure()
        tls = self._tls()
        if not settings.insecure_no_token and self.tokens.names() == {}:
            with contextlib.suppress(NotAuthenticated):
                self.tokens.show()
        host = "127.0.0.1" if settings.host == "localhost" else settings.host

        class OwnSocket(Socket):
            shell = self

        try:
            listener = await serve(
                self._handle,
                host,
                settings.port,
                create_connection=OwnSocket,
                process_request=self._knock,
                compression=None,
                max_size=MAX_FRAME,
                open_timeout=settings.auth_seconds,
                close_timeout=1,
                ping_interval=20,
                ping_timeout=20,
                server_header=None,
                logger=_library_logger,
                ssl=tls,
                start_serving=False,
            )
        except (OSError, OverflowError) as error:
            raise _cannot_listen(host, settings.port, error) from error
        self.port = listener.sockets[0].getsockname()[1]
        is_tls = tls is not None
        self._gate = make_gate(host, self.port, is_tls=is_tls, more_hosts=settings.names, more_origins=settings.origins)
        self.pages = Pages(settings.editor or resource_path("page"), self.port, is_tls=is_tls)
        self.session.port = self.port
        try:
            await listener.start_serving()
        except OSError as error:
            raise _cannot_listen(host, settings.port, error) from error
        self._listener = listener
        self._watch = spawn(self._watch_over(), "server watchdog")
        process = getattr(self.session, "process", "serve")
        self._announced = announce(self.tokens.folder, self.port, self.url(), process)

    async def stop(self) -> None:
        """Tell every client, close, and abort what is left. Takes 3 s at the most."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self.session.port = None
        withdraw(self._announced)
        if self._watch is not None:
            self._watch.cancel()
        listener.close(close_connections=False)
        clients = [*self.clients.values(), *self._strangers.values()]
        for client in clients:
            if client.grant is not None:
                client.deliver(envelope("system.status", "", StatusEvent(closing=True)))
        if clients:
            goodbyes = [spawn(client.close(1001, "flowdesk is ending"), "goodbye") for client in clients]
            await asyncio.wait(goodbyes, timeout=1.5)
        for socket in tuple(self._sockets):
            socket.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await listener.wait_closed()

    def greeting(self) -> list[str]:
        """Return what to tell the person who started the server."""
        lines: list[str] = [say("flowdesk is running at {url}", url=self.url())]
        if self.settings.insecure_no_token:
            lines.append(say("Every program on this computer can control this desktop, because no token is required."))
        elif self.tokens.names():
            lines.append(say("Open within {seconds} s: {url}", seconds=60, url=self.browser_url()))
            lines.append(say("Scripts need the token from flowdesk token show."))
            if self.is_exposed:
                lines.append(
                    say(
                        "On the other computer, open {url} and enter {code} within {minutes} minutes.",
                        url=self.public_url(), code=self.pairing_code(), minutes=int(PAIRING_SECONDS // 60),
                    )
                )  # fmt: skip
        else:
            lines.append(say("The token is revoked: no client can connect until you run flowdesk token new."))
        return lines

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach it."""
        return not is_loopback(self.settings.host)

    def url(self) -> str:
        """Return the address of the web editor."""
        host = "127.0.0.1" if self.settings.host in ("localhost", "0.0.0.0", "") else self.settings.host
        scheme = "https" if self.settings.tls_cert else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def public_url(self) -> str:
        """Return the address for other machines: this machine's name, where it listens on all of its addresses."""
        is_any = self.settings.host in WILDCARDS
        return self.url().replace("127.0.0.1", socket_names.gethostname()) if is_any else self.url()

    def browser_url(self, role: Role = Role.RUN) -> str:
        """Return a link that opens the web editor once, within 60 s. The code stays out of requests and logs."""
        return self.url() if self.settings.insecure_no_token else f"{self.url()}#code={self.doorkeeper.mint_code(role)}"

    def pairing_code(self, role: Role = Role.RUN) -> str:
        """Return six digits for a person at another machine, in place of the last ones."""
        return self.doorkeeper.mint_pairing(role)

    def kick(self, peer_id: str) -> None:
        """Throw a client out."""
        if (client := self.clients.get(peer_id)) is not None:
            client.revoke()

    def revoke(self, name: str = "") -> None:
        """Make a token void and close what it opened."""
        self.tokens.revoke(name)
        self._check_grants()

    # -- letting in ---------------------------------------------------------------------------------------------------

    def _knock(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer an HTTP request, or return ``None`` to let a socket through."""
        response = self._let_in(cast("Socket", connection), request)
        if response is not None and getattr(request, "method", "GET") == "HEAD":
            response.body = b""
        return response

    def _let_in(self, socket: Socket, request: Request) -> Response | None:
        headers = list(request.headers.raw_items())
        refusal = self._gate.check(headers)
        if refusal is not None:
            self._tell_refused(str(refusal.sentence))
            return self.pages.text(refusal.status, refusal.sentence)
        path, _, query = request.path.partition("?")
        is_upgrade = any(name.lower() == "upgrade" and "websocket" in value.lower() for name, value in headers)
        if not path.startswith("/ws/") or not is_upgrade:
            return self.pages.answer(getattr(request, "method", "GET"), request.path)
        label = path.removeprefix("/ws/")
        if not _LABEL.fullmatch(label):
            return self.pages.text(
                HTTPStatus.NOT_FOUND, say("A client name has 1 to 64 letters, digits, dots, dashes, or underscores.")
            )
        if len(self.clients) >= self.settings.max_clients:
            return self.pages.text(HTTPStatus.SERVICE_UNAVAILABLE, say("Too many clients are connected."))
        socket.label = label
        return self._check_secret(socket, headers, query)

    def let_hook_in(self, headers: list[tuple[str, str]], query: str) -> HookAnswer | None:
        """Say why a request that would start a flow is refused: the same lists and secrets as for a socket, and the role run."""
        refusal = self._gate.check(headers)
        if refusal is not None:
            self._tell_refused(str(refusal.sentence))
            return HookAnswer.refused(refusal.status, "not_allowed", refusal.sentence)
        if self.settings.insecure_no_token:
            return None
        given = _secrets(headers, query)
        grant = self.doorkeeper.check_token(given[0]) if len(given) == 1 else None
        if grant is None:
            self._tell_refused(str(say("Connection refused: wrong token.")))
            missing = say("A token is required: Authorization: Bearer, followed by the token from flowdesk token show.")
            wrong = say("The token is wrong or revoked.")
            return HookAnswer.refused(HTTPStatus.UNAUTHORIZED, "not_authenticated", wrong if given else missing)
        if grant.role < Role.RUN:
            return HookAnswer.refused(HTTPStatus.FORBIDDEN, "not_allowed", say("The token must have the role run."))
        return None

    async def start_by_hook(self, name: str, values: Mapping[str, Any]) -> HookAnswer:
        """Start what an armed flow's web request of this name is for."""
        if self.on_hook is None:
            return HookAnswer.refused(HTTPStatus.NOT_FOUND, "not_found", say("Not found."))
        row = await self.on_hook(name, values)
        if row is None:
            sentence = say('No armed flow has a web request trigger "{name}".', name=name)
            return HookAnswer.refused(HTTPStatus.NOT_FOUND, "not_found", sentence)
        is_taken = row["outcome"] in {"ran", "waiting"} and row["status"] != "failed"
        return HookAnswer(HTTPStatus.ACCEPTED if is_taken else HTTPStatus.CONFLICT, row)

    def _check_secret(self, socket: Socket, headers: list[tuple[str, str]], query: str) -> Response | None:
        if self.settings.insecure_no_token:
            socket.grant = Grant(Role.RUN, "", is_owner=True)
            return None
        given = _secrets(headers, query)
        if len(given) > 1:
            return self.pages.text(HTTPStatus.BAD_REQUEST, say("Several tokens were sent."))
        if given:
            socket.grant = self.doorkeeper.check_token(given[0])
            if socket.grant is None:
                self._tell_refused(str(say("Connection refused: wrong token.")))
                return self.pages.text(HTTPStatus.UNAUTHORIZED, say("The token is wrong or revoked."))
        return None

    def _prove(self, auth: Auth) -> Grant | None:
        try:
            grant = self.doorkeeper.prove(auth)
        except NotAuthenticated:
            self._tell_refused(
                str(
                    say(
                        "Somebody is trying many codes. The code shown is still valid; create another if it was not you."
                    )
                )
            )
            raise
        if grant is None:
            is_code = auth.code is not None and len(auth.code) == 6
            wrong = (
                say("Somebody entered a wrong code for another computer.")
                if is_code
                else say("Connection refused: wrong token or code.")
            )
            self._tell_refused(str(wrong))
        return grant

    def _tell_refused(self, sentence: str) -> None:
        if self._failures.take():
            logger.warning("refused: %s", sentence)
            if self.on_refused is not None:
                self.on_refused(sentence)

    async def _handle(self, connection: ServerConnection) -> None:
        socket = cast("Socket", connection)
        self._opening.pop(socket, None)
        peer_id = uuid.uuid4().hex[:12]
        machine = Connection(peer_id, self._prove, socket.grant)
        client = Client(peer_id, socket, machine, self)
        socket.on_writable = client.go_on
        deadline = None
        if socket.grant is None:
            while len(self._strangers) >= self.settings.max_strangers:
                self._strangers.pop(next(iter(self._strangers))).drop("made room for another stranger")
            self._strangers[peer_id] = client
            deadline = asyncio.get_running_loop().call_later(self.settings.auth_seconds, client.expire)
        try:
            await client.run()
        finally:
            if deadline is not None:
                deadline.cancel()

    # -- called by sockets and clients --------------------------------------------------------------------------------

    def socket_opened(self, socket: Socket) -> None:
        """A TCP connection was accepted."""
        self._sockets.add(socket)
        while len(self._opening) >= self.settings.max_opening:
            oldest = next(iter(self._opening))
            del self._opening[oldest]
            oldest.abort()
        self._opening[socket] = None

    def socket_known(self, socket: Socket) -> None:
        """A connection that is no WebSocket proved who it is: it makes no room for strangers."""
        self._opening.pop(socket, None)

    def socket_lost(self, socket: Socket) -> None:
        """A TCP connection ended."""
        self._sockets.discard(socket)
        self._opening.pop(socket, None)

    def client_came(self, client: Client) -> None:
        """A client proved who it is."""
        self._strangers.pop(client.id, None)
        is_taken = any(other.person == client.person for other in self.clients.values())
        if is_taken and not _MINTED.search(client.name):
            client.person += f"#{client.id}"
        self.clients[client.id] = client
        self.session.connect(client)
        self._tell_change()

    def client_left(self, client: Client) -> None:
        """A client went, or is about to."""
        self._strangers.pop(client.id, None)
        if self.clients.pop(client.id, None) is not None:
            self.session.disconnect(client)
            self._tell_change()

    def _tell_change(self) -> None:
        if self.on_change is not None:
            self.on_change()

    # -- watching over ------------------------------------------------------------------------------------------------

    async def _watch_over(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            now = self.now()
            for client in (*self.clients.values(), *self._strangers.values()):
                client.check(now, self.settings.patience)
            self._check_grants()

    def _check_grants(self) -> None:
        """Turn those away whose token was revoked, here or by another process."""
        if self.settings.insecure_no_token or not self.clients:
            return
        valid = self.tokens.ids()
        for client in tuple(self.clients.values()):
            if client.grant is not None and client.grant.token_id not in valid:
                client.revoke()

    def _check_exposure(self) -> None:
        if not self.is_exposed:
            return
        if self.settings.insecure_no_token:
            raise ServerUnavailable(
                say("Without a token, flowdesk listens only on this computer, not on {host}.", host=self.settings.host),
                say("Remove --insecure-no-token or --host."),
            )
        if not (self.settings.tls_cert and self.settings.tls_key):
            raise ServerUnavailable(
                say("Other computers can reach {host}, so it needs TLS and a token.", host=self.settings.host),
                say("Add --tls-cert and --tls-key, or listen on 127.0.0.1."),
            )

    def _tls(self) -> ssl.SSLContext | None:
        cert, key = self.settings.tls_cert, self.settings.tls_key
        if cert is None and key is None:
            return None
        if cert is None or key is None:
            raise ServerUnavailable(
                say("TLS needs a certificate and its private key."), say("Add --tls-cert and --tls-key.")
            )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(cert, key)
        except (OSError, ssl.SSLError) as error:
            raise ServerUnavailable(
                say("The certificate or private key cannot be used: {reason}.", reason=str(error)),
                say("Use a PEM certificate and its private key."),
            ) from error
        return context


def _secrets(headers: list[tuple[str, str]], query: str) -> list[str]:
    """Return the secrets that a request brings; of another scheme than ``Bearer``, one that opens nothing."""
    given = [value.partition(" ") for name, value in headers if name.lower() == "authorization"]
    told = [secret.strip() if scheme.lower() == "bearer" else "" for scheme, _, secret in given]
    return told + parse_qs(query).get("token", [])


def _state_folder(session: SessionLike) -> Path:
    folders = getattr(session, "folders", None)
    if folders is None:
        raise ValueError("a session without folders needs ServerSettings.state")
    return Path(folders.state)


def _cannot_listen(host: str, port: int, error: Exception) -> ServerUnavailable:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return ServerUnavailable(
            say("Another program uses port {port}.", port=port),
            say("Choose another port: --port {port}", port=port + 1),
        )
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return ServerUnavailable(
            say("You do not have permission to listen on port {port}.", port=port),
            say("Choose a port of 1024 or above: --port 8000"),
        )
    return ServerUnavailable(
        say("Cannot listen on {host}:{port}: {reason}.", host=host, port=port, reason=system_cause(error)),
        say("Use an address of this computer and a port from 1024 to 65535."),
    )
