"""What one look of ``flowdesk doctor`` answers."""

from flowdesk.engine.ports import Check
from flowdesk.model.sentence import Sentence, say
from flowdesk.system.pieces import install_command, missing_for_window


def good(name: str, message: Sentence | str, is_required: bool = True) -> Check:
    """Say that something is there."""
    return Check(name, is_ok=True, message=str(message), is_required=is_required)


def bad(name: str, message: Sentence | str, fix: Sentence | str, is_required: bool = True) -> Check:
    """Say that something is lacking, and what helps."""
    return Check(name, is_ok=False, message=str(message), fix=str(fix), is_required=is_required)


def window_pieces() -> Check:
    """Look for the libraries of the system that Qt needs for a window; flows run without."""
    lacking = missing_for_window()
    if not lacking:
        return good("window", say("The window can open."), is_required=False)
    names = ", ".join(piece.name for piece in lacking)
    command = install_command(lacking)
    fix = (
        say("Run: {command}", command=command)
        if command
        else say("Install what brings them with the tool of your system.")
    )
    return bad(
        "window",
        say("The window needs libraries that are not installed: {names}.", names=names),
        fix,
        is_required=False,
    )
