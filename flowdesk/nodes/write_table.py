"""Write a table."""

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, Unfit
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.aligned import rows_of
from flowdesk.nodes.tabular.disk import file_named
from flowdesk.nodes.tabular.files import add_rows, replace_rows, update_rows
from flowdesk.nodes.tabular.workbook_new import Notes
from flowdesk.nodes.written import Delimiter, EncodingName


class WriteTableConfig(Config):
    """Settings of `writeTable`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    path: str = Field(
        ..., min_length=1, title="File", description="CSV, XLSX, JSON, or JSON Lines file, relative to the flow's folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    rows: Any = Field(
        None, title="Rows", description="List of objects or lists, or one object for a single row.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    mode: Literal["append", "replace", "update"] = Field(
        "append", title="Mode", description="Append rows, replace the table, or update cells of existing rows."
    )
    key: str = Field(
        "", title="Key column", description="Column that identifies the row. Its values must be unique.",
        json_schema_extra={"when": {"mode": "update"}},
    )  # fmt: skip
    columns: tuple[str, ...] = Field(
        (),
        title="Columns",
        description="Names and order of the columns. Leave empty to use those of the table or the rows.",
    )
    sheet: str = Field("", title="Sheet", description="Sheet of an XLSX file. Leave empty for the active sheet.")
    header_row: int = Field(
        0,
        ge=0,
        title="Header row",
        description="Number of the row with the column names; 0 = the first row that is not empty.",
    )
    encoding: EncodingName = Field(
        "", title="Encoding", description="Text encoding. Leave empty to keep it; a new file uses UTF-8."
    )
    delimiter: Delimiter = Field(
        "",
        max_length=8,
        title="Delimiter",
        description="CSV delimiter. Leave empty to keep it; a new file uses a comma, or a tab in a TSV file.",
    )

    @model_validator(mode="after")
    def _finds_rows(self) -> "WriteTableConfig":
        if self.mode == "update" and not self.key:
            raise Unfit("key", say("Update requires the column that identifies the row"))
        if len({*self.columns}) < len(self.columns) or not all(self.columns):
            raise Unfit("columns", say("a column is named twice or has no name"))
        if "rows" not in self.model_fields_set and not self.columns:
            raise Unfit("rows", say("the rows to write are missing"))
        return self


@node(
    "writeTable",
    category="files",
    title="Write table",
    also="excel, csv, xlsx, spreadsheet, save excel, export, append row, update row, json, 导出, 写入, 电子表格, 追加, 工作表, 写入表格",
    summary="{mode} {path}",
    icon="table-2",
    uses={"files"},
)
async def write_table(run: Run, config: WriteTableConfig) -> dict[str, Any]:
    """Add rows to a CSV, XLSX, JSON, or JSON Lines file, replace its rows, or update cells.

    What is added leaves every byte that was there: delimiter, encoding, line ends, formulas, formats, comments, charts and
    macros stay. New cells take the format of those above; a day as text becomes a day where the column holds days.
    What cannot be kept is refused, and nothing is written. Objects are put under the columns of their names; a new name
    adds a column where at least one other name is there already. `replace` keeps the names where there are no rows, and what
    stands above the *Header row* of a CSV file. `update` finds the row of each object by its `key` column
    and writes its other values there, nothing else.

    Result: `path` and `count`, the rows written.

    Raises:
        NodeError: If the file cannot be read or written, would lose something, or cannot hold a value.
        ValueUnusable: If `rows` are not rows.
    """
    path = file_named(config.path, run.home)
    if config.rows in (None, "") and not config.columns:
        raise ValueUnusable(
            say("Rows is empty, not a list.") if config.rows == "" else say("Rows is null, not a list."),
            say("Check where it comes from, or use {{ rows|default([]) }} to take null as an empty list."),
        )
    rows = rows_of(config.rows)
    if run.is_dry:
        run.log(say("would write {count} rows to {path}", count=len(rows), path=str(path)))
        return {"path": str(path), "count": len(rows)}
    await run.permit("files", str(path))

    def work() -> Notes:
        if config.mode == "update":
            return update_rows(path, rows, config.key, sheet=config.sheet, encoding=config.encoding,
                               delimiter=config.delimiter, header_row=config.header_row)  # fmt: skip
        if config.mode == "replace":
            return replace_rows(path, rows, config.columns, sheet=config.sheet, encoding=config.encoding,
                                delimiter=config.delimiter, header_row=config.header_row)  # fmt: skip
        return add_rows(path, rows, config.columns, sheet=config.sheet, encoding=config.encoding,
                        delimiter=config.delimiter, header_row=config.header_row)  # fmt: skip

    for level, sentence in await run.blocking(work):
        run.log(sentence, level)
    return {"path": str(path), "count": len(rows)}
