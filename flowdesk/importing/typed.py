"""Texts of SikuliX with keys in them: while a script is read, a key stands between two private characters."""

import ast
from typing import Any

from flowdesk.importing.expressions import setting, untaken
from flowdesk.importing.keynames import key_of
from flowdesk.importing.report import Untaken
from flowdesk.importing.values import Known, Ref
from flowdesk.model.sentence import say


def is_mask(value: Any) -> bool:
    """Whether a value says which keys are held."""
    return (isinstance(value, Known) and isinstance(value.value, int)) or bool(
        isinstance(value, Known) and "\ue000" in str(value.value)
    )


def modifiers(value: Any, node: ast.AST) -> list[str]:
    """Return the keys that are held: of ``KeyModifier.CTRL + KeyModifier.SHIFT``."""
    if isinstance(value, Known) and isinstance(value.value, str):
        words = [kind for kind, part in cut(value.value) if kind == "key"]
        if words:
            return [part.lower() for kind, part in cut(value.value) if kind == "key"]
    if isinstance(value, Known) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return [key for bit, key in _MASKS if value.value & bit]
    raise untaken(node)


_MASKS = (1, "shift"), (2, "ctrl"), (4, "win"), (8, "alt")
"""The bits of Java's modifiers, which scripts give as a number, often where they mean something else."""


def modifier(word: str, node: ast.AST) -> str:
    """Return what flowdesk calls a key that is held."""
    return key_of(word)


def cut(text: str) -> list[tuple[str, str]]:
    """Cut a text at the keys in it."""
    found: list[tuple[str, str]] = []
    rest = text
    while rest:
        before, mark, after = rest.partition("\ue000")
        plain = before
        for place, line in enumerate(plain.replace("\r\n", "\n").split("\n")):
            if place:
                found.append(("key", "enter"))
            for number, piece in enumerate(line.split("\t")):
                if number:
                    found.append(("key", "tab"))
                if piece:
                    found.append(("text", piece))
        if not mark:
            break
        key, _, rest = after.partition("\ue001")
        found.append(("key", key))
    return found


def pieces(value: Any) -> list[tuple[str, Any]]:
    """Return a text as what is typed and keys that are pressed."""
    if isinstance(value, Known):
        return list(cut(str(value.value)))
    if isinstance(value, Ref) and "\\ue000" in value.expression:
        parts: list[tuple[str, Any]] = []
        for part in value.expression.removeprefix("(").removesuffix(")").split(" ~ "):
            if "\\ue000" in part:
                parts += cut(part.strip('"').encode("ascii", "backslashreplace").decode("unicode_escape"))
            else:
                parts.append(("text", "{{ " + part + " }}"))
        return parts
    if isinstance(value, Ref):
        return [("text", setting(value))]
    raise Untaken("text", say("A value of this kind cannot be typed."))
