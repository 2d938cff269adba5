"""One recording: from when it is begun until it is ended, its steps are edits of one live document."""

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

from flowdesk.aio import end, in_thread, spawn
from flowdesk.engine.observing import Ending, Observer
from flowdesk.engine.ports import Window
from flowdesk.i18n import tr
from flowdesk.model.changes import AnyChange, SetNode
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.session.assets import put_picture
from flowdesk.session.documents import LiveDocument
from flowdesk.session.peer import Message, Peer, person_of
from flowdesk.session.recording.appearing import patience
from flowdesk.session.recording.ear import Decided, Ear
from flowdesk.session.recording.repeats import Repeat, changes, found_in
from flowdesk.session.recording.replacing import replacing
from flowdesk.session.recording.rowsfile import write_table
from flowdesk.session.recording.steps import Step
from flowdesk.session.recording.targets import Found, found_for
from flowdesk.session.recording.writing import Placing

Status = Literal["recording", "paused", "stopped"]
Write = Callable[[Peer, LiveDocument, Sequence[AnyChange], str], Awaitable[None]]
FINISH_SECONDS = 300.0
"""How long the last steps may take to be written: what no program tells is read from pictures, one after the other."""
READ_SECONDS = 10.0
"""For how long a target is looked for that has to be read from the screen: reading takes its time on a busy machine."""


class Hand(Peer):
    """Writes what a peer does on the desktop: the edits are that person's to undo, and new to the peer itself."""

    def __init__(self, peer: Peer) -> None:
        """Write for ``peer``."""
        self.id = f"recording of {peer.id}"
        self.name = peer.name
        self.role = peer.role
        self.person = person_of(peer)
        self.is_local, self.is_owner, self.hand = peer.is_local, peer.is_owner, peer.hand

    def deliver(self, message: Message) -> None:
        """Take no message."""


@dataclass
class Recording:
    """What is being recorded, for whom, into which document."""

    peer: Peer
    live: LiveDocument
    write: Write
    told: Callable[["Recording", Step | None], None]
    """Called after each step, and when the status changes."""
    own_windows: Callable[[Window], bool] = lambda window: False
    replaces: str = ""
    """The node whose place the steps take in the end."""
    status: Status = "recording"
    count: int = 0
    secrets: list[str] = field(default_factory=list)
    """The names of the secrets that the steps type."""
    asking: dict[str, list[str]] = field(default_factory=dict)
    """The nodes whose notes ask for a secret, by its name."""
    doubtful: int = 0
    """Steps whose text could not be read back."""
    reason: Literal["", "keys", "lost"] = ""
    """Why it ended by itself: ``keys`` or ``lost``."""

    def __post_init__(self) -> None:
        """Have nothing yet."""
        self.hand = Hand(self.peer)
        self._placing = Placing()
        self._decided: asyncio.Queue[Decided | None] = asyncio.Queue()
        self._ear: Ear | None = None
        self._writing: asyncio.Task[None] | None = None
        self._ending = asyncio.Lock()

    @property
    def last_node(self) -> str | None:
        """The node that was recorded last and is still there."""
        nodes = self.live.document.draft.nodes
        return next((node for node in reversed(self._placing.made) if node in nodes), None)

    async def begin(self, observer: Observer, anchor: str) -> None:
        """Begin to listen; the steps go behind the node ``anchor``.

        Raises:
            DesktopUnavailable: If nothing can be heard or seen here.
        """
        self._placing.anchor, self._placing.is_for_anchor = anchor, bool(self.replaces)
        # Whoever asked may go away meanwhile: what listens is known before anything ends it.
        if (failure := await asyncio.shield(spawn(self._listen(observer), "flowdesk.recording"))) is not None:
            raise failure

    async def _listen(self, observer: Observer) -> FlowdeskError | None:
        """Listen from now on; return why that is not possible."""
        loop = asyncio.get_running_loop()

        def on_loop(function: Callable[..., None], *args: Any) -> None:
            try:
                loop.call_soon_threadsafe(function, *args)
            except RuntimeError:
                return  # the loop was closed meanwhile

        def decided(steps: Sequence[Decided]) -> None:
            for step in steps:
                on_loop(self._decided.put_nowait, step)

        def ear() -> Ear:
            return Ear(observer, self.own_windows, decided, lambda why: on_loop(self._ended, why))

        async with self._ending:
            try:
                self._ear = await in_thread(ear, "flowdesk.listening")
            except FlowdeskError as error:
                return error
            self._writing = spawn(self._write_all(), "flowdesk.recording")
        return None

    @property
    def repeat(self) -> Repeat | None:
        """What was done several times with other data, once the recording is over; None where its steps were taken apart since."""
        draft = self.live.document.draft
        made = [node for node in self._placing.made if node in draft.nodes]
        joined = {(edge.source, edge.target) for edge in draft.edges.values()}
        if self.status != "stopped" or not all(pair in joined for pair in pairwise(made)):
            return None
        return found_in([draft.nodes[node] for node in made])

    async def repeat_for_rows(self, repeat: Repeat) -> None:
        """Do the steps of one pass for every row of a table instead: a file beside the flow, where the flow has one.

        Raises:
            FileUnwritable: If the table cannot be written.
        """
        path = self.live.path
        table = await in_thread(lambda: write_table(path, repeat), "flowdesk.recording") if path is not None else ""
        edit = changes(self.live.document.draft, repeat, table)
        await self.write(self.hand, self.live, edit, "Repeat for every row")

    def add(self, step: Step) -> None:
        """Add a step that nobody did: it goes behind what was done until now."""
        self._decided.put_nowait(Decided(step, {}))

    async def keep(self, name: str) -> None:
        """Know that a secret is kept: its steps need not ask for it any more."""
        nodes = self.live.document.draft.nodes
        note = ("data", "config", "note")
        asking = [node for node in self.asking.pop(name, []) if node in nodes]
        edit = [
            SetNode(id=node, path=note, remove=True) for node in asking if nodes[node].config.get("note") == _asks(name)
        ]
        if edit:
            await self.write(self.hand, self.live, edit, "Keep the password")

    def pause(self, is_paused: bool) -> None:
        """Leave out what is done from now on, or take it in again."""
        if self._ear is not None and self.status != "stopped":
            self._ear.pause(is_paused)
            self.status = "paused" if is_paused else "recording"
            self.told(self, None)

    async def stop(self, forget: float = 0.0) -> None:
        """Stop, and wait until all that was done is written. ``forget``: leave out what was begun in so many last seconds."""
        async with self._ending:
            if self.status == "stopped":
                return
            ear = self._ear
            if ear is not None:
                await in_thread(lambda: ear.end(forget), "flowdesk.listening")
            self._decided.put_nowait(None)
            if self._writing is not None:
                await asyncio.wait([self._writing], timeout=FINISH_SECONDS)
                await end([self._writing], 1.0)
            await self._replace()
            self.status = "stopped"
            self.told(self, None)

    async def _replace(self) -> None:
        """Put what was recorded in the place of the node that it is shown for."""
        nodes = self.live.document.draft.nodes
        made = [node for node in self._placing.made if node in nodes]
        if self.replaces in nodes and made:
            with contextlib.suppress(FlowdeskError):  # somebody took it apart meanwhile: the steps stay behind it
                edit = replacing(self.live.document.draft, self.replaces, made)
                await self.write(self.hand, self.live, edit, "Record this step again")

    def _ended(self, why: Ending) -> None:
        self.reason = why
        spawn(self.stop(), "flowdesk.recording")

    async def _write_all(self) -> None:
        while (decided := await self._decided.get()) is not None:
            await self._write_step(decided)

    async def _write_step(self, decided: Decided) -> None:
        step = replace(
            decided.step, note=decided.step.note or (_asks(decided.step.secret) if decided.step.secret else "")
        )
        config = dict(step.config)
        for key, aim in step.aims.items():
            sights = decided.sights.get(aim.moment)
            found = await found_for(sights, aim) if sights is not None else Found([])
            names = await in_thread(lambda found=found: self._kept(found), "flowdesk.recording")  # type: ignore[misc]
            if (selectors := [names.get(one, one) for one in found.selectors]) and found.selectors:
                config[key] = selectors[0] if len(selectors) == 1 else selectors
            if aim.took or found.is_seen:
                seconds = max(READ_SECONDS if found.is_seen else 0.0, patience(aim.took))
                config.setdefault("timeout", round(seconds * 1000))
            if aim.took:
                step = replace(step, note=step.note or tr(say("Appeared after {seconds} s", seconds=f"{aim.took:.1f}")))
            if found.is_place and aim.way != "area":
                step = replace(step, note=step.note or tr("Only a place in the window: nothing there has a name."))
        if step.type == "menu" and "selector" in step.aims and "selector" not in config:
            return  # what it hung on cannot be named, and in another menu the entry would mean another thing
        written = [(step.type, _in_order(config), step.window, step.note)]
        edit = self._placing.changes(self.live.document.draft, written, self.live.catalogue.functions)
        try:
            await self.write(self.hand, self.live, edit, "Record")
        except FlowdeskError:
            self._placing.made = self._placing.made[:-1]
            return
        self.count += 1
        self.doubtful += not step.is_certain
        if step.secret:
            self.asking.setdefault(step.secret, []).append(self._placing.made[-1])
        if step.secret and step.secret not in self.secrets:
            self.secrets.append(step.secret)
        self.told(self, Step(step.type, config, {}, step.at, step.window, step.note))

    def _kept(self, found: Found) -> dict[str, str]:
        """Store the pictures of a target; return its selectors by what they are called with the names that were free."""
        renamed: dict[str, str] = {}
        for name, content in found.pictures.items():
            stored = put_picture(self.live.assets, name, base64.b64encode(content).decode())
            for selector in found.selectors:
                if selector.endswith(f"image={name}"):
                    renamed[selector] = selector.removesuffix(name) + stored
        return renamed


def _asks(secret: str) -> str:
    """Return the note of a step whose secret nobody has kept yet."""
    return tr(say("Save the password before a run: flowdesk secret set {name}", name=secret))


def _in_order(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config with its target first."""
    return {key: config[key] for key in sorted(config, key=lambda key: key != "selector")}
