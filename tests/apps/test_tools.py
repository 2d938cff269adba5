"""A terminal, a file manager, a desktop wiki: what they did stands on disk."""

import pytest

from tests.apps.conftest import Job

pytestmark = [pytest.mark.apps, pytest.mark.desktop, pytest.mark.timeout(240)]


def test_commands_in_a_terminal(job: Job) -> None:
    out = job.folder / "out.txt"
    window = "window=/Terminal/"
    job.runs(
        ("launch", {"command": ["xfce4-terminal", "--disable-server", "--title", "Terminal", "--execute", "sh"]}),
        ("input", {"selector": window, "text": f"printf '%s|' a 'b c' \"é\" > {out}\n", "timeout": 20_000}),
        ("wait", {"until": "file", "path": str(out)}),
    )
    assert out.read_text("utf-8") == "a|b c|é|"


def test_a_folder_is_renamed_in_thunar(job: Job) -> None:
    place = job.folder / "files"
    for name in ("alpha", "beta", "gamma"):
        (place / name).mkdir(parents=True)
    window = "window=/^files/"
    job.runs(
        ("launch", {"command": ["thunar", str(place)]}),
        ("click", {"selector": f"{window} >> text=beta", "timeout": 90_000}),
        ("keys", {"keys": ["f2"]}),
        ("input", {"selector": "window=/Rename/ >> text_field", "text": "Verträge 2026", "clearFirst": True}),
        ("click", {"selector": "window=/Rename/ >> button[name='Rename']"}),
        ("wait", {"selector": "window=/Rename/", "state": "disappear"}),
    )
    assert sorted(one.name for one in place.iterdir()) == ["Verträge 2026", "alpha", "gamma"]


def test_a_page_in_zim(job: Job) -> None:
    notebook = job.folder / "notes"
    notebook.mkdir()
    (notebook / "notebook.zim").write_text("[Notebook]\nversion=0.4\nname=Notes\nhome=Home\n")
    window = "window=/Notes/"
    job.runs(
        ("launch", {"command": ["zim", str(notebook)]}),
        ("wait", {"selector": window, "timeout": 40_000}),
        ("menu", {"selector": window, "path": ["File", "New Page"]}),
        ("input", {"selector": 'window="New Page" >> text_field', "text": "Plan", "clearFirst": True}),
        ("click", {"selector": 'window="New Page" >> button[name="OK"]'}),
        ("wait", {"selector": "window=/Plan/"}),
        ("input", {"text": "Erste Zeile — 第一行"}),
        ("menu", {"selector": window, "path": ["File", "Save"]}),
        ("wait", {"until": "file", "path": str(notebook / "Plan.txt")}),
    )  # fmt: skip
    assert "Erste Zeile — 第一行" in (notebook / "Plan.txt").read_text("utf-8")


def test_a_site_in_filezilla_and_what_it_asks_meanwhile(job: Job) -> None:
    saved = job.home / ".config" / "filezilla" / "sitemanager.xml"
    window = 'window="Site Manager"'
    asked = "window=/Remember passwords/"
    job.runs(
        ("launch", {"command": ["filezilla"]}),
        ("click", {"selector": "window=/Welcome/ >> button[name='OK']", "timeout": 20_000}),
        ("menu", {"selector": "window=/FileZilla/", "path": ["File", "Site Manager"]}),
        ("click", {"selector": f"{window} >> button[name='New site']", "timeout": 8000}),
        ("input", {"text": "Mein Server\n"}),
        ("input", {"selector": f"{window} >> text=Host: >> right-of=text_field", "text": "ftp.example.org"}),
        ("input", {"selector": f"{window} >> text=User: >> right-of=text_field", "text": "张三"}),
        ("click", {"selector": f"{window} >> button[name='OK']"}),
        # It asks; what only waits for the file is told so, and by which dialog.
        ("wait", {"until": "file", "path": str(saved), "timeout": 1500, "onError": "continue"}),
        ("setVariable", {"name": "said", "value": "{{error.details.dialog}}", "onError": "continue"}),
        ("click", {"selector": f"{asked} >> button[name='OK']"}),
        ("wait", {"until": "file", "path": str(saved)}),
    )
    text = saved.read_text("utf-8")
    assert "<Host>ftp.example.org</Host>" in text
    assert "<User>张三</User>" in text
    assert "<Name>Mein Server</Name>" in text
