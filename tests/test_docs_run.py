"""The pages for users are followed to the letter: commands are read, blocks are loaded, labels are those of the screen."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk import cli
from flowdesk.model.flow import Flow
from flowdesk.model.trigger import declared
from flowdesk.nodes.words import WORDS
from flowdesk.ui.practice_words import WORDS as PRACTICE

ROOT = Path(__file__).resolve().parent.parent
CHINESE: dict[str, str] = {
    text: chinese
    for path in [*(ROOT / "resources" / "packages").rglob("zh_CN.json"), ROOT / "resources" / "locale" / "zh_CN.json"]
    for text, chinese in json.loads(path.read_text("utf-8")).items()
}
PAGES = sorted([
    *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "howto").glob("*.md"), *(ROOT / "docs" / "zh").glob("*.md"),
    ROOT / "README.md", ROOT / "README.zh.md",
])  # fmt: skip
STEPS = [page for page in PAGES if page.name not in {"style.md", "architecture.md", "decisions.md", "coming-from.md"}]
OTHER_PROGRAMS = {
    "Settings › Keyboard › View and Customize Shortcuts › Custom Shortcuts", "System Settings › Shortcuts › Add New › Command",
    "System Settings › Shortcuts › Add Command",
    "Settings › Keyboard › Application Shortcuts",
}  # fmt: skip
NOT_LABELS = {"second", "your", "succeeded", "failed", "stopped", "name", "Greet", "How to → Windows"}
"""What is set in italics and is no label: states, columns, a node that the page itself adds."""


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the fenced blocks of a page: the language and the text."""
    for found in re.finditer(r"^( *)```(\w*)\n(.*?)^ *```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        yield found[2], "\n".join(line.removeprefix(found[1]) for line in found[3].splitlines())


def named(pages: list[Path]) -> list[object]:
    return [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in pages]


@pytest.mark.parametrize("page", named(PAGES))
def test_commands_are_ones_that_flowdesk_takes(page: Path) -> None:
    for language, text in blocks(page):
        if language not in {"", "console", "sh"}:
            continue
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line.strip(), comments=True)
            if words[:1] == ["flowdesk"]:
                ends = [place for place, word in enumerate(words) if word in {"&", "|", ";", ">"}]
                given = words[1 : min(ends, default=len(words))]
                if given[:1] == ["practice"]:
                    continue  # read by the practice window itself
                options = cli._parser().parse_args(given or ["window"])
                assert options.command in cli.COMMANDS, line


@pytest.mark.parametrize("page", named(PAGES))
def test_blocks_can_be_loaded(page: Path) -> None:
    for language, text in blocks(page):
        if language == "python":
            compile(text, str(page), "exec")
        elif language == "toml":
            assert tomllib.loads(text)
        elif language == "json":
            values = json.loads(text if text.lstrip().startswith(("{", "[")) else "{" + text + "}")
            if "triggers" in values:
                flow = Flow.model_validate({"nodes": [], "edges": [], **values})
                assert not declared(flow).problems


def english_labels() -> set[str]:
    labels = {text.removesuffix("…").replace("`", "").lower() for text in CHINESE}
    labels |= {word.lower() for words in PRACTICE.values() for word in words.values()} | {
        word.lower() for word in WORDS.values()
    }
    return labels


@pytest.mark.parametrize(
    "page", named([page for page in STEPS if "zh" not in page.as_posix().removeprefix(ROOT.as_posix())])
)
def test_labels_are_those_of_the_screen(page: Path) -> None:
    known = english_labels()
    text = re.sub(r"```.*?```|`[^`\n]*`|\*\*.*?\*\*", "", page.read_text("utf-8"), flags=re.DOTALL)
    for label in re.findall(r"(?<![*\w])\*([^*\s][^*\n]*?)\*(?![*\w])", text):
        if label in OTHER_PROGRAMS | NOT_LABELS:
            continue
        for part in label.split(" › "):
            assert part.removesuffix("…").lower() in known, f"“{label}” is on no screen"


@pytest.mark.parametrize("page", named([ROOT / "docs" / "zh" / "tutorial.md", ROOT / "docs" / "zh" / "concepts.md"]))
def test_chinese_labels_are_those_of_the_screen(page: Path) -> None:
    known = {text.removesuffix("…") for text in CHINESE.values()} | {
        word for words in PRACTICE.values() for word in words.values()
    }
    text = re.sub(r"`[^`\n]*`", "", page.read_text("utf-8"))
    for label in re.findall(r"“([^”\n]+)”", text):
        for part in label.split(" › "):
            assert part.removesuffix("…") in known | {"输入框是什么", "在哪里", "文档/flowdesk"}, (
                f"“{label}” is on no screen"
            )
