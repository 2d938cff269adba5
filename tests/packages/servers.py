"""Real mail servers of this computer alone: Dovecot for reading, aiosmtpd for sending."""

import asyncio
import getpass
import grp
import imaplib
import os
import pwd
import shutil
import ssl
import subprocess
import threading
import time
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.ports import free_port

PASSWORD = "geheim-9"


def certificate(folder: Path) -> Path:
    """Make a certificate that this computer may be asked for by name and by address."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(folder / "key.pem"),
         "-out", str(folder / "certificate.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


CONFIGURATION = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{secured}/certificate.pem
ssl_key = <{secured}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owners} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """A Dovecot in which everybody has a mailbox."""

    def __init__(self, folder: Path, secured: Path) -> None:
        self.port, self.tls_port = free_port(), free_port()
        for part in ("run", "state", "mail"):
            (folder / part).mkdir()
        me, mine = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        is_root = os.geteuid() == 0
        owner = "nobody" if is_root else me
        owners = grp.getgrgid(pwd.getpwnam(owner).pw_gid).gr_name
        if is_root:
            shutil.chown(folder / "mail", owner, owners)
        text = CONFIGURATION.format(
            folder=folder, secured=secured, password=PASSWORD, port=self.port, tls_port=self.tls_port, owner=owner,
            owners=owners, internal="dovecot" if is_root else me, group="dovecot" if is_root else mine,
            login="dovenull" if is_root else me,
        )  # fmt: skip
        (folder / "dovecot.conf").write_text(text, "utf-8")
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        self._folder = folder
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(folder / "dovecot.conf")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        patience = time.monotonic() + 90
        while not self._is_up():
            assert time.monotonic() < patience, self._log()
            threading.Event().wait(0.05)

    def _is_up(self) -> bool:
        assert self._process.poll() is None, self._log()
        try:
            with imaplib.IMAP4("127.0.0.1", self.port, timeout=30) as client:
                return client.login("anybody", PASSWORD)[0] == "OK"
        except (OSError, imaplib.IMAP4.error):
            return False

    def _log(self) -> str:
        path = self._folder / "log"
        return path.read_text("utf-8") if path.is_file() else "no log"

    def put(self, user: str, message: EmailMessage | bytes, folder: str = "INBOX") -> None:
        """Put a message into a mailbox."""
        content = message if isinstance(message, bytes) else message.as_bytes()
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=60) as client:
            client.login(user, PASSWORD)
            client.create(folder)
            assert client.append(folder, "", "", content)[0] == "OK"

    def flags(self, user: str) -> list[bytes]:
        """Return the numbers of the messages that nobody has read."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=60) as client:
            client.login(user, PASSWORD)
            client.select("INBOX", readonly=True)
            found: list[bytes] = client.search(None, "UNSEEN")[1]
            return found[0].split()

    def end(self) -> None:
        """End it and what it has started."""
        self._process.terminate()
        self._process.wait(60)


class Postman(Controller):
    """A real SMTP server: it asks for a login, refuses whom it does not know, and puts mail where it is told."""

    def __init__(self, secured: Path, *, is_tls: bool = False, deliver: Dovecot | None = None) -> None:
        self.received: list[Envelope] = []
        self.is_to_hang_up = False
        self._deliver = deliver
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(secured / "certificate.pem", secured / "key.pem")
        secure = {"ssl_context": context} if is_tls else {"tls_context": context, "require_starttls": True}
        super().__init__(
            self, hostname="127.0.0.1", port=free_port(), authenticator=self._knows, auth_required=True,
            auth_require_tls=not is_tls, ready_timeout=60, **secure,
        )  # fmt: skip

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        is_known = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=is_known, handled=False)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse whoever is called nobody."""
        if address.startswith("nobody@"):
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        if self.is_to_hang_up:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 never heard"
        self.received.append(envelope)
        assert isinstance(envelope.content, bytes)
        for address in envelope.rcpt_tos if self._deliver is not None else ():
            assert self._deliver is not None
            self._deliver.put(address.partition("@")[0], envelope.content)
        return "250 OK"
