"""`flowdesk mcp`: an assistant's door. A client of the flowdesk that is there, else of one that it starts in this process."""

import argparse
import asyncio
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flowdesk.agent.link import Link, Place
from flowdesk.agent.tool import Situation
from flowdesk.exitcodes import SUCCEEDED
from flowdesk.model.errors import FlowdeskError, MissingPiece, ServerUnavailable
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.session.announcing import announced
from flowdesk.session.session import Session
from flowdesk.signals import SignalThread


class Serving(Protocol):
    """What is needed of the server."""

    port: int

    async def start(self) -> None:
        """Listen."""

    async def stop(self) -> None:
        """Listen no more."""


@dataclass(frozen=True)
class Means:
    """What the program hands in."""

    state: Path
    """Where flowdesk keeps things."""
    catalogue: Catalogue
    make_session: Callable[[], Session]
    make_server: Callable[[Session, int], Serving]
    token: Callable[[str], str]
    """Returns the assistant's token of a role, made at the first use."""
    owner_token: Callable[[], str]


def require_sdk() -> None:
    """Make sure that the protocol's SDK is installed.

    Raises:
        MissingPiece: If not.
    """
    if importlib.util.find_spec("mcp") is None:
        raise MissingPiece(
            say("flowdesk mcp needs the package mcp, which is not installed."),
            say('Install it: pip install "flowdesk[agent]"'),
        )


def serve_assistant(options: argparse.Namespace, means: Means) -> int:
    """Speak to an assistant until its program closes standard input. Returns the exit code.

    Raises:
        MissingPiece: If the SDK is not installed.
    """
    require_sdk()
    host = _Host(options, means)
    with SignalThread(host.stop) as signals:
        return asyncio.run(host.live(lambda: signals.asked is not None))


class _Host:
    """Knows where flowdesk is, and holds the one that was started here."""

    def __init__(self, options: argparse.Namespace, means: Means) -> None:
        self._options = options
        self._means = means
        self._session: Session | None = None
        self._server: Serving | None = None
        self._ended: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def live(self, is_asked_to_end: Callable[[], bool]) -> int:
        """Speak, then put everything in order."""
        from flowdesk.agent.speaker import speak

        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        link = Link(self._find)
        situation = Situation(link, self._means.catalogue, runs_unasked=bool(self._options.yes))
        speaking = self._loop.create_task(speak(situation), name="mcp")
        ending = self._loop.create_task(self._ended.wait(), name="end of mcp")
        try:
            if not is_asked_to_end():
                await asyncio.wait([speaking, ending], return_when=asyncio.FIRST_COMPLETED)
            if speaking.done():
                speaking.result()
        finally:
            ending.cancel()
            await self._close(link)
        if not speaking.done():
            os._exit(130)  # standard input is read by a thread that only its end wakes
        return SUCCEEDED

    def stop(self, reason: str) -> None:
        """End, from the thread that hears signals: the runs that are here first."""
        if self._session is not None:
            self._session.stop_all(reason)
        if self._loop is not None and self._ended is not None:
            self._loop.call_soon_threadsafe(self._ended.set)

    async def _close(self, link: Link) -> None:
        if self._session is not None:
            self._session.stop_all("the assistant went away")
            await self._session.runs.close()
        await link.close()
        if self._server is not None:
            await self._server.stop()
        if self._session is not None:
            await self._session.close()

    async def _find(self) -> Place:
        """Return where flowdesk is; starts one where there is none."""
        options, means = self._options, self._means
        if options.url:
            token = os.environ.get("FLOWDESK_TOKEN", "")
            if not token:
                raise FlowdeskError(
                    say("The flowdesk at {url} needs a token.", url=options.url),
                    say("Set FLOWDESK_TOKEN to what flowdesk token new --name assistant printed there."),
                )
            return Place(options.url, token, None, "window")
        token = means.token(options.role)
        for found in announced(means.state):
            if self._server is None:
                return Place(_socket(found.url), token, means.owner_token(), found.process)
        if self._server is None:
            await self._serve()
        assert self._server is not None
        return Place(f"ws://127.0.0.1:{self._server.port}", token, means.owner_token(), "own")

    async def _serve(self) -> None:
        session = self._means.make_session()
        server = self._means.make_server(session, 8000 if self._options.port is None else self._options.port)
        try:
            await server.start()
        except ServerUnavailable:
            if self._options.port is not None:
                raise
            server = self._means.make_server(session, 0)
            await server.start()
        self._session, self._server = session, server


def _socket(url: str) -> str:
    """Return the address of the socket behind that of the page."""
    return url.replace("http", "ws", 1).rstrip("/")
