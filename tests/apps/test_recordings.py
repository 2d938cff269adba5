"""Jobs that a person does with mouse and keys in programs of every toolkit, recorded by `flowdesk record` and done again by what it wrote.

Each recording runs without an edit on a program that was started afresh; then with its window elsewhere and of another size; with other
data in its fields; in another theme, and larger. What the program has of the work in the end must be the same each time.
"""

from pathlib import Path

import pytest

from tests.apps.bench import Job, does_the_same_again
from tests.apps.recorded import (
    Calc,
    Chromium,
    Gtk3,
    Gtk4,
    Mousepad,
    Practice,
    Qt,
    Swing,
    Terminal,
    Tk,
    Wx,
)
from tests.rig import Apps

pytestmark = [pytest.mark.desktop, pytest.mark.apps, pytest.mark.timeout(900)]

AGREE, NAME = "check_box[name='I agree']", "text_field[name='Name']"

JOBS = (
    Job(Gtk3, "form", (("click", AGREE), ("fill", NAME, "Zhang San 42")), 2, (("fill", NAME, "Old"), ("click", AGREE))),
    Job(Gtk3, "menu", (("open", "menu_item[name='File']", "menu_item[name='New']"),), 1),
    Job(
        Gtk3, "choices",
        (("open", "combo_box[name='Destination']", "menu_item[name='Rome']"), ("click", "radio_button[name='Train']")), 2,
        (("click", "radio_button[name='Plane']"),),
    ),
    Job(Gtk3, "list", (("click", "tab[name='Lists']"), ("click", "table_cell[name='Beta']")), 2),
    Job(
        Mousepad, "letter", (("click", "text_area"), ("type", "Dear 王芳,"), ("keys", "Return"), ("type", "yours"), ("keys", "ctrl+s")), 2,
    ),
    Job(Gtk4, "form", (("click", AGREE), ("fill", NAME, "Li Lei")), 2, (("fill", NAME, "Old"), ("click", AGREE))),
    Job(
        Gtk4, "choices", (("click", "combo_box[name='Destination']"), ("keys", "Down", "Down", "Return"), ("click", "button[name='Bold']")), 2,
    ),
    Job(Qt, "form", (("click", AGREE), ("fill", NAME, "Mei"), ("click", "button[name='Plain']")), 3, (("fill", NAME, "Old"),)),
    Job(
        Qt, "menus",
        (
            ("open", "menu_item[name='File']", "menu_item[name='Open Recent']", "menu_item[name='two.txt']"),
            ("open", "combo_box[name='Destination']", "list_item[name='Rome']"),
        ), 2,
    ),
    Job(Qt, "table", (("click", "tab[name='Tables']"), ("click", "table_cell[name='张三']")), 2),
    Job(
        Swing, "form",
        (("click", AGREE), ("fill", NAME, "Olga"), ("open", "combo_box[name='Destination']", "[name='Paris']")), 3,
        (("fill", NAME, "Old"),),
    ),
    Job(Swing, "menu", (("open", "menu_item[name='File']", "menu_item[name='Save']"),), 1),
    Job(Wx, "form", (("click", AGREE), ("open", "combo_box[name='Destination']", "menu_item[name='Rome']")), 2, (("click", AGREE),)),
    Job(Wx, "lists", (("click", "tab[name='Lists']"), ("click", "table_cell[name='Line 3']")), 2),
    Job(
        Chromium, "page",
        (("fill", "text_field[name='Field'], text_area[name='Field']", "Grüße"), ("click", AGREE), ("click", "radio_button[name='Train']")), 3,
        (("fill", "text_field[name='Field'], text_area[name='Field']", "Old"),),
    ),
    Job(
        Chromium, "choices",
        (("open", "button[name='More']", "menu_item[name='Delete']"), ("click", "tab[name='Lists']")), 3,
    ),
    Job(
        Calc, "cells", (("drag", "table_cell[name='A2']", "table_cell[name='B2']"), ("keys", "Delete", "ctrl+s")), 3,
    ),
    Job(
        Practice, "booking",
        (
            ("fill", NAME, "Anna"), ("open", "combo_box[name='City']", "list_item[name='Shanghai']"),
            ("click", AGREE), ("click", "button[name='Submit']"),
        ), 4,
        (("fill", NAME, "Old"),),
    ),
    Job(Tk, "order", (("fill", "Customer", "Zhang San"), ("click", "Express delivery"), ("click", "Save order")), 3),
    Job(Terminal, "command", (("type", "echo done > out.txt"), ("keys", "Return")), 2),
)  # fmt: skip


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id)
def test_a_recorded_job_does_the_same_again(apps: Apps, tmp_path: Path, job: Job) -> None:
    does_the_same_again(apps, tmp_path, job)
