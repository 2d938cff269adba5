"""Secrets: the installation's token, tokens with a name and a role, one-time codes, and what they open.

Tokens lie in one file that only its owner can read. Another process (``flowdesk token revoke``) may change it at any
time: it is read again whenever it changed.
"""

import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import Any

from flowdesk.model.errors import FileUnwritable, NotAuthenticated, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.connection import Grant
from flowdesk.protocol.messages import Auth, Role
from flowdesk.session.plainfiles import read_plain_file

logger = logging.getLogger(__name__)

LARGEST = 1024 * 1024
"""Bytes of the file of tokens."""
INSTALLATION = ""
"""Name of the token that every installation has; its role is run."""
CODE_SECONDS = 60.0
MAX_CODES = 32
PAIRING_SECONDS = 300.0
PAIRING_TRIES = 5
"""Wrong six-digit codes that are looked at at once."""
PAIRING_PAUSE = 10.0
"""Seconds for each further one. In the five minutes of a code at most 35 are: a guess is right once in 28,000 times."""

_NAME = re.compile(r"[\w.-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Token:
    name: str
    secret: str
    role: Role

    @property
    def id(self) -> str:
        return token_id(self.secret)


def token_id(secret: str) -> str:
    """Return a short name of a secret from which the secret cannot be found."""
    return hashlib.sha256(b"flowdesk token " + secret.encode("utf-8", "replace")).hexdigest()[:16]


class TokenStore:
    """The tokens of this installation, in ``tokens.json`` of a folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read or written yet."""
        self.folder = folder
        self._path = folder / "tokens.json"
        self._stamp: tuple[int, int, int] | None = None
        self._tokens: list[_Token] = []

    def show(self, name: str = INSTALLATION) -> str:
        """Return a token; the installation's is made at the first use.

        Raises:
            NotAuthenticated: If there is none.
        """
        self._read()
        if self._stamp is None and name == INSTALLATION:
            return self.renew()
        for token in self._tokens:
            if token.name == name:
                return token.secret
        raise NotAuthenticated(
            say('Token "{name}" not found.', name=name or "installation"), say("Create one: flowdesk token new")
        )

    def renew(self, name: str = INSTALLATION, role: Role = Role.RUN) -> str:
        """Make a token, in place of the one with the same name, and return it.

        Raises:
            RequestInvalid: If the name cannot be one.
        """
        if name and not _NAME.fullmatch(name):
            raise RequestInvalid(
                say("\"{name}\" is not a valid token name.", name=name), say("Use 1 to 64 letters, digits, dots, dashes, or underscores."),
                field="name",
            )  # fmt: skip
        self._read()
        if name and self._stamp is None:
            self.renew()  # Whoever lets others in first has a token of their own from then on, too.
        token = _Token(name, secrets.token_urlsafe(32), role)
        self._write([other for other in self._tokens if other.name != name] + [token])
        return token.secret

    def revoke(self, name: str = INSTALLATION) -> None:
        """Make a token void. What it opened is closed by the server within a second.

        Raises:
            NotAuthenticated: If a name is given that no token has.
        """
        self._read()
        if name and all(token.name != name for token in self._tokens):
            raise NotAuthenticated(
                say('Token "{name}" not found.', name=name), say("Run flowdesk token list to see the existing tokens.")
            )
        self._write([other for other in self._tokens if other.name != name])

    def names(self) -> dict[str, Role]:
        """Return the names of the tokens and their roles."""
        self._read()
        return {token.name: token.role for token in self._tokens}

    def check(self, secret: str) -> Grant | None:
        """Return what a secret allows, or ``None``. Takes the same time for every wrong one."""
        self._refresh()
        given = secret.encode("utf-8", "replace")
        found = None
        for token in self._tokens:
            if compare_digest(token.secret.encode(), given):
                found = token
        if found is None:
            return None
        return Grant(found.role, found.id, is_owner=found.name == INSTALLATION)

    def ids(self) -> frozenset[str]:
        """Return the ids of all tokens that are valid now; none while the file cannot be read."""
        self._refresh()
        return frozenset(token.id for token in self._tokens)

    def _refresh(self) -> None:
        try:
            self._read()
        except FileUnwritable as error:
            if self._tokens:
                logger.error("%s %s", error.message, error.fix)  # noqa: TRY400 - the sentence says it all
            self._tokens = []

    def _read(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._tokens = None, []
            return
        except OSError as error:
            raise _unreadable(self._path) from error
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp == self._stamp:
            return
        if os.name == "posix" and found.st_mode & 0o077:
            self._path.chmod(0o600)
            found = self._path.stat()
        try:
            entries = json.loads(read_plain_file(self._path, LARGEST))["tokens"]
            self._tokens = [_Token(entry["name"], entry["token"], Role[entry["role"].upper()]) for entry in entries]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _unreadable(self._path) from error
        self._stamp = stamp

    def _write(self, tokens: list[_Token]) -> None:
        entries: list[dict[str, Any]] = [
            {"name": token.name, "token": token.secret, "role": token.role.name.lower()} for token in tokens
        ]
        draft = self._path.with_name(f".tokens-{secrets.token_hex(8)}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.name == "posix":
                self.folder.chmod(0o700)
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(draft, flags, 0o600), "w", encoding="utf-8") as file:
                json.dump({"tokens": entries}, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            raise FileUnwritable(
                say("The token file cannot be written: {path}.", path=self._path),
                say("Make the folder writable, or set FLOWDESK_STATE_DIR."),
            ) from error
        self._read()


def _unreadable(path: Path) -> FileUnwritable:
    return FileUnwritable(
        say("The token file cannot be read: {path}.", path=path),
        say("Delete the file, then run flowdesk token new."),
    )


class Doorkeeper:
    """Checks whatever a client offers: a token, a session token, or a one-time code.

    Args:
        store: The tokens.
        now: Monotonic seconds.
    """

    def __init__(self, store: TokenStore, now: Callable[[], float]) -> None:
        """Begin without codes."""
        self._store = store
        self._now = now
        self._codes: dict[str, tuple[float, Role, str]] = {}
        self._pairings: dict[str, tuple[float, Role, str]] = {}
        self._tries = Bucket(PAIRING_TRIES, now, PAIRING_PAUSE)
        self._sessions: dict[str, Grant] = {}

    def mint_code(self, role: Role = Role.RUN) -> str:
        """Return a code that opens one connection within 60 s, in the name of the installation's token."""
        owner = token_id(self._store.show())
        for code in [code for code, (until, _, _) in self._codes.items() if until < self._now()]:
            del self._codes[code]
        while len(self._codes) >= MAX_CODES:
            del self._codes[next(iter(self._codes))]
        code = secrets.token_urlsafe(16)
        self._codes[code] = (self._now() + CODE_SECONDS, role, owner)
        return code

    def mint_pairing(self, role: Role = Role.RUN) -> str:
        """Return six digits that a person types on another machine: they open one connection within 5 minutes."""
        owner = token_id(self._store.show())
        self._pairings.clear()
        code = f"{secrets.randbelow(1_000_000):06}"
        self._pairings[code] = (self._now() + PAIRING_SECONDS, role, owner)
        return code

    def prove(self, auth: Auth) -> Grant | None:
        """Return what a client may do, or ``None``. A code is used up by it.

        Raises:
            NotAuthenticated: If too many wrong six-digit codes came: this one is not looked at, and stays good.
        """
        if auth.token is not None:
            return self.check_token(auth.token)
        if auth.code is not None:
            return self._redeem(auth.code)
        return None

    def check_token(self, secret: str) -> Grant | None:
        """Return what a token, or the session token of an earlier code, allows."""
        grant = self._store.check(secret)
        if grant is None:
            given = secret.encode("utf-8", "replace")
            for known, session in self._sessions.items():
                if compare_digest(known.encode(), given):
                    grant = session
        return grant if grant is not None and self.is_valid(grant) else None

    def is_valid(self, grant: Grant) -> bool:
        """Whether the token behind a grant still stands."""
        return grant.token_id in self._store.ids()

    def _redeem(self, code: str) -> Grant | None:
        is_pairing = len(code) == 6
        if is_pairing and not self._tries.has_one():
            raise NotAuthenticated(
                say(
                    "Too many wrong codes. Wait {seconds} seconds, then enter the code again.",
                    seconds=int(PAIRING_PAUSE),
                ),
                say("The code shown is still valid."),
            )
        codes = self._pairings if is_pairing else self._codes
        given = code.encode("utf-8", "replace")
        found = next((known for known in codes if compare_digest(known.encode(), given)), None)
        if found is None:
            if is_pairing:
                self._tries.take()
            return None
        until, role, owner = codes.pop(found)
        if until < self._now() or owner not in self._store.ids():
            return None
        session = secrets.token_urlsafe(32)
        self._sessions[session] = Grant(role, owner, is_owner=not is_pairing)
        if len(self._sessions) > 10 * MAX_CODES:
            del self._sessions[next(iter(self._sessions))]
        return Grant(role, owner, session, is_owner=not is_pairing)


class Bucket:
    """Lets ``size`` failures through at once and one in so many seconds after that."""

    def __init__(self, size: float, now: Callable[[], float], seconds: float = 1.0) -> None:
        """Begin full."""
        self._seconds = seconds
        self._size = self._level = size
        self._now = now
        self._then = now()

    def has_one(self) -> bool:
        """Whether one more would pass."""
        now = self._now()
        self._level = min(self._size, self._level + (now - self._then) / self._seconds)
        self._then = now
        return self._level >= 1

    def take(self) -> bool:
        """Whether one more may pass."""
        if not self.has_one():
            return False
        self._level -= 1
        return True
