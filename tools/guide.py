"""The documentation as pages that flowdesk carries: Help in window and page leads there, without a network.

`tools/docs.py` writes them to ``resources/guide`` from ``docs``, in the order of ``mkdocs.yml``. What is not for users is left out.
"""

import html
import json
import posixpath
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LEFT_OUT = ("architecture.md", "style.md", "decisions.md", "index.md", "howto/index.md", "reference/tables-compared.md")
"""Pages about the project itself, and lists of the pages."""
CHINESE = "zh/"
HEADINGS = {
    "": ("First steps", "入门"),
    "How to": ("How to", "操作指南（英文）"),
    "Reference": ("Reference", "参考（英文）"),
}
"""Names of the sections of the navigation, in both languages."""
WORDS = {"en": ("User guide", "Contents"), "zh_CN": ("使用手册", "目录")}
_MARKDOWN = MarkdownIt("commonmark").enable("table")


def files() -> dict[str, bytes]:
    """Return every file of the guide, by its path below ``resources/guide``."""
    made: dict[str, bytes] = {}
    for name in _wanted():
        made[_page(name)] = _whole(name).encode()
    for language in WORDS:
        made[f"index.{language}.html"] = _index(language).encode()
    made["contents.json"] = (json.dumps(contents(), ensure_ascii=False, indent=1) + "\n").encode()
    made["guide.css"] = STYLE.encode()
    for picture in sorted(_pictures()):
        made[picture] = (DOCS / picture).read_bytes()
    return made


def contents() -> dict[str, list[dict[str, Any]]]:
    """Return the sections for each language: ``title``, and ``pages`` with ``file`` and ``title``."""
    return {"en": _sections(0, translated={}), "zh_CN": _sections(1, translated=_translated())}


def _sections(column: int, translated: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for section, names in _navigation().items():
        if section not in HEADINGS:
            continue
        chosen = [translated.get(name, name) for name in names]
        pages = [{"file": _page(name), "title": _title(name)} for name in chosen]
        found.append({"title": HEADINGS[section][column], "pages": pages})
    return found


def _translated() -> dict[str, str]:
    return {name.removeprefix(CHINESE): name for name in _wanted() if name.startswith(CHINESE)}


@cache
def _navigation() -> dict[str, list[str]]:
    """Return the pages of each section, as ``mkdocs.yml`` has them."""
    text = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:\n", 1)[1]
    sections: dict[str, list[str]] = {"": []}
    section = ""
    for line in text.splitlines():
        if heading := re.fullmatch(r"  - (.+):", line):
            section = heading[1]
        elif page := re.fullmatch(r"( +)- (\S+\.md)", line):
            section = section if len(page[1]) > 2 else ""
            if page[2] not in LEFT_OUT:
                sections.setdefault(section, []).append(page[2])
    return sections


def _wanted() -> list[str]:
    return [name for names in _navigation().values() for name in names]


def _page(name: str) -> str:
    return name.removesuffix(".md") + ".html"


@cache
def _tokens(name: str) -> list[Token]:
    return _MARKDOWN.parse((DOCS / name).read_text("utf-8"))


def _title(name: str) -> str:
    tokens = _tokens(name)
    at = next(number for number, token in enumerate(tokens) if token.type == "heading_open")
    return _plain(tokens[at + 1])


def _plain(inline: Token) -> str:
    return "".join(part.content for part in inline.children or () if part.type in ("text", "code_inline"))


def slug(heading: str, taken: set[str]) -> str:
    """Return the anchor of a heading, as the documentation's site makes it."""
    text = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    text = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())
    name, number = text, 0
    while not name or name in taken:
        number += 1
        name = f"{text}_{number}"
    taken.add(name)
    return name


def _type_of(heading: Token, name: str) -> str:
    """Return the id of a node type from its heading, by which both editors find its section."""
    last = heading.children[-1] if heading.children else None
    is_type = name == "reference/nodes.md" and last is not None and last.type == "code_inline"
    return f"type-{last.content}" if is_type and last is not None else ""


def _whole(name: str) -> str:
    tokens, taken = _MARKDOWN.parse((DOCS / name).read_text("utf-8")), set[str]()
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _type_of(tokens[at + 1], name) or slug(_plain(tokens[at + 1]), taken))
        for part in token.children or ():
            _relink(part, name)
        _drop_dead(token)
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    language = "zh_CN" if name.startswith(CHINESE) else "en"
    return _framed(_page(name), _title(name), body, language)


def _relink(part: Token, name: str) -> None:
    """Point a link from one page to another at the page as it is called here; what is not carried becomes plain text."""
    if part.type != "link_open":
        return
    href = str(part.attrGet("href"))
    if re.match(r"[a-z]+:|#", href):
        return
    file, _, anchor = href.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file))
    if target in _wanted():
        page = posixpath.relpath(_page(target), posixpath.dirname(name) or ".")
        part.attrSet("href", page + (f"#{anchor}" if anchor else ""))
    else:
        part.attrSet("href", "")


def _drop_dead(token: Token) -> None:
    kept, is_dead = [], False
    for part in token.children or ():
        if part.type == "link_open" and not part.attrGet("href"):
            is_dead = True
        elif part.type == "link_close" and is_dead:
            is_dead = False
        else:
            kept.append(part)
    if token.children:
        token.children = kept


def _pictures() -> set[str]:
    found = set()
    for name in _wanted():
        for token in _tokens(name):
            for part in token.children or ():
                if part.type == "image":
                    path = posixpath.join(posixpath.dirname(name), str(part.attrGet("src")))
                    found.add(posixpath.normpath(path))
    return found


def _index(language: str) -> str:
    rows = []
    for section in contents()[language]:
        links = "".join(
            f'<li><a href="{page["file"]}">{html.escape(page["title"])}</a></li>\n' for page in section["pages"]
        )
        rows.append(f"<h2>{html.escape(section['title'])}</h2>\n<ul>\n{links}</ul>\n")
    title = WORDS[language][0]
    return _framed(f"index.{language}.html", title, f"<h1>{title}</h1>\n{''.join(rows)}", language)


def _framed(file: str, title: str, body: str, language: str) -> str:
    up = "../" * file.count("/")
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if language == "zh_CN" else "en"}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{html.escape(title)} · flowdesk</title>\n<link rel="stylesheet" href="{up}guide.css">\n'
        f'<nav><a href="{up}index.{language}.html">{WORDS[language][1]}</a></nav>\n<main>\n{body}</main>\n</html>\n'
    )


STYLE = """\
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 54rem; padding: 1rem 1.25rem 4rem; font: 16px/1.55 system-ui, "Noto Sans CJK SC", sans-serif; }
nav { font-size: 0.9rem; padding: 0.25rem 0 0.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.3rem; margin-top: 2rem; }
h3 { font-size: 1.08rem; margin-top: 1.5rem; }
img { max-width: 100%; border-radius: 6px; }
pre, code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.9em; }
code { background: color-mix(in srgb, currentColor 10%, transparent); border-radius: 4px; padding: 0.1em 0.3em; }
pre { background: color-mix(in srgb, currentColor 8%, transparent); border-radius: 6px; overflow-x: auto; padding: 0.75rem 1rem; }
pre code { background: none; padding: 0; }
main { overflow-wrap: break-word; }
table { border-collapse: collapse; display: block; max-width: 100%; overflow-x: auto; }
th, td { border: 1px solid color-mix(in srgb, currentColor 22%, transparent); padding: 0.35rem 0.6rem; text-align: left; vertical-align: top; }
a { color: light-dark(#2456c8, #8ab4f8); }
"""
