r"""How a text is cut into stretches, each with its way into the program.

Keys: the strokes that give the characters in the layout in force, and, for the characters that no key gives, spare keys that
are lent a meaning. Paste: the clipboard. Which way ``auto`` takes depends on what the program takes (``programs``) and on where the
text goes: editors close brackets, indent and complete what is typed, but not what is pasted.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from flowdesk.drivers.programs import Habit
from flowdesk.engine.ports import TypingMethod
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

CONTROL_KEYS = {"\n": "enter", "\t": "tab"}
"""Characters that are keys when typed."""
KEYS_AT_MOST = 200
"""Characters of one stretch that ``auto`` sends by keys; longer ones are pasted."""
_INDENTED = re.compile(r"\n[ \t]|[^\n]\t[^\n]*\n|\n[^\n]*\t|\A[ \t]+[^\n]*\n")
"""Lines with tabs or blanks at their beginning: what an editor that indents would change."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text and its way: ``keys``, ``borrow`` (lent keys), ``paste``, or ``control`` (one key)."""

    way: Literal["keys", "borrow", "paste", "control"]
    text: str


def checked(text: str) -> str:
    r"""Return the text with line ends as ``\n``.

    Raises:
        InputFailed: If it holds what no program can receive: half a surrogate pair, a control character.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for position, character in enumerate(text):
        kind = unicodedata.category(character)
        is_bad = kind in {"Cc", "Cs"} or (ord(character) & 0xFFFE) == 0xFFFE
        if is_bad and character not in CONTROL_KEYS:
            raise InputFailed(
                say(
                    "The text contains a character that cannot be typed: U+{code} at position {position}.",
                    code=f"{ord(character):04X}",
                    position=position + 1,
                ),
                say("Remove it, or use a Press keys node."),
                position=position,
            )
    return text


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a text goes, as far as that is known."""

    habit: Habit = "plain"
    is_multiline: bool = False
    """Whether the field is known to hold lines. Then all of the text is pasted: line ends and tabs inside it are text (a tab key
    may leave the field), and an editor may complete or indent what is typed; those at its end are keys."""
    is_told: bool = True
    """Whether the program publishes its elements. Where it does not, lines that are indented are taken for text of an editor."""
    is_editor: bool = False
    """Whether it is certainly an editor of text, in which line ends and tabs are text, at the end, too."""
    prefers_paste: bool = False
    """Whether an input method (for Chinese and others) would take keys."""


def plan(text: str, method: TypingMethod, typeable: set[str], spare: int, aim: Aim | None = None) -> list[Stretch]:
    """Cut a checked text into stretches.

    Args:
        text: The text.
        method: ``keys``, ``paste`` (all of it, line ends too) or ``auto``.
        typeable: Characters that the layout in force gives.
        spare: How many keys may be lent a character at a time.
        aim: Where it goes.
    """
    aim = aim or Aim()
    if method == "paste":
        return [Stretch("paste", text)] if text else []
    is_keys = method == "keys" or aim.habit in ("viewer", "modal")
    stretches: list[Stretch] = []
    body = text if aim.is_editor else text.rstrip("".join(CONTROL_KEYS))
    if body and not is_keys and _goes_whole(body, typeable, aim):
        stretches.append(Stretch("paste", body))
        text = text[len(body) :]
    for piece in _split_controls(text):
        if piece in CONTROL_KEYS:
            stretches.append(Stretch("control", piece))
        elif is_keys:
            stretches += key_stretches(piece, typeable, spare)
        else:
            is_easy = not aim.prefers_paste and len(piece) <= KEYS_AT_MOST and typeable.issuperset(piece)
            # A program of the old kind may know few letters, and says so only when it is offered a text to paste.
            is_easy = is_easy and (piece.isascii() or aim.is_told or aim.habit != "plain")
            stretches.append(Stretch("keys" if is_easy else "paste", piece))
    return stretches


def _goes_whole(body: str, typeable: set[str], aim: Aim) -> bool:
    """Whether all of a text is pasted in one piece."""
    if aim.habit == "terminal":
        return False  # many lines at once make terminals ask
    if aim.habit == "emacs":
        return not CONTROL_KEYS.keys().isdisjoint(body) or not typeable.issuperset(body)
    return aim.is_multiline or aim.is_editor or (not aim.is_told and _INDENTED.search(body) is not None)


def _split_controls(text: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for position, character in enumerate(text):
        if character in CONTROL_KEYS:
            pieces += [text[start:position], character]
            start = position + 1
    return [piece for piece in [*pieces, text[start:]] if piece]


def key_stretches(text: str, typeable: set[str], spare: int) -> list[Stretch]:
    """Cut so that each stretch needs at most ``spare`` lent keys."""
    stretches: list[Stretch] = []
    start, lent = 0, set[str]()
    for position, character in enumerate(text):
        if character in typeable or character in lent:
            continue
        if len(lent) == max(1, spare):
            stretches.append(Stretch("borrow", text[start:position]))
            start, lent = position, set()
        lent.add(character)
    stretches.append(Stretch("borrow" if lent else "keys", text[start:]))
    return stretches
