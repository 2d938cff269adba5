"""The terminal as a peer: what `flowdesk run` prints, and answers to questions at the prompt."""

import json
import sys
from pathlib import Path
from typing import Any

from flowdesk.aio import in_thread, spawn
from flowdesk.i18n import tr
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.codec import encode
from flowdesk.protocol.messages import HelpAnswer, Role
from flowdesk.session.peer import Message
from flowdesk.session.session import Session

MARKS = {"running": "▶", "success": "✓", "error": "✗", "skipped": "–", "cancelled": "■", "pending": "…"}


class TerminalPeer:
    """Prints what happens: the protocol's messages with ``--json``, else lines for people."""

    id = "terminal"
    name = "command line"
    is_local = True

    def __init__(self, *, as_json: bool) -> None:
        """Questions are asked at the prompt if there is one; the role says so to the session."""
        self.role = Role.RUN if sys.stdin is not None and sys.stdin.isatty() and not as_json else Role.VIEW
        self.session: Session | None = None
        self._as_json = as_json

    def deliver(self, message: Message) -> None:
        """Print a message."""
        if self._as_json:
            if message["workflow_id"]:
                print(encode(message), flush=True)
            return
        payload = message["payload"]
        match message["type"]:
            case "execution.log":
                if payload["level"] != "debug":
                    print(f"  {payload['level']}: {tr(payload['message'])}", flush=True)
            case "execution.complete" | "execution.error":
                print(f"{tr(payload['message'])} ({payload['duration']:.1f} s)", flush=True)
                if payload.get("fix"):
                    print(f"  {tr(payload['fix'])}", flush=True)
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
            print(tr(say("  The run's folder: {folder}", folder=folder)), flush=True)
        else:
            lost = say("  The run's folder {folder} cannot be written, so the run left no record.", folder=folder)
            print(tr(lost), file=sys.stderr, flush=True)

    def _print_node(self, payload: dict[str, Any]) -> None:
        path = "".join(f"[{index}]" for index in payload.get("iteration", ()))
        took = f" {payload['duration'] * 1000:.0f} ms" if "duration" in payload else ""
        text = f"  {tr(payload['message'])}" if payload.get("message") else ""
        print(f"{MARKS.get(payload['status'], ' ')} {payload['node_id']}{path}{took}{text}", flush=True)

    async def _answer(self, payload: dict[str, Any]) -> None:
        if self.session is None or self.role < Role.RUN:
            return
        choices = f" ({'/'.join(payload['choices'])})" if payload["choices"] else ""
        value = await in_thread(lambda: input(f"{tr(payload['message'])}{choices} "), "flowdesk.terminal")
        answer = HelpAnswer(help_id=payload["help_id"], value=value or payload["default"])
        await self.session.submit(self, "help.answer", answer)


def read_variables(pairs: list[str]) -> dict[str, Any]:
    """Read ``NAME=VALUE`` options: the value as JSON where it is JSON, else as text.

    Raises:
        RequestInvalid: If an option has no ``=``.
    """
    values: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name:
            raise RequestInvalid(say('"{pair}" is not NAME=VALUE.', pair=pair), say("Write --var name=value."))
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    return values
