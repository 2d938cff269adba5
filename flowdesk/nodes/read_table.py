"""Read a table."""

from typing import Any, ClassVar

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.disk import placed
from flowdesk.nodes.tabular.files import read_table_file
from flowdesk.nodes.tabular.table import Reading, Table, area_of, named_rows
from flowdesk.nodes.written import CellRange, Delimiter, EncodingName


class ReadTableConfig(Config):
    """Settings of `readTable`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    path: str = Field(
        ..., min_length=1, title="File", description="CSV, XLSX, XLS, ODS, JSON, or JSON Lines file, relative to the flow's folder.",
        json_schema_extra={"widget": "path", "reads": True},
    )  # fmt: skip
    sheet: str = Field("", title="Sheet", description="Sheet of a workbook. Leave empty for the first sheet.")
    header: bool = Field(True, title="First row has names", description="Use the first row as column names.")
    header_row: int = Field(
        0, ge=0, title="Header row",
        description="Number of the row with the column names; 0 = the first row that is not empty.",
        json_schema_extra={"when": {"header": True}},
    )  # fmt: skip
    range: CellRange = Field(
        "", title="Range", description="Cells to read, such as A3:D20, B:D or A5:D. Leave empty to read all."
    )
    as_shown: bool = Field(
        False, title="Values as displayed",
        description="Read the cells of a workbook as text in their display format, such as 00123.",
    )  # fmt: skip
    fill_merged: bool = Field(
        False, title="Fill merged cells", description="Give each cell of a merged range the value of the range."
    )
    encoding: EncodingName = Field(
        "", title="Encoding", description="Text encoding, such as utf-8, cp1252 or gb18030. Leave empty to detect it."
    )
    delimiter: Delimiter = Field(
        "",
        max_length=8,
        title="Delimiter",
        description="CSV delimiter, also of several characters. Leave empty to detect it.",
    )
    variable: str = Field("", title="Variable", description="Variable for the rows (optional).")


@node(
    "readTable",
    category="files",
    title="Read table",
    also="excel, csv, xlsx, xls, ods, spreadsheet, sheet, read excel, rows, data, json, 电子表格, 读取, 工作表, 数据, 逐行, 读 excel, 读取表格",
    summary="{path} {sheet}",
    icon="table",
    uses={"files"},
)
async def read_table(run: Run, config: ReadTableConfig) -> dict[str, Any]:
    """Read the rows of a CSV, XLSX, XLS, ODS, JSON, or JSON Lines file, for example for a loop.

    With column names a row is an object, so the loop's body reads `{{item.name}}`; without, a row is a list. Empty rows
    of CSV and workbooks are left out. Values of CSV are texts. Cells beyond the last name, and columns without a name of their own, are called
    `column5`. What was guessed, and what cannot be read as it is meant, stands in the log.

    Result: `rows`, `columns`, `count`.

    Raises:
        NodeError: If the file is missing, is no table, or its encoding is not clear.
    """
    path = placed(config.path, run.home)
    await run.permit("files", str(path))
    reading = Reading(
        config.sheet, config.header, config.header_row, area_of(config.range), config.encoding, config.delimiter,
        config.as_shown, config.fill_merged,
    )  # fmt: skip

    def work() -> tuple[list[str], list[Any], Table]:
        table = read_table_file(path, reading)
        columns, rows = named_rows(table, reading)
        if config.range and not columns and not rows:
            table.note(say("The range {range} contains no filled cells.", range=config.range), "warn")
        return columns, rows, table

    columns, rows, table = await run.blocking(work)
    for level, sentence in table.notes:
        run.log(sentence, level)
    if config.variable:
        run.assign(config.variable, rows)
    return {"rows": rows, "columns": columns, "count": len(rows)}
