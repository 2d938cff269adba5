"""Flow files on disk: read, saved atomically, never overwritten unseen, recovered after a crash."""

import base64
import binascii
import contextlib
import hashlib
import json
import operator
import os
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowdesk.model.errors import FileChanged, FileUnwritable, FlowUnreadable
from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.reading import parse_flow, write_flow
from flowdesk.model.sentence import say
from flowdesk.session.processes import is_alive

SUFFIX = ".flow.json"
LARGEST_FILE = 64 * 1024 * 1024
_DATA_URI = re.compile(r"^data:image/(png|jpeg|webp);base64,(.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file held when it was read or written last."""

    digest: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A flow with the file that it came from."""

    flow: Flow
    path: Path
    fingerprint: Fingerprint


def open_flow(path: Path) -> Opened:
    """Read a flow file.

    Raises:
        FlowUnreadable: If there is no such file, or it is not a flow.
        FlowTooNew: If a newer flowdesk wrote it.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise FlowUnreadable(
                say("{path} is larger than 64 MiB.", path=path), say("Keep pictures as files beside the flow.")
            )
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise FlowUnreadable(
            say("{path} cannot be opened: {reason}.", path=path, reason=error.strerror or str(error)),
            say("Check the path and its permissions."),
        ) from error
    except UnicodeDecodeError as error:
        raise FlowUnreadable(say("{path} is not text in UTF-8.", path=path), say("Save it as UTF-8.")) from error
    try:
        flow = parse_flow(text)
    except FlowUnreadable as error:
        raise FlowUnreadable(f"{path.name}: {error.message}", error.fix, **error.details) from error
    if not flow.name:
        flow = flow.model_copy(update={"name": path.name.removesuffix(SUFFIX).removesuffix(".json")})
    return Opened(flow, path, Fingerprint(_digest(content)))


def save_flow(flow: Flow, path: Path, known: Fingerprint | None, *, force: bool = False) -> tuple[Flow, Fingerprint]:
    """Write a flow file atomically; ``data:`` pictures become files in ``NAME.assets/``. The last version stays as ``.bak``.

    Args:
        flow: The flow.
        path: Where; without ``.json`` at its end, ``.flow.json`` is added by the caller.
        known: What the file held when it was opened or saved last, ``None`` for a file that should not exist yet.
        force: Overwrite a file that changed since.

    Returns:
        The flow as it was written, and what the file holds now.

    Raises:
        FileChanged: If the file on disk is another one than ``known``, and ``force`` is off.
        FileUnwritable: If it cannot be written. The old file is then untouched.
    """
    try:
        path = path.resolve() if path.is_symlink() else path
        current = path.read_bytes() if path.exists() else None
        if current is not None and not force and (known is None or known.digest != _digest(current)):
            raise FileChanged(
                say("{path} has changed on disk since it was opened.", path=path),
                say("Save under another name, or overwrite it knowingly."),
                path=str(path),
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        flow = _with_assets(flow, assets_folder(path))
        content = write_flow(flow).encode()
        if current is not None and current != content:
            write_atomically(path.with_name(path.name + ".bak"), current)
        write_atomically(path, content)
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=path, reason=error.strerror or str(error)),
            say("Save it in a folder that you may write to."),
            path=str(path),
        ) from error
    return flow, Fingerprint(_digest(content))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, and a crash, finds the old content or the new, never a part.

    Raises:
        OSError: If it cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            os.chmod(name, path.stat().st_mode if path.exists() else 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def assets_folder(path: Path) -> Path:
    """The folder of a flow file's pictures: ``NAME.assets`` beside ``NAME.flow.json``."""
    return path.with_name(path.name.removesuffix(".json").removesuffix(".flow") + ".assets")


def _with_assets(flow: Flow, folder: Path) -> Flow:
    """Move pictures given as ``data:`` URIs in selectors into files."""
    nodes = []
    for node in flow.nodes:
        config = {key: _asset(value, folder) for key, value in node.config.items()}
        nodes.append(
            node
            if config == node.config
            else node.model_copy(update={"data": node.data.model_copy(update={"config": config})})
        )
    return flow.model_copy(update={"nodes": tuple(nodes)})


def _asset(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_asset(item, folder) for item in value]
    if not isinstance(value, str):
        return value
    prefix, found = ("image=", value.removeprefix("image=")) if value.startswith("image=") else ("", value)
    match = _DATA_URI.match(found)
    if match is None:
        return value
    try:
        content = base64.b64decode(match.group(2), validate=True)
    except binascii.Error:
        return value
    folder.mkdir(parents=True, exist_ok=True)
    name = f"picture-{_digest(content)[:12]}.{'jpg' if match.group(1) == 'jpeg' else match.group(1)}"
    write_atomically(folder / name, content)
    return (prefix or "image=") + name


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a process that is gone left of a flow."""

    workflow_id: str
    flow: Flow
    path: Path | None
    time: float
    """When it was kept, seconds since 1970."""
    is_foreign: bool
    """Whether someone who may not run flows had a hand in it."""


class _Texts:
    """The nodes, or the edges, of a document as JSON. They are frozen: the same object has the same text."""

    def __init__(self) -> None:
        self._parts: Sequence[Node | Edge] = ()
        self._whole = "[]"
        self._each: dict[int, tuple[Node | Edge, str]] = {}

    def of(self, parts: Sequence[Node | Edge]) -> str:
        """Return a JSON list."""
        if len(parts) == len(self._parts) and all(map(operator.is_, parts, self._parts)):
            return self._whole
        known, now, found = self._each, {}, []
        for part in parts:
            kept = known.get(id(part))
            if kept is None:
                kept = (part, json.dumps(part.model_dump(mode="json", by_alias=True)))
            now[id(part)] = kept
            found.append(kept[1])
        self._parts, self._each, self._whole = parts, now, f"[{', '.join(found)}]"
        return self._whole


class Recovery:
    """Unsaved edits, kept beside flowdesk's own state and never in the user's file."""

    def __init__(self, folder: Path) -> None:
        """Keep recovery files in ``folder``."""
        self._folder = folder
        self._texts: dict[str, tuple[_Texts, _Texts]] = {}
        """The nodes and edges of each document as JSON."""

    def keep(self, workflow_id: str, flow: Flow, path: Path | None, *, is_foreign: bool = False) -> None:
        """Write the state of an unsaved document. Failing to is not worth stopping an edit for."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            values = {
                "path": str(path) if path else None,
                "pid": os.getpid(),
                "time": time.time(),
                "workflow_id": workflow_id,
                "foreign": is_foreign,
            }
            content = f'{json.dumps(values)[:-1]}, "flow": {self._written(workflow_id, flow)}}}'
            write_atomically(self._file(workflow_id), content.encode())

    def _written(self, workflow_id: str, flow: Flow) -> str:
        """Return a flow as JSON; only parts that are new since the last time are written anew."""
        nodes, edges = self._texts.get(workflow_id, (_Texts(), _Texts()))
        self._texts[workflow_id] = nodes, edges
        rest = json.dumps(flow.model_dump(mode="json", by_alias=True, exclude={"nodes", "edges"}))
        return f'{rest[:-1]}, "nodes": {nodes.of(flow.nodes)}, "edges": {edges.of(flow.edges)}}}'

    def drop(self, workflow_id: str) -> None:
        """Forget a document that was saved or closed."""
        self._texts.pop(workflow_id, None)
        with contextlib.suppress(OSError):
            self._file(workflow_id).unlink()

    def left(self) -> list[tuple[Flow, Path | None, float]]:
        """Return what processes that are gone left behind: the flow, its file, and when it was kept."""
        return [(one.flow, one.path, one.time) for one in self.unsaved()]

    def unsaved(self) -> list[Unsaved]:
        """Return all that processes that are gone left behind."""
        found = []
        for file in sorted(self._folder.glob("*.recovery.json")) if self._folder.is_dir() else []:
            try:
                values = json.loads(file.read_text("utf-8"))
                if not is_alive(int(values["pid"])):
                    flow = parse_flow(json.dumps(values["flow"]))
                    path = Path(values["path"]) if values["path"] else None
                    # Files of versions that did not write the last two are taken for somebody else's.
                    workflow_id, is_foreign = str(values.get("workflow_id", "")), values.get("foreign") is not False
                    found.append(Unsaved(workflow_id, flow, path, float(values["time"]), is_foreign))
            except (OSError, ValueError, KeyError, TypeError, FlowUnreadable):
                continue
        return found

    def _file(self, workflow_id: str) -> Path:
        return self._folder / f"{_digest(workflow_id.encode())[:24]}.recovery.json"
