"""What ``flowdesk doctor`` looks at where only elements are driven: the session, the stop, what works, and what is withheld."""

from collections.abc import Callable, Sequence

from flowdesk.drivers.abilities import titles_in, titles_refused
from flowdesk.drivers.checking import bad, good
from flowdesk.drivers.wayland import boundkeys, session, withheld
from flowdesk.drivers.wayland.plane import PlaneWindows
from flowdesk.engine.ports import Check
from flowdesk.model.sentence import listed, say


def looks() -> Sequence[tuple[str, bool, Callable[[], Check]]]:
    """Return name, whether it is required, and the look, for each thing."""
    return [
        (say("session"), True, _session),
        (say("emergency stop"), False, _stop),
        (say("windows"), False, _windows),
        (say("not possible here"), False, _withheld),
    ]


def _session() -> Check:
    told = say(
        "{desktop}: flowdesk reads elements and operates them by their programs, without mouse and keyboard.",
        desktop=session.name(),
    )
    return good("session", told)


def _stop() -> Check:
    found = boundkeys.look()
    reason = boundkeys.complaint(found)
    if reason is not None or found is None:
        return bad("emergency stop", reason or "", boundkeys.fix(), is_required=False)
    return good("emergency stop", say("{keys} stops all runs.", keys=found.keys), is_required=False)


def _windows() -> Check:
    titles = [window.title or window.app for window in PlaneWindows().list()]
    if not titles:
        return good("windows", say("No program tells of a window yet."), is_required=False)
    told = say("Programs tell of {count} windows: {titles}.", count=len(titles), titles=", ".join(titles[:5]))
    return good("windows", told, is_required=False)


def _withheld() -> Check:
    told = say(
        "Limited: {limited}. Withheld: {names}. Flows that need what is withheld run on a separate desktop (flowdesk run --desktop private).",
        limited=listed(titles_in(withheld.desktop(), "limited")),
        names=listed(titles_refused(withheld.desktop())),
    )
    return good("not possible here", told, is_required=False)
