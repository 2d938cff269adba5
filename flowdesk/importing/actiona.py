"""Actiona 3 scripts (.ascr, XML): clicks, keys, texts, pauses, jumps."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from xml.etree import ElementTree

from flowdesk.importing.keynames import key_of
from flowdesk.importing.report import Untaken
from flowdesk.importing.steps import Steps, variable
from flowdesk.model.sentence import say

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|([^\W\d]\w*))")
_UNITS = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 86_400_000}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
NOT_FOUND = "goto"


class Action:
    """One action: its name, and its parameters by name and part."""

    def __init__(self, element: ElementTree.Element) -> None:
        """Read it."""
        self.name = element.get("name", "").removeprefix("Action")
        self.about = element.attrib
        self._values: dict[tuple[str, str], tuple[str, bool]] = {}
        for parameter in element.iter("parameter"):
            for part in parameter.iter("subParameter"):
                key = parameter.get("name", ""), part.get("name", "value")
                self._values[key] = part.text or "", part.get("code") == "1"

    def raw(self, name: str, part: str = "value", default: str = "") -> str:
        """Return a parameter as it is written.

        Raises:
            Untaken: If it is a piece of program.
        """
        text, is_code = self._values.get((name, part), (default, False))
        if is_code and not re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", text):
            raise Untaken("code", say("The value is computed by a script: {code}", code=text[:200]))
        return text.strip() if part != "value" else text

    def text(self, name: str, default: str = "") -> str:
        """Return a text with its variables in braces."""
        return _VARIABLE.sub(
            lambda found: "{{" + variable(found[1] or found[2]) + "}}", self.raw(name, default=default)
        )

    def number(self, name: str, default: int = 0) -> Any:
        """Return a number, or a variable that holds one."""
        text = self.raw(name).strip()
        if not text:
            return default
        return int(float(text)) if re.fullmatch(r"-?\d+(\.\d+)?", text) else self.text(name)

    def is_on(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.raw(name).strip().lower() in ("true", "1")

    def original(self) -> str:
        """Return it as a text for a note."""
        parts = [f"{name}={text}" for (name, _), (text, _) in self._values.items() if text]
        return f"{self.name}: {', '.join(parts)}"[:500]


class Script(Steps):
    """Reads one script."""

    def read(self, root: ElementTree.Element) -> None:
        """Draw every action."""
        script = root.find("script")
        actions = [] if script is None else [Action(element) for element in script.findall("action")]
        for number, action in enumerate(actions, 1):
            labels = [f"line:{number}", *([f"line:{action.about['label']}"] if action.about.get("label") else [])]
            self.step(number, action.original(), partial(self._take, action, number), *labels)
        self.finish()

    def _take(self, action: Action, number: int) -> None:
        drawing = self.drawing
        self._pause(action.about.get("pauseBefore"))
        act: Callable[[Action], None] | None = getattr(self, f"_do_{action.name.lower()}", None)
        if act is None:
            raise Untaken(f"action: {action.name}", say("{name} has no counterpart here.", name=action.name))
        before = len(drawing.nodes)
        act(action)
        if action.about.get("enabled") == "false" or action.about.get("comment"):
            self._mark(before, action)
        self._pause(action.about.get("pauseAfter"))

    def _pause(self, milliseconds: str | None) -> None:
        if milliseconds and milliseconds.isdigit() and int(milliseconds):
            self.drawing.add("wait", {"duration": int(milliseconds)}, f"Pause {milliseconds} ms")

    def _mark(self, since: int, action: Action) -> None:
        more: dict[str, Any] = {"disabled": True} if action.about.get("enabled") == "false" else {}
        if action.about.get("comment"):
            more["note"] = action.about["comment"]
        for place in range(since, len(self.drawing.nodes)):
            node = self.drawing.nodes[place]
            data = node.data.model_copy(update={"config": {**node.data.config, **more}})
            self.drawing.nodes[place] = node.model_copy(update={"data": data})

    def _point(self, action: Action, name: str = "position") -> str:
        x, colon, y = action.raw(name).partition(":")
        if not colon:
            raise Untaken("place", say("The position is not given."))
        unit = action.raw(name, "unit", "0")
        mark = "%" if unit in ("1", "percents", "percent") else ""
        parts = [
            _VARIABLE.sub(lambda found: "{{" + variable(found[1] or found[2]) + "}}", part.strip()) for part in (x, y)
        ]
        return f"point={parts[0]}{mark},{parts[1]}{mark}"

    # -- actions

    def _do_click(self, action: Action) -> None:
        config: dict[str, Any] = {
            "clickType": action.raw("button", default="left") or "left",
            "clicks": action.number("amount", 1),
        }
        config["selector"] = self._point(action) if action.raw("position").strip(" :") else "point=+0,+0"
        how = action.raw("action", default="pressRelease")
        if how in ("press", "release"):
            config["action"] = "down" if how == "press" else "up"
        elif how == "doubleClick":
            config["clickType"] = "double"
        self.drawing.add("click", config, f"Click {config['selector']}")

    def _do_movecursor(self, action: Action) -> None:
        self.drawing.add("move", {"selector": self._point(action)}, "Move")

    def _do_wheel(self, action: Action) -> None:
        turns = action.number("intensity", 1)
        if not isinstance(turns, int) or not turns:
            raise Untaken("value", say("The scroll distance is not a fixed number."))
        self.drawing.add("scroll", {"direction": "up" if turns > 0 else "down", "amount": abs(turns)}, f"Wheel {turns}")

    def _do_pause(self, action: Action) -> None:
        unit = _UNITS.get(action.raw("unit", default="milliseconds"), 1)
        text = action.raw("duration").strip() or "0"
        duration: Any = int(float(text) * unit) if re.fullmatch(r"\d+(\.\d+)?", text) else action.text("duration")
        self.drawing.add("wait", {"duration": duration}, f"Pause {text} {action.raw('unit')}")

    def _do_key(self, action: Action) -> None:
        held = [
            key
            for key, name in (("ctrl", "ctrl"), ("alt", "alt"), ("shift", "shift"), ("super", "meta"))
            if action.is_on(name)
        ]
        key = action.raw("key", "key")
        keys = [*held, key_of(key.lower() if len(key) == 1 and held else key)]
        config: dict[str, Any] = {"keys": keys, "times": action.number("amount", 1)}
        how = action.raw("action", default="pressRelease")
        if how in ("press", "release"):
            config["action"] = "down" if how == "press" else "up"
            config.pop("times")
        self.drawing.add("keys", config, "+".join(keys))

    def _do_text(self, action: Action) -> None:
        config: dict[str, Any] = {"text": action.text("text")}
        if action.raw("pause").strip().isdigit():
            config["keyDelay"] = int(action.raw("pause"))
        self.drawing.add("input", config, "Type")

    def _do_console(self, action: Action) -> None:
        level = {"warning": "warn", "error": "error"}.get(action.raw("output"), "info")
        self.drawing.add("log", {"message": action.text("text"), "level": level}, "Log")

    def _do_messagebox(self, action: Action) -> None:
        if action.raw("ifYes", "action") == NOT_FOUND or action.raw("ifNo", "action") == NOT_FOUND:
            node = self.drawing.add("prompt", {"message": action.text("text"), "kind": "confirm"}, "Ask")
            config = {"left": "{{" + node + ".value}}", "operator": "eq", "right": True}
            self._ways(action, "condition", config, ("ifYes", "ifNo"))
            return
        self.drawing.add("prompt", {"message": action.text("text"), "kind": "confirm"}, "Message")

    def _do_datainput(self, action: Action) -> None:
        config = {
            "message": action.text("question"),
            "default": action.text("defaultValue"),
            "variable": variable(action.raw("variable")),
        }
        self.drawing.add("prompt", config, "Ask")

    def _do_variable(self, action: Action) -> None:
        config = {"name": variable(action.raw("variable")), "value": action.text("value")}
        self.drawing.add("setVariable", config, f"{config['name']} = {config['value']}")

    def _do_goto(self, action: Action) -> None:
        self.jump(self.drawing.outs, f"line:{action.raw('line').strip()}")
        self.drawing.outs = []

    def _do_loop(self, action: Action) -> None:
        count = action.number("count", 1)
        counter = f"loops{len(self.drawing.nodes)}"
        self.drawing.variables[counter] = 0
        self.drawing.add("setVariable", {"name": counter, "value": "{{ " + counter + " + 1 }}"}, f"{counter} + 1")
        config = {"left": "{{" + counter + "}}", "operator": "le", "right": count}
        node = self.drawing.add("condition", config, f"{count} times", outs=("false",))
        self.jump([(node, "true")], f"line:{action.raw('line').strip()}")

    def _do_stop(self, action: Action) -> None:
        self.drawing.add("end", {}, "Stop")
        self.drawing.outs = []

    def _do_command(self, action: Action) -> None:
        command = [action.text("command"), *action.text("parameters").split()]
        self.drawing.add("command", {"command": command}, f"Run {command[0]}")

    def _do_detachedcommand(self, action: Action) -> None:
        command = [action.text("command"), *action.text("parameters").split()]
        self.drawing.add("launch", {"command": command}, f"Start {command[0]}")

    def _do_writeclipboard(self, action: Action) -> None:
        self.drawing.add("clipboard", {"operation": "set", "text": action.text("value")}, "Clipboard")

    def _do_readclipboard(self, action: Action) -> None:
        self.drawing.add("clipboard", {"operation": "get", "variable": variable(action.raw("variable"))}, "Clipboard")

    def _do_readtextfile(self, action: Action) -> None:
        node = self.drawing.add("file", {"operation": "read", "path": action.text("file")}, "Read a file")
        config = {"name": variable(action.raw("variable")), "value": "{{" + node + ".text}}"}
        self.drawing.add("setVariable", config, f"{config['name']} = text")

    def _do_writetextfile(self, action: Action) -> None:
        operation = "append" if action.raw("mode") == "append" else "write"
        self.drawing.add(
            "file", {"operation": operation, "path": action.text("file"), "text": action.text("text")}, "Write a file"
        )

    def _do_window(self, action: Action) -> None:
        title, how = action.text("title"), action.raw("action")
        actions = {"setForeground": "activate", "minimize": "minimize", "maximize": "maximize", "close": "close"}
        if how not in actions or not title:
            raise Untaken(f"window: {how}", say("{name} has no counterpart here.", name=how or "window"))
        self.drawing.add("window", {"selector": f"window={title}", "action": actions[how]}, f"{how} {title}")

    def _do_windowcondition(self, action: Action) -> None:
        config = {"selector": f"window={action.text('title')}", "operator": "exists", "timeout": 0}
        self._ways(action, "condition", config, ("ifTrue", "ifFalse"))

    def _do_findimage(self, action: Action) -> None:
        name = re.split(r"[\\/]", action.raw("imageToFind"))[-1] or action.raw("imageToFind", "data")
        if not re.search(r"\.(png|jpe?g|bmp)$", name, re.IGNORECASE):
            raise Untaken("picture", say("The image is embedded in the script. Capture it again."))
        config = {"selector": f"image={name}", "operator": "exists", "timeout": 0}
        self._ways(action, "condition", config, ("ifFound", "ifNotFound"))

    def _ways(self, action: Action, kind: str, config: dict[str, Any], names: tuple[str, str]) -> None:
        node = self.drawing.add(kind, config, action.name, outs=())
        for name, out in zip(names, ("true", "false"), strict=True):
            if action.raw(name, "action") == "goto":
                self.jump([(node, out)], f"line:{action.raw(name, 'line')}")
            else:
                self.drawing.outs.append((node, out))
