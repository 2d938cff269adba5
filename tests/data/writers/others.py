"""``python others.py FOLDER``: PyPI's polars, PyExcelerate and pylightxl, and Debian's gnumeric (``ssconvert``)."""

import datetime
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    """Write the workbooks."""
    import polars  # type: ignore[import-not-found,unused-ignore]
    import pyexcelerate  # type: ignore[import-not-found,unused-ignore]
    import pylightxl  # type: ignore[import-not-found,unused-ignore]

    days = [datetime.date(2026, 1, 2 + at) for at in range(3)]
    rows: list[list[Any]] = [[f"n{at}", day, 1.5 * at] for at, day in enumerate(days)]
    frame = polars.DataFrame({name: [row[at] for row in rows] for at, name in enumerate(("name", "when", "price"))})
    frame.write_excel(folder / "polars.xlsx", table_style="Table Style Medium 4", autofit=True)
    book = pyexcelerate.Workbook()
    sheet = book.new_sheet("Prices", data=[["name", "when", "price"], *rows])
    for row in range(2, 5):
        sheet.set_cell_style(row, 2, pyexcelerate.Style(format=pyexcelerate.Format("yyyy-mm-dd")))
    book.save(str(folder / "pyexcelerate.xlsx"))
    light = pylightxl.Database()
    light.add_ws("Prices")
    for at, line in enumerate([["name", "when", "price"], *rows], 1):
        for column, value in enumerate(line, 1):
            light.ws("Prices").update_index(row=at, col=column, val=str(value) if column == 2 else value)
    pylightxl.writexl(db=light, fn=str(folder / "pylightxl.xlsx"))
    with tempfile.TemporaryDirectory() as place:
        text = Path(place, "prices.csv")
        text.write_text("name,when,price\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows), "utf-8")
        target = str(folder / "gnumeric.xlsx")
        subprocess.run(["ssconvert", "-T", "Gnumeric_Excel:xlsx2", str(text), target], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
