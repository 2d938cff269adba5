"""Which shortcuts of a desktop's own settings stop every run."""

from pathlib import Path

import pytest

from flowdesk.drivers.wayland import boundkeys
from flowdesk.model.errors import DesktopUnavailable

ENTRY = "[Desktop Entry]\nType=Application\nExec={command}\n"


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SWAYSOCK", "WAYFIRE_CONFIG_FILE", "WAYFIRE_SOCKET", "HYPRLAND_INSTANCE_SIGNATURE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", "")
    (tmp_path / "flowdesk").write_text("#!/bin/sh\n")
    (tmp_path / "flowdesk").chmod(0o755)
    boundkeys.forget()


def _plasma(tmp_path: Path, group: str, launch: str, command: str) -> None:
    (tmp_path / "applications").mkdir(exist_ok=True)
    (tmp_path / "applications" / "stop.desktop").write_text(ENTRY.format(command=command))
    (tmp_path / "kglobalshortcutsrc").write_text(f"[kwin]\nKill=Meta+Esc,none,Kill\n\n[{group}]\n_launch={launch}\n")


@pytest.mark.parametrize(
    ("group", "launch"), [("stop.desktop", "Ctrl+Alt+Q,none,stop"), ("services][stop.desktop", "Ctrl+Alt+Q")]
)
def test_a_command_of_plasma_is_found_in_both_ways_of_writing_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, group: str, launch: str
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    _plasma(tmp_path, group, launch, f"{tmp_path}/flowdesk stop")
    found = boundkeys.look()
    assert found is not None
    assert (found.keys, found.is_found) == ("Ctrl+Alt+Q", True)
    boundkeys.require()


@pytest.mark.parametrize(
    ("launch", "command", "word"),
    [
        ("none,none,stop", "flowdesk stop", "No key is bound"),
        ("Ctrl+Alt+Q,none,stop", "flowdesk run stop", "No key is bound"),
        ("Ctrl+Alt+Q,none,stop", "/nowhere/flowdesk stop", "is not there"),
    ],
)
def test_what_stops_nothing_is_refused_with_how_to_bind_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, launch: str, command: str, word: str
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    _plasma(tmp_path, "stop.desktop", launch, command)
    with pytest.raises(DesktopUnavailable, match=word) as caught:
        boundkeys.require()
    assert "flowdesk stop" in caught.value.fix


def test_a_command_of_wayfire_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Wayfire")
    (tmp_path / "wayfire.ini").write_text(
        "# mine\n[core]\nplugins = command\n\n[command]\nbinding_menu = <super> KEY_D\ncommand_menu = menu\n"
        f"binding_stop = <ctrl> <alt> KEY_Q\ncommand_stop = {tmp_path}/flowdesk stop\n"
    )
    found = boundkeys.look()
    assert found is not None
    assert found.keys == "<ctrl> <alt> KEY_Q"
    boundkeys.require()


@pytest.mark.parametrize(
    ("plugins", "keys"),
    [("plugins = cube expo\n", "<ctrl> KEY_Q"), ("", "none"), ("", "disabled"), ("plugins = command\n", "")],
)
def test_a_command_of_wayfire_that_no_key_starts_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plugins: str, keys: str
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Wayfire")
    settings = f"[core]\n{plugins}[command]\nbinding_stop = {keys}\ncommand_stop = {tmp_path}/flowdesk stop\n"
    (tmp_path / "wayfire.ini").write_text(settings)
    with pytest.raises(DesktopUnavailable, match="No key is bound"):
        boundkeys.require()


def test_a_line_of_wayfire_that_is_none_hides_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Wayfire")
    (tmp_path / "wayfire.ini").write_text(
        "[core]\nplugins = \\\n  cube \\\n  command\na line\n"
        f"[command]\nbinding_stop = <ctrl> KEY_Q\ncommand_stop = {tmp_path}/flowdesk stop\n"
    )
    boundkeys.require()
