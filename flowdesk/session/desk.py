"""The open documents: opened, edited, saved, and let go only when nothing would be lost (contract §5)."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from flowdesk.aio import end, in_thread, spawn
from flowdesk.model.causes import system_cause
from flowdesk.model.changes import AnyChange
from flowdesk.model.document import Document
from flowdesk.model.errors import (
    FileInUse,
    FileUnwritable,
    FlowdeskError,
    LimitReached,
    NotAllowed,
    RequestInvalid,
)
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.reading import read_flow
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ClosedEvent, DiskEvent, DiskState
from flowdesk.resource import resource_path
from flowdesk.session import flowfiles
from flowdesk.session.assets import get_picture, put_picture
from flowdesk.session.documents import LiveDocument
from flowdesk.session.journal import Journal
from flowdesk.session.names import check_name, stem_of
from flowdesk.session.paths import read_path
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.session.recovery import Recovery, Unsaved
from flowdesk.session.restoring import adopt, fits, forgets_double, holds, restore_unsaved
from flowdesk.session.storage import Opened, leads_to, open_flow, sweep
from flowdesk.session.trust import Trust, hand_of

if TYPE_CHECKING:
    from flowdesk.protocol import messages as m
    from flowdesk.protocol.replies import DocumentState, Done, Edited, Editors, Picture, PictureStored, Saved

T = TypeVar("T")
CLOSE_SECONDS = 5.0
"""How long the end of the program waits for what was begun."""
logger = logging.getLogger(__name__)
MOST_LEFT = 256
"""Peers of which it is known that they went away; what they began last is done by then."""
MOST_OPEN = 200
"""Documents that are open at once."""


@dataclass
class Desk:
    """Keeps the live documents of a session. Use it on the session's event loop only."""

    catalogue: Catalogue
    flows: Path
    """What remote editors may open and save by name."""
    scratch: Path
    """Folder for the pictures of flows that have no file yet."""
    recovery: Recovery
    trust: Trust
    journal: Callable[[str], Journal]
    is_running: Callable[[str], bool]
    on_change: Callable[[], None]
    """Called when a document was opened, named or let go."""
    restores: bool = False
    """Whether unsaved edits of an earlier process come back with their file."""
    documents: dict[str, LiveDocument] = field(default_factory=dict)
    _left: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LEFT))

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers of the requests about documents and their files."""
        return {
            "flow.open": self._open,
            "flow.get": self._get,
            "flow.edit": self._edit,
            "flow.save": self._save,
            "flow.close": self._close,
            "asset.put": self._put_asset,
            "asset.get": self._get_asset,
            "presence": self._presence,
        }

    # -- opening and letting go ---------------------------------------------------------------------------------------

    def open_file(
        self,
        path: Path,
        *,
        keep: bool = False,
        left: Unsaved | None = None,
        opened: Opened | None = None,
        unsaved: Sequence[Unsaved] | None = None,
    ) -> LiveDocument:
        """Open a file as a live document. ``keep`` holds it open while no peer has it.

        ``opened`` and ``unsaved`` are what was read already of it and of what earlier processes left. ``left`` is what an earlier process had of it, by whose ids it stays known: a file without one gets another at each opening.

        Raises:
            FlowUnreadable: If it is not a flow.
        """
        known = self.of_path(path)
        if known is not None:
            known.is_kept = known.is_kept or keep
            return known
        if opened is None:
            opened = open_flow(path)
            sweep(path.parent)
        flow = opened.flow if left is None else opened.flow.model_copy(update={"id": left.flow.id})
        live = self.add(flow, left.workflow_id if left is not None and left.workflow_id else flow.id)
        live.path, live.fingerprint, live.is_kept = path, opened.fingerprint, keep
        if path.is_relative_to(resource_path("flows")):
            self.trust.add(live.flow)
        elif is_from_elsewhere(path):
            live.is_foreign = True
            self.trust.mark(live.flow)
        else:
            live.is_foreign = self.trust.is_strange(live.flow)
        if self.restores:
            for other in restore_unsaved(live, self.recovery, unsaved):
                self._open_copy(other, _recovered(other))
        self.on_change()
        return live

    def restore_all(self) -> None:
        """Open again all that earlier processes left unsaved, under the old ids: editors that outlived them find it there.

        What does not fit its file any more, since that was written or removed meanwhile, is open as a copy beside it, and so are
        all works of one file but the last.
        """
        unsaved = self.recovery.unsaved()
        last: dict[Path | None, Unsaved] = {
            left.path: left for left in unsaved if left.path is not None and fits(left) and not holds(left)
        }
        # The file goes by the id of the last work: that comes before the copies, which take what is free.
        for left in sorted(unsaved, key=lambda left: left is not last.get(left.path)):
            try:
                if left.path is None:
                    self._open_copy(left, left.flow.name)
                elif holds(left):
                    self.recovery.forget(left)  # it was saved, and the process ended before it could forget it
                elif left is last.get(left.path):
                    restore_unsaved(self.open_file(left.path, left=left, unsaved=[left]), self.recovery, [left])
                elif left.path not in last or not forgets_double(left, last[left.path], self.recovery):
                    self._open_copy(left, _recovered(left))
            except FlowdeskError as error:
                logger.warning("%s: what was left unsaved is not opened: %s", left.file, error.message)

    def _open_copy(self, left: Unsaved, name: str) -> None:
        taken = left.workflow_id in self.documents
        flow = left.flow.model_copy(update={"name": str(name)})
        live = self.add(flow, left.workflow_id if left.workflow_id and not taken else flow.id)
        live.part()
        adopt(live, left, self.recovery)

    async def _open_beside(self, path: Path) -> LiveDocument:
        """Open a file that is read in a thread, unless it is open: what others ask meanwhile does not wait for it."""

        def read() -> tuple[Opened, list[Unsaved]]:
            opened = open_flow(path)
            self.trust.look(opened.flow)
            sweep(path.parent)
            return opened, self.recovery.unsaved() if self.restores else []

        if self.of_path(path) is not None:
            return self.open_file(path)
        opened, unsaved = await in_thread(read, "flowdesk.open")
        return self.open_file(path, opened=opened, unsaved=unsaved)

    def add(self, flow: Flow, workflow_id: str) -> LiveDocument:
        """Open a flow that has no file yet.

        Raises:
            LimitReached: If too many are open.
        """
        self._make_room()
        number, unique = 1, workflow_id
        while unique in self.documents:
            number += 1
            unique = f"{workflow_id}-{number}"
        live = self.documents[unique] = LiveDocument(
            unique,
            Document(flow),
            self.journal(unique),
            self.catalogue,
            self.scratch / _plain(unique),
            self.recovery,
            on_edit=self.trust.look,
        )
        return live

    def of_path(self, path: Path) -> LiveDocument | None:
        """Return the live document of a file, ``None`` if it is not open."""
        return next((live for live in self.documents.values() if live.path == path), None)

    def get(self, workflow_id: str) -> LiveDocument:
        """Return a live document.

        Raises:
            RequestInvalid: If it is not open.
        """
        live = self.documents.get(workflow_id)
        if live is None:
            raise _not_open(workflow_id)
        return live

    def peer_left(self, peer: Peer) -> None:
        """A peer went away. What it had open stays open where something would be lost."""
        self._left.append(peer.id)
        for live in tuple(self.documents.values()):
            was_editor = peer.id in live.editors
            live.leave(peer)
            if was_editor and live.begun:
                live.is_left = True  # what it began last is done first
            elif was_editor:
                self._let_go(live)

    def _after_turn(self, live: LiveDocument) -> None:
        """Let a document go whose editors went away meanwhile."""
        gone = [editor for editor in live.editors.values() if editor.id in self._left]
        for editor in gone:
            live.leave(editor)
        if (gone or live.is_left) and not live.begun and self.documents.get(live.workflow_id) is live:
            live.is_left = False
            self._let_go(live)

    async def in_turn(self, live: LiveDocument, act: Callable[[], Awaitable[T]]) -> T:
        """Do something with a document when everything that was begun before is done. Whoever asked for it may go away meanwhile.

        Raises:
            RequestInvalid: If the document was closed meanwhile.
        """

        async def take() -> tuple[T | None, FlowdeskError | None]:
            async with live.turn:
                try:
                    if self.get(live.workflow_id) is not live:
                        raise _not_open(live.workflow_id)
                    return await act(), None
                except FlowdeskError as error:
                    return None, error
                finally:
                    live.begun -= 1
                    self._after_turn(live)

        live.begun += 1
        found, error = await asyncio.shield(spawn(take(), f"turn of {live.workflow_id}"))
        if error is not None:
            raise error
        return cast("T", found)

    async def close(self) -> None:
        """Wait, for a while, until what was begun is done."""
        turns = [spawn(_wait_for(live), "flowdesk.turn") for live in self.documents.values() if live.begun]
        if turns:
            await asyncio.wait(turns, timeout=CLOSE_SECONDS)
            await end(turns, 1.0)

    def _let_go(self, live: LiveDocument, *, gives_up: bool = False) -> None:
        """Close a document that nobody has open, unless it is kept or holds work that nobody gave up."""
        if live.editors or live.is_kept or (live.holds_work and not gives_up):
            self.on_change()
            return
        self.remove(live)

    def remove(self, live: LiveDocument) -> None:
        """Let a document go, whatever it holds."""
        self.documents.pop(live.workflow_id, None)
        self.recovery.drop(live.workflow_id)
        live.journal.add("flow.closed", ClosedEvent(workflow_id=live.workflow_id))
        self.on_change()

    def _make_room(self) -> None:
        if len(self.documents) < MOST_OPEN:
            return
        raise LimitReached(
            say("{count} flows are open.", count=len(self.documents)),
            say("Save or close flows that nobody is editing."),
        )

    async def _open(self, peer: Peer, payload: m.OpenFlow, workflow_id: str, message_id: str) -> DocumentState:
        if payload.path is not None:
            live = await self._open_beside(self.allowed_path(peer, payload.path))
        elif payload.flow is None and workflow_id:
            live = self.get(workflow_id)
        else:
            live = await self._open_brought(peer, payload.flow, workflow_id)
        live.editors[peer.id] = peer

        async def told() -> DocumentState:
            live.journal.subscribe(peer)
            return await live.state(peer)

        return await self.in_turn(live, told)

    async def _open_brought(self, peer: Peer, values: dict[str, Any] | None, workflow_id: str) -> LiveDocument:
        """Open a flow that came whole from a client, or an empty one."""

        def read() -> Flow:
            flow = Flow() if values is None else read_flow(values)
            self.trust.look(flow)
            return flow

        flow = await in_thread(read, "flowdesk.open")
        live = self.add(flow, workflow_id or flow.id)
        live.is_brought = len(flow.nodes) > 1
        if not self.trust.add_own(live.flow, peer):
            live.is_foreign = True
            live.hands.add(hand_of(peer) or "")
            self.trust.mark(live.flow, hand_of(peer) or "")
        live.editors[peer.id] = peer
        await self.in_turn(live, live.keep)
        await live.settle()
        self.on_change()
        return live

    async def _close(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> Done:
        live = self.get(workflow_id)

        async def leave() -> Done:
            live.leave(peer)
            self._let_go(live, gives_up=True)
            return {}

        return await self.in_turn(live, leave)

    # -- editing and saving -------------------------------------------------------------------------------------------

    async def _get(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> DocumentState:
        live = self.get(workflow_id)
        return await self.in_turn(live, lambda: live.state(peer))

    async def _edit(self, peer: Peer, payload: m.EditFlow, workflow_id: str, message_id: str) -> Edited:
        live = self.get(workflow_id)

        async def edit() -> Edited:
            reply = await self._judged(peer, live, payload)
            live.editors[peer.id] = peer
            return reply

        reply = await self.in_turn(live, edit)
        await live.settle()
        return reply

    async def _judged(self, peer: Peer, live: LiveDocument, payload: m.EditFlow) -> Edited:
        """Edit, and remember whose work what the flow may do is."""
        before = live.flow
        is_trusted = self.trust.knows(before)
        reply = await live.edit(peer, payload)
        is_own_work = is_trusted and self.trust.add_own(live.flow, peer)
        if not is_own_work and live.is_foreign and not self.trust.knows(live.flow):
            self.trust.mark(live.flow, hand_of(peer) or "", but=self.trust.parts(before))
        return reply

    async def record(
        self,
        peer: Peer,
        live: LiveDocument,
        changes: Sequence[AnyChange],
        label: str,
        action: Literal["edit", "undo"] = "edit",
    ) -> None:
        """Apply what was recorded, as an edit of its own that ``peer`` can undo; or take back its last edit.

        Raises:
            ChangeRefused: If it does not fit any more.
            RequestInvalid: If the document was closed meanwhile.
        """
        from flowdesk.protocol.messages import EditFlow

        request = EditFlow(action=action, changes=list(changes), label=label)
        await self.in_turn(live, lambda: self._judged(peer, live, request))
        await live.settle()

    async def _save(self, peer: Peer, payload: m.SaveFlow, workflow_id: str, message_id: str) -> Saved:
        live = self.get(workflow_id)
        path = None if payload.path is None else self.allowed_path(peer, payload.path)
        if path is not None and path != live.path:
            if path == self.flows.resolve():
                check_name(payload.path or "")
            self._make_root(path)
            if payload.path is not None and not path.parent.is_dir() and not Path(payload.path).is_absolute():
                check_name(payload.path)  # it was meant as a name, and the better one is for the whole of it
            path = self.confined(peer, flowfiles.target_in(path.parent, self._checked(path)))
            other = self.of_path(path)
            if other is not None and other is not live and other.editors:
                raise FileInUse(
                    say("{path} is already open as another flow.", path=path),
                    say("Choose another name, or close it first."),
                )
        reply = await self.in_turn(live, lambda: live.save(path, force=payload.force))
        if live.is_foreign:
            self.trust.mark(live.flow, but=self.trust.parts(live.flow))
        self.on_change()
        return reply

    def _checked(self, path: Path) -> str:
        """Return the name of a new file; below the flows folder its folders have names that are allowed, too."""
        if path.is_relative_to(self.flows.resolve()):
            for part in path.relative_to(self.flows.resolve()).parts[:-1]:
                check_name(part)
        return path.name

    def _make_root(self, path: Path) -> None:
        """Make the folder of flows for the first file in it."""
        if path.parent != self.flows.resolve():
            return
        try:
            flowfiles.private_root(self.flows)
        except OSError as error:
            raise FileUnwritable(
                say("{path} cannot be written: {reason}.", path=self.flows, reason=system_cause(error)),
                say("Save it in a folder that you can write to."),
            ) from error

    def file_of(self, peer: Peer, live: LiveDocument) -> Path | None:
        """Return the file of a document, to be read for a client.

        Raises:
            NotAllowed: If somebody put a link to a file outside of the flows folder in its place.
        """
        known = live.fingerprint.leads if live.fingerprint is not None else ""
        if live.path is not None and (leads := leads_to(live.path)) and leads != known:
            self.confined(peer, Path(leads))
        return live.path

    def allowed_path(self, peer: Peer, name: str) -> Path:
        """The window may open any file; remote editors those of the flows folder and what is open already."""
        return self.confined(peer, read_path(name, self.flows))

    def confined(self, peer: Peer, path: Path) -> Path:
        """Return a path that a client may use: of a guest nothing outside of the flows folder, nor what a link in it leads to.

        Ask again whenever a name was changed, such as by its suffix: another file may be meant, and that may be a link.

        Raises:
            NotAllowed: If it may not.
        """
        root = self.flows.resolve()
        is_inside = path.parent.is_relative_to(root) and Path(os.path.realpath(path)).is_relative_to(root)
        if peer.is_local or is_inside or path == root or self.of_path(path) is not None:
            return path
        raise NotAllowed(
            say("Only files in the flows folder can be opened from here: {folder}.", folder=self.flows),
            say("Open the file in flowdesk's window first."),
        )

    async def _put_asset(self, peer: Peer, payload: m.PutAsset, workflow_id: str, message_id: str) -> PictureStored:
        return {"name": put_picture(self.get(workflow_id).assets, payload.name, payload.data)}

    async def _get_asset(self, peer: Peer, payload: m.GetAsset, workflow_id: str, message_id: str) -> Picture:
        folder = self.get(workflow_id).assets
        return await in_thread(lambda: get_picture(folder, payload.name), "flowdesk.assets")

    async def _presence(self, peer: Peer, payload: m.PresenceNow, workflow_id: str, message_id: str) -> Editors:
        return self.get(workflow_id).show_presence(peer, payload)

    # -- a file that changed on disk ----------------------------------------------------------------------------------

    def tell_disk(self, live: LiveDocument, state: DiskState) -> None:
        """Tell everyone what the file is to what was opened."""
        if live.on_disk != state or state == "same":
            live.on_disk = state
            told: DiskEvent = {"path": str(live.path), "state": state, "modified": live.is_modified}
            live.journal.add("flow.disk", told)
            self.on_change()


def _recovered(left: Unsaved) -> str:
    """Return the name of a copy."""
    return say(
        "{name} (recovered)", name=left.flow.name or (stem_of(left.path.name) if left.path is not None else "flow")
    )


def _not_open(workflow_id: str) -> RequestInvalid:
    return RequestInvalid(
        say('No open flow has the ID "{id}".', id=workflow_id), say("Open it with flow.open."), field="workflow_id"
    )


async def _wait_for(live: LiveDocument) -> None:
    async with live.turn:
        pass


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in text)[:80]
