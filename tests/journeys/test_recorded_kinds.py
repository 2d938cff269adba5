"""What is easily recorded wrongly, recorded in real programs and done again: one job for each kind of mistake."""

from pathlib import Path

import pytest

from tests.apps.bench import does_the_same_again
from tests.apps.otherjobs import JOBS
from tests.rig import Apps

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(300)]

KINDS = {
    "gtk3desk-cell": "the editor of a cell is in no tree, and a password field is shown beside it",
    "gtk3desk-submenu": "the menu in a context menu that only can be read",
    "qt5desk-form": "a field over which the list of a combo box was, and a field for numbers that does not say that it can be edited",
    "pagedesk-form": "a choice by keys in a list of a page, which is named by the label around it",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_recorded_job_does_the_same_again(apps: Apps, tmp_path: Path, kind: str) -> None:
    job = next(job for job in JOBS if job.id == kind)
    does_the_same_again(apps, tmp_path, job, ("clean",))
