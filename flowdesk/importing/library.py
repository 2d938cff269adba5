"""Calls of Python's own and other libraries that scripts of every tool use."""

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowdesk.importing.expressions import evaluate, expression, milliseconds, setting, untaken
from flowdesk.importing.report import Untaken
from flowdesk.importing.values import Known, Ref, Scope
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

_SAYS = frozenset({"print", "logging.info", "logging.debug", "logging.warning", "logging.error", "log.info", "logger.info", "logger.debug",
                   "logger.warning", "logger.error", "sys.stdout.write", "Debug.log", "Debug.user", "Debug.info", "Debug.error", "uprint"})  # fmt: skip
_LEAVES = frozenset({"exit", "sys.exit", "quit", "os._exit"})
_RUNS = frozenset({"os.system", "os.startfile", "subprocess.Popen", "subprocess.call", "subprocess.run", "subprocess.check_call", "Popen", "run",
                   "webbrowser.open", "webbrowser.open_new", "webbrowser.open_new_tab", "openApp", "App.open", "os.popen"})  # fmt: skip
_SILENT = frozenset({"sys.path.append", "sys.path.insert", "sys.setdefaultencoding", "reload", "random.seed", "sys.stdout.flush",
                     "warnings.filterwarnings", "addImagePath", "setBundlePath", "setShowActions", "addModPath",
                     "logging.basicConfig", "unittest.main", "load", "ImagePath.add",
                     "ImagePath.setBundlePath", "ImagePath.remove", "ImagePath.reset", "Debug.setDebugLevel", "Debug.on", "Debug.off",
                     "Settings.setShowActions", "removeImagePath"})  # fmt: skip
_CHANGES = frozenset({"os.chdir", "setAutoWaitTimeout", "setFindFailedResponse", "setThrowException", "setROI", "setMinSimilarity",
                      "setWaitForVanish", "setAutoWait"})  # fmt: skip
"""Settings that change what the steps after them do, and that are not followed."""
_LIST_ADDS = frozenset({"append"})


def general(reader: "Reader", name: str, node: ast.Call, scope: Scope) -> Any:
    """Draw a call of a common library and return its value; ``NotImplemented`` for one that may be an expression."""
    full = _full_name(node.func, scope) or name
    last = full.rsplit(".", 1)[-1]
    drawing = reader.drawing
    label = ast.unparse(node).replace("$", "")[:80]
    if full in _SAYS:
        drawing.add("log", {"message": _message(reader, node, scope)}, label)
        return Known(None)
    if full in _LEAVES:
        given = _given(reader, node, scope)
        is_failed = bool(given) and not (isinstance(given[0], Known) and given[0].value in (0, None, True, False))
        config: dict[str, Any] = {"status": "failed", "message": f"exit({setting(given[0])})"} if is_failed else {}
        drawing.add("end", config, label)
        return Known(None)
    if full in {"time.sleep", "sleep"} and node.args:
        drawing.add("wait", {"duration": milliseconds(_given(reader, node, scope)[0], node)}, label)
        return Known(None)
    if full in _CHANGES or last in _CHANGES:
        raise Untaken(
            f"setting: {last}",
            say("{name} changes what the steps after it do. Set it in the nodes that need it.", name=last),
        )
    if full in _SILENT or name in _SILENT:
        return Known(None)
    if full in _RUNS and node.args:
        return _launch(reader, full, node, scope, label)
    if full in {"pyperclip.copy", "clipboard.copy", "xerox.copy", "App.setClipboard"} and node.args:
        drawing.add("clipboard", {"operation": "set", "text": setting(_given(reader, node, scope)[0], node)}, label)
        return Known(None)
    if full in {"pyperclip.paste", "clipboard.paste", "Env.getClipboard", "App.getClipboard", "xerox.paste"}:
        return Ref(f"{drawing.add('clipboard', {'operation': 'get'}, label)}.text", "text")
    if (
        last in _LIST_ADDS
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and len(node.args) == 1
    ):
        return _append(reader, node, scope, label)
    return _asking(reader, full, node, scope, label)


_ASKS = {
    "input": "text", "raw_input": "text", "popAsk": "confirm", "popup": "confirm", "popError": "confirm", "popSelect": "choice", "select": "choice",
    "inputText": "text", "prompt": "text", "alert": "confirm", "confirm": "confirm", "showinfo": "confirm", "showwarning": "confirm",
    "showerror": "confirm", "askyesno": "confirm", "askstring": "text", "password": "password",
}  # fmt: skip
"""What asks a person, and the kind of the answer."""
_TITLE_FIRST = frozenset({"showinfo", "showwarning", "showerror", "askyesno", "askstring"})
_ORDERS = {
    **dict.fromkeys(_TITLE_FIRST, ("title", "text")),
    **dict.fromkeys(("input", "raw_input"), ("text", "default")),
    **dict.fromkeys(("prompt", "password"), ("text", "title", "default")),
    **dict.fromkeys(("select", "popSelect"), ("text", "title", "options", "default")),
}
"""The order of their arguments, where it is not question and title."""
_ASKING = frozenset(
    {"", "Sikuli", "sikuli", "messagebox", "tkMessageBox", "simpledialog", "tkSimpleDialog", "easygui", "PySimpleGUI"}
)
"""The libraries whose questions these are."""


def _asking(reader: "Reader", full: str, node: ast.Call, scope: Scope, label: str) -> Any:
    """Draw what asks or tells a person something, and return the answer."""
    library, _, name = full.rpartition(".")
    if name not in _ASKS or library.rsplit(".", 1)[-1] not in _ASKING:
        return NotImplemented
    order = _ORDERS.get(name, ("text", "title"))
    if _ASKS[name] == "choice" and len(node.args) == 2:
        order = ("text", "options")
    given = dict(zip(order, _given(reader, node, scope), strict=False))
    given.update({word.arg: evaluate(reader.hoist(word.value, scope), scope) for word in node.keywords if word.arg})
    return question(reader, _ASKS[name], given, node, label)


def question(reader: "Reader", kind: str, given: dict[str, Any], node: ast.Call, label: str) -> Ref:
    """Draw a question with these arguments, and return the answer."""
    text = next((given[word] for word in ("text", "msg", "message", "prompt") if word in given), Known("?"))
    message = setting(text, node)
    config: dict[str, Any] = {"message": str(message) if message not in (None, "") else "?", "kind": kind}
    choices = given.get("options", given.get("buttons"))
    if choices is not None:
        known = setting(choices, node)
        config.update(kind="choice", choices=[str(each) for each in known] if isinstance(known, list) else known)
    default = setting(given["default"], node) if "default" in given else None
    if default not in (None, "") and config["kind"] in {"text", "choice"}:
        config["default"] = default
    asked = reader.drawing.add("prompt", config, label)
    return Ref(f"{asked}.value", "value" if config["kind"] == "confirm" else "text")


def _message(reader: "Reader", node: ast.Call, scope: Scope) -> Any:
    values = _given(reader, node, scope)
    if len(values) == 1:
        message = setting(values[0], node)
        return message if isinstance(message, str) else "" if message is None else str(message)
    if not values:
        return ""
    return "{{ " + ' ~ " " ~ '.join(expression(value, node) for value in values) + " }}"


def _launch(reader: "Reader", full: str, node: ast.Call, scope: Scope, label: str) -> Any:
    given = _given(reader, node, scope)[0]
    command = setting(given, node)
    if full.startswith("webbrowser."):
        command = ["xdg-open", command]
    if full == "os.system" and isinstance(command, str) and any(sign in command for sign in "|<>;&"):
        raise Untaken("shell command", say("No shell reads a command here: | < > & and ; mean nothing."))
    if isinstance(command, list) and not all(isinstance(part, str) for part in command):
        command = [str(part) for part in command]
    if not command:
        raise Untaken("command", say("The command is empty."))
    reader.drawing.add(
        "launch",
        {"command": command, "waitForWindow": full not in {"os.system", "subprocess.call", "subprocess.run"}},
        label,
    )
    return Known(0)


def program(reader: "Reader", node: ast.Call, scope: Scope) -> Any:
    """Draw ``run("program and arguments")``: the program runs to its end, and the result is what it printed."""
    (line,) = _given(reader, node, scope)
    if not isinstance(line, Known) or not isinstance(line.value, str):
        raise untaken(node)
    words = [word.strip("\"'") for word in re.findall(r"\"[^\"]*\"|'[^']*'|\S+", line.value)]
    if not words:
        raise Untaken("command", say("The command is empty."))
    config = {"command": [setting(Known(word)) for word in words], "timeout": 0, "acceptExitCode": True}
    done = reader.drawing.add("command", config, ast.unparse(node)[:80])
    return Ref(f"{done}.stdout", "text")


def _append(reader: "Reader", node: ast.Call, scope: Scope, label: str) -> Any:
    assert isinstance(node.func, ast.Attribute)
    assert isinstance(node.func.value, ast.Name)
    name = node.func.value.id
    variable = scope.variable(name)
    known = scope.find(name)
    if isinstance(known, Known) and isinstance(known.value, list):
        reader.drawing.add("setVariable", {"name": variable, "value": known.value}, f"{name} =")
        scope.owner(name).names[name] = Ref(variable)
    elif not isinstance(known, Ref):
        return NotImplemented
    reader.drawing.variables.setdefault(variable, None)
    value = setting(_given(reader, node, scope)[0], node)
    reader.drawing.add("setVariable", {"name": variable, "value": value, "operation": "append"}, label)
    return Known(None)


def _given(reader: "Reader", node: ast.Call, scope: Scope) -> list[Any]:
    return [evaluate(reader.hoist(part, scope), scope) for part in node.args]


def _full_name(function: ast.expr, scope: Scope) -> str:
    """Return the name of a function with its library, however the script calls that."""
    if isinstance(function, ast.Name):
        found = scope.find(function.id)
        name = getattr(found, "name", "") if type(found).__name__ == "Module" else ""
        return name or function.id
    if isinstance(function, ast.Attribute):
        inner = _full_name(function.value, scope)
        return f"{inner.removeprefix('sikuli.')}.{function.attr}" if inner else function.attr
    return ""


def found_beside(reader: "Reader", given: str) -> bool:
    """Look for a script that another runs by a path from its own folder, and note it among the reader's files."""
    script = Path(reader.report.source)
    home = script.parent.parent if script.parent.suffix == ".sikuli" else script.parent
    plain = given.replace("\\", "/").rstrip("/").removesuffix(".sikuli")
    folder = home / f"{plain}.sikuli"
    found = folder / f"{folder.stem}.py"
    if not plain or not found.is_file():
        return False
    reader.files[folder.stem] = found
    return True
