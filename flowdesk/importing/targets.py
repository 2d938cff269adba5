"""Targets of other tools as selectors, with similarity, offset and timeout written out."""

import ast
import re
from typing import Any

from flowdesk.importing.expressions import expression, untaken
from flowdesk.importing.report import Untaken
from flowdesk.importing.scripts import is_picture_name
from flowdesk.importing.values import Area, Known, Picture, Place, Ref, Several
from flowdesk.model.sentence import say


def written(value: Any) -> str:
    """Write a coordinate for a selector: a number, or an expression in braces."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Untaken("coordinate", say("This is no coordinate."))
    return value if isinstance(value, str) else str(int(value))


def coordinate(value: Any, node: ast.AST) -> Any:
    """Return a coordinate as a number, or as an expression in braces."""
    if isinstance(value, Known) and isinstance(value.value, int | float) and not isinstance(value.value, bool):
        return int(value.value)
    if isinstance(value, Known):
        raise untaken(node)
    return "{{ " + expression(value, node) + "|int }}"


def plus(one: Any, other: Any) -> Any:
    """Add two coordinates, each a number or an expression in braces."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return int(one + other)
    if other == 0:
        return one
    bare = [str(each).removeprefix("{{").removesuffix("}}").strip() for each in (one, other)]
    return "{{ (" + " + ".join(bare) + ")|int }}"


def target(value: Any, node: ast.AST, similarity: float, *, is_text: bool = False) -> dict[str, Any]:
    """Return ``selector`` and what belongs to it for a value of a script.

    Args:
        value: What the script names as its target.
        node: Where it stands.
        similarity: The tool's own, where the target says none.
        is_text: Whether a text that is no picture's name is looked for as text.

    Raises:
        Untaken: If it is no target.
    """
    match value:
        case Known(str(name)) if is_picture_name(name) or not is_text:
            name = name if is_picture_name(name) else f"{name}.png"
            return {"selector": f"image={file_name(name)}", "similarity": similarity}
        case Known(str(text)):
            return {"selector": f"text={quoted(text)}"}
        case Known([int() | float() as x, int() | float() as y]):
            return {"selector": f"point={int(x)},{int(y)}"}
        case Picture():
            return _picture(value, similarity)
        case Place():
            return {"selector": f"point={written(value.x)},{written(value.y)}"}
        case Area(box):
            return {"selector": _center(box)}
        case Ref():
            return _later(value, similarity)
        case Several(items) | Known(list(items)):
            return _any(items, node, similarity, is_text=is_text)
    raise untaken(node)


def _later(value: Ref, similarity: float) -> dict[str, Any]:
    """Return the target of what only a run knows: a place that was found, or the name of a picture."""
    path = f"{value.expression}.matches[0]" if value.kind == "match" else value.expression
    if value.kind in {"match", "point"}:
        return {"selector": "point={{" + path + ".x}},{{" + path + ".y}}"}
    return {"selector": "image={{" + path + "}}", "similarity": similarity}


def _center(box: tuple[Any, Any, Any, Any] | None) -> str:
    if box is None:
        return "point=50%,50%"
    x, y, width, height = box
    if all(isinstance(part, int) for part in box):
        return f"point={x + width // 2},{y + height // 2}"
    return f"point={_middle(x, width)},{_middle(y, height)}"


def _any(items: Any, node: ast.AST, similarity: float, *, is_text: bool) -> dict[str, Any]:
    each = [item if not isinstance(item, str) else Known(item) for item in items]
    found = [target(item, node, similarity, is_text=is_text) for item in each]
    options = {key: [one.get(key) for one in found] for key in ("similarity", "offset")}
    if not found or any(any(value != values[0] for value in values) for values in options.values()):
        raise Untaken("pictures that differ", say("The pictures of this list differ in similarity or offset."))
    return {**found[0], "selector": [one["selector"] for one in found]}


def _picture(value: Picture, similarity: float) -> dict[str, Any]:
    name = value.name if not value.is_name_known else file_name(value.name)
    found: dict[str, Any] = {"selector": f"image={name}"}
    found["similarity"] = similarity if value.similarity is None else value.similarity
    if value.offset is not None and value.offset != (0, 0):
        found["offset"] = {"x": value.offset[0], "y": value.offset[1]}
    return found


def _middle(begin: Any, size: Any) -> Any:
    bare = [str(each).removeprefix("{{").removesuffix("}}").strip() for each in (begin, size)]
    return "{{ (" + f"{bare[0]} + {bare[1]} / 2" + ")|int }}"


def file_name(path: str) -> str:
    """Return the name of a picture's file, without its folders."""
    return re.split(r"[\\/]", path)[-1]


def quoted(text: str) -> str:
    """Write a text as the body of a selector."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if re.search(r'>>|^["/]|\s$|^\s', text) else text


def region(area: Any) -> list[Any] | None:
    """Return an area as the setting ``region``, ``None`` for the whole desktop."""
    return list(area.box) if isinstance(area, Area) and area.box is not None else None
