"""Flows that other flows call: each is read with its own folder and pictures, and asked about as itself."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

from flowdesk.engine.context import Called, Question
from flowdesk.engine.ports import Answer
from flowdesk.model.errors import ConsentNeeded, FlowdeskError, NodeError
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.session.contents import content_of
from flowdesk.session.doings import MOST_TOLD
from flowdesk.session.names import SUFFIX
from flowdesk.session.paths import read_path
from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.session.storage import assets_folder, open_flow
from flowdesk.session.trust import Trust

MOST_CALLED = 200
"""Flows that are looked at before a run; one that calls more is asked about while it runs."""


def opener(
    trust: Trust,
    ask: Callable[[Question], Awaitable[Answer]],
    *,
    is_foreign: bool,
    trusts_own: bool = False,
    calls: Mapping[Path, str] | None = None,
) -> Callable[[Path, str], Called]:
    """Return what opens the flow that a flow in a folder names. It reads files, so it is called in a thread.

    Args:
        trust: Knows what was allowed.
        ask: Asks a person about a called flow that was not made here.
        is_foreign: Whether someone else is known to have had a hand in the flow that calls.
        trusts_own: Whether a called flow without a sign of somebody else is not asked about at all, as on a command line.
        calls: What the owner allowed a start of somebody else to call, by file; before anything else they are asked once
            more. None where the start needed no leave.

    The returned function raises ``FlowUnreadable`` or ``FlowTooNew`` as ``open_flow`` does.
    """
    leave = dict(calls) if calls is not None else None

    def load(folder: Path, name: str) -> Called:
        path = file_of(folder, name)
        flow = open_flow(path).flow
        content = content_of(flow, path) if leave is not None else ""

        async def enter() -> None:
            if leave is not None and leave.get(path) != content:
                await _ask_to_enter(trust, ask, flow, is_known=path in leave)
                leave[path] = content

        is_theirs = is_foreign or is_from_elsewhere(path)
        if trusts_own and not is_theirs and not trust.is_strange(flow):
            trust.add(flow)
        permit = trust.permission(flow, ask, is_foreign=is_theirs)
        return Called(flow, path.parent, assets_folder(path), permit, enter)

    return load


def leave_on_command_line(
    ask: Callable[[Question], Awaitable[Answer]], *, allow: bool
) -> Callable[[Question], Awaitable[Answer]]:
    """Return what asks whoever runs a flow on a command line for leave; where nobody can answer, it is refused in words.

    Args:
        ask: Asks a person, where one is there.
        allow: Whether they allowed all beforehand.
    """

    async def leave(question: Question) -> Answer:
        if allow:
            return {"action": "answer", "value": True}
        try:
            return await ask(question)
        except NodeError as error:
            raise ConsentNeeded(
                error.message,
                say("Check what the flow does, then run it with --allow, or in a terminal, which asks you."),
            ) from error

    return leave


async def _ask_to_enter(
    trust: Trust, ask: Callable[[Question], Awaitable[Answer]], flow: Flow, *, is_known: bool
) -> None:
    """Ask the owner about a called flow that is not what they allowed with the start.

    Raises:
        NodeError: If they do not allow it.
    """
    name = flow.name or flow.id
    changed = say('"{flow}" has changed since you allowed this run, which calls it. Allow it as it is now?', flow=name)
    other = say('This run calls "{flow}", which was not shown when you allowed it. Allow it?', flow=name)
    would = [doing.payload() for doing in trust.doings(flow)[:MOST_TOLD]]
    details = {"uses": "flow", "doings": would}
    answer = await ask(Question("permission", changed if is_known else other, flow.name, details=details))
    if answer.get("action") != "answer" or answer.get("value") is not True:
        raise NodeError(
            say('The owner of the desktop did not allow "{flow}" as it is now.', flow=name),
            say("Ask them, then start the run again."),
        )


def called_flows(flow: Flow, folder: Path) -> Iterator[tuple[Flow, Path]]:
    """Yield the flows that a flow in a folder calls, and those that these call, each once, as far as they can be read.

    A name that is only known while the flow runs is left out.
    """
    waiting, seen = [(flow, folder)], set[Path]()
    while waiting and len(seen) < MOST_CALLED:
        calling, home = waiting.pop()
        for node in calling.nodes:
            name = node.config.get("flow")
            if node.type != "subflow" or not isinstance(name, str) or not name or "{{" in name:
                continue
            try:
                path = file_of(home, name)
                if path in seen:
                    continue
                seen.add(path)
                called = open_flow(path).flow
            except FlowdeskError:
                continue  # the run says so when it comes to it
            yield called, path
            waiting.append((called, path.parent))


def file_of(folder: Path, name: str) -> Path:
    """Return the file of a called flow; the end of its name may be left out."""
    return read_path(name if name.endswith(".json") else name + SUFFIX, folder)
