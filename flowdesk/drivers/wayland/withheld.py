"""What a Wayland session withholds of what a run needs, by what its drivers declare: said before the first step."""

from collections.abc import Mapping

from flowdesk.drivers.abilities import FUNCTIONS, abilities_of
from flowdesk.drivers.wayland import session
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import Sentence, listed, say


def desktop() -> str:
    """Return under which name ``drivers.abilities`` has this session."""
    which = session.kind()
    return "wlroots" if which == "other" else which


def require(needs: Mapping[str, str]) -> None:
    """Return where all means that a run needs are there.

    Args:
        needs: Each with the label of a node that needs it.

    Raises:
        DesktopUnavailable: If some are not; names them, and the nodes.
    """
    own = abilities_of(desktop())
    lacking = [name for name in FUNCTIONS if name in needs and own[name].state == "refused"]
    if not lacking:
        return
    parts = [
        say("{function} ({node})", function=FUNCTIONS[name], node=needs[name]) if needs[name] else FUNCTIONS[name]
        for name in lacking
    ]
    raise DesktopUnavailable(
        say("{desktop} withholds what this flow needs: {functions}.", desktop=session.name(), functions=listed(parts)),
        _fix(lacking),
    )


def _fix(lacking: list[str]) -> Sentence:
    if {"mouse", "keys"}.isdisjoint(lacking):
        return session.elsewhere()
    return say(
        "Set Method to Element where a node offers it, or run the flow on a separate desktop (flowdesk run --desktop private)."
    )
