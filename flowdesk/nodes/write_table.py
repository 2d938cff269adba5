"""Write a table."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.read_table import column_names
from flowdesk.nodes.tables import decode, read_rows, write_csv, write_sheet


class WriteTableConfig(Config):
    """Settings of `writeTable`."""

    path: str = Field(
        ..., min_length=1, title="File", description="CSV or XLSX; relative to the flow's folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    rows: Any = Field(
        None, title="Rows", description="A list of objects or lists, or one object: one row.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    mode: Literal["append", "replace"] = Field("append", title="Mode", description="Add to the table, or replace it.")
    columns: tuple[str, ...] = Field(
        (), title="Columns", description="Names and order of the columns; empty takes those of the table or the rows."
    )
    sheet: str = Field("", title="Sheet", description="Which sheet of an XLSX file; empty is the active one.")
    encoding: str = Field("", title="Encoding", description="Of a CSV file; empty keeps its own, UTF-8 if it is new.")


@node("writeTable", category="files", title="Write table", summary="{mode} {path}", icon="table-2", uses={"files"})
async def write_table(run: Run, config: WriteTableConfig) -> dict[str, Any]:
    """Add rows to a CSV or XLSX file, or replace its rows.

    The file is replaced at once, so a stop never leaves half a table. Objects are put under the columns of their
    names; a new name adds a column.

    Result: `path` and `count`, the rows written.

    Raises:
        NodeError: If the file cannot be read or written.
        ValueUnusable: If `rows` are not rows.
    """
    path = (run.home / config.path).expanduser()
    rows = rows_of(config.rows)
    if run.is_dry:
        run.log(say("would write {count} rows to {path}", count=len(rows), path=str(path)))
    else:
        await run.permit("files", str(path))
        await run.blocking(lambda: _write(path, config, rows))
    return {"path": str(path), "count": len(rows)}


def rows_of(rows: Any) -> list[Any]:
    """The rows to write: a list of them, one object as one row, nothing as none.

    Raises:
        ValueUnusable: If it is something else.
    """
    if rows is None or rows == "":
        return []
    listed = [rows] if isinstance(rows, dict) else rows
    if isinstance(listed, list) and listed and not any(isinstance(row, dict | list | tuple) for row in listed):
        listed = [listed]
    if isinstance(listed, list) and all(isinstance(row, dict | list | tuple) for row in listed):
        return listed
    raise ValueUnusable(say("`rows` are no rows."), say("Give a list of objects or of lists."))


def _write(path: Path, config: WriteTableConfig, rows: list[Any]) -> None:
    is_sheet = path.suffix.lower() in {".xlsx", ".xlsm"}
    encoding = config.encoding
    old: list[list[Any]] = []
    if config.mode == "append" and path.exists() and path.stat().st_size:
        if not is_sheet and not encoding:
            encoding = decode(path.read_bytes())[1]
        old = read_rows(path, config.sheet, encoding)
    table = merged(old, rows, list(config.columns))
    if is_sheet:
        write_sheet(path, table, config.sheet)
    else:
        write_csv(path, table, encoding)


def merged(old: list[list[Any]], rows: list[Any], columns: list[str]) -> list[list[Any]]:
    """The old rows and the new ones under them. Where a row is an object, the first row holds the names."""
    if not columns and not any(isinstance(row, dict) for row in rows):
        return [*old, *[list(row) for row in rows]]
    names = column_names(old[0]) if old else list(columns)
    wanted = [*columns, *[key for row in rows if isinstance(row, dict) and not columns for key in row]]
    names += [name for name in dict.fromkeys(wanted) if name not in names]
    new = [[row.get(name) for name in names] if isinstance(row, dict) else list(row) for row in rows]
    return [names, *old[1:], *new]
