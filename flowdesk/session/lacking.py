"""Pictures and files of a flow that are not there: told before a run finds out (contract §1)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flowdesk.model.errors import FlowdeskError, SelectorError
from flowdesk.model.flow import Flow, Node
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.problem import Problem
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import say
from flowdesk.model.trigger import declared
from flowdesk.model.validation import validate
from flowdesk.session.paths import read_path
from flowdesk.session.picturenames import alternatives
from flowdesk.session.storage import assets_folder
from flowdesk.session.subflows import file_of

_OPEN = ("{{", "*", "?", "[")
"""What makes a path one that only the run knows."""


def problems_at(flow: Flow, path: Path, catalogue: Catalogue) -> list[Problem]:
    """Return every problem of a flow that is a file: what it says itself, and what it names that is not there. Blocks.

    Args:
        flow: The flow.
        path: Its file: what it names lies beside it.
        catalogue: The node types.
    """
    return [*validate(flow, catalogue), *_lacking(flow, path.parent, assets_folder(path), catalogue)]


def _lacking(flow: Flow, home: Path, pictures: Path, catalogue: Catalogue) -> Iterator[Problem]:
    for node in flow.nodes:
        yield from _of_node(node, home, pictures, catalogue)
    for place, trigger in enumerate(declared(flow).triggers):
        yield from _of_target(
            getattr(trigger, "selector", None), pictures, trigger.id, field=f"triggers[{place}].selector"
        )


def _of_node(node: Node, home: Path, pictures: Path, catalogue: Catalogue) -> Iterator[Problem]:
    node_type = catalogue.get(node.type)
    if node_type is None or node.option("disabled"):
        return
    for key in sorted(node_type.target_keys & node.config.keys()):
        yield from _of_target(node.config[key], pictures, node.label, node_id=node.id, field=key)
    called = node.config.get("flow") if node.type == "subflow" else None
    if isinstance(called, str) and called and "{{" not in called and not _is_there(lambda: file_of(home, called)):
        yield Problem(
            "error", "subflow.missing", say("\"{node}\" calls the flow {flow}, which does not exist.", node=node.label, flow=called),
            say("Correct the path, or save the flow there."), node_id=node.id, field="flow",
        )  # fmt: skip
    for name in node_type.files_read(node.config):
        is_known = not any(mark in name for mark in _OPEN)
        if is_known and not _is_there(lambda name=name: read_path(name, home)):
            yield Problem(
                "warning", "file.missing", say("\"{node}\" reads {file}, which does not exist now.", node=node.label, file=name),
                say("Correct the path, unless the run creates the file."), node_id=node.id, field=_key_of(node.config, name),
            )  # fmt: skip


def _of_target(target: Any, pictures: Path, owner: str, **where: Any) -> Iterator[Problem]:
    for name in _pictures(target):
        if not (pictures / name).is_file() and not alternatives(pictures / name):
            yield Problem(
                "error", "image.missing", say("\"{node}\" looks for the image {image}, which does not exist.", node=owner, image=name),
                say("Pick the target again, or copy the image to {folder}.", folder=pictures.name), **where,
            )  # fmt: skip


def _pictures(target: Any) -> Iterator[str]:
    """Yield the pictures that a target names, as far as it can be read."""
    for text in target if isinstance(target, list | tuple) else [target]:
        if not isinstance(text, str) or "{{" in text:
            continue
        try:
            steps = parse_selector(text).steps
        except SelectorError:
            continue  # the checks of the settings say so
        yield from (step.body for step in steps if step.engine == "image" and not step.body.startswith("data:"))


def _is_there(place: Any) -> bool:
    try:
        return bool(place().exists())
    except (FlowdeskError, OSError):
        return False


def _key_of(config: Mapping[str, Any], name: str) -> str:
    return next(
        (key for key, value in config.items() if value == name or (isinstance(value, list) and name in value)), ""
    )
