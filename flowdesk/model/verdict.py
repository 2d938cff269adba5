"""Verdicts: what an ``assert`` node found. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement held."""

    is_passed: bool
    statement: str
    """What was to hold, as a sentence."""
    message: str = ""
    """What the flow's author says where it does not hold."""
    found: str = ""
    """What was there instead, where that is known."""
