"""The files of flows as peers manage them: listed, renamed, copied, deleted, compared, and read again (contract §5)."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from flowdesk.aio import in_thread
from flowdesk.model.changes import AnyChange
from flowdesk.model.differences import differences
from flowdesk.model.errors import AlreadyRunning, FileChanged, FileInUse, FileUnwritable, NotAllowed, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.ownids import GivenId, with_own_ids
from flowdesk.model.sentence import phrase, say
from flowdesk.nodes.words import WORDS
from flowdesk.protocol import messages as m
from flowdesk.protocol.replies import Compared, Deleted, DocumentState, Flows, FolderMade, Moved
from flowdesk.session import flowfiles
from flowdesk.session.desk import Desk
from flowdesk.session.documents import LiveDocument
from flowdesk.session.names import file_name_of, stem_of
from flowdesk.session.paths import read_path
from flowdesk.session.peer import Handler, Peer, person_of
from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.session.restoring import recovering
from flowdesk.session.storage import Opened, assets_folder, fingerprint_of, open_flow
from flowdesk.session.trust import is_own

MOST_MOVES = 200


@dataclass
class Filing:
    """Carries out the requests about files of a desk."""

    desk: Desk
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _moved_by: OrderedDict[Path, tuple[Path, str]] = field(default_factory=OrderedDict)
    """Where files went and by whom: whoever still sees the old name is told. At most ``MOST_MOVES``."""

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers of the requests about files."""
        return {
            "flow.list": self._list,
            "flow.rename": self._rename,
            "flow.duplicate": self._duplicate,
            "flow.delete": self._delete,
            "flow.folder": self._folder,
            "flow.reload": self._reload,
            "flow.compare": self._compare,
        }

    async def _list(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> Flows:
        root = self.desk.flows.resolve()
        files, folders = await in_thread(lambda: flowfiles.list_files(root), "flowdesk.list")
        listed = [(live, live.listing()) for live in self.desk.documents.values()]
        for live, listing in listed:
            is_inside = live.path is not None and live.path.is_relative_to(root)
            listing["file"] = live.path.relative_to(root).as_posix() if is_inside and live.path is not None else None
        return {"open": [listing for _, listing in listed], "files": files, "folders": folders}

    def _meant(self, peer: Peer, path: str | None, workflow_id: str) -> tuple[Path | None, LiveDocument | None]:
        """Return which file a request is about, and its live document if it is open."""
        if path is None:
            live = self.desk.get(workflow_id)
            return self.desk.file_of(peer, live), live
        found = self.desk.allowed_path(peer, path)
        if not found.exists() and not found.name.endswith(".json"):
            found = self.desk.confined(peer, found.with_name(file_name_of(found.name)))
        return found, self.desk.of_path(found)

    def _refuse_outside(self, peer: Peer, path: Path | None) -> None:
        """Refuse a guest who would rename or delete a file that the owner opened from elsewhere."""
        if path is not None and not is_own(peer) and not path.is_relative_to(self.desk.flows.resolve()):
            raise NotAllowed(
                say(
                    "Only files in the flows folder can be renamed or deleted from here: {folder}.",
                    folder=self.desk.flows,
                ),
                say("Ask the user of the desktop."),
            )

    async def _rename(self, peer: Peer, payload: m.RenameFlow, workflow_id: str, message_id: str) -> Moved:
        source, live = self._meant(peer, payload.path, workflow_id)
        self._refuse_outside(peer, source)
        if source is None:
            raise FileUnwritable(say("The flow has no file yet."), say("Save it under the new name."))
        folder = source.parent if payload.folder is None else self._folder_of(payload.folder)
        target = flowfiles.target_in(folder, payload.name or stem_of(source.name))

        async def rename() -> str:
            self._refuse_moved(source, live)
            return await self._moved(source, target, live)

        async with self._turn:
            name = await (rename() if live is None else self.desk.in_turn(live, rename))
            self._remember(source, target, peer)
        if live is not None:
            await live.settle()
        self.desk.on_change()
        return {"path": str(target), "name": name}

    def _refuse_moved(self, path: Path | None, live: LiveDocument | None = None) -> None:
        """Refuse what is meant for a file that somebody gave another name meanwhile.

        Raises:
            FileChanged: If so; says who, and its name now.
        """
        if path is None or (live.path == path if live is not None else path.exists()):
            return
        now, by = self._moved_by.get(path, (live.path if live is not None else None, ""))
        if now is None:
            return
        old, new = stem_of(path.name), stem_of(now.name)
        raise FileChanged(
            say('{person} renamed or moved "{old}" in the meantime. It is "{new}" now.', person=by, old=old, new=new)
            if by
            else say('"{old}" was renamed or moved in the meantime. It is "{new}" now.', old=old, new=new),
            say("Choose it in the list again."),
            path=str(now),
        )

    def _remember(self, source: Path, target: Path, peer: Peer) -> None:
        self._moved_by.pop(target, None)
        if source != target:
            self._moved_by[source] = target, peer.name
        while len(self._moved_by) > MOST_MOVES:
            self._moved_by.popitem(last=False)

    async def _moved(self, source: Path, target: Path, live: LiveDocument | None) -> str:
        """Move a flow's file and return the flow's name."""
        opened = await in_thread(lambda: open_flow(source), "flowdesk.rename")
        if target != source and self.desk.is_running(live.workflow_id if live is not None else opened.flow.id):
            raise AlreadyRunning(
                say('"{name}" is running.', name=opened.flow.name or source.name), say("Stop it first.")
            )
        if live is not None and live.fingerprint not in {None, opened.fingerprint}:
            live.on_disk = "changed"
        if target == source:
            return opened.flow.name if live is None else live.flow.name
        flow, fingerprint = await in_thread(
            lambda: flowfiles.move_flow(source, target, opened.flow, opened.fingerprint), "flowdesk.rename"
        )
        if live is None:
            return flow.name or stem_of(target.name)
        is_as_opened = live.on_disk == "same"
        name = flow.name if live.flow.name in {"", stem_of(source.name)} else live.flow.name
        await live.moved(target, fingerprint if is_as_opened else opened.fingerprint, name)
        return live.flow.name

    async def _duplicate(self, peer: Peer, payload: m.DuplicateFlow, workflow_id: str, message_id: str) -> Moved:
        source, live = self._meant(peer, payload.path, workflow_id)
        self._refuse_moved(source, live)
        flow = live.flow if live is not None else None
        pictures = live.assets if live is not None else assets_folder(source or Path())

        def write() -> tuple[Path, Flow]:
            copied = flow if flow is not None else open_flow(source or Path()).flow
            is_here = source is not None and (is_own(peer) or source.is_relative_to(self.desk.flows.resolve()))
            folder = source.parent if source is not None and is_here else flowfiles.private_root(self.desk.flows)
            old = stem_of(source.name) if source is not None else copied.name or "flow"
            target = flowfiles.target_in(folder, payload.name or flowfiles.free_copy_name(folder, old))
            return target, flowfiles.copy_flow(copied, pictures, target)

        target, copy = await in_thread(write, "flowdesk.duplicate")
        if live is not None and live.is_foreign:
            self.desk.trust.mark(copy, but=self.desk.trust.parts(copy))
        self.desk.on_change()
        return {"path": str(target), "name": copy.name}

    async def _delete(self, peer: Peer, payload: m.DeleteFlow, workflow_id: str, message_id: str) -> Deleted:
        path, live = self._meant(peer, payload.path, workflow_id)
        self._refuse_outside(peer, path)

        async def delete() -> None:
            self._refuse_moved(path, live)
            if live is not None:
                self._refuse_in_use(peer, live, force=payload.force)
            if path is not None and (live is None or path.exists()):
                await in_thread(lambda: flowfiles.trash_flow(path), "flowdesk.delete")
            if live is not None:
                live.is_kept = False
                live.editors.clear()
                self.desk.remove(live)

        async with self._turn:
            await (delete() if live is None else self.desk.in_turn(live, delete))
        self.desk.on_change()
        return {"path": str(path) if path is not None else None}

    def _refuse_in_use(self, peer: Peer, live: LiveDocument, *, force: bool) -> None:
        if self.desk.is_running(live.workflow_id):
            raise AlreadyRunning(
                say('"{name}" is running.', name=live.flow.name or live.workflow_id), say("Stop it first.")
            )
        others = sorted({
            other.name for other in live.editors.values() if other.id != peer.id and person_of(other) != person_of(peer)
        })  # fmt: skip
        if force or not (others or live.holds_work):
            return
        name = live.flow.name or live.workflow_id
        raise FileInUse(
            say('Others are editing "{name}": {names}.', name=name, names=", ".join(others))
            if others
            else say('"{name}" has unsaved changes.', name=name),
            say("To delete it anyway, send the request again with force. The file goes to the trash."),
            force=True,
            names=others,
        )

    def _folder_of(self, name: str) -> Path:
        root = flowfiles.private_root(self.desk.flows).resolve()
        folder = read_path(name, root) if name else root
        if not folder.is_relative_to(root) or not folder.is_dir():
            raise RequestInvalid(
                say("Folder not found: {path}.", path=name), say("Create it first, or choose an existing one."),
                field="folder",
            )  # fmt: skip
        return folder

    async def _folder(self, peer: Peer, payload: m.MakeFolder, workflow_id: str, message_id: str) -> FolderMade:
        made = flowfiles.make_folder(self._folder_of(payload.folder), payload.name)
        self.desk.on_change()
        return {"path": made.relative_to(self.desk.flows.resolve()).as_posix()}

    # -- a file that changed on disk ----------------------------------------------------------------------------------

    async def _reload(self, peer: Peer, payload: m.ReloadFlow, workflow_id: str, message_id: str) -> DocumentState:
        live, path = self._with_file(peer, workflow_id)
        keeps = payload.action == "keep"

        async def reload() -> DocumentState:
            await (self._keep_ours(live, path) if keeps else self._take_theirs(peer, live, path))
            self.desk.tell_disk(live, "same")
            return await live.state(peer)

        state = await self.desk.in_turn(live, reload)
        await live.settle()
        return state

    async def _keep_ours(self, live: LiveDocument, path: Path) -> None:
        live.fingerprint = await in_thread(lambda: fingerprint_of(path) if path.exists() else None, "flowdesk.reload")
        live.part()
        await live.keep()

    async def _take_theirs(self, peer: Peer, live: LiveDocument, path: Path) -> None:
        ours = live.flow

        def read() -> tuple[Opened, list[AnyChange], tuple[GivenId, ...], bool]:
            opened = open_flow(path)
            is_foreign = is_from_elsewhere(path) or self.desk.trust.is_strange(opened.flow)
            return opened, recovering(ours, opened.flow), with_own_ids(opened.flow)[1], is_foreign

        opened, changes, given, is_foreign = await in_thread(read, "flowdesk.reload")
        live.document.given = given
        if changes:
            await live.change(changes, "Reload", person_of(peer), peer.id)
        live.read(opened)
        live.is_foreign = live.is_foreign or is_foreign
        self.desk.recovery.drop(live.workflow_id)

    async def _compare(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> Compared:
        live, path = self._with_file(peer, workflow_id)
        ours = live.flow
        found = await in_thread(
            lambda: differences(ours, open_flow(path).flow, self.desk.catalogue, WORDS), "flowdesk.compare"
        )
        lines: list[str] = [line for one in found for line in (one.sentence, *one.details)]
        return {"differences": lines, "phrases": [phrase(line) for line in lines]}

    def _with_file(self, peer: Peer, workflow_id: str) -> tuple[LiveDocument, Path]:
        live = self.desk.get(workflow_id)
        path = self.desk.file_of(peer, live)
        if path is None:
            raise RequestInvalid(say("The flow has no file yet."), say("Save it first."), field="workflow_id")
        return live, path
