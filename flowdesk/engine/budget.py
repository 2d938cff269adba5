"""What one evaluation of an expression may cost, and the errors inside it.

A thread cannot be killed, so every operation is bounded by the size of what it is given or makes, and asks here before it
makes it and while it goes through a list. What remains over the bound is one operation of the interpreter on 16 MB.
"""

import sys
from collections.abc import Callable
from time import thread_time
from typing import Any

from flowdesk.model.sentence import Sentence, say

SECONDS = 0.2
"""Seconds of processor time."""
STEPS = 1_000_000
"""Small steps that a machine at rest makes in that time, and more. An expression of fewer gets ``MOST_SECONDS``."""
MOST_SECONDS = 0.4
"""Beside other programs a processor takes up to twice its time for the same work (measured: 1.7 times in one of ten trials,
2.4 at most), and the machine's load shall fail no flow."""
BYTES = 16_000_000
"""Bytes that an evaluation may make in all, and that its result may take when it is written."""
TICKS = 256
"""Small steps between two looks at the clock."""
LARGE = 32_000
"""Bytes from which an operation looks at the clock by itself."""
ITEM = 64
"""Bytes that an item of a list is taken for, at least."""


class Failing(Exception):
    """Why an expression cannot be worked out; becomes ``ValueUnusable`` at its edge."""

    def __init__(self, message: Sentence, fix: Sentence | None = None) -> None:
        """Keep the end of a sentence and a fix; the place is added on the way out."""
        super().__init__(str(message))
        self.message = message
        self.fix = fix
        self.at: int | None = None


class Absent(Failing):
    """There is no such variable or part."""


class Spent(Failing):
    """The expression took too long, or too much."""


class Budget:
    """What is left for one evaluation."""

    __slots__ = ("_begin", "_bytes", "_clock", "_seconds", "_steps", "_ticks")

    def __init__(self, seconds: float = SECONDS, size: int = BYTES, clock: Callable[[], float] = thread_time) -> None:
        """Begin to count."""
        self._clock = clock
        self._begin = clock()
        self._seconds = seconds
        self._bytes = size
        self._ticks = 0
        self._steps = 0

    @property
    def steps(self) -> int:
        """How many small steps were made."""
        return self._steps + self._ticks

    def tick(self, count: int = 1) -> None:
        """Count small steps.

        Raises:
            Spent: If the time is over.
        """
        self._ticks += count
        if self._ticks >= TICKS:
            self._steps += self._ticks
            self._ticks = 0
            self.check()

    def check(self) -> None:
        """Look at the clock.

        Raises:
            Spent: If the time is over.
        """
        spent = self._clock() - self._begin
        if spent > self._seconds and (self._steps > STEPS or spent > self._seconds * MOST_SECONDS / SECONDS):
            raise Spent(say("it takes too long"), say("Use less data, or several steps."))

    @property
    def seconds(self) -> float:
        """The time that is left for one regular expression, at least a little."""
        return max(0.02, self._begin + self._seconds - self._clock())

    def spend(self, size: int) -> None:
        """Account for bytes that are about to be made.

        Raises:
            Spent: If that is too much, or the time is over.
        """
        self._bytes -= size
        if self._bytes < 0:
            raise Spent(say("it creates more than {most} MB", most=BYTES // 1_000_000), say("Use less data."))
        if size > LARGE:
            self.check()

    def made(self, value: Any) -> Any:
        """Account for a text or list that was made, whose size was bounded before."""
        self.spend(sys.getsizeof(value))
        return value
