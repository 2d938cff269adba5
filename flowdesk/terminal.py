"""The terminal as a peer: what `flowdesk run` prints, and answers to questions at the prompt."""

import asyncio
import contextlib
import getpass
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flowdesk.aio import in_thread, spawn
from flowdesk.engine.jsontext import read_json
from flowdesk.i18n import tr, tr_all
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.problem import Problem
from flowdesk.model.sentence import say
from flowdesk.outlet import Outlet
from flowdesk.protocol.codec import encode
from flowdesk.protocol.request import Role
from flowdesk.session.peer import Message, Peer
from flowdesk.session.session import Session

MARKS = {"running": "▶", "success": "✓", "error": "✗", "skipped": "–", "cancelled": "■", "pending": "…"}


def printable(text: str) -> str:
    """Return a text of others without what would move the cursor, colour or rename the terminal."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text)


def problem_line(problem: Problem) -> str:
    """Return a problem as a line for a person."""
    place = problem.node_id or problem.edge_id
    where = f" [{place}{'.' + problem.field if problem.field else ''}]" if place else ""
    return f"{problem.level}{where}: {tr_all(problem.message, problem.fix)}".rstrip()


class TerminalPeer(Peer):
    """Prints what happens: the protocol's messages with ``--json``, else lines for people."""

    id = "terminal"
    name = "command line"
    is_local = True
    shows_checks = False
    """What the desktop can do is shown nowhere here: finding it out takes longer than a short run."""

    def __init__(self, *, as_json: bool) -> None:
        """Questions are asked at the prompt if there is one; the role says so to the session."""
        self.role = Role.RUN if sys.stdin is not None and sys.stdin.isatty() and not as_json else Role.VIEW
        self.session: Session | None = None
        self._as_json = as_json
        self.labels: Mapping[str, str] = {}
        """What the nodes are called on the canvas, by id."""
        self.outlet = Outlet(_lose_reader)

    def deliver(self, message: Message) -> None:
        """Print a message. A reader that went away, as ``head`` does, and a terminal that was closed do not end the run.

        One that stays and reads nothing holds up neither the run nor its stop.
        """
        self._print(message)

    async def finish(self, is_stopped: Callable[[], bool]) -> None:
        """Wait until all is read; a reader that reads nothing is given up once somebody stopped the run."""
        while not self.outlet.is_empty:
            if is_stopped() and self.outlet.is_stuck():
                self.outlet.give_up()
            await asyncio.sleep(0.02)

    def _print(self, message: Message) -> None:
        if self._as_json:
            if message["workflow_id"]:
                self._say(encode(message))
            return
        payload = message["payload"]
        match message["type"]:
            case "execution.log":
                if payload["level"] != "debug":
                    self._say(f"  {payload['level']}: {printable(tr(payload['message']))}")
            case "execution.complete" | "execution.error":
                self._say(f"{printable(tr(payload['message']))} ({payload['duration']:.1f} s)")
                if payload.get("fix"):
                    self._say(f"  {printable(tr(payload['fix']))}")
                if code := payload.get("code"):
                    self._say(tr(say("  More: flowdesk explain {code}", code=code)))
                if payload.get("folder"):
                    self._print_folder(payload["folder"])
            case "help.needed":
                spawn(self._answer(payload), "flowdesk.terminal.answer")
            case kind if kind.startswith("node.") and payload["status"] != "pending":
                self._print_node(payload)
            case _:
                pass

    def _print_folder(self, folder: str) -> None:
        """Say where the run's record lies, or that nothing could be written there."""
        if Path(folder).is_dir():
            self._say(tr(say("  The run's folder: {folder}", folder=folder)))
        else:
            lost = say("  Cannot write to the run's folder {folder}, so the run has no record.", folder=folder)
            print(tr(lost), file=sys.stderr, flush=True)

    def _print_node(self, payload: dict[str, Any]) -> None:
        path = "".join(f"[{index}]" for index in payload.get("iteration", ()))
        took = f" {payload['duration'] * 1000:.0f} ms" if "duration" in payload else ""
        text = f"  {printable(tr(payload['message']))}" if payload.get("message") else ""
        self._say(
            f"{MARKS.get(payload['status'], ' ')} {printable(self.labels.get(payload['node_id'], payload['node_id']))}{path}{took}{text}"
        )

    def _say(self, text: str) -> None:
        self.outlet.put(f"{text}\n")

    async def _answer(self, payload: dict[str, Any]) -> None:
        if self.session is None or self.role < Role.RUN:
            return
        choices = f" ({'/'.join(payload['choices'])})" if payload["choices"] else ""
        read = getpass.getpass if payload["kind"] == "password" else input
        value = await in_thread(lambda: read(printable(f"{tr(payload['message'])}{choices} ")), "flowdesk.terminal")
        from flowdesk.protocol.messages import HelpAnswer

        answer = HelpAnswer(help_id=payload["help_id"], value=value or payload["default"])
        await self.session.submit(self, "help.answer", answer)


def _lose_reader() -> None:
    """Let what is printed later not fail either, nor what the interpreter flushes at its end."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        print(tr("The output is no longer read; the run continues."), file=sys.stderr)


def read_variables(pairs: list[str]) -> dict[str, Any]:
    """Read ``NAME=VALUE`` options: the value as JSON where it is JSON, else as text.

    Raises:
        RequestInvalid: If an option has no ``=``.
    """
    values: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name:
            raise RequestInvalid(say('"{pair}" is not NAME=VALUE.', pair=pair), say("Use --var name=value."))
        try:
            values[name] = read_json(text)
        except ValueError:
            values[name] = text
    return values
