"""UI.Vision macros (JSON): desktop commands, variables, loops and conditions. Parts of web pages have no counterpart."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from flowdesk.importing.drawing import Drawing
from flowdesk.importing.keynames import key_of
from flowdesk.importing.report import Report, Untaken
from flowdesk.importing.steps import Steps, arithmetic, comparison, variable
from flowdesk.importing.targets import file_name, quoted
from flowdesk.model.sentence import say

SIMILARITY = 0.8
"""What UI.Vision assumes of pictures."""
TIMEOUT = 10_000
"""Milliseconds that it looks for a picture."""
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_POINT = re.compile(r"^\s*(.+?)\s*,\s*(.+?)\s*$")
_PICTURE = re.compile(r"^(.+?\.(?:png|jpe?g|bmp))(?:@(0?\.\d+|1(?:\.0)?))?(?:#.*)?$", re.IGNORECASE)
_MAY_FAIL = frozenset({"click", "input", "keys", "move", "scroll", "launch", "command", "readTable", "subflow"})
_WEB = frozenset({
    "addselection", "answeronnextprompt", "asserttext", "captureentirepage", "check", "click", "clickandwait", "clickat", "deleteallcookies",
    "doubleclick", "doubleclickat", "draganddroptoobject", "editcontent", "mousedown", "mousedownat", "mousemoveat", "mouseover", "mouseup",
    "mouseupat", "open", "onclick", "refresh", "removeselection", "select", "selectandwait", "selectframe", "selectwindow", "sendkeys",
    "storeattribute", "storechecked", "storetext", "storetitle", "storevalue", "submit", "type", "typeandwait", "uncheck", "verifytext",
    "verifytitle", "verifyvalue", "waitforpagetoload", "waitforvisible", "waitforelementpresent", "assertelementpresent", "asserttitle",
    "verifyelementpresent", "verifychecked", "bringbrowsertoforeground", "sourceextract", "sourcesearch", "executescript_sandbox",
    "setwindowsize", "captureclipboard", "openbrowser", "assertvalue", "clickandhold", "editable", "waitfortext",
})  # fmt: skip


class Macro(Steps):
    """Reads one macro."""

    def __init__(self, drawing: Drawing, report: Report, file: str) -> None:
        """Begin; coordinates count from the page until the macro switches to the desktop."""
        super().__init__(drawing, report, file)
        self.similarity = SIMILARITY
        self.timeout = TIMEOUT
        self.is_on_desktop = False
        self.ignores_errors = False

    def read(self, commands: list[Any]) -> None:
        """Draw every command."""
        for number, one in enumerate(commands, 1):
            values = one if isinstance(one, dict) else {}
            command, target, value = (str(values.get(key) or "") for key in ("Command", "Target", "Value"))
            original = " | ".join(part for part in (command, target, value) if part)
            labels = [f"label:{target.strip()}"] if command.lower() == "label" else []
            self.step(number, original[:600], partial(self._take, command, target, value), *labels)
        self.finish()

    def _take(self, command: str, target: str, value: str) -> None:
        name = command.strip().lower()
        if not name:
            raise Untaken("syntax", say("This is not a command."))
        act: Callable[[str, str], None] | None = getattr(self, f"_do_{_ALIASES.get(name, name)}", None)
        if act is not None:
            before = len(self.drawing.nodes)
            act(target, value)
            self._let_fail(before)
        elif name in _WEB or re.search(r"^(xpath|css|id|name|link|//)[=/]", target):
            raise Untaken(
                f"web: {command}",
                say("This step targets an element of a web page. flowdesk works on the screen, not inside web pages."),
            )
        else:
            raise Untaken(f"command: {command}", say("{name} has no counterpart here.", name=command))

    def _let_fail(self, since: int) -> None:
        """Let the nodes drawn since fail without an end of the run, where the macro ignores errors."""
        for place in range(since if self.ignores_errors else len(self.drawing.nodes), len(self.drawing.nodes)):
            node = self.drawing.nodes[place]
            if node.type in _MAY_FAIL:
                data = node.data.model_copy(update={"config": {**node.data.config, "onError": "continue"}})
                self.drawing.nodes[place] = node.model_copy(update={"data": data})

    # -- values

    def text(self, text: str) -> str:
        """Return a text with its variables in braces."""
        return _VARIABLE.sub(lambda found: "{{" + _named(found[1]) + "}}", text)

    def side(self, text: str) -> Any:
        """Return a side of a comparison."""
        bare = text.strip().strip("\"'")
        if re.fullmatch(r"-?\d+(\.\d+)?", bare):
            return float(bare) if "." in bare else int(bare)
        if bare in ("true", "false"):
            return bare == "true"
        return self.text(bare)

    def target(self, text: str) -> dict[str, Any]:
        """Return ``selector`` and what belongs to it."""
        picture = _PICTURE.match(text.strip())
        if picture is not None:
            similarity = float(picture[2]) if picture[2] else self.similarity
            return {"selector": f"image={file_name(self.text(picture[1]))}", "similarity": similarity}
        if text.strip().lower().startswith("ocr="):
            return {"selector": f"text={quoted(self.text(text.strip()[4:]))}"}
        point = _POINT.match(text)
        if point is None or re.search(r"[/=\[]", text):
            raise Untaken(
                "web: target",
                say("This step targets an element of a web page. flowdesk works on the screen, not inside web pages."),
            )
        if not self.is_on_desktop and "!image" not in text and not re.search(r"!ocr", text, re.IGNORECASE):
            raise Untaken(
                "web: place", say("These coordinates are relative to a web page. Use desktop mode, or an image.")
            )
        return {"selector": f"point={self.text(point[1])},{self.text(point[2])}"}

    # -- commands

    def _do_store(self, target: str, value: str) -> None:
        name = value.strip().lower().strip("${}")
        if name == "!timeout_wait" and target.strip().isdigit():
            self.timeout = int(target) * 1000
        elif name == "!errorignore":
            self.ignores_errors = target.strip().lower() == "true"
        elif name in (
            "!timeout_pageload",
            "!replayspeed",
            "!waitforvisible",
            "!timeout_macro",
            "!statusok",
        ):
            raise Untaken("setting", say("This is a setting of the other tool."))
        else:
            self.drawing.add(
                "setVariable", {"name": _named(value.strip("${} ")), "value": self.side(target)}, f"{value} = {target}"
            )

    def _do_storeeval(self, target: str, value: str) -> None:
        text = re.sub(r"^\s*return\b|;\s*$", "", target).strip()
        text = re.sub(r"\b(?:Number|parseInt|parseFloat)\s*\(\s*[\"']?\$\{([^}]*)\}[\"']?\s*\)", r"${\1}", text)
        bare = _VARIABLE.sub(lambda found: _named(found[1]), text.replace('"${', "${").replace('}"', "}"))
        config = {"name": _named(value.strip("${} ")), "value": arithmetic(bare, str)}
        self.drawing.add("setVariable", config, f"{value} = {target}")

    def _do_echo(self, target: str, value: str) -> None:
        self.drawing.add("log", {"message": self.text(target)}, "Log")

    def _do_comment(self, target: str, value: str) -> None:
        self.drawing.note(target)

    def _do_label(self, target: str, value: str) -> None:
        pass

    def _do_pause(self, target: str, value: str) -> None:
        text = target.strip() or "0"
        duration: Any = int(text) if text.isdigit() else self.text(text)
        self.drawing.add("wait", {"duration": duration}, f"Pause {text} ms")

    def _do_xdesktopautomation(self, target: str, value: str) -> None:
        self.is_on_desktop = target.strip().lower() == "true"

    def _do_xclick(self, target: str, value: str) -> None:
        config = {**self.target(target), "timeout": self.timeout}
        how = value.lower()
        if "#down" in how or "#up" in how:
            config["action"] = "down" if "#down" in how else "up"
        for word, kind in (("right", "right"), ("middle", "middle"), ("double", "double")):
            if f"#{word}" in how:
                config["clickType"] = kind
        held = [key for key in ("ctrl", "shift", "alt") if f"#{key}" in how]
        if held:
            config["modifiers"] = held
        self.drawing.add("click", config, f"XClick {target}")

    def _do_xclicktext(self, target: str, value: str) -> None:
        config = {"selector": f"text={quoted(self.text(target))}", "timeout": self.timeout}
        self.drawing.add("click", config, f"XClickText {target}")

    def _do_xmove(self, target: str, value: str) -> None:
        config = {**self.target(target), "timeout": self.timeout}
        how = value.lower()
        if "#down" in how or "#up" in how:
            self.drawing.add(
                "click", {**config, "action": "down" if "#down" in how else "up"}, f"XMove {target} {value}"
            )
        else:
            self.drawing.add("move", config, f"XMove {target}")

    def _do_xtype(self, target: str, value: str) -> None:
        rest = target
        while rest:
            before, mark, after = rest.partition("${KEY_")
            if before:
                self.drawing.add("input", {"text": self.text(before)}, f"Type {before}")
            if not mark:
                return
            names, _, rest = after.partition("}")
            keys = [key_of(part.removeprefix("KEY_").lower()) for part in names.split("+")]
            self.drawing.add("keys", {"keys": keys}, "+".join(keys))

    def _do_xmousewheel(self, target: str, value: str) -> None:
        turns = int(target) if re.fullmatch(r"-?\d+", target.strip()) else 0
        if not turns:
            raise Untaken("value", say("The scroll distance is not a fixed number."))
        count = max(1, abs(turns) // 120) if abs(turns) >= 120 else abs(turns)
        self.drawing.add("scroll", {"direction": "up" if turns > 0 else "down", "amount": count}, f"Wheel {target}")

    def _do_visualassert(self, target: str, value: str) -> None:
        self.drawing.add(
            "assert", {**self.target(target), "operator": "exists", "timeout": self.timeout}, f"Assert {target}"
        )

    def _do_visualverify(self, target: str, value: str) -> None:
        config = {**self.target(target), "operator": "exists", "timeout": self.timeout, "otherwise": "continue"}
        self.drawing.add("assert", config, f"Verify {target}")

    def _do_visualsearch(self, target: str, value: str) -> None:
        node = self.drawing.add("find", {**self.target(target), "timeout": 0}, f"Search {target}")
        if value.strip():
            config = {"name": _named(value.strip("${} ")), "value": "{{" + node + ".count}}"}
            self.drawing.add("setVariable", config, f"{value} = count")
        for name, part in (("imagex", "x"), ("imagey", "y")):
            found = "{{ " + f"{node}.matches[0].{part} if {node}.count else 0" + " }}"
            self.drawing.add("setVariable", {"name": name, "value": found}, name)

    def _do_xrun(self, target: str, value: str) -> None:
        self.drawing.add("launch", {"command": [target, *value.split()]}, f"Run {target}")

    def _do_xrunandwait(self, target: str, value: str) -> None:
        self.drawing.add("command", {"command": [target, *value.split()]}, f"Run {target}")

    def _do_run(self, target: str, value: str) -> None:
        self.drawing.add("subflow", {"flow": f"{file_name(target).removesuffix('.json')}.flow.json"}, f"Run {target}")

    def _do_throwerror(self, target: str, value: str) -> None:
        self.drawing.add("end", {"status": "failed", "message": self.text(target)}, "Error")

    def _do_prompt(self, target: str, value: str) -> None:
        message, _, default = target.partition("@")
        config = {
            "message": self.text(message),
            "default": self.text(default),
            "variable": _named(value.strip("${} ")) if value.strip() else "",
        }
        self.drawing.add("prompt", config, message)

    def _do_csvread(self, target: str, value: str) -> None:
        self.drawing.add("readTable", {"path": self.text(target), "variable": "csv"}, f"Read {target}")
        raise Untaken(
            "rows",
            say("The whole table is read into the variable csv. For a column, use {example}.", example="{{csv[0]}}"),
        )

    def _do_csvreadarray(self, target: str, value: str) -> None:
        config = {"path": self.text(target), "variable": _named(value.strip("${} ") or "csv")}
        self.drawing.add("readTable", config, f"Read {target}")

    # -- blocks

    def _question(self, text: str, kind: str) -> None:
        try:
            config = comparison(text, self.side)
        except Untaken:
            self.ask(kind, text)
            raise
        self.branch(kind, config, f"if {text}")

    def _do_if(self, target: str, value: str) -> None:
        self._question(target, "if")

    def _do_else(self, target: str, value: str) -> None:
        self.otherwise(("if", "elseif"))

    def _do_elseif(self, target: str, value: str) -> None:
        self.otherwise(("if", "elseif"))
        self._question(target, "elseif")

    def _do_end(self, target: str, value: str) -> None:
        while self.blocks and self.blocks[-1].kind == "elseif":
            self.close("elseif")
        self.close("if", "times", "while", "foreach")

    def _do_times(self, target: str, value: str) -> None:
        count = int(target) if target.strip().isdigit() else self.text(target)
        self.loop("times", {"type": "count", "count": count, "indexVariable": "times"}, f"{target} times")

    def _do_while(self, target: str, value: str) -> None:
        config = comparison(target, self.side)
        self.loop("while", {"type": "while", **config, "maxIterations": 0}, f"while {target}")

    def _do_do(self, target: str, value: str) -> None:
        self.loop("do", {"type": "while", "left": 1, "operator": "eq", "right": 1, "maxIterations": 0}, "repeat")

    def _do_repeatif(self, target: str, value: str) -> None:
        node = self.drawing.add("condition", comparison(target, self.side), f"repeat if {target}", outs=("false",))
        self.drawing.add("break", {}, "Break")
        self.drawing.outs = [(node, "true")]
        self.close("do")

    def _do_foreach(self, target: str, value: str) -> None:
        config = {
            "type": "forEach",
            "items": "{{" + _named(target.strip("${} ")) + "}}",
            "itemVariable": _named(value.strip("${} ")),
        }
        self.loop("foreach", config, f"for each {target}")

    def _do_break(self, target: str, value: str) -> None:
        self.leave_loop("break")

    def _do_continue(self, target: str, value: str) -> None:
        self.leave_loop("continue")

    def _do_gotolabel(self, target: str, value: str) -> None:
        self.jump(self.drawing.outs, f"label:{target.strip()}")
        self.drawing.outs = []

    def _do_gotoif(self, target: str, value: str) -> None:
        node = self.drawing.add("condition", comparison(target, self.side), f"if {target}", outs=("false",))
        self.jump([(node, "true")], f"label:{value.strip()}")


_ALIASES = {
    "endif": "end", "endwhile": "end", "gotoif_v2": "gotoif", "if_v2": "if", "while_v2": "while", "executescript": "storeeval",
    "executescript_sandbox": "storeeval", "visionfind": "visualsearch", "imagesearch": "visualsearch", "visionassert": "visualassert",
    "xclicktextrelative": "unknown", "endtimes": "end", "repeatif_v2": "repeatif", "goto": "gotolabel",
}  # fmt: skip


def _named(name: str) -> str:
    special = {"!clipboard": "clipboard", "!loop": "loop", "!times": "times", "!imagex": "imagex", "!imagey": "imagey"}
    return special.get(name.strip().lower()) or variable(name)
