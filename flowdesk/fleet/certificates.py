"""The hub's certificate: made by itself, and known to robots by its fingerprint from their join codes."""

import hashlib
import os
import shutil
import socket
import ssl
import struct
import subprocess
from pathlib import Path

from flowdesk.model.errors import HubUnavailable, MissingPiece
from flowdesk.model.sentence import say

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""What a client of PostgreSQL asks for TLS with."""


def ensure_certificate(folder: Path) -> None:
    """Make ``cert.pem`` and ``key.pem`` if they are not there. People may put their own instead.

    Raises:
        MissingPiece: If OpenSSL's program is not installed.
        HubUnavailable: If it fails.
    """
    if (folder / "cert.pem").exists() and (folder / "key.pem").exists():
        return
    program = shutil.which("openssl")
    if program is None:
        raise MissingPiece(
            say("A hub for other machines needs TLS, and the program openssl is not installed."),
            say("Install openssl, or put cert.pem and key.pem into {folder}.", folder=folder),
        )
    command = [
        program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
        "-subj", "/CN=flowdesk hub", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise HubUnavailable(
            say("The hub's certificate could not be made: {reason}.", reason=done.stderr.strip()[-200:]),
            say("Put cert.pem and key.pem into {folder}.", folder=folder),
        )
    os.chmod(folder / "key.pem", 0o600)


def fingerprint(pem: str) -> str:
    """Return what a certificate is known by: SHA-256 of it, in hexadecimal."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def fetch_certificate(host: str, port: int, seconds: float = 8.0) -> str:
    """Ask a PostgreSQL for its certificate, without trusting it yet. Returns it as PEM.

    Raises:
        HubUnavailable: If there is none: it cannot be reached, or speaks no TLS.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its fingerprint is compared instead
    try:
        with socket.create_connection((host, port), seconds) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                raise HubUnavailable(
                    say("The hub at {host} does not use TLS.", host=host),
                    say("Start it with --host, which turns TLS on."),
                )
            with context.wrap_socket(plain) as wrapped:
                found = wrapped.getpeercert(binary_form=True)
    except (OSError, ssl.SSLError) as error:
        raise HubUnavailable(
            say("The hub cannot be reached: {reason}.", reason=getattr(error, "strerror", None) or str(error)),
            say("Check that flowdesk hub runs, and the join code."),
        ) from error
    assert found is not None
    return ssl.DER_cert_to_PEM_cert(found)
