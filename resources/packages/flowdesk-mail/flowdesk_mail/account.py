"""What both nodes ask for: the server, how the way to it is protected, and who logs in."""

import ipaddress
import ssl
from collections.abc import Callable
from typing import Literal

from pydantic import Field

from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

Security = Literal["tls", "starttls", "none"]


class AccountConfig(Config):
    """Settings of an account on a mail server."""

    server: str = Field(..., min_length=1, title="Server", description="Host name of the mail server.")
    port: int | None = Field(
        None, ge=1, le=65535, title="Port", description="Port of the server. Leave empty for the usual one."
    )
    security: Security = Field(
        "tls",
        title="Encryption",
        description="How the connection is encrypted: from the start, by STARTTLS, or not at all.",
    )
    user: str = Field("", title="User name", description="Name to log in with, often the mail address.")
    password: str = Field("", title="Password", description="Use {{secret:mail}}, not the password itself.")
    timeout: Duration = Field(60.0, title="Timeout", description="Maximum time for the whole node.")


def check_account(config: AccountConfig) -> None:
    """Refuse to send a password over a connection that others can read.

    Raises:
        NodeError: If it would.
    """
    if config.security == "none" and config.password and not _is_here(config.server):
        raise NodeError(
            say("The password for {server} would be sent without encryption.", server=config.server),
            say("Choose tls or starttls as the encryption."),
        )


def _is_here(server: str) -> bool:
    if server.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(server).is_loopback
    except ValueError:
        return False


def unreachable(server: str, error: BaseException) -> NodeError:
    """Return what to say of a server that cannot be talked to."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NodeError(
                say(
                    "The certificate of {server} is not trusted: {reason}.", server=server, reason=cause.verify_message
                ),
                say("Check the server name, or add its certificate to the system's trusted certificates."),
            )
        cause = cause.__cause__ or cause.__context__
    return NodeError(
        say("The mail server {server} cannot be used: {reason}", server=server, reason=_reason(error)),
        say("Check server, port, encryption, and the network."),
    )


def _reason(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__


def refused(server: str, user: str) -> NodeError:
    """Return what to say of a login that was refused. The server's words are left out: some repeat the password."""
    return NodeError(
        say('{server} refused the login of "{user}".', server=server, user=user),
        say("Check user name and password. Some providers need a password for programs."),
    )


def late(server: str, seconds: float) -> Callable[[], NodeError]:
    """Return what makes the error of a server that is too slow."""
    return lambda: NodeError(
        say("{server} was not done within {seconds} s.", server=server, seconds=f"{seconds:g}"),
        say("Increase the timeout, or check that the server is reachable."),
    )
