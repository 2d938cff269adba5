"""Write the reference pages, and the protocol's TypeScript types, from the code's own declarations.

.venv/bin/python tools/docs.py            (make docs)
.venv/bin/python tools/docs.py --check    (part of make check: ends with 1 if a page is stale)
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from typescript import protocol_types

from flowdesk import cli
from flowdesk.model.config import TargetOptions
from flowdesk.model.css import ROLES, STATES
from flowdesk.model.nodetype import NodeType
from flowdesk.model.selector import ENGINES, RELATIONS, parse_selector
from flowdesk.nodes import BUILTIN
from flowdesk.protocol.events import PAYLOADS
from flowdesk.protocol.examples import EXAMPLES
from flowdesk.protocol.messages import EVENTS, PROTOCOL_VERSION, REQUESTS

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Written by `make docs` from the code's declarations. Do not edit. -->\n"


def _cell(text: object) -> str:
    """Return a text as it may stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def _kind(schema: Mapping[str, Any]) -> str:
    """Return what a value may be, from its JSON Schema: ``number (ms)``, ``left, right``, ``list of text``."""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        parts = [_kind(part) for part in schema["anyOf"] if part.get("type") != "null"]
        return " or ".join(dict.fromkeys(part for part in parts if part)) or "any"
    if "$ref" in schema:
        return "object"
    plain = {"string": "text", "boolean": "yes/no", "integer": "whole number", "array": "list"}
    name = str(schema.get("type", "any"))
    if name == "array" and isinstance(schema.get("items"), Mapping):
        return f"list of {_kind(schema['items'])}"
    return plain.get(name, name) + (f" ({schema['unit']})" if "unit" in schema else "")


def _fields(schema: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[str]:
    required = set(schema.get("required", ()))
    rows = ["| key | value | default | |", "| --- | --- | --- | --- |"]
    for key, part in schema.get("properties", {}).items():
        value = defaults.get(key)
        is_empty = value is None or value in ("", [], {})
        default = "required" if key in required else "" if is_empty else f"`{json.dumps(value, ensure_ascii=False)}`"
        rows.append(f"| `{key}` | {_cell(_kind(part))} | {_cell(default)} | {_cell(part.get('description', ''))} |")
    return rows


def _node(declared: NodeType) -> list[str]:
    words = declared.describe()
    body, _, _ = declared.doc.partition("\nRaises:")
    lines = [f"### {declared.title} · `{declared.id}`", "", body.strip(), ""]
    outputs = ", ".join(f"`{output}`" for output in declared.outputs) or "none"
    dynamic = " and one for each case of its config" if declared.dynamic_outputs else ""
    lines += [f"Outputs: {outputs}{dynamic}.", ""]
    if words["schema"].get("properties"):
        lines += [*_fields(words["schema"], words["defaults"]), ""]
    return lines


def nodes_page() -> str:
    """Return the reference of node types."""
    lines = [NOTE, "# Node types", "", "Times are in milliseconds, coordinates in physical pixels of the desktop.", ""]
    category = ""
    for declared in BUILTIN:
        if declared.category != category:
            category = declared.category
            lines += [f"## {category.capitalize()}", ""]
        lines += _node(declared)
    return "\n".join(lines).rstrip() + "\n"


def _payload_defaults(payload: type[BaseModel]) -> dict[str, Any]:
    return {
        field.alias or name: field.get_default(call_default_factory=True)
        for name, field in payload.model_fields.items()
        if not field.is_required()
    }


def protocol_page() -> str:
    """Return the reference of messages."""
    lines = [
        NOTE,
        "# Protocol",
        "",
        f"Version {PROTOCOL_VERSION}. Every message is one JSON text frame:",
        '`{"id", "type", "timestamp", "workflow_id", "payload"}`, the timestamp in seconds. A request is answered by one',
        "message with `reply_to` (the request's `id`): the same type, or `error`. Events carry `seq`, counted for each",
        "workflow without gaps.",
        "",
        "## Requests",
        "",
    ]
    for request in REQUESTS.values():
        schema = request.payload.model_json_schema(by_alias=True)
        lines += [f"### `{request.type}`", "", f"{request.description} Role: {request.role.name.lower()}.", ""]
        if schema.get("properties"):
            lines += [*_fields(schema, _payload_defaults(request.payload)), ""]
        lines += ["```json", json.dumps(EXAMPLES[request.type], ensure_ascii=False), "```", ""]
    lines += ["## Events", "", "Take keys that are not listed here in stride: newer servers may send more.", ""]
    lines += ["| type | | payload |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {_cell(text)} | [{PAYLOADS[name].__name__}](#{PAYLOADS[name].__name__.lower()}) |" for name, text in EVENTS.items()]  # fmt: skip
    for model in dict.fromkeys(PAYLOADS.values()):
        lines += ["", f"### {model.__name__}", "", str(model.__doc__), "", *_fields(model.model_json_schema(), {})]
    return "\n".join(lines).rstrip() + "\n"


def command_line_page() -> str:
    """Return the reference of the command line. Written by hand from the parser: ``format_help`` differs by version."""
    parser = cli._parser()
    lines = [NOTE, "# Command line", "", str(parser.description), "", str(parser.epilog), ""]
    subparsers = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    summaries = {choice.dest: choice.help for choice in subparsers._choices_actions}
    for name, command in subparsers.choices.items():
        lines += [f"## `flowdesk {name}`", "", f"{_sentence(summaries.get(name) or '')}", ""]
        rows = [_option_row(action) for action in command._actions if action.dest != "help"]
        if rows:
            lines += ["| | |", "| --- | --- |", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." * bool(text)


def _option_row(action: argparse.Action) -> str:
    if action.choices is not None:
        value = "|".join(str(choice) for choice in action.choices)
    else:
        value = str(action.metavar or action.dest.upper())
    name = ", ".join(action.option_strings)
    if name and action.nargs != 0:
        name += f" {value}"
    return f"| `{_cell(name or value)}` | {_cell(action.help or '')} |"


ENGINE_TEXTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "element": (
        "An element of the accessibility tree: a role, `[attribute='value']` filters (`=`, `*=`, `^=`, `$=`), `>` for "
        "directly inside, a space for somewhere inside, `:nth(n)` for one of several. The engine's name is left out.",
        ("button[name='OK']", "dialog > button:nth(2)", "text_field[name^='E-']"),
    ),
    "text": (
        "Text on the screen: names and values of the accessibility tree where there are any, else the pixels are read.",
        ("text=Save", 'text="Save"', "text=/Save .*/i"),
    ),
    "image": ("A picture that lies beside the flow, in `NAME.assets/`.", ("image=ok.png",)),
    "window": ("A window by its title.", ("window=Untitled", 'window="flowdesk practice"', "window=/.* - Mousepad/")),
    "app": ("The windows of an application.", ("app=mousepad",)),
    "point": ("A point of the screen, or of what stands before `>>`.", ("point=100,200", "point=50%,50%", "100,200")),
    "color": ("The first spot of a colour; `tolerance` says how exactly.", ("color=#1a73e8",)),
}


def targets_page() -> str:
    """Return the reference of targets. Every example is parsed, and every engine must be told of."""
    lines = [
        NOTE, "# Targets", "",
        "One text, `selector`, names a place on the desktop. `>>` narrows into the match before it. A list of texts means:",
        "try them in this order at each look, the first hit counts. `flowdesk find SELECTOR` tries one from the command line.",
        "", "## Ways of finding", "", "| way | finds | for example |", "| --- | --- | --- |",
    ]  # fmt: skip
    for engine in ENGINES:
        text, examples = ENGINE_TEXTS[engine]
        for example in examples:
            parse_selector(example)
        lines.append(f"| `{engine}` | {_cell(text)} | {' · '.join(f'`{_cell(example)}`' for example in examples)} |")
    lines += [
        "", "Without quotes a text or a title need only be contained, whatever its case; `\"…\"` is exact, `/…/` a regular",
        "expression, `/…/i` one that ignores case.", "", "## Relative to something else", "",
        "A relation takes any way of finding as its body, and looks from the match before `>>`:",
        "`window=Login >> text=Password >> right-of=text_field`.", "",
        ", ".join(f"`{relation}=`" for relation in RELATIONS), "", "## Options beside the selector", "",
    ]  # fmt: skip
    schema = TargetOptions.model_json_schema(by_alias=True)
    lines += [*_fields(schema, _payload_defaults(TargetOptions)), ""]
    lines += ["A picture's threshold is never loosened by a fallback. A miss says the best score, where, and why.", ""]
    lines += ["## Roles of elements", "", ", ".join(f"`{role}`" for role in sorted(ROLES)), ""]
    lines += ["## States of elements", "", ", ".join(f"`{state}`" for state in sorted(STATES)), ""]
    return "\n".join(lines).rstrip() + "\n"


def decisions_page() -> str:
    """Return the list of decisions."""
    lines = [NOTE, "# Decisions", "", "What was chosen where something else was possible, and why.", ""]
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        title = path.read_text("utf-8").splitlines()[0].lstrip("# ").strip()
        lines.append(f"- [{title}](decisions/{path.name})")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/nodes.md": nodes_page,
    "docs/reference/protocol.md": protocol_page,
    "docs/reference/targets.md": targets_page,
    "docs/reference/command-line.md": command_line_page,
    "docs/decisions.md": decisions_page,
    "resources/editor/src/protocol.ts": protocol_types,
}


def main() -> int:
    """Write the pages, or compare them. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a page is stale")
    options = parser.parse_args()
    stale = []
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {path}")
    if options.check and stale:
        print(f"stale: {', '.join(stale)}. Run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
