"""The tools with which an assistant runs flows: with a person's consent, as any client, and stoppable by everybody."""

import asyncio
from typing import Any, Literal

from pydantic import Field

from flowdesk.agent import brief
from flowdesk.agent.link import Followed
from flowdesk.agent.tool import Arguments, PersonNeeded, Picture, Situation, Told, Tool
from flowdesk.agent.words import words
from flowdesk.aio import spawn
from flowdesk.model.errors import FlowdeskError, NotAllowed, RequestInvalid
from flowdesk.model.reading import read_flow
from flowdesk.session.doings import doings, whole_digest
from flowdesk.session.trust import told as told_doings

LONGEST_WAIT = 50.0
"""Seconds that one call waits at the most: programs of assistants give up after a minute."""
CONSENT_SECONDS = 600.0
"""How long a person at the desktop may take to allow a run."""


class RunFlow(Arguments):
    """Run an open flow.

    First with `rehearse`: every target is looked for and no input is sent. A real run drives the person's mouse
    and keyboard: they are asked first, see it, and stop it at any time. Waits for the end up to `wait` seconds
    and tells what happened; after that go on with watch. Only what is saved or open runs: there is no other way
    to act on the desktop.
    """

    flow: str = Field(description="The id of the open flow.")
    rehearse: bool = Field(False, description="Look for every target, send no input.")
    variables: dict[str, Any] = Field(default_factory=dict, description="Values in place of the flow's own.")
    from_node: str | None = Field(None, description="Begin at this node, with the last run's values.")
    only: list[str] | None = Field(None, description="Run only these nodes.")
    desktop: Literal["this", "private"] | None = Field(
        None, description="private: on a desktop of its own, beside the person's; programs must be started by the flow."
    )
    wait: float = Field(30, ge=0, le=LONGEST_WAIT, description="Seconds to wait for the end.")


async def run_flow(situation: Situation, arguments: RunFlow) -> Told:
    """Start a run and wait for a while."""
    link = situation.link
    followed = link.follow(arguments.flow)
    if any(help_id in situation.answers for help_id in followed.questions):  # it runs, and a person was asked meanwhile
        return await _until_told(situation, arguments.flow, followed, arguments.wait)
    state = await link.request("flow.get", {}, arguments.flow)
    if not arguments.rehearse:
        await _consent(situation, state, arguments)
    if followed.starting is not None:
        raise RequestInvalid(
            words("The person is still being asked about the last start."), words("Call watch, or stop.")
        )
    asked = {
        "variables": arguments.variables,
        "from_node": arguments.from_node,
        "only": arguments.only,
        "desktop": arguments.desktop,
        "dry_run": arguments.rehearse,
        "ask_for_help": not arguments.rehearse,
    }
    if situation.can_ask and not arguments.rehearse and not _is_asked_there(situation):
        await link.hear_for_owner(arguments.flow)
    if followed.status not in _UNDER_WAY:
        followed.begin()
    followed.starting = spawn(
        link.refusal("workflow.start", asked, arguments.flow, CONSENT_SECONDS), "assistant's start"
    )
    return await _until_told(situation, arguments.flow, followed, arguments.wait)


_UNDER_WAY = frozenset({"pending", "running", "pausing", "paused", "stopping"})


def _is_asked_there(situation: Situation) -> bool:
    """Whether whoever sits at the desktop is asked by flowdesk's window itself."""
    return situation.link.place is not None and situation.link.place.process == "window"


async def _consent(situation: Situation, state: dict[str, Any], arguments: RunFlow) -> None:
    """Make sure that a person allows just this run.

    Raises:
        PersonNeeded: If one has to be asked.
        NotAllowed: If one said no, or nobody can be asked.
    """
    if situation.runs_unasked or _is_asked_there(situation):
        return
    flow = read_flow(state["flow"])
    flow = flow.model_copy(update={"variables": {**flow.variables, **arguments.variables}})
    key = f"run:{whole_digest(flow)}"
    if key in situation.answers:
        if situation.answers[key]:
            return
        raise NotAllowed(words("The person did not allow this run."), words("Ask them what to change, then try again."))
    if not situation.can_ask:
        raise NotAllowed(
            words("Nobody can be asked whether this may run."),
            words("Open the flowdesk window: it asks there. Or let the person start flowdesk mcp with --yes."),
        )
    would = [str(line) for line in told_doings(doings(flow, situation.catalogue))]
    lines = [
        f'May the assistant run "{flow.name or arguments.flow}" ({len(flow.nodes)} nodes) on this desktop?',
        *would,
    ]
    raise PersonNeeded(key, "\n".join(lines))


async def _until_told(situation: Situation, workflow_id: str, followed: Followed, seconds: float) -> Told:
    """Wait until a run ends, asks or pauses, or the time is over, and tell what is new."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    if followed.starting is not None and not _is_asked_there(situation):  # it is answered at once: nobody is asked
        await asyncio.wait([followed.starting])
    for help_id in [one for one in followed.questions if one in situation.answers]:
        await situation.link.answer_for_owner(workflow_id, help_id, is_allowed=situation.answers[help_id])
        followed.questions.pop(help_id, None)
    while True:
        followed.changed.clear()
        starting = followed.starting
        if starting is not None and starting.done():
            followed.starting = None
            refused, starting = await starting, None
            if followed.status == "starting":
                followed.status = "running" if refused is None else ""
            if refused is not None:
                raise refused
        if followed.end is not None or followed.questions or followed.status in ("paused", "unknown", ""):
            break
        left = deadline - loop.time()
        if left <= 0:
            break
        waits = [spawn(followed.changed.wait(), "assistant's wait")]
        try:
            await asyncio.wait([*waits, *([starting] if starting is not None else [])], timeout=left,
                               return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
        finally:
            waits[0].cancel()
    _ask_for_permission(situation, followed)
    return Told(_news(workflow_id, followed))


def _ask_for_permission(situation: Situation, followed: Followed) -> None:
    """Ask a person here what only the owner may allow, where flowdesk has no window that asks.

    Raises:
        PersonNeeded: If there is such a question.
    """
    for help_id, question in tuple(followed.questions.items()):
        if question["kind"] != "permission" or not situation.can_ask or _is_asked_there(situation):
            continue
        if help_id not in situation.answers:
            would = [f"{doing['label']}: {doing['detail']}" for doing in question.get("doings", [])]
            raise PersonNeeded(help_id, "\n".join([question["message"], *would]))


def _news(workflow_id: str, followed: Followed) -> str:
    lines = followed.unread()
    if followed.starting is not None:
        lines.append("The person at the desktop is asked whether this may run. Call watch to wait for the answer.")
    elif followed.end is not None:
        end = followed.end
        lines.append(f"{end['status']} after {end['duration']:.1f} s: {end['message']}")
        if end.get("fix"):
            lines.append(f"Fix: {end['fix']}")
        if end.get("result") is not None:
            lines.append(f"result: {brief.value_text(end['result'], 1000)}")
        lines.append(f"run_id {end['run_id']}")
    elif followed.status == "unknown":
        lines.append("The connection to flowdesk broke meanwhile: call record to see how the run ended.")
    elif not followed.status:
        lines.append("It was not run yet.")
    else:
        lines.append(f"{followed.status}, {followed.progress:.0f} %. Call watch to wait, stop to end it.")
    for help_id, question in followed.questions.items():
        lines.append(_asked(workflow_id, help_id, question))
    return brief.shortened(lines, "… {count} more lines: record tells of single nodes.")


def _asked(workflow_id: str, help_id: str, question: dict[str, Any]) -> str:
    if question["kind"] == "permission":
        return f"The run waits for the owner of the desktop: {question['message']} Only they can allow it, in flowdesk. Call watch."
    choices = f" Choices: {', '.join(map(str, question['choices']))}." if question["choices"] else ""
    is_target = question["kind"] == "help"
    how = (
        "retry, skip, stop, or answer with a selector that find has tested"
        if is_target
        else "action answer and the value"
    )
    return f"The run asks (question {help_id}, {question['kind']}): {question['message']}{choices} Use the tool answer: {how}."


class Watch(Arguments):
    """Wait for a run of a flow to end, pause or ask, up to `wait` seconds, and tell what is new since the last call.

    Works for runs that others started, too.
    """

    flow: str = Field(description="The id of the flow.")
    wait: float = Field(30, ge=0, le=LONGEST_WAIT, description="Seconds to wait at the most; 0 only looks.")


async def watch(situation: Situation, arguments: Watch) -> Told:
    """Wait for news of a run."""
    link = situation.link
    is_new = arguments.flow not in link.followed
    followed = link.follow(arguments.flow)
    if is_new or followed.status in ("", "unknown"):
        try:
            await link.request("workflow.subscribe", {}, arguments.flow)
            _recall(followed, await link.request("execution.snapshot", {}, arguments.flow))
        except FlowdeskError:
            link.followed.pop(arguments.flow, None)
            raise
    return await _until_told(situation, arguments.flow, followed, arguments.wait)


def _recall(followed: Followed, snapshot: dict[str, Any]) -> None:
    """Note how a run stands that was not followed before."""
    followed.begin()
    followed.run_id, followed.status = snapshot["run_id"], snapshot["status"] or ""
    for payload in snapshot["nodes"].values():
        if payload["status"] in ("success", "error"):
            followed.take({"type": f"node.{payload['status']}", "payload": payload})
    if snapshot["progress"]:
        followed.progress = snapshot["progress"]["percent"]
    followed.end = snapshot["end"]
    followed.questions = {one["help_id"]: one for one in snapshot.get("help") or []}


class Stop(Arguments):
    """Stop the run of a flow at once: keys and mouse buttons are released.

    Any run may be stopped, whoever started it.
    """

    flow: str = Field(description="The id of the flow.")


async def stop(situation: Situation, arguments: Stop) -> Told:
    """Stop a run."""
    await situation.link.request("workflow.stop", {}, arguments.flow)
    return await watch(situation, Watch(flow=arguments.flow, wait=10))


class Answer(Arguments):
    """Answer what a run asks: a target that is not found (`retry`, `skip`, `branch`, `stop`, or `answer` with a selector as value that find has tested), or a prompt (`answer` with the value).

    Whether a flow may use programs, files and the network is never yours to answer.
    """

    flow: str = Field(description="The id of the flow.")
    question: str = Field(description="The question's id, from watch.")
    action: Literal["retry", "skip", "branch", "stop", "answer"] = Field("answer", description="What to do.")
    value: Any = Field(None, description="With answer: the value, or the selector of the target.")
    wait: float = Field(20, ge=0, le=LONGEST_WAIT, description="Seconds to wait for what follows.")


async def answer(situation: Situation, arguments: Answer) -> Told:
    """Answer a question of a run."""
    followed = situation.link.follow(arguments.flow)
    question = followed.questions.get(arguments.question)
    if question is not None and question["kind"] == "permission":
        raise NotAllowed(
            words("Only the owner of the desktop may allow this."),
            words("Tell the person; flowdesk asks them, then call watch."),
        )
    payload = {"help_id": arguments.question, "action": arguments.action, "value": arguments.value}
    await situation.link.request("help.answer", payload, arguments.flow)
    followed.questions.pop(arguments.question, None)
    return await _until_told(situation, arguments.flow, followed, arguments.wait)


class Record(Arguments):
    """Read what runs left.

    Without arguments: the last runs. With `flow` and `node`: what that node was given in the last run, what
    came of it, which variables it changed. With `run_id`: the names of its pictures (a failure leaves one);
    with `picture` also that one.
    """

    flow: str | None = Field(None, description="The id of the flow.")
    node: str | None = Field(None, description="A node of it.")
    visit: int | None = Field(None, ge=1, description="Which visit of the node, in loops; the last without it.")
    run_id: str | None = Field(None, description="A run.")
    picture: str | None = Field(None, description="The name of one of its pictures.")


async def record(situation: Situation, arguments: Record) -> Told:
    """Tell what runs left."""
    link = situation.link
    if arguments.run_id is not None:
        asked = {"run_id": arguments.run_id, "name": arguments.picture}
        found = await link.request("execution.picture", asked)
        if arguments.picture is None:
            return Told("Pictures: " + (", ".join(found["names"]) or "none"))
        kind = "png" if arguments.picture.lower().endswith("png") else "jpeg"
        return Told(arguments.picture, (Picture(found["data"], f"image/{kind}"),))
    if arguments.node is not None:
        if arguments.flow is None:
            raise RequestInvalid(words("A node is told of one flow."), words("Give flow, too."))
        found = await link.request("value.visit", {"node_id": arguments.node, "visit": arguments.visit}, arguments.flow)
        lines = [f"{key}: {brief.value_text(found[key], 3000)}" for key in found if found[key] not in (None, {}, [])]
        return Told(brief.shortened(lines, "… {count} more lines"))
    listed = (await link.request("workflow.list", {"limit": 20, "earlier": True}))["runs"]
    lines = [
        f'{run["run_id"]} {run["workflow_id"]} "{run["name"]}" {run["status"]}, by {run["started_by"]}: {run["message"]}'[
            :300
        ]
        for run in listed
        if arguments.flow in (None, run["workflow_id"])
    ]
    return Told(brief.shortened(lines[:20] or ["There are no runs."], "… and {count} more"))


RUNNING = (
    Tool("run_flow", RunFlow, run_flow, changes=True),
    Tool("watch", Watch, watch),
    Tool("stop", Stop, stop, changes=True),
    Tool("answer", Answer, answer, changes=True),
    Tool("record", Record, record),
)
