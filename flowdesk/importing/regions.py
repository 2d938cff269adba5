"""Pictures, places and regions of SikuliX: the values of calls that take no step."""

import ast
from typing import Any

from flowdesk.importing.expressions import evaluate, setting, untaken
from flowdesk.importing.report import Untaken
from flowdesk.importing.scripts import is_picture_name
from flowdesk.importing.targets import coordinate, plus
from flowdesk.importing.values import Area, Known, Module, Picture, Place, Program, Ref, Scope

SIMILARITY = 0.7
EXACT = 0.99
_NEAR = frozenset({"getCenter", "getTarget", "getMatch", "getLastMatch", "getX", "getY", "getW", "getH", "offset", "left", "right", "above",
                   "below", "nearby", "grow"})  # fmt: skip
"""Calls that count a place or region from another; any other of a region looks or acts in it."""


class Places:
    """Reads Pattern, Location, Region, and what is counted from them."""

    def value(self, node: ast.expr, scope: Scope) -> Any:
        """Return what an expression stands for, ``None`` where it is nothing that is known."""
        if isinstance(node, ast.Call):
            found = self.build(node, scope)
            if found is not None:
                return found
        try:
            return evaluate(node, scope)
        except Untaken:
            return None

    def build(self, node: ast.Call, scope: Scope) -> Any:
        """Return the value of a call that takes no step: Pattern, Location, Region, Key.X; ``None`` for any other."""
        name = ast.unparse(node.func).rsplit(".", 1)[-1]
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value, scope)
            if isinstance(owner, Picture):
                return self._pattern(owner, name, node, scope)
            if isinstance(owner, Place | Area) or (isinstance(owner, Ref) and owner.kind in {"match", "point"}):
                return self._near(owner, name, node, scope)
            if not isinstance(owner, Module):
                return None
        given = node.args
        if name == "Pattern" and given:
            return self._new_pattern(node, scope)
        if name in {"Location", "Region"}:
            parts = [evaluate(part, scope) for part in given]
            if len(parts) == 1:
                return parts[0] if isinstance(parts[0], Area | Place) else None
            numbers = tuple(coordinate(part, node) for part in parts)
            return Place(*numbers) if len(numbers) == 2 else Area(numbers) if len(numbers) == 4 else None
        if name in {"Screen", "getPrimaryScreen", "selectRegion", "getBounds"}:
            return Area()
        if name == "App" and len(given) == 1:
            return Program(str(setting(evaluate(given[0], scope))))
        return None

    def _new_pattern(self, node: ast.Call, scope: Scope) -> Picture:
        first = evaluate(node.args[0], scope)
        if isinstance(first, Picture):
            return first
        if isinstance(first, Known) and isinstance(first.value, str):
            return Picture(first.value if is_picture_name(first.value) else f"{first.value}.png")
        if isinstance(first, Ref):
            return Picture("{{ " + first.expression + " }}", is_name_known=False)
        raise untaken(node)

    def _pattern(self, owner: Picture, name: str, node: ast.Call, scope: Scope) -> Any:
        given = [evaluate(part, scope) for part in node.args]
        if name == "exact":
            return Picture(owner.name, EXACT, owner.offset, owner.is_name_known)
        if name in {"similar", "setSimilarity"} and not given:
            return Picture(owner.name, SIMILARITY, owner.offset, owner.is_name_known)
        if name in {"similar", "setSimilarity"} and isinstance(given[0], Known):
            return Picture(owner.name, min(1.0, max(0.0, float(given[0].value))), owner.offset, owner.is_name_known)
        if name == "targetOffset":
            if len(given) == 1 and isinstance(given[0], Place):
                return Picture(owner.name, owner.similarity, (given[0].x, given[0].y), owner.is_name_known)
            if len(given) == 2:
                offset = tuple(coordinate(part, node) for part in given)
                return Picture(owner.name, owner.similarity, offset, owner.is_name_known)
        if name == "getFilename":
            return Known(owner.name)
        if name in {"isValid", "resize", "mask", "setFilename", "getTargetOffset"}:
            return None
        raise untaken(node)

    def _near(self, owner: Any, name: str, node: ast.Call, scope: Scope) -> Any:
        """Return a place or region that a script counts from another."""
        if name not in _NEAR:
            return None
        if name in {"getCenter", "getTarget", "getMatch", "getLastMatch"} and isinstance(owner, Ref | Place):
            return owner
        if name == "getCenter" and isinstance(owner, Area):
            return owner
        if name in {"getX", "getY", "getW", "getH"}:
            return evaluate(ast.Attribute(node.func.value, name[-1].lower(), ast.Load()), scope)  # type: ignore[attr-defined]
        given = [
            coordinate(evaluate(part, scope), node)
            for part in node.args
            if not isinstance(evaluate(part, scope), Place)
        ]
        places = [found for part in node.args if isinstance(found := evaluate(part, scope), Place)]
        if name == "offset" and places:
            given = [places[0].x, places[0].y]
        if isinstance(owner, Area):
            return self._around(owner, name, given, node)
        path = (
            f"{owner.expression}.matches[0]"
            if isinstance(owner, Ref) and owner.kind == "match"
            else getattr(owner, "expression", "")
        )
        x, y = (owner.x, owner.y) if isinstance(owner, Place) else ("{{ " + path + ".x }}", "{{ " + path + ".y }}")
        if name == "offset" and len(given) == 2:
            return Place(plus(x, given[0]), plus(y, given[1]))
        if isinstance(owner, Place) and name in {"left", "right", "above", "below"} and len(given) == 1:
            by = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}[name]
            if isinstance(given[0], int):
                return Place(plus(x, by[0] * given[0]), plus(y, by[1] * given[0]))
        if isinstance(owner, Ref) and owner.kind == "match":
            box = tuple("{{ " + f"{path}.box[{n}]" + " }}" for n in range(4))
            return self._around(Area(box), name, given, node)  # type: ignore[arg-type]
        return None

    def _around(self, owner: Area, name: str, given: list[Any], node: ast.Call) -> Any:
        if owner.box is None:
            return None
        x, y, width, height = owner.box
        if name == "nearby" or (name == "grow" and len(given) <= 1):
            by = given[0] if given else 50
            if not isinstance(by, int):
                raise untaken(node)
            return Area((plus(x, -by), plus(y, -by), plus(width, 2 * by), plus(height, 2 * by)))
        if name == "offset" and len(given) == 2:
            return Area((plus(x, given[0]), plus(y, given[1]), width, height))
        far = given[0] if given else 10_000
        match name:
            case "right":
                return Area((plus(x, width), y, far, height))
            case "below":
                return Area((x, plus(y, height), width, far))
            case "left" if isinstance(far, int):
                return Area((plus(x, -far), y, far, height))
            case "above" if isinstance(far, int):
                return Area((x, plus(y, -far), width, far))
        return None
