"""Processes of this system."""

import os
import subprocess
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("another system's rules", allow_module_level=True)

from flowdesk.system import birth, is_alive, split_command


def test_a_process_is_alive_until_it_has_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_alive(process.pid)
    assert is_alive(os.getpid())
    process.communicate(b"\n")
    assert not is_alive(process.pid)


def test_this_process_has_one_time_of_birth() -> None:
    assert birth(os.getpid()) == birth(os.getpid())


def test_a_command_line_is_split_as_a_shell_does() -> None:
    assert split_command("a 'b c' \"d e\"") == ["a", "b c", "d e"]
