"""Live documents: flows that are open, with everyone who edits them (contract §5)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flowdesk.aio import in_thread
from flowdesk.model.causes import system_cause
from flowdesk.model.changes import AnyChange, RenameNode, SetFlow, change_json
from flowdesk.model.document import Applied, Document, Step, Tried
from flowdesk.model.errors import ChangeRefused, FileUnwritable, RequestInvalid, StaleRevision
from flowdesk.model.flow import Flow
from flowdesk.model.naming import apart, following, meaning, spelled_out
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.ownids import problems_of_given
from flowdesk.model.pieces import Pieces, written_list
from flowdesk.model.revalidation import Revalidation
from flowdesk.model.sentence import say
from flowdesk.model.written import WrittenList
from flowdesk.protocol.events import (
    ChangedEvent,
    DiskState,
    EditorPayload,
    MovedEvent,
    OpenDocument,
    PresenceEvent,
    SavedEvent,
)
from flowdesk.session.assets import copy_pictures
from flowdesk.session.journal import Journal
from flowdesk.session.names import file_name_of, stem_of
from flowdesk.session.peer import Peer, person_of
from flowdesk.session.recovery import KEPT_EDITS, Recovery
from flowdesk.session.storage import Fingerprint, Opened, assets_folder, save_flow
from flowdesk.session.touches import Touches
from flowdesk.session.trust import hand_of

if TYPE_CHECKING:
    from flowdesk.protocol.messages import EditFlow, PresenceNow
    from flowdesk.protocol.replies import DocumentState, Edited, Editors, Saved

MANY = 50
"""Changes of one edit beyond which they are tried in a thread."""
FILE = "file"
"""Whose edits those are that follow the file: nobody's undo takes them back."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an edit means by now."""

    changes: Sequence[AnyChange]
    ids: dict[str, str]
    """Which new ids its own new nodes were given."""
    tried: Tried | None


@dataclass
class LiveDocument:
    """One open flow: the document, its file, and its editors.

    What takes long works on a frozen flow in a thread while the caller holds ``turn``; nothing else may alter it meanwhile.
    """

    workflow_id: str
    document: Document
    journal: Journal
    catalogue: Catalogue
    scratch: Path
    """Folder for the pictures of a flow that has no file yet."""
    recovery: Recovery | None = None
    path: Path | None = None
    fingerprint: Fingerprint | None = None
    saved_revision: int = 0
    told_revision: int | None = None
    """The revision at which it differs from its file only by the ids that parts were given which had one together."""
    is_kept: bool = False
    """Whether it stays open while nobody edits it."""
    is_left: bool = False
    """Whether editors went away while something was done with it."""
    is_foreign: bool = False
    """Whether somebody else had a hand in it, or its file came from elsewhere."""
    hands: set[str] = field(default_factory=set)
    """Whose tokens had a hand in it, beside the owner's."""
    is_brought: bool = False
    """Whether it came whole from a client: its only copy is here until it is saved."""
    on_disk: DiskState = "same"
    """What the file is to what was opened: ``same``, ``changed`` or ``gone``."""
    on_edit: Callable[[Flow], object] | None = None
    """Called in a thread with what an edit made of the flow."""
    begun: int = 0
    """How much was asked for and is not done."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Whose turn it is: what edits, saves, reads or moves the document waits for what began before it."""
    pieces: Pieces = field(default_factory=Pieces)
    editors: dict[str, Peer] = field(default_factory=dict)
    presence: dict[str, EditorPayload] = field(default_factory=dict)
    _touches: Touches = field(default_factory=Touches)
    _answered: OrderedDict[str, Edited | None] = field(default_factory=OrderedDict)
    """Replies to the last edits by their ids, ``None`` where it was not told to this process: one that is sent again after a break is not applied again."""

    def __post_init__(self) -> None:
        """Let the document know which settings hold no references."""
        self.document.literals = self.catalogue.literal_keys
        self._differs_by_ids()

    _revalidation: Revalidation | None = None
    _told: tuple[Flow, WrittenList] | None = None
    """The problems that were found last, and in what."""

    def _differs_by_ids(self) -> None:
        """Take in that what is open differs from its file where two parts had one id: that is told, and no work of anybody."""
        if self.document.given:
            self.saved_revision, self.told_revision = -1, self.document.revision

    def read(self, opened: Opened) -> None:
        """Take in that the document is now what its file holds."""
        self.fingerprint, self.saved_revision = opened.fingerprint, self.document.revision
        self._differs_by_ids()

    def part(self) -> None:
        """Take in that the document is something else than its file by what somebody wants."""
        self.saved_revision, self.told_revision = -1, None

    @property
    def flow(self) -> Flow:
        """The flow as it stands now."""
        return self.document.flow

    @property
    def is_modified(self) -> bool:
        """Whether there are edits that are not in the file."""
        return self.document.revision != self.saved_revision

    @property
    def holds_work(self) -> bool:
        """Whether something would be lost if it were let go now."""
        if self.is_brought and self.path is None:
            return True
        return self.is_modified and self.document.revision != self.told_revision

    @property
    def assets(self) -> Path:
        """The folder of the flow's pictures."""
        return assets_folder(self.path) if self.path else self.scratch

    def listing(self) -> OpenDocument:
        """Return what a list of open flows says of it, as JSON values."""
        return {
            "workflow_id": self.workflow_id,
            "name": self.flow.name,
            "path": str(self.path) if self.path else None,
            "modified": self.is_modified,
            "unsaved": self.holds_work,
            "editors": len(self.editors),
            "on_disk": self.on_disk,
        }

    async def state(self, peer: Peer) -> DocumentState:
        """Return the document as JSON values for one peer: ``flow``, ``revision``, ``path``, ``problems``, ``undo``, ``redo``."""
        flow = self.flow
        problems, written = await in_thread(
            lambda: (self._problems_of(flow), self.pieces.written(flow)), "flowdesk.state"
        )
        undo, redo = self.document.labels(person_of(peer))
        return {
            "workflow_id": self.workflow_id,
            "flow": written,
            "revision": self.document.revision,
            "path": str(self.path) if self.path else None,
            "problems": problems,
            "undo": undo,
            "redo": redo,
            "modified": self.is_modified,
            "on_disk": self.on_disk,
            "peers": list(self.presence.values()),
        }

    async def edit(self, peer: Peer, request: EditFlow) -> Edited:
        """Apply a peer's edit, undo or redo, and tell everyone. One that was answered before is only answered again.

        Raises:
            ChangeRefused: If it does not fit.
            StaleRevision: If a field it sets was set by another editor after ``base_revision``.
        """
        if request.edit_id in self._answered:
            return self._answered[request.edit_id] or self._reply(peer)
        person = person_of(peer)
        if request.base_revision is not None and request.base_revision > self.document.revision:
            # It was seen in an earlier life of the document: what was set in this one was not.
            request = request.model_copy(update={"base_revision": 0})
        plan = await self._planned(request, peer.id, person)
        if request.action == "undo":
            applied = self.document.undo(person, plan.tried)
        elif request.action == "redo":
            applied = self.document.redo(person, plan.tried)
        else:
            applied = self.document.edit(plan.changes, person, request.label, request.gesture, plan.tried)
            self._touches.part(peer.id, applied.revision, plan.ids)
        hand = hand_of(peer)
        if hand is not None:
            self.is_foreign = True
            self.hands.add(hand)
        if request.edit_id:
            self._answer(request.edit_id, None)
        await self._tell(applied, peer.id, person, peer.name)
        reply = self._reply(peer)
        if request.edit_id:
            self._answer(request.edit_id, reply)
        return reply

    async def change(self, changes: Sequence[AnyChange], label: str, person: str = FILE, origin: str = FILE) -> None:
        """Apply changes that no client asked for as such, and tell everyone. The recovery file is the caller's affair."""
        tried = None
        if len(changes) > MANY:
            tried = await in_thread(lambda: self.document.tried(changes), "flowdesk.edit")
        await self._tell(self.document.edit(changes, person, label, tried=tried), origin, person, origin, keeps=False)

    async def _planned(self, request: EditFlow, client: str, person: str) -> _Plan:
        """Return what an edit means by now; what takes long to find out is found out in a thread.

        Raises:
            ChangeRefused, StaleRevision: As ``edit`` does.
        """
        step = self._step(request, person)
        changes = request.changes if step is None else step.inverse
        is_long = len(changes) > MANY or any(isinstance(change, RenameNode) for change in changes)

        def plan() -> _Plan:
            meant, ids = self._meant(request, client, person)
            self._check_conflicts(request.model_copy(update={"changes": meant}), person)
            if request.action == "edit":
                meant = spelled_out(meant, self.document.draft, self.catalogue.functions, self.catalogue.literal_keys)
            found = meant if step is None else changes
            is_many = len(found) > MANY
            return _Plan(meant, ids, self.document.tried(found, takes_edges=step is not None) if is_many else None)

        return await in_thread(plan, "flowdesk.edit") if is_long else plan()

    def _step(self, request: EditFlow, person: str) -> Step | None:
        if request.action == "edit":
            return None
        return (self.document.next_undo if request.action == "undo" else self.document.next_redo)(person)

    def answered(self, edits: Sequence[str]) -> None:
        """Know edits by their ids that an earlier process applied."""
        for edit in edits:
            self._answer(edit, None)

    async def keep(self) -> None:
        """Write what is not saved where it outlives the process; ``settle`` waits until it does."""
        await in_thread(self.keeping(), "flowdesk.keep")

    def keeping(self) -> Callable[[], None]:
        """Return what writes the document as it is now; it may be called in a thread."""
        if self.recovery is None or not self.holds_work:
            return lambda: None
        return partial(
            self.recovery.keep,
            self.workflow_id,
            self.flow,
            self.path,
            is_foreign=self.is_foreign,
            hands=sorted(self.hands),
            edits=list(self._answered),
            revision=self.document.revision,
        )

    async def settle(self) -> None:
        """Wait until what is kept outlives the process: before that nothing is promised."""
        if self.recovery is not None:
            await self.recovery.settle(self.workflow_id)

    async def save(self, path: Path | None, *, force: bool) -> Saved:
        """Write the file and tell everyone. A name that nobody gave follows the file.

        Raises:
            FileUnwritable: If there is no path yet, or it cannot be written.
            FileExists: If another file has this name, and ``force`` is off.
            FileChanged: If the file changed on disk since, and ``force`` is off.
        """
        target = path or self.path
        if target is None:
            raise FileUnwritable(say("The flow has no file yet."), say("Specify the name to save it under."))
        target = target.with_name(file_name_of(target.name))
        known = (self.fingerprint or Fingerprint("")) if target == self.path else None
        old_assets = self.assets
        flow = self._named_for(target)
        _, fingerprint = await in_thread(
            lambda: save_flow(flow, target, known, force=force, pieces=self.pieces), "flowdesk.save"
        )
        if target == self.path:
            self.fingerprint = fingerprint
        if flow.name != self.flow.name:
            await self.change([SetFlow(path=("name",), value=flow.name)], "Rename")
        revision = self.document.revision
        try:
            await in_thread(lambda: copy_pictures(old_assets, assets_folder(target)), "flowdesk.save")
        except OSError as error:
            raise FileUnwritable(
                say("{path} cannot be written: {reason}.", path=assets_folder(target), reason=system_cause(error)),
                say("The flow is saved. Free some disk space, then save it again."),
            ) from error  # fmt: skip
        self.path, self.fingerprint, self.saved_revision, self.on_disk = target, fingerprint, revision, "same"
        if self.recovery is not None:
            self.recovery.drop(self.workflow_id)
        self.journal.add("flow.saved", SavedEvent(path=str(target), revision=revision))
        return {"path": str(target), "revision": revision, "name": self.flow.name}

    async def moved(self, path: Path, fingerprint: Fingerprint, name: str) -> None:
        """Take in that the file was renamed, and tell everyone."""
        was_modified = self.is_modified
        self.path, self.fingerprint, self.on_disk = path, fingerprint, "same"
        if name != self.flow.name:
            await self.change([SetFlow(path=("name",), value=name)], "Rename")
        if not was_modified:
            self.saved_revision = self.document.revision
        await self.keep()
        self.journal.add("flow.moved", MovedEvent(path=str(path), name=self.flow.name))

    def show_presence(self, peer: Peer, now: PresenceNow) -> Editors:
        """Tell the others where a peer is."""
        self.presence[peer.id] = {
            "id": peer.id,
            "name": now.name or peer.name,
            "selection": now.selection,
            "cursor": list(now.cursor) if now.cursor is not None else None,
        }
        payload: Editors = {"peers": list(self.presence.values())}
        self.journal.add("presence", payload)
        return payload

    def leave(self, peer: Peer) -> None:
        """A peer closed the document or went away."""
        self.editors.pop(peer.id, None)
        if self.presence.pop(peer.id, None) is not None:
            self.journal.add("presence", PresenceEvent(peers=list(self.presence.values())))

    def _named_for(self, target: Path) -> Flow:
        """Return the flow under the name that it has in a file: a name that nobody gave it follows the file's."""
        old = stem_of(self.path.name) if self.path is not None else ""
        if self.flow.name not in {"", old}:
            return self.flow
        return self.flow.model_copy(update={"name": stem_of(target.name)})

    async def _tell(self, applied: Applied, origin: str, person: str, name: str, *, keeps: bool = True) -> None:
        """Keep what was applied and tell everyone whose it is: ``origin`` is the peer, ``person`` who sits before it."""
        self._touches.note(applied.changes, applied.revision, person, name)
        flow, keep = self.flow, self.keeping() if keeps else None

        def follow() -> tuple[WrittenList, WrittenList]:
            if keep is not None:
                keep()
            if self.on_edit is not None:
                self.on_edit(flow)
            return written_list([change_json(change) for change in applied.changes]), self._problems_of(flow)

        changes, problems = await in_thread(follow, "flowdesk.edit")
        undo, redo = self.document.labels(person)
        told: ChangedEvent = {
            "revision": applied.revision,
            "changes": changes,
            "origin": origin,
            "label": applied.label,
            "problems": problems,
            "modified": self.is_modified,
            "undo": undo,
            "redo": redo,
            "not_kept": (self.recovery.problem if self.recovery is not None else "") or None,
        }
        self.journal.add("flow.changed", told)

    def _problems_of(self, flow: Flow) -> WrittenList:
        """Return everything that validation finds, as JSON values."""
        if self._told is None or self._told[0] is not flow:
            if self._revalidation is None:
                self._revalidation = Revalidation(self.catalogue)
            found = [*self._revalidation.problems(flow), *problems_of_given(self.document.given, flow)]
            self._told = flow, written_list([problem.payload() for problem in found])
        return self._told[1]

    def _reply(self, peer: Peer) -> Edited:
        undo, redo = self.document.labels(person_of(peer))
        return {"revision": self.document.revision, "undo": undo, "redo": redo}

    def _answer(self, edit_id: str, reply: Edited | None) -> None:
        self._answered[edit_id] = reply
        while len(self._answered) > KEPT_EDITS:
            self._answered.popitem(last=False)

    def _check_conflicts(self, request: EditFlow, person: str) -> None:
        """Refuse an edit that would overwrite what somebody else set and this person has not seen."""
        changes, base = request.changes, request.base_revision
        if request.action != "edit":
            step = self._step(request, person)
            if step is None or request.force:
                return
            changes, base = list(step.inverse), step.revision
            self._check_strangers(changes, base, person, step.led)
        elif not changes:
            raise RequestInvalid(say("The edit holds no changes."), say("Send at least one change."), field="changes")
        if base is None:
            return
        found = self._touches.conflicts(changes, base, person, self.document.draft)
        if found:
            raise StaleRevision(
                say(
                    '{name} changed "{field}" in the meantime.',
                    field=[found[0]["label"], *found[0]["path"]][-1],
                    name=found[0]["by"],
                ),
                say("Compare both values and choose one."),
                revision=self.document.revision,
                field=[found[0]["op"], *([found[0]["id"]] if found[0]["id"] else []), *found[0]["path"]],
                conflicts=found,
                yours=found[0]["yours"],
                theirs=found[0]["theirs"],
            )

    def _check_strangers(
        self, changes: Sequence[AnyChange], base: int, person: str, known: Collection[str] = ()
    ) -> None:
        """Refuse an edit of a node that somebody else made meanwhile by the id of one that this person made."""
        for node_id, name in self._touches.strangers(changes, base, person, known):
            raise ChangeRefused(
                say('{name} added a node "{id}" in the meantime.', id=node_id, name=name), say("Add your node again.")
            )

    def _meant(self, request: EditFlow, client: str, person: str) -> tuple[Sequence[AnyChange], dict[str, str]]:
        """Return the changes that an edit means by now, and which new ids its own new nodes were given."""
        changes, base = request.changes, request.base_revision
        if base is None or not changes:
            return changes, {}
        draft, literals = self.document.draft, self.catalogue.literal_keys
        known = meaning(changes, self._touches.parted(base, client), draft, literals)
        made = self._touches.made_since(known, base)
        self._check_strangers(known, base, person)
        known = following(known, self._touches.renames(base), draft, literals)
        ever = self._touches.renames(0)  # who insists on an id of their own still calls the node what it was
        known = [
            following([each], ever, draft, literals)[0] if isinstance(each, RenameNode) else each for each in known
        ]
        return apart(known, made, draft, self.catalogue.functions, literals)
