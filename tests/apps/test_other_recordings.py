"""The jobs of ``otherjobs``, judged like those of ``test_recordings``."""

from pathlib import Path

import pytest

from tests.apps.bench import Job, does_the_same_again
from tests.apps.otherjobs import JOBS
from tests.rig import Apps

pytestmark = [pytest.mark.desktop, pytest.mark.apps, pytest.mark.timeout(900)]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id)
def test_a_recorded_job_does_the_same_again(apps: Apps, tmp_path: Path, job: Job) -> None:
    does_the_same_again(apps, tmp_path, job)
