"""What appears while somebody is recorded: programs that are started, and windows that the next step has to wait for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flowdesk.engine.observing import Hit, Look, Program
from flowdesk.engine.ports import Window
from flowdesk.session.recording.meaning import program_of, scope_of
from flowdesk.session.recording.steps import Aim, Step

FROM = 1.0
"""Seconds: what appears sooner is there before the next step misses it."""
TIMES = 3.0
"""So many times as long as it took is it waited for."""
LEAST, MOST = 3.0, 600.0
"""Seconds for which every step looks for its target anyway, and at the most."""


def patience(seconds: float) -> float:
    """Return for how long to wait for what took some seconds to come."""
    return min(MOST, max(LEAST, TIMES * seconds))


def wait_for(hit: Hit) -> list[Step]:
    """Return the wait for what came in a window after the last input, before which nobody went on."""
    if hit.news is None:
        return []
    place, seconds = hit.news
    aim = Aim(hit.moment, place, "element", None, window=hit.window)
    step = Step("wait", {"state": "appear"}, {"selector": aim}, 0.0, hit.window, seconds_text(seconds))
    return [step.within(patience(seconds))]


def seconds_text(seconds: float) -> str:
    """Return a time as a note has it."""
    return f"{seconds:.1f} s"


@dataclass
class Appearing:
    """The windows that are known, and those that took long to appear."""

    _known: dict[int, Window] | None = None
    _touched: set[int] = field(default_factory=set)
    """Processes in whose windows something was done: what they start is theirs."""
    _fresh: dict[int, tuple[float, str]] = field(default_factory=dict)
    """Windows in which nothing was done yet: how many seconds each took to appear, and its selector."""

    def touch(self, pid: int) -> None:
        """Know that something was done in a window of a process."""
        if pid:
            self._touched.add(pid)

    def note(self, look: Look, last_input: float) -> list[tuple[Window, Program]]:
        """Take in which windows there are, and return those of programs that nobody recorded started."""
        known, self._known = self._known, {window.id: window for window in look.windows}
        if known is None:
            return []
        self._fresh = {number: fresh for number, fresh in self._fresh.items() if number in self._known}
        pids = {window.pid for window in known.values()}
        started: list[tuple[Window, Program]] = []
        for window in look.windows:
            if window.id in known:
                continue
            program = look.programs.get(window.pid)
            is_first = window.pid not in pids and all(window.pid != other.pid for other, _ in started)
            if program is not None and is_first and not self._touched & {window.pid, *program.parents}:
                started.append((window, program))
            elif last_input > float("-inf") and (scope := scope_of(window, look.windows)):
                self._fresh[window.id] = look.at - last_input, scope
        return started

    def timed(self, steps: Sequence[Step]) -> list[Step]:
        """Put before each step the wait for its window, if that took long to appear."""
        found: list[Step] = []
        for step in steps:
            fresh = self._fresh.pop(step.window.id, None) if step.window is not None else None
            # What has no target of its own would go to the window before.
            is_blind = step.type in ("keys", "input") and "selector" not in step.aims
            if fresh is not None and (fresh[0] >= FROM or is_blind):
                seconds, scope = fresh
                note = f"{program_of(step.window)}: {seconds:.1f} s"
                wait = Step("wait", {"selector": scope, "state": "appear"}, {}, step.at, step.window, note)
                found.append(wait.within(patience(seconds)))
            found.append(step)
        return found
