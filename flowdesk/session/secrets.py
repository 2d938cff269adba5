"""The secrets that a run read: they are taken out of whatever is told or written of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from flowdesk.model.events import NodeChanged, RunEvent, RunFinished, RunLog, RunVerdict

Event = TypeVar("Event", bound=RunEvent)

MASK = "•••"
_KEPT_IN_ADDRESSES = ("", "!$%&'()*+,/:;=?@[\\]^`{|}", "!$%&'()*+,/:;=@[\\]^|", "!$%&'()*+,")
"""What stands as it is: in a value that was quoted; in an address that was written whole, in its query, path, and user (WHATWG URL)."""
SHORTEST = 3
"""Characters: a shorter secret would black out half of every text."""


def forms(secret: str) -> set[str]:
    """Return how a secret may stand in a text: as it is, inside JSON, inside JSON in JSON, and in an address."""
    once = {secret, quote_plus(secret), *(quote(secret, safe=kept) for kept in _KEPT_IN_ADDRESSES)}
    for _ in range(2):
        once |= {escaped for form in once for escaped in _escaped(form)}
    return once


def _escaped(text: str) -> set[str]:
    """Return a text as JSON writes it, in plain ASCII and not."""
    return {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}


def _longest_first(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=len, reverse=True))


class Secrets:
    """Reads secrets for one run and remembers which."""

    def __init__(self, read: Callable[[str], str] | None) -> None:
        """Read by ``read``, where there is a key store."""
        self._read = read
        self._forms: tuple[str, ...] = ()
        """The secrets as they may stand in a text, the longest first."""
        self._json_forms: tuple[str, ...] = ()
        """The same, of a text of JSON."""

    @property
    def reader(self) -> Callable[[str], str] | None:
        """What gives a run its secrets."""
        return self.read if self._read is not None else None

    def read(self, name: str) -> str:
        """Return a secret.

        Raises:
            NodeError: If there is no such secret.
        """
        assert self._read is not None
        value = self._read(name)
        self.keep(value)
        return value

    def keep(self, value: str) -> None:
        """Take a text that a person typed as a secret out of whatever is told from now on."""
        if len(value) >= SHORTEST and value not in self._forms:
            self._forms = _longest_first({*self._forms, *forms(value)})
            self._json_forms = _longest_first({each for form in self._forms for each in _escaped(form)})

    def mask_json(self, text: str) -> str:
        """Return a text of JSON without the secrets."""
        for form in self._json_forms:
            text = text.replace(form, json.dumps(MASK)[1:-1])
        return text

    def mask(self, event: Event) -> Event:
        """Return an event without the secrets."""
        if not self._forms:
            return event
        match event:
            case NodeChanged():
                return replace(
                    event,
                    message=self.without(event.message), result=self.without(event.result),
                    error=self.without(event.error),
                )  # fmt: skip
            case RunLog():
                return replace(event, message=self.without(event.message))
            case RunVerdict():
                return replace(event, message=self.without(event.message), found=self.without(event.found))
            case RunFinished():
                return replace(
                    event,
                    message=self.without(event.message), result=self.without(event.result),
                    error=self.without(event.error), verdicts=self.without(event.verdicts),
                )  # fmt: skip
            case _:
                return event

    def without(self, value: Any) -> Any:
        """Return a JSON value without the secrets."""
        if not self._forms:
            return value
        if isinstance(value, str):
            for form in self._forms:
                if form in value:
                    value = value.replace(form, MASK)
            return value
        if isinstance(value, dict):
            return {self.without(key): self.without(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.without(item) for item in value]
        return value
