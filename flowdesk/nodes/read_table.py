"""Read a table."""

from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node
from flowdesk.nodes.tables import read_rows


class ReadTableConfig(Config):
    """Settings of `readTable`."""

    path: str = Field(
        ..., min_length=1, title="File", description="CSV or XLSX; relative to the flow's folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    sheet: str = Field("", title="Sheet", description="Which sheet of an XLSX file; empty is the first.")
    header: bool = Field(True, title="First row is names", description="Whether the first row names the columns.")
    encoding: str = Field("", title="Encoding", description="Of a CSV file; empty finds out (UTF-8, UTF-16 or GBK).")
    delimiter: str = Field("", max_length=1, title="Delimiter", description="Of a CSV file; empty finds out.")
    variable: str = Field("", title="Variable", description="Where to keep the rows as well; empty for nowhere.")


@node("readTable", category="files", title="Read table", summary="{path} {sheet}", icon="table", uses={"files"})
async def read_table(run: Run, config: ReadTableConfig) -> dict[str, Any]:
    """Read the rows of a CSV or XLSX file, for a loop `forEach`.

    With column names a row is an object, so the loop's body reads `{{item.name}}`; without, a row is a list. Empty rows
    are left out. Values of CSV are texts.

    Result: `rows`, `columns`, `count`.

    Raises:
        NodeError: If the file is missing or is no table.
    """
    path = (run.home / config.path).expanduser()
    await run.permit("files", str(path))
    found = await run.blocking(lambda: read_rows(path, config.sheet, config.encoding, config.delimiter))
    kept = [row for row in found if any(cell not in (None, "") for cell in row)]
    columns: list[str] = []
    rows: list[Any] = list(kept)
    if config.header:
        columns = column_names(kept[0]) if kept else []
        rows = [dict(zip(columns, [*row, *[None] * (len(columns) - len(row))], strict=False)) for row in kept[1:]]
    if config.variable:
        run.set_variable(config.variable, rows)
    return {"rows": rows, "columns": columns, "count": len(rows)}


def column_names(row: list[Any]) -> list[str]:
    """Names for columns: an empty one is called after its number, a second of the same name gets one."""
    names: list[str] = []
    for place, cell in enumerate(row, 1):
        name = str(cell).strip() if cell not in (None, "") else f"column{place}"
        names.append(name if name not in names else f"{name}_{place}")
    return names
