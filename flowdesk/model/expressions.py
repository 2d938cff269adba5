"""Expressions: what may stand between ``{{`` and ``}}`` beside a plain path.

What people write becomes a small tree of our own, which ``engine.evaluate`` works out; ``model.jinja`` reads it, and is loaded
when the first expression is read: most flows have paths only. Pure.
"""

from collections.abc import Iterable

from flowdesk.model.elsewhere import instead_of
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.sentence import Sentence, say

LONGEST_EXPRESSION = 4000
"""Characters."""
SHORTER = say("Use several Set variable nodes. For literal braces, put \\ before {{.")
LISTED = say("The help page on expressions lists all functions.")
DEEPEST = 100
"""How deep an expression may be nested."""
MOST_BRACKETS = 25
"""How many brackets may be open at once: each costs Jinja's parser a dozen frames."""
KEYWORDS = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "secret"}
)
"""Names that cannot be those of a node."""
TESTS: dict[str, int] = {
    "defined": 0, "undefined": 0, "none": 0, "number": 0, "string": 0, "mapping": 0, "list": 0, "boolean": 0,
    "odd": 0, "even": 0, "divisibleby": 1, "empty": 0, "in": 1,
}  # fmt: skip
"""What may follow ``is``, with how many values it takes."""


class ExpressionUnreadable(ValueUnusable):
    """An expression that cannot be parsed. ``details["position"]`` is the 0-based character in it."""


def nearest(name: str, known: Iterable[str]) -> Sentence | None:
    """Return the question whether a similar name was meant, ``None`` where none is similar."""
    import difflib

    near = difflib.get_close_matches(name[:100], known, n=1)
    return say('Did you mean "{word}"?', word=near[0]) if near else None


def unreadable(source: str, place: int, reason: Sentence, fix: Sentence | None = None) -> ExpressionUnreadable:
    """Return the error that says why an expression cannot be read, and at which 0-based character."""
    shown = source.strip()
    fix = fix or instead_of(source[place:].lstrip(), source[:place])
    return ExpressionUnreadable(
        say(
            '"{source}" is not a valid expression: {reason} (character {place}).',
            source=shown if len(shown) <= 80 else shown[:77] + "…",
            reason=reason,
            place=min(max(place, 0), len(source)) + 1,
        ),
        fix
        or say(
            'Use {{ item["Unit price"] }} for such names, put texts in quotes, or put \\ before {{ for literal braces.'
        ),
        position=min(max(place, 0), len(source)),
    )
