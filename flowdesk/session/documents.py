"""Live documents: flows that are open, with everyone who edits them (contract §5)."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowdesk.model.changes import AnyChange, SetEdge, SetFlow, SetNode, change_json
from flowdesk.model.document import Applied, Document
from flowdesk.model.errors import FileUnwritable, FlowUnreadable, RequestInvalid, StaleRevision
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.revalidation import Revalidation
from flowdesk.model.sentence import say
from flowdesk.model.validation import Problem
from flowdesk.protocol.messages import EditFlow, PresenceNow
from flowdesk.session.journal import Journal
from flowdesk.session.peer import Peer
from flowdesk.session.storage import SUFFIX, Fingerprint, Recovery, assets_folder, save_flow, write_atomically
from flowdesk.session.trust import is_own

REMEMBERED_TOUCHES = 5000
LARGEST_ASSET = 16 * 1024 * 1024


@dataclass
class LiveDocument:
    """One open flow: the document, its file, and its editors."""

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
    is_kept: bool = False
    """Whether it stays open while nobody edits it."""
    is_foreign: bool = False
    """Whether someone who may not run flows had a hand in it, or its file came from elsewhere."""
    editors: dict[str, Peer] = field(default_factory=dict)
    presence: dict[str, dict[str, Any]] = field(default_factory=dict)
    _touched: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Which field was set last at which revision, to see conflicts."""
    _revalidation: Revalidation | None = None

    @property
    def flow(self) -> Flow:
        """The flow as it stands now."""
        return self.document.flow

    @property
    def is_modified(self) -> bool:
        """Whether there are edits that are not in the file."""
        return self.document.revision != self.saved_revision

    @property
    def assets(self) -> Path:
        """The folder of the flow's pictures."""
        return assets_folder(self.path) if self.path else self.scratch

    def problems(self) -> tuple[Problem, ...]:
        """Everything that validation finds now."""
        if self._revalidation is None:
            self._revalidation = Revalidation(self.catalogue)
        return self._revalidation.problems(self.flow)

    def listing(self) -> dict[str, Any]:
        """Return what a list of open flows says of it, as JSON values."""
        return {
            "workflow_id": self.workflow_id,
            "name": self.flow.name,
            "path": str(self.path) if self.path else None,
            "modified": self.is_modified,
        }

    def state(self, peer: Peer) -> dict[str, Any]:
        """Return the document as JSON values for one peer: ``flow``, ``revision``, ``path``, ``problems``, ``undo``, ``redo``."""
        undo, redo = self.document.labels(peer.id)
        return {
            "workflow_id": self.workflow_id,
            "flow": self.flow.to_json(),
            "revision": self.document.revision,
            "path": str(self.path) if self.path else None,
            "problems": [problem.payload() for problem in self.problems()],
            "undo": undo,
            "redo": redo,
            "modified": self.is_modified,
            "peers": list(self.presence.values()),
        }

    def edit(self, peer: Peer, request: EditFlow) -> dict[str, Any]:
        """Apply a peer's edit, undo or redo, and tell everyone.

        Raises:
            ChangeRefused: If it does not fit.
            StaleRevision: If a field it sets was set by another editor after ``base_revision``.
        """
        if request.action == "undo":
            applied = self.document.undo(peer.id)
        elif request.action == "redo":
            applied = self.document.redo(peer.id)
        else:
            if not request.changes:
                raise RequestInvalid(
                    say("The edit holds no changes."), say("Send at least one change."), field="changes"
                )
            self._check_base(request, peer)
            applied = self.document.edit(request.changes, peer.id, request.label, request.gesture)
        self._note(applied)
        self.is_foreign = self.is_foreign or not is_own(peer)
        undo, redo = self.document.labels(peer.id)
        self.journal.add(
            "flow.changed",
            {
                "revision": applied.revision,
                "changes": [change_json(change) for change in applied.changes],
                "origin": applied.origin,
                "label": applied.label,
                "problems": [problem.payload() for problem in self.problems()],
                "modified": self.is_modified,
                "undo": undo,
                "redo": redo,
            },
        )
        if self.recovery is not None:
            self.recovery.keep(self.workflow_id, self.flow, self.path, is_foreign=self.is_foreign)
        return {"revision": applied.revision, "undo": undo, "redo": redo}

    def save(self, path: Path | None, *, force: bool) -> dict[str, Any]:
        """Write the file and tell everyone.

        Raises:
            FileUnwritable: If there is no path yet, or it cannot be written.
            FileChanged: If the file changed on disk since.
        """
        target = path or self.path
        if target is None:
            raise FileUnwritable(say("The flow has no file yet."), say("Say under which name to save it."))
        if not target.name.endswith(".json"):
            target = target.with_name(target.name + SUFFIX)
        known = self.fingerprint if self.path is not None and target == self.path else None
        revision = self.document.revision
        old_assets = self.assets
        _, self.fingerprint = save_flow(
            self.flow, target, known, force=force or (path is not None and path != self.path)
        )
        _copy_assets(old_assets, assets_folder(target))
        self.path = target
        self.saved_revision = revision
        if self.recovery is not None:
            self.recovery.drop(self.workflow_id)
        self.journal.add("flow.saved", {"path": str(target), "revision": revision})
        return {"path": str(target), "revision": revision}

    def put_asset(self, name: str, data: str) -> dict[str, Any]:
        """Store a picture. A name that is taken by another picture gets a number.

        Raises:
            RequestInvalid: If the name or the data is not a picture's.
        """
        if not re.fullmatch(r"[\w\-. ]{1,80}", name) or name.startswith(".") or name.strip() != name:
            raise RequestInvalid(
                say('"{name}" is not a file name.', name=name), say("Use letters, digits, - and _."), field="name"
            )
        try:
            content = base64.b64decode(data.partition("base64,")[2] or data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise RequestInvalid(say("The picture is not base64."), say("Send it as base64."), field="data") from error
        if len(content) > LARGEST_ASSET:
            raise RequestInvalid(say("The picture is larger than 16 MiB."), say("Send a smaller part."), field="data")
        suffix = next((end for head, end in _PICTURES if re.match(head, content)), None)
        if suffix is None:
            raise RequestInvalid(say("This is neither PNG nor JPEG nor WebP."), say("Send a picture."), field="data")
        stem = name.rsplit(".", 1)[0] if "." in name else name
        folder = self.assets
        try:
            folder.mkdir(parents=True, exist_ok=True)
            target, number = folder / (stem + suffix), 1
            while target.exists() and target.read_bytes() != content:
                number += 1
                target = folder / f"{stem}-{number}{suffix}"
            write_atomically(target, content)
        except OSError as error:
            raise FileUnwritable(
                say("{path} cannot be written: {reason}.", path=folder, reason=error.strerror or str(error)),
                say("Save the flow in a folder that you may write to."),
            ) from error
        return {"name": target.name}

    def get_asset(self, name: str | None) -> dict[str, Any]:
        """Return a picture as base64, or all names.

        Raises:
            FlowUnreadable: If there is no such picture.
        """
        folder = self.assets
        names = sorted(file.name for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []
        if name is None:
            return {"names": names}
        if name not in names:
            raise FlowUnreadable(say('There is no picture "{name}".', name=name), say("Fetch the list without a name."))
        return {"name": name, "data": base64.b64encode((folder / name).read_bytes()).decode()}

    def show_presence(self, peer: Peer, now: PresenceNow) -> dict[str, Any]:
        """Tell the others where a peer is."""
        self.presence[peer.id] = {
            "id": peer.id,
            "name": now.name or peer.name,
            "selection": now.selection,
            "cursor": now.cursor,
        }
        payload = {"peers": list(self.presence.values())}
        self.journal.add("presence", payload)
        return payload

    def leave(self, peer: Peer) -> None:
        """A peer closed the document or went away."""
        self.editors.pop(peer.id, None)
        if self.presence.pop(peer.id, None) is not None:
            self.journal.add("presence", {"peers": list(self.presence.values())})

    def _check_base(self, request: EditFlow, peer: Peer) -> None:
        if request.base_revision is None:
            return
        for change in request.changes:
            key = _field_key(change)
            if key is not None and self._touched.get(key, 0) > request.base_revision:
                raise StaleRevision(
                    say('"{field}" was changed by another editor meanwhile.', field=key[-1]),
                    say("Look at the new value and edit again."),
                    revision=self.document.revision,
                    field=list(key),
                )

    def _note(self, applied: Applied) -> None:
        for change in applied.changes:
            key = _field_key(change)
            if key is not None:
                self._touched.pop(key, None)
                self._touched[key] = applied.revision
        while len(self._touched) > REMEMBERED_TOUCHES:
            self._touched.pop(next(iter(self._touched)))


_PICTURES = ((rb"\x89PNG", ".png"), (rb"\xff\xd8\xff", ".jpg"), (rb"RIFF(?s:....)WEBP", ".webp"))


def _field_key(change: AnyChange) -> tuple[str, ...] | None:
    match change:
        case SetNode() | SetEdge():
            return (change.op, change.id, *change.path)
        case SetFlow():
            return (change.op, *change.path)
        case _:
            return None


def _copy_assets(source: Path, target: Path) -> None:
    if source == target or not source.is_dir():
        return
    for file in source.iterdir():
        if file.is_file() and not (target / file.name).exists():
            target.mkdir(parents=True, exist_ok=True)
            write_atomically(target / file.name, file.read_bytes())
