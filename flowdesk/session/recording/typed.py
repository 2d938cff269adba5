"""What was typed into one field: what it holds at the end counts, not the keys. Pure."""

import dataclasses
from dataclasses import dataclass, replace

from flowdesk.engine.observing import FieldSeen, KeyDown
from flowdesk.model.arrival import MASKS
from flowdesk.session.recording.steps import Aim

EDITING = frozenset({"backspace", "delete", "left", "right", "up", "down", "home", "end", "pageup", "pagedown"})
"""Keys that change a text or move in it."""

_EDITING_SHORTCUTS = frozenset({"a", "v", "x", "z", "y", "backspace", "delete", *EDITING})

LATE = 0.15
"""Seconds that a key is on its way into its field at least: a look that came sooner after it does not show it."""


def edits(key: KeyDown, *, copies: bool) -> bool:
    """Whether a key only edits the field that has the keyboard. ``copies``: whether the clipboard holds what was copied before."""
    if key.text and set(key.modifiers) <= {"shift", "altgr"}:
        return True
    if key.key in EDITING and set(key.modifiers) <= {"shift", "ctrl"}:
        return True
    if key.key == "insert" and key.modifiers == ("shift",):
        return not copies
    if key.modifiers != ("ctrl",) and key.modifiers != ("ctrl", "shift"):
        return False
    if key.key in ("v", "x"):
        return key.key == "v" and not copies
    return key.key in _EDITING_SHORTCUTS


@dataclass(frozen=True, slots=True)
class Typed:
    """What one `input` types."""

    text: str
    clears: bool = False
    """Whether it takes the place of what was there."""
    at_end: bool = False
    """Whether it goes on at the end of a longer text."""
    is_certain: bool = True


@dataclass
class Typing:
    """Typing into one field, from its first key on."""

    field: FieldSeen | None
    """The field; None where the program does not tell."""
    begun: float
    aim: Aim | None = None
    """How the field was reached, where it was clicked, or first seen with the keyboard."""
    before: str | None = None
    is_secret: bool = False
    is_document: bool = False
    """Whether the field is most of its window: what it holds the next time is not for a recording to replace."""
    count: int = 0
    """Keys that typed something."""
    value: str | None = dataclasses.field(default=None, repr=False)
    read_at: float = 0.0
    _keys: list[tuple[float, str]] = dataclasses.field(default_factory=list, repr=False)
    """Characters with their times; ``\\b`` for one taken back. Of a secret nothing."""
    is_clear: bool | None = None
    """Whether its program told that no field for passwords has the keyboard; None where nobody looked yet."""
    selects: bool = False
    """Whether all of it was selected."""
    is_broken: bool = False
    """Whether the caret went elsewhere, so that the keys no longer tell the text."""

    @property
    def is_told(self) -> bool:
        """Whether the field's program tells what it holds."""
        known = self.field
        return known is not None and not known.is_terminal and known.value is not None and not self.is_secret

    def take(self, key: KeyDown) -> None:
        """Take a key in."""
        if key.text or key.key in ("backspace", "delete"):
            self.count += 1
        if self.is_secret:
            return
        if key.text and not set(key.modifiers) - {"shift", "altgr"}:
            self._keys.append((key.at, key.text))
        elif key.key == "backspace" and not key.modifiers:
            self._keys.append((key.at, "\b"))
        elif key.key == "a" and key.modifiers == ("ctrl",):
            self.selects = True
            self._keys.clear()  # what is typed next takes the place of all
            self.is_broken = False
        elif key.key in EDITING or key.modifiers:
            self.is_broken = True

    def hush(self) -> None:
        """Know that this is a secret: forget what was typed."""
        self.is_secret = True
        self._keys.clear()
        self.value = self.before = None

    def see(self, now: FieldSeen, at: float) -> None:
        """Take in what the field holds now."""
        if now.is_secret:
            self.hush()
            return
        if now.value is not None and len(now.value) > 1 and set(now.value) <= MASKS:
            self.hush()
            return
        self.value, self.read_at = now.value, at

    def note_clear(self, is_clear: bool) -> None:
        """Take in whether no field for passwords has the keyboard: once in doubt, it stays so."""
        self.is_clear = is_clear and self.is_clear is not False

    def pending(self) -> str:
        """Return the characters that were typed after the field was read last."""
        return _applied("", [text for at, text in self._keys if at > self.read_at - LATE])

    def by_keys(self) -> str:
        """Return what the keys alone spell."""
        return _applied("", [text for _, text in self._keys])

    def result(self) -> Typed | None:
        """Return what was typed; None where nothing came of it."""
        if self.is_secret:
            return Typed("", clears=self.field is not None and not self.field.is_terminal) if self.count else None
        known = self.field
        if not self.is_told or known is None or self.value is None:
            text = self.by_keys()
            is_unread = known is not None and not known.is_terminal  # it could have told, and nobody looked in time
            is_certain = not self.is_broken and not is_unread
            return Typed(text, clears=self.selects and self.aim is not None, is_certain=is_certain) if text else None
        before = self.before if self.before is not None else _without(self.value, self.by_keys())
        is_unknown = self.before is None and known.role != "text_area"
        after = self.value
        if not self.is_broken and self.read_at:
            after = _completed(before, after, self.by_keys(), self.pending())
        found = _difference(before, after, known.role, self.by_keys(), is_document=self.is_document)
        return replace(found, clears=True, at_end=False, text=after) if is_unknown and found is not None else found


def _completed(before: str, after: str, typed: str, late: str) -> str:
    """Return what a field holds once the last keys have arrived too, of which it shows a part at most."""
    own = after[len(before) :] if before and after.startswith(before) else after
    rest = typed[len(own) :] if typed.startswith(own) else ""
    return after + rest if rest and late.endswith(rest) else after


def _applied(text: str, typed: list[str]) -> str:
    for each in typed:
        text = text[:-1] if each == "\b" else text + each
    return text


def _without(value: str, typed: str) -> str:
    """Return what a field held before a text was typed at its end."""
    return value[: -len(typed)] if typed and value.endswith(typed) else ""


def _difference(before: str, after: str, role: str, typed: str, *, is_document: bool) -> Typed | None:
    """Return what makes ``after`` of ``before``: what was typed goes on at its end, or all of it takes the place of all."""
    if after == before:
        return None
    is_long = role == "text_area"
    if not before.strip("\n"):
        # Whoever fills in an empty field wants it to hold that text, whatever is in it the next time.
        return Typed(after.removesuffix(before) if before else after, clears=not is_document)
    if after.startswith(before) and (is_long or (role == "text_field" and typed != after)):
        return Typed(after[len(before) :], at_end=True)
    return Typed(after, clears=True)


def as_written(text: str) -> str:
    """Return a text as a node's setting, in which braces would mean a variable."""
    return text.replace("{{", '{{ "{{" }}')
