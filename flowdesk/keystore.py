"""The secrets of flows, in the system's key store: the Secret Service, the Keychain, the Credential Manager."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flowdesk.model.errors import NodeError, RequestInvalid
from flowdesk.model.sentence import say

logger = logging.getLogger(__name__)
SERVICE = "flowdesk"
"""Under which they lie in the key store, so that other programs for it (``keyring``, Seahorse) show them."""


def read_secret(name: str) -> str:
    """Return a secret.

    Raises:
        NodeError: If there is none, or no key store.
    """
    with _opened() as store:
        value = store.get_password(SERVICE, name)
    if value is None:
        raise NodeError(
            say('Secret "{name}" not found.', name=name), say("Set it: flowdesk secret set {name}", name=name)
        )
    return str(value)


def keep_secret(name: str, value: str) -> None:
    """Keep a secret; one of that name is replaced.

    Raises:
        NodeError: If there is no key store, or it refuses.
    """
    with _opened() as store:
        store.set_password(SERVICE, name, value)


def forget_secret(name: str) -> None:
    """Remove a secret.

    Raises:
        RequestInvalid: If there is none of that name.
        NodeError: If there is no key store, or it refuses.
    """
    with _opened() as store:
        is_there = store.get_password(SERVICE, name) is not None
        if is_there:
            store.delete_password(SERVICE, name)
    if not is_there:
        raise RequestInvalid(say('There is no secret "{name}".', name=name), say("Check the spelling of its name."))


@contextmanager
def _opened() -> Iterator[Any]:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise NodeError(say("Secrets require the package keyring."), say("pip install keyring")) from error
    try:
        yield keyring
    except Exception as error:  # those that others install raise whatever they like
        if not isinstance(error, KeyringError):
            logger.exception("the key store failed")
        raise NodeError(
            say("The key store cannot be used: {reason}.", reason=str(error).rstrip(".") or type(error).__name__),
            say("Unlock it, or install a key store (gnome-keyring, KWallet)."),
        ) from error
