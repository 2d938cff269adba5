"""Who may even speak: exact lists of hosts and origins (RFC 6455 §10.2; DNS rebinding makes Origin equal Host, so both).

Any page in the user's browser can open a socket to this machine. The token in the first message keeps it out; these
lists are the second wall.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is turned away: an HTTP status and a line."""

    status: int
    reason: str


class Gate:
    """The lists for one address."""

    def __init__(
        self, host: str, port: int, *, is_tls: bool = False, names: Iterable[str] = (), origins: Iterable[str] = ()
    ) -> None:
        """Allow this machine's own names with ``port``, the host listened on, and further ``names`` and ``origins``."""
        scheme = "https" if is_tls else "http"
        known = {"127.0.0.1", "localhost", "[::1]", *names}
        if not is_any(host):
            known.add(f"[{host}]" if ":" in host else host)
        self.hosts = {f"{name}:{port}".lower() for name in known}
        if port == (443 if is_tls else 80):
            self.hosts |= {name.lower() for name in known}
        self.origins = {f"{scheme}://{name}" for name in self.hosts} | {origin.lower() for origin in origins}

    def refuses(self, hosts: list[str], origins: list[str]) -> Refusal | None:
        """Return why a request with these ``Host`` and ``Origin`` headers is turned away, ``None`` if it is not."""
        if len(hosts) != 1 or len(origins) > 1:
            return Refusal(400, "exactly one Host and at most one Origin header is needed")
        if hosts[0].strip().lower() not in self.hosts:
            return Refusal(403, "this host is not served here")
        if origins and origins[0].strip().lower() not in self.origins:
            return Refusal(403, "pages of this origin may not connect")
        return None


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_any(host: str) -> bool:
    """Whether an address stands for all addresses of this machine."""
    return host in {"", "0.0.0.0", "::"}
