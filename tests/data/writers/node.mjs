// node node.mjs FOLDER: npm's exceljs, xlsx (SheetJS) and xlsx-populate
import ExcelJS from "exceljs";
import Populate from "xlsx-populate";
import SheetJS from "xlsx";

const folder = process.argv[2];
const days = [2, 3, 4].map((day) => new Date(Date.UTC(2026, 0, day)));
const rows = days.map((when, at) => ({ name: `n${at}`, when, price: 1.5 * at }));

const book = new ExcelJS.Workbook();
const sheet = book.addWorksheet("Prices", { views: [{ state: "frozen", ySplit: 1 }] });
sheet.columns = [
  { header: "name", key: "name", width: 20 },
  { header: "when", key: "when" },
  { header: "price", key: "price", style: { numFmt: "#,##0.00" } },
];
sheet.addRows(rows);
sheet.getCell("A2").note = "a note";
sheet.addConditionalFormatting({
  ref: "C2:C9",
  rules: [{ type: "cellIs", operator: "greaterThan", formulae: [1], style: { font: { bold: true } } }],
});
await book.xlsx.writeFile(`${folder}/exceljs.xlsx`);

for (const [name, options] of [["sheetjs", {}], ["sheetjs-shared", { bookSST: true, compression: true }]]) {
  const other = SheetJS.utils.book_new();
  SheetJS.utils.book_append_sheet(other, SheetJS.utils.json_to_sheet(rows, { cellDates: true, UTC: true }), "Prices");
  SheetJS.writeFile(other, `${folder}/${name}.xlsx`, options);
}

const blank = await Populate.fromBlankAsync();
blank.sheet(0).cell("A1").value([["name", "when", "price"], ...rows.map((row) => [row.name, row.when, row.price])]);
blank.sheet(0).range("B2:B4").style("numberFormat", "yyyy-mm-dd");
await blank.toFileAsync(`${folder}/xlsx-populate.xlsx`);
