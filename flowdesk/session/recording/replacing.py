"""What was shown takes the place of a node that failed. Pure."""

from collections.abc import Sequence

from flowdesk.model.changes import AddEdge, AnyChange, Draft, MoveNode, RemoveEdge, RemoveNode, SetNode
from flowdesk.model.flow import new_edge
from flowdesk.session.recording.writing import ACROSS, room

OF_THE_OLD_TARGET = frozenset({"offset", "anchor", "occurrence", "region", "monitor"})
"""Settings that mean nothing for another target, or another place in it."""


def replacing(draft: Draft, old: str, made: Sequence[str]) -> list[AnyChange]:
    """Return the edit that puts recorded steps, which hang behind a node, in its place.

    One step of the same type gives the node its settings: its ID, its name, and what else was set stay, so that references do.
    Several begin where the node lay, and what follows makes room.
    """
    before, first, last = draft.nodes[old], draft.nodes[made[0]], made[-1]
    inner = {old, *made}
    changes: list[AnyChange] = [
        RemoveEdge(id=edge.id) for edge in draft.edges.values() if edge.source == old and edge.target in inner
    ]
    if len(made) == 1 and first.type == before.type:
        out = [edge for edge in draft.edges.values() if edge.source == last]
        changes += [RemoveEdge(id=edge.id) for edge in out]
        changes.append(RemoveNode(id=last))
        gone = OF_THE_OLD_TARGET & (before.config.keys() - first.config.keys()) if "selector" in first.config else ()
        changes += [SetNode(id=old, path=("data", "config", key), remove=True) for key in sorted(gone)]
        changes += [SetNode(id=old, path=("data", "config", key), value=value) for key, value in first.config.items()]
        return changes + [AddEdge(edge=new_edge(old, edge.target, edge.source_handle)) for edge in out]
    into = [edge for edge in draft.edges.values() if edge.target == old and edge.source not in inner]
    others = [edge for edge in draft.edges.values() if edge.source == old and edge.target not in inner]
    changes += [RemoveEdge(id=edge.id) for edge in (*into, *others)]
    changes.append(RemoveNode(id=old))
    changes += [AddEdge(edge=new_edge(edge.source, made[0], edge.source_handle)) for edge in into]
    kept = [edge for edge in others if edge.source_handle == "error"]
    across, down = before.position.x - first.position.x, before.position.y - first.position.y
    places = {node: draft.nodes[node].position for node in made}
    changes += [MoveNode(id=node, x=place.x + across, y=place.y + down) for node, place in places.items()]
    heads = [edge.target for edge in draft.edges.values() if edge.source in (old, last) and edge.target not in inner]
    width = max(place.x for place in places.values()) - first.position.x + ACROSS
    changes += room(draft, heads, before.position.x, width)
    return changes + [AddEdge(edge=new_edge(last, edge.target, edge.source_handle)) for edge in kept]
