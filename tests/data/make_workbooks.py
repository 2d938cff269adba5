"""Write the workbooks of ``tests/data/tables`` as programs make them. Needs xlsxwriter, and LibreOffice for some.

What no library writes (pivot tables, slicers, macros, threaded comments, signatures …) is put into the zip by hand, with
its relations and content types, after ECMA-376.
"""

import datetime
import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter  # type: ignore[import-untyped,import-not-found,unused-ignore]
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from PIL import Image as Picture

FOLDER = Path(__file__).parent / "tables"
DAY = datetime.date(2026, 1, 2)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def plain() -> tuple[Any, Any]:
    """Return a book with the columns name, when, price, and three rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", "when", "price"])
    for number in range(3):
        sheet.append([f"n{number}", DAY + datetime.timedelta(number), 1.5 * number])
        sheet.cell(number + 2, 3).number_format = '#,##0.00 "€"'
    return book, sheet


def by_openpyxl(name: str, change: Callable[[Any, Any], None]) -> None:
    book, sheet = plain()
    change(book, sheet)
    book.save(FOLDER / name)


def by_xlsxwriter(name: str, change: Callable[[Any, Any], None], **options: Any) -> None:
    book = xlsxwriter.Workbook(FOLDER / name, options)
    sheet = book.add_worksheet("Data")
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, ["name", "when", "price"])
    for number in range(3):
        sheet.write(number + 1, 0, f"n{number}")
        sheet.write_datetime(number + 1, 1, datetime.datetime(2026, 1, 2 + number), day)
        sheet.write(number + 1, 2, 1.5 * number)
    change(book, sheet)
    book.close()


def with_parts(name: str, parts: dict[str, tuple[str, bytes]], links: dict[str, list[tuple[str, str]]]) -> None:
    """Put parts into a plain book: content type and content by name; relations (kind, target) by the part they belong to."""
    book, _ = plain()
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_DEFLATED) as new:
        contents = {each: old.read(each) for each in old.namelist()}
        types = contents["[Content_Types].xml"]
        for part, (kind, content) in parts.items():
            contents[part] = content
            types = types.replace(b"</Types>", f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'.encode())
        contents["[Content_Types].xml"] = types
        for part, each in links.items():
            folder, _, file = part.rpartition("/")
            rels = f"{folder}/_rels/{file}.rels" if folder else "_rels/.rels"
            empty = (
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
            )
            content = contents.get(rels, empty)
            for number, (kind, target) in enumerate(each):
                link = f'<Relationship Id="rIdX{number}" Type="{kind}" Target="/{target}"/></Relationships>'
                content = content.replace(b"</Relationships>", link.encode())
            contents[rels] = content
        for each_part, content in contents.items():
            new.writestr(each_part, content)


def by_office(name: str, source: str, kind: str = "xlsx") -> None:
    """Let LibreOffice save a file as another."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["soffice", "--headless", "--convert-to", kind, "--outdir", folder, str(FOLDER / source)], check=True
        )
        made = next(Path(folder).iterdir())
        (FOLDER / name).write_bytes(made.read_bytes())


def changed(name: str, source: str, part: str, change: Callable[[bytes], bytes]) -> None:
    """Write a book of another with one part changed by hand."""
    with zipfile.ZipFile(FOLDER / source) as old, zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == part else old.read(each))


def openpyxl_books() -> None:  # noqa: C901 - a list of changes
    """Books as Python programs write them."""

    def formulas(book: Any, sheet: Any) -> None:
        sheet["D1"] = "total"
        for row in range(2, 5):
            sheet.cell(row, 4, f"=C{row}*2")

    def looks(book: Any, sheet: Any) -> None:
        for cell in sheet[1]:
            cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="336699")
        sheet.column_dimensions["A"].width, sheet.freeze_panes = 31, "A2"
        sheet["C3"].alignment = Alignment(wrap_text=True)

    def comments(book: Any, sheet: Any) -> None:
        sheet["A2"].comment = Comment("look here", "Ann")

    def titles(book: Any, sheet: Any) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Report of January"
        sheet.merge_cells("A1:C1")

    def merged(book: Any, sheet: Any) -> None:
        sheet.merge_cells("A2:A3")

    def rules(book: Any, sheet: Any) -> None:
        sheet.conditional_formatting.add("C2:C100", CellIsRule("greaterThan", ["2"], font=Font(color="FF0000")))

    def choices(book: Any, sheet: Any) -> None:
        choice = DataValidation(type="list", formula1='"n0,n1,n2"')
        sheet.add_data_validation(choice)
        choice.add("A2:A100")

    def names(book: Any, sheet: Any) -> None:
        book.defined_names["prices"] = DefinedName("prices", attr_text="Sheet!$C$2:$C$4")

    def sheets(book: Any, sheet: Any) -> None:
        hidden = book.create_sheet("Hidden")
        hidden.sheet_state, hidden["A1"] = "hidden", "secret"
        book.create_sheet("汇总")["A1"] = "=SUM(Sheet!C:C)"

    def chart(book: Any, sheet: Any) -> None:
        bars = BarChart()
        bars.add_data(Reference(sheet, min_col=3, min_row=1, max_row=4), titles_from_data=True)
        sheet.add_chart(bars, "F2")

    def image(book: Any, sheet: Any) -> None:
        out = io.BytesIO()
        Picture.new("RGB", (20, 10), "red").save(out, "PNG")
        sheet.add_image(Image(out), "F2")

    def table(book: Any, sheet: Any) -> None:
        sheet.add_table(Table(displayName="Prices", ref="A1:C4"))

    def filtered(book: Any, sheet: Any) -> None:
        sheet.auto_filter.ref = "A1:C4"

    def printed(book: Any, sheet: Any) -> None:
        sheet.print_area, sheet.print_title_rows = "A1:C4", "1:1"
        sheet.page_setup.orientation, sheet.oddFooter.center.text = "landscape", "Page &P"

    def locked(book: Any, sheet: Any) -> None:
        sheet.protection.sheet = True

    def since_1904(book: Any, sheet: Any) -> None:
        book.epoch = datetime.datetime(1904, 1, 1)

    def prepared(book: Any, sheet: Any) -> None:
        for row in range(5, 12):
            for column in range(1, 4):
                sheet.cell(row, column).fill = PatternFill("solid", fgColor="EEEEEE")

    def errors(book: Any, sheet: Any) -> None:
        sheet["C3"] = "#N/A"

    def padded(book: Any, sheet: Any) -> None:
        for row in range(2, 5):
            sheet.cell(row, 3, 120 + row).number_format = "00000"

    def links(book: Any, sheet: Any) -> None:
        sheet["A2"].hyperlink = "https://example.org/"

    for name, change in {
        "formulas": formulas, "looks": looks, "comments": comments, "titles": titles, "merged": merged, "rules": rules,
        "choices": choices, "names": names, "sheets": sheets, "chart": chart, "image": image, "table": table,
        "filtered": filtered, "printed": printed, "locked": locked, "since-1904": since_1904, "prepared": prepared,
        "errors": errors, "padded": padded, "links": links,
    }.items():  # fmt: skip
        by_openpyxl(f"openpyxl-{name}.xlsx", change)


def xlsxwriter_books() -> None:
    """Books as report servers write them."""

    def calculated(book: Any, sheet: Any) -> None:
        columns = [
            {"header": "name"},
            {"header": "when"},
            {"header": "price"},
            {"header": "twice", "formula": "=[@price]*2"},
        ]
        sheet.add_table("A1:D4", {"columns": columns})

    def totals(book: Any, sheet: Any) -> None:
        columns = [{"header": "name"}, {"header": "when"}, {"header": "price", "total_function": "sum"}]
        sheet.add_table("A1:C5", {"columns": columns, "total_row": True})

    def sparks(book: Any, sheet: Any) -> None:
        sheet.add_sparkline("E2", {"range": "Data!C2:C4"})

    def boxes(book: Any, sheet: Any) -> None:
        sheet.insert_textbox("E2", "A text box")
        sheet.insert_button("E8", {"caption": "Go"})

    def arrays(book: Any, sheet: Any) -> None:
        sheet.write_dynamic_array_formula("E2:E2", "=UNIQUE(A2:A4)")

    def rich(book: Any, sheet: Any) -> None:
        sheet.write_rich_string("A2", "n", book.add_format({"bold": True}), "0")

    by_xlsxwriter("xlsxwriter-calculated.xlsx", calculated)
    by_xlsxwriter("xlsxwriter-totals.xlsx", totals)
    by_xlsxwriter("xlsxwriter-sparklines.xlsx", sparks)
    by_xlsxwriter("xlsxwriter-boxes.xlsx", boxes)
    by_xlsxwriter("xlsxwriter-arrays.xlsx", arrays)
    by_xlsxwriter("xlsxwriter-rich.xlsx", rich)
    by_xlsxwriter("xlsxwriter-inline.xlsx", lambda *_: None, constant_memory=True)


def handmade_books() -> None:
    """Books with what only Excel writes."""
    main, sheet = "xl/workbook.xml", "xl/worksheets/sheet1.xml"
    vendor = "application/vnd.ms-excel."
    sheetml = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    micro = "http://schemas.microsoft.com/office/2007/relationships/"
    with_parts("hand-pivot.xlsx", {
        "xl/pivotCache/pivotCacheDefinition1.xml": (sheetml + "pivotCacheDefinition+xml", b"<pivotCacheDefinition/>"),
        "xl/pivotTables/pivotTable1.xml": (sheetml + "pivotTable+xml", b"<pivotTableDefinition/>"),
    }, {main: [(f"{OFFICE}/pivotCacheDefinition", "xl/pivotCache/pivotCacheDefinition1.xml")],
        sheet: [(f"{OFFICE}/pivotTable", "xl/pivotTables/pivotTable1.xml")]})  # fmt: skip
    with_parts("hand-slicer.xlsx", {
        "xl/slicerCaches/slicerCache1.xml": (vendor + "slicerCache+xml", b"<slicerCacheDefinition/>"),
        "xl/slicers/slicer1.xml": (vendor + "slicer+xml", b"<slicers/>"),
    }, {main: [(micro + "slicerCache", "xl/slicerCaches/slicerCache1.xml")], sheet: [(micro + "slicer", "xl/slicers/slicer1.xml")]})  # fmt: skip
    with_parts("hand-macros.xlsm", {"xl/vbaProject.bin": (vendor + "vbaProject", bytes(range(256)) * 4)},
               {main: [("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "xl/vbaProject.bin")]})  # fmt: skip
    with_parts("hand-threads.xlsx", {"xl/threadedComments/threadedComment1.xml": (vendor + "threadedcomments+xml", b"<ThreadedComments/>")},
               {sheet: [("http://schemas.microsoft.com/office/2017/10/relationships/threadedComment", "xl/threadedComments/threadedComment1.xml")]})  # fmt: skip
    with_parts("hand-external.xlsx", {"xl/externalLinks/externalLink1.xml": (sheetml + "externalLink+xml", b"<externalLink/>")},
               {main: [(f"{OFFICE}/externalLink", "xl/externalLinks/externalLink1.xml")]})  # fmt: skip
    with_parts(
        "hand-signed.xlsx",
        {
            "_xmlsignatures/sig1.xml": (
                "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml",
                b"<Signature/>",
            )
        },
        {},
    )
    changed("hand-prefixed.xlsx", "xlsxwriter-inline.xlsx", sheet, prefixed)
    changed(
        "hand-bare.xlsx",
        "openpyxl-looks.xlsx",
        sheet,
        lambda xml: re.sub(rb' r="[A-Z]*\d+"|<dimension[^>]*/>', b"", xml),
    )
    changed(
        "hand-wide-dimension.xlsx",
        "openpyxl-looks.xlsx",
        sheet,
        lambda xml: xml.replace(b'ref="A1:C4"', b'ref="A1:XFD1048576"'),
    )
    (FOLDER / "hand-locked.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))


def prefixed(xml: bytes) -> bytes:
    """Return a sheet whose elements have a prefix, as the Open XML SDK writes them."""
    xml = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml)
    return xml.replace(b'xmlns="http', b'xmlns:x="http')


def main() -> None:
    """Write all of them."""
    openpyxl_books()
    xlsxwriter_books()
    handmade_books()
    by_office("libreoffice-formulas.xlsx", "openpyxl-formulas.xlsx")
    by_office("libreoffice-looks.xlsx", "openpyxl-looks.xlsx")
    by_office("libreoffice-table.xlsx", "openpyxl-table.xlsx")


if __name__ == "__main__":
    main()
