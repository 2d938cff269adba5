"""Read text from the screen."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.errors import NodeError
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import node
from flowdesk.model.parts import Rows
from flowdesk.model.sentence import say
from flowdesk.nodes.condition import text_at

READING_SECONDS = 10.0
"""How long reading pixels may take, once it is known where."""


class ReadTextConfig(OptionalTargetConfig):
    """Settings of `readText`."""

    variable: str = Field("", title="Variable", description="Variable for the text (optional).")
    method: Literal["auto", "ocr"] = Field(
        "auto",
        title="Method",
        description="Automatic asks the element, and otherwise uses text recognition. OCR always reads the pixels.",
    )
    rows: int = Field(
        1000, ge=0, le=100_000, title="Rows",
        description="Maximum rows of a table or list to read; 0 = read only the text.",
    )  # fmt: skip
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after reading.")


@node(
    "readText",
    category="screen",
    title="Read text",
    also="ocr, get text, extract, scrape, copy text, recognize, recognise, table from screen, 识别, 文字识别, 提取, 抓取, 取文本, 获取文本, 读取文字",
    summary="{selector} {variable}",
    icon="scan-text",
    uses={"screen"},
    acts_by=lambda config: ("picture",) if config["method"] == "ocr" or not config.get("selector") else (),
)
async def read_text(run: Run, config: ReadTextConfig) -> dict[str, Any]:
    """Read the text of a target or a region.

    Needs a target or a region. Of a table or a list the rows are read, those out of sight too: as objects by the names of the
    columns, else as lists; of a list as texts. A variable then holds the rows.

    Result: `text`; of a table or a list also `rows`, `columns`, `total` (how many rows there are) and `cut`, whether there are more
    rows or columns than were read.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout.
        NodeTimeout: If the pixels are not read within ten seconds, or within the timeout where that is longer.
        NodeError: If there is neither target nor region.
    """
    seconds = max(READING_SECONDS, config.timeout or 0.0)
    if config.selector:
        spot = await run.locate(config, config.selector)
        if (
            config.rows
            and config.method == "auto"
            and (table := await run.elements.rows(spot, config.rows)) is not None
        ):
            return await _rows(run, config, table)
        if config.method == "ocr":
            text = await run.read_text(spot.box, seconds)
        else:
            text = await text_at(run, await run.eyes.state(spot), seconds)
    elif config.region:
        text = await run.read_text(Box(*config.region), seconds)
    else:
        raise NodeError(say("There is no target and no region to read from."), say("Choose a target or a region."))
    if config.variable:
        run.assign(config.variable, text)
    await run.sleep(config.wait_time)
    return {"text": text}


async def _rows(run: Run, config: ReadTextConfig, table: Rows) -> dict[str, Any]:
    records = table.records()
    if table.is_cut:
        run.log(
            say(
                "Read {rows} of {total_rows} rows and {columns} of {total_columns} columns.",
                rows=len(table.rows), total_rows=table.total_rows,
                columns=len(table.rows[0]) if table.rows else 0, total_columns=table.total_columns,
            ), "warn",
        )  # fmt: skip
    if config.variable:
        run.assign(config.variable, records)
    await run.sleep(config.wait_time)
    return {
        "text": "\n".join("\t".join(row) for row in table.rows),
        "rows": records,
        "columns": list(table.header),
        "total": table.total_rows,
        "cut": table.is_cut,
    }
