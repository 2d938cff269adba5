"""Act on files."""

import shutil
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.tables import decode, unreadable, write_whole

LARGEST_TEXT = 10_000_000
"""Bytes of a file that ``read`` takes at most."""
_CHANGES = frozenset({"write", "append", "copy", "move", "delete"})


class FileConfig(Config):
    """Settings of `file`."""

    operation: Literal["read", "write", "append", "copy", "move", "delete", "exists", "list"] = Field(
        "read", title="Operation", description="What to do."
    )
    path: str = Field(
        ..., min_length=1, title="File", description="The file or folder; relative to the flow's folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    to: str = Field(
        "", title="To", description="Where to copy or move it; a folder takes it under its own name.",
        json_schema_extra={"widget": "path", "when": {"operation": ["copy", "move"]}},
    )  # fmt: skip
    text: str = Field(
        "", title="Text", description="What to write.",
        json_schema_extra={"widget": "multiline", "when": {"operation": ["write", "append"]}},
    )  # fmt: skip
    pattern: str = Field(
        "*", min_length=1, title="Pattern", description="Which names to list, such as `*.csv`.",
        json_schema_extra={"when": {"operation": "list"}},
    )  # fmt: skip
    encoding: str = Field("", title="Encoding", description="Of a text; empty is UTF-8, found out when reading.")
    overwrite: bool = Field(
        False, title="Overwrite", description="Whether copy and move may replace what is there.",
        json_schema_extra={"when": {"operation": ["copy", "move"]}},
    )  # fmt: skip


@node("file", category="files", title="File", summary="{operation} {path} {to}", icon="file-text", uses={"files"})
async def file(run: Run, config: FileConfig) -> dict[str, Any]:
    """Read, write, copy, move, delete, test or list files.

    `delete` takes a file or an empty folder. `write` replaces the file at once or not at all.

    Result: `path`; also `text` of `read`, `exists`, and `files` (paths, sorted) of `list`.

    Raises:
        NodeError: If the file cannot be used so.
    """
    path = (run.home / config.path).expanduser()
    if run.is_dry and config.operation in _CHANGES:
        run.log(say("would {operation} {path}", operation=config.operation, path=str(path)))
        return {"path": str(path)}
    await run.permit("files", f"{config.operation} {path}")
    target = (run.home / config.to).expanduser() if config.to else None
    return await run.blocking(lambda: _act(config, path, target))


def _act(config: FileConfig, path: Path, target: Path | None) -> dict[str, Any]:
    try:
        match config.operation:
            case "read":
                return {"path": str(path), "text": _read(path, config.encoding)}
            case "write":
                write_whole(path, config.text.encode(config.encoding or "utf-8"))
            case "append":
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as stream:
                    stream.write(config.text.encode(config.encoding or "utf-8"))
            case "delete":
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
            case "exists":
                return {"path": str(path), "exists": path.exists()}
            case "list":
                return {"path": str(path), "files": _listed(path, config.pattern)}
            case _:
                return {"path": str(_transfer(config, path, target))}
    except (OSError, UnicodeError, LookupError, ValueError) as error:
        raise unreadable(path, error) from error
    return {"path": str(path)}


def _read(path: Path, encoding: str) -> str:
    if path.stat().st_size > LARGEST_TEXT:
        raise NodeError(
            say('"{path}" is larger than {limit} MB.', path=str(path), limit=LARGEST_TEXT // 1_000_000),
            say("Read a smaller file."),
        )
    return decode(path.read_bytes(), encoding)[0]


def _listed(path: Path, pattern: str) -> list[str]:
    if not path.is_dir():
        raise NotADirectoryError(20, "it is no folder")
    return sorted(str(found) for found in path.glob(pattern))


def _transfer(config: FileConfig, path: Path, target: Path | None) -> Path:
    if target is None:
        raise NodeError(say("It is not said where to."), say("Give `to`."))
    if target.is_dir():
        target = target / path.name
    if target.exists() and not config.overwrite:
        raise NodeError(
            say('"{path}" exists already.', path=str(target)), say("Choose another name, or switch overwrite on.")
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    if config.operation == "move":
        shutil.move(path, target)
    elif path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True)
    else:
        shutil.copy2(path, target)
    return target
