r"""The parser of selectors: ``app=mousepad >> window=Save >> button[name='OK']`` (contract §2). Pure.

``engine=body`` steps are separated by ``>>``; a step without an engine is an element selector (see ``css.py``) or a
point, or the word ``active``. ``"exact"`` and ``/regex/`` (with the flags ``i``, ``m``, ``s`` of Python) are ways to write
the body of ``text``, ``window`` and ``app``; quotes protect ``>>`` in any body. Inside quotes ``\"`` and ``\\`` stand for
``"`` and ``\``. ``'exact'`` is the same for those three, as ``[name='OK']`` is written. ``nth=2`` is a step that keeps one of what the step before it found.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, get_args

from flowdesk.model.bodies import POINT, compile_pattern, fault, point_of
from flowdesk.model.css import check_css, near
from flowdesk.model.engines import ENGINES, Engine
from flowdesk.model.errors import SelectorError
from flowdesk.model.sentence import say
from flowdesk.model.target import Relation, Selector, Step

RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)

ACTIVE: Final = "active"
"""The step that is a word by itself: the window that has the keyboard."""

_PREFIX = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)\s*=")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_APOSTROPHES = re.compile(r"'((?:[^'\\]|\\.)*)'(?=\s*(?:>>|$))", re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/([ims]{0,3})(?=\s*(?:>>|$))", re.DOTALL)
_FLAGS = re.compile(r"\(\?([ims]+)\)")

_SCOPES = re.compile(r"""\s*>>\s*(?=(?:[^"']|"[^"]*"|'[^']*')*$)""")
_NAMED = re.compile(r"""^(\w+)\[name=(["'])(.*)\2\]$""")
_STARTS = (*(f"{relation}=" for relation in RELATIONS), "nth=")
LONGEST_BRIEF: Final = 300
"""Longer selectors are shown as they are."""

_FOREIGN = {
    "active": "Use active alone, and put what to find in that window after >>.",
    "css": "Leave the engine out: button[name='OK'].",
    "xpath": "Write the path as an element selector: window > group button.",
    "id": "Write [stable_id='…'], or find the element by its name: [name='…'].",
    "name": "Write [name='…'].",
    "role": "Write the kind of element alone: button.",
    "title": "Write window=….",
    "ocr": "Write text=….",
    "img": "Write image=….",
    "picture": "Write image=….",
    "coords": "Write point=100,200.",
    "xy": "Write point=100,200.",
    "colour": "Write color=#1a73e8.",
    "rgb": "Write color=#1a73e8.",
}


def parse_selector(text: str) -> Selector:
    """Parse one selector.

    Raises:
        SelectorError: If it cannot be understood. The sentence says what is wrong, the fix what to write, and
            ``details["position"]`` is the 0-based character (``details["selector"]`` the whole selector).
    """
    steps: list[Step] = []
    at = 0
    try:
        while True:
            step, at = _parse_step(text, at)
            _check_place(step, steps)
            steps.append(step)
            if at >= len(text):
                return Selector(text, tuple(steps))
            at += 2  # the >>
    except SelectorError as error:
        error.details["selector"] = text
        raise


def format_selector(steps: tuple[Step, ...]) -> str:
    """Write steps as a selector that parses back to the same steps (but for their positions)."""
    return " >> ".join(_format_step(step) for step in steps)


def step_end(text: str, at: int) -> int:
    """Return where the step that begins at ``at`` ends, at ``>>`` or at the end of the text, whether it is complete or not."""
    at = _skip(text, at)
    prefix = _PREFIX.match(text, at)
    word = prefix.group(1) if prefix is not None and prefix.group() == prefix.group(1) + "=" else ""
    start = _skip(text, at + len(word) + 1)
    if word in RELATIONS:
        return step_end(text, start)
    if word not in ENGINES or ENGINES[word].body == "element":
        return _css_end(text, start if word == "element" else at)
    if text.startswith('"', start):
        quoted = _QUOTED.match(text, start)
        return len(text) if quoted is None else _step_end(text, quoted.end())
    if ENGINES[word].body == "worded" and (closed := _APOSTROPHES.match(text, start) or _REGEX.match(text, start)):
        start = closed.end()
    return _step_end(text, start)


def brief(text: str, translate: Callable[[str], str] = str) -> str:
    """Return the part of a selector that says what is meant, for a card: ``Button “OK”`` of ``app=a >> button[name='OK']``.

    What a relation (``right-of=`` and such) starts from belongs to it, and what ``nth=`` numbers. Any text is taken, a
    wrong selector too. ``translate`` is asked for the kind of element, as in ``Text field``.
    """
    parts = _SCOPES.split(text) if len(text) <= LONGEST_BRIEF else [text]
    begin = len(parts) - 1
    while begin > 0 and parts[begin].startswith(_STARTS):
        begin -= 1
    shown = parts[begin:]

    def named(found: re.Match[str]) -> str:
        word = found[1].replace("_", " ").capitalize()
        kind = translate(word)
        return f"{word} “{found[3]}”" if kind == word else f"{kind}“{found[3]}”"

    return " ".join(_NAMED.sub(named, part) for part in shown)


def _check_place(step: Step, before: list[Step]) -> None:
    """Refuse a step that cannot stand after those before it.

    Raises:
        SelectorError: If it cannot.
    """
    if step.relation and not before:
        raise fault(
            say('"{relation}" needs a reference before it.', relation=step.relation),
            say("Put the reference first: text=Password >> {relation}=text_field.", relation=step.relation),
            step.position,
        )
    if step.engine == "nth" and not before:
        raise fault(
            say('"nth=" selects one of the matches of the step before it, but there is no step before it.'),
            say("Put what to find first: button[name='OK'] >> nth=2."),
            step.position,
        )
    if step.engine == "point" and (before or step.relation) and point_of(step.body)[0].is_relative:
        raise fault(
            say("A point relative to the pointer cannot be combined with other steps."),
            say("Remove the steps before it, or target that place and set Offset."),
            step.position,
        )


def _parse_step(text: str, at: int) -> tuple[Step, int]:
    """Parse the step that begins at ``at``; return it and where it ends: at ``>>`` or at the end of the text."""
    at = _skip(text, at)
    prefix = _PREFIX.match(text, at)
    if prefix is None:
        return _parse_plain(text, at)
    word = prefix.group(1)
    if prefix.group() != word + "=" or word not in _prefixes():
        raise _unknown_engine(word, at)
    if word in RELATIONS:
        inner, end = _parse_step(text, prefix.end())
        inside = inner.relation or (inner.engine if inner.engine in (ACTIVE, "nth") else "")
        if inside:
            raise fault(
                say('"{word}" is not allowed inside "{outer}".', word=inside, outer=word),
                say("Add >> between the two."),
                inner.position,
            )
        return replace(inner, relation=word, position=at), end
    engine = ENGINES[word]
    if engine.body == "element":
        return _parse_element(text, _skip(text, prefix.end()), at)
    return _parse_body(text, engine, _skip(text, prefix.end()), at)


def _parse_plain(text: str, at: int) -> tuple[Step, int]:
    end = _step_end(text, at)
    body = text[at:end].strip()
    if not body:
        if not text.strip():
            raise fault(say("The selector is empty."), say("Use a form such as text=OK or button[name='OK']."), 0)
        raise fault(say("A step is missing."), say("Remove >>, or add what to find after it."), at)
    if body == ACTIVE:
        return Step("active", "", position=at), end
    if POINT.fullmatch(body):
        step = Step("point", body, position=at)
        _check_body(step, at)
        return step, end
    return _parse_element(text, at, at)


def _parse_element(text: str, start: int, at: int) -> tuple[Step, int]:
    end = _css_end(text, start)
    body = text[start:end].strip()
    if not body:
        raise fault(
            say('"element=" must be followed by an element.'),
            say("Use a form such as element=button[name='OK']."),
            start,
        )
    check_css(body, start)
    return Step("element", body, position=at), end


def _parse_body(text: str, engine: Engine, start: int, at: int) -> tuple[Step, int]:
    if text.startswith('"', start):
        quoted = _QUOTED.match(text, start)
        if quoted is None:
            raise fault(say("The closing quote is missing."), say('Add " at the end of the text.'), start)
        end = _skip(text, quoted.end())
        if end < len(text) and not text.startswith(">>", end):
            raise fault(
                say("Only >> is allowed after the closing quote."),
                say('Use \\" for a quote inside the text, or remove the outer quotes.'),
                end,
            )
        body = re.sub(r"\\([\"\\])", r"\1", quoted.group(1))
        step = Step(engine.name, body, exact=engine.body == "worded", position=at)
    elif engine.body == "worded" and (quoted := _APOSTROPHES.match(text, start)) is not None:
        end = _skip(text, quoted.end())
        step = Step(engine.name, re.sub(r"\\(['\\])", r"\1", quoted.group(1)), exact=True, position=at)
    elif engine.body == "worded" and (regex := _REGEX.match(text, start)):
        end = _skip(text, regex.end())
        letters = "".join(sorted(set(regex.group(2))))
        flags = f"(?{letters})" if letters else ""
        try:
            compile_pattern(flags + regex.group(1))
        except SelectorError as error:
            error.details["position"] = start + 1 + max(0, error.details["position"] - len(flags))
            raise
        step = Step(engine.name, flags + regex.group(1), is_regex=True, position=at)
    else:
        end = _step_end(text, start)
        step = Step(engine.name, text[start:end].strip(), position=at)
    _check_body(step, start)
    return step, end


def _check_body(step: Step, start: int) -> None:
    if not step.body.strip():
        raise fault(
            say('"{engine}=" must be followed by something to find.', engine=step.engine),
            say("Use a form such as {engine}={example}.", engine=step.engine, example=ENGINES[step.engine].sample),
            start,
        )
    try:
        check = ENGINES[step.engine].check
        if check is not None:
            check(step.body)
    except SelectorError as error:
        error.details["position"] = start
        raise


def _step_end(text: str, at: int) -> int:
    end = text.find(">>", at)
    return len(text) if end < 0 else end


def _css_end(text: str, at: int) -> int:
    """Return where an element selector ends: at the first ``>>`` that is not inside quotes inside brackets."""
    quote = ""
    depth = 0
    while at < len(text):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif depth and sign in "\"'":
            quote = sign
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth = max(0, depth - 1)
        elif text.startswith(">>", at):
            return at
        at += 1
    return at


def _format_step(step: Step) -> str:
    if step.engine == "active":
        return ACTIVE
    relation = f"{step.relation}=" if step.relation else ""
    if step.engine == "element":
        return f"{relation}{step.body}"
    return f"{relation}{step.engine}={_format_body(step)}"


def _format_body(step: Step) -> str:
    if step.is_regex:
        flags = _FLAGS.match(step.body)
        return f"/{step.body[flags.end() :]}/{flags.group(1)}" if flags else f"/{step.body}/"
    risky = ">>" in step.body or step.body != step.body.strip() or step.body[:1] in ('"', "/")
    if step.exact or (risky and ENGINES[step.engine].body != "worded"):
        escaped = step.body.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return step.body


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _prefixes() -> tuple[str, ...]:
    """Return every word that may stand before ``=``."""
    return (*(name for name, engine in ENGINES.items() if engine.is_prefix), *RELATIONS)


def _unknown_engine(word: str, position: int) -> SelectorError:
    known = _prefixes()
    meant = word.lower() if word.lower() in known else near(word, known) or near(word.replace("_", "-"), known)
    if meant in known:
        fix = say('Did you mean "{engine}="?', engine=meant)
    elif word.lower() in _FOREIGN:
        fix = say(_FOREIGN[word.lower()])
    else:
        fix = say("Use one of {engines}.", engines=", ".join(f"{engine}=" for engine in known))
    return fault(say('Unknown prefix "{word}=".', word=word), fix, position)


_BARE_POINT = re.compile(r"\s*(point=)?\d+(\.\d+)?%?\s*,\s*\d+(\.\d+)?%?\s*")


def is_bare_point(selectors: Sequence[str]) -> bool:
    """Whether what is looked for first is a place of the whole screen, which nothing names."""
    return bool(selectors and _BARE_POINT.fullmatch(selectors[0]))
