"""Importing scripts of other tools for editors: their files come with the request, or lie on the owner's machine."""

import base64
import binascii
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowdesk.aio import in_thread
from flowdesk.model.errors import FileUnwritable, NotAllowed, RequestInvalid
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.protocol import messages as m
from flowdesk.protocol.replies import Imported, ImportReport
from flowdesk.session import flowfiles
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.storage import open_flow
from flowdesk.session.trust import hand_of, is_own

if TYPE_CHECKING:
    from flowdesk.session.desk import Desk

Bring = Callable[[Sequence[Path], Path, Catalogue], Any]
"""Writes the flows of scripts into a folder; returns ``flows``, their paths, and ``reports``."""
MOST_LEFT = 200
"""Steps that were not taken that a reply lists of each script."""
_NAME = re.compile(r"(?!\.)[^/\\\0:]{1,120}(?:/(?!\.)[^/\\\0:]{1,120})?")


class Bringing:
    """Carries out ``flow.import``."""

    def __init__(self, desk: "Desk", bring: Bring | None) -> None:
        """Import by ``bring``; without it every request is refused."""
        self._desk = desk
        self._bring = bring

    def handlers(self) -> dict[str, Handler]:
        """Return what answers which request."""
        return {"flow.import": self._import}

    async def _import(self, peer: Peer, payload: m.ImportFlows, workflow_id: str, message_id: str) -> Imported:
        if self._bring is None:
            raise RequestInvalid(
                say("This flowdesk cannot import scripts."), say("Use flowdesk import on the command line.")
            )
        if payload.paths is not None:
            if not peer.is_local:
                raise NotAllowed(
                    say("Files of this machine cannot be imported from here."), say("Send the files themselves.")
                )
            paths = [Path(path) for path in payload.paths]
            return await in_thread(lambda: self._brought(peer, paths), "flowdesk.import")
        if not payload.files:
            raise RequestInvalid(say("There is nothing to import."), say("Choose at least one file."), field="files")
        return await in_thread(lambda: self._sent(peer, payload.files), "flowdesk.import")

    def _sent(self, peer: Peer, files: dict[str, str]) -> Imported:
        """Import files that came with the request."""
        with tempfile.TemporaryDirectory(prefix="flowdesk-import-") as name:
            folder = Path(name)
            for sent, content in files.items():
                if not _NAME.fullmatch(sent):
                    raise RequestInvalid(
                        say('"{name}" cannot be the name of a file here.', name=sent[:100]),
                        say("Rename the file."),
                        field="files",
                    )
                target = folder / sent
                try:
                    target.parent.mkdir(exist_ok=True)
                    target.write_bytes(base64.b64decode(content, validate=True))
                except (binascii.Error, ValueError, OSError) as error:
                    raise RequestInvalid(
                        say("{name} cannot be read: {reason}", name=sent, reason=str(error)[:200]),
                        say("Send its content as base64."),
                        field="files",
                    ) from error
            sources = [path for path in sorted(folder.iterdir()) if not _is_picture(path)]
            return self._brought(peer, [inner for path in sources for inner in _scripts(path)])

    def _brought(self, peer: Peer, sources: Sequence[Path]) -> Imported:
        assert self._bring is not None
        root = self._desk.flows.resolve()
        try:
            flowfiles.private_root(root)
        except OSError as error:
            raise FileUnwritable(
                say("{path} cannot be written: {reason}.", path=root, reason=error.strerror or str(error)),
                say("Check the folder's permissions."),
            ) from error
        brought = self._bring(sources, root, self._desk.catalogue)
        if not is_own(peer):
            for path in brought.flows:
                self._desk.trust.mark(open_flow(path).flow, hand_of(peer) or "")
        return {
            "flows": [path.relative_to(root).as_posix() for path in brought.flows],
            "reports": [_told(report) for report in brought.reports],
        }


def _told(report: dict[str, Any]) -> ImportReport:
    return {
        "source": Path(report["source"]).name,
        "statements": report["statements"],
        "taken": report["taken"],
        "kinds": report["kinds"],
        "left": report["left"][:MOST_LEFT],
        "missing_pictures": report["missing_pictures"][:MOST_LEFT],
    }


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in {".png", ".jpg", ".jpeg", ".bmp"}


def _scripts(path: Path) -> list[Path]:
    """Return the scripts that something sent means: itself, or those in a folder that is none."""
    if path.is_file() or path.suffix.lower() == ".sikuli":
        return [path]
    return [inner for inner in sorted(path.iterdir()) if not _is_picture(inner)]
