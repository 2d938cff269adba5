"""What hovering over the canvas shows: problems, and of the last run why a node failed and the values it had."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from flowdesk.engine.budget import Budget
from flowdesk.engine.filling import value_of
from flowdesk.engine.lookup import Values
from flowdesk.engine.texts import as_text
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.model.templates import Reference, pieces, texts_in
from flowdesk.ui.canvas.edge_item import EdgeItem
from flowdesk.ui.canvas.frame_item import FrameItem
from flowdesk.ui.canvas.node_item import STATE_WORDS, NodeItem
from flowdesk.ui.canvas.scene import FlowScene

SECONDS = 0.05
"""Seconds of processor time for each expression: the window waits for it."""
MOST_VALUES = 10
MOST_CHARACTERS = 90
PICTURE_WIDTH = 280
"""Logical pixels."""


def hover_text(item: NodeItem | EdgeItem | FrameItem, scene: FlowScene, variables: Mapping[str, Any]) -> str:
    """Return what is shown over a thing of the canvas, as rich text; empty for nothing.

    Args:
        item: What is under the pointer.
        scene: The scene, whose other nodes' results may be referred to.
        variables: Those of the last run.
    """
    if isinstance(item, NodeItem):
        return _of_node(item, scene, variables)
    if isinstance(item, EdgeItem):
        return _of_edge(item, scene)
    return ""


def _of_node(item: NodeItem, scene: FlowScene, variables: Mapping[str, Any]) -> str:
    say_it = scene.look.translate
    lines = [f"<b>{escape(item.label)}</b>"]
    kind = say_it(item.node_type.title) if item.node_type else item.node.type
    lines.append(escape(" · ".join(part for part in (kind, _state(item, scene)) if part)))
    lines += [escape(text) for text in (item.summary, str(item.node.option("note") or "")) if text]
    if item.problem:
        lines.append(f"<b>{escape(item.problem_text)}</b>")
    outcome = item.outcome or {}
    if item.message:
        lines.append(escape(say_it(item.message)))
    details = outcome.get("error_details") or {}
    if details.get("fix"):
        lines.append(escape(say_it(details["fix"])))
    rows = [*_rows(outcome.get("result")), *_references(item, scene, variables)][:MOST_VALUES]
    if rows:
        cells = (f"<tr><td>{escape(k)}&nbsp;&nbsp;</td><td>{escape(v)}</td></tr>" for k, v in rows)
        lines.append(f"<table cellspacing='2'>{''.join(cells)}</table>")
    picture = details.get("picture")
    if picture and Path(picture).is_file():
        lines.append(f"<img src='{escape(Path(picture).as_uri())}' width='{PICTURE_WIDTH}'>")
    return "<br>".join(lines[:-1]) + (lines[-1] if lines[-1].startswith("<table") else "<br>" + lines[-1])


def _state(item: NodeItem, scene: FlowScene) -> str:
    if item.state is None:
        return ""
    word = scene.look.translate(STATE_WORDS[item.state])
    duration = (item.outcome or {}).get("duration")
    if duration is None or item.state not in {NodeState.SUCCESS, NodeState.ERROR}:
        return word
    return f"{word} ({scene.look.translate(say('{seconds} s', seconds=f'{duration:.2f}'))})"


def _of_edge(item: EdgeItem, scene: FlowScene) -> str:
    source, target = (scene.node_items[i].label for i in (item.edge.source, item.edge.target))
    how = f" ({escape(item.label)})" if item.label else ""
    taken = scene.look.translate(say("taken {count} times in the last run", count=item.taken)) if item.taken else ""
    return f"<b>{escape(source)} → {escape(target)}</b>{how}" + (f"<br>{escape(taken)}" if taken else "")


def _rows(result: Any) -> Iterator[tuple[str, str]]:
    """Yield what a node gave as names and values."""
    if isinstance(result, Mapping):
        for name, value in result.items():
            if value is not None:
                yield str(name), _short(value)
    elif result is not None:
        yield "=", _short(result)


def _references(item: NodeItem, scene: FlowScene, variables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the values that the config refers to, as they were in the last run."""
    results = {
        node_id: other.outcome.get("result") for node_id, other in scene.node_items.items() if other.outcome is not None
    }
    values = Values(variables, results)
    told = set()
    for text in texts_in(dict(item.node.config)):
        for piece in pieces(text):
            if isinstance(piece, Reference) and piece.kind != "secret" and piece.body not in told:
                told.add(piece.body)
                try:
                    yield text[piece.start : piece.end], _short(value_of(piece, values, Budget(SECONDS)))
                except FlowdeskError:
                    continue  # It stood for nothing in the last run.


def _short(value: Any) -> str:
    text = as_text(value).replace("\n", " ")
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
