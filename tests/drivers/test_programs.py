"""What programs are, by the classes of their windows."""

import pytest

from flowdesk.drivers.programs import habit_of


@pytest.mark.parametrize(
    ("names", "habit"),
    [
        ({"xterm", "uxterm"}, "terminal"),
        ({"org.gnome.terminal", "gnome-terminal-server"}, "terminal"),
        ({"vncviewer", "tigervnc viewer"}, "viewer"),
        ({"qemu-system-x86_64"}, "viewer"),
        ({"xfreerdp"}, "viewer"),
        ({"virtualbox machine"}, "viewer"),
        ({"gvim", "vim-gtk3"}, "modal"),
        ({"emacs"}, "emacs"),
        ({"emacs-29.1"}, "emacs"),
        ({"mousepad"}, "plain"),
        (set(), "plain"),
    ],
)
def test_a_class_says_what_a_program_takes(names: set[str], habit: str) -> None:
    assert habit_of(names) == habit
