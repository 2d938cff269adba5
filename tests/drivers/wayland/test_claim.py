"""One flowdesk at a time has a desktop of Wayland: a lock on a file, and another that shows who waits."""

import subprocess
import sys
from pathlib import Path

import pytest

from flowdesk.drivers.turns import take_in_turn
from flowdesk.drivers.wayland.claim import DesktopClaim
from flowdesk.model.errors import DesktopUnavailable

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no Wayland on Windows")
OTHER = """
import sys
from flowdesk.drivers.wayland.claim import DesktopClaim
claim = DesktopClaim()
print(claim.take("Elsewhere"), flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")


def test_the_second_is_told_what_the_first_does_and_is_waited_for() -> None:
    first, second = DesktopClaim(), DesktopClaim()
    assert take_in_turn(first, "Fill the form") is None
    assert not first.is_wanted()
    assert (take_in_turn(second, "Another") or "").startswith("Fill the form (")
    assert second.is_waiting
    assert first.is_wanted()
    first.let_go()
    assert take_in_turn(second, "Another") is None
    assert not first.is_wanted()
    assert (take_in_turn(first, "Fill the form") or "").startswith("Another (")
    first.close()
    second.close()


def test_what_a_killed_process_had_or_waited_for_is_free(tmp_path: Path) -> None:
    first = DesktopClaim()
    for has_it in (True, False):
        assert has_it or first.take("Fill the form") is None
        with subprocess.Popen(
            [sys.executable, "-c", OTHER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            told = other.stdout.readline()
            assert (told == "None\n") is has_it
            assert first.is_wanted() is not has_it
            if has_it:
                assert (first.take("Fill the form") or "").startswith("Elsewhere (")
                first.let_go()
            other.kill()
        assert not first.is_wanted()
    first.close()


def test_a_folder_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "none"))
    with pytest.raises(DesktopUnavailable, match="unknown which flowdesk"):
        DesktopClaim().take("Fill the form")
