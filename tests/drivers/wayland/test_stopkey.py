"""Which lines of a configuration of sway bind the emergency stop."""

from pathlib import Path

import pytest

from flowdesk.drivers.wayland.stopkey import StopKey, bindings, complaint, is_stop, line


@pytest.mark.parametrize(
    ("command", "is_so"),
    [
        ("exec flowdesk stop", True),
        ("exec --no-startup-id /opt/flowdesk/bin/flowdesk stop", True),
        ("exec '/home/a b/flowdesk stop'", False),
        ('exec "flowdesk stop"', True),
        ("exec /usr/bin/python3 -m flowdesk stop", True),
        ("exec flowdesk", False),
        ("exec flowdesk run stop", False),
        ("exec notflowdesk stop", False),
        ("kill", False),
        ("exec echo flowdesk stop", False),
        ('exec echo "flowdesk', False),
    ],
)
def test_a_command_is_a_stop_or_not(command: str, is_so: bool) -> None:
    assert is_stop(command) is is_so


def test_bindings_of_the_default_mode_count_included_ones_too(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "stop.conf").write_text("bindsym Mod4+F12 exec flowdesk stop\n")
    config = """
set $mod Mod4
# bindsym Mod4+x exec flowdesk stop
bindsym --locked Ctrl+Mod1+q exec flowdesk \\
  stop
mode "resize" {
  bindsym q exec flowdesk stop
}
bindsym {
  Mod4+d exec menu
}
include more/*.conf
bar {
  position top
}
"""
    found = [(keys, " ".join(command.split())) for keys, command in bindings(config, str(tmp_path / "config"))]
    assert found == [("Ctrl+Mod1+q", "exec flowdesk stop"), ("Mod4+d", "exec menu"), ("Mod4+F12", "exec flowdesk stop")]


def test_what_is_lacking_is_said() -> None:
    assert "No key is bound" in str(complaint(None))
    assert "does not find" in str(complaint(StopKey("Mod4+q", "/nowhere/flowdesk", is_found=False)))
    assert complaint(StopKey("Mod4+q", "flowdesk", is_found=True)) is None


def test_the_proposed_line_is_one() -> None:
    ((keys, command),) = bindings(line(), "")
    assert keys == "Ctrl+Mod1+q"
    assert is_stop(command)
