"""Hold the translations complete: every text of the interface has one, and none is left of a text that is gone.

.venv/bin/python tools/translations.py              (part of make check: a text that lacks its translation is a warning)
.venv/bin/python tools/translations.py --release    (part of make wheel: nothing may lack it)

A text without a translation is shown in English. One line is printed for each fault; the exit code is 1 if one counts.
"""

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flowdesk.engine.functions import FUNCTIONS
from flowdesk.i18n import LANGUAGES
from flowdesk.model.engines import BUILTIN as ENGINES
from flowdesk.model.fields import MODIFIERS, FieldSpec
from flowdesk.model.trigger import TRIGGERS, describe_kind, form_fields
from flowdesk.nodes import builtin
from flowdesk.ui.actions import COMMANDS
from flowdesk.ui.canvas.habits import HABITS
from flowdesk.ui.panels.table import PANELS
from flowdesk.ui.preferences import LOOKS, RUNS

ROOT = Path(__file__).resolve().parent.parent
MARKERS = frozenset({"say", "tr", "Sentence"})
"""Functions whose first argument is a text for people."""
PAGE_TEXT = re.compile(r"""\bt\(\s*(["'`])((?:\\.|(?!\1).)*)\1""", re.DOTALL)
"""A text in the browser editor's sources: ``t("Run")``."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HELP_KEYS = frozenset({"help", "description", "epilog"})
HELP_CALLS = frozenset({"ArgumentParser", "add_parser", "add_subparsers", "add_argument", "add_argument_group"})
NODE_KEYS = frozenset({"title", "description", "first_line", "label"})


def _python() -> Iterator[ast.AST]:
    for path in sorted((ROOT / "flowdesk").rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _command_line() -> Iterator[str]:
    """Yield what the help of the command line says."""
    for call in (node for node in _python() if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        for keyword in call.keywords if name in HELP_CALLS else ():
            value = keyword.value
            if keyword.arg in HELP_KEYS and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def _examples() -> Iterator[str]:
    """Yield what the examples are called, and what is said of them."""
    for path in sorted((ROOT / "resources" / "flows").glob("*.flow.json")):
        flow = json.loads(path.read_text(encoding="utf-8"))
        yield from (text for text in (flow["name"], flow.get("description", "")) if text and not CHINESE.search(text))


def _page() -> set[str]:
    sources = [*(ROOT / "resources" / "editor" / "src").rglob("*.ts*")]
    found = (PAGE_TEXT.findall(path.read_text(encoding="utf-8")) for path in sources)
    return {text.replace("\\n", "\n").replace('\\"', '"').replace("\\'", "'") for each in found for _, text in each}


def _declared(value: Any, key: str = "", *, is_field: bool = False) -> Iterator[str]:
    """Yield the titles and descriptions of a node type's declaration; the form shows a field's without backticks."""
    if isinstance(value, dict):
        is_model = "properties" in value  # Its own title and docstring are for programmers.
        for name, part in value.items():
            if not (is_model and name in NODE_KEYS):
                yield from _declared(part, name, is_field=is_field or is_model)
    elif isinstance(value, list):
        for part in value:
            yield from _declared(part, key, is_field=is_field)
    elif isinstance(value, str) and key in NODE_KEYS and value:
        yield value.replace("`", "") if is_field else value


def _choices(fields: Iterable[FieldSpec]) -> Iterator[str]:
    """Yield the words that a form offers; names of keys and of requests stay as they are."""
    for spec in fields:
        yield from (
            each
            for each in spec.choices
            if isinstance(each, str) and each and each not in MODIFIERS and not each.isupper()
        )
        yield from _choices(spec.columns)


def wanted() -> set[str]:
    """Return every text that needs a translation."""
    texts = _page() | {"Other", *_command_line(), *_examples()}  # The category of node types whose own is not known.
    for node in _python():
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name in MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                texts.add(first.value)
    for node_type in builtin():
        texts.update((*_declared(node_type.describe()), node_type.category.capitalize(), *_choices(node_type.fields)))
        texts.update((*_declared(node_type.describe()), node_type.category.capitalize()))
    for kind in TRIGGERS:
        texts.update(_declared(describe_kind(kind)))
        texts.update(choice for spec in form_fields(kind) for choice in spec.choices if isinstance(choice, str))
    for function in FUNCTIONS.values():
        texts.update((function.help, function.group.capitalize()))
    for engine in ENGINES:
        texts.update((engine.title, engine.doc.replace("`", "")))
    for command in COMMANDS:
        texts.update((command.text, command.menu))
    texts.update(place.title for place in PANELS)
    names = {*LANGUAGES.values(), *(known.title for known in HABITS.values())}
    for _, title, choices in (*LOOKS, *RUNS):
        own = {text for text in choices.values() if text not in names and text[0].isalpha()}
        texts.update((title, *own))
    return texts


def missing(texts: dict[str, str]) -> list[str]:
    """Return the texts that have no translation."""
    return sorted(wanted() - texts.keys())


def left_over(texts: dict[str, str]) -> list[str]:
    """Return the translations of texts that nothing says any more."""
    constants = {n.value for n in _python() if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return sorted(texts.keys() - wanted() - constants)


def main(arguments: list[str] | None = None) -> int:
    """Print the faults of each language; 1 if one of them counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--release", action="store_true", help="a missing translation counts")
    is_release = parser.parse_args(arguments).release
    count = 0
    for language in LANGUAGES:
        path = ROOT / "resources" / "locale" / f"{language}.json"
        if language == "en":
            continue
        texts = json.loads(path.read_text(encoding="utf-8"))
        lacking, gone = missing(texts), left_over(texts)
        for text in lacking:
            print(f"{path.relative_to(ROOT)}: {'' if is_release else 'warning: '}no translation of: {text!r}")
        for text in gone:
            print(f"{path.relative_to(ROOT)}: nothing says any more: {text!r}")
        count += len(gone) + (len(lacking) if is_release else 0)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
