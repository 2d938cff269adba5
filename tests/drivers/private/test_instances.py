"""A program that insists on one instance is not started beside one that runs elsewhere."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.drivers.private.instances import refuse_second
from flowdesk.model.errors import NodeError

MARK = "FLOWDESK_PRIVATE_DESKTOP=here"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Path]:
    """A process that is called as a browser is, on another desktop."""
    program = tmp_path / "thunderbird-bin"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "60"]) as process:
        yield program
        process.kill()


def test_one_that_runs_elsewhere_is_not_started_a_second_time(browser: Path) -> None:
    with pytest.raises(NodeError) as refused:
        refuse_second(["/usr/bin/thunderbird"], MARK)
    assert "--home own" in refused.value.fix


def test_one_with_a_profile_of_its_own_is(browser: Path) -> None:
    refuse_second(["/usr/bin/thunderbird", "--profile=/elsewhere"], MARK)


def test_others_are(browser: Path) -> None:
    refuse_second(["/usr/bin/mousepad"], MARK)


def test_one_that_runs_on_the_same_desktop_may_be_handed_over_to(tmp_path: Path) -> None:
    program = tmp_path / "vivaldi-bin"
    program.symlink_to("/bin/sleep")
    name, _, value = MARK.partition("=")
    with subprocess.Popen([str(program), "60"], env={**os.environ, name: value}) as process:
        refuse_second(["/usr/bin/vivaldi"], MARK)
        process.kill()
