"""Texts in Kate, Geany, FeatherPad and L3afpad, written, saved as, and read from the files."""

import pytest

from tests.apps.conftest import Job, Step

pytestmark = [pytest.mark.apps, pytest.mark.desktop, pytest.mark.timeout(240)]

TEXT = "naïve (test) [brackets] {x}\nzweite Zeile: äöü\n第三行\n"


def _saved_by_dialog(
    job: Job,
    command: list[str],
    window: str,
    field: str = "text_field[name='Name']",
    button: str = "Save",
    before: tuple[Step, ...] = (),
) -> None:
    target = job.folder / "note.txt"
    dialog = "window=/Save/"
    job.runs(
        ("launch", {"command": command}),
        ("wait", {"selector": window, "timeout": 40_000}),
        *before,
        ("input", {"selector": window, "text": TEXT}),
        ("menu", {"selector": window, "path": ["File", "Save As"]}),
        ("input", {"selector": f"{dialog} >> {field}", "text": str(target), "clearFirst": True}),
        ("click", {"selector": f"{dialog} >> button[name='{button}']"}),
        ("wait", {"until": "file", "path": str(target)}),
    )  # fmt: skip
    assert target.read_text("utf-8") == TEXT


def test_kate(job: Job) -> None:
    page: Step = ("click", {"selector": "window=/Kate/ >> button[name='New File']"})
    field = "text_field[name='File name:']"
    _saved_by_dialog(job, ["kate", "--startanon", "--new"], "window=/Kate/", field, before=(page,))


def test_featherpad(job: Job) -> None:
    _saved_by_dialog(
        job, ["featherpad", "--standalone"], "window=/FeatherPad|Untitled/", "text_field[name='File name:']"
    )


def test_geany(job: Job) -> None:
    _saved_by_dialog(job, ["geany", "--new-instance"], "window=/Geany/")


def test_l3afpad(job: Job) -> None:
    _saved_by_dialog(job, ["l3afpad"], "window=/Untitled/", button="Save As")
