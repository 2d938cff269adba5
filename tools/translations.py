"""Hold the translations complete: every text of the interface has one, and none is left of a text that is gone.

.venv/bin/python tools/translations.py        (part of make check: ends with 1 and one line per text)
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flowdesk.i18n import LANGUAGES
from flowdesk.nodes import BUILTIN
from flowdesk.ui.actions import COMMANDS
from flowdesk.ui.canvas.habits import HABITS
from flowdesk.ui.preferences import LOOKS, RUNS

ROOT = Path(__file__).resolve().parent.parent
MARKERS = frozenset({"say", "tr", "Sentence"})
"""Functions whose first argument is a text for people."""
PAGE_TEXT = re.compile(r"""\bt\(\s*(["'`])((?:\\.|(?!\1).)*)\1""", re.DOTALL)
"""A text in the browser editor's sources: ``t("Run")``."""
NODE_KEYS = frozenset({"title", "description", "first_line", "label"})


def _python() -> Iterator[ast.AST]:
    for path in sorted((ROOT / "flowdesk").rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


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


def wanted() -> set[str]:
    """Return every text that needs a translation."""
    texts = _page() | {"Other"}  # The category of node types whose own is not known.
    for node in _python():
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name in MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                texts.add(first.value)
    for node_type in BUILTIN:
        texts.update((*_declared(node_type.describe()), node_type.category.capitalize()))
    for command in COMMANDS:
        texts.update((command.text, command.menu))
    names = {*LANGUAGES.values(), *(known.title for known in HABITS.values())}
    for _, title, choices in (*LOOKS, *RUNS):
        own = {text for text in choices.values() if text not in names and text[0].isalpha()}
        texts.update((title, *own))
    return texts


def faults(texts: dict[str, str]) -> Iterator[str]:
    """Yield a line for each text without a translation and each translation without a text."""
    needed = wanted()
    constants = {n.value for n in _python() if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    for text in sorted(needed - texts.keys()):
        yield f"no translation of: {text!r}"
    for text in sorted(texts.keys() - needed - constants):
        yield f"nothing says any more: {text!r}"


def main() -> int:
    """Print the faults of each language; 1 if there are any."""
    count = 0
    for language in LANGUAGES:
        path = ROOT / "resources" / "locale" / f"{language}.json"
        if language == "en":
            continue
        texts = json.loads(path.read_text(encoding="utf-8"))
        for fault in faults(texts):
            print(f"{path.relative_to(ROOT)}: {fault}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
