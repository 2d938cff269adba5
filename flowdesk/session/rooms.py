"""The rooms of a session: what only editors ask for is loaded and made at the first request about it.

A run on the command line, a robot and a desktop of its own enter few of them. ``ENTRANCES`` says which requests lead where.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from flowdesk.session.peer import Handler, Peer

if TYPE_CHECKING:
    from flowdesk.protocol.events import RecordingState
    from flowdesk.session.acting import Acting
    from flowdesk.session.fleet import FleetDesk
    from flowdesk.session.looking import Looking
    from flowdesk.session.recording.recordings import Recordings
    from flowdesk.session.session import Session
    from flowdesk.session.triggering import Triggering

T = TypeVar("T")


class Room(Generic[T]):
    """One room."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Make nothing yet."""
        self._make = make
        self.made: T | None = None
        """The room, ``None`` before anybody entered it. May be read from any thread."""

    def __call__(self) -> T:
        """Enter it: it is made at the first time."""
        if self.made is None:
            self.made = self._make()
        return self.made


class Rooms:
    """All rooms of one session, and who in them answers which request. Use it on the session's event loop only."""

    def __init__(self, session: "Session", own: Mapping[str, Handler]) -> None:
        """``own`` are the handlers that are there from the start."""
        self._session = session
        self._known = dict(own)
        self._entered: set[Enter] = set()
        self.looking = Room(self._looking)
        self.acting = Room(self._acting)
        self.triggering = Room(self._triggering)
        self.recordings = Room(self._recordings)
        self.fleet = Room(self._fleet)

    def handler(self, type: str) -> Handler | None:
        """Return who answers a request, ``None`` for one that nobody does."""
        if type not in self._known:
            enter = ENTRANCES.get(type) or ENTRANCES.get(type.partition(".")[0])
            if enter is not None:
                self._enter(enter)
        return self._known.get(type)

    def all_handlers(self) -> Mapping[str, Handler]:
        """Enter every room; return who answers each request."""
        for enter in ENTRANCES.values():
            self._enter(enter)
        return self._known

    def _enter(self, enter: "Enter") -> None:
        if enter not in self._entered:
            self._entered.add(enter)
            self._known |= enter(self._session, self)

    # -- what the session passes on to rooms that are there -----------------------------------------------------------

    def refuse_run(self) -> None:
        """Refuse a run on this desktop while somebody is recorded there.

        Raises:
            RequestInvalid: If a recording is under way.
        """
        if self.recordings.made is not None:
            self.recordings.made.refuse_run()

    def recording(self) -> "RecordingState | None":
        """Return what ``system.status`` says of the recording, ``None`` where there is none."""
        return self.recordings.made.payload() if self.recordings.made is not None else None

    def controller(self) -> str | None:
        """Return who acts on the desktop through its picture, ``None`` where nobody does."""
        return self.acting.made.who if self.acting.made is not None else None

    def forget(self, peer: Peer) -> None:
        """A peer went."""
        if self.acting.made is not None:
            self.acting.made.forget(peer)
        if self.looking.made is not None:
            self.looking.made.watching.unwatch(peer)
        if self.recordings.made is not None:
            self.recordings.made.forget(peer)

    def stop_starting(self) -> None:
        """Every run is stopped: what waits for its turn does not start either, and nobody acts. From any thread."""
        if self.acting.made is not None:
            self.acting.made.stop()
        if self.triggering.made is not None:
            self.triggering.made.watch.stop_all()

    async def close(self) -> None:
        """Start nothing any more, record nothing, watch nothing."""
        if self.triggering.made is not None:
            await self.triggering.made.watch.close()
        if self.recordings.made is not None:
            await self.recordings.made.close()
        if self.looking.made is not None:
            await self.looking.made.close()

    async def finish(self) -> None:
        """The runs have ended."""
        if self.triggering.made is not None:
            await self.triggering.made.watch.finish()

    # -- making them --------------------------------------------------------------------------------------------------

    def _looking(self) -> "Looking":
        from flowdesk.session.looking import Looking

        return Looking(self._session.services.driver)

    def _acting(self) -> "Acting":
        from flowdesk.session.acting import Acting

        session = self._session
        return Acting(session.services.driver, session.runs.under_way, session.questions.pending, session.tell_status)

    def _triggering(self) -> "Triggering":
        from flowdesk.session.triggering import Triggering

        return Triggering(self._session, self._session.process, self._session.surroundings)

    def _recordings(self) -> "Recordings":
        from flowdesk.session.recording.recordings import Recordings

        session = self._session
        return Recordings(
            session.observer() if session.observer is not None else None, session.desk, session.runs, session.tell_status,
            session.services.keep_secret, session.questions.pending,
        )  # fmt: skip

    def _fleet(self) -> "FleetDesk":
        from flowdesk.session.fleet import FleetDesk

        return FleetDesk(self._session.desk, self._session.counter)


Handlers = Mapping[str, Handler]
Enter = Callable[["Session", Rooms], Handlers]


def _files(session: "Session", rooms: Rooms) -> Handlers:
    from flowdesk.session.bringing import Bringing
    from flowdesk.session.filing import Filing

    desk = session.desk
    return {**desk.handlers(), **Filing(desk).handlers(), **Bringing(desk, session.bring).handlers()}


def _gallery(session: "Session", rooms: Rooms) -> Handlers:
    from flowdesk.session.gallery import Gallery

    return Gallery(session.desk, session.catalogue).handlers()


def _declarations(session: "Session", rooms: Rooms) -> Handlers:
    from flowdesk.session.declarations import Declarations

    return Declarations(session.desk, session.runs, session.catalogue).handlers()


def _problems(session: "Session", rooms: Rooms) -> Handlers:
    from flowdesk.session.validating import Validating

    return Validating(session.desk, session.catalogue).handlers()


def _history(session: "Session", rooms: Rooms) -> Handlers:
    from flowdesk.session.history import history_handlers

    return history_handlers(session.folders.runs, session.runs.listing, session.write_report)


def _looks(session: "Session", rooms: Rooms) -> Handlers:
    return session.elsewhere.around(rooms.looking().handlers(session.assets_of))


def _acts(session: "Session", rooms: Rooms) -> Handlers:
    return rooms.acting().handlers()


def _triggers(session: "Session", rooms: Rooms) -> Handlers:
    return rooms.triggering().handlers()


def _records(session: "Session", rooms: Rooms) -> Handlers:
    return rooms.recordings().handlers()


def _robots(session: "Session", rooms: Rooms) -> Handlers:
    return rooms.fleet().handlers()


ENTRANCES: Mapping[str, Enter] = {
    "flow": _files,
    "asset": _files,
    "presence": _files,
    "gallery": _gallery,
    "node": _declarations,
    "value": _declarations,
    "workflow.validate": _problems,
    "workflow.list": _history,
    "execution.picture": _history,
    "execution.past": _history,
    "execution.keep": _history,
    "execution.report": _history,
    "target": _looks,
    "desktop": _looks,
    "desktop.control": _acts,
    "desktop.act": _acts,
    "trigger": _triggers,
    "record": _records,
    "fleet": _robots,
}
"""By a request, or by the word before its dot: what makes the handlers of the room, and of others that belong to it."""
