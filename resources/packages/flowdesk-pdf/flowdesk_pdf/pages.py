"""Take pages out of PDF files, join, split and turn them. The given files stay as they are."""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pypdf import PdfReader, PdfWriter

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk_pdf.document import broken, chosen, opened

MOST_FILES = 1000
"""Files that are joined, or made by a split, at most."""


class PdfPagesConfig(Config):
    """Settings of `pdfPages`."""

    operation: Literal["extract", "merge", "split", "rotate"] = Field(
        "extract", title="Operation", description="What to do with the pages."
    )
    file: str | list[str] = Field(
        ..., min_length=1, title="File", description="PDF file, or a list of files to merge, relative to the flow's folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    pages: str = Field("", title="Pages", description="Pages such as 1-3, 5, 8-. Leave empty for all.")
    degrees: Literal[90, 180, 270] = Field(
        90, title="Degrees", description="How far to turn the pages clockwise.",
        json_schema_extra={"when": {"operation": "rotate"}},
    )  # fmt: skip
    to: str = Field(
        ..., min_length=1, title="Save as",
        description="New file. To split, a name such as page.pdf gives page-1.pdf, page-2.pdf, and so on.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    overwrite: bool = Field(False, title="Overwrite", description="Replace existing files.")
    password: str = Field("", title="Password", description="Of protected files; use {{secret:pdf}}.")


@node(
    "pdfPages",
    category="files",
    title="PDF pages",
    also="pdf, merge pdf, split pdf, rotate, join, 合并 PDF, 拆分 PDF, 旋转",
    summary="{operation} {file}",
    icon="pdf-pages",
    uses={"files"},
)
async def pdf_pages(run: Run, config: PdfPagesConfig) -> dict[str, Any]:
    """Extract, merge, split, or rotate pages of PDF files.

    The given files stay as they are. `rotate` keeps the pages that are not named as they are. What was written is read
    again before the node succeeds.

    Result: `paths` of the new files, and `pages`, how many they have together.

    Raises:
        NodeError: If a file cannot be read or written.
    """
    given = config.file if isinstance(config.file, list) else [config.file]
    sources = [(run.home / each).expanduser() for each in given]
    goal = (run.home / config.to).expanduser()
    if len(sources) > 1 and config.operation != "merge":
        raise NodeError(say("Only merging takes several files."), say("Give one file, or choose merge."))
    if len(sources) > MOST_FILES:
        raise NodeError(say("At most {most} files are merged.", most=MOST_FILES), say("Merge fewer at a time."))
    if run.is_dry:
        run.log(say("would write {path}", path=str(goal)))
        return {"paths": [str(goal)], "pages": 0}
    await run.permit("files", f"{config.operation} {', '.join(map(str, sources))} → {goal}")
    password = await run.reveal(config.password)
    return await run.blocking(lambda: _act(config, sources, goal, password))


def _act(config: PdfPagesConfig, sources: Sequence[Path], goal: Path, password: str) -> dict[str, Any]:
    readers = [opened(source, password) for source in sources]
    try:
        parts = _parts(config, readers)
    except NodeError:
        raise
    except Exception as error:
        raise broken(sources[0], error) from error
    if len(parts) > MOST_FILES:
        raise NodeError(say("At most {most} files are made.", most=MOST_FILES), say("Split fewer pages at a time."))
    goals = [goal] if config.operation != "split" else _numbered(goal, len(parts))
    taken = [path for path in goals if os.path.lexists(path)]
    if any(path.exists() and path.samefile(source) for path in taken for source in sources):
        raise NodeError(say("A file cannot be written over itself."), say("Choose another name."))
    if taken and not config.overwrite:
        raise NodeError(
            say('"{path}" exists already.', path=str(taken[0])), say("Choose another name, or turn on Overwrite.")
        )
    for path, writer in zip(goals, parts, strict=True):
        _write(path, writer)
    return {"paths": [str(path) for path in goals], "pages": sum(len(writer.pages) for writer in parts)}


def _parts(config: PdfPagesConfig, readers: Sequence[PdfReader]) -> list[PdfWriter]:
    """Return what is to be written, a writer for each file."""
    writers: list[PdfWriter] = []
    if config.operation == "split":
        for number in chosen(config.pages, len(readers[0].pages)):
            writers.append(PdfWriter())
            writers[-1].append(readers[0], pages=[number - 1], import_outline=False)
        return writers
    writer = PdfWriter()
    for reader in readers:
        numbers = chosen(config.pages, len(reader.pages))
        if config.operation == "rotate":
            writer.append(reader)
            for number in numbers:
                writer.pages[number - 1].rotate(config.degrees)
        else:
            writer.append(reader, pages=[number - 1 for number in numbers])
    return [writer]


def _numbered(goal: Path, count: int) -> list[Path]:
    width = len(str(count))
    return [goal.with_name(f"{goal.stem}-{number:0{width}}{goal.suffix or '.pdf'}") for number in range(1, count + 1)]


def _write(path: Path, writer: PdfWriter) -> None:
    """Write a file whole or not at all, and read it again."""
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".flowdesk-", suffix=".pdf", delete=False) as file:
            name = file.name
            writer.write(file)
        if len(opened(Path(name)).pages) != len(writer.pages):
            raise NodeError(say('"{path}" was not written whole.', path=str(path)), say("Try again."))
        os.chmod(name, 0o666 & ~_mask())
        os.replace(name, path)
    except OSError as error:
        raise NodeError(
            say('"{path}" cannot be written: {reason}', path=str(path), reason=error.strerror or str(error)),
            say("Check the folder and the free space."),
        ) from error
    finally:
        if name:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
