"""What the ``assert`` nodes of a run found: each told as an event, and what failed kept until the run's end."""

from collections.abc import Callable, Mapping
from typing import Any

from flowdesk.engine.failures import Ending
from flowdesk.engine.visits import Visit
from flowdesk.model.errors import FlowdeskError, VerdictFailed
from flowdesk.model.events import RunEvent, RunVerdict
from flowdesk.model.flow import Node
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.model.verdict import Verdict

MOST_SENTENCES = 100
"""Sentences of failed verdicts that a run keeps; further ones are told and counted."""


class Verdicts:
    """The verdicts of one run, those of the flows that it calls included."""

    def __init__(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        """Begin with none."""
        self._run_id = run_id
        self._emit = emit
        self.passed = 0
        self.failed = 0
        self.sentences: list[str] = []
        """Of the failed ones, at most ``MOST_SENTENCES``."""
        self._first: tuple[VerdictFailed, Node] | None = None

    def let_go(self) -> None:
        """Tell nobody any more: the run ended."""
        del self._emit

    def add(
        self, visit: Visit, outcome: Verdict | VerdictFailed, duration: float, within: tuple[str, ...] = ()
    ) -> None:
        """Tell what a node found, after its last attempt.

        Args:
            visit: The visit of the node.
            outcome: The verdict, as an error where it failed.
            duration: Seconds that the visit took.
            within: Labels of the subflow nodes around it, outermost first.
        """
        node = visit.step.node
        told = RunVerdict(
            self._run_id, node.id, node.label, duration=duration, iteration=visit.iteration, within=within
        )
        if isinstance(outcome, Verdict):
            self.passed += 1
            told.message = outcome.statement
        else:
            self.failed += 1
            self._first = self._first or (outcome, node)
            told.is_passed, told.message, told.found = False, str(outcome.message), outcome.verdict.found
            told.picture = outcome.details.get("picture")
            if len(self.sentences) < MOST_SENTENCES:
                self.sentences.append(str(outcome.message))
        self._emit(told)

    def rule(self, ending: Ending) -> Ending:
        """Return how a run ends: one in which a verdict failed does not succeed, and all that failed is said."""
        state, error, node = ending
        if self._first is None or state is RunState.STOPPED:
            return ending
        if error is not None and not _is_of_verdict(error.payload()):
            return ending
        first, judged = self._first
        if self.failed == 1:
            return RunState.FAILED, error or first, node or judged
        count = self.passed + self.failed
        sentences = " · ".join(self.sentences)
        sentence = say(
            "{failed} of {count} checks failed: {sentences}", failed=self.failed, count=count, sentences=sentences
        )
        return RunState.FAILED, _Failed(sentence, first.fix), node or judged

    def payload(self) -> dict[str, Any] | None:
        """Return what a run's end tells of them, ``None`` where nothing was judged."""
        if not self.passed + self.failed:
            return None
        return {"passed": self.passed, "failed": self.failed, "failures": list(self.sentences)}


def _is_of_verdict(error: Mapping[str, Any]) -> bool:
    """Whether an error is that of a verdict, of this flow or of one that it called."""
    while isinstance(error.get("subflow_error"), Mapping):
        error = error["subflow_error"]
    return error.get("code") == VerdictFailed.code


class _Failed(FlowdeskError):
    """Several verdicts failed."""

    code = VerdictFailed.code
