"""Write the reference pages, and the protocol's TypeScript types, from the code's own declarations.

.venv/bin/python tools/docs.py            (make docs)
.venv/bin/python tools/docs.py --check    (part of make check: ends with 1 if a page is stale)
"""

import argparse
import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import guide
from askings import askings
from pydantic import BaseModel
from typescript import choice_words, protocol_types
from vectors import FILES, text_of

from flowdesk import cli
from flowdesk.drivers.abilities import DESKTOPS, abilities_of
from flowdesk.drivers.abilities import FUNCTIONS as ABILITIES
from flowdesk.engine.functions import FUNCTIONS
from flowdesk.model.changes import CHANGE
from flowdesk.model.config import TargetOptions
from flowdesk.model.css import ROLES, STATES
from flowdesk.model.engines import BUILTIN as BUILTIN_ENGINES
from flowdesk.model.fields import defaults_of, schema_of
from flowdesk.model.function import GROUPS
from flowdesk.model.nodetype import NodeType
from flowdesk.model.options import NodeOptions
from flowdesk.model.selector import RELATIONS, parse_selector
from flowdesk.nodes import builtin
from flowdesk.protocol.connection import CLOSE_AUTH
from flowdesk.protocol.conversations import CONVERSATIONS, Sends
from flowdesk.protocol.events import PAYLOADS
from flowdesk.protocol.examples import EXAMPLES
from flowdesk.protocol.messages import EVENTS, PROTOCOL_VERSION, REQUESTS
from flowdesk.protocol.replies import REPLIES
from flowdesk.protocol.schema import shape

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
    for declared in builtin():
        if declared.category != category:
            category = declared.category
            lines += [f"## {category.capitalize()}", ""]
        lines += _node(declared)
    lines += ["## Options of every node", ""]
    lines += ["They stand in the config, and mean the same on every node that does not declare one itself.", ""]
    lines += _fields(schema_of(NodeOptions), defaults_of(NodeOptions))
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
        *CONNECTING.splitlines(),
        "",
        *_conversations(),
        "## Requests",
        "",
    ]
    for request in REQUESTS.values():
        schema = request.payload.model_json_schema(by_alias=True)
        lines += [f"### `{request.type}`", "", f"{request.description} Role: {request.role.name.lower()}.", ""]
        if schema.get("properties"):
            lines += [*_fields(schema, _payload_defaults(request.payload)), ""]
        lines += ["```json", json.dumps(EXAMPLES[request.type], ensure_ascii=False), "```", ""]
        reply = REPLIES[request.type].__name__
        lines += [f"Reply: [{reply}](#{reply.lower()}).", ""]
    lines += _changes()
    lines += ["## Events", "", "Take keys that are not listed here in stride: newer servers may send more.", ""]
    lines += ["| type | | payload |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {_cell(text)} | [{PAYLOADS[name].__name__}](#{PAYLOADS[name].__name__.lower()}) |" for name, text in EVENTS.items()]  # fmt: skip
    lines += ["", "## Payloads", "", "What replies and events hold, by the names that stand above."]
    for model in dict.fromkeys((*REPLIES.values(), *PAYLOADS.values())):
        lines += ["", f"### {model.__name__}", "", str(model.__doc__), "", *_fields(shape(model).json_schema(), {})]
    return "\n".join(lines).rstrip() + "\n"


CONNECTING = f"""\
## Connecting

The address is `ws://127.0.0.1:8000/ws/{{client_id}}`; the port is a setting, and `client_id` is any name for your client
(1 to 64 letters, digits, `.`, `_` and `-`): it is shown to people and proves nothing. The server speaks first, with `system.status`, once you are in.

| you prove who you are by | where |
| --- | --- |
| `auth` with a `token` or a `code` | the first message |
| `Authorization: Bearer TOKEN` | the header of the request that opens the socket |
| `?token=TOKEN` | the address, for scripts that can do neither |

`flowdesk token show` prints the token. `flowdesk serve --insecure-no-token` asks for none on this machine. Browsers are let in by their
`Origin`: the page's own, and those of `--allow-origin`. What your role may not do is answered by `error` with the code `auth.not_allowed`.

| close code | meaning |
| --- | --- |
| {CLOSE_AUTH} | No secret came, or a wrong one, or the token was revoked. |
| 1001 | flowdesk ends. |
| 1006 | No goodbye: the network, or you did not read what you were sent for too long. |
| 1009 | A message was larger than a message may be. |

**Subscribing.** `workflow.subscribe` with a `workflow_id` sends you its events from now on, `"*"` those of every workflow;
`workflow.start` and `flow.open` subscribe you to theirs. `seq` counts the events of one workflow without gaps. After a break,
`since` (your last `seq`) and `epoch` bring what you missed, or an `execution.snapshot` where that is gone.
"""


def _conversations() -> Iterator[str]:
    yield from (
        "## Conversations",
        "",
        "`→` is sent by the client, `←` by the server. Only what matters here is shown of a payload.",
        "",
    )
    for conversation in CONVERSATIONS:
        yield from (f"### {conversation.title}", "", conversation.text, "", "```text")
        for message in conversation.messages:
            shown = {"type": message.type}
            if isinstance(message, Sends):
                shown = {
                    "id": message.id,
                    **shown,
                    **({"workflow_id": message.workflow_id} if message.workflow_id else {}),
                }
            elif message.reply_to:
                shown["reply_to"] = message.reply_to
            payload = {**message.payload, **{key: f"{{{key}}}" for key in getattr(message, "keep", ())}}
            arrow = "→" if isinstance(message, Sends) else "←"
            yield f"{arrow} {json.dumps({**shown, 'payload': payload}, ensure_ascii=False)}"
        yield from ("```", "")


def _changes() -> Iterator[str]:
    yield from ("## Changes", "", "What `flow.edit` carries and `flow.changed` tells.", "")
    for name, schema in CHANGE.json_schema(by_alias=True)["$defs"].items():
        if "op" in schema.get("properties", {}):
            op = schema["properties"]["op"]["const"]
            yield from (f"### `{op}`", "", f"{schema.get('description') or name}", "", *_fields(schema, {}), "")


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


def targets_page() -> str:
    """Return the reference of targets. Every example is parsed, and every engine must be told of."""
    lines = [
        NOTE, "# Targets", "",
        "One text, `selector`, names a place on the desktop. `>>` narrows into the match before it. A list of texts means:",
        "try them in this order at each look, the first hit counts. `flowdesk find SELECTOR` tries one from the command line.",
        "", "## Ways of finding", "", "| way | finds | for example | takes (ms) |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    for engine in BUILTIN_ENGINES:
        for example in engine.examples:
            parse_selector(example)
        examples = " · ".join(f"`{_cell(example)}`" for example in engine.examples)
        lines.append(f"| `{engine.name}` | {_cell(engine.doc)} | {examples} | {engine.cost} |")
    lines += [
        "", "Without quotes a text or a title need only be contained, whatever its case; `\"…\"` is exact, `/…/` a regular",
        "expression, `/…/i` one that ignores case.", "", "## Relative to another element", "",
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


def expressions_page() -> str:
    """Return the reference of expressions: how they are written, and every function."""
    lines = [NOTE, "# Expressions", "", *EXPRESSIONS.splitlines(), ""]
    for group in GROUPS:
        lines += [f"## {group.capitalize()}", "", "| written | gives | for example | is |", "| --- | --- | --- | --- |"]
        for function in FUNCTIONS.values():
            if function.group == group:
                gives = f"`{_cell(function.gives)}`" if function.gives else ""
                lines.append(
                    f"| `{_cell(function.usage)}` | {_cell(function.help)} | `{_cell(function.example)}` | {gives} |"
                )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


EXPRESSIONS = """\
What stands between `{{` and `}}` in a setting is filled in when the node runs.

- A **path** names a variable or a node's result and a part of it: `{{name}}`, `{{readTable.rows}}`, `{{rows[0].Status}}`.
  A name that exists exactly as it is written comes first.
- Everything else is an **expression**, in the language of Jinja: `{{ price * 1.2 }}`, `{{ item["Unit.Price"] }}`,
  `{{ name|trim|upper }}`, `{{ "a" if n > 3 else "b" }}`. Names that are no words stand in brackets and quotes: `{{ item["No."] }}`.
- `{{secret:name}}` is read from the key store right before it is typed, sent, or given to a program. `\\{{` stands for the braces themselves, unless the backslash goes on
  from a name: `C:\\Reports\\{{name}}.pdf` is a path.

A setting that is nothing but one reference takes the value as it is; inside other text it is written as people read it.

Signs: `+ - * / // %`, `~` joins texts, `== != > >= < <= in`, `and or not`, `a if test else b`, `[1, 2]`, `{"a": 1}`,
`list[0]`, `list[1:3]`, `value|filter`, `x is defined` (also `none`, `number`, `string`, `list`, `mapping`, `boolean`,
`empty`, `odd`, `even`, `divisibleby(3)`).

Numbers are added as people add money: 12.50 + 0.1 + 0.2 is 12.8. A text that looks like a number counts as one beside a
number, as the cells of a CSV file are texts. Dates are texts such as `2026-11-29` or `2026-11-29T18:05:00+01:00`.

An expression reads the run's values and changes none. It may take 0.2 s of a processor at rest (0.4 s of one that others use, too) and 16 MB and be 4,000
characters long. One that cannot be read is a problem before the run; one that fails stops the node and says where, and what there is.

[Values in a text](../howto/values.md) shows it by examples.

Every function may be written as a filter: `value|name(more)` is `name(value, more)`.
"""


def decisions_page() -> str:
    """Return the list of decisions."""
    lines = [NOTE, "# Decisions", "", "What was chosen where another element was possible, and why.", ""]
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        title = path.read_text("utf-8").splitlines()[0].lstrip("# ").strip()
        lines.append(f"- [{title}](decisions/{path.name})")
    return "\n".join(lines) + "\n"


def troubleshooting(language: str) -> str:
    """Return the page on troubleshooting, which flowdesk carries, too."""
    return NOTE + "\n" + (ROOT / "resources" / "help" / f"troubleshooting.{language}.md").read_text("utf-8")


def platforms_page() -> str:
    """Return the table of what works where, from the declarations of the drivers."""
    lines = [
        NOTE,
        "# Platforms",
        "",
        "What flowdesk does on each kind of desktop, as its drivers declare it. *works*: as described, and tested. *limited*: with",
        "the limit that is named. *refused*: with a message, before anything is done. *untried*: written, never run there. What a",
        "session refuses runs on a [separate desktop](../howto/own-desktop.md) where that works.",
        "",
        f"| | {' | '.join(title for title, _ in DESKTOPS.values())} |",
        f"| --- |{' --- |' * len(DESKTOPS)}",
    ]
    columns = [abilities_of(name) for name in DESKTOPS]
    for name, function in ABILITIES.items():
        lines.append(f"| {_cell(function)} | {' | '.join(column[name].state for column in columns)} |")
    for (title, _), column in zip(DESKTOPS.values(), columns, strict=True):
        notes: dict[tuple[str, str], list[str]] = {}
        for name, ability in column.items():
            if ability.note:
                notes.setdefault((ability.state, ability.note), []).append(str(ABILITIES[name]))
        if notes:
            lines += ["", f"## {title}", ""]
            lines += [f"- {'; '.join(names)}: {state}, {note}." for (state, note), names in notes.items()]
    return "\n".join(lines) + "\n"


GUIDE = "resources/guide"
PAGES: dict[str, Callable[[], str]] = {
    "docs/troubleshooting.md": lambda: troubleshooting("en"),
    "docs/zh/troubleshooting.md": lambda: troubleshooting("zh_CN"),
    "docs/reference/nodes.md": nodes_page,
    "docs/reference/protocol.md": protocol_page,
    "docs/reference/targets.md": targets_page,
    "docs/reference/expressions.md": expressions_page,
    "docs/reference/command-line.md": command_line_page,
    "docs/reference/platforms.md": platforms_page,
    "docs/decisions.md": decisions_page,
    "resources/editor/src/protocol.ts": protocol_types,
    "resources/editor/src/words.ts": choice_words,
    "flowdesk/protocol/asking.py": askings,
    **{f"tests/vectors/{name}": partial(text_of, name) for name in FILES},
}


def _contents() -> Iterator[tuple[str, bytes]]:
    """Yield every file with what it shall hold: the guide last, which is made of the pages before it."""
    for name, page in PAGES.items():
        yield name, page().encode()
    for name, content in guide.files().items():
        yield f"{GUIDE}/{name}", content


def _left_behind(written: Collection[str]) -> list[str]:
    """Return what lies in the guide's folder of pages that are gone."""
    there = (path.relative_to(ROOT).as_posix() for path in sorted((ROOT / GUIDE).rglob("*")) if path.is_file())
    return [name for name in there if name not in written]


def main() -> int:
    """Write the pages, or compare them. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a page is stale")
    options = parser.parse_args()
    stale, written = [], set()
    for name, content in _contents():
        written.add(name)
        path = ROOT / name
        if path.is_file() and path.read_bytes() == content:
            continue
        stale.append(name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            print(f"wrote {path}")
    gone = _left_behind(written)
    stale += gone
    for name in gone if not options.check else ():
        (ROOT / name).unlink()
    if options.check and stale:
        print(f"stale: {', '.join(stale)}. Run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
