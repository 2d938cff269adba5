"""pyautogui: the calls of its scripts, with its own defaults.

https://pyautogui.readthedocs.io: 0.1 seconds after each call, pictures are looked for once and must fit nearly exactly.
"""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flowdesk.importing import held
from flowdesk.importing.expressions import evaluate, expression, milliseconds, setting, untaken
from flowdesk.importing.keynames import KEY_NAMES, key_of
from flowdesk.importing.library import general, question
from flowdesk.importing.report import Untaken
from flowdesk.importing.scripts import is_picture_name
from flowdesk.importing.targets import coordinate, target
from flowdesk.importing.values import Known, Module, Picture, Place, Ref, Scope, Several
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

SIMILARITY = 0.99
PAUSE = 0.1
NOWHERE = "point=+0,+0"
_NAMES = frozenset({"pyautogui", "pydirectinput", "pyscreeze", "pymsgbox"})
_CLICKS = {
    "click": "left",
    "leftClick": "left",
    "rightClick": "right",
    "middleClick": "middle",
    "doubleClick": "double",
    "tripleClick": "left",
}
_PARAMETERS = {
    **dict.fromkeys(_CLICKS, ("x", "y", "clicks", "interval", "button", "duration")),
    **dict.fromkeys(("rightClick", "middleClick", "leftClick", "doubleClick", "tripleClick"), ("x", "y", "interval", "button", "duration")),
    "moveTo": ("x", "y", "duration"), "moveRel": ("x", "y", "duration"), "move": ("x", "y", "duration"),
    "dragTo": ("x", "y", "duration"), "dragRel": ("x", "y", "duration"), "drag": ("x", "y", "duration"),
    "write": ("message", "interval"), "typewrite": ("message", "interval"), "press": ("keys", "presses", "interval"),
    "scroll": ("clicks", "x", "y"), "vscroll": ("clicks", "x", "y"), "hscroll": ("clicks", "x", "y"),
    "screenshot": ("imageFilename", "region"), "sleep": ("seconds",), "keyDown": ("key",), "keyUp": ("key",),
    "mouseDown": ("x", "y", "button"), "mouseUp": ("x", "y", "button"), "position": (), "size": (),
    **dict.fromkeys(("locateOnScreen", "locateCenterOnScreen", "locateAllOnScreen", "center"), ("image",)),
    "alert": ("text", "title", "button", "root", "timeout"), "confirm": ("text", "title", "buttons", "root", "timeout"),
    "prompt": ("text", "title", "default", "root", "timeout"), "password": ("text", "title", "default", "mask", "root", "timeout"),
}  # fmt: skip
_OTHERS = frozenset({"hotkey", "pixel", "pixelMatchesColor", "hold"})
"""Calls whose arguments are read otherwise."""
_CONSTANTS = {
    "LEFT": "left", "MIDDLE": "middle", "RIGHT": "right", "PRIMARY": "primary", "SECONDARY": "secondary", "KEY_NAMES": KEY_NAMES, "KEYBOARD_KEYS": KEY_NAMES,
}  # fmt: skip
_MOST_NOTCHES = 1000
"""Notches that one node turns the wheel by."""
_MOST_SCROLLS = 20


class Pointer:
    """The calls of pyautogui."""

    is_old = False
    actions = frozenset(
        {
            "locateOnScreen",
            "locateCenterOnScreen",
            "locateAllOnScreen",
            "prompt",
            "confirm",
            "alert",
            "password",
            "input",
            "paste",
            "screenshot",
            "position",
            "size",
        }
    )

    def __init__(self) -> None:
        """Begin with the tool's own defaults."""
        self.pause = PAUSE

    def begin(self, scope: Scope) -> None:
        """A script imports what it uses."""

    def module(self, name: str) -> Module | None:
        """Return the tool's own library."""
        if name not in _NAMES:
            return None
        return Module("pyautogui", Scope(names={word: Known(value) for word, value in _CONSTANTS.items()}))

    def assign(self, reader: "Reader", node: ast.expr, value: ast.expr, scope: Scope) -> bool:
        """Take ``pyautogui.PAUSE = …``: it is written into every node from then on."""
        if not isinstance(node, ast.Attribute) or _library(node.value, scope) != "pyautogui":
            return False
        if node.attr == "PAUSE":
            found = evaluate(value, scope)
            if not isinstance(found, Known) or not isinstance(found.value, int | float):
                raise untaken(value)
            self.pause = float(found.value)
        return True

    def hold(self, reader: "Reader", node: ast.expr, scope: Scope) -> Callable[[], None] | None:
        """Draw that keys are pressed for a block, ``with pyautogui.hold("shift"):``, and return what draws their release."""
        if not isinstance(node, ast.Call) or self._name(node, scope) != "hold" or not node.args:
            return None
        found = evaluate(reader.hoist(node.args[0], scope), scope)
        if not isinstance(found, Known):
            raise untaken(node)
        keys = [key_of(str(key)) for key in (found.value if isinstance(found.value, list) else [found.value])]
        self._add(reader, "keys", {"keys": keys, "action": "down"}, node)

        def release() -> None:
            self._add(reader, "keys", {"keys": keys, "action": "up"}, node)

        return release

    def condition(self, reader: "Reader", node: ast.expr, scope: Scope) -> dict[str, Any] | None:
        """Return the settings of a question about the screen: whether a picture is found, a pixel has a color."""
        if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) == "None" and len(node.ops) == 1:
            inner = self.condition(reader, node.left, scope)
            if inner is not None and isinstance(node.ops[0], ast.Is | ast.Eq):
                return {**inner, "operator": "notExists" if inner["operator"] == "exists" else "exists"}
            return inner
        if not isinstance(node, ast.Call):
            return None
        name = self._name(node, scope)
        if name in {"locateOnScreen", "locateCenterOnScreen"}:
            return {**self._picture(reader, node, scope), "operator": "exists"}
        if name == "pixelMatchesColor":
            return {**self._matched(reader, node, scope), "operator": "exists"}
        return None

    def _matched(self, reader: "Reader", node: ast.Call, scope: Scope) -> dict[str, Any]:
        """Return the settings that look for a color in one pixel."""
        given = _spread(reader, node, scope, 4)
        words = {word.arg: evaluate(reader.hoist(word.value, scope), scope) for word in node.keywords if word.arg}
        found = {**dict(zip(("x", "y", "expectedRGBColor", "tolerance"), given, strict=False)), **words}
        if not {"x", "y", "expectedRGBColor"} <= found.keys():
            raise untaken(node)
        tolerance = setting(found["tolerance"], node) if "tolerance" in found else 0
        pixel = _pixel(found["x"], found["y"], found["expectedRGBColor"], node)
        return {**pixel, "tolerance": tolerance, "timeout": 0}

    def _is_color(self, reader: "Reader", node: ast.Call, scope: Scope) -> Any:
        """Draw whether a pixel has a color, and return it as a value."""
        found = reader.drawing.add("find", self._matched(reader, node, scope), ast.unparse(node).replace("$", "")[:80])
        return Ref(f"({found}.count > 0)")

    def _color(self, reader: "Reader", node: ast.Call, scope: Scope) -> Any:
        """Draw which color a pixel has, and return red, green and blue."""
        given = _spread(reader, node, scope, 2)
        if len(given) != 2 or node.keywords:
            raise untaken(node)
        selector = f"point={_part(given[0], node)},{_part(given[1], node)}"
        found = reader.drawing.add("find", {"selector": selector}, ast.unparse(node).replace("$", "")[:80])
        return Ref(f"{found}.rgb")

    def _name(self, node: ast.Call, scope: Scope) -> str:
        """Return the name of a function of the tool, however the script imports it; an empty text for any other."""
        if isinstance(node.func, ast.Attribute):
            return node.func.attr if _library(node.func.value, scope) == "pyautogui" else ""
        found = scope.find(node.func.id) if isinstance(node.func, ast.Name) else None
        if isinstance(found, Module) and found.name.startswith("pyautogui."):
            return found.name.removeprefix("pyautogui.")
        return (
            node.func.id
            if isinstance(node.func, ast.Name)
            and found is None
            and (node.func.id in _PARAMETERS or node.func.id in _OTHERS)
            and node.func.id != "sleep"
            else ""
        )

    def call(self, reader: "Reader", node: ast.Call, scope: Scope) -> Any:
        """Draw a call and return its value."""
        name = self._name(node, scope)
        if not name and self._save(reader, node, scope):
            return Known(None)
        if not name:
            return general(reader, ast.unparse(node.func), node, scope)
        steps: dict[str, Callable[..., Any]] = {
            **dict.fromkeys(_CLICKS, self._click), **dict.fromkeys(("moveTo", "moveRel", "move"), self._move),
            **dict.fromkeys(("dragTo", "dragRel", "drag"), self._drag), **dict.fromkeys(("write", "typewrite"), self._write),
            **dict.fromkeys(("keyDown", "keyUp"), self._hold_key), **dict.fromkeys(("mouseDown", "mouseUp"), self._hold_button),
            "press": self._press, "hotkey": self._hotkey, **dict.fromkeys(("scroll", "vscroll", "hscroll"), self._scroll),
            "sleep": self._sleep, "screenshot": self._screenshot,
            **dict.fromkeys(("locateOnScreen", "locateCenterOnScreen", "locateAllOnScreen"), self._locate), "center": self._center,
        }  # fmt: skip
        if name in steps:
            return steps[name](reader, name, node, scope)
        if name in {"alert", "confirm", "prompt", "password"}:
            return self._dialog(reader, name, node, scope)
        if name in {"Point"} and len(node.args) == 2:
            return Place(*(coordinate(evaluate(part, scope), node) for part in node.args))
        if name == "size" and not node.args:
            return held.size(reader, node)
        if name == "position" and not node.args:
            return held.position(reader, node)
        if name == "pixel":
            return self._color(reader, node, scope)
        if name == "pixelMatchesColor":
            return self._is_color(reader, node, scope)
        raise untaken(node)

    def _arguments(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> dict[str, Any]:
        given: dict[str, Any] = {}
        parts = _spread(reader, node, scope, len(_PARAMETERS[name]))
        given.update(zip(_PARAMETERS[name], parts, strict=False))
        for word in node.keywords:
            if word.arg is not None:
                given[word.arg] = evaluate(reader.hoist(word.value, scope), scope)
        return {name: value for name, value in given.items() if not (isinstance(value, Known) and value.value is None)}

    def _add(self, reader: "Reader", kind: str, config: dict[str, Any], node: ast.Call, *, pauses: bool = True) -> str:
        if pauses and self.pause:
            config = {**config, "delayAfter": milliseconds(Known(self.pause))}
        return reader.drawing.add(kind, config, ast.unparse(node).replace("$", "")[:80])

    def _where(self, given: dict[str, Any], node: ast.Call) -> dict[str, Any]:
        """Return the target of ``x`` and ``y``: a point, a picture, what was found, or where the pointer is."""
        x, y = given.get("x"), given.get("y")
        if x is None and y is None:
            return {"selector": NOWHERE}
        if y is None:
            if isinstance(x, Known | Picture | Place | Several) or (isinstance(x, Ref) and x.kind != "value"):
                found = target(x, node, SIMILARITY)
            else:
                path = expression(x, node)
                found = {"selector": "point={{ " + path + "[0]|int }},{{ " + path + "[1]|int }}"}
            return {**found, "timeout": 0} if "similarity" in found else found
        return {"selector": f"point={_part(x, node)},{_part(y, node)}"}

    def _click(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        kind = _CLICKS[name]
        button = given.get("button")
        if button is not None:
            if not isinstance(button, Known):
                raise untaken(node)
            kind = {"primary": "left", "secondary": "right", 1: "left", 2: "middle", 3: "right"}.get(
                button.value, str(button.value).lower()
            )
        config: dict[str, Any] = {**self._where(given, node), "clickType": kind}
        if name == "tripleClick":
            config["clicks"] = 3
        if "clicks" in given:
            config["clicks"] = setting(given["clicks"], node)
        if "duration" in given:
            config["moveDuration"] = milliseconds(given["duration"], node)
        self._add(reader, "click", config, node)
        return Known(None)

    def _move(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        config = self._relative(given, node) if name in {"moveRel", "move"} else self._where(given, node)
        if "duration" in given:
            config["duration"] = milliseconds(given["duration"], node)
        self._add(reader, "move", config, node)
        return Known(None)

    def _relative(self, given: dict[str, Any], node: ast.Call) -> dict[str, Any]:
        x, y = (given.get(axis, Known(0)) for axis in ("x", "y"))
        if isinstance(x, Place) or (isinstance(x, Known) and isinstance(x.value, list)):
            raise untaken(node)
        return {"selector": f"point=+{_part(x, node)},+{_part(y, node)}"}

    def _drag(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        to = self._relative(given, node) if name in {"dragRel", "drag"} else self._where(given, node)
        config = {"selector": NOWHERE, "to": to["selector"]}
        button = given.get("button")
        if isinstance(button, Known) and button.value in {"right", "middle"}:
            config["button"] = button.value
        if "duration" in given:
            config["duration"] = milliseconds(given["duration"], node)
        self._add(reader, "drag", config, node)
        return Known(None)

    def _write(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        message = given.get("message")
        if message is None:
            raise untaken(node)
        more = {"keyDelay": milliseconds(given["interval"], node)} if "interval" in given else {}
        if isinstance(message, Known) and isinstance(message.value, list):
            for key in message.value:
                self._add(reader, "keys", {"keys": [key_of(str(key))]}, node)
            return Known(None)
        if not isinstance(message, Known):
            self._add(reader, "input", {"text": str(setting(message, node)), "clearFirst": False, **more}, node)
            return Known(None)
        for number, line in enumerate(str(message.value).replace("\t", "\n\t\n").split("\n")):
            if line == "\t":
                self._add(reader, "keys", {"keys": ["tab"]}, node)
                continue
            is_after_tab = number and "\t" in str(message.value)
            if number and not is_after_tab:
                self._add(reader, "keys", {"keys": ["enter"]}, node)
            if line:
                setting(Known(line))
                self._add(reader, "input", {"text": line, "clearFirst": False, **more}, node)
        return Known(None)

    def _press(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        keys = given.get("keys", given.get("key"))
        more: dict[str, Any] = {}
        if "presses" in given:
            more["times"] = setting(given["presses"], node)
        if isinstance(keys, Known):
            for key in keys.value if isinstance(keys.value, list) else [keys.value]:
                self._add(reader, "keys", {"keys": [key_of(str(key))], **more}, node)
        elif isinstance(keys, Ref):
            self._add(reader, "keys", {"keys": [setting(keys, node)], **more}, node)
        else:
            raise untaken(node)
        return Known(None)

    def _hold_key(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        key = self._arguments(reader, name, node, scope).get("key")
        if key is None:
            raise untaken(node)
        keys = [key_of(str(key.value))] if isinstance(key, Known) else [setting(key, node)]
        self._add(reader, "keys", {"keys": keys, "action": held.action_of(name)}, node)
        return Known(None)

    def _hold_button(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        button = given.get("button", Known("left"))
        if not isinstance(button, Known):
            raise untaken(node)
        kind = {"primary": "left", "secondary": "right"}.get(str(button.value), str(button.value).lower())
        config = {**self._where(given, node), "clickType": kind, "action": held.action_of(name)}
        self._add(reader, "click", config, node)
        return Known(None)

    def _hotkey(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given: list[Any] = []
        for value in _spread(reader, node, scope, len(node.args)):
            if isinstance(value, Known):
                given += [
                    key_of(str(each)) for each in (value.value if isinstance(value.value, list) else [value.value])
                ]
            else:
                given.append(setting(value, node))
        if not given:
            raise untaken(node)
        self._add(reader, "keys", {"keys": given}, node)
        return Known(None)

    def _scroll(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        amount = given.get("clicks")
        if not isinstance(amount, Known) or not isinstance(amount.value, int | float):
            raise Untaken("scroll by a variable", say("How far it scrolls, and which way, must stand in the script."))
        directions = ("right", "left") if name == "hscroll" else ("up", "down")
        where = self._where(given, node) if "x" in given else {}
        config = {**where, "direction": directions[0 if amount.value >= 0 else 1]}
        left = max(1, abs(int(amount.value)))
        if left > _MOST_SCROLLS * _MOST_NOTCHES:
            raise untaken(node)
        while left > 0:
            notches, left = min(left, _MOST_NOTCHES), left - _MOST_NOTCHES
            self._add(reader, "scroll", {**config, "amount": notches}, node, pauses=left <= 0)
        return Known(None)

    def _dialog(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        """Draw a message or question; of buttons, the text of the one that was pressed is the answer."""
        given = self._arguments(reader, name, node, scope)
        if "timeout" in given:
            raise untaken(node)
        if name == "alert":
            button = given.get("button", Known("OK"))
            given["buttons"] = Known([button.value]) if isinstance(button, Known) else Several((button,))
        elif name == "confirm":
            given.setdefault("buttons", Known(["OK", "Cancel"]))
        kinds = {"prompt": "text", "password": "password"}
        return question(reader, kinds.get(name, "choice"), given, node, ast.unparse(node).replace("$", "")[:80])

    def _sleep(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        if "seconds" not in given:
            raise untaken(node)
        self._add(reader, "wait", {"duration": milliseconds(given["seconds"], node)}, node, pauses=False)
        return Known(None)

    def _screenshot(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope)
        config: dict[str, Any] = {"fullScreen": "region" not in given}
        if isinstance(given.get("imageFilename"), Known):
            config["filename"] = str(given["imageFilename"].value).replace("\\", "/").rsplit("/", 1)[-1]
        if "region" in given:
            config["region"] = _box(given["region"], node)
        return Ref(f"{self._add(reader, 'screenshot', config, node)}.path", "shot")

    def _save(self, reader: "Reader", node: ast.Call, scope: Scope) -> bool:
        """Take ``screenshot().save("a.png")``: the file is copied. Returns whether it is that."""
        if not (isinstance(node.func, ast.Attribute) and node.func.attr == "save" and len(node.args) == 1):
            return False
        owner = node.func.value
        shot: Any = scope.find(owner.id) if isinstance(owner, ast.Name) else None
        if isinstance(owner, ast.Call) and self._name(owner, scope) == "screenshot":
            shot = self._screenshot(reader, "screenshot", owner, scope)
        if not (isinstance(shot, Ref) and shot.kind == "shot"):
            return False
        to = setting(evaluate(reader.hoist(node.args[0], scope), scope), node)
        config = {"operation": "copy", "path": setting(shot, node), "to": to, "overwrite": True}
        reader.drawing.add("file", config, ast.unparse(node)[:80])
        return True

    def _picture(self, reader: "Reader", node: ast.Call, scope: Scope) -> dict[str, Any]:
        given = self._arguments(reader, "locateOnScreen", node, scope)
        if "image" not in given:
            raise untaken(node)
        image = given["image"]
        if isinstance(image, Known) and not is_picture_name(image.value):
            raise untaken(node)
        confidence = given.get("confidence")
        config = target(image, node, SIMILARITY)
        if confidence is not None:
            config["similarity"] = setting(confidence, node)
        if "region" in given:
            config["region"] = _box(given["region"], node)
        found = given.get("minSearchTime")
        config["timeout"] = milliseconds(found, node) if found is not None else 0
        return config

    def _locate(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        config = self._picture(reader, node, scope)
        is_all = name == "locateAllOnScreen"
        found = self._add(reader, "find", {**config, **({"all": True} if is_all else {})}, node, pauses=False)
        return Ref(found, "matches" if is_all else "match", name == "locateCenterOnScreen")

    def _center(self, reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
        given = self._arguments(reader, name, node, scope).get("image")
        if isinstance(given, Ref) and given.kind in {"match", "point"}:
            return replace(given, is_center=True)
        raise untaken(node)


def _spread(reader: "Reader", node: ast.Call, scope: Scope, most: int) -> list[Any]:
    """Return what a call is given by place, the first ``most`` of it. ``*position`` is what it holds; where the script does not say, ``x`` and ``y``.

    Raises:
        Untaken: If there is no telling how many there are.
    """
    parts: list[Any] = []
    for part in node.args[:most]:
        if not isinstance(part, ast.Starred):
            parts.append(evaluate(reader.hoist(part, scope), scope))
            continue
        held_there = reader.hoist(part.value, scope)
        value = evaluate(held_there, scope)
        if isinstance(value, Several):
            parts += value.items
        elif isinstance(value, Known) and isinstance(value.value, list):
            parts += [Known(each) for each in value.value]
        elif isinstance(value, Place | Ref) and not parts and part is node.args[-1]:
            parts += [evaluate(ast.Subscript(held_there, ast.Constant(place)), scope) for place in (0, 1)]
        else:
            raise untaken(node)
    return parts


def _library(node: ast.expr, scope: Scope) -> str:
    found = scope.find(node.id) if isinstance(node, ast.Name) else None
    return found.name if isinstance(found, Module) else ""


def _word(reader: "Reader", node: ast.Call, name: str, scope: Scope) -> Any:
    return next((evaluate(reader.hoist(word.value, scope), scope) for word in node.keywords if word.arg == name), None)


def _part(value: Any, node: ast.AST) -> Any:
    return coordinate(value, node)


def _box(value: Any, node: ast.AST) -> list[Any]:
    if isinstance(value, Known) and isinstance(value.value, list) and len(value.value) == 4:
        return [int(part) for part in value.value]
    if isinstance(value, Several) and len(value.items) == 4:
        return [coordinate(part, node) for part in value.items]
    raise untaken(node)


def _pixel(x: Any, y: Any, color: Any, node: ast.AST) -> dict[str, Any]:
    if not (isinstance(color, Known) and isinstance(color.value, list) and len(color.value) >= 3):
        raise untaken(node)
    red, green, blue = (int(part) for part in color.value[:3])
    return {
        "selector": f"color=#{red:02x}{green:02x}{blue:02x}",
        "region": [coordinate(x, node), coordinate(y, node), 1, 1],
    }
