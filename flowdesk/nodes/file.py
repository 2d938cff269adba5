"""Act on files."""

import errno
import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.causes import system_cause
from flowdesk.model.config import Config
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import Sentence, say
from flowdesk.nodes.tabular.disk import (
    add_bytes,
    check_plain,
    checked,
    file_named,
    placed,
    signature,
    unreadable,
    write_whole,
)
from flowdesk.nodes.tabular.encodings import Encoding, check_whole, decode, find_encoding, named
from flowdesk.nodes.tabular.moving import carried_out, planned
from flowdesk.nodes.written import EncodingName

LARGEST_TEXT = 10_000_000
"""Bytes of a file that ``read`` takes at most."""
LOOKED_AT = 4_000_000
"""Bytes at each end of a file that ``append`` looks at for its encoding."""
RUNS_REMEMBERED = 50
MOVES_REMEMBERED = 100_000
_CHANGES = frozenset({"write", "append", "copy", "move", "delete"})
_moved: "OrderedDict[str, dict[str, str]]" = OrderedDict()
"""What each of the last runs moved: the source by the goal."""


class FileConfig(Config):
    """Settings of `file`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    operation: Literal["read", "write", "append", "copy", "move", "delete", "exists", "list"] = Field(
        "read", title="Operation", description="What to do."
    )
    path: str | list[str] = Field(
        ..., min_length=1, title="File",
        description="File or folder, relative to the flow's folder. To copy, move, or delete several, use a list or a pattern such as *.pdf or 2026-*/*.pdf.",
        json_schema_extra={"widget": "path", "reads": {"operation": ["read", "copy", "move"]}},
    )  # fmt: skip
    to: str = Field(
        "", title="Destination",
        description="Where to copy or move it. A path that ends in / is a folder. It is created if needed, and files keep their names.",
        json_schema_extra={"widget": "path", "when": {"operation": ["copy", "move"]}},
    )  # fmt: skip
    text: str = Field(
        "", title="Text", description="The text to write.",
        json_schema_extra={"widget": "multiline", "when": {"operation": ["write", "append"]}},
    )  # fmt: skip
    pattern: str = Field(
        "*", min_length=1, title="Pattern", description="Names to list, such as *.csv.",
        json_schema_extra={"when": {"operation": "list"}},
    )  # fmt: skip
    encoding: EncodingName = Field(
        "", title="Encoding",
        description="Text encoding, such as utf-8, cp1252 or gb18030. Leave empty to detect it, or to write UTF-8.",
        json_schema_extra={"when": {"operation": ["read", "write", "append"]}},
    )  # fmt: skip
    overwrite: bool = Field(
        False, title="Overwrite", description="Replace existing files when copying or moving.",
        json_schema_extra={"when": {"operation": ["copy", "move"]}},
    )  # fmt: skip


@node(
    "file",
    category="files",
    title="File",
    also="folder, directory, copy file, move file, delete file, read file, write file, rename, list files, text file, 文件夹, 目录, 复制文件, 删除文件, 重命名, 读文件, 写文件, 文件",
    summary="{operation} {path} {to}",
    icon="file-text",
    uses={"files"},
)
async def file(run: Run, config: FileConfig) -> dict[str, Any]:
    """Read, write, copy, move, delete, check, or list files.

    `delete` takes files and empty folders. `write` replaces the file at once or not at all. `append` keeps the file's
    encoding and line ends. `copy` and `move` look at everything before they touch anything: two files never become one,
    and a file that is moved to another disk goes only when its copy is proven.

    Result: `path`; also `paths` of several, `text` and `encoding` of `read`, `exists`, and `files` (paths, sorted) of `list`.

    Raises:
        NodeError: If a file cannot be used so; of several it says which were done.
    """
    paths = _paths(run, config)
    if run.is_dry and config.operation in _CHANGES:
        for path in paths:
            run.log(say("would {operation} {path}", operation=config.operation, path=str(path)))
        return _result(paths)
    await run.permit("files", f"{config.operation} {', '.join(map(str, paths))}")
    if config.operation in {"copy", "move"}:
        return await run.blocking(lambda: _transfer(run, config, paths))
    result, notes = await run.blocking(lambda: _act(config, paths))
    for sentence in notes:
        run.log(sentence)
    return result


def _paths(run: Run, config: FileConfig) -> list[Path]:
    """The files that are meant: those of a list, or of a pattern where no file has it for a name."""
    operation, several = config.operation, config.operation in {"copy", "move", "delete"}
    found: list[Path] = []
    for each in _given(config):
        path = placed(each, run.home)
        if operation in {"write", "append"}:
            file_named(each, run.home)
        is_folder = each.endswith(("/", os.sep))
        if not any(sign in each for sign in "*?") or os.path.lexists(path):
            if is_folder and operation != "exists" and os.path.lexists(path) and not path.is_dir():
                raise NodeError(
                    say('"{path}" is a file, not a folder.', path=str(path)),
                    say("Remove the / at the end of the path. Nothing was done."),
                )
            found.append(path)
            continue
        if operation in {"write", "append"}:
            raise NodeError(
                say('"{path}" is a pattern for existing files and cannot be written to.', path=each),
                say("Remove * and ? from the name."),
            )
        hits = [hit for hit in fitting(path) if not is_folder or hit.is_dir()]
        if not hits and operation != "exists":
            raise NodeError(say('No file matches "{path}".', path=str(path)), say("Check the pattern and the folder."))
        found += hits[:1] if operation == "exists" and hits else hits or [path]
    if len(found) > 1 and not several:
        raise NodeError(
            say("{operation} works with one file only.", operation=operation), say("Use a loop for several files.")
        )
    return list(dict.fromkeys(found))


def _given(config: FileConfig) -> list[str]:
    return config.path if isinstance(config.path, list) else [config.path]


def fitting(path: Path) -> list[Path]:
    """Return the files that a path with ``*`` and ``?`` in any of its parts fits, sorted. Brackets stand for themselves."""
    parts = path.parts
    first = next(place for place, part in enumerate(parts) if any(sign in part for sign in "*?"))
    pattern = "/".join(part.replace("[", "[[]") for part in parts[first:])
    base = Path(*parts[:first])
    try:
        return sorted(base.glob(pattern))
    except OSError as error:
        raise unreadable(base, error) from error


def _result(paths: Sequence[Path]) -> dict[str, Any]:
    one = {"path": str(paths[0])}
    return one if len(paths) == 1 else {**one, "paths": [str(path) for path in paths]}


def _act(config: FileConfig, paths: list[Path]) -> tuple[dict[str, Any], list[Sentence | str]]:
    path, notes = paths[0], list[Sentence | str]()
    try:
        match config.operation:
            case "read":
                known = signature(path)
                text, encoding = _read(path, config.encoding)
                if signature(path) != known:
                    notes.append(
                        say('"{path}" changed while flowdesk read it. The content may be incomplete.', path=path.name)
                    )
                if encoding.is_guessed:
                    notes.append(say('"{path}" is read as {encoding}.', path=path.name, encoding=encoding.name))
                return {"path": str(path), "text": text, "encoding": encoding.name}, notes
            case "write":
                into = named(config.encoding or "utf-8")
                write_whole(path, into.mark + into.encode(config.text))
            case "append":
                _append(path, config, notes)
            case "delete":
                _delete(paths)
            case "exists":
                is_folder = any(each.endswith(("/", os.sep)) for each in _given(config))
                return {"path": str(path), "exists": path.is_dir() if is_folder else path.exists()}, notes
            case _:
                return {"path": str(path), "files": _listed(path, config.pattern)}, notes
    except (OSError, UnicodeError, LookupError, ValueError) as error:
        raise unreadable(path, error) from error
    return _result(paths), notes


def _read(path: Path, encoding: str) -> tuple[str, Encoding]:
    check_plain(path)
    if path.stat().st_size > LARGEST_TEXT:
        raise NodeError(
            say('"{path}" is larger than {limit} MB.', path=str(path), limit=LARGEST_TEXT // 1_000_000),
            say("Choose a smaller file."),
        )
    return decode(path.read_bytes(), encoding)


def _append(path: Path, config: FileConfig, notes: list[Sentence | str]) -> None:
    check_plain(path)
    content = _ends_of(path) if path.exists() else b""
    into = find_encoding(content, config.encoding) if content else named(config.encoding or "utf-8")
    text = config.text
    if content:
        check_whole(path.stat().st_size, into)
        there = content[len(into.mark) :].decode(into.name, "replace")
        bare = there.replace("\r\n", "")
        if "\n" not in bare and len(bare) < len(there) and "\r" not in bare:
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        elif "\r" in bare and "\n" not in there:
            text = text.replace("\r\n", "\n").replace("\n", "\r")
    add_bytes(path, (b"" if content else into.mark) + into.encode(text))
    if into.is_guessed:
        notes.append(say('"{path}" seems to use {encoding}.', path=path.name, encoding=into.name))


def _ends_of(path: Path) -> bytes:
    """What a file holds; of a large one, whole lines of its beginning and its end."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        if size <= 2 * LOOKED_AT:
            return stream.read()
        begin = stream.read(LOOKED_AT)
        if b"\0" in begin:
            return begin
        stream.seek(-LOOKED_AT, 2)
        end = stream.read()
    return begin[: begin.rfind(b"\n") + 1] + end[end.find(b"\n") + 1 :]


def _delete(paths: list[Path]) -> None:
    for place, path in enumerate(paths):
        try:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
        except OSError as error:
            if len(paths) == 1:
                raise
            raise NodeError(
                say("\"{path}\" failed: {reason}. {done} of {count} finished. Not finished: {names}.", path=path.name,
                    reason=system_cause(error), done=place, count=len(paths),
                    names=", ".join(each.name for each in paths[place:][:20])),
                say("Fix the cause, then run the node for the remaining files."),
            ) from error  # fmt: skip


def _listed(path: Path, pattern: str) -> list[str]:
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is not a folder")
    return sorted(str(found) for found in path.glob(pattern))


def _transfer(run: Run, config: FileConfig, paths: list[Path]) -> dict[str, Any]:
    if not config.to:
        raise NodeError(say("The destination is missing."), say("Fill in Destination."))
    is_move = config.operation == "move"
    moved = _moved.setdefault(run.run_id, {})
    while len(_moved) > RUNS_REMEMBERED:
        _moved.popitem(last=False)
    checked(Path(config.to))
    if any(sign in config.to for sign in "*?") and not os.path.lexists(placed(config.to, run.home)):
        raise NodeError(
            say('"{path}" is a pattern for existing files and cannot be written to.', path=config.to),
            say("Remove * and ? from the name."),
        )
    try:
        plan = planned(paths, config.to, run.home, is_move=is_move, overwrite=config.overwrite, moved=moved)
    except OSError as error:
        raise unreadable(paths[0], error) from error
    try:
        goals = carried_out(plan)
    finally:
        if is_move and len(moved) < MOVES_REMEMBERED:
            moved.update({str(goal): str(source) for source, goal in zip(plan.sources, plan.done, strict=False)})
    return _result(goals)
