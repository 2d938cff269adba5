"""What a flow would do beyond the screen, in words and as one digest: programs, files, addresses."""

import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flowdesk.model.flow import Flow, Node
from flowdesk.model.functions import FUNCTION, reached
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.options import given_options
from flowdesk.protocol.events import ToldDoing

RISKY = frozenset({"programs", "files", "network"})
MOST_TOLD = 50
_HOW = ("desktop",)
"""Fields of a flow, beside its nodes and edges, that say where and how it runs."""
LONGEST = 1000
"""Characters of what one node would do."""


KINDS: tuple[Literal["programs", "network", "files"], ...] = ("programs", "network", "files")
"""What is told of a node, the gravest first."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What one node would do."""

    node_id: str
    label: str
    uses: Literal["programs", "files", "network"]
    """``programs``, ``files`` or ``network``."""
    detail: str
    """The settings that say which."""

    def payload(self) -> ToldDoing:
        """Return it as JSON values."""
        return {"node_id": self.node_id, "label": self.label, "uses": self.uses, "detail": self.detail}


def risky_nodes(flow: Flow, catalogue: Catalogue) -> list[Node]:
    """Return the nodes that use programs, files or the network."""

    def is_risky(node: Node) -> bool:
        declared = catalogue.get(node.type)
        is_used = node.type != "start" or node.config.get("appName")
        return declared is not None and bool(declared.uses & RISKY) and bool(is_used)

    return [node for node in flow.nodes if is_risky(node)]


def doings(flow: Flow, catalogue: Catalogue) -> list[Doing]:
    """Return what a flow would do, node by node."""
    found = []
    for node in risky_nodes(flow, catalogue):
        node_type = catalogue[node.type]
        uses = next(use for use in KINDS if use in node_type.uses)
        found.append(Doing(node.id, node.label, uses, _settings(node)))
    return found


def _settings(node: Node) -> str:
    """Return every setting of a node: a summary could leave out the one that matters."""
    parts = []
    for key, value in node.config.items():
        if value in ("", None, [], {}):
            continue
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            text = shlex.join(value)
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        parts.append(f"{key}: {text}")
    told = " · ".join(parts)
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}… ({len(told)})"


def digest_of(flow: Flow, catalogue: Catalogue) -> str | None:
    """Return what a flow's doings are known by, ``None`` where it does nothing of the kind.

    Where a setting is filled in while it runs, what it becomes depends on the rest of the flow: that counts too. So does
    whether a node is connected at all: one that is not does nothing until somebody connects it.
    """
    risky = risky_nodes(flow, catalogue)
    if not risky:
        return None
    connected = _connected(flow)
    parts = [_text([node.type, node.config, *([] if node.id in connected else ["unconnected"])]) for node in risky]
    if any("{{" in part for part in parts):
        parts.append(_whole(flow))
    return _hash(_listed(parts))


def whole_digest(flow: Flow) -> str:
    """Return what everything that a run of a flow does is known by: all but where its nodes lie and what they are called."""
    return _hash(_whole(flow))


def part_digests(flow: Flow, catalogue: Catalogue) -> Sequence[str]:
    """Return what each risky node is known by, wherever it is moved or copied."""
    return [_hash(_text([node.type, node.config])) for node in risky_nodes(flow, catalogue)]


def _connected(flow: Flow) -> set[str]:
    """Return the nodes to which a way leads from the start, or from where a function begins."""
    successors: dict[str, list[str]] = {}
    for edge in flow.edges:
        successors.setdefault(edge.source, []).append(edge.target)
    return reached((node.id for node in flow.nodes if node.type in {"start", FUNCTION}), successors)


def _whole(flow: Flow) -> str:
    nodes = [_text([node.id, node.type, node.config, given_options(node)]) for node in flow.nodes]
    edges = [_text([edge.source, edge.source_handle, edge.target]) for edge in flow.edges]
    how = {key: (flow.model_extra or {}).get(key) for key in _HOW}
    return _listed([_text(flow.variables), _text(how), _listed(nodes), _listed(edges)])


def _listed(texts: Sequence[str]) -> str:
    """Return what ``_text`` makes of a list, made item by item: other threads get their turns in between."""
    return f"[{', '.join(texts)}]"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(values: Any) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=True, default=str)
