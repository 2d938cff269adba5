"""Consent on the command line: one's own flows need none, what somebody else put in is allowed once or not run."""

import sys
from typing import TYPE_CHECKING

from flowdesk.i18n import tr
from flowdesk.model.errors import ConsentNeeded
from flowdesk.model.sentence import say
from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.session.subflows import called_flows
from flowdesk.session.trust import told
from flowdesk.terminal import printable

if TYPE_CHECKING:
    from flowdesk.model.flow import Flow
    from flowdesk.session.documents import LiveDocument
    from flowdesk.session.session import Session


def settle_consent(session: "Session", live: "LiveDocument", *, allow: bool, may_ask: bool) -> None:
    """Return when a flow, and all that it calls, may do what it does.

    Args:
        session: Knows what was allowed on this machine.
        live: The flow.
        allow: Whether whoever runs it allows it.
        may_ask: Whether a person can be asked at the terminal.

    Raises:
        ConsentNeeded: If a part came from somebody else, and nobody here allowed it.
    """
    home = live.path.parent if live.path is not None else session.folders.flows
    flows = [(live.flow, live.is_foreign)]
    flows += [(flow, is_from_elsewhere(path)) for flow, path in called_flows(live.flow, home)]
    trust = session.trust
    theirs = [flow for flow, is_theirs in flows if (is_theirs or trust.is_strange(flow)) and not trust.knows(flow)]
    if theirs and not allow and not (may_ask and _ask(session, theirs)):
        raise _needed(session, theirs)
    for flow, _ in flows:
        trust.add(flow)


def has_terminal() -> bool:
    """Whether a person sits before this process."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _ask(session: "Session", flows: "list[Flow]") -> bool:
    for flow in flows:
        print(
            tr(say('"{flow}" comes from somebody else. It does the following:', flow=flow.name or flow.id)),
            file=sys.stderr,
        )
        for line in told(session.trust.doings(flow)):
            print(f"  {printable(tr(line))}", file=sys.stderr)
    print(tr("Allow it? Type yes or no: "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in {"yes", "y", tr("yes").casefold()}


def _needed(session: "Session", flows: "list[Flow]") -> ConsentNeeded:
    doings = [doing for flow in flows for doing in session.trust.doings(flow)]
    names = ", ".join(
        f"{doing.label} ({doing.node_id})" if doing.label != doing.node_id else doing.label for doing in doings[:20]
    )
    return ConsentNeeded(
        say(
            "Parts of this flow come from somebody else and are not allowed yet: {nodes}.",
            nodes=printable(names),
        ),
        say("Check what they do, then run the flow with --allow, or in a terminal, which asks you."),
        nodes=[doing.payload() for doing in doings],
    )
