"""Which of several is meant: places that nobody can tell apart are an error with a way out, not a matter of luck."""

from collections.abc import Callable, Iterable, Sequence

from flowdesk.drivers.places import Match, Scope, beside, rival_from
from flowdesk.engine.ports import Window
from flowdesk.model.selector import format_selector
from flowdesk.model.sentence import say
from flowdesk.model.target import Miss, Relation, Selector, Step

Find = Callable[[Step, Scope], Sequence[Match]]
"""Returns what fits a step in a scope."""

_MOST = 10
"""So many are told in an error."""

_FIELDS = frozenset({"text_field", "text_area", "combo_box", "spin_button", "slider"})
"""What people label from above, too."""

_REACH: dict[Relation, int] = {"right-of": 16, "below": 2}
"""Where what a label names lies from it, as people lay out forms, and how far at most: in heights of it."""


def equals(matches: Sequence[Match], owners: Sequence[Window | None]) -> list[Match]:
    """Return the first match and those that nobody can tell from it: of the same kind and name in one window.

    What has neither name nor text is told by its place: ``text_field`` alone means the first of several.
    """
    best, home = matches[0], owners[0]
    if best.engine not in ("element", "text") or not _name(best):
        return [best]
    return [
        match
        for match, owner in zip(matches, owners, strict=True)
        if match is best or (_is_alike(best, match) and (owner and owner.id) == (home and home.id))
    ]


def _is_alike(best: Match, other: Match) -> bool:
    kinds = [
        (match.engine, match.element and (match.element.role, match.element.is_enabled), _name(match), match.rank)
        for match in (best, other)
    ]
    shared = best.box.intersection(other.box)
    return kinds[0] == kinds[1] and other.score >= rival_from(best) and shared not in (best.box, other.box)


def _name(match: Match) -> str:
    """Return what is read on a match; of a field its name: what it holds is not what it is called."""
    called = match.element.name if match.element is not None else match.text
    return "".join((called or "").split())


def ambiguous(selector: Selector, rivals: Sequence[Match], order: Sequence[Match], find: Find | None) -> Miss:
    """Say that several are meant alike, and how to tell them apart.

    Args:
        selector: What was looked for.
        rivals: What fits alike, at least two.
        order: All that fits, in the order of their numbers.
        find: Looks for labels and groups around them; ``None`` to leave that out.
    """
    best = rivals[0]
    numbers = {id(match): number for number, match in enumerate(order, 1)}
    ways = [
        _way(selector, rivals, match, find) or f"{selector.text} >> nth={numbers[id(match)]}"
        for match in rivals[:_MOST]
    ]
    return Miss(
        say(
            '"{selector}" is ambiguous: {count} targets match equally well.', selector=selector.text, count=len(rivals)
        ),
        selector.text,
        best.score,
        best.box,
        best.scale,
        tuple(f"{way} ({match.box.center.x},{match.box.center.y})" for way, match in zip(ways, rivals, strict=False)),
        is_ambiguous=True,
    )


def _way(selector: Selector, rivals: Sequence[Match], match: Match, find: Find | None) -> str:
    """Return a selector that finds one of several alone: by the group around it, by its label; empty for none."""
    *scope, last = selector.steps
    if find is not None and not last.relation and last.engine in ("element", "text") and match.outer is not None:
        for steps in (*_grouped(match, rivals, last, find), *_labelled(match, rivals, last, find)):
            return format_selector((*scope, *steps))
    return ""


def _grouped(match: Match, rivals: Sequence[Match], last: Step, find: Find) -> Iterable[tuple[Step, ...]]:
    others = [rival for rival in rivals if rival is not match]
    groups = _named(find(Step("element", "group"), match.outer or match.scope()))
    around = [group for group in groups if group.box.contains(match.box.center)]
    for group in sorted(around, key=lambda one: one.box.width * one.box.height):
        step = _step_of(group)
        is_its_own = not any(group.box.contains(other.box.center) for other in others)
        if step is not None and is_its_own and sum(_name(one) == _name(group) for one in groups) == 1:
            yield step, last


def _labelled(match: Match, rivals: Sequence[Match], last: Step, find: Find) -> Iterable[tuple[Step, ...]]:
    labels = _named(find(Step("element", "static_text"), match.outer or match.scope()))
    is_field = match.element is not None and match.element.role in _FIELDS
    for relation, reach in _REACH.items():
        for label in labels if is_field or relation == "right-of" else ():
            apart = max(match.box.x - label.box.right, match.box.y - label.box.bottom)
            nearest = beside(relation, label.box, list(rivals))[:1] if apart <= reach * match.box.height else []
            is_unique = sum(_name(one) == _name(label) for one in labels) == 1
            step = _step_of(label)
            if nearest == [match] and is_unique and step is not None:
                yield step, Step(last.engine, last.body, last.exact, last.is_regex, relation)


def _named(matches: Sequence[Match]) -> list[Match]:
    return [match for match in matches if _name(match)]


def _step_of(match: Match) -> Step | None:
    """Return an element by its kind and name; ``None`` where its name cannot be quoted."""
    element = match.element
    if element is None or "\n" in element.name or ("'" in element.name and '"' in element.name):
        return None
    quote = '"' if "'" in element.name else "'"
    return Step("element", f"{element.role}[name={quote}{element.name}{quote}]")
