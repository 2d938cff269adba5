"""What the groups and notes of two flows differ in. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from flowdesk.model.difference import LAYOUT, Difference, is_equal
from flowdesk.model.flow import Flow
from flowdesk.model.groups import GROUPS, NOTES
from flowdesk.model.sentence import Sentence, midway, say
from flowdesk.model.wording import Wording

_PLAIN = Wording(None, {})
_TITLES = {"title": say("Title"), "text": say("Text"), "color": say("Color")}


def frame_differences(
    before: Flow, after: Flow, ids: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield the groups and notes that came, went, or say something else.

    Args:
        before: The former flow.
        after: The later flow.
        ids: The ids in the later flow of the nodes of the former.
        names: What the nodes of both flows are called.
    """
    ones, others = (frames_of(flow, GROUPS) for flow in (before, after))
    for key in dict.fromkeys([*ones, *others]):
        one, other = ones.get(key), others.get(key)
        name = say("Group {title}", title=_shown(other or one or {}, "title", key))
        yield from _frame(key, "group", name, one, other)
        if one is not None and other is not None:
            yield from _members(key, name, [ids.get(each, each) for each in _nodes(one)], _nodes(other), names)
    ones, others = (frames_of(flow, NOTES) for flow in (before, after))
    for key in dict.fromkeys([*ones, *others]):
        one, other = ones.get(key), others.get(key)
        name = say("Note {title}", title=_shown(other or one or {}, "text", key))
        yield from _frame(key, "note", name, one, other)


def frames_of(flow: Flow, field: str) -> dict[str, Mapping[str, Any]]:
    """Return the groups or notes of a flow by id, as they are written; what is none is left out."""
    found = (flow.model_extra or {}).get(field)
    if not isinstance(found, Mapping):
        return {}
    return {str(key): value for key, value in found.items() if isinstance(value, Mapping)}


def _shown(frame: Mapping[str, Any], field: str, key: str) -> str:
    text = " ".join(str(frame.get(field) or key).split())
    return text if len(text) <= 40 else f"{text[:40]}…"


def _nodes(frame: Mapping[str, Any]) -> list[str]:
    nodes = frame.get("nodes")
    return [each for each in nodes if isinstance(each, str)] if isinstance(nodes, list) else []


def _frame(
    key: str, what: str, name: Sentence, one: Mapping[str, Any] | None, other: Mapping[str, Any] | None
) -> Iterator[Difference]:
    kind: Any = what
    if other is None:
        yield Difference("removed", kind, say("{node} removed", node=name), key)
    elif one is None:
        yield Difference("added", kind, say("{node} added", node=name), key)
    else:
        for field in dict.fromkeys([*one, *other]):
            if field in LAYOUT or field == "nodes" or is_equal(one.get(field), other.get(field)):
                continue
            was, now = _PLAIN.values("", one.get(field), other.get(field))
            title = midway(_TITLES[field]) if field in _TITLES else field
            sentence = say("{node}: {field} {before} → {after}", node=name, field=title, before=was, after=now)
            yield Difference("changed", kind, sentence, key, field, one.get(field), other.get(field))


def _members(
    key: str, name: Sentence, one: list[str], other: list[str], names: Mapping[str, str]
) -> Iterator[Difference]:
    for each in other:
        if each not in one:
            sentence = say("{node} is now in {group}", node=names.get(each, each), group=name)
            yield Difference("changed", "group", sentence, key, "nodes", None, each)
    for each in one:
        if each not in other and each in names:
            sentence = say("{node} is no longer in {group}", node=names[each], group=name)
            yield Difference("changed", "group", sentence, key, "nodes", each, None)
