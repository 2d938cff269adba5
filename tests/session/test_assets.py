"""Pictures are read and written beside the flow only: through no link, and none that is a bomb."""

import base64
import os
from pathlib import Path

import pytest

from flowdesk.model.errors import FileUnwritable, FlowUnreadable, RequestInvalid
from flowdesk.session.assets import copy_pictures, get_picture, put_picture
from tests.model.test_measure import bomb

PNG = b"\x89PNG\r\n\x1a\n0000"


def put(folder: Path, name: str, content: bytes = PNG) -> str:
    return put_picture(folder, name, base64.b64encode(content).decode())


def test_a_picture_is_kept_and_another_of_its_name_gets_a_number(tmp_path: Path) -> None:
    assert put(tmp_path / "a.assets", "ok.png") == "ok.png"
    assert put(tmp_path / "a.assets", "ok.png") == "ok.png"
    assert put(tmp_path / "a.assets", "ok.png", PNG + b"1") == "ok-2.png"
    assert get_picture(tmp_path / "a.assets", None) == {"names": ["ok-2.png", "ok.png"]}
    assert base64.b64decode(get_picture(tmp_path / "a.assets", "ok.png")["data"]) == PNG


def test_links_are_neither_listed_nor_read_nor_copied_nor_written_through(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG + b"secret")
    folder = tmp_path / "a.assets"
    folder.mkdir()
    os.symlink(secret, folder / "planted.png")
    os.mkfifo(folder / "pipe.png")
    assert get_picture(folder, None) == {"names": []}
    for name in ("planted.png", "pipe.png", "../secret.png"):
        with pytest.raises(FlowUnreadable):
            get_picture(folder, name)
    copy_pictures(folder, tmp_path / "b.assets")
    assert not (tmp_path / "b.assets").exists()
    assert put(folder, "planted.png") == "planted-2.png"
    assert secret.read_bytes() == PNG + b"secret"


def test_a_folder_that_is_a_link_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.png").write_bytes(PNG)
    os.symlink(tmp_path / "elsewhere", tmp_path / "a.assets")
    assert get_picture(tmp_path / "a.assets", None) == {"names": []}
    with pytest.raises(FileUnwritable):
        put(tmp_path / "a.assets", "ok.png")
    assert [file.name for file in (tmp_path / "elsewhere").iterdir()] == ["x.png"]


@pytest.mark.parametrize("content", [b"no picture", bomb(30_000, 30_000)])
def test_what_is_no_picture_or_a_bomb_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RequestInvalid):
        put(tmp_path, "x.png", content)


@pytest.mark.parametrize("name", ["", "..", "a/b.png", ".hidden.png", "CON.png", "x" * 90])
def test_names_that_are_no_files_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestInvalid):
        put(tmp_path, name)
