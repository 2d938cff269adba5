"""A window on a system that lacks what Qt needs: one sentence and the command, before Qt ends the program."""

import pytest

from flowdesk.cli import main
from flowdesk.exitcodes import NO_DESKTOP
from flowdesk.system import pieces
from flowdesk.system.pieces import Piece, install_command, library, packages_of


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> Piece:
    piece = library("libno-such-library-here.so.9", "libno-such9t64", "libno-such9", why="a test")
    monkeypatch.setattr(pieces, "WINDOW", (*pieces.WINDOW, piece))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return piece


@pytest.mark.parametrize("command", ["window", "practice"])
def test_the_window_says_what_lacks(lacking: Piece, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command]) == NO_DESKTOP
    told = capsys.readouterr().err
    assert lacking.name in told
    assert install_command([lacking]) in told
    assert "Traceback" not in told


def test_the_doctor_says_what_lacks(lacking: Piece, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    assert lacking.name in capsys.readouterr().out


def test_a_package_has_the_name_of_this_release() -> None:
    (name,) = packages_of([piece for piece in pieces.WINDOW if piece.name == "libglib-2.0.so.0"])
    assert name in ("libglib2.0-0", "libglib2.0-0t64")
