"""Read the text of a PDF."""

import asyncio
import threading
from pathlib import Path
from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk_pdf.document import broken, chosen, opened

LONGEST = 20_000_000
"""Characters that are read at most."""


class ReadPdfConfig(Config):
    """Settings of `readPdf`."""

    file: str = Field(
        ..., min_length=1, title="File", description="PDF file, relative to the flow's folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    pages: str = Field("", title="Pages", description="Pages such as 1-3, 5, 8-. Leave empty for all.")
    layout: bool = Field(
        False, title="Keep the layout", description="Keep columns side by side with spaces, as for tables."
    )
    password: str = Field("", title="Password", description="Of a protected file; use {{secret:pdf}}.")
    timeout: Duration = Field(120.0, title="Timeout", description="Maximum time for reading.")


@node(
    "readPdf",
    category="files",
    title="Read PDF",
    also="pdf, invoice, text, extract text, 读取 PDF, 发票, 提取文字",
    summary="{file} {pages}",
    icon="pdf-text",
    uses={"files"},
)
async def read_pdf(run: Run, config: ReadPdfConfig) -> dict[str, Any]:
    """Read the text of a PDF file.

    Result: `text`, `texts` (of each page read), `pages` (how many the file has), `title`, `author`, and `empty`: the
    numbers of the pages read that have no text, as scanned ones.

    Raises:
        NodeError: If the file cannot be read.
    """
    path = (run.home / config.file).expanduser()
    await run.permit("files", str(path))
    password, is_over = await run.reveal(config.password), threading.Event()
    try:
        async with asyncio.timeout(config.timeout or None):
            result = await run.blocking(lambda: _read(path, config, password, is_over))
    except TimeoutError as error:
        raise NodeError(
            say('"{path}" was not read within {seconds} s.', path=config.file, seconds=f"{config.timeout:g}"),
            say("Read fewer pages, or increase the timeout."),
        ) from error
    finally:
        is_over.set()
    if result["empty"]:
        listed = ", ".join(map(str, result["empty"][:20]))
        run.log(say("Pages without text, perhaps pictures: {pages}", pages=listed), "warn")
    return result


def _read(path: Path, config: ReadPdfConfig, password: str, is_over: threading.Event) -> dict[str, Any]:
    reader = opened(path, password)
    numbers = chosen(config.pages, len(reader.pages))
    texts: list[str] = []
    length = 0
    try:
        for number in numbers:
            if is_over.is_set():
                break
            page = reader.pages[number - 1]
            text = page.extract_text(extraction_mode="layout") if config.layout else page.extract_text()
            texts.append(text.encode("utf-8", "replace").decode("utf-8").replace("\x00", ""))
            length += len(text)
            if length > LONGEST:
                raise NodeError(
                    say('"{path}" has too much text.', path=config.file), say("Read fewer pages at a time.")
                )
        told = reader.metadata
        title, author = (str(told.title or ""), str(told.author or "")) if told is not None else ("", "")
    except NodeError:
        raise
    except Exception as error:
        raise broken(path, error) from error
    empty = [number for number, text in zip(numbers, texts, strict=False) if not text.strip()]
    return {
        "text": "\n\n".join(texts), "texts": texts, "pages": len(reader.pages), "title": title, "author": author,
        "empty": empty,
    }  # fmt: skip
