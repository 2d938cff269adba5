"""The secrets that a run read: they are taken out of whatever is told or written of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flowdesk.model.events import NodeChanged, RunEvent, RunFinished, RunLog

MASK = "•••"
SHORTEST = 3
"""Characters: a shorter secret would black out half of every text."""


class Secrets:
    """Reads secrets for one run and remembers which."""

    def __init__(self, read: Callable[[str], str] | None) -> None:
        """Read by ``read``, where there is a key store."""
        self._read = read
        self._values: list[str] = []

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
        if len(value) >= SHORTEST and value not in self._values:
            self._values.append(value)
            self._values.sort(key=len, reverse=True)
        return value

    def mask_json(self, text: str) -> str:
        """Return a text of JSON without the secrets."""
        for value in self._values:
            text = text.replace(json.dumps(value)[1:-1], json.dumps(MASK)[1:-1])
        return text

    def mask(self, event: RunEvent) -> RunEvent:
        """Return an event without the secrets."""
        if not self._values:
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
            case RunFinished():
                return replace(
                    event,
                    message=self.without(event.message), result=self.without(event.result),
                    error=self.without(event.error),
                )  # fmt: skip
            case _:
                return event

    def without(self, value: Any) -> Any:
        """Return a JSON value without the secrets."""
        if not self._values:
            return value
        if isinstance(value, str):
            found = [secret for secret in self._values if secret in value]
            for secret in found:
                value = value.replace(secret, MASK)
            return value
        if isinstance(value, dict):
            return {self.without(key): self.without(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.without(item) for item in value]
        return value
