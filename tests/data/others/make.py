"""Writes one workbook in the formats of other programs: `python make.py` with soffice, ssconvert and npm's xlsx at hand."""

import datetime as d
import subprocess
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Data"
sheet.append(["text", "id", "int", "float", "date", "when", "time", "dur", "bool", "err", "form", "money", "pct"])
sheet.append(
    ["Müller 张三", "00123", 7, 12.5, d.date(2024, 3, 5), d.datetime(2024, 3, 5, 14, 30, 15), d.time(9, 5),
     d.timedelta(hours=30), True, "=1/0", "=C2*2", 1234.5, 0.125]
)  # fmt: skip
sheet.append(
    ["a\nb  c", 123, -3, 0.1, d.date(1999, 12, 31), d.datetime(2024, 3, 31, 2, 30), d.time(23, 59, 59),
     d.timedelta(minutes=90), False, "=NA()", '=A2&"x"', 0.5, 1]
)  # fmt: skip
sheet["B3"].number_format = "00000"
sheet["L2"].number_format = "#,##0.00 €"
sheet["M2"].number_format = "0.0%"
sheet["H2"].number_format = sheet["H3"].number_format = "[h]:mm:ss"
sheet.append([])
sheet.append(["x" * 200, 123456789012, 2**31, 0.000001, None, None, None, None, None, None, "=TRUE()"])
sheet["A6"] = "merged"
sheet.merge_cells("A6:A8")
for row in (6, 7, 8):
    sheet[f"B{row}"] = row
other = book.create_sheet("二 sheet")
other["C5"], other["D5"], other["C6"], other["D6"] = "name", "n", "z", 5
book.create_sheet("hidden")["A1"] = "h"
book["hidden"].sheet_state = "hidden"
book.save(HERE / "kinds.xlsx")
for ending in ("xlsx:Calc MS Excel 2007 XML", "xls", "ods", "fods"):
    out = HERE / "libreoffice"
    subprocess.run(["soffice", "--headless", "--convert-to", ending, "--outdir", out, HERE / "kinds.xlsx"], check=True)
(HERE / "gnumeric").mkdir(exist_ok=True)
for ending in ("xls", "ods"):
    subprocess.run(["ssconvert", HERE / "kinds.xlsx", HERE / f"gnumeric/kinds.{ending}"], check=True)
(HERE / "sheetjs").mkdir(exist_ok=True)
script = "const X=require('xlsx'); X.writeFile(X.readFile(process.argv[1], {cellNF: true, cellStyles: true}), process.argv[2])"
source = HERE / "libreoffice/kinds.xlsx"
subprocess.run(["node", "-e", script, source, HERE / "sheetjs/kinds.xls"], check=True)
(HERE / "kinds.xlsx").unlink()
