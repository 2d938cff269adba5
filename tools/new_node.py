"""Begin a node type: its module, its place in the table of node types, and its test.

.venv/bin/python tools/new_node.py countLines            (make new-node NAME=countLines)

What it writes runs and passes the checks as it is; then change what it does. ``CONTRIBUTING.md`` tells the rest.
"""

import argparse
import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MODULE = '''"""{title}."""

from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class {model}(Config):
    """Settings of `{name}`."""

    text: str = Field(..., title="Text", description="What to work on.")


@node("{name}", category="data", title="{title}", summary="{{text}}", icon="square-check")
async def {function}(run: Run, config: {model}) -> dict[str, Any]:
    """{title}.

    Result: `text`.

    Raises:
        NodeError: If there is nothing to work on.
    """
    if not config.text.strip():
        raise NodeError(say("There is nothing to work on."), say("Give a text."))
    run.log(config.text)
    return {{"text": config.text}}
'''

TEST = '''"""{title}."""

from tests.nodes.conftest import Bench


async def test_it_gives_its_text(bench: Bench) -> None:
    await bench.run(("{name}", {{"text": "hello"}}))
    assert bench.result() == {{"text": "hello"}}


async def test_without_a_text_it_fails_with_a_sentence(bench: Bench) -> None:
    end = await bench.run(("{name}", {{"text": " "}}))
    assert end.error is not None
    assert "nothing to work on" in str(end.error["message"])
'''


def words_of(name: str) -> list[str]:
    """Return the words of a name, in small letters: ``countLines`` as ``count``, ``lines``."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+", name)]


def placed(source: str, name: str, function: str) -> str:
    """Return the module of all node types with one more, last in the table."""
    end = source.index("\n}\n", source.index("PLACES: dict"))
    return f'{source[:end]}\n    "{name}": "{function}.{function}",{source[end:]}'


def write(name: str, root: Path = ROOT) -> list[Path]:
    """Write a node type. Returns the files that were written.

    Raises:
        ValueError: If the name cannot be one, or is taken.
    """
    words = words_of(name)
    function = "_".join(words)
    if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name) or "".join(words) != name.lower():
        raise ValueError(f"{name!r} is no name of a node type: write it like countLines")
    if keyword.iskeyword(function):
        function += "_node"
    module, test = root / "flowdesk" / "nodes" / f"{function}.py", root / "tests" / "nodes" / f"test_{function}.py"
    taken = next((path for path in (module, test) if path.exists()), None)
    if taken is not None:
        raise ValueError(f"{taken.relative_to(root)} exists already")
    title = " ".join(words).capitalize()
    model = "".join(word.capitalize() for word in words) + "Config"
    for path, text in ((module, MODULE), (test, TEST)):
        path.write_text(text.format(name=name, function=function, title=title, model=model), "utf-8")
    table = root / "flowdesk" / "nodes" / "__init__.py"
    table.write_text(placed(table.read_text("utf-8"), name, function), "utf-8")
    return [module, table, test]


def main() -> int:
    """Write the files and say what comes next. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="the type in flow files, such as countLines")
    try:
        written = write(parser.parse_args().name)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for path in written:
        print(f"wrote {path.relative_to(ROOT)}")
    print("Next: say in the module what it does, then: make docs check, and the test.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
