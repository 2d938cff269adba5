"""The gallery: the examples that ship with flowdesk and the flows of the flows folder, each with what a picture is drawn from."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.model.errors import FileUnwritable, FlowdeskError, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.protocol import messages as m
from flowdesk.protocol.replies import CardNode, Cards, ExampleTaken, FlowCard, FlowPicture
from flowdesk.resource import resource_path
from flowdesk.session import flowfiles
from flowdesk.session.desk import Desk
from flowdesk.session.names import SUFFIX, stem_of
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.storage import assets_folder, open_flow

MOST_FLOWS = 200
"""Own flows that are shown, the newest."""
LARGEST = 2_000_000
"""Bytes of a flow file of which a picture is drawn."""
MOST_DRAWN = 120
"""Nodes of a flow that its picture shows."""
MOST_KEPT = 1000
"""Pictures that are remembered while their files stay as they are."""

_DATA = re.compile(r"[\w.-]+\.(?:csv|xlsx|txt|json|png|tsv)")


@dataclass
class Gallery:
    """Answers the requests about the gallery."""

    desk: Desk
    catalogue: Catalogue
    _known: dict[tuple[str, float], FlowPicture] = field(default_factory=dict)

    def handlers(self) -> dict[str, Handler]:
        """Return what answers which request."""
        return {"gallery.list": self._list, "gallery.take": self._take}

    async def _list(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> Cards:
        root = self.desk.flows.resolve()
        return await in_thread(lambda: {"examples": self._examples(), "flows": self._own(root)}, "flowdesk.gallery")

    async def _take(self, peer: Peer, payload: m.TakeExample, workflow_id: str, message_id: str) -> ExampleTaken:
        root = self.desk.flows.resolve()
        path = await in_thread(lambda: take_example(payload.name, root), "flowdesk.gallery")
        return {"path": path.relative_to(root).as_posix()}

    def _examples(self) -> list[FlowCard]:
        found = sorted(resource_path("flows").glob(f"*{SUFFIX}"))
        return [card for path in found if (card := self._card(path, stem_of(path.name))) is not None]

    def _own(self, root: Path) -> list[FlowCard]:
        files = sorted(flowfiles.list_files(root)[0], key=lambda file: -file["modified_time"])[:MOST_FLOWS]
        cards: list[FlowCard] = []
        for file in files:
            card = self._card(root / file["path"], file["name"])
            if card is not None:
                cards.append({**card, **file, "title": card["title"] or file["name"]})
        return cards

    def _card(self, path: Path, name: str) -> FlowCard | None:
        """Return what stands on a card, ``None`` for a file that is no flow."""
        try:
            state = path.stat()
        except OSError:
            return None
        key = (str(path), state.st_mtime)
        if key not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[key] = self._read(path) if state.st_size <= LARGEST else _empty()
        return {"path": path.name, "name": name, "modified_time": state.st_mtime, "folder": "", **self._known[key]}

    def _read(self, path: Path) -> FlowPicture:
        try:
            return picture_of(open_flow(path).flow, self.catalogue)
        except (FlowdeskError, OSError):
            return _empty()


def _empty() -> FlowPicture:
    return {"title": "", "description": "", "count": 0, "nodes": [], "edges": []}


def picture_of(flow: Flow, catalogue: Catalogue) -> FlowPicture:
    """Return name, description and picture of a flow: places and categories of its nodes, and which lead to which."""
    shown = flow.nodes[:MOST_DRAWN]
    at = {node.id: place for place, node in enumerate(shown)}
    nodes: list[CardNode] = []
    for node in shown:
        known = catalogue.get(node.type)
        nodes.append({
            "x": node.position.x, "y": node.position.y,
            "category": known.category if known else "other", "icon": known.icon if known else "square",
        })  # fmt: skip
    edges = [[at[edge.source], at[edge.target]] for edge in flow.edges if edge.source in at and edge.target in at]
    return {
        "title": flow.name,
        "description": flow.description[:300],
        "count": len(flow.nodes),
        "nodes": nodes,
        "edges": edges,
    }


def take_example(name: str, folder: Path) -> Path:
    """Copy an example into a folder, with its pictures and the data that it reads. Returns the copy.

    A file that is there already is left as it is: the copy has a number then, and uses the data that are there.

    Raises:
        RequestInvalid: If there is no such example.
        FileUnwritable: If it cannot be written.
    """
    if name not in example_names():
        raise RequestInvalid(
            say('There is no example "{name}".', name=name), say("Choose one of the gallery."), field="name"
        )
    source = resource_path("flows", f"{name}{SUFFIX}")
    copy, number = folder / source.name, 1
    while copy.exists():
        number += 1
        copy = folder / f"{name} {number}{SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        values = json.loads(source.read_text("utf-8"))
        for companion in sorted(_companions(values, source.parent)):
            if not (folder / companion).exists():
                shutil.copyfile(source.parent / companion, folder / companion)
        pictures = assets_folder(source)
        if pictures.is_dir():
            shutil.copytree(pictures, assets_folder(copy), dirs_exist_ok=True)
        shutil.copyfile(source, copy)
    except OSError as error:
        raise FileUnwritable(
            say(
                "The example cannot be copied to {folder}: {reason}.",
                folder=folder,
                reason=error.strerror or str(error),
            ),
            say("Make room, or choose another folder for flows in the settings."),
        ) from error
    return copy


@cache
def example_names() -> frozenset[str]:
    """Return the names of the examples: those of their files."""
    return frozenset(stem_of(path.name) for path in resource_path("flows").glob(f"*{SUFFIX}"))


def _companions(value: Any, folder: Path) -> Iterator[str]:
    """Yield the files beside an example that its settings name."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _companions(inner, folder)
    elif isinstance(value, list):
        for inner in value:
            yield from _companions(inner, folder)
    elif isinstance(value, str):
        for name in _DATA.findall(value):
            if (folder / name).is_file():
                yield name
