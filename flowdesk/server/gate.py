"""Who may knock: exact lists of ``Host`` and ``Origin``, looked at before anything else.

A page of any site may open a socket to this machine, and by DNS rebinding even with its own name as ``Host``. So both
are compared with lists that name the port, whole and exactly; there is no pattern that could match too much.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from flowdesk.model.sentence import say

WILDCARDS = ("0.0.0.0", "::", "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in."""

    status: HTTPStatus
    sentence: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The lists."""

    hosts: frozenset[str]
    """``name:port`` in lower case."""
    origins: frozenset[str]
    """``scheme://name:port`` in lower case."""

    def check(self, headers: Iterable[tuple[str, str]]) -> Refusal | None:
        """Return why a request with these headers is refused, or ``None``."""
        hosts, origins = [], []
        for name, value in headers:
            if name.lower() == "host":
                hosts.append(value.strip().lower())
            elif name.lower() == "origin":
                origins.append(value.strip().lower())
        if len(hosts) != 1 or len(origins) > 1:
            return Refusal(
                HTTPStatus.BAD_REQUEST, say("Exactly one Host header and at most one Origin header are required.")
            )
        if hosts[0] not in self.hosts:
            return Refusal(
                HTTPStatus.FORBIDDEN, say("This name is not served here. Use http://127.0.0.1 and the port.")
            )
        if origins and origins[0] not in self.origins:
            return Refusal(HTTPStatus.FORBIDDEN, say("Pages of this origin are not allowed to connect."))
        return None


def make_gate(
    host: str, port: int, *, is_tls: bool = False, more_hosts: Iterable[str] = (), more_origins: Iterable[str] = ()
) -> Gate:
    """Make the lists for a server.

    Args:
        host: The address that it listens on.
        port: Its port.
        is_tls: Whether pages come by ``https``.
        more_hosts: Further ``name`` or ``name:port`` by which people reach it.
        more_origins: Further origins, such as ``http://127.0.0.1:5173`` of a development server.
    """
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host in WILDCARDS:
        names |= own_names()
    else:
        names.add(f"[{host}]" if ":" in host else host)
    scheme, usual = ("https", 443) if is_tls else ("http", 80)
    hosts = {f"{name}:{port}" for name in names}
    hosts |= {name if _has_port(name) else f"{name}:{port}" for name in more_hosts}
    if port == usual:
        hosts |= {name.rsplit(":", 1)[0] for name in hosts}
    origins = {f"{scheme}://{name}" for name in hosts} | {origin.rstrip("/") for origin in more_origins}
    return Gate(frozenset(name.lower() for name in hosts), frozenset(origin.lower() for origin in origins))


def _has_port(name: str) -> bool:
    return name.rpartition("]")[2].rpartition(":")[2].isdigit()


def own_names() -> set[str]:
    """Return this machine's names and addresses, as they stand in a ``Host`` header."""
    name = socket.gethostname()
    names = {name, f"{name}.local"}
    try:
        addresses = {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(name, None)}
    except OSError:
        return names
    return names | {f"[{address}]" if ":" in address else address for address in addresses}


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
