"""Starting flowdesk at each login, so that triggers outlive a restart: by XDG autostart, a systemd user unit, or Task Scheduler."""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from flowdesk.exitcodes import SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable, MissingPiece
from flowdesk.model.sentence import say
from flowdesk.session.storage import write_atomically
from flowdesk.system import login_way

NAME = "flowdesk-triggers"


def install(options: argparse.Namespace) -> int:
    """Let flowdesk start at each login."""
    how = _how(options.how)
    words = [*_program(), "serve", *(["--port", str(options.port)] if options.port is not None else [])]
    if how == "task":
        _schtasks("/Create", "/F", "/SC", "ONLOGON", "/TN", NAME, "/TR", subprocess.list2cmdline(words))
        return _say(options, how, NAME, installed=True)
    path = _place(how)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (_desktop_entry(words) if how == "autostart" else _unit(words)).encode())
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=path, reason=system_cause(error)),
            say("Make the folder writable."),
        ) from error
    if how == "systemd":
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", path.name)
    return _say(options, how, str(path), installed=True)


def uninstall(options: argparse.Namespace) -> int:
    """Take it back, however it was installed."""
    removed = ""
    for how in ("autostart", "systemd"):
        path = _place(how)
        if options.how in {"auto", how} and path.exists():
            if how == "systemd" and shutil.which("systemctl"):
                _systemctl("disable", "--now", path.name, must=False)
            path.unlink()
            removed = str(path)
    if login_way() == "task":
        _schtasks("/Delete", "/F", "/TN", NAME)
        removed = NAME
    return _say(options, options.how, removed, installed=False)


def _say(options: argparse.Namespace, how: str, place: str, *, installed: bool) -> int:
    if options.json:
        print(json.dumps({"installed": installed, "how": how, "place": place or None}, ensure_ascii=False))
    elif installed:
        print(tr(say("flowdesk serve now starts at each login: {place}", place=place)))
        if how == "autostart":
            print(tr(say("It starts at the next login. For now, run flowdesk serve.")))
    else:
        print(tr(say("Removed: {place}", place=place) if place else say("It was not installed.")))
    return SUCCEEDED


def _how(wanted: str) -> str:
    way = login_way()
    if way == "task":
        return way
    if not way:
        raise MissingPiece(
            say("flowdesk cannot install itself on macOS."),
            say("Add the command flowdesk serve to the login items in the system settings."),
        )
    return "autostart" if wanted == "auto" else wanted


def _program() -> list[str]:
    """Return how flowdesk is started on this machine."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    found = shutil.which("flowdesk", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    return [found] if found else [sys.executable, "-m", "flowdesk"]


def _place(how: str) -> Path:
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    if how == "autostart":
        return config / "autostart" / f"{NAME}.desktop"
    return config / "systemd" / "user" / f"{NAME}.service"


def _desktop_entry(words: list[str]) -> str:
    """Return an entry of the Desktop Application Autostart Specification."""
    return (
        "[Desktop Entry]\nType=Application\nName=flowdesk\nComment=Starts flows by themselves\n"
        f"Exec={' '.join(_entry_word(word) for word in words)}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
    )


def _entry_word(word: str) -> str:
    """Quote an argument of Exec (Desktop Entry Specification, "The Exec key")."""
    escaped = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in word).replace("%", "%%")
    return f'"{escaped}"'.replace("\\", "\\\\")


def _unit(words: list[str]) -> str:
    line = " ".join(shlex.quote(word).replace("%", "%%").replace("$", "$$") for word in words)
    return (
        "[Unit]\nDescription=flowdesk: starts flows by themselves\nPartOf=graphical-session.target\n"
        "After=graphical-session.target\n\n"
        f"[Service]\nExecStart={line}\nRestart=on-failure\nRestartSec=5\n\n"
        "[Install]\nWantedBy=graphical-session.target default.target\n"
    )


def _systemctl(*words: str, must: bool = True) -> None:
    program = shutil.which("systemctl")
    if program is None:
        raise MissingPiece(
            say("systemctl not found: this system does not use systemd."), say("Use --how autostart, or run flowdesk serve yourself.")
        )  # fmt: skip
    done = subprocess.run([program, "--user", *words], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0 and must:
        raise MissingPiece(
            say("systemd refused: {reason}", reason=(done.stderr or done.stdout).strip()[:300]),
            say("The unit is saved. To enable it, run systemctl --user enable --now flowdesk-triggers in a session."),
        )


def _schtasks(*words: str) -> None:
    done = subprocess.run(["schtasks", *words], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0:
        raise MissingPiece(
            say("Task Scheduler refused: {reason}", reason=(done.stderr or done.stdout).strip()[:300]),
            say("Start flowdesk serve at login another way."),
        )
