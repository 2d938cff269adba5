"""A config's target as what drivers look for, and why it was not found, in words for people."""

from typing import Any

from flowdesk.model.config import TargetOptions
from flowdesk.model.errors import NodeError, TargetAmbiguous, TargetNotFound
from flowdesk.model.geometry import Box, Point
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.target import Miss, Query


def query_of(options: TargetOptions, selector: str | list[str], assets: str) -> Query:
    """Turn a config's target into what drivers look for.

    Args:
        options: What stands beside the selector.
        selector: One selector, or several in order of preference.
        assets: Folder of the flow's pictures, empty for none.

    Raises:
        SelectorError: If a selector cannot be parsed.
    """
    texts = [selector] if isinstance(selector, str) else selector
    offset = options.offset or {}
    return Query(
        selectors=tuple(parse_selector(text) for text in texts),
        similarity=options.similarity,
        region=Box(*options.region) if options.region else None,
        occurrence=options.occurrence or 1,
        offset=Point(int(offset.get("x", 0)), int(offset.get("y", 0))),
        anchor=options.anchor,
        monitor=options.monitor,
        strict=options.strict and "strict" in options.model_fields_set,
        tolerance=options.tolerance,
        assets=assets,
    )


def not_found(query: Query, miss: Miss | None, looks: int, waited: float, picture: Any) -> NodeError:
    """Say that a target is not there, or that several are.

    Args:
        query: What was looked for.
        miss: Why the last look found nothing.
        looks: How often it was looked.
        waited: For how many seconds.
        picture: Where the picture of the last look was kept, ``None`` for nowhere.
    """
    miss = miss or Miss(reason=say("Nothing on the screen matches."))
    is_listed = miss.is_ambiguous and bool(miss.candidates)
    kind = TargetAmbiguous if miss.is_ambiguous else TargetNotFound
    return kind(
        say(
            '{what}: "{selector}". {reason}{nearest} Looked {looks} times in {seconds} s.',
            what=say("Several targets match equally well") if miss.is_ambiguous else say("Target not found"),
            selector=query.text, reason=miss.reason, nearest=_nearest(miss), looks=looks, seconds=f"{waited:.1f}",
        ),
        say("Use one of these selectors, or turn off Strict to use the first match.")
        if is_listed
        else say("Pick the target again, increase the timeout, or add a fallback."),
        selector=query.text,
        best_score=miss.best_score,
        best_box=list(miss.best_box) if miss.best_box else None,
        best_scale=miss.best_scale,
        similarity=query.similarity,
        looks=looks,
        candidates=list(miss.candidates),
        picture=picture,
    )  # fmt: skip


def _nearest(miss: Miss) -> Sentence | str:
    if miss.is_ambiguous and miss.candidates:
        return say(" Matches: {names}.", names=" · ".join(miss.candidates))
    if miss.best_score is not None and miss.best_box is not None:
        return say(
            " The nearest match scores {score} at {x},{y} (scale {scale}).", score=f"{miss.best_score:.2f}",
            x=miss.best_box.center.x, y=miss.best_box.center.y, scale=f"{miss.best_scale or 1:g}",
        )  # fmt: skip
    return say(" Nearest: {names}.", names=", ".join(miss.candidates[:3])) if miss.candidates else ""
