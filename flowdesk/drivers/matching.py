"""How a text that was seen fits the text that is wanted: plain, ``"exact"`` or ``/regex/``. Pure.

White space counts little: screens wrap lines, menus pad names, OCR splits and merges words, and Chinese has none.
A number is found whole or not at all: *Row 1* is no part of *Row 12*.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from flowdesk.model.bodies import compile_pattern
from flowdesk.model.target import Step

WHOLE, LABEL, WORD, PART = 1.0, 0.95, 0.9, 0.85
"""Scores of a text that fits as a whole, but for signs around it (*Name:*, *Save…*), as whole words among others, or in part."""


@dataclass(frozen=True)
class Wanted:
    """A text to look for, made from a step."""

    step: Step

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return compile_pattern(self.step.body)

    @cached_property
    def _needle(self) -> str:
        squeezed, _ = _squeeze(self.step.body)
        return squeezed if self.step.exact else squeezed.casefold()

    @property
    def literal(self) -> str | None:
        """A piece that any fitting text contains (in any case); None when none is known."""
        words = self.step.body.split()
        return None if self.step.is_regex or not words else max(words, key=len)

    def fit(self, text: str) -> float:
        """Return how well a text fits: 0 when it does not."""
        if self.step.is_regex:
            match = self._pattern.search(text)
            if match is None:
                return 0.0
            return WHOLE if match.group().strip() == text.strip() else WORD
        squeezed, _ = _squeeze(text)
        if self.step.exact:
            return WHOLE if squeezed == self._needle else 0.0
        if squeezed.casefold() == self._needle:
            return WHOLE
        spans = self.spans(text)
        if not spans:
            return 0.0
        if any(not any(map(str.isalnum, text[:start] + text[end:])) for start, end in spans):
            return LABEL
        return max(WORD if _is_word(text, *span) else PART for span in spans)

    def is_fitting(self, text: str) -> bool:
        """Whether a text fits at all."""
        return self.fit(text) > 0

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where in a text the wanted text is; the whole of it for an exact fit."""
        if self.step.is_regex:
            return [match.span() for match in self._pattern.finditer(text) if match.group()]
        squeezed, places = _squeeze(text)
        if self.step.exact:
            return [(places[0], places[-1] + 1)] if places and squeezed == self._needle else []
        folded = squeezed.casefold()
        if len(folded) != len(squeezed):  # a letter that folds into two: positions would be off
            folded = squeezed.lower() if len(squeezed.lower()) == len(squeezed) else squeezed
        spans = []
        at = folded.find(self._needle)
        while at >= 0:
            start, end = places[at], places[at + len(self._needle) - 1] + 1
            is_cut = _cuts_number(text, start) or _cuts_number(text, end)
            if not is_cut:
                spans.append((start, end))
            at = folded.find(self._needle, at + (1 if is_cut else len(self._needle)))
        return spans

    def describe(self) -> str:
        """Return it as a person wrote it."""
        if self.step.is_regex:
            return f"/{self.step.body}/"
        return f'"{self.step.body}"'


def nearest(wanted: str, seen: Iterable[str], count: int = 10) -> tuple[str, ...]:
    """Return the texts that look most like the wanted one, nearest first."""
    texts = list(dict.fromkeys(text.strip()[:80] for text in seen if text.strip()))
    folded = wanted.casefold()
    return tuple(
        sorted(texts, key=lambda text: -difflib.SequenceMatcher(None, folded, text.casefold()).quick_ratio())[:count]
    )


def alike(wanted: str, seen: str) -> float:
    """Return how much two texts have in common, from 0 to 1 (the same)."""
    return difflib.SequenceMatcher(None, wanted.casefold(), seen.casefold()).ratio()


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return a text without white space, and where each of its characters was."""
    places = [place for place, sign in enumerate(text) if not sign.isspace()]
    return "".join(text[place] for place in places), places


def _cuts_number(text: str, at: int) -> bool:
    """Whether digits stand on both sides of a place."""
    return text[at - 1 : at].isdecimal() and text[at : at + 1].isdecimal()


def _is_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum())
