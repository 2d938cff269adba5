"""Connecting to the X server without an ``.Xauthority``, and telling what is wrong."""

import os
import stat
import threading
from pathlib import Path

import pytest
from Xlib import X, Xatom, error

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.authority import EMPTY_AUTHORITY
from tests.rig import Rig


def test_a_readable_authority_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "auth"
    path.touch()
    monkeypatch.setenv("XAUTHORITY", str(path))
    x11.provide_authority()
    assert os.environ["XAUTHORITY"] == str(path)


def test_a_missing_authority_is_replaced_by_one_that_only_we_can_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XAUTHORITY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    x11.provide_authority()
    path = Path(os.environ["XAUTHORITY"])
    monkeypatch.setenv("XAUTHORITY", str(path))
    assert path.parent == tmp_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_planted_in_the_shared_folder_is_not_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "gone"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / f"flowdesk-xauthority-{os.getuid()}").symlink_to(victim)
    x11.provide_authority()
    assert victim.read_text() == "precious"


def test_nobody_reads_a_half_written_authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / f"flowdesk-xauthority-{os.getuid()}"
    seen = set()
    for _ in range(50):
        monkeypatch.setenv("XAUTHORITY", str(tmp_path / "gone"))
        threads = [threading.Thread(target=x11.provide_authority) for _ in range(2)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            if path.exists():
                seen.add(path.read_bytes())
        path.unlink(missing_ok=True)
    assert seen <= {EMPTY_AUTHORITY}


def test_a_whole_authority_is_not_written_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / f"flowdesk-xauthority-{os.getuid()}"
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "gone"))
    x11.provide_authority()
    before = path.stat()
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "gone"))
    x11.provide_authority()
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.desktop
def test_it_connects_without_an_authority_file(
    clean_desktop: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "gone"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    display = x11.connect()
    try:
        assert not x11.is_xwayland(display)
        assert x11.property_text(display, x11.root_of(display).id, "NO_SUCH_PROPERTY") == ""
        assert x11.property_values(display, 0x7FFFFFF, "WM_NAME") == ()
    finally:
        display.close()
    assert capsys.readouterr().out == ""


@pytest.mark.desktop
def test_a_connection_answers_after_an_exception_inside_it(desktop_rig: Rig) -> None:
    display = x11.connect()
    connection = display.display
    parse = connection.parse_response

    def broken(request: object) -> int:
        connection.parse_response = parse
        raise KeyboardInterrupt

    connection.parse_response = broken
    with pytest.raises(KeyboardInterrupt):
        display.query_keymap()
    # In a thread of its own: what is tested is that it does not wait for ever.
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(display.screen().root.get_geometry().width), daemon=True)
    thread.start()
    thread.join(10)
    assert answers == [1600]
    display.close()


@pytest.mark.desktop
def test_a_value_that_the_server_refuses_leaves_the_connection_usable(clean_desktop: Rig) -> None:
    display = x11.connect()
    try:
        root, name = x11.root_of(display), display.intern_atom("FLOWDESK_SHORT")
        root.change_property(name, Xatom.STRING, 8, b"short")
        with pytest.raises(error.BadValue):
            root.get_property(name, X.AnyPropertyType, 100, 5)
        assert root.get_full_property(name, X.AnyPropertyType).value in (b"short", "short")
        root.delete_property(name)
        display.sync()
    finally:
        display.close()
