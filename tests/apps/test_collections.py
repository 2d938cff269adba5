"""Accounts, tags, sheets of cells, a drawing, a page of notes, a plan: what stands in the files that were saved."""

import gzip
import re
import zlib
from pathlib import Path

import pytest

from tests.apps.conftest import Job, Step

pytestmark = [pytest.mark.apps, pytest.mark.desktop, pytest.mark.timeout(240)]

_LONG = 20_000
"""Milliseconds that a program may take to show what a click led to."""


def _saved_by_dialog(path: Path) -> list[Step]:
    """The steps of a dialog of GTK or KDE that asks where to save."""
    window = "window=/Save/"
    return [
        ("input", {"selector": f"{window} >> text_field[name='Name:']", "text": str(path), "clearFirst": True, "timeout": _LONG}),
        ("click", {"selector": f"{window} >> button[name='Save']"}),
        ("wait", {"until": "file", "path": str(path)}),
    ]  # fmt: skip


def _next() -> Step:
    return "click", {"selector": "button[name='Next']", "timeout": _LONG}


def test_an_account_in_homebank(job: Job) -> None:
    saved = job.folder / "money.xhb"
    job.runs(
        ("launch", {"command": ["homebank"]}),
        ("click", {"selector": "button[name='Create a new file']", "timeout": 40_000}),
        _next(),
        ("input", {"selector": "text_field[name='Title:']", "text": "Müller 张", "clearFirst": True, "timeout": _LONG}),
        _next(),
        _next(),
        _next(),
        ("input", {"selector": "text=Name: >> right-of=text_field", "text": "Girokonto (1)", "timeout": _LONG}),
        _next(),
        ("click", {"selector": "button[name='Apply']", "timeout": _LONG}),
        ("menu", {"selector": "window=/- HomeBank/", "path": ["File", "Save As"], "timeout": _LONG}),
        *_saved_by_dialog(saved),
    )
    text = saved.read_text("utf-8")
    assert 'title="Müller 张"' in text
    assert re.findall(r'<account [^>]* name="([^"]*)"', text) == ["Girokonto (1)"]


def test_tags_of_a_song_in_easytag(job: Job) -> None:
    frame = bytes([0xFF, 0xFB, 0x90, 0x00]) + bytes(413)
    for name in ("a.mp3", "b.mp3"):
        (job.folder / name).write_bytes(frame * 60)
    window = "window=EasyTAG"
    job.runs(
        ("launch", {"command": ["easytag", str(job.folder)]}),
        ("click", {"selector": f"{window} >> table_cell[name='b.mp3']", "timeout": 40_000}),
        ("input", {"selector": f"{window} >> text=Title: >> right-of=text_field", "text": "Grüße — 张", "timeout": _LONG}),
        # A narrow field with an icon beside its middle that would write the year into all songs.
        ("input", {"selector": f"{window} >> text_field[name='Year:']", "text": "2026", "timeout": _LONG}),
        ("menu", {"selector": window, "path": ["File", "Save Files"], "timeout": _LONG}),
        ("wait", {"until": "stable", "timeout": _LONG}),
    )  # fmt: skip
    held = (job.folder / "b.mp3").read_bytes()
    assert b"TIT2" in held
    assert "Grüße — 张".encode("utf-16-le") in held
    assert re.search(rb"TYER[\x00-\x09]{6,8}2026", held) is not None
    assert b"TYER" not in (job.folder / "a.mp3").read_bytes()


def test_cells_in_treesheets(job: Job) -> None:
    saved = job.folder / "plan.cts"
    window = "window=/TreeSheets/"
    job.runs(
        ("launch", {"command": ["treesheets"]}),
        ("keys", {"selector": window, "keys": ["ctrl", "n"], "timeout": 40_000}),
        ("click", {"selector": "button[name='OK']", "timeout": _LONG}),
        ("input", {"selector": window, "text": "Plan (张)", "timeout": _LONG}),
        ("keys", {"keys": ["tab"]}),
        ("input", {"text": "Größe 5"}),
        ("keys", {"keys": ["enter"]}),
        ("menu", {"selector": window, "path": ["File", "Save As"], "timeout": _LONG}),
        ("input", {"selector": "active >> text_field[name='Name:']", "text": str(saved), "clearFirst": True, "timeout": _LONG}),
        ("click", {"selector": "active >> button[name='Save']"}),
        ("wait", {"until": "file", "path": str(saved)}),
    )  # fmt: skip
    held = saved.read_bytes()
    cells = zlib.decompress(held[held.index(b"\x78") :])
    first, second = (cells.find(text.encode()) for text in ("Plan (张)", "Größe 5"))
    assert 0 < first < second


def test_a_rectangle_in_kolourpaint(job: Job) -> None:
    from PIL import Image

    saved = job.folder / "drawn.png"
    window = "window=/KolourPaint/"
    job.runs(
        ("launch", {"command": ["kolourpaint"]}),
        ("window", {"selector": window, "action": "maximize", "timeout": 40_000}),
        ("click", {"selector": f"{window} >> button[name='Rectangle']", "timeout": _LONG}),
        ("drag", {"selector": f"{window} >> point=400,200", "to": f"{window} >> point=560,300"}),
        ("menu", {"selector": window, "path": ["File", "Save As"], "timeout": _LONG}),
        *_saved_by_dialog(saved),
    )
    with Image.open(saved) as picture:
        drawn = picture.convert("L").point(lambda light: 255 - light).getbbox()
    assert drawn is not None
    assert (drawn[2] - drawn[0], drawn[3] - drawn[1]) == (161, 101)


def test_a_note_in_xournal(job: Job) -> None:
    saved = job.folder / "note.xopp"
    window = "window=/Xournal/"
    job.runs(
        ("launch", {"command": ["xournalpp"]}),
        ("menu", {"selector": window, "path": ["Tools", "Text"], "timeout": 40_000}),
        ("click", {"selector": f"{window} >> point=320,160"}),
        ("input", {"text": "Notiz (张) — ü"}),
        ("menu", {"selector": window, "path": ["File", "Save As"], "timeout": _LONG}),
        *_saved_by_dialog(saved),
    )
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", gzip.decompress(saved.read_bytes()).decode("utf-8"))
    assert texts == ["Notiz (张) — ü"]
