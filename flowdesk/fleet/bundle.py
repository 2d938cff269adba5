"""A frozen flow: its file, the flows that it calls, their pictures and the files that they read, known by one hash of all that they hold."""

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FlowUnreadable, LimitReached
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.assets import pictures, read_plain
from flowdesk.session.names import SUFFIX
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.storage import assets_folder, flow_in, open_flow, read_content

LARGEST = 64 * 1024 * 1024
"""Bytes of all files of a frozen flow together."""
MOST_FILES = 2000
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it: the same flow is the same bytes."""


@dataclass(frozen=True)
class Bundle:
    """A frozen flow."""

    main: str
    """The flow's own file among ``files``."""
    files: Mapping[str, bytes]
    """Contents by their paths, with ``/``."""
    flow: Flow

    @property
    def hash(self) -> str:
        """What it is known by: a hash of the paths and contents of all its files."""
        lines = [f"{self.main}\n"]
        lines += [f"{hashlib.sha256(self.files[name]).hexdigest()} {name}\n" for name in sorted(self.files)]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def is_repeatable(self) -> bool:
        """Whether the flow says that running it twice does no harm."""
        return (self.flow.model_extra or {}).get("repeatable") is True

    def pack(self) -> bytes:
        """Return it as the bytes of one file."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = self.main.encode()
            for name in sorted(self.files):
                archive.writestr(zipfile.ZipInfo(name, _WHEN), self.files[name])
        return packed.getvalue()

    def lay_out(self, folder: Path) -> Path:
        """Write its files into a folder and return the path of the flow's own."""
        for name, content in self.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return folder / self.main


def freeze(path: Path) -> Bundle:
    """Freeze the flow in a file with everything that it needs.

    Raises:
        FlowUnreadable: If it, or a flow that it calls, cannot be read, or lies where no robot could have it.
        LimitReached: If all of it together is too large.
    """
    main = path.resolve()
    found: dict[Path, bytes] = {}
    waiting = [main]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found[file] = read_content(file)
        flow = flow_in(found[file], file.name)
        folder = assets_folder(file)
        found.update({picture: read_plain(picture) or b"" for picture in pictures(folder)})
        found.update(_read_by(flow, file.parent))
        waiting.extend(_called(flow, file.parent))
        if len(found) > MOST_FILES or sum(map(len, found.values())) > LARGEST:
            raise LimitReached(
                say(
                    "The flow with its subflows, pictures, and files is larger than {size} MB.",
                    size=LARGEST // 1_048_576,
                ),
                say("Remove unused pictures, or put large files where the robots can read them."),
            )
    root = Path(os.path.commonpath([file.parent for file in found]))
    files = {file.relative_to(root).as_posix(): content for file, content in found.items()}
    return Bundle(main.relative_to(root).as_posix(), files, open_flow(main).flow)


def _read_by(flow: Flow, folder: Path) -> dict[Path, bytes]:
    """Return the files that nodes of a flow read, as far as they are named by a path from the flow's folder and are there."""
    found: dict[Path, bytes] = {}
    catalogue = builtin_catalogue()
    for node in flow.nodes:
        node_type = catalogue.get(node.type)
        names = node_type.files_read(node.config) if node_type is not None and not node.option("disabled") else []
        for name in names:
            file = (folder / name).resolve()
            if "{{" in name or Path(name).is_absolute() or name.startswith("~") or not file.is_file():
                continue
            try:
                found[file] = read_plain_file(file, LARGEST)
            except OSError as error:
                raise LimitReached(
                    say(
                        '"{node}" reads {path}, which cannot be sent along: {reason}.',
                        node=node.label,
                        path=file,
                        reason=system_cause(error),
                    ),
                    say("Put large files where the robots can read them, and name them by an absolute path."),
                ) from error
    return found


def _called(flow: Flow, folder: Path) -> Iterator[Path]:
    for node in flow.nodes:
        name = node.config.get("flow")
        if node.type != "subflow" or not isinstance(name, str) or not name or node.option("disabled"):
            continue
        if "{{" in name or Path(name).is_absolute() or name.startswith("~"):
            raise FlowUnreadable(
                say('The subflow of "{node}" cannot be included: {name}', node=node.label, name=name),
                say("Name it by a path relative to the flow, without a variable."),
            )
        file = (folder / (name if name.endswith(".json") else name + SUFFIX)).resolve()
        if not file.is_file():
            raise FlowUnreadable(
                say('The subflow of "{node}" does not exist: {path}', node=node.label, path=file),
                say("Correct its path, or disable the node."),
            )
        yield file


def thaw(packed: bytes, expected: str) -> Bundle:
    """Read a frozen flow.

    Args:
        packed: What ``pack`` returned.
        expected: The hash that it must have.

    Raises:
        FlowUnreadable: If it is damaged, is another one, or would write outside its folder.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST:
                raise _damaged()
            files = {member.filename: archive.read(member) for member in members}
            main = archive.comment.decode()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _damaged() from error
    if main not in files or not all(_is_inside(name) for name in files):
        raise _damaged()
    bundle = Bundle(main, files, flow_in(files[main], main))
    if bundle.hash != expected:
        raise _damaged()
    if not bundle.flow.name:
        stem = PurePosixPath(main).name.removesuffix(".json").removesuffix(".flow")
        bundle = Bundle(main, files, bundle.flow.model_copy(update={"name": stem}))
    return bundle


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return not any(part in {"", ".", ".."} or "\\" in part or ":" in part or "\0" in part for part in parts)


def _damaged() -> FlowUnreadable:
    return FlowUnreadable(say("The flow from the hub is not the one that was submitted."), say("Submit it again."))
