"""Finding things in a flow: by name, type, id, or any text of the config. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flowdesk.model.changes import Draft
from flowdesk.model.flow import Node
from flowdesk.model.groups import read_groups, read_notes
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.searching import Entry, rank
from flowdesk.pinyin import readings

MOST_AROUND = 60
"""Most characters shown of a text in which something was found."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A node, group or note in which the words were found."""

    id: str
    label: str
    where: str
    """The text in which they stand, shortened; empty if that is the label."""


def search(draft: Draft, catalogue: Catalogue, text: str, translate: Callable[[str], str] = str) -> list[Hit]:
    """Return what holds every word of a text, in the order of the flow; names before the rest.

    Where nothing does, what is called so in other words, by pinyin or but for typing errors.

    Args:
        draft: The flow.
        catalogue: The node types, whose titles count too.
        text: What is looked for; upper and lower case are the same.
        translate: Gives the titles in the reader's language.
    """
    words = text.casefold().split()
    if not words:
        return []
    things = list(_all(draft, catalogue, translate))
    hits = [hit for label, titles, texts, item_id in things if (hit := _hit(item_id, label, titles, texts, words))]
    return sorted(hits, key=lambda hit: bool(hit.where)) or _called_otherwise(draft, catalogue, text, things)


def _called_otherwise(
    draft: Draft, catalogue: Catalogue, text: str, things: list[tuple[str, list[str], list[str], str]]
) -> list[Hit]:
    """Return what people may mean who wrote it otherwise; nothing that is only near."""
    entries = []
    for label, titles, _, item_id in things:
        node = draft.nodes.get(item_id)
        known = catalogue.get(node.type) if node is not None else None
        entries.append(Entry(item_id, (label, *titles), known.words if known else ()))
    found = rank(text, entries, readings())
    named = {item_id: (label, titles) for label, titles, _, item_id in things}
    return [] if found.is_nearest else [Hit(key, named[key][0], next(iter(named[key][1]), "")) for key in found.keys]


def _all(
    draft: Draft, catalogue: Catalogue, translate: Callable[[str], str]
) -> Iterator[tuple[str, list[str], list[str], str]]:
    """Yield what people call each thing, the names of its type (the reader's first), its texts, and its id."""
    for node in draft.nodes.values():
        yield node.label, _titles(node, catalogue, translate), [node.id, *_texts(node.config)], node.id
    for group in read_groups(draft.fields).values():
        yield group.title, [], [], group.id
    for note in read_notes(draft.fields).values():
        yield note.text.split("\n", 1)[0], [], [note.text], note.id


def _titles(node: Node, catalogue: Catalogue, translate: Callable[[str], str]) -> list[str]:
    node_type = catalogue.get(node.type)
    return [node.type] if node_type is None else [translate(node_type.title), node_type.title, node.type]


def _texts(value: Any, key: str = "") -> Iterator[str]:
    """Yield each value of a config as ``key: value``."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, key)
    elif value is not None:
        yield f"{key}: {value}"


def _hit(item_id: str, label: str, titles: list[str], texts: list[str], words: list[str]) -> Hit | None:
    if all(word in label.casefold() for word in words):
        return Hit(item_id, label, "")
    whole = "\n".join((label, *titles, *texts)).casefold()
    if not all(word in whole for word in words):
        return None
    holding = [text for text in (*titles, *texts) if words[0] in text.casefold() or words[-1] in text.casefold()]
    found = holding[0] if holding else ""
    if found in titles:
        return Hit(item_id, label, titles[0])
    return Hit(item_id, label, _around(found.replace("\n", " "), words[0]))


def _around(text: str, word: str) -> str:
    at = max(0, text.casefold().find(word) - MOST_AROUND // 3)
    piece = text[at : at + MOST_AROUND]
    return ("…" if at else "") + piece + ("…" if at + MOST_AROUND < len(text) else "")
