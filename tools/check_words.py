"""Hold the words of docs/style.md: habits of English and Chinese that read as translated, in every text for people.

Part of ``tools/check_style.py``. Texts are the keys and values of the catalogue and the pages of the documentation.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HABITS = {
    r"\banew\b": "again",
    r"(?<![Tt]here )\b(is|are) no (?!longer\b)": "is not …",
    r"\bfrom \S+ on\b(?! the\b)": "from …; or … or more",
    r"\b(makes?|made|making) way\b": "hide",
    r"\b(throws?|thrown|threw) out\b": "disconnect, remove",
    r"\bsaid\b": "shown, reported",
    r"\b(leads?|led) an edge\b": "connect",
    r"\b(hangs?|hung) on\b": "is connected to",
    r"\bgo(es)? on\b": "continue",
    r"\bnobody is there\b": "nobody can …",
    r"\bof its own\b": "separate",
    r"\bcolours?\b|\bneighbours?\b|\bcentres?\b|\bmaximis|\bminimis": "American spelling",
}
"""What is not written, and what is written in its place."""
INTERFACE_HABITS = {r"`": "no backticks in the interface", r"(?<!\.)\.\.\.(?!\.)": "…"}
CHINESE = r"[\u4e00-\u9fff]"
CHINESE_HABITS = {
    r"你(?!好)": "您",
    rf"{CHINESE}[,;:!?]": "full-width punctuation",
    rf"{CHINESE}\([^)]*{CHINESE}[^)]*\)": "（）",
    rf"{CHINESE}[\"']{CHINESE}": "“”",
    r"……": "…",
    r"。 (?!\|)": "no space after 。",
}
MINGLED = re.compile(r"<[^>]+>|`[^`]*`|\{\{.*?\}\}|\[[^\]]*\]\([^)]*\)")
"""What is not prose in a page: code, tags, links."""
OTHERS = ("importing", "recording", "observing", "fleet", "mcp", "agent")
"""Rooms whose texts are not held to this yet."""
ALLOWED = frozenset({"Stop ends the run here; Continue goes on to the next node. The run fails in both cases."})
PAGES_OF_USERS = ("README.md", "README.zh.md", "docs/*.md", "docs/howto/*.md", "docs/zh/*.md", "resources/help/*.md")
NOT_HELD = frozenset(
    {"docs/style.md", "docs/decisions.md", "docs/architecture.md", "docs/howto/assistants.md", "docs/howto/fleet.md"}
)


def _texts_of_others() -> frozenset[str]:
    """Return the texts that only rooms say that are not held to the habits yet."""
    own: set[str] = set()
    others: set[str] = set()
    for path in (ROOT / "flowdesk").rglob("*.py"):
        is_other = any(part.startswith(OTHERS) for part in path.relative_to(ROOT / "flowdesk").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                (others if is_other else own).add(node.value)
    return frozenset(others - own)


def habits(text: str, known: dict[str, str]) -> Iterator[str]:
    """Yield what a text does that it should not, each with what to write instead."""
    for pattern, instead in known.items():
        found = re.search(pattern, re.sub(r"\{\w+\}", "{}", text))
        if found:
            yield f"“{found[0]}”: {instead}"


def catalogue_breaches() -> Iterator[str]:
    """Yield a sentence for each habit in the texts of the program."""
    exempt = _texts_of_others() | ALLOWED
    for path in sorted((ROOT / "resources" / "locale").glob("*.json")):
        for english, translated in json.loads(path.read_text("utf-8")).items():
            if english in exempt:
                continue
            for breach in habits(english, HABITS | INTERFACE_HABITS):
                yield f"{path.relative_to(ROOT)}: {english[:70]!r}: {breach}"
            for breach in habits(translated, CHINESE_HABITS):
                yield f"{path.relative_to(ROOT)}: {translated[:70]!r}: {breach}"


def page_breaches() -> Iterator[str]:
    """Yield a sentence for each habit in the pages for users."""
    for path in sorted({path for pattern in PAGES_OF_USERS for path in ROOT.glob(pattern)}):
        name = path.relative_to(ROOT).as_posix()
        if name in NOT_HELD:
            continue
        is_code = False
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            is_code ^= line.lstrip().startswith("```")
            if is_code:
                continue
            known = CHINESE_HABITS if re.search(CHINESE, line) and ("zh" in name or "zh_CN" in name) else HABITS
            for breach in habits(MINGLED.sub("·", line), known):
                yield f"{name}:{number}: {breach}"
