"""The grammar of element selectors: ``window > group button[name='OK']:nth(2)``. Pure: it checks, it does not match.

A selector is clauses between commas; a clause is parts between spaces (somewhere inside) or ``>`` (directly inside);
a part is a role or ``*``, then ``[attribute='value']`` filters (``=`` ``*=`` ``^=`` ``$=``), then at most one ``:nth(n)``.
"""

import difflib
import re

from flowdesk.model.errors import SelectorError
from flowdesk.model.sentence import Sentence, say

ROLES = frozenset(
    {
        "alert",
        "application",
        "button",
        "check_box",
        "combo_box",
        "dialog",
        "group",
        "heading",
        "image",
        "link",
        "list",
        "list_item",
        "menu",
        "menu_bar",
        "menu_item",
        "navigation",
        "progress_bar",
        "radio_button",
        "scroll_bar",
        "scroll_thumb",
        "separator",
        "slider",
        "spin_button",
        "split_group",
        "static_text",
        "status",
        "switch",
        "tab",
        "tab_group",
        "table",
        "table_cell",
        "table_row",
        "text_area",
        "text_field",
        "toolbar",
        "tooltip",
        "tree_item",
        "unknown",
        "web_area",
        "window",
    }
)
"""Every role that an element may have, the same on all platforms."""

STATES = frozenset(
    {
        "active",
        "busy",
        "editable",
        "enabled",
        "expanded",
        "focusable",
        "focused",
        "fullscreen",
        "maximized",
        "minimized",
        "modal",
        "required",
        "selected",
        "visible",
    }
)
"""Attributes that are ``'true'`` or ``'false'``."""

_ATTRIBUTES = frozenset({"name", "value", "description", "role", "checked", "stable_id"}) | STATES

_SYNONYMS = {
    "a": "link",
    "cell": "table_cell",
    "checkbox": "check_box",
    "combobox": "combo_box",
    "edit": "text_field",
    "entry": "text_field",
    "input": "text_field",
    "label": "static_text",
    "menuitem": "menu_item",
    "push_button": "button",
    "radio": "radio_button",
    "row": "table_row",
    "select": "combo_box",
    "text": "static_text",
    "textarea": "text_area",
    "textbox": "text_field",
    "toggle": "switch",
}

_SPACE = re.compile(r"\s*")
_ROLE = re.compile(r"\*|[A-Za-z_][A-Za-z0-9_-]*")
_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r"[*^$]?=")
_NTH = re.compile(r":nth\(([0-9]+)\)")


def near(word: str, words: frozenset[str] | tuple[str, ...]) -> str:
    """Return the word that was probably meant, or ``""``."""
    folded = word.lower().replace("-", "_")
    if folded in words:
        return folded
    close = difflib.get_close_matches(folded, sorted(words), n=1, cutoff=0.7)
    return close[0] if close else ""


def check_css(body: str, start: int = 0) -> None:
    """Check an element selector. ``start`` is where it begins in the whole selector, for the position in errors.

    Raises:
        SelectorError: If it cannot be understood; ``details["position"]`` is the character.
    """
    at = 0
    while True:
        at = _check_clause(body, at, start)
        if at >= len(body):
            return
        at += 1  # the comma


def _check_clause(body: str, at: int, start: int) -> int:
    at = _skip(body, at)
    while True:
        at = _check_part(body, at, start)
        gap = _skip(body, at)
        if gap >= len(body):
            return len(body)
        if body[gap] == ",":
            return gap
        if body[gap] == ">":
            at = _skip(body, gap + 1)
        elif gap > at:
            at = gap
        else:
            raise _unexpected(body, gap, start)


def _check_part(body: str, at: int, start: int) -> int:
    begin = at
    if match := _ROLE.match(body, at):
        _check_role(match.group(), body, start + at)
        at = match.end()
    while body.startswith("[", at):
        at = _check_filter(body, at, start)
    if body.startswith(":", at):
        match = _NTH.match(body, at)
        if match is None or int(match.group(1)[:9]) == 0:
            raise _error(
                say("An element can only be followed by :nth(n); n starts at 1."),
                say("Use button:nth(2), or filter with [checked='on']."),
                start + at,
            )
        at = match.end()
    if at == begin:
        raise _unexpected(body, at, start)
    return at


def _check_role(role: str, body: str, position: int) -> None:
    if role == "*" or role in ROLES:
        return
    meant = _SYNONYMS.get(role.lower().replace("-", "_")) or near(role, ROLES)
    if meant:
        fix = say('Did you mean "{role}"?', role=meant)
    else:
        fix = say("For text on the screen, use text={text}; for an image, use image=NAME.", text=body.strip())
    raise _error(say('Unknown kind of element "{role}".', role=role), fix, position)


def _check_filter(body: str, at: int, start: int) -> int:
    name = _ATTRIBUTE.match(body, at + 1)
    if name is None:
        raise _error(
            say("[ must be followed by the name of an attribute."),
            say("Use a form such as [name='OK']."),
            start + at + 1,
        )
    attribute = name.group()
    if attribute not in _ATTRIBUTES:
        meant = near(attribute, _ATTRIBUTES)
        raise _error(
            say('Elements have no attribute "{name}".', name=attribute),
            say('Did you mean "{name}"?', name=meant)
            if meant
            else say("Available attributes: {names}.", names=", ".join(sorted(_ATTRIBUTES))),
            start + name.start(),
        )
    operator = _OPERATOR.match(body, name.end())
    if operator is None:
        raise _error(
            say('"{name}" must be followed by =, *=, ^= or $=.', name=attribute),
            say("Use [{name}='…'], without spaces around the sign.", name=attribute),
            start + name.end(),
        )
    return _check_value(body, operator.end(), start, attribute)


def _check_value(body: str, at: int, start: int, attribute: str) -> int:
    quote = body[at : at + 1]
    if quote not in ("'", '"') or not quote:
        value = re.match(r"[^\]\s]*", body[at:])
        raise _error(
            say('The value of "{name}" must be in quotes.', name=attribute),
            say("Use [{name}='{value}'].", name=attribute, value=value.group() if value else ""),
            start + at,
        )
    end = body.find(quote, at + 1)
    if end < 0:
        raise _error(
            say('The value of "{name}" has no closing quote.', name=attribute),
            say("Add {quote} at the end of the value.", quote=quote),
            start + at,
        )
    if not body.startswith("]", end + 1):
        raise _error(
            say('The value of "{name}" must be followed by ].', name=attribute),
            say("Close the filter with ]. If the value contains a {quote}, use the other kind of quote.", quote=quote),
            start + end + 1,
        )
    return end + 2


def _skip(body: str, at: int) -> int:
    match = _SPACE.match(body, at)
    return match.end() if match else at


def _unexpected(body: str, at: int, start: int) -> SelectorError:
    if at >= len(body):
        return _error(
            say("The element selector is incomplete."), say("Enter a kind of element, such as button."), start + at
        )
    return _error(
        say('Unexpected "{sign}".', sign=body[at]),
        say(
            "Elements look like button[name='OK'] or window > text_field. For text on the screen, use text={text}.",
            text=body.strip(),
        ),
        start + at,
    )


def _error(message: Sentence, fix: Sentence, position: int) -> SelectorError:
    return SelectorError(message, fix, position=position)
