"""Every error that flowdesk raises for a person to read.

::

    FlowdeskError               code, message, fix
    |-- FlowUnreadable          the file or message is not a flow
    |-- FlowTooNew              written by a newer flowdesk
    |-- FlowInvalid             validation found faults; carries the problems
    |-- ChangeRefused           an edit that cannot be applied to the document
    |   '-- StaleRevision       the edit was made against an older revision
    |-- FileChanged             the file on disk is not the one that was opened
    |   '-- FileExists          another file has this name already
    |-- FileInUse               others have the flow open, or it runs, or holds edits that are not saved
    |-- FileUnwritable          a file or folder cannot be written
    |-- SelectorError           a selector that cannot be parsed; points at the character
    |-- NodeError               a node failed while running
    |   |-- TargetNotFound      not on the screen within its timeout
    |   |-- TargetAmbiguous     several equally good hits under ``strict``
    |   |-- TargetCovered       something else lies over the target
    |   |-- TargetOutOfSight    scrolled or moved out of what is shown
    |   |-- TargetBlocked       a modal dialog keeps its window from taking input
    |   |-- TargetMoving        it did not come to rest
    |   |-- PictureUnusable     a flat, oversized or missing template
    |   |-- InputFailed         text or keys could not be delivered exactly
    |   |-- ValueUnusable       a template or operator cannot be evaluated
    |   |-- WindowAsks          a window that is to be closed asks something first
    |   |-- BusinessFailed      what the flow was given is wrong, not the flow
    |   |-- VerdictFailed       what an ``assert`` node states does not hold
    |   |-- LimitReached        a loop or jump ran more often than it may
    |   '-- NodeTimeout         the node did not finish in time
    |-- DesktopUnavailable      no display, Wayland, no permission
    |-- MissingPiece            an optional part is not installed; says how to get it
    |-- RunStopped              the run was asked to stop; never an error of a node
    |-- AlreadyRunning          the flow is running; carries the run's id
    |-- NotAllowed              the role may not do this
    |-- ConsentNeeded           somebody else's part of a flow that nobody here allowed
    |-- NotAuthenticated        no secret, or a wrong one
    |-- HubUnavailable          the hub of the fleet cannot be reached, or cannot do what is asked
    |-- ServerUnavailable       the server cannot listen as asked
    '-- RequestInvalid          a message that cannot be understood
"""

from typing import Any, ClassVar

from flowdesk.model.problem import Problem
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.verdict import Verdict


class FlowdeskError(Exception):
    """An error with a stable code, a sentence for a person, and a fix."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: Sentence | str, fix: Sentence | str, **details: Any) -> None:
        """Keep the sentence, the fix, and any details worth sending along (JSON values only)."""
        super().__init__(str(message))
        self.message = message
        self.fix = fix
        self.details = details

    def payload(self) -> dict[str, Any]:
        """Return the error as JSON values: ``code``, ``message``, ``fix`` and the details."""
        return {"code": self.code, "message": self.message, "fix": self.fix, **self.details}


class FlowUnreadable(FlowdeskError):
    """The file or message is not a flow."""

    code = "flow.unreadable"


class FlowTooNew(FlowdeskError):
    """The flow was written by a newer flowdesk."""

    code = "flow.too_new"


class FlowInvalid(FlowdeskError):
    """Validation found at least one error."""

    code = "flow.invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep every problem; the sentence names the first and counts the rest."""
        errors = [problem for problem in problems if problem.is_error]
        first = errors[0] if errors else None
        super().__init__(
            say("The flow cannot run: {first} ({count} in all)", first=first.message, count=len(errors))
            if first
            else say("The flow cannot run."),
            first.fix if first else "",
            problems=[problem.payload() for problem in problems],
        )
        self.problems = problems


class ChangeRefused(FlowdeskError):
    """An edit that cannot be applied to the document as it stands."""

    code = "flow.change_refused"


class StaleRevision(ChangeRefused):
    """The edit was made against a revision whose same field has changed since."""

    code = "flow.conflict"


class FileChanged(FlowdeskError):
    """The file on disk is not the one that was opened."""

    code = "file.changed"


class FileExists(FileChanged):
    """Another file has this name already."""

    code = "file.exists"


class FileInUse(FlowdeskError):
    """Others have the flow open, it runs, or it holds edits that are not saved. ``details["force"]`` says whether that helps."""

    code = "file.in_use"


class FileUnwritable(FlowdeskError):
    """A file or folder cannot be written."""

    code = "file.unwritable"


class SelectorError(FlowdeskError):
    """A selector that cannot be parsed. ``details["position"]`` is the 0-based character."""

    code = "selector.invalid"


class NodeError(FlowdeskError):
    """A node failed while running."""

    code = "node.failed"

    port: str | None = None
    """The output that the run takes instead of failing, where an edge leaves by it."""


class TargetNotFound(NodeError):
    """The target was not on the screen within its timeout; details hold the best score, place, scale and looks."""

    code = "target.not_found"


class TargetAmbiguous(NodeError):
    """Several equally good hits under ``strict``."""

    code = "target.ambiguous"


class TargetCovered(NodeError):
    """Something else lies over the target: another window, a menu, another element. ``details["cover"]`` names it."""

    code = "target.covered"


class TargetOutOfSight(NodeError):
    """The target is scrolled or moved out of what is shown, and could not be brought into sight."""

    code = "target.out_of_sight"


class TargetBlocked(NodeError):
    """A modal dialog keeps the target's window from taking input. ``details["dialog"]`` names it."""

    code = "target.blocked"


class TargetMoving(NodeError):
    """The target did not come to rest within its timeout."""

    code = "target.moving"


class PictureUnusable(NodeError):
    """A template picture that is missing, flat, or larger than where it is looked for."""

    code = "target.picture"


class InputFailed(NodeError):
    """Text or keys could not be delivered exactly."""

    code = "input.failed"


class ValueUnusable(NodeError):
    """A ``{{reference}}`` or an operator cannot be evaluated."""

    code = "value.unusable"


class WindowAsks(NodeError):
    """A window that is to be closed asks something first, such as whether to save. ``details["question"]`` is the title."""

    code = "window.asks"


class BusinessFailed(NodeError):
    """What the flow was given is wrong, such as a row of a table; an ``end`` node with ``status: business`` says so."""

    code = "flow.business"


class VerdictFailed(NodeError):
    """What an ``assert`` node states does not hold."""

    code = "verdict.failed"

    def __init__(self, verdict: Verdict, fix: Sentence | str = "", *, goes_on: bool = False) -> None:
        """Keep the verdict, and whether the flow goes on although it failed."""
        message = verdict.message or say("The check failed: {statement}", statement=verdict.statement)
        super().__init__(message, fix, statement=verdict.statement, found=verdict.found)
        self.verdict = verdict
        self.goes_on = goes_on


class LimitReached(NodeError):
    """A loop or a jump ran more often than ``maxIterations`` allows."""

    code = "limit.reached"


class NodeTimeout(NodeError):
    """The node did not finish in time."""

    code = "node.timeout"


class DesktopUnavailable(FlowdeskError):
    """There is no desktop that flowdesk can drive: no display, Wayland, no permission."""

    code = "desktop.unavailable"


class MissingPiece(FlowdeskError):
    """An optional part is not installed. The fix is the command that installs it."""

    code = "piece.missing"


class RunStopped(FlowdeskError):
    """The run was asked to stop. Never caught by a node's ``onError``."""

    code = "run.stopped"

    def __init__(self, message: Sentence | str) -> None:
        """Keep why. There is nothing to mend: somebody wanted it."""
        super().__init__(message, "")


class AlreadyRunning(FlowdeskError):
    """The flow is already running. ``details["run_id"]`` is its run."""

    code = "run.already_running"


class NotAllowed(FlowdeskError):
    """The role may not do this."""

    code = "auth.not_allowed"


class ConsentNeeded(FlowdeskError):
    """A part of the flow came from somebody else, and nobody here allowed it. ``details["nodes"]`` names them."""

    code = "consent.needed"


class NotAuthenticated(FlowdeskError):
    """No secret, a wrong one, or one that was revoked."""

    code = "auth.required"


class HubUnavailable(FlowdeskError):
    """The hub of the fleet cannot be reached, is not prepared, or has no room."""

    code = "fleet.hub_unavailable"


class ServerUnavailable(FlowdeskError):
    """The server cannot listen as asked: the port is taken, or it would be open to the network unprotected."""

    code = "server.unavailable"


class RequestInvalid(FlowdeskError):
    """A message that cannot be understood. ``details["field"]`` names the part."""

    code = "message.invalid"
    reply_to: str | None = None
    """The ``id`` of the message, where its frame is wrong but its ``id`` is not."""
