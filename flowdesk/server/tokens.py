"""Secrets that let clients in: one token for each role, one-time codes, and session tokens of browser pages."""

import hmac
import json
import os
import secrets
import time
from pathlib import Path

from flowdesk.model.errors import FileUnwritable, NotAllowed
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import Role

CODE_SECONDS = 60.0
ROLES = (Role.VIEW, Role.EDIT, Role.RUN)


class TokenStore:
    """The tokens of this installation, in a file that only its owner can read."""

    def __init__(self, folder: Path) -> None:
        """Keep them in ``folder/tokens.json``."""
        self._file = folder / "tokens.json"
        self._known: dict[str, str] = {}
        self._stamp: tuple[int, int] | None = None

    def show(self, role: Role = Role.RUN) -> str:
        """Return a role's token; the first time, make the tokens.

        Raises:
            NotAllowed: If they were revoked.
            FileUnwritable: If they cannot be written.
        """
        if not self._file.exists():
            return self.renew(role)
        self._read()
        token = self._known.get(role.name.lower())
        if token is None:
            raise NotAllowed(say("The token was revoked."), say("Make another: flowdesk token new"))
        return token

    def renew(self, role: Role = Role.RUN) -> str:
        """Make new tokens; the old ones no longer let anyone in, and their sockets are closed."""
        self._write({known.name.lower(): secrets.token_urlsafe(32) for known in ROLES})
        return self._known[role.name.lower()]

    def revoke(self) -> None:
        """Let nobody in by a token any more."""
        self._write({})

    def check(self, token: str) -> Role:
        """Return the role of a token, ``Role.NONE`` if it is none."""
        self._read()
        found = Role.NONE
        for role in ROLES:
            known = self._known.get(role.name.lower(), "")
            if known and hmac.compare_digest(known.encode(), token.encode("utf-8", "replace")):
                found = role
        return found

    def _read(self) -> None:
        try:
            stat = self._file.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._stamp:
                values = json.loads(self._file.read_text("utf-8"))
                self._known = {str(role): str(token) for role, token in values.items()}
                self._stamp = (stat.st_mtime_ns, stat.st_size)
        except (OSError, ValueError, AttributeError):
            self._known, self._stamp = {}, None

    def _write(self, tokens: dict[str, str]) -> None:
        temporary = self._file.with_name(f".tokens-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
                json.dump(tokens, file)
            temporary.replace(self._file)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise FileUnwritable(
                say(
                    "The token cannot be kept in {path}: {reason}.",
                    path=self._file,
                    reason=error.strerror or str(error),
                ),
                say("Check the folder's permissions, or set FLOWDESK_STATE_DIR to one you may write to."),
            ) from error
        self._known, self._stamp = tokens, None


class Codes:
    """One-time codes and the session tokens that they are exchanged for. In memory: they end with the process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._codes: dict[str, tuple[Role, float]] = {}
        self._sessions: dict[str, Role] = {}

    def new(self, role: Role = Role.RUN) -> str:
        """Make a code that lets one browser page in, once, within a minute."""
        now = time.monotonic()
        self._codes = {code: known for code, known in self._codes.items() if known[1] > now}
        code = secrets.token_urlsafe(16)
        self._codes[code] = (role, now + CODE_SECONDS)
        return code

    def redeem(self, code: str) -> tuple[Role, str] | None:
        """Exchange a code for its role and a session token, ``None`` if it is used up, too old or unknown."""
        role, until = self._codes.pop(code, (Role.NONE, 0.0))
        if role is Role.NONE or until < time.monotonic():
            return None
        token = secrets.token_urlsafe(32)
        self._sessions[token] = role
        return role, token

    def check(self, token: str) -> Role:
        """Return the role of a session token, ``Role.NONE`` if it is none."""
        return self._sessions.get(token, Role.NONE)

    def revoke(self) -> None:
        """Forget all of them."""
        self._codes.clear()
        self._sessions.clear()
