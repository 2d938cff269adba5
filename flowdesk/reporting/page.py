"""A report as one HTML file: nothing is fetched, nothing runs in it, and it looks right in light and dark and on paper."""

import base64
import json
import mimetypes
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from html import escape
from typing import Any

from flowdesk import __version__
from flowdesk.explaining import sections
from flowdesk.i18n import retold, translated
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.nodes.words import choice_word
from flowdesk.reporting.reading import Report, Step
from flowdesk.resource import resource_path
from flowdesk.session.history import LARGEST_PICTURE
from flowdesk.session.plainfiles import read_plain_file

MOST_PICTURE_BYTES = 24 * 1024 * 1024
"""Bytes of pictures that the page carries; what takes more is named only."""
LONGEST = 4000
"""Characters of a value that are shown."""
STATUSES = {
    "succeeded": say("Succeeded"),
    "failed": say("Failed"),
    "stopped": say("Stopped"),
    "interrupted": say("Interrupted"),
}
STATES = {
    "running": say("Running"),
    "success": say("Success"),
    "error": say("Error"),
    "skipped": say("Skipped"),
    "cancelled": say("Cancelled"),
}
SIGNS = {"success": "✓", "error": "✗", "skipped": "–", "cancelled": "■", "running": "▶"}


class Page:
    """Draws one report."""

    def __init__(
        self, report: Report, catalogue: Catalogue, language: str, most_picture_bytes: int = MOST_PICTURE_BYTES
    ) -> None:
        """Draw in ``language``: ``en`` or ``zh_CN``."""
        self._report = report
        self._catalogue = catalogue
        self._language = language
        self._room = most_picture_bytes
        self._shown: set[str] = set()
        """Pictures that the page carries already."""

    def html(self) -> str:
        """Return the whole page. Blocks while it reads the pictures."""
        report, say_it = self._report, self._say
        name = str(report.about.get("name") or say_it(say("Untitled")))
        body = "".join(
            (self._head(name), self._what_happened(), self._facts(), self._verdicts(), self._steps(), self._log(),
             self._pictures(), self._foot())
        )  # fmt: skip
        style = resource_path("report", "report.css").read_text("utf-8")
        tag = "zh-CN" if self._language == "zh_CN" else "en"
        policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        title = f"{name} – {say_it(STATUSES.get(report.status, report.status))}"
        return (
            f'<!doctype html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
        )

    def _say(self, text: str) -> str:
        return translated(text, self._language)

    def _retold(self, text: object) -> str:
        return retold(str(text), self._language)

    # -- the parts ----------------------------------------------------------------------------------------------------

    def _head(self, name: str) -> str:
        status = self._report.status
        word = self._say(STATUSES.get(status, say("Running")))
        return f'<header><p class="badge {escape(status)}">{escape(word)}</p><h1>{escape(name)}</h1></header>\n'

    def _what_happened(self) -> str:
        report = self._report
        outcome, node_id = report.outcome, report.node_id
        label = report.label(node_id)
        if report.status == "interrupted":
            told = say("flowdesk closed during this run.")
            if node_id:
                told = say('flowdesk closed during this run, at node "{node}".', node=label)
            text = f"<p>{escape(self._say(told))}</p>"
        else:
            text = f"<p>{escape(self._retold(outcome.get('message') or ''))}</p>" if outcome.get("message") else ""
        if node_id and report.status == "failed":
            where = self._say(say('It failed at "{node}".', node=label))
            step = next((step for step in reversed(report.steps) if step.node_id == node_id and step.error), None)
            link = f'<a href="#s{step.number}">{escape(where)}</a>' if step is not None else escape(where)
            text = f'<p class="where">{link}</p>{text}'
        if outcome.get("fix"):
            text += f'<p class="fix">{escape(self._retold(outcome["fix"]))}</p>'
        text += self._meaning(str(outcome.get("code") or ""))
        text += self._picture(self._telling_picture())
        result = outcome.get("result")
        if result not in (None, "", {}, []):
            text += f"<h3>{escape(self._say(say('Result')))}</h3>{self._value(result)}"
        return f'<section class="what">{text}</section>\n' if text else ""

    def _meaning(self, code: str) -> str:
        text = sections(self._language).get(code, "") if code else ""
        if not text:
            return ""
        parts = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
        return f"<details><summary>{escape(self._say(say('What this error means')))}</summary>{parts}</details>"

    def _telling_picture(self) -> str:
        return next((step.picture for step in reversed(self._report.steps) if step.error and step.picture), "")

    def _facts(self) -> str:
        about, outcome = self._report.about, self._report.outcome
        ended, started = about.get("ended"), about.get("started")
        counts = counted if isinstance(counted := outcome.get("counts"), dict) else {}
        known: list[tuple[str, str]] = [
            (say("Started"), _at(started)),
            (say("Duration"), self._lasting(float(ended) - float(started)) if ended and started else ""),
            (say("Started by"), self._retold(about.get("started_by") or "")),
            (say("Desktop"), self._say(say("On a separate desktop")) if about.get("desktop") == "private" else ""),
            (say("Nodes"), " · ".join(
                f"{self._say(STATES[state])}: {count}" for state, count in counts.items() if state in STATES and count
            )),
            (say("File"), str(about.get("path") or "")),
            (say("Folder"), str(self._report.folder.absolute())),
            (say("Run"), str(about.get("run_id"))),
            (say("Missing from the record"), ", ".join(about.get("lost") or {})),
        ]  # fmt: skip
        rows = "".join(
            f"<div><dt>{escape(self._say(name))}</dt><dd>{escape(value)}</dd></div>" for name, value in known if value
        )
        return f'<dl class="facts">{rows}</dl>\n'

    def _verdicts(self) -> str:
        found = self._report.verdicts
        if not found:
            return ""
        rows = "".join(
            f'<tr class="{"success" if each.is_passed else "error"}"><td class="sign">{"✓" if each.is_passed else "✗"}</td>'
            f"<td>{escape(each.label)}</td><td>{escape(self._retold(each.message))} {escape(each.found)}</td></tr>"
            for each in found
        )
        return self._section(say("Checks"), f"<table>{rows}</table>")

    def _steps(self) -> str:
        report = self._report
        begun = float(report.about.get("started") or 0.0)
        rows, before = [], 0
        for step in report.steps:
            if step.number > before + 1:
                told = self._say(say("{count} steps are left out here.", count=step.number - before - 1))
                rows.append(f'<p class="gap">{escape(told)}</p>')
            rows.append(self._step(step, begun))
            before = step.number
        if report.skipped:
            told = self._say(say("Skipped: {names}", names=", ".join(map(report.label, report.skipped))))
            rows.append(f'<p class="gap">{escape(told)}</p>')
        return self._section(say("Steps"), "".join(rows)) if rows else ""

    def _step(self, step: Step, begun: float) -> str:
        node = self._report.nodes.get(step.node_id)
        node_type = self._catalogue.get(node.type) if node is not None else None
        short = (
            node_type.summarise(step.settings, partial(choice_word, translate=self._say))
            if node_type is not None
            else ""
        )
        title = self._say(node_type.title) if node_type is not None else ""
        passes = "".join(f"[{number + 1}]" for number in step.iteration)
        state = self._say(STATES.get(step.status, say("Running")))
        took = self._lasting(step.duration) if step.duration is not None else ""
        line = (
            f'<span class="sign" title="{escape(state)}">{SIGNS.get(step.status, "▶")}</span>'
            f'<span class="at">{escape(self._lasting(max(0.0, step.started - begun)))}</span>'
            f"<b>{escape(self._report.label(step.node_id))}</b><i>{escape(passes)}</i>"
            f'<span class="short">{escape(short[:200])}</span><span class="took">{escape(took)}</span>'
        )
        is_open = " open" if step.status in {"error", "running"} else ""
        return (
            f'<details id="s{step.number}" class="step {escape(step.status)}"{is_open}><summary>{line}</summary>'
            f'<div class="inner">{self._inside(step, title)}</div></details>'
        )

    def _inside(self, step: Step, title: str) -> str:
        text = f'<p class="type">{escape(title)}</p>' if title else ""
        if step.error:
            text += f'<p class="error">{escape(self._retold(step.error.get("message") or step.message))}</p>'
            if step.error.get("fix"):
                text += f'<p class="fix">{escape(self._retold(step.error["fix"]))}</p>'
        elif step.message:
            text += f"<p>{escape(self._retold(step.message))}</p>"
        node = self._report.nodes.get(step.node_id)
        node_type = self._catalogue.get(node.type) if node is not None else None
        titles = {spec.key: self._say(spec.title) for spec in node_type.fields} if node_type is not None else {}
        text += self._values(say("Settings"), {titles.get(key, key): value for key, value in step.settings.items()})
        if step.result is not None:
            text += f"<h4>{escape(self._say(say('Result')))}</h4>{self._value(step.result)}"
        text += self._values(say("Changed variables"), step.changed)
        return text + self._picture(step.picture)

    def _log(self) -> str:
        report = self._report
        if not report.lines:
            return ""
        gap = ""
        if report.lines_left_out:
            told = self._say(say("{count} lines before these are left out.", count=report.lines_left_out))
            gap = f'<p class="gap">{escape(told)}</p>'
        rows = "".join(
            f'<tr class="{escape(line.level)}"><td class="at">{_clock(line.at)}</td>'
            f"<td>{escape(report.label(line.node_id)) if line.node_id else ''}</td>"
            f"<td>{escape(self._retold(line.message))}</td></tr>"
            for line in report.lines
        )
        return self._section(say("Log"), f'{gap}<table class="log">{rows}</table>')

    def _pictures(self) -> str:
        report = self._report
        names = [path.relative_to(report.folder).as_posix() for path in report.pictures]
        shown = "".join(self._picture(name) for name in names if name not in self._shown)
        return self._section(say("Images"), f'<div class="pictures">{shown}</div>') if shown else ""

    def _foot(self) -> str:
        told = self._say(
            say("Written by flowdesk {version}. Secrets appear as •••; images show the screen as it was.", version=__version__)
        )  # fmt: skip
        return f"<footer>{escape(told)}</footer>\n"

    # -- pieces -------------------------------------------------------------------------------------------------------

    def _section(self, title: str, content: str) -> str:
        return f"<section><h2>{escape(self._say(title))}</h2>{content}</section>\n"

    def _values(self, title: str, values: Mapping[str, Any]) -> str:
        told = {name: value for name, value in values.items() if value not in (None, "", [], {})}
        if not told:
            return ""
        rows = "".join(f"<tr><td>{escape(name)}</td><td>{self._value(value)}</td></tr>" for name, value in told.items())
        return f'<h4>{escape(self._say(title))}</h4><table class="values">{rows}</table>'

    def _value(self, value: Any) -> str:
        if is_table(value):
            return _table(value)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)
        cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        return f"<pre>{escape(cut)}</pre>"

    def _picture(self, name: str) -> str:
        """Return a picture, the first time it is asked for; afterwards nothing: a page carries each once."""
        if not name or name in self._shown:
            return ""
        self._shown.add(name)
        path = self._report.folder / name
        try:
            size = path.stat().st_size
            content = read_plain_file(path, LARGEST_PICTURE) if size <= self._room else None
        except OSError:
            content = None
        if content is None:
            told = self._say(say("{name} is in the run's folder.", name=name))
            return f'<p class="gap">{escape(told)}</p>'
        self._room -= len(content)
        kind = mimetypes.guess_type(name)[0] or "image/png"
        source = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        return (
            f'<figure><label><input type="checkbox"><img src="{source}" alt="{escape(name)}"></label>'
            f"<figcaption>{escape(name)}</figcaption></figure>"
        )

    def _lasting(self, seconds: float) -> str:
        if seconds < 60:
            return self._say(say("{seconds} s", seconds=f"{seconds:.2f}"))
        minutes, rest = divmod(round(seconds), 60)
        return self._say(say("{minutes} min {seconds} s", minutes=minutes, seconds=rest))


def is_table(value: Any) -> bool:
    """Whether a value is a list of rows with names, small enough to be drawn as a table."""
    return (
        isinstance(value, list)
        and 0 < len(value) <= 50
        and all(isinstance(row, dict) and 0 < len(row) <= 12 for row in value)
        and not any(isinstance(cell, dict | list) for row in value for cell in row.values())
    )


def _table(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{escape(str(name))}</th>" for name in names)

    def cells(row: Mapping[str, Any]) -> Iterable[str]:
        return (f"<td>{escape('' if row.get(name) is None else str(row[name])[:LONGEST])}</td>" for name in names)

    body = "".join(f"<tr>{''.join(cells(row))}</tr>" for row in rows)
    return f'<table class="rows"><tr>{head}</tr>{body}</table>'


def _at(stamp: Any) -> str:
    return datetime.fromtimestamp(float(stamp)).astimezone().strftime("%Y-%m-%d %H:%M:%S %z") if stamp else ""


def _clock(stamp: float) -> str:
    return datetime.fromtimestamp(stamp).astimezone().strftime("%H:%M:%S")
