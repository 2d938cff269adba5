"""Write the CSV files of ``tests/data/tables`` as programs and people write them, with what they hold and their origin.

Each: name, origin, bytes, the columns and the first row as a person reads them, a row to add, and the bytes that it becomes.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "tables"

EXCEL_DE = "Excel (German): semicolons, cp1252, decimal commas"
FILES: list[tuple[str, str, bytes, dict[str, Any], dict[str, Any], bytes]] = []


def add(name: str, origin: str, content: bytes, first: dict[str, Any], row: dict[str, Any], added: bytes) -> None:
    FILES.append((name, origin, content, first, row, added))


def of(text: str, encoding: str, mark: bytes = b"") -> bytes:
    return mark + text.encode(encoding)


add(
    "excel-de.csv",
    EXCEL_DE,
    of("Name;Straße;Betrag\r\nMüller;Königstraße 12;1.234,50\r\nBöhm;Höhe 3;89,90\r\n", "cp1252"),
    {"Name": "Müller", "Straße": "Königstraße 12", "Betrag": "1.234,50"},
    {"Name": "Groß", "Betrag": 12.5},
    of("Groß;;12,5\r\n", "cp1252"),
)
add(
    "excel-fr.csv",
    "Excel (French): semicolons, cp1252",
    of("Prénom;Ville;Montant\r\nHélène;Orléans;150,00 €\r\nFrançois;Besançon;3,50 €\r\n", "cp1252"),
    {"Prénom": "Hélène", "Ville": "Orléans", "Montant": "150,00 €"},
    {"Prénom": "Noël", "Ville": "Nîmes"},
    of("Noël;Nîmes;\r\n", "cp1252"),
)
add(
    "excel-es.csv",
    "Excel (Spanish): semicolons, cp1252",
    of("Nombre;Dirección;Año\r\nMuñoz;Calle Peñón 5;2024\r\nPérez;Logroño;2025\r\n", "cp1252"),
    {"Nombre": "Muñoz", "Dirección": "Calle Peñón 5", "Año": "2024"},
    {"Nombre": "Núñez", "Año": 2026},
    of("Núñez;;2026\r\n", "cp1252"),
)
add(
    "excel-pl.csv",
    "Excel (Polish): semicolons, cp1250",
    of("Imię;Nazwisko;Miasto\r\nŁukasz;Wiśniewski;Łódź\r\nMałgorzata;Dąbrowska;Gdańsk\r\n", "cp1250"),
    {"Imię": "Łukasz", "Nazwisko": "Wiśniewski", "Miasto": "Łódź"},
    {"Imię": "Żółw"},
    of("Żółw;;\r\n", "cp1250"),
)
add(
    "excel-ru.csv",
    "Excel (Russian): semicolons, cp1251",
    of("Имя;Город;Сумма\r\nИван;Москва;12,5\r\nНаталья;Тверь;3,25\r\n", "cp1251"),
    {"Имя": "Иван", "Город": "Москва", "Сумма": "12,5"},
    {"Имя": "Пётр", "Сумма": 0.75},
    of("Пётр;;0,75\r\n", "cp1251"),
)
add(
    "unix-ru.csv",
    "a mail program of the nineties: KOI8-R, line feeds",
    of("Имя,Город\nИван,Москва\nНаталья,Тверь\nСергей,Самара\n", "koi8_r"),
    {"Имя": "Иван", "Город": "Москва"},
    {"Имя": "Пётр"},
    of("Пётр,\n", "koi8_r"),
)
add(
    "excel-cn.csv",
    "Excel (Chinese): commas, GBK",
    of("姓名,部门,金额\r\n张三,财务部,12.50\r\n李四,销售部,8\r\n", "gbk"),
    {"姓名": "张三", "部门": "财务部", "金额": "12.50"},
    {"姓名": "王五", "金额": 3.5},
    of("王五,,3.5\r\n", "gbk"),
)
add(
    "gb18030.csv",
    "a government portal: GB18030 with a character beyond GBK",
    of("姓名,城市\r\n张三,北京\r\n㐂田,上海\r\n𠮷野,广州\r\n", "gb18030"),
    {"姓名": "张三", "城市": "北京"},
    {"姓名": "𠮷田", "城市": "é"},
    of("𠮷田,é\r\n", "gb18030"),
)
add(
    "excel-tw.csv",
    "Excel (Taiwan): commas, Big5",
    of("姓名,地址,電話\r\n陳小明,臺北市信義區,02-1234\r\n林美麗,高雄市,07-99\r\n", "big5"),
    {"姓名": "陳小明", "地址": "臺北市信義區", "電話": "02-1234"},
    {"姓名": "王大同"},
    of("王大同,,\r\n", "big5"),
)
add(
    "excel-ja.csv",
    "Excel (Japanese): commas, Shift-JIS (cp932)",
    of("氏名,住所,備考\r\n山田太郎,東京都千代田区,ソフト表\r\n佐藤花子,大阪市,なし\r\n", "cp932"),
    {"氏名": "山田太郎", "住所": "東京都千代田区", "備考": "ソフト表"},
    {"氏名": "鈴木", "備考": "①"},
    of("鈴木,,①\r\n", "cp932"),
)
add(
    "unix-ja.csv",
    "a Unix system of Japan: EUC-JP, line feeds",
    of("氏名,フリガナ,住所\n山田太郎,ヤマダタロウ,東京都\n佐藤花子,サトウハナコ,大阪市のとなり\n", "euc_jp"),
    {"氏名": "山田太郎", "フリガナ": "ヤマダタロウ", "住所": "東京都"},
    {"氏名": "鈴木"},
    of("鈴木,,\n", "euc_jp"),
)
add(
    "excel-ko.csv",
    "Excel (Korean): commas, cp949",
    of("이름,주소,금액\r\n김철수,서울시 강남구,1200\r\n이영희,부산광역시,80\r\n", "cp949"),
    {"이름": "김철수", "주소": "서울시 강남구", "금액": "1200"},
    {"이름": "박민수", "금액": 7},
    of("박민수,,7\r\n", "cp949"),
)
add(
    "excel-el.csv",
    "Excel (Greek): semicolons, cp1253",
    of("Όνομα;Πόλη;Ποσό\r\nΓιώργος;Αθήνα;12,50\r\nΕλένη;Πάτρα;3,00\r\n", "cp1253"),
    {"Όνομα": "Γιώργος", "Πόλη": "Αθήνα", "Ποσό": "12,50"},
    {"Όνομα": "Νίκος", "Ποσό": 1.5},
    of("Νίκος;;1,5\r\n", "cp1253"),
)
add(
    "excel-utf8.csv",
    "Excel: CSV UTF-8, with its mark",
    of("Name,Größe\r\nÄrmel,XL\r\n", "utf-8", b"\xef\xbb\xbf"),
    {"Name": "Ärmel", "Größe": "XL"},
    {"Name": "€"},
    of("€,\r\n", "utf-8"),
)
add(
    "excel-unicode.txt",
    "Excel: Unicode text, UTF-16 with mark and tabs",
    of("Name\tOrt\r\nMüller\tZürich\r\n张三\t北京\r\n", "utf-16-le", b"\xff\xfe"),
    {"Name": "Müller", "Ort": "Zürich"},
    {"Name": "Ł"},
    of("Ł\t\r\n", "utf-16-le"),
)
add(
    "utf16be.csv",
    "a Java program: UTF-16 big endian with mark",
    of("a,b\nÄ,1\n", "utf-16-be", b"\xfe\xff"),
    {"a": "Ä", "b": "1"},
    {"a": "x", "b": 2},
    of("x,2\n", "utf-16-be"),
)
add(
    "utf16-bare.csv",
    "PowerShell 5 with -Encoding Unicode -Append to a new file: UTF-16 without mark",
    of("name,value\r\none,1\r\ntwo,2\r\n", "utf-16-le"),
    {"name": "one", "value": "1"},
    {"name": "drei ä"},
    of("drei ä,\r\n", "utf-16-le"),
)
add(
    "pandas.csv",
    "pandas DataFrame.to_csv: an index without a name, line feeds",
    b",name,score\n0,Ann,1.5\n1,Bob,2.25\n",
    {"column1": "0", "name": "Ann", "score": "1.5"},
    {"name": "Cy", "score": 3.0},
    b",Cy,3\n",
)
add(
    "mysql-out.tsv",
    "MySQL client in batch mode: tabs, line feeds",
    b"id\tname\tcity\n1\tAnn\tOslo\n2\tBob\tRome\n",
    {"id": "1", "name": "Ann", "city": "Oslo"},
    {"id": 3, "city": "a,b"},
    b"3\t\ta,b\n",
)
add(
    "pipes.csv",
    "an export of a mainframe: pipes",
    b"ID|NAME|AMOUNT\r\n0001|SMITH, JOHN|12.50\r\n0002|DOE, JANE|3.00\r\n",
    {"ID": "0001", "NAME": "SMITH, JOHN", "AMOUNT": "12.50"},
    {"ID": "0003", "AMOUNT": 1.25},
    b"0003||1.25\r\n",
)
add(
    "sep-line.csv",
    "a web shop for Excel: the line sep=;",
    b"sep=;\r\nid;price\r\n1;2,50\r\n2;3,75\r\n",
    {"id": "1", "price": "2,50"},
    {"id": 3, "price": 4.5},
    b"3;4,5\r\n",
)
add(
    "sep-tab.csv",
    "a bank: the line sep= with a tab",
    b"sep=\t\nid\tprice\n1\t2.50\n",
    {"id": "1", "price": "2.50"},
    {"id": 3, "price": 4.5},
    b"3\t4.5\n",
)
add(
    "no-last-break.csv",
    "a text editor: no line break at the end",
    b"a,b\n1,2",
    {"a": "1", "b": "2"},
    {"a": 3, "b": 4},
    b"\n3,4\n",
)
add(
    "old-mac.csv",
    "Excel 2004 for Mac: carriage returns, Mac Roman",
    b"a;b\r1;2\r3;4\r",
    {"a": "1", "b": "2"},
    {"a": 5, "b": 6},
    b"5;6\r",
)
add(
    "all-quoted.csv",
    "LibreOffice, quoting all text cells; here all cells are texts",
    b'"id","name"\n"1","Ann ""A."" Lee"\n"2","Bob"\n',
    {"id": "1", "name": 'Ann "A." Lee'},
    {"id": "3", "name": 'say "hi"'},
    b'"3","say ""hi"""\n',
)
add(
    "texts-quoted.csv",
    "Python csv.QUOTE_NONNUMERIC, SPSS: texts quoted, numbers not",
    b'"name","n"\r\n"Ann",1.5\r\n"Bob",2\r\n',
    {"name": "Ann", "n": "1.5"},
    {"name": "Cy", "n": 3.25},
    b'"Cy",3.25\r\n',
)
add(
    "quoted-decimals.csv",
    "Google Sheets (German): commas, decimals quoted",
    '"Ware",Preis\nKäse,"3,20"\nÖl,"4,75"\n'.encode(),
    {"Ware": "Käse", "Preis": "3,20"},
    {"Ware": "Brot", "Preis": 2.5},
    b'Brot,"2,5"\n',
)
add(
    "line-breaks.csv",
    "Excel: cells with line breaks",
    b'id,note\r\n1,"two\nlines"\r\n2,plain\r\n',
    {"id": "1", "note": "two\nlines"},
    {"id": 3, "note": "a\nb"},
    b'3,"a\nb"\r\n',
)
add(
    "zeros.csv",
    "an ERP system: leading zeros",
    b"article;stock\r\n00123;5\r\n00124;0\r\n",
    {"article": "00123", "stock": "5"},
    {"article": "00125", "stock": 7},
    b"00125;7\r\n",
)
add(
    "thousands.csv",
    "a Swiss bank: apostrophes",
    b"Konto;Saldo\r\nA;1'234.50\r\n",
    {"Konto": "A", "Saldo": "1'234.50"},
    {"Konto": "B", "Saldo": 2.5},
    b"B;2.5\r\n",
)
add(
    "surplus.csv",
    "typed by hand: a row with more cells than names",
    b"a,b\n1,2,3\n4,5\n",
    {"a": "1", "b": "2", "column3": "3"},
    {"a": 6, "b": 7},
    b"6,7\n",
)
add(
    "short-rows.csv",
    "typed by hand: rows with fewer cells",
    b"a,b,c\n1\n2,3\n",
    {"a": "1", "b": None, "c": None},
    {"c": 9},
    b",,9\n",
)
add(
    "twins.csv",
    "a join of two tables: names twice and empty",
    b"id,name,id,,\n1,Ann,7,x,y\n",
    {"id": "1", "name": "Ann", "id_3": "7", "column4": "x", "column5": "y"},
    {"id_3": 8, "column4": "z"},
    b",,8,z,\n",
)
add(
    "empty-lines.csv",
    "typed by hand: empty lines between",
    b"a;b\r\n\r\n1;2\r\n\r\n\r\n3;4\r\n",
    {"a": "1", "b": "2"},
    {"a": 5},
    b"5;\r\n",
)
add(
    "one-column.csv",
    "a list of addresses: one column",
    b"email\nann@example.org\nbob@example.org\n",
    {"email": "ann@example.org"},
    {"email": "c,d@example.org"},
    b'"c,d@example.org"\n',
)
add(
    "spaces.csv",
    "Oracle SQL*Plus: spaces around",
    b"ID ; NAME \r\n1 ; Ann \r\n",
    {"ID": "1 ", "NAME": " Ann "},
    {"ID": 2, "NAME": "Bob"},
    b"2;Bob\r\n",
)
add(
    "header-only.csv",
    "a template: names and no rows",
    b"name;mail\r\n",
    {},
    {"name": "Ann", "mail": "a@example.org"},
    b"Ann;a@example.org\r\n",
)
add(
    "formulas.csv",
    "a form: texts that look like formulas",
    b"name,value\n=1+1,@x\n+49 30,-5\n",
    {"name": "=1+1", "value": "@x"},
    {"name": "=2+2", "value": "-1"},
    b"=2+2,-1\n",
)
add(
    "semicolon-in-text.csv",
    "R write.csv2: semicolons, quoted texts, decimal commas",
    b'"";"x";"y"\n"1";"a;b";1,5\n"2";"c";2,25\n',
    {"column1": "1", "x": "a;b", "y": "1,5"},
    {"x": "d", "y": 3.5},
    b'"";"d";3,5\n',
)
add(
    "dates.csv",
    "Outlook calendar (German)",
    of("Betreff,Beginnt am,Ganztägig\r\nBesprechung,01.02.2026,Aus\r\nFrühstück,03.02.2026,Ein\r\n", "cp1252"),
    {"Betreff": "Besprechung", "Beginnt am": "01.02.2026", "Ganztägig": "Aus"},
    {"Betreff": "Büro"},
    of("Büro,,\r\n", "cp1252"),
)
add(
    "emoji.csv",
    "a phone: UTF-8 without mark, emoji",
    "who,what\nAnn,👍🏽 fine\n".encode(),
    {"who": "Ann", "what": "👍🏽 fine"},
    {"who": "Bob", "what": "😀"},
    "Bob,😀\n".encode(),
)
add(
    "latin2.csv",
    "a Linux system of Poland: ISO 8859-2",
    of("Imię;Miasto\nŁukasz;Kraków\nŚwiętosława;Łódź\nPaweł;Częstochowa\nŚlązak;Świdnica\n", "iso8859_2"),
    {"Imię": "Łukasz", "Miasto": "Kraków"},
    {"Imię": "Żaneta"},
    of("Żaneta;\n", "iso8859_2"),
)
add(
    "dos.csv",
    "a DOS program (German): cp850",
    of("Name;Straße;Ort\r\nMüller;Königstraße;Nürnberg\r\nSchäfer;Mühlweg;Düsseldorf\r\nJäger;Höhe;Köln\r\n", "cp850"),
    {"Name": "Müller", "Straße": "Königstraße", "Ort": "Nürnberg"},
    {"Name": "Böhm"},
    of("Böhm;;\r\n", "cp850"),
)
add(
    "tr.csv",
    "Excel (Turkish): semicolons, cp1254",
    of("Adı;Soyadı;Şehir\r\nAyşe;Yılmaz;İstanbul\r\nÇağrı;Güneş;Ağrı\r\nIşık;Şahin;Eskişehir\r\n", "cp1254"),
    {"Adı": "Ayşe", "Soyadı": "Yılmaz", "Şehir": "İstanbul"},
    {"Adı": "Gül"},
    of("Gül;;\r\n", "cp1254"),
)


def main() -> None:
    """Write the files and the list of them."""
    FOLDER.mkdir(exist_ok=True)
    listed = []
    for name, origin, content, first, row, added in FILES:
        (FOLDER / name).write_bytes(content)
        listed.append({"name": name, "origin": origin, "first": first, "row": row, "added": added.hex()})
    (FOLDER / "csv.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
