"""SikuliX: the calls of its scripts, with its own defaults.

https://sikulix-2014.readthedocs.io/en/latest/: similarity 0.7, waits of 3 seconds, a text is typed where the keyboard is.
"""

import ast
import copy
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flowdesk.importing.expressions import evaluate, expression, milliseconds, setting, untaken
from flowdesk.importing.held import NAMES, Held
from flowdesk.importing.keynames import key_of
from flowdesk.importing.library import found_beside, general, program
from flowdesk.importing.regions import SIMILARITY, Places
from flowdesk.importing.report import Untaken
from flowdesk.importing.scripts import is_picture_name
from flowdesk.importing.targets import coordinate, region, target
from flowdesk.importing.typed import is_mask, modifier, modifiers, pieces
from flowdesk.importing.values import Area, Known, Module, Place, Program, Ref, Scope
from flowdesk.model.sentence import say
from flowdesk.system import NAME

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

SECONDS = 3.0

_KEY_WORDS = ("ENTER", "TAB", "ESC", "BACKSPACE", "DELETE", "INSERT", "SPACE", "HOME", "END", "LEFT", "RIGHT", "UP", "DOWN", "PAGE_UP",
              "PAGE_DOWN", "CTRL", "ALT", "SHIFT", "WIN", "META", "CMD", "PRINTSCREEN", "PAUSE", "CAPS_LOCK", "SCROLL_LOCK", "NUM_LOCK",
              "ALTGR", *(f"F{n}" for n in range(1, 16)), *(f"NUM{n}" for n in range(10)), "ADD", "MINUS", "MULTIPLY", "DIVIDE")  # fmt: skip
_CLICKS = {"click": ("left", 1), "doubleClick": ("double", 1), "rightClick": ("right", 1)}
_LIBRARIES = frozenset(
    {"sikuli", "sikuli.Sikuli", "org.sikuli.script", "org.sikuli.basics", "sikuli.Region", "sikuli.Screen"}
)
_HARMLESS = frozenset(
    {"highlight", "addImagePath", "setBundlePath", "add", "setBundleFolder",
     "removeImagePath", "resetImagePath", "load", "addJar", "setShowActions", "highlightOff", "setLogFile", "setUserLogFile", "showImages", "reset",
     "setWaitScanRate", "setRepeatWaitTime", "clearCache", "debug", "setDebugLevel"}
)  # fmt: skip
_WORDS = {
    "Key": Scope(names={word: Known(f"\ue000{word}\ue001") for word in _KEY_WORDS}),
    "KeyModifier": Scope(names={word: Known(f"\ue000{word.removeprefix('KEY_')}\ue001") for word in ("CTRL", "ALT", "SHIFT", "META", "WIN", "CMD", "KEY_CTRL", "KEY_ALT", "KEY_SHIFT", "KEY_META")}),
    "Button": Scope(names={"LEFT": Known("left"), "RIGHT": Known("right"), "MIDDLE": Known("middle"), "WHEEL_UP": Known(-1), "WHEEL_DOWN": Known(1)}),
}  # fmt: skip
_MODULES = frozenset(
    {"Settings", "ImagePath", "Debug", "Env", "Mouse", "Key", "KeyModifier", "Button", "SCREEN", "Screen", "App", "Vision", "Runner"}
)  # fmt: skip


class Sikuli:
    """The calls of SikuliX."""

    is_old = True
    actions = frozenset(
        {"find", "exists", "wait", "waitVanish", "findAll", "findAny", "has", "input", "popAsk", "popSelect", "inputText", "capture",
         "getClipboard", "text", "getText", "findText", "hasText", "existsText", "waitText", "findBest", "getLastMatch", "isRunning", "hasWindow",
         "observe", "click", "doubleClick", "rightClick", "hover", "type", "paste", "dragDrop", "popup", "popError"}
    )  # fmt: skip

    def __init__(self) -> None:
        """Begin with the tool's own defaults."""
        self.similarity = SIMILARITY
        self.places = Places()
        self.held = Held()
        self.seconds: Any = Known(SECONDS)

    def begin(self, scope: Scope) -> None:
        """Put the tool's own names into a scope."""
        for name in _MODULES:
            scope.names.setdefault(name, Module(f"sikuli.{name}", _WORDS.get(name)))
        scope.names["sys"] = Module("sys", Scope(names={"argv": Ref("argv")}))
        scope.names["SCREEN"] = Area()
        for word in ("CTRL", "ALT", "SHIFT", "META", "WIN", "CMD"):
            scope.names.setdefault(f"KEY_{word}", Known(f"\ue000{word}\ue001"))
        scope.names.update(
            {"WHEEL_UP": Known(-1), "WHEEL_DOWN": Known(1), "FOREVER": Known(1e9), "Sikuli": Module("sikuli")}
        )

    def module(self, name: str) -> Module | None:
        """Return the tool's own library."""
        return Module(name) if name in _LIBRARIES or name.startswith("org.sikuli") else None

    # -- settings ---------------------------------------------------------------------------------------------------------

    def hold(self, reader: "Reader", node: ast.expr, scope: Scope) -> None:
        """Nothing is held for a block."""

    def assign(self, reader: "Reader", node: ast.expr, value: ast.expr, scope: Scope) -> bool:
        """Take ``Settings.X = …``: what matters is written into every node from then on."""
        if not isinstance(node, ast.Attribute):
            return False
        owner = ast.unparse(node.value)
        if owner not in {"Settings", "SCREEN", "Vision", "Debug"} and not owner.endswith(".Settings"):
            return False
        self._set(reader, node.attr, value, scope)
        return True

    def _set(self, reader: "Reader", name: str, value: ast.expr, scope: Scope) -> Known:
        if name == "MinSimilarity":
            found = evaluate(value, scope)
            if not isinstance(found, Known):
                raise untaken(value)
            self.similarity = float(found.value)
        elif name in {"AutoWaitTimeout", "autoWaitTimeout"}:
            self.seconds = evaluate(reader.hoist(value, scope), scope)
        return Known(None)

    # -- questions --------------------------------------------------------------------------------------------------------

    def condition(self, reader: "Reader", node: ast.expr, scope: Scope) -> dict[str, Any] | None:
        """Return the settings of a question about the screen: ``exists``, ``has``, ``waitVanish``."""
        if not isinstance(node, ast.Call) or reader.target_of(node, scope) is not None:
            return None
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if name in {"exists", "has", "existsText", "hasText", "waitVanish", "wait", "find", "existsT"} and node.args:
            area = self._area(node, scope)
            if area is None:
                return None
            first = evaluate(reader.hoist(node.args[0], scope), scope)
            if name == "wait" and _is_number(first):
                return None
            default = Known(0.0) if name == "has" and len(node.args) < 2 else self.seconds
            operator = "notExists" if name == "waitVanish" else "exists"
            found = target(first, node, self.similarity, is_text=True)
            found.pop("offset", None)
            return {**found, **_in(area), "operator": operator, "timeout": self._timeout(node, 1, scope, default)}
        return None

    def _timeout(self, node: ast.Call, place: int, scope: Scope, default: Any) -> Any:
        if len(node.args) > place:
            return milliseconds(evaluate(node.args[place], scope), node)
        return milliseconds(default, node)

    def _area(self, node: ast.Call, scope: Scope) -> Area | None:
        """Return where a call looks: the region before the dot, else that of the ``with`` around; ``None`` for no region."""
        if isinstance(node.func, ast.Attribute):
            owner = self.places.value(node.func.value, scope)
            if isinstance(owner, Module) and owner.name in {"sikuli.SCREEN", "sikuli.Screen", *_LIBRARIES}:
                return Area()
            if isinstance(owner, Ref) and owner.kind == "match":
                path = f"{owner.expression}.matches[0].box"
                return Area(tuple("{{ " + f"{path}[{n}]" + " }}" for n in range(4)))  # type: ignore[arg-type]
            return owner if isinstance(owner, Area) else None
        around = scope.find("$area")
        return around if isinstance(around, Area) else Area()

    # -- steps ------------------------------------------------------------------------------------------------------------

    def call(self, reader: "Reader", node: ast.Call, scope: Scope) -> Any:
        """Draw a call and return its value."""
        node = _plain(reader, node, scope)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        owner = self.places.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else None
        built = self.places.build(node, scope)
        if built is not None:
            return built
        if isinstance(owner, Module):
            return self._of_module(reader, owner, name, node, scope)
        if isinstance(owner, Program):
            return self._program(reader, owner, name, scope)
        steps: dict[str, Callable[..., Any]] = {
            **dict.fromkeys(_CLICKS, self._click), **dict.fromkeys(("hover", "mouseMove"), self._hover),
            **dict.fromkeys(("find", "exists", "wait", "findText", "waitText", "existsText", "findBest", "has"), self._find),
            **dict.fromkeys(("findAll", "findAllList", "findAllByRow", "findAllByColumn"), self._find_all),
            "waitVanish": self._vanish, "sleep": self._sleep, "type": self._type, "write": self._type, "paste": self._paste,
            "dragDrop": self._drag, "wheel": self._wheel, "capture": self._capture, "text": self._text, "getText": self._text,
            "findAny": self._find, "findAnyList": self._find,
        }  # fmt: skip
        if name in {"setAutoWaitTimeout", "setMinSimilarity"} and owner is None and len(node.args) == 1:
            return self._set(reader, name.removeprefix("set"), node.args[0], scope)
        if name == "runScript" and owner is None and node.args:
            return _other(reader, node, scope)
        if name == "run" and isinstance(node.func, ast.Name) and len(node.args) == 1:
            return program(reader, node, scope)
        if (
            name in steps
            and (owner is None or isinstance(owner, Area | Ref))
            and (not isinstance(node.func, ast.Attribute) or owner is not None)
        ):
            area = self._area(node, scope)
            if area is not None:
                return steps[name](reader, name, node, scope, area)
        if name in NAMES and owner is None:
            return self.held.call(reader, name, node, scope)
        return _general(reader, name, node, scope)

    def _click(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        kind, clicks = _CLICKS[name]
        if not node.args:
            where = _itself(node, scope, self) or {"selector": "point=+0,+0"}
        else:
            where = {**target(_argument(reader, node, 0, scope), node, self.similarity, is_text=True), **_in(area)}
        config: dict[str, Any] = {**where, "clickType": kind}
        if "similarity" in where:
            config["timeout"] = milliseconds(self.seconds)
        if len(node.args) > 1:
            config["modifiers"] = [modifier(word, node) for word in modifiers(_argument(reader, node, 1, scope), node)]
        reader.drawing.add("click", config, _label(node))
        return Known(clicks)

    def _hover(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        if name == "mouseMove" and len(node.args) == 2:
            x, y = (coordinate(evaluate(part, scope), node) for part in node.args)
            reader.drawing.add("move", {"selector": f"point=+{x},+{y}"}, _label(node))
            return Known(1)
        where = (
            target(_argument(reader, node, 0, scope), node, self.similarity, is_text=True)
            if node.args
            else _itself(node, scope, self)
        )
        if where is None:
            raise untaken(node)
        config = {**where, **(_in(area) if node.args else {})}
        if "similarity" in config:
            config["timeout"] = milliseconds(self.seconds)
        reader.drawing.add("move", config, _label(node))
        return Known(1)

    def _find(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        if not node.args:
            raise untaken(node)
        first = _argument(reader, node, 0, scope)
        if name == "wait" and _is_number(first):
            return self._sleep(reader, name, node, scope, area)
        where = {**target(first, node, self.similarity, is_text=True), **_in(area)}
        if name == "has":
            timeout: Any = self._timeout(node, 1, scope, Known(0.0))
        else:
            timeout = self._timeout(node, 1, scope, self.seconds)
        if name in {"exists", "existsText", "has", "findAny", "findAnyList"}:
            found = reader.drawing.add("find", {**where, "timeout": timeout}, _label(node))
            return Ref(found, "match")
        reader.drawing.add("wait", {**where, "state": "appear", "timeout": timeout}, _label(node))
        if _is_used(reader, node):
            found = reader.drawing.add("find", {**where, "timeout": 0}, _label(node))
            return Ref(found, "match")
        return Known(True)

    def _find_all(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        where = {**target(_argument(reader, node, 0, scope), node, self.similarity, is_text=True), **_in(area)}
        found = reader.drawing.add("find", {**where, "all": True, "timeout": milliseconds(self.seconds)}, _label(node))
        return Ref(found, "matches")

    def _vanish(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        where = {**target(_argument(reader, node, 0, scope), node, self.similarity, is_text=True), **_in(area)}
        where.pop("offset", None)
        timeout = self._timeout(node, 1, scope, self.seconds)
        # SikuliX goes on where it does not vanish: so does the node.
        reader.drawing.add(
            "wait", {**where, "state": "disappear", "timeout": timeout, "onError": "continue"}, _label(node)
        )
        return Known(True)

    def _sleep(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        if not node.args:
            raise untaken(node)
        reader.drawing.add("wait", {"duration": milliseconds(_argument(reader, node, 0, scope), node)}, _label(node))
        return Known(None)

    def _type(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        given = [_argument(reader, node, place, scope) for place in range(len(node.args))]
        where, given = self._split(given, node)
        held: list[str] = []
        if len(given) > 1:
            held = modifiers(given[1], node)
        if not given:
            raise untaken(node)
        if where is not None:
            reader.drawing.add("click", {**where, "timeout": milliseconds(self.seconds)}, _label(node))
        for kind, part in pieces(given[0]):
            if kind == "key" or held:
                for letter in [part] if kind == "key" else list(part):
                    if not isinstance(letter, str):
                        raise untaken(node)
                    keys = [*(modifier(word, node) for word in held), key_of(letter)]
                    reader.drawing.add("keys", {"keys": keys}, _label(node))
            else:
                reader.drawing.add("input", {"text": part, "clearFirst": False}, _label(node))
        return Known(1)

    def _paste(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        where, given = self._split([_argument(reader, node, place, scope) for place in range(len(node.args))], node)
        config: dict[str, Any] = {
            "text": setting(given[0], node) if given else "",
            "method": "paste",
            "clearFirst": False,
        }
        if where is not None:
            reader.drawing.add("click", {**where, "timeout": milliseconds(self.seconds)}, _label(node))
        reader.drawing.add("input", config, _label(node))
        return Known(1)

    def _split(self, given: list[Any], node: ast.Call) -> tuple[dict[str, Any] | None, list[Any]]:
        """Split the arguments of type and paste: where, if anywhere, and what."""
        is_where = len(given) >= 2 and not (
            isinstance(given[0], Known) and not is_picture_name(given[0].value) and is_mask(given[1])
        )
        if (
            is_where
            and isinstance(given[0], Known | Ref)
            and not (isinstance(given[0], Known) and is_picture_name(given[0].value))
        ):
            is_where = isinstance(given[0], Ref) and given[0].kind in {"match", "point", "picture"}
            if isinstance(given[0], Known) and given[0].value in (None, ""):
                return None, given[1:]
        return (target(given[0], node, self.similarity), given[1:]) if is_where else (None, given)

    def _drag(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        if len(node.args) < 2:
            raise untaken(node)
        one, other = (
            target(_argument(reader, node, place, scope), node, self.similarity, is_text=True) for place in (0, 1)
        )
        config = {
            **one,
            "to": other["selector"],
            **({"timeout": milliseconds(self.seconds)} if "similarity" in one else {}),
        }
        if other.get("offset"):
            offset = other.pop("offset")
            found = reader.drawing.add("find", {**other, "timeout": milliseconds(self.seconds)}, _label(node))
            path = f"{found}.matches[0]"
            config["to"] = (
                "point={{ " + f"{path}.x" + _shift(offset["x"]) + " }},{{ " + f"{path}.y" + _shift(offset["y"]) + " }}"
            )
        reader.drawing.add("drag", config, _label(node))
        return Known(1)

    def _wheel(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        given = [_argument(reader, node, place, scope) for place in range(len(node.args))]
        where = target(given[0], node, self.similarity) if len(given) == 3 else {}
        if len(given) not in (2, 3):
            raise untaken(node)
        direction, steps = given[-2:]
        words = {"WHEEL_UP": "up", "WHEEL_DOWN": "down", -1: "up", 1: "down"}
        key = direction.expression if isinstance(direction, Ref) else getattr(direction, "value", None)
        if key not in words:
            raise untaken(node)
        reader.drawing.add("scroll", {**where, "direction": words[key], "amount": setting(steps, node)}, _label(node))
        return Known(1)

    def _capture(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        config: dict[str, Any] = {"fullScreen": True}
        given = [self.places.value(part, scope) for part in node.args]
        if len(given) == 1 and isinstance(given[0], Area):
            area = given[0]
        elif len(given) == 4:
            area = Area(tuple(coordinate(part, node) for part in given))
        if area.box is not None:
            config["region"], config["fullScreen"] = region(area), False
        found = reader.drawing.add("screenshot", config, _label(node))
        return Ref(f"{found}.path")

    def _text(self, reader: "Reader", name: str, node: ast.Call, scope: Scope, area: Area) -> Any:
        if area.box is None:
            raise untaken(node)
        found = reader.drawing.add("readText", {"region": region(area)}, _label(node))
        return Ref(f"{found}.text", "text")

    # -- programs and the rest ----------------------------------------------------------------------------------------------

    def _of_module(self, reader: "Reader", owner: Module, name: str, node: ast.Call, scope: Scope) -> Any:
        if owner.name == "sikuli.App" or name in {"openApp", "switchApp", "closeApp"}:
            given = _argument(reader, node, 0, scope) if node.args else Known("")
            if name in {"getClipboard"}:
                return Ref(f"{reader.drawing.add('clipboard', {'operation': 'get'}, _label(node))}.text", "text")
            if name in {"open", "focus", "close", "openApp"}:
                return self._program(reader, Program(str(setting(given, node))), name, scope)
        if owner.name == "sikuli.Env" and name == "getClipboard":
            return Ref(f"{reader.drawing.add('clipboard', {'operation': 'get'}, _label(node))}.text", "text")
        if owner.name in {"sikuli.Settings", "sikuli.ImagePath", "sikuli.Debug"} and (
            name in _HARMLESS or name in {"setAutoDetect"}
        ):
            return Known(None)
        if name in {"isLinux", "isWindows", "isMac"}:
            return Known({"isLinux": "linux", "isWindows": "windows", "isMac": "darwin"}[name] == NAME)
        if owner.name == "sikuli.Debug" or (owner.name == "logging" and name in {"info", "debug", "warning", "error"}):
            return _log(reader, node, scope)
        if owner.name in {"sikuli.SCREEN", "sikuli.Screen"} or owner.name in _LIBRARIES:
            plain = ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)
            return self.call(reader, ast.copy_location(ast.fix_missing_locations(plain), node), scope)
        if name in _HARMLESS and owner.name.startswith("sikuli."):
            return Known(None)
        return _general(reader, f"{owner.name}.{name}", node, scope)

    def _program(self, reader: "Reader", owner: Program, name: str, scope: Scope) -> Any:
        if name in {"open", "openApp"}:
            reader.drawing.add("launch", {"command": owner.name}, f"Open {owner.name}")
        elif name in {"focus", "close"}:
            selector = (
                owner.name
                if "{{" in owner.name
                else owner.name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe").removesuffix(".app")
            )
            action = "activate" if name == "focus" else "close"
            reader.drawing.add(
                "window",
                {"selector": [f"window={selector}", f"app={selector}"], "action": action},
                f"{name.title()} {selector}",
            )
        elif name in {"window", "focusedWindow"}:
            return Area()
        elif name == "isRunning":
            found = reader.drawing.add(
                "find", {"selector": f"app={owner.name}", "timeout": 0}, f"Is {owner.name} there?"
            )
            return Ref(found, "match")
        else:
            raise Untaken(f"call: App.{name}", say("{name} has no counterpart here.", name=f"App.{name}"))
        return owner


def _shift(by: Any) -> str:
    if not isinstance(by, int):
        raise Untaken("offset of a drag", say("Where a drag ends can have no offset that changes."))
    return f" + {by}" if by >= 0 else f" - {-by}"


def _plain(reader: "Reader", node: ast.Call, scope: Scope) -> ast.Call:
    """Return a call whose arguments are drawn already where they take steps."""
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        inner = reader.hoist(node.func.value, scope)
        node = copy.copy(node)
        node.func = ast.copy_location(ast.Attribute(inner, node.func.attr, ast.Load()), node.func)  # type: ignore[attr-defined]
    return node


def _itself(node: ast.Call, scope: Scope, dialect: Sikuli) -> dict[str, Any] | None:
    """Return the target of ``match.click()``."""
    if not isinstance(node.func, ast.Attribute):
        return None
    owner = dialect.places.value(node.func.value, scope)
    return (
        target(owner, node, dialect.similarity) if isinstance(owner, Ref | Place | Area) and owner != Area() else None
    )


def _in(area: Area) -> dict[str, Any]:
    return {"region": region(area)} if area.box is not None else {}


def _argument(reader: "Reader", node: ast.Call, place: int, scope: Scope) -> Any:
    return evaluate(reader.hoist(node.args[place], scope), scope)


def _label(node: ast.Call) -> str:
    return ast.unparse(node).replace("$", "").replace("\ue000", "").replace("\ue001", "")[:80]


def _is_number(value: Any) -> bool:
    return (isinstance(value, Known) and isinstance(value.value, int | float)) or (
        isinstance(value, Ref) and value.kind == "value"
    )


def _is_used(reader: "Reader", node: ast.Call) -> bool:
    """Whether anything may be done with what a call gives: not where it is a statement by itself."""
    return not getattr(node, "is_alone", False)


def _other(reader: "Reader", node: ast.Call, scope: Scope) -> Any:
    """Draw a script that runs another as a subflow."""
    given = evaluate(reader.hoist(node.args[0], scope), scope)
    stem = (
        str(given.value).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].removesuffix(".sikuli").removesuffix(".py")
        if isinstance(given, Known)
        else ""
    )
    if stem not in reader.files and not found_beside(reader, str(getattr(given, "value", ""))):
        raise Untaken("call: runScript", say("The script that is run is not there."))
    reader.others.add(stem)
    more = [expression(evaluate(reader.hoist(part, scope), scope), part) for part in node.args[1:]]
    inputs = {"inputs": {"argv": "{{ [" + ", ".join([json.dumps(stem), *more]) + "] }}"}} if more else {}
    reader.drawing.add("subflow", {"flow": f"{stem}.flow.json", **inputs}, stem)
    return Known(0)


def _log(reader: "Reader", node: ast.Call, scope: Scope) -> Any:
    parts = [expression(evaluate(reader.hoist(part, scope), scope), part) for part in node.args]
    values = [evaluate(part, scope) for part in node.args if isinstance(part, ast.Constant)]
    is_plain = len(node.args) == 1 and len(values) == 1 and isinstance(values[0], Known)
    message = setting(values[0]) if is_plain else "{{ " + ' ~ " " ~ '.join(parts) + " }}" if parts else ""
    reader.drawing.add("log", {"message": message if message is not None else ""}, _label(node))
    return Known(None)


def _general(reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
    return general(reader, name, node, scope)
