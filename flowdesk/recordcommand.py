"""`flowdesk record`: a flow of what a person does, without a window."""

import argparse
import asyncio
import contextlib
import getpass
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flowdesk.aio import end, in_thread, spawn
from flowdesk.drivers.observing.processes import parents_of
from flowdesk.engine.ports import Window
from flowdesk.exitcodes import FAILED, INVALID, SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.model.errors import FileExists, FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.model.validation import validate
from flowdesk.protocol import messages as m
from flowdesk.session.names import SUFFIX, file_name_of, stem_of
from flowdesk.session.peer import Message, Peer
from flowdesk.session.session import Session
from flowdesk.signals import SignalThread
from flowdesk.terminal import printable, problem_line

NAME = "Recording"
_EMPTY = {
    "nodes": [{"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}}],
    "edges": [],
}


class RecordingPeer(Peer):
    """The terminal as a peer: it says each step as it is made."""

    is_local = True
    shows_checks = False

    def __init__(self) -> None:
        """Have heard nothing yet."""
        self.id, self.name, self.role = "terminal", "command line", m.Role.RUN
        self.ended = asyncio.Event()

    def deliver(self, message: Message) -> None:
        """Print a step."""
        if message["type"] != "record.changed":
            return
        told: dict[str, Any] = message["payload"]
        if (step := told.get("step")) is not None:
            print(f"  {told['count']:>3}  {tr(step['title'])}  {printable(step['summary'])}", flush=True)
        if told["status"] == "stopped":
            self.ended.set()


def record(options: argparse.Namespace, make_session: Callable[[], Session]) -> int:
    """Record until a signal, or Ctrl+Alt+Q; write the flow, and return the exit code.

    Raises:
        FileExists: If the file is there already.
        DesktopUnavailable: If nobody can be heard here.
    """
    path = _path(options)
    session = make_session()
    above = {os.getpid(), *parents_of(os.getpid())}

    def is_ours(window: Window) -> bool:
        return window.pid in above

    session.recordings.leave_out = is_ours
    loop = asyncio.new_event_loop()
    asked = asyncio.Event()

    def ask(_: str) -> None:
        loop.call_soon_threadsafe(asked.set)

    with SignalThread(ask):
        try:
            return loop.run_until_complete(_record(session, path, asked, force=options.force))
        finally:
            loop.close()


def _path(options: argparse.Namespace) -> Path:
    if options.out:
        path = Path(options.out)
        path = path.with_name(file_name_of(path.name)).absolute()
        if path.exists() and not options.force:
            raise FileExists(
                say("{path} is there already.", path=path), say("Choose another name, or overwrite it with --force.")
            )
        return path
    number, path = 1, Path(NAME + SUFFIX).absolute()
    while path.exists():
        number += 1
        path = path.with_name(f"{NAME} {number}{SUFFIX}")
    return path


async def _record(session: Session, path: Path, asked: asyncio.Event, *, force: bool) -> int:
    peer = RecordingPeer()
    session.connect(peer)
    try:
        flow = {"name": stem_of(path.name), **_EMPTY}
        opened = await session.submit(peer, "flow.open", m.OpenFlow(flow=flow))
        workflow_id = opened["workflow_id"]
        await session.submit(peer, "record.start", m.StartRecording(), workflow_id)
        print(tr(say("Recording what you do. Stop with Ctrl+C here, or Ctrl+Alt+Q anywhere.")), flush=True)
        waiting = [spawn(event.wait(), "flowdesk.record") for event in (asked, peer.ended)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        await end(waiting, 1.0)
        told = await session.submit(peer, "record.stop", m.StopRecording(), workflow_id)
        return await _written(session, peer, workflow_id, path, told, force=force)
    finally:
        session.disconnect(peer)
        await session.close()


async def _written(
    session: Session, peer: RecordingPeer, workflow_id: str, path: Path, told: Mapping[str, Any], *, force: bool
) -> int:
    if not told["count"]:
        print(tr(say("Nothing was recorded, so nothing was written.")), file=sys.stderr)
        return FAILED
    for name in told["secrets"]:
        await _keep_secret(session, peer, workflow_id, name)
    await session.submit(peer, "flow.save", m.SaveFlow(path=str(path), force=force), workflow_id)
    if await _is_loop_wanted(told["repeat"]):
        await session.submit(peer, "record.repeat", m.Nothing(), workflow_id)
        await session.submit(peer, "flow.save", m.SaveFlow(path=str(path), force=True), workflow_id)
    problems = validate(session.documents[workflow_id].flow, session.catalogue)
    for problem in problems:
        print(problem_line(problem), file=sys.stderr)
    print(tr(say("{count} steps are in {path}.", count=told["count"], path=path)))
    if told["doubtful"]:
        print(tr(say("Check the text of {count} steps: no program told what arrived.", count=told["doubtful"])))
    return INVALID if any(problem.is_error for problem in problems) else SUCCEEDED


async def _keep_secret(session: Session, peer: RecordingPeer, workflow_id: str, name: str) -> None:
    """Ask for a password that was typed, where somebody sits at the terminal, and keep it; else say how."""
    value = ""
    if sys.stdin.isatty():
        print(tr(say("A password was typed. It is kept in the system's key store, never in the flow.")))
        asked = tr(say("Password for {name} (Enter: not now): ", name=name))
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            value = await in_thread(lambda: getpass.getpass(asked), "flowdesk.password")
    if value:
        try:
            await session.submit(peer, "record.secret", m.KeepRecordedSecret(name=name, value=value), workflow_id)
            return
        except FlowdeskError as error:
            print(tr(error.message), tr(error.fix), file=sys.stderr)
    print(tr(say("Keep the password: flowdesk secret set {name}", name=name)))


async def _is_loop_wanted(repeat: dict[str, Any] | None) -> bool:
    """Offer a loop for what was done several times; without somebody at the terminal, say where to find it."""
    if repeat is None:
        return False
    text = say(
        "You did {steps} steps {times} times with different data: {columns}.",
        steps=repeat["steps"],
        times=repeat["times"],
        columns=", ".join(repeat["columns"]),
    )
    print(tr(text))
    if not sys.stdin.isatty():
        print(tr(say("Record in the window to make a loop of them, or add a Loop node.")))
        return False
    asked = tr(say("Do them for every row of a table instead? [y/N] "))
    answer = ""
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        answer = await in_thread(lambda: input(asked), "flowdesk.question")
    return answer.strip().lower() in ("y", "yes", "是")
