"""The doctor answers for every desktop, quickly, and never raises."""

import os
import subprocess
import sys
import time

import pytest

from flowdesk.drivers import doctor
from tests.rig import Apps, Rig

pytestmark = pytest.mark.desktop


def test_a_whole_desktop_is_fit(apps: Apps) -> None:
    apps.zenity("--info", "--text", "x")
    begun = time.monotonic()
    answers = {check.name: check for check in doctor.checks()}
    assert time.monotonic() - begun < 2 * doctor.PATIENCE
    required = [check for check in answers.values() if check.is_required]
    assert [check for check in required if not check.is_ok] == []
    assert "Openbox" in answers["window manager"].message
    assert "1600x1000" in answers["screen capture"].message
    assert answers["elements"].is_ok
    assert all(check.fix for check in answers.values() if not check.is_ok)


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"DISPLAY": ""}, "display", "DISPLAY"),
        ({"DISPLAY": ":4711"}, "display", ":4711"),
        ({"XDG_SESSION_TYPE": "wayland"}, "screen capture", "Wayland"),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere", "AT_SPI_BUS_ADDRESS": ""}, "elements", "bus"),
    ],
)
def test_what_is_lacking_is_said_with_a_fix(desktop_rig: Rig, changes: dict[str, str], name: str, words: str) -> None:
    program = (
        "from flowdesk.drivers.doctor import checks\n"
        f"for check in checks():\n    if check.name == {name!r}: print(check.is_ok, check.message, '|', check.fix)\n"
    )
    env = {key: value for key, value in {**os.environ, **changes}.items() if value}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    is_ok, _, rest = done.stdout.partition(" ")
    message, _, fix = rest.partition("|")
    assert is_ok == "False", done.stdout
    assert words in message
    assert fix.strip()
