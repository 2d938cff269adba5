"""A guard beside each program that a node runs: when flowdesk is killed in the middle, it ends what that program started.

A killed process can end nothing, and a flag of the kernel (``PR_SET_PDEATHSIG``) knows Linux and direct children only. So a
small shell waits at a pipe whose other end dies with flowdesk. On Windows there is none yet: there a program goes on.
"""

import contextlib
import os
import subprocess

_SHELL = "/bin/sh"
_SCRIPT = """
trap '' HUP INT QUIT TERM
leader=0
while read -r word number; do
  case $word in
    leader) leader=$number ;;
    done) exit 0 ;;
  esac
done
[ "$leader" -gt 1 ] && kill -KILL -- "-$leader"
looks=0
while [ "$looks" -lt "$2" ]; do
  found=
  for place in /proc/[0-9]*; do
    grep -qzxs "$1" "$place/environ" && kill -KILL "${place#/proc/}" && found=yes
  done
  [ "$found" ] || exit 0
  looks=$((looks + 1))
done
"""
_DISMISS_SECONDS = 1.0


class Guard:
    """The guard of one program."""

    def __init__(self, mark: str, looks: int) -> None:
        """Begin before the program does, so that no moment is without one. Where there is no shell there is no guard.

        Args:
            mark: The entry of the environment that all of it carry.
            looks: So many times the table of processes is looked through at most.
        """
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(
                [_SHELL, "-c", _SCRIPT, "flowdesk-guard", mark, str(looks)],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath}, cwd="/", start_new_session=True,
            )  # fmt: skip

    def watch(self, leader: int) -> None:
        """Know the program, which leads a group of its own."""
        self._say(f"leader {leader}")

    def dismiss(self) -> None:
        """Let the guard go: the program ended, or was ended."""
        if self._process is None:
            return
        self._say("done")
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(_DISMISS_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(f"{line}\n".encode())
                self._process.stdin.flush()
