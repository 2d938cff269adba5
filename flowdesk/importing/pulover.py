"""Macros of Pulover's Macro Creator (.pmc, or the .ahk that it exports with the macro inside)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from flowdesk.importing.drawing import Drawing
from flowdesk.importing.report import Report, Untaken
from flowdesk.importing.sending import pieces
from flowdesk.importing.steps import Steps, arithmetic, comparison, variable
from flowdesk.importing.targets import file_name
from flowdesk.model.sentence import say

HEAD = re.compile(r"^\[PMC Code v[\d.]+\]\|(.*)$", re.MULTILINE)
DAY = 86_400_000
"""Milliseconds for which is waited where the old tool waits for ever."""
_PERCENT = re.compile(r"%\s*(\w+)\s*%")
_CLICK = re.compile(
    r"^\s*(?:(?P<x>[-\w%]+)\s*,\s*(?P<y>[-\w%]+)\s*,?)?\s*(?P<button>Left|Right|Middle|WheelUp|WheelDown|X1|X2)?\s*,?\s*(?P<count>\d*)\s*,?\s*(?P<how>Down|Up)?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\s*\bahk_(class|exe|id|pid|group)\b\s*(\S+)", re.IGNORECASE)
_ROW = re.compile(
    r"^(\d+)\|([^|]*)\|(.*?)\|(\d*|%\w+%)\|(-?\d*|%\w+%|\w+)\|([A-Za-z_]\w*)\|([^|]*)\|([^|]*)\|([^|]*)\|[^|]*\|(?:[^|]*\|)?\s*$"
)
"""Number, action, details (a bar may be in it), times, delay, type, target, window, comment; then a color, and a line."""
_ASSIGNED = re.compile(r"^\s*(\w+)\s*(:=|\+=|-=|\*=|/=|\.=)\s?(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """A row of a macro."""

    number: int
    is_disabled: bool
    action: str
    details: str
    times: str
    delay: str
    type: str
    target: str
    window: str
    comment: str
    original: str


@dataclass(frozen=True)
class Part:
    """A macro or a function of a file."""

    name: str
    is_function: bool
    counts_in_window: bool
    """Whether places count from the active window."""
    rows: tuple[Row, ...]


def parts_of(text: str) -> Iterator[Part]:
    """Yield the macros and functions of a file."""
    heads = list(HEAD.finditer(text))
    for place, head in enumerate(heads):
        end = heads[place + 1].start() if place + 1 < len(heads) else len(text)
        fields = head[1].split("|")
        name = fields[-1].strip() or f"Macro{place + 1}"
        mode = fields[3].split(",")[0] if len(fields) > 3 else "Window"
        rows = tuple(_rows(text[head.end() : end]))
        yield Part(name.removesuffix("()"), name.endswith("()"), mode == "Window", rows)


def _rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        found = _ROW.match(line)
        if found is None:
            continue
        number, action, details, times, delay, kind, target, window, comment = found.groups()
        plain = details.replace("`n", "\n").replace("`,", ",")
        original = f"{action}|{details}|{times}|{delay}|{kind}|{target}|{window}".rstrip("|")
        is_disabled = number.startswith("0")
        yield Row(int(number), is_disabled, action, plain, times, delay, kind, target, window, comment, original)


class Macro(Steps):
    """Reads one macro."""

    def __init__(self, drawing: Drawing, report: Report, file: str, part: Part, flows: dict[str, str]) -> None:
        """``flows`` are the files of the macros and functions beside it, by name."""
        super().__init__(drawing, report, file)
        self.part = part
        self.flows = flows
        self.found: str | None = None
        """The node that looked for a picture last."""

    def read(self, begin: int) -> None:
        """Draw every row; ``begin`` is the number of the first in the whole file."""
        for place, row in enumerate(self.part.rows):
            labels = [f"label:{row.details.strip()}"] if row.type == "Label" else []
            self.step(begin + place, row.original[:500], partial(self._take, row), *labels)
        self.finish()

    def _take(self, row: Row) -> None:
        act: Callable[[Row], None] | None = getattr(self, f"_do_{_ALIASES.get(row.type, row.type).lower()}", None)
        if act is None:
            raise Untaken(f"command: {row.type}", say("{name} has no counterpart here.", name=row.type))
        before = len(self.drawing.nodes)
        times = int(row.times) if row.times.isdigit() else 1
        if times > 1 and row.type in _REPEATED:
            self.loop("times", {"type": "count", "count": times}, f"{times} times")
            act(row)
            self._wait_after(row)
            self.close("times")
        else:
            act(row)
            self._wait_after(row)
        if row.is_disabled:
            self._disable(before)

    def _wait_after(self, row: Row) -> None:
        if row.type not in ("Sleep", "Loop", "If_Statement", "MsgBox") and row.delay.isdigit() and int(row.delay):
            self.drawing.add("wait", {"duration": int(row.delay)}, f"Pause {row.delay} ms")

    def _disable(self, since: int) -> None:
        for place in range(since, len(self.drawing.nodes)):
            node = self.drawing.nodes[place]
            data = node.data.model_copy(update={"config": {**node.data.config, "disabled": True}})
            self.drawing.nodes[place] = node.model_copy(update={"data": data})

    # -- values

    def text(self, text: str) -> str:
        """Return a text with its variables in braces."""
        return _PERCENT.sub(lambda found: "{{" + variable(found[1]) + "}}", text)

    def side(self, text: str) -> Any:
        """Return a side of a comparison: a number, a text, or a variable."""
        bare = text.strip()
        if re.fullmatch(r"-?\d+(\.\d+)?", bare):
            return float(bare) if "." in bare else int(bare)
        if bare.startswith('"') and bare.endswith('"') and bare.count('"') == 2:
            return bare[1:-1]
        if _PERCENT.search(bare):
            return self.text(bare)
        return "{{" + variable(bare) + "}}" if re.fullmatch(r"\w+", bare) else arithmetic(bare)

    def window(self, text: str) -> str:
        """Return the selector of a window.

        Raises:
            Untaken: If it is known by its class alone.
        """
        program = next((value for kind, value in _TITLE.findall(text) if kind.lower() == "exe"), "")
        title = _TITLE.sub("", text).strip()
        if title in ("A", ""):
            if program:
                return f"app={re.sub(r'[.]exe$', '', file_name(program), flags=re.IGNORECASE)}"
            if title == "A" or not text.strip():
                return "active"
            raise Untaken("window", say("The window is given only by its class. Enter its title or program instead."))
        return f"window={self.text(title)}"

    def point(self, x: str, y: str) -> str:
        """Return a place."""
        if self.found is not None and x.strip("%") == "FoundX":
            return "point={{" + self.found + ".matches[0].x}},{{" + self.found + ".matches[0].y}}"
        place = f"point={self.text(x) if '%' in x else x},{self.text(y) if '%' in y else y}"
        return f"active >> {place}" if self.part.counts_in_window else place

    # -- keyboard and mouse

    def _do_send(self, row: Row) -> None:
        if row.type.endswith("Raw"):
            self.drawing.add("input", {"text": self.text(row.details)}, "Type")
            return
        for kind, piece in list(pieces(row.details)):
            if kind == "text":
                self.drawing.add("input", {"text": self.text(piece)}, f"Type {piece}")
            else:
                self.drawing.add("keys", piece, "+".join(piece["keys"]))

    def _do_controlsend(self, row: Row) -> None:
        selector = self.window(row.window)
        for kind, piece in list(pieces(row.details)):
            self.drawing.add("window", {"selector": selector, "action": "activate"}, f"Activate {row.window}")
            if kind == "text":
                self.drawing.add("input", {"text": self.text(piece)}, f"Type {piece}")
            else:
                self.drawing.add("keys", piece, "+".join(piece["keys"]))

    def _do_click(self, row: Row) -> None:
        found = _CLICK.match(row.details)
        if found is None or (found["button"] or "").lower() in ("x1", "x2"):
            raise Untaken("click", say("This button has no counterpart here."))
        button, how = (found["button"] or "").lower(), (found["how"] or "").lower()
        selector = self.point(found["x"], found["y"]) if found["x"] else "point=+0,+0"
        count = int(found["count"] or 1)
        if button.startswith("wheel"):
            config: dict[str, Any] = {"direction": button.removeprefix("wheel"), "amount": max(1, count)}
            self.drawing.add("scroll", config, f"Wheel {config['direction']}")
        elif row.action.startswith("Move") or (found["count"] == "0" and found["x"]):
            self.drawing.add("move", {"selector": selector}, f"Move {found['x']},{found['y']}")
        else:
            config = {"selector": selector, "clickType": button or "left", "clicks": max(1, min(10, count))}
            if how:
                config["action"] = how
            self.drawing.add("click", config, row.action)

    def _do_sleep(self, row: Row) -> None:
        if row.details == "Random" and row.target.isdigit() and row.delay.isdigit():
            duration: Any = "{{ random(" + f"{row.delay}, {row.target}" + ") }}"
        else:
            duration = int(row.delay) if row.delay.isdigit() else self.text(row.delay)
        self.drawing.add("wait", {"duration": duration}, f"Pause {row.delay} ms")

    def _do_keywait(self, row: Row) -> None:
        raise Untaken(
            "command: KeyWait",
            say("Waiting for a key has no counterpart. Use a shortcut trigger instead."),
        )

    # -- people

    def _do_msgbox(self, row: Row) -> None:
        kind = "confirm"
        self.drawing.add("prompt", {"message": self.text(row.details) or row.action, "kind": kind}, "Message")

    def _do_inputbox(self, row: Row) -> None:
        given = [part.strip() for part in row.details.split(",")]
        config = {"message": self.text(given[2] if len(given) > 2 else given[-1]), "variable": variable(given[0])}
        self.drawing.add("prompt", config, "Ask")

    def _do_tooltip(self, row: Row) -> None:
        self.drawing.add("notify", {"message": self.text(row.details.split(",")[0]) or " "}, "Notify")

    def _do_soundbeep(self, row: Row) -> None:
        raise Untaken(f"sound: {row.type}", say("Sounds have no counterpart. Use a Notify node."))

    # -- windows and programs

    def _do_winactivate(self, row: Row) -> None:
        action = {
            "WinClose": "close",
            "WinMinimize": "minimize",
            "WinMaximize": "maximize",
            "WinRestore": "restore",
        }.get(row.type, "activate")
        self.drawing.add("window", {"selector": self.window(row.window), "action": action}, f"{row.type} {row.window}")

    def _do_winwait(self, row: Row) -> None:
        selector = self.window(row.window)
        state = "disappear" if row.type in ("WinWaitClose", "WinWaitNotActive") else "appear"
        seconds = row.details.strip()
        timeout = int(float(seconds) * 1000) if re.fullmatch(r"\d+(\.\d+)?", seconds) else DAY
        self.drawing.add("wait", {"selector": selector, "state": state, "timeout": timeout}, f"{row.type} {row.window}")

    def _do_run(self, row: Row) -> None:
        program = row.details.split(", ")[0].strip()
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', self.text(program))]
        if not words or re.match(r"https?://|www\.", words[0]):
            raise Untaken("web: Run", say("This step opens a web page. Enter the browser's program instead."))
        self.drawing.add("command" if row.type == "RunWait" else "launch", {"command": words}, f"Run {words[0]}")

    # -- pictures and pixels

    def _do_imagesearch(self, row: Row) -> None:
        match = re.match(r"\s*(-?\d+),\s*(-?\d+),\s*(-?\d+),\s*(-?\d+),\s*(.*)$", row.details)
        name = match[5] if match else row.details.split(",")[-1].strip()
        spread = re.search(r"\*(\d+)\b", name)
        name = re.sub(r"\*\w+\s*", "", name).strip()
        similarity = max(0.5, round(1 - int(spread[1]) / 255, 2)) if spread else 0.95
        config: dict[str, Any] = {"selector": f"image={file_name(self.text(name))}", "similarity": similarity}
        if match is not None:
            x1, y1, x2, y2 = (int(match[place]) for place in range(1, 5))
            if x2 > x1 and y2 > y1:
                config["region"] = [x1, y1, x2 - x1, y2 - y1]
        self._look(row, config, f"Look for {file_name(name)}")

    def _do_pixelsearch(self, row: Row) -> None:
        parts = [part.strip() for part in row.details.split(",")]
        color = next((part for part in parts if re.fullmatch(r"0x[0-9a-fA-F]{6}", part)), None)
        if color is None:
            raise Untaken("color", say("The color is not a fixed value."))
        config: dict[str, Any] = {"selector": f"color=#{color[2:].lower()}"}
        numbers = [int(part) for part in parts[:4] if re.fullmatch(r"-?\d+", part)]
        if len(numbers) == 4 and numbers[2] > numbers[0] and numbers[3] > numbers[1]:
            config["region"] = [numbers[0], numbers[1], numbers[2] - numbers[0], numbers[3] - numbers[1]]
        after = parts[parts.index(color) + 1] if parts.index(color) + 1 < len(parts) else ""
        if after.isdigit():
            config["tolerance"] = min(255, int(after))
        self._look(row, config, f"Look for {color}")

    def _look(self, row: Row, config: dict[str, Any], label: str) -> None:
        if row.target == "UntilFound":
            self.drawing.add("wait", {**config, "state": "appear", "timeout": DAY}, label)
        self.found = self.drawing.add("find", {**config, "timeout": 0}, label)
        found = row.action.split(",")[0].strip()
        then = {"Left Click": "left", "Right Click": "right", "Middle Click": "middle", "Double Click": "double"}.get(
            found
        )
        if then or found in ("Move", "Break", "Stop"):
            seen = {"left": "{{" + self.found + ".count}}", "operator": "gt", "right": 0}
            node = self.drawing.add("condition", seen, "found?", outs=("true",))
            place = {"selector": "point={{" + self.found + ".matches[0].x}},{{" + self.found + ".matches[0].y}}"}
            if then:
                self.drawing.add("click", {**place, "clickType": then}, found)
            elif found == "Move":
                self.drawing.add("move", place, found)
            elif found == "Break":
                self.leave_loop("break")
            else:
                self.drawing.add("end", {}, "Stop")
            self.drawing.outs = [*self.drawing.outs, (node, "false")]

    # -- variables and files

    def _do_variable(self, row: Row) -> None:
        found = _ASSIGNED.match(row.details)
        if found is None:
            raise Untaken("expression", say("This expression has no counterpart here."))
        name, how, text = variable(found[1]), found[2], found[3]
        if how == ".=":
            value: Any = "{{" + name + "}}" + self.text(text.strip('"'))
        elif how != ":=":
            value = "{{ " + f"{name} {how[0]} ({arithmetic(text)[3:-3]})" + " }}"
        elif row.target == "Expression":
            value = self.side(text)
        else:
            value = self.text(text)
        self.drawing.add("setVariable", {"name": name, "value": value}, f"{name} {how} {text}")

    def _do_function(self, row: Row) -> None:
        name, given = row.action.strip(), row.details.partition(":=")[2].strip()
        if name not in self.flows or given:
            raise Untaken("function", say("{name} has no counterpart here.", name=f"{name}({given})"))
        self.drawing.add("subflow", {"flow": self.flows[name]}, f"{name}()")

    def _do_userfunction(self, row: Row) -> None:
        if "FunctionStart" not in row.action:
            raise Untaken("function", say("Parameters and results of functions have no counterpart here."))

    # -- the way

    def _do_loop(self, row: Row) -> None:
        if "End" in row.action:
            self.close("loop", "while")
            return
        if row.target.strip():
            raise Untaken("loop until", say("The end condition of this loop has no counterpart here."))
        times = int(row.times) if row.times.isdigit() else 0
        forever = {"type": "while", "left": 1, "operator": "eq", "right": 1, "maxIterations": 0}
        self.loop("loop", {"type": "count", "count": times} if times else forever, f"Loop {row.times}")

    def _do_while(self, row: Row) -> None:
        if "End" in row.action:
            self.close("loop", "while")
            return
        config = comparison(row.details, self.side)
        self.loop("while", {"type": "while", **config, "maxIterations": 0}, f"while {row.details}")

    def _do_if_statement(self, row: Row) -> None:
        action = row.action.strip("[] ")
        if action.startswith("End If"):
            while self.blocks and self.blocks[-1].kind == "elseif":
                self.close("elseif")
            self.close("if")
        elif action == "Else":
            self.otherwise(("if", "elseif"))
        else:
            kind = "if"
            if action.startswith("ElseIf"):
                self.otherwise(("if", "elseif"))
                kind, action = "elseif", action.removeprefix("ElseIf").strip(": ")
            self._ask_or_branch(kind, action, row)

    def _ask_or_branch(self, kind: str, action: str, row: Row) -> None:
        try:
            config = self._question(action, row)
        except Untaken:
            self.ask(kind, f"{action}: {row.details}")
            raise
        self.branch(kind, config, f"{action} {row.details}")

    def _question(self, action: str, row: Row) -> dict[str, Any]:
        details = row.details.strip()
        if action.startswith("If Image/Pixel"):
            if self.found is None:
                raise Untaken("question", say("There is no image or pixel search before this step."))
            operator = "eq" if "Not" in action else "gt"
            return {"left": "{{" + self.found + ".count}}", "operator": operator, "right": 0}
        if action.startswith("If Window"):
            selector = self.window(details)
            operator = "notExists" if "Not" in action else "exists"
            if "Active" in action and selector.startswith("window="):
                selector = f"active >> {selector}"
            return {"selector": selector, "operator": operator, "timeout": 0}
        if action in ("Evaluate Expression", "Compare Variables", "Compare Two Variables"):
            return comparison(details, self.side)
        raise Untaken(f"question: {action}", say("This condition has no counterpart here."))

    def _do_label(self, row: Row) -> None:
        pass

    def _do_goto(self, row: Row) -> None:
        self.jump(self.drawing.outs, f"label:{row.details.strip()}")
        self.drawing.outs = []

    def _do_break(self, row: Row) -> None:
        self.leave_loop("break")

    def _do_continue(self, row: Row) -> None:
        self.leave_loop("continue")

    def _do_return(self, row: Row) -> None:
        self.drawing.add("end", {}, row.type)


_ALIASES = {
    "SendRaw": "Send", "SendInput": "Send", "SendEvent": "Send", "SendPlay": "Send", "ControlSendRaw": "ControlSend", "WinClose": "WinActivate",
    "WinMinimize": "WinActivate", "WinMaximize": "WinActivate", "WinRestore": "WinActivate", "WinWaitActive": "WinWait",
    "WinWaitClose": "WinWait", "WinWaitNotActive": "WinWait", "RunWait": "Run", "TrayTip": "ToolTip", "SoundPlay": "SoundBeep",
    "ExitApp": "Return",
}  # fmt: skip
_REPEATED = frozenset(
    {
        "Send",
        "SendRaw",
        "SendInput",
        "SendEvent",
        "ControlSend",
        "Click",
        "WinActivate",
        "Run",
        "RunWait",
        "Sleep",
        "SoundBeep",
    }
)
