"""Texts with keys in them, as AutoHotkey sends them: ``user{Tab}^a{Enter 2}{Shift Down}``."""

import re
from collections.abc import Iterator
from typing import Any

from flowdesk.importing.keynames import key_of

HELD = {"^": "ctrl", "!": "alt", "+": "shift", "#": "super"}
_SIDED = {
    "lctrl": "ctrl", "rctrl": "ctrl", "lcontrol": "ctrl", "rcontrol": "ctrl", "control": "ctrl", "lshift": "shift", "rshift": "shift",
    "lalt": "alt", "ralt": "altgr", "lwin": "super", "rwin": "super", "bs": "backspace", "escape": "esc", "appskey": "menu",
    "numpadenter": "enter", "numpadadd": "add", "numpadsub": "subtract", "numpadmult": "multiply", "numpaddiv": "divide",
    "volume_up": "volumeup", "volume_down": "volumedown", "volume_mute": "volumemute",
}  # fmt: skip
_BRACED = re.compile(r"\{(\}|\{|[^{}]+?)(?:\s+(\d+|down|up|downtemp|downr))?\}", re.IGNORECASE)

Piece = tuple[str, Any]
"""``text`` and what is typed; ``keys`` and a node's settings."""


def named(name: str) -> str:
    """Return what flowdesk calls a key of AutoHotkey.

    Raises:
        Untaken: If it is no key.
    """
    plain = _SIDED.get(name.lower(), name)
    if re.fullmatch(r"numpad\d", plain, re.IGNORECASE):
        plain = f"num{plain[-1]}"
    return key_of(plain)


def pieces(text: str) -> Iterator[Piece]:
    """Yield what is typed and what is pressed.

    Raises:
        Untaken: If a key is not known.
    """
    typed, held, at = "", [], 0
    while at < len(text):
        letter = text[at]
        if letter in HELD and at + 1 < len(text):
            held.append(HELD[letter])
            at += 1
            continue
        match = _BRACED.match(text, at)
        if match is not None:
            name, how = match[1], (match[2] or "").lower()
            at = match.end()
            if len(name) == 1 and not how and not held and not name.isalnum():
                typed += name
                continue
            if typed:
                yield "text", typed
                typed = ""
            yield "keys", _pressed([*held, named(name)], how)
        elif held:
            if typed:
                yield "text", typed
                typed = ""
            yield "keys", {"keys": [*held, key_of(letter)]}
            at += 1
        else:
            typed += letter
            at += 1
            continue
        held = []
    if typed:
        yield "text", typed


def _pressed(keys: list[str], how: str) -> dict[str, Any]:
    config: dict[str, Any] = {"keys": keys}
    if how.isdigit():
        config["times"] = max(1, min(1000, int(how)))
    elif how:
        config["action"] = "up" if how == "up" else "down"
    return config
