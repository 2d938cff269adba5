"""The key that stops every run where the desktop tells no program of keys: a shortcut of the user's that starts `flowdesk stop`.

GNOME keeps such shortcuts in its settings, KDE Plasma and Wayfire in files. No element is operated without one. Other compositors
keep them where flowdesk cannot look, so that nothing is operated there.
"""

import ast
import configparser
import contextlib
import importlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from flowdesk.drivers.wayland import session
from flowdesk.drivers.wayland.stopkey import Known, StopKey, own_command, stopping_program
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import Sentence, say

SECONDS = 2.0
"""How long what was found is taken for granted."""
PATIENCE = 3.0
"""Seconds that GNOME's settings may take to answer."""
MOST = 100
"""So many shortcuts are looked at."""
_MEDIA_KEYS = "org.gnome.settings-daemon.plugins.media-keys"
_DAEMON = "org.gnome.SettingsDaemon.MediaKeys"
"""The program of GNOME that starts what a shortcut names."""

_NO_KEYS = frozenset({"", "none", "disabled"})
"""What stands for keys where there are none."""

Shortcut = tuple[str, str]
"""Keys, and the command that they start."""


# -- GNOME


def _gnome() -> Iterator[Shortcut]:
    """Yield the shortcuts of GNOME's settings that somebody added."""
    if not _is_running(_DAEMON):
        return
    for place in _setting(_MEDIA_KEYS, "custom-keybindings")[:MOST]:
        schema = f"{_MEDIA_KEYS}.custom-keybinding:{place}"
        keys, command = _setting(schema, "binding"), _setting(schema, "command")
        if isinstance(keys, str) and isinstance(command, str) and keys:
            yield keys, command


def _setting(schema: str, key: str) -> str | list[str]:
    """Return a setting, an empty list where it cannot be read."""
    program = shutil.which("gsettings")
    if program is None:
        return []
    try:
        told = subprocess.run(
            [program, "get", schema, key], capture_output=True, text=True, timeout=PATIENCE, check=True
        ).stdout
        value = ast.literal_eval(told.strip().removeprefix("@as "))
    except (OSError, subprocess.SubprocessError, ValueError, SyntaxError):
        return []
    return value if isinstance(value, str | list) else []


def _is_running(name: str) -> bool:
    """Whether a program of the session has a name on its bus."""
    try:
        jeepney, blocking = importlib.import_module("jeepney"), importlib.import_module("jeepney.io.blocking")
        bus = jeepney.DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        with blocking.open_dbus_connection("SESSION") as connection:
            asked = jeepney.new_method_call(bus, "NameHasOwner", "s", (name,))
            return bool(connection.send_and_get_reply(asked, timeout=PATIENCE).body[0])
    except Exception:  # noqa: BLE001 - jeepney raises its own, the socket's and the system's errors
        return False


# -- KDE Plasma


def _kde() -> Iterator[Shortcut]:
    """Yield the shortcuts of commands: a file of the menu for each command, and one file for the keys of all."""
    for group, keys in _keys_of(_config_home() / "kglobalshortcutsrc"):
        entry = _entry(group)
        if keys and entry is not None and (command := _read(entry).get("Desktop Entry", {}).get("Exec", "")):
            yield keys, command


def _keys_of(file: Path) -> Iterator[Shortcut]:
    """Yield the file of the menu and the keys of each program that keys start."""
    for section, values in _read(file).items():
        group = section.removeprefix("services][")
        if group.endswith(".desktop"):
            told = values.get("_launch", "").split(",")[0].split("\\t")[0].strip()
            if told and told != "none":
                yield group, told


def _entry(name: str) -> Path | None:
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for folder in (data, *shared.split(":")):
        for inner in ("kglobalaccel", "applications"):
            path = Path(folder, inner, os.path.basename(name))
            if path.is_file():
                return path
    return None


# -- Wayfire


def _wayfire() -> Iterator[Shortcut]:
    """Yield the shortcuts of commands in Wayfire's configuration."""
    place = os.environ.get("WAYFIRE_CONFIG_FILE") or str(_config_home() / "wayfire.ini")
    groups = _read(Path(place))
    if "command" not in groups.get("core", {}).get("plugins", "command").split():
        return  # the part of Wayfire that starts them is off
    commands = groups.get("command", {})
    for key, keys in commands.items():
        if key.startswith("binding_"):
            yield keys, commands.get("command_" + key.removeprefix("binding_"), "")


def _config_home() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _read(file: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the groups of a configuration file, none where it cannot be read."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",), default_section="")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        with contextlib.suppress(configparser.ParsingError):  # what it can read it has read
            parser.read_string(file.read_text("utf-8", "replace"))
    except (OSError, configparser.Error):
        return {}
    return {section: dict(parser[section]) for section in parser.sections()}


_SHORTCUTS: Mapping[str, Callable[[], Iterator[Shortcut]]] = MappingProxyType(
    {"gnome": _gnome, "kde": _kde, "wayfire": _wayfire}
)


def _place() -> str:
    """Return where shortcuts are kept in this session, empty where that is not known."""
    which = session.kind()
    return "wayfire" if session.is_wayfire() else which if which in _SHORTCUTS else ""


def look() -> StopKey | None:
    """Return the key that is bound to `flowdesk stop`, the first whose program is there; None where there is none."""
    shortcuts, best = _SHORTCUTS.get(_place()), None
    for keys, command in shortcuts() if shortcuts is not None else ():
        program = stopping_program(command)
        if program and keys.strip().lower() not in _NO_KEYS:
            found = StopKey(keys, program, shutil.which(os.path.expanduser(program)) is not None)
            if found.is_found:
                return found
            best = best or found
    return best


def complaint(found: StopKey | None) -> Sentence | None:
    """Say why nothing stops a run; None where a key does."""
    if not _place():
        return say("flowdesk cannot find out which key stops runs in this session, so it operates nothing here.")
    if found is None:
        return say("No key is bound to flowdesk stop, so nothing could stop a run. No input is sent.")
    if not found.is_found:
        return say(
            "{keys} is bound to {program}, which is not there. Nothing could stop a run, so no input is sent.",
            keys=found.keys, program=found.program,
        )  # fmt: skip
    return None


def fix() -> Sentence:
    """Say how to bind it."""
    place, command = _place(), own_command()
    if place == "gnome":
        return say(
            "In Settings, Keyboard, View and Customize Shortcuts, Custom Shortcuts, add one for Ctrl+Alt+Q with the command: {command}",
            command=command,
        )
    if place == "kde":
        return say("In System Settings, Shortcuts, add a command with the keys Ctrl+Alt+Q: {command}", command=command)
    if place == "wayfire":
        return say(
            "Add these lines to the section [command] of wayfire.ini: {lines}",
            lines=f"binding_stop = <ctrl> <alt> KEY_Q; command_stop = {command}",
        )
    return session.elsewhere()


_known = Known(SECONDS)
forget = _known.forget


def require() -> None:
    """Return where a key stops every run.

    Raises:
        DesktopUnavailable: If none does; says how to bind one.
    """
    reason = complaint(_known.get(_place(), look))
    if reason is not None:
        raise DesktopUnavailable(reason, fix())
