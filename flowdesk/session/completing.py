"""What may stand next in a selector that is being written: windows, programs, elements, pictures, engines."""

import asyncio
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flowdesk.engine.ports import Eyes, Window
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import DesktopUnavailable, LimitReached, SelectorError
from flowdesk.model.selector import RELATIONS, format_selector, parse_selector, step_end
from flowdesk.model.target import Step
from flowdesk.protocol.lookreplies import Completions, OfferKind, SelectorOffer
from flowdesk.session import surveying
from flowdesk.session.assets import pictures
from flowdesk.session.proposals import scopes

MOST = 200
"""Offers in one answer."""
_PREFIX = re.compile(r"\s*([a-z][a-z0-9-]*)=")
_RELATION = re.compile(rf"\s*(?:{'|'.join(RELATIONS)})=")


@dataclass(frozen=True, slots=True)
class Part:
    """The step of a selector that is being written."""

    scope: str
    """The steps before it, without the last ``>>``."""
    begin: int
    """Where it begins, behind a relation."""
    typed: int
    """Where that begins which narrows the offers: behind ``window=`` and the like."""
    engine: str
    """``window`` of ``window=``; empty where none is written."""
    is_related: bool
    """Whether it stands behind ``right-of=`` or another relation."""


def part_of(text: str) -> Part:
    """Return the step that is being written at the end of ``text``: a selector up to the cursor, however incomplete."""
    cut = _last_step(text)
    scope = text[: cut - 2].strip() if cut else ""
    begin = cut
    related = _RELATION.match(text, begin)
    if related is not None:
        begin = related.end()
    begin += len(text[begin:]) - len(text[begin:].lstrip())
    prefix = _PREFIX.match(text, begin)
    if prefix is None or prefix[1] not in ENGINES:
        return Part(scope, begin, begin, "", related is not None)
    return Part(scope, begin, prefix.end(), prefix[1], related is not None)


async def complete(look: Callable[[], Eyes], text: str, assets: str) -> Completions:
    """Offer what may stand where ``text`` ends. Without a desktop these are pictures and the words that begin a step.

    Args:
        look: Returns where to look.
        text: A selector up to the cursor.
        assets: The folder of the flow's pictures.

    Returns:
        ``begin`` and ``typed``, 0-based characters of ``text`` as ``Part`` has them, and ``offers``, the likeliest first:
        ``text`` takes the place of what stands from ``begin`` on, ``kind`` is ``engine``, ``window``, ``app``,
        ``element``, ``text`` or ``image``, ``beside`` says what it is.
    """
    part = part_of(text)
    try:
        offers = await _offers(look, part, assets)
    except (SelectorError, LimitReached, DesktopUnavailable):
        offers = list(_engines(part)) if not part.engine else []
    firsts: dict[str, SelectorOffer] = {}
    for offer in offers:
        firsts.setdefault(offer["text"], offer)
    return {"begin": part.begin, "typed": part.typed, "offers": list(firsts.values())[:MOST]}


async def _offers(look: Callable[[], Eyes], part: Part, assets: str) -> list[SelectorOffer]:
    if part.engine == "image":
        images = await asyncio.to_thread(_pictures, assets)
        return [_offer(format_selector((Step("image", name),)), "image") for name in images]
    if part.engine not in ("", "element", "text", "window", "app"):
        return []
    eyes = look()
    windows = [] if part.scope and part.engine in ("", "text", "element") else await _foreign(eyes)
    if part.engine == "window":
        return [_offer(_exactly("window", one.title), "window", one.app) for one in windows if one.title.strip()]
    if part.engine == "app":
        names = dict.fromkeys(one.app for one in windows if one.app.strip())
        return [_offer(_exactly("app", name), "app") for name in names]
    if part.scope:
        scope, front = _around(part), ""
    else:
        scope = front = _front(windows)
    shown = await surveying.shown(eyes, scope) if scope else ()
    if part.engine == "text":
        words = dict.fromkeys(one.name.strip() for one in shown if _is_line(one.name))
        return [_offer(_exactly("text", word), "text") for word in words]
    ahead = f"{front} >> " if front else ""
    elements = [_offer(ahead + one.selector, "element", one.name) for one in shown if one.selector]
    scoped = [_offer(_scope_of(one, windows), "window", one.title) for one in windows if not part.scope]
    return [*(offer for offer in scoped if offer["text"]), *elements, *_engines(part)]


async def _foreign(eyes: Eyes) -> list[Window]:
    """Return the windows but flowdesk's own, the uppermost first: where a selector is written is not what it means."""
    return [one for one in await eyes.windows() if one.pid != os.getpid()]


def _engines(part: Part) -> Iterator[SelectorOffer]:
    """Offer the words that begin a step."""
    for engine in ENGINES.values():
        if engine.name == "element" or (engine.name == "nth" and (not part.scope or part.is_related)):
            continue
        if engine.is_prefix and not (part.scope and engine.is_window):
            yield _offer(f"{engine.name}=", "engine", engine.title)
        elif not engine.is_prefix and not part.scope:
            yield _offer(engine.name, "engine", engine.title)
    if part.scope and not part.is_related:
        yield from (_offer(f"{word}=", "engine") for word in RELATIONS)


def _offer(text: str, kind: OfferKind, beside: str = "") -> SelectorOffer:
    return {"text": text, "kind": kind, "beside": " ".join(beside.split())}


def _exactly(engine: str, body: str) -> str:
    """Return a step that means just this text; plain where that parses to the same."""
    plain = f"{engine}={body}"
    is_plain = engine == "app" and body == body.strip() and ">>" not in body and body[:1] not in ('"', "/", "'")
    return plain if is_plain else format_selector((Step(engine, body, exact=True),))


def _is_line(name: str) -> bool:
    return bool(name.strip()) and "\n" not in name and len(name) <= surveying.LONGEST_VALUE


def _scope_of(window: Window, windows: Sequence[Window]) -> str:
    steps = scopes(window, windows)[0][0]
    return format_selector(steps) if steps else ""


def _front(windows: Sequence[Window]) -> str:
    """Return the selector of the uppermost window that is shown."""
    shown = next((one for one in windows if not one.is_minimized), None)
    return _scope_of(shown, windows) if shown is not None else ""


def _around(part: Part) -> str:
    """Return where elements are listed: the scope, or the windows in it where the step says what lies beside another."""
    if not part.is_related:
        return part.scope
    steps = parse_selector(part.scope).steps
    count = 0
    while count < len(steps) and ENGINES[steps[count].engine].is_window:
        count += 1
    return format_selector(steps[:count])


def _pictures(assets: str) -> list[str]:
    try:
        return sorted(file.name for file in pictures(Path(assets))) if assets else []
    except OSError:
        return []


def _last_step(text: str) -> int:
    """Return where the last step begins: behind the last ``>>`` that separates steps."""
    begin = 0
    while (end := step_end(text, begin)) < len(text):
        begin = end + 2
    return begin
