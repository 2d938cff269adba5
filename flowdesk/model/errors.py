"""Every error that flowdesk raises for a person to read.

::

    FlowdeskError               code, message, fix
    |-- FlowUnreadable          the file or message is not a flow
    |-- FlowTooNew              written by a newer flowdesk
    |-- FlowInvalid             validation found faults; carries the problems
    |-- ChangeRefused           an edit that cannot be applied to the document
    |   '-- StaleRevision       the edit was made against an older revision
    |-- FileChanged             the file on disk is not the one that was opened
    |-- FileUnwritable          a file or folder cannot be written
    |-- SelectorError           a selector that cannot be parsed; points at the character
    |-- NodeError               a node failed while running
    |   |-- TargetNotFound      not on the screen within its timeout
    |   |-- TargetAmbiguous     several equally good hits under ``strict``
    |   |-- PictureUnusable     a flat, oversized or missing template
    |   |-- InputFailed         text or keys could not be delivered exactly
    |   |-- ValueUnusable       a template or operator cannot be evaluated
    |   |-- LimitReached        a loop or jump ran more often than it may
    |   '-- NodeTimeout         the node did not finish in time
    |-- DesktopUnavailable      no display, Wayland, no permission
    |-- MissingPiece            an optional part is not installed; says how to get it
    |-- RunStopped              the run was asked to stop; never an error of a node
    |-- AlreadyRunning          the flow is running; carries the run's id
    |-- NotAllowed              the role may not do this
    |-- NotAuthenticated        no secret, or a wrong one
    |-- ServerUnavailable       the server cannot listen as asked
    '-- RequestInvalid          a message that cannot be understood
"""

from typing import TYPE_CHECKING, Any, ClassVar

from flowdesk.model.sentence import Sentence, say

if TYPE_CHECKING:
    from flowdesk.model.validation import Problem


class FlowdeskError(Exception):
    """An error with a stable code, a sentence for a person, and a fix."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: Sentence | str, fix: Sentence | str = "", **details: Any) -> None:
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

    def __init__(self, problems: "tuple[Problem, ...]") -> None:
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


class PictureUnusable(NodeError):
    """A template picture that is missing, flat, or larger than where it is looked for."""

    code = "target.picture"


class InputFailed(NodeError):
    """Text or keys could not be delivered exactly."""

    code = "input.failed"


class ValueUnusable(NodeError):
    """A ``{{reference}}`` or an operator cannot be evaluated."""

    code = "value.unusable"


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


class AlreadyRunning(FlowdeskError):
    """The flow is already running. ``details["run_id"]`` is its run."""

    code = "run.already_running"


class NotAllowed(FlowdeskError):
    """The role may not do this."""

    code = "auth.not_allowed"


class NotAuthenticated(FlowdeskError):
    """No secret, a wrong one, or one that was revoked."""

    code = "auth.required"


class ServerUnavailable(FlowdeskError):
    """The server cannot listen as asked: the port is taken, or it would be open to the network unprotected."""

    code = "server.unavailable"


class RequestInvalid(FlowdeskError):
    """A message that cannot be understood. ``details["field"]`` names the part."""

    code = "message.invalid"
    reply_to: str | None = None
    """The ``id`` of the message, where its frame is wrong but its ``id`` is not."""
