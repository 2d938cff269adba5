"""A file that was made here bears no sign of elsewhere; a downloaded one, and another person's, do."""

import contextlib
import os
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("looks at marks of Linux and macOS", allow_module_level=True)

from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.system.posix import MARKS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "a.flow.json"
    made.write_text("{}", "utf-8")
    return made


def test_what_this_user_wrote_has_no_sign(file: Path) -> None:
    assert not is_from_elsewhere(file)
    assert not is_from_elsewhere(file.with_name("is not there"))


def test_the_folder_of_downloads_is_a_sign(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(file.parent))
    assert is_from_elsewhere(file)
    link = file.parent.parent / "link.flow.json"
    link.symlink_to(file)
    assert is_from_elsewhere(link)


def test_the_mark_of_a_download_is_a_sign(file: Path) -> None:
    with contextlib.suppress(OSError):  # not every file system keeps marks
        os.setxattr(file, MARKS[0], b"https://example.org/a.flow.json")
    assert is_from_elsewhere(file) == (MARKS[0] in os.listxattr(file))


def test_another_owner_is_a_sign(file: Path) -> None:
    with contextlib.suppress(PermissionError):  # only the administrator may give files away
        os.chown(file, 12345, -1)
    assert is_from_elsewhere(file) == (file.stat().st_uid == 12345)
