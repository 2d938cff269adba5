"""Settings that can be judged as they are written: encodings, ranges, delimiters, patterns. What holds a reference is left to the run."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator

from flowdesk.model.config import has_template
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say


def _checked(check: Callable[[str], Sentence | None]) -> Callable[[str], str]:
    def validate(text: str) -> str:
        fault = check(text) if text and not has_template(text) else None
        if fault is not None:
            raise ValueError(fault)
        return text

    return validate


def _encoding(text: str) -> Sentence | None:
    from flowdesk.nodes.tabular.encodings import named

    try:
        _ = text.strip() and named(text)
    except NodeError:
        return say('unknown encoding "{encoding}"; use a name such as utf-8, cp1252, gb18030, or utf-16', encoding=text)
    return None


def _range(text: str) -> Sentence | None:
    from flowdesk.nodes.tabular.table import area_of

    try:
        area_of(text)
    except NodeError:
        return say('"{range}" is not a cell range; use one such as A3:D20, B:D, or A5', range=text)
    return None


def _delimiter(text: str) -> Sentence | None:
    from flowdesk.nodes.tabular.delimiters import given_delimiter

    try:
        given_delimiter(text)
    except NodeError:
        return say("a quote or a line break cannot be the delimiter")
    return None


EncodingName = Annotated[str, AfterValidator(_checked(_encoding))]
CellRange = Annotated[str, AfterValidator(_checked(_range))]
Delimiter = Annotated[str, AfterValidator(_checked(_delimiter))]


def pattern_fault(pattern: Any) -> Sentence | None:
    """Say why a text is no regular expression, ``None`` where it is one, is none, or holds a reference."""
    if not isinstance(pattern, str) or has_template(pattern):
        return None
    import regex

    from flowdesk.model.causes import pattern_cause

    try:
        regex.compile(pattern)
    except regex.error as error:
        return say('"{pattern}" is not a regular expression: {reason}', pattern=pattern, reason=pattern_cause(error))
    return None
