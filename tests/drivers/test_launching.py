"""Programs start detached, and a wrong name says what to do."""

import os
import sys
from pathlib import Path

import pytest

from flowdesk.drivers.launching import launch
from flowdesk.model.errors import NodeError
from tests.rig import until


def test_a_program_starts_in_its_own_group_and_folder_without_a_shell(tmp_path: Path) -> None:
    script = "import os,sys;open('told','w').write(f'{os.getpid()} {os.getpgid(0)} {sys.argv[1]}')"
    pid = launch([sys.executable, "-c", script, "$HOME;*"], str(tmp_path))
    told = tmp_path / "told"
    until(lambda: told.exists() and told.read_text(), "the program's word")
    assert told.read_text() == f"{pid} {pid} $HOME;*"
    assert pid != os.getpgid(0)


@pytest.mark.parametrize("command", [[], [""], ["no-such-program-here"]])
def test_a_missing_program_is_an_error_with_a_fix(command: list[str]) -> None:
    with pytest.raises(NodeError) as caught:
        launch(command)
    assert caught.value.fix


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="Folder not found"):
        launch([sys.executable, "-c", ""], str(tmp_path / "gone"))


def test_a_file_that_is_no_program_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "note"
    path.write_text("hello")
    path.chmod(0o755)
    with pytest.raises(NodeError, match="Failed to start"):
        launch([str(path)])
