r"""The parser of selectors: ``app=mousepad >> window=Save >> button[name='OK']`` (contract §2). Pure.

``engine=body`` steps are separated by ``>>``; a step without an engine is an element selector (see ``css.py``) or a
point. ``"exact"`` and ``/regex/`` (with the flags ``i``, ``m``, ``s`` of Python) are ways to write the body of ``text``,
``window`` and ``app``; quotes protect ``>>`` in any body. Inside quotes ``\"`` and ``\\`` stand for ``"`` and ``\``.
"""

import re
import warnings
from dataclasses import replace
from typing import Final, NamedTuple, get_args

from flowdesk.model.css import check_css, near
from flowdesk.model.errors import SelectorError
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.target import Engine, Relation, Selector, Step

ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)
RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)

_WORDED: Final = ("text", "window", "app")
"""Engines whose body may be ``"exact"`` or ``/regex/``."""

_PREFIX = re.compile(r"([A-Za-z_-]+)\s*=")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/([ims]{0,3})(?=\s*(?:>>|$))", re.DOTALL)
_FLAGS = re.compile(r"\(\?([ims]+)\)")
_COORDINATE = r"\s*([+-]?[0-9]{1,7}(?:\.[0-9]{1,7})?)\s*(%?)\s*"
_POINT = re.compile(_COORDINATE + "," + _COORDINATE)
_COLOR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)

_SCOPES = re.compile(r"""\s*>>\s*(?=(?:[^"']|"[^"]*"|'[^']*')*$)""")
_NAMED = re.compile(r"""^(\w+)\[name=(["'])(.*)\2\]$""")
_STARTS = tuple(f"{relation}=" for relation in RELATIONS)
LONGEST_BRIEF: Final = 300
"""Longer selectors are shown as they are."""

_FOREIGN = {
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


class Coordinate(NamedTuple):
    """One number of a point: pixels, or percent of the width or height it is measured in."""

    value: float
    is_percent: bool

    def within(self, origin: int, length: int) -> int:
        """Return the pixel, for a scope that begins at ``origin`` and is ``length`` pixels long."""
        if not self.is_percent:
            return origin + round(self.value)
        return origin + round(self.value / 100 * max(0, length - 1))


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
            if step.relation and not steps:
                raise _error(
                    say(
                        '"{relation}" says where something is seen from, and nothing stands before it.',
                        relation=step.relation,
                    ),
                    say(
                        "Write what it is beside first: text=Password >> {relation}=text_field.", relation=step.relation
                    ),
                    step.position,
                )
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


def brief(text: str) -> str:
    """Return the part of a selector that says what is meant, for a card: ``button “OK”`` of ``app=a >> button[name='OK']``.

    What a relation (``right-of=`` and such) starts from belongs to it. Any text is taken, a wrong selector too.
    """
    parts = _SCOPES.split(text) if len(text) <= LONGEST_BRIEF else [text]
    shown = parts[-2:] if len(parts) > 1 and parts[-1].startswith(_STARTS) else parts[-1:]
    return " ".join(_NAMED.sub(r"\1 “\3”", part) for part in shown)


def point_of(body: str) -> tuple[Coordinate, Coordinate]:
    """Return the two numbers of the body of a ``point`` step: across, down.

    Raises:
        SelectorError: If it is not a point.
    """
    match = _POINT.fullmatch(body)
    if match is None:
        raise _error(
            say('"{body}" is not a point.', body=body), say("Write two numbers: point=100,200 or point=50%,50%."), 0
        )
    across, across_unit, down, down_unit = match.groups()
    return Coordinate(float(across), bool(across_unit)), Coordinate(float(down), bool(down_unit))


def color_of(body: str) -> tuple[int, int, int]:
    """Return the red, green and blue (0 to 255) of the body of a ``color`` step.

    Raises:
        SelectorError: If it is not a colour.
    """
    if not _COLOR.fullmatch(body):
        raise _error(say('"{body}" is not a colour.', body=body), say("Write it like color=#1a73e8."), 0)
    digits = body[1:] if len(body) == 7 else "".join(digit * 2 for digit in body[1:])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile the body of a ``/regex/`` step.

    Raises:
        SelectorError: If it is no regular expression.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        where = getattr(error, "pos", None) or 0
        raise _error(
            say("The pattern /{pattern}/ is not a regular expression: {reason}.", pattern=pattern, reason=str(error)),
            say('Correct it, or write the text in quotes: "{pattern}".', pattern=pattern),
            where,
        ) from None


def _parse_step(text: str, at: int) -> tuple[Step, int]:
    """Parse the step that begins at ``at``; return it and where it ends: at ``>>`` or at the end of the text."""
    at = _skip(text, at)
    prefix = _PREFIX.match(text, at)
    if prefix is None:
        return _parse_plain(text, at)
    word = prefix.group(1)
    if prefix.group() != word + "=" or word not in (*ENGINES, *RELATIONS):
        raise _unknown_engine(word, at)
    if word in RELATIONS:
        inner, end = _parse_step(text, prefix.end())
        if inner.relation:
            raise _error(
                say('"{word}" cannot stand inside "{outer}".', word=inner.relation, outer=word),
                say("Put >> between the two."),
                inner.position,
            )
        return replace(inner, relation=word, position=at), end
    if word == "element":
        return _parse_element(text, _skip(text, prefix.end()), at)
    engine: Engine = word  # type: ignore[assignment]  # word is an Engine here
    return _parse_body(text, engine, _skip(text, prefix.end()), at)


def _parse_plain(text: str, at: int) -> tuple[Step, int]:
    end = _step_end(text, at)
    body = text[at:end].strip()
    if not body:
        if not text.strip():
            raise _error(say("The selector is empty."), say("Write for example text=OK or button[name='OK']."), 0)
        raise _error(say("A step is missing here."), say("Take the >> away, or write what to find after it."), at)
    if _POINT.fullmatch(body):
        return Step("point", body, position=at), end
    return _parse_element(text, at, at)


def _parse_element(text: str, start: int, at: int) -> tuple[Step, int]:
    end = _css_end(text, start)
    body = text[start:end].strip()
    if not body:
        raise _error(
            say('After "element=" the element is missing.'), say("Write for example element=button[name='OK']."), start
        )
    check_css(body, start)
    return Step("element", body, position=at), end


def _parse_body(text: str, engine: Engine, start: int, at: int) -> tuple[Step, int]:
    if text.startswith('"', start):
        quoted = _QUOTED.match(text, start)
        if quoted is None:
            raise _error(say("The opening quote is never closed."), say('Put " at the end of the text.'), start)
        end = _skip(text, quoted.end())
        if end < len(text) and not text.startswith(">>", end):
            raise _error(
                say("After the closing quote only >> may follow."),
                say('Write \\" for a quote inside the text, or leave the outer quotes out.'),
                end,
            )
        body = re.sub(r"\\([\"\\])", r"\1", quoted.group(1))
        step = Step(engine, body, exact=engine in _WORDED, position=at)
    elif engine in _WORDED and (regex := _REGEX.match(text, start)):
        end = _skip(text, regex.end())
        letters = "".join(sorted(set(regex.group(2))))
        flags = f"(?{letters})" if letters else ""
        try:
            compile_pattern(flags + regex.group(1))
        except SelectorError as error:
            error.details["position"] = start + 1 + max(0, error.details["position"] - len(flags))
            raise
        step = Step(engine, flags + regex.group(1), is_regex=True, position=at)
    else:
        end = _step_end(text, start)
        step = Step(engine, text[start:end].strip(), position=at)
    _check_body(step, start)
    return step, end


def _check_body(step: Step, start: int) -> None:
    if not step.body.strip():
        examples = {"point": "100,200", "color": "#1a73e8", "image": "ok.png", "text": "OK"}
        raise _error(
            say('After "{engine}=" there is nothing to look for.', engine=step.engine),
            say(
                "Write for example {engine}={example}.",
                engine=step.engine,
                example=examples.get(step.engine, "Untitled"),
            ),
            start,
        )
    try:
        if step.engine == "point":
            point_of(step.body)
        elif step.engine == "color":
            color_of(step.body)
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
    relation = f"{step.relation}=" if step.relation else ""
    if step.engine == "element":
        return f"{relation}{step.body}"
    return f"{relation}{step.engine}={_format_body(step)}"


def _format_body(step: Step) -> str:
    if step.is_regex:
        flags = _FLAGS.match(step.body)
        return f"/{step.body[flags.end() :]}/{flags.group(1)}" if flags else f"/{step.body}/"
    risky = ">>" in step.body or step.body != step.body.strip() or step.body[:1] in ('"', "/")
    if step.exact or (risky and step.engine not in _WORDED):
        escaped = step.body.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return step.body


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _unknown_engine(word: str, position: int) -> SelectorError:
    known = (*ENGINES, *RELATIONS)
    meant = word.lower() if word.lower() in known else near(word, known) or near(word.replace("_", "-"), known)
    if meant in known:
        fix = say('Did you mean "{engine}="?', engine=meant)
    elif word.lower() in _FOREIGN:
        fix = say(_FOREIGN[word.lower()])
    else:
        fix = say("Write one of {engines}.", engines=", ".join(f"{engine}=" for engine in known))
    return _error(say('There is no way of finding called "{word}=".', word=word), fix, position)


def _error(message: Sentence, fix: Sentence, position: int) -> SelectorError:
    return SelectorError(message, fix, position=position)
