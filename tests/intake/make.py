#!/usr/bin/env python3
"""Makes the files of tests/intake/files and tests/intake/shapes: spreadsheets as offices send them.

Needs openpyxl, xlwt and odfpy; the tests need none of them, they read what was committed. Encodings are Python's codecs, workbooks are
written by those libraries, so that nothing here comes from the program's own writers. Run: python3 tests/intake/make.py
"""
import bz2, csv, datetime, gzip, io, os, shutil, sys, zipfile
import openpyxl, xlwt
from openpyxl.styles import Alignment
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableRow, TableCell
from odf.text import P

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "files")
SHAPES = os.path.join(HERE, "shapes")
SAMPLE = os.path.join(HERE, "..", "..", "sample_data")


def put(path, data):
    path = os.path.join(FILES, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


def text(rows, delimiter=",", end="\r\n"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def xlsx(path, sheets, change=None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    path = os.path.join(FILES, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    book.save(path)


HEAD = ["企业代码", "年度", "实缴税收（万元）"]
# What every plain variant says: E1 paid 50,000 and 1,234,567.8 yuan, E2 lost 100.
ROWS = [["E1", 2024, 5], ["E1", 2025, 123.45678], ["E2", 2025, -0.01]]
PLAIN = [HEAD] + ROWS
# 亅 is 81 7C and 乗 is 81 5C in GBK: second bytes that are a bar and a backslash.
NAMES = [["企业代码", "企业名称", "开发区", "行业代码"], ["E1", "亅乗机械", "Z1", "C35"], ["E2", "乙|厂", "Z1", "C3625"]]


def encodings():
    put("gbk/tax.csv", text(PLAIN).encode("gbk"))
    put("gbk-late/tax.csv", ("enterprise_id,year,tax_paid,note\n" + "E1,2024,5,\n" + "\n" * 70000 + "E1,2025,123.45678,\nE2,2025,-0.01,滞后\n").encode("gbk"))
    put("gb18030/enterprises.csv", text([NAMES[0], ["E1", "𠮷㐀厂", "Z1", "C35"], NAMES[2]]).encode("gb18030"))
    put("utf8-mark/tax.csv", text(PLAIN).encode("utf-8-sig"))
    put("utf16le/tax.txt", b"\xff\xfe" + text(PLAIN, "\t").encode("utf-16-le"))
    put("utf16be/tax.csv", b"\xfe\xff" + text(PLAIN).encode("utf-16-be"))
    put("utf16-no-mark/tax.csv", text(PLAIN).encode("utf-16-le"))
    put("big5/tax.csv", text([["企業代碼", "年度", "實繳稅收"]] + ROWS).encode("big5"))
    put("big5/mujun.toml", '[tables.tax]\ncolumns = { "企業代碼" = "enterprise_id", "實繳稅收" = "tax_paid" }\n'.encode())
    put("gbk-gz/tax.csv.gz", gzip.compress(text(PLAIN).encode("gbk"), mtime=0))
    put("damaged-cell/tax.csv", text(PLAIN).encode("utf-8").replace(b"2024,5", b"2024,\xc4\xea"))


def mixed():
    rows = text([HEAD[:2] + ["实缴税收（万元）", "备注"]] + [row + ["已核"] for row in ROWS]).split("\r\n")
    put("two-encodings/tax.csv", b"\r\n".join(row.encode("utf-8" if number == 2 else "gbk") for number, row in enumerate(rows)))
    # Rows of two programs under the headings of one of them, and single cells.
    head, body = rows[0], rows[1:]
    put("two-encodings-head/tax.csv", b"\r\n".join([head.encode("utf-8")] + [row.encode("gbk") for row in body]))
    put("two-encodings-head-gbk/tax.csv", b"\r\n".join([head.encode("gbk")] + [row.encode("utf-8") for row in body]))
    names = [["企业代码", "企业名称", "开发区", "行业代码"], ["E1", "云汀电子厂", "北区", "C35"], ["E2", "乙机械", "北区", "C3625"]]
    put("cell-gbk/enterprises.csv", text(names).encode("utf-8").replace("云汀电子厂".encode("utf-8"), "云汀电子厂".encode("gbk")))
    put("cell-utf8/enterprises.csv", text(names).encode("gbk").replace("云汀电子厂".encode("gbk"), "云汀电子厂".encode("utf-8")))
    put("cell-quoted/enterprises.csv", text(names).replace("云汀电子厂", '"云汀,电子厂"').encode("utf-8").replace("云汀,电子厂".encode("utf-8"), "云汀,电子厂".encode("gbk")))
    put("told-gbk/tax.csv", text(PLAIN).encode("utf-8"))
    put("told-gbk/mujun.toml", b'[tables.tax]\nencoding = "gbk"\n')
    put("told-utf8/tax.csv", text(PLAIN).encode("gbk"))
    put("told-utf8/mujun.toml", b'[tables.tax]\nencoding = "utf-8"\n')
    put("bars-damaged/tax.csv", text([HEAD + ["备注"], ["E1", 2025, 7, "已核"], ["E2", 2025, 8, "XX"]], "|").encode("gbk").replace(b"XX", b"\xff\xff"))
    put("big5-headings/tax.csv", text([["統一社會信用代碼", "年度", "實繳稅收（萬元）"]] + ROWS + [["總計", "", "128.44678"]]).encode("big5"))
    put("two-encodings-reverse/tax.csv", b"\r\n".join(row.encode("gbk" if number == 2 else "utf-8") for number, row in enumerate(rows)))


def delimiters():
    put("semicolon/tax.csv", text(PLAIN, ";").encode("gbk"))
    put("tabs/tax.tsv", text(PLAIN, "\t").encode("utf-8"))
    put("bars-gbk/enterprises.txt", text([NAMES[0], NAMES[1], ["E2", "乙厂", "Z1", "C3625"]], "|").encode("gbk"))
    put("backslash-gbk/enterprises.csv", text([NAMES[0], ["E1", '乗,"一\n厂"', "Z1", "C35"], NAMES[2]]).encode("gbk"))
    put("sep-line/tax.csv", ("sep=;\r\n" + text(PLAIN, ";")).encode("gbk"))
    put("old-line-ends/tax.csv", text(PLAIN, end="\r").encode("gbk"))
    put("told-encoding/tax.csv", text([["id", "year", "tax_paid", "注"]] + [row + ["Ä"] for row in ROWS]).encode("latin-1", "replace"))
    put("told-encoding/mujun.toml", b'[tables.tax]\nencoding = "windows-1252"\ndelimiter = ","\n')


def headings():
    put("title/tax.csv", text([["2025年度企业税收情况表", "", ""], ["", "", "单位：元"], ["企业代码", "年度", "实缴税收"]] + [[i, y, round(v * 10000)] for i, y, v in ROWS]).encode("gbk"))
    put("unit-in-title/tax.csv", text([["税收情况（金额单位: 元）"], ["企业代码", "年度", "实缴税收"], ["E1", 2025, 1234567]]).encode("gbk"))
    put("two-rows/tax.csv", text([["企业", "", "税收（元）", "", "备注"], ["统一社会信用代码", "年度", "实缴税收", "退税", ""], ["E1", 2025, 1234567, 10000, ""]]).encode("gbk"))
    put("three-rows/tax.csv", text([["企业", "", "税收", ""], ["代码", "年度", "实缴税收", "退税"], ["", "", "（元）", "（万元）"], ["E1", 2025, 1234567, 1]]).encode("gbk"))
    put("unit-row/land.csv", text([["宗地编号", "企业代码", "用地面积"], ["—", "—", "平方米"], ["P1", "E1", 2000], ["P2", "E2", 4000]]).encode("utf-8"))
    put("numbered/tax.csv", text([HEAD, ["甲", "乙", "1"], ["E1", 2025, 5]]).encode("utf-8"))
    put("numbered-wide/output.csv", text([["企业代码", "年度", "工业总产值", "营业收入"], ["甲", "乙", 1, 2], ["E1", 2025, 7, 8]]).encode("utf-8"))
    put("line-break/tax.csv", text([["企业\n代码", "年 度", "实缴税收\n（元）"], ["E1", 2025, 1234567]]).encode("gbk"))
    put("full-width/tax.csv", text([["企业代码", "年度", "实缴税收［元］".replace("［", "（").replace("］", "）")], ["E1", "２０２５", "１，２３４，５６７"]]).encode("utf-8"))
    put("units-behind-strokes/tax.csv", text([["企业代码", "年度", "实缴税收/元", "退税_亿元"], ["E1", 2025, 1234567, 0.5]]).encode("utf-8"))
    put("year-in-heading/tax.csv", text([["企业代码", "年度", "2025年实缴税收（元）"], ["E1", 2025, 1234567]]).encode("utf-8"))
    put("year-in-heading-for-comparison/tax.csv", text([["企业代码", "年度", "实缴税收", "2024年实缴税收"], ["E1", 2025, 7, 6]]).encode("utf-8"))
    put("year-in-heading-of-land/land.csv", text([["宗地编号", "企业代码", "2025年用地面积（平方米）"], ["P1", "E1", 2000]]).encode("utf-8"))
    put("year-of-others/tax.csv", text([["企业代码", "年度", "2025年实缴税收"], ["E1", 2025, 7], ["E1", 2024, 6]]).encode("utf-8"))
    put("exact-unit-line/tax.csv", text([["金额单位：人民币元（列至角分）"], ["企业代码", "年度", "实缴税收"], ["E1", 2025, "1234567.89"]]).encode("utf-8"))
    put("unit-against-line/tax.csv", text([["", "", "单位：元"], ["企业代码", "年度", "实缴税收（万元）"], ["E1", 2025, 7]]).encode("utf-8"))
    put("line-against-line/tax.csv", text([["单位：万元"], ["金额单位：元"], ["企业代码", "年度", "实缴税收", "退税"], ["E1", 2025, 1234567, 0]]).encode("utf-8"))
    put("unit-below/tax.csv", text([["企业代码", "年度", "实缴税收"], ["E1", 2025, 7], ["单位：万元", "", ""]]).encode("utf-8"))
    put("unit-below-other/tax.csv", text([["企业代码", "年度", "实缴税收"], ["E1", 2025, 7], ["", "", "单位：元"]]).encode("utf-8"))
    put("total-among-headings/tax.csv", text([["企业代码", "年度", "实缴税收", "其中", ""], ["", "", "", "合计", "增值税"], ["E1", 2025, 7, 6, 5]]).encode("utf-8"))
    put("headings-again/tax.csv", text([HEAD, ["E1", 2025, 7], [HEAD[1], HEAD[0], HEAD[2]], [2025, "E2", 8]]).encode("utf-8"))
    put("units-clash/tax.csv", text([["企业代码", "年度", "实缴税收"], ["", "", "吨"], ["E1", 2025, 1]]).encode("utf-8"))


def rows():
    put("totals/tax.csv", text([HEAD, ["E1", 2024, 5], ["小计", "", 5], ["E1", 2025, 7], ["E2", 2025, 1], ["合 计", "", 13], ["注：数据截至12月31日", "", ""], ["填表人：张三", "审核：李四", ""]]).encode("gbk"))
    put("total-in-name/land.csv", text([["宗地编号", "企业代码", "用地面积", "备注"], ["P1", "E1", 10, ""], ["P2", "E2", 20, ""], ["", "", 30, "总计"]]).encode("utf-8"))
    put("ragged-note/tax.csv", (text(PLAIN) + "备注：本表由税务局提供\r\n").encode("utf-8"))
    put("named-totals/land.csv", text([["宗地编号", "企业代码", "企业名称", "用地面积"], ["P1", "E1", "甲机械有限公司", 10], ["", "", "甲机械有限公司小计", 10], ["", "", "A区小计", 10], ["P2", "E2", "乙厂", 20], ["合计", "", "", 30]]).encode("utf-8"))
    put("named-totals/enterprises.csv", text([["企业代码", "企业名称", "开发区", "行业代码"], ["E1", "甲机械有限公司", "Z1", "C35"], ["E2", "乙厂", "Z1", "C3625"]]).encode("utf-8"))
    # 12 is the sum of the rows below it, 9 of none: perhaps an enterprise of that name.
    put("total-of-nothing/tax.csv", text([["企业代码", "企业名称", "年度", "实缴税收（万元）"], ["合计", "", 2025, 12], ["E1", "甲", 2025, 5], ["E2", "乙", 2025, 7], ["", "友谊总计", 2025, 9]]).encode("utf-8"))
    put("pages/tax.csv", text([HEAD, ROWS[0], HEAD, ROWS[1], ROWS[2]]).encode("utf-8"))


def cells():
    put("separators/tax.csv", text([HEAD, ["E1", 2024, "1,234.50"], ["E1", 2025, "￥1,234,567"], ["E2", "2025年度", "-1,000"]]).encode("gbk"))
    put("percent/output.csv", text([["企业代码", "年度", "工业总产值", "资产负债率（%）"], ["E1", 2025, 1, "41.5%"], ["E2", 2025, 1, "41.5"]]).encode("utf-8"))
    put("percent-of-money/tax.csv", text([HEAD, ["E1", 2025, "5%"]]).encode("utf-8"))
    dates = ["2018.3.1", "20180301", "43160", "2018-03-01 00:00:00", "2018年3月1日"]
    put("dates/land.csv", text([["宗地编号", "企业代码", "用地面积", "供地日期"]] + [[f"P{n}", "E1" if n < 4 else "E2", 1, date] for n, date in enumerate(dates)]).encode("utf-8"))
    put("marked-ids/tax.csv", text([HEAD, ['="E1"', 2024, 5], ["Ｅ１", 2025, 6], ["'E2", 2025, 7], ["E2\u00a0", 2024, 8]]).encode("utf-8"))
    put("scientific/tax.csv", text([HEAD, ["9.11E+17", 2025, 5]]).encode("utf-8"))
    put("error-cell/tax.csv", text([HEAD, ["E1", 2025, "#DIV/0!"], ["#N/A", 2025, 1]]).encode("utf-8"))


def workbooks():
    xlsx("xlsx/tax.xlsx", {"Sheet1": PLAIN})

    def merge(book):
        sheet = book["税收"]
        for area in ["A1:E1", "A3:B3", "C3:D3", "E3:E4"]:
            sheet.merge_cells(area)
        sheet["A1"].alignment = Alignment(horizontal="center")

    xlsx("xlsx-office/2025年上报.xlsx", {"税收": [
        ["某开发区2025年税收情况表"], [None, None, None, None, "单位：元"], ["企业", None, "税收", None, "备注"], ["企业代码", "年度", "实缴税收", "退税"],
        ["E1", 2024, 50000, 0, None], ["E1", 2025, 1234567.8, 10000, "复核"], ["E2", 2025, -100, None, None], ["合计", None, 1284467.8, 10000],
        ["注：退税含留抵退税"], ["填表人：张三", None, "审核人：李四"]]}, merge)

    # A form of statistics: what it says of itself above and below, a unit in each row, a year or a quarter in each.
    xlsx("statistics-form/tax.xlsx", {"tax": [
        ["企业税收情况"], [None, None, None, None, "表    号：A101表"], [None, None, None, None, "制定机关：国家统计局"],
        ["综合机关名称：云汀市税务局", "2025年", None, None, "文    号：国统字〔2024〕88号"], ["统一社会信用代码□□□□□□□□□□□□□□□□□□", None, None, None, "有效期至：2026年6月"],
        ["企业代码", "税款所属期", "实缴税收", "计量单位", "备注"], ["甲", "乙", 1, 2, 3],
        ["E1", "2025-01-01至2025-12-31", 50000, "元"], ["E2", "2025Q1", 1, "万元"], ["E2", "2025年4-6月", 20000, "元"], ["E2", "2025年三季度", 3, "千元"], ["E2", "2025-10-01至2025-12-31", 0.5, "万元"],
        ["单位负责人：张三", None, "统计负责人：李四", None, "填表人：王五"], [None, None, None, None, "报出日期：2026年1月10日"], ["（盖章）"], [None, None, "年   月   日"]]})

    def dates(book):
        sheet = book["land"]
        for row, value in enumerate([datetime.date(2018, 3, 1), 43160, "2018.3.1", datetime.datetime(2018, 3, 1, 8, 30)], start=2):
            sheet.cell(row=row, column=4).value = value
        sheet["D3"].number_format = "General"

    xlsx("xlsx-dates/land.xlsx", {"land": [["宗地编号", "企业代码", "用地面积（亩）", "供地日期"]] + [[f"P{n}", "E1" if n < 3 else "E2", 1] for n in range(4)]}, dates)
    xlsx("xlsx-numeric-ids/tax.xlsx", {"tax": [HEAD, [911301000000000000, 2025, 5], ["E1", 2025, 5]]})

    def percent(book):
        for cell in ["D2", "D3"]:
            book["output"][cell].number_format = "0.0%"

    xlsx("xlsx-percent/output.xlsx", {"output": [["企业代码", "年度", "工业总产值", "资产负债率（%）"], ["E1", 2025, 1, 0.415], ["E2", 2025, 1, 0.5], ["E1", 2024, 1, 30]]}, percent)
    xlsx("xlsx-formulas/tax.xlsx", {"tax": [HEAD, ["E1", 2025, "=1+1"], ["E2", 2025, 3]]})

    def errors(book):
        cell = book["tax"]["C2"]
        cell.value, cell.data_type = "#REF!", "e"

    xlsx("xlsx-errors/tax.xlsx", {"tax": [HEAD, ["E1", 2025, None], ["E2", 2025, 3]]}, errors)

    def hide(book):
        book["旧"].sheet_state = "hidden"

    xlsx("xlsx-hidden/tax.xlsx", {"旧": [HEAD, ["E1", 2025, 99]], "空": [], "数据": PLAIN, "说明": [["本表由税务局提供"]]}, hide)
    xlsx("xlsx-linked/tax.xlsx", {"tax": [HEAD, ["E1", 2025, "='[other.xlsx]Sheet1'!$A$1"], ["E2", 2025, 3]]})
    # The same formula with the value that a spreadsheet program would have stored.
    path = os.path.join(FILES, "xlsx-stored", "tax.xlsx")
    xlsx("xlsx-stored/tax.xlsx", {"tax": [HEAD, ["E1", 2025, "=1+1"], ["E2", 2025, 3]]})
    rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"))

    book = xlwt.Workbook()
    sheet = book.add_sheet("税收")
    for row, cells in enumerate([["税收情况表"], ["单位：元"], ["企业代码", "年度", "实缴税收"], ["E1", 2024, 50000], ["E1", 2025, 1234567.8], ["E2", 2025, -100], ["合计", None, 1284467.8]]):
        for column, value in enumerate(cells):
            if value is not None:
                sheet.write(row, column, value)
    os.makedirs(os.path.join(FILES, "xls"), exist_ok=True)
    book.save(os.path.join(FILES, "xls", "国税.xls"))

    book = xlwt.Workbook()
    sheet = book.add_sheet("land")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, cells in enumerate([["宗地编号", "企业代码", "用地面积（公顷）", "供地日期"], ["P1", "E1", 2, datetime.date(2018, 3, 1)], ["P2", "E2", 1, "2018.3.1"]]):
        for column, value in enumerate(cells):
            sheet.write(row, column, value, day if isinstance(value, datetime.date) else xlwt.Style.default_style)
    os.makedirs(os.path.join(FILES, "xls-dates"), exist_ok=True)
    book.save(os.path.join(FILES, "xls-dates", "land.xls"))

    book = xlwt.Workbook()
    sheet = book.add_sheet("说明")
    sheet.write(0, 0, "本表由统计局提供")
    sheet = book.add_sheet("output")
    percent, fine = xlwt.easyxf(num_format_str="0%"), xlwt.easyxf(num_format_str="0.00%")
    for row, cells in enumerate([["企业代码", "年度", "工业总产值", "资产负债率（%）"], ["E1", 2025, 1, 0.415], ["E2", 2025, 1, 0.5], ["E1", 2024, 1, 30]]):
        for column, value in enumerate(cells):
            sheet.write(row, column, value, {(1, 3): fine, (2, 3): percent}.get((row, column), xlwt.Style.default_style))
    os.makedirs(os.path.join(FILES, "xls-percent"), exist_ok=True)
    book.save(os.path.join(FILES, "xls-percent", "output.xls"))
    xlsx("xlsx-named-csv/tax.xlsx", {"Sheet1": PLAIN})
    os.rename(os.path.join(FILES, "xlsx-named-csv", "tax.xlsx"), os.path.join(FILES, "xlsx-named-csv", "tax.csv"))
    put("pdf-named-csv/tax.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as parts:
        parts.writestr(zipfile.ZipInfo("word/document.xml"), "<w:document/>")
    put("word-named-xlsx/tax.xlsx", document.getvalue())
    xlsx("mixed-percent/output.xlsx", {"output": [["企业代码", "年度", "工业总产值", "资产负债率"], ["E1", 2025, 1, "41.5%"], ["E2", 2025, 1, 85], ["E1", 2024, 1, 0.3]]})
    ods("ods/tax.ods", "Sheet1", [["税收情况表"], ["企业代码", "年度", "实缴税收（万元）"], ["E1", 2024, 5], ["E1", 2025, 123.45678], ["E2", 2025, -0.01], ["总计", None, 128.44678]])
    ods("ods-percent/output.ods", "output", [["企业代码", "年度", "工业总产值", "资产负债率（%）"], ["E1", 2025, 1, 0.415], ["E2", 2025, 1, 0.5], ["E1", 2024, 1, 30]], percents={(1, 3), (2, 3)})
    ods("ods-repeats/tax.ods", "tax", [HEAD, ["E1", 2025, 5]], rows_repeated=1_000_000, columns_repeated=16_000)
    put("xls-that-is-text/tax.xls", text(PLAIN, "\t").encode("gbk"))
    put("xls-that-is-a-page/tax.xls", "<html><table><tr><td>企业代码</td></tr></table></html>".encode("gbk"))


def merges():
    """Cells merged over rows and columns: words that every row has, numbers that no row has for itself."""
    head = ["序号", "企业代码", "开发区", "宗地编号", "用地面积（亩）", "说明"]
    rows = [["土地台账"], head, [1, "E1", "Z1", "P1", 10, "北区"], [None, None, None, "P2", 5], [2, "E2", "Z1", "P3", 20, "南区"],
            ["合计", None, None, None, 35], ["注：面积以不动产登记为准"]]
    # First row and column, last row and column, from one.
    areas = [(1, 1, 1, 6), (3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 4, 3), (3, 6, 4, 6), (6, 1, 6, 4), (7, 1, 7, 6)]

    def merge(areas):
        def change(book):
            for top, left, bottom, right in areas:
                book.worksheets[0].merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        return change

    xlsx("merged-rows/land.xlsx", {"land": rows}, merge(areas))
    book = xlwt.Workbook()
    sheet = book.add_sheet("land")
    merged = {(top - 1, left - 1): (bottom - 1, right - 1) for top, left, bottom, right in areas}
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if (row, column) in merged:
                bottom, right = merged[row, column]
                sheet.write_merge(row, bottom, column, right, value)
            elif value is not None:
                sheet.write(row, column, value)
    os.makedirs(os.path.join(FILES, "merged-rows-xls"), exist_ok=True)
    book.save(os.path.join(FILES, "merged-rows-xls", "land.xls"))
    ods("merged-rows-ods/land.ods", "land", rows, merged=merged)
    # E1's 10 mu are of P1 and P2 together, and nobody says how they are shared out.
    xlsx("merged-area/land.xlsx", {"land": [["宗地编号", "企业代码", "用地面积（亩）"], ["P1", "E1", 10], ["P2", None, None], ["P3", "E2", 20]]}, merge([(2, 2, 3, 2), (2, 3, 3, 3)]))
    # The revenue of two years in one cell, and one number under two headings.
    xlsx("merged-figures/output.xlsx", {"output": [["企业代码", "年度", "工业总产值（万元）", "营业收入（万元）"], ["E1", 2024, 100, 300], ["E1", 2025, 110, None], ["E2", 2025, 200, None]]}, merge([(2, 4, 3, 4), (4, 3, 4, 4)]))


def rewrite(path, part, change):
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)


def ods(path, name, rows, rows_repeated=None, columns_repeated=None, merged={}, percents=()):
    document = OpenDocumentSpreadsheet()
    table = Table(name=name)
    for at, cells in enumerate(rows):
        row = TableRow()
        if rows_repeated and at == len(rows) - 1:
            row = TableRow(numberrowsrepeated=rows_repeated)
        wide = max([right + 1 for (top, _), (bottom, right) in merged.items() if top <= at <= bottom] + [len(cells)])
        for column, value in enumerate(cells + [None] * (wide - len(cells))):
            covers = [first for first, last in merged.items() if first[0] <= at <= last[0] and first[1] <= column <= last[1]]
            if covers and covers[0] != (at, column):
                cell = CoveredTableCell()
            elif value is None:
                cell = TableCell()
            elif isinstance(value, str):
                cell = TableCell(valuetype="string")
                cell.addElement(P(text=value))
            else:
                cell = TableCell(valuetype="percentage" if (at, column) in percents else "float", value=str(value))
            if (at, column) in merged:
                bottom, right = merged[at, column]
                cell.setAttribute("numberrowsspanned", bottom - at + 1)
                cell.setAttribute("numbercolumnsspanned", right - column + 1)
            row.addElement(cell)
        if columns_repeated and at == len(rows) - 1:
            row.addElement(TableCell(valuetype="float", value="1", numbercolumnsrepeated=columns_repeated))
        table.addElement(row)
    document.spreadsheet.addElement(table)
    path = os.path.join(FILES, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    document.save(path)


BASE = {
    "enterprises": [["企业代码", "企业名称", "开发区", "行业代码"], ["E1", "甲", "Z1", "C35"], ["E2", "乙", "Z1", "C3625"]],
    "land": [["宗地编号", "企业代码", "用地面积（亩）", "权属"], ["P1", "E1", 10, "自有"], ["P2", "E2", 20, "自有"]],
    "output": [["企业代码", "年度", "工业总产值（万元）"], ["E1", 2024, 100], ["E1", 2025, 110], ["E2", 2025, 200]],
    "tax": PLAIN,
    "energy": [["企业代码", "年度", "综合能耗（吨标准煤）"], ["E1", 2025, 7]],
}


def data_sets():
    xlsx("one-workbook/data.xlsx", {"企业": BASE["enterprises"], "Sheet2": BASE["land"], "产出": BASE["output"], "税收": BASE["tax"], "能耗与排放": BASE["energy"], "填报说明": [["请于月底前报送"]]})
    put("names-say-nothing/报表1.csv", text(PLAIN).encode("gbk"))
    put("two-by-headings/报表1.csv", text(PLAIN).encode("gbk"))
    put("two-by-headings/报表2.csv", text(PLAIN[:2]).encode("gbk"))
    put("two-by-name/tax.csv", text(PLAIN).encode("utf-8"))
    xlsx("two-by-name/tax.xlsx", {"Sheet1": PLAIN})
    put("name-before-headings/tax.csv", text(PLAIN).encode("utf-8"))
    put("name-before-headings/备份.csv", text(PLAIN[:2]).encode("utf-8"))
    put("fits-two/上报.csv", text([["企业代码", "年度", "工业总产值", "实缴税收"], ["E1", 2025, 1, 1]]).encode("utf-8"))
    put("config/数据/国税局.csv", text([["纳税人", "所属年份", "入库税额"], ["E1", 2025, 1234567]]).encode("gbk"))
    put("config/old.csv", text(PLAIN).encode("utf-8"))
    put("config/mujun.toml", '''ignore = ["old.csv"]

[tables.tax]
file = "数据/国税局.csv"
encoding = "gbk"
units = { money = "元" }
columns = { "纳税人" = "enterprise_id", "所属年份" = "year", "入库税额" = "tax_paid" }
'''.encode())
    xlsx("config-sheet/book.xlsx", {"一月": PLAIN[:2], "二月": PLAIN})
    put("config-sheet/mujun.toml", '[tables.tax]\nfile = "book.xlsx"\nsheet = "二月"\nheadings = 1\n'.encode())
    put("config-wrong/mujun.toml", '[tables.tax]\nfile = "nowhere.csv"\nencoding = "klingon"\nunits = { tax_paid = "斗" }\n'.encode())
    put("config-headings/mujun.toml", b'[tables.tax]\nheadings = [2, 1]\n\n[tables.land]\nheadings = 0\n')
    put("config-without-effect/tax.csv", text([["纳税人", "年度", "实缴税收"], ["E1", 2025, 7]]).encode("utf-8"))
    put("config-without-effect/mujun.toml", 'ignore = ["tax1.csv"]\n[tables.tax]\ncolumns = { "纳税人" = "enterprise_id", "实缴税收额" = "tax_paid" }\n'.encode())
    xlsx("one-workbook-config/data.xlsx", {"企业": BASE["enterprises"], "Sheet2": BASE["land"], "产出": BASE["output"], "税收": [["纳税人"] + HEAD[1:]] + ROWS, "能耗与排放": BASE["energy"]})
    put("one-workbook-config/mujun.toml", '[tables.tax]\ncolumns = { "纳税人" = "enterprise_id" }\n[tables.land]\nfile = "other.csv"\n'.encode())
    put("config-data-as-headings/tax.csv", text(PLAIN).encode("utf-8"))
    put("config-data-as-headings/mujun.toml", b'[tables.tax]\nheadings = [1, 3]\n')
    put("config-words-as-headings/tax.csv", text([HEAD, ["甲", "", ""], ["E1", 2025, 7]]).encode("utf-8"))
    put("config-words-as-headings/mujun.toml", b'[tables.tax]\nheadings = [1, 2]\n')
    put("config-headings-beyond/tax.csv", text(PLAIN).encode("utf-8"))
    put("config-headings-beyond/mujun.toml", b'[tables.tax]\nheadings = 99\n')
    put("config-headings-in-data/tax.csv", text(PLAIN).encode("utf-8"))
    put("config-headings-in-data/mujun.toml", b'[tables.tax]\nheadings = 2\n')
    put("config-headings-right/tax.csv", text([["税收情况表", "", ""], ["", "", "单位：元"], ["企业代码", "年度", "实缴税收"], ["甲", "1", "2"], ["E1", 2025, 1234567]]).encode("utf-8"))
    put("config-headings-right/mujun.toml", b'[tables.tax]\nheadings = [3, 4]\n')
    put("config-units-against-heading/tax.csv", text([["企业代码", "年度", "实缴税收（万元）"], ["E1", 2025, 1234567]]).encode("utf-8"))
    put("config-units-against-heading/mujun.toml", '[tables.tax]\nunits = { tax_paid = "元" }\n'.encode())
    put("config-units-against-line/tax.csv", text([["", "", "单位：万元", ""], ["企业代码", "年度", "实缴税收", "退税"], ["E1", 2025, 1234567, 0]]).encode("utf-8"))
    put("config-units-against-line/mujun.toml", '[tables.tax]\nunits = { money = "元" }\n'.encode())
    put("config-units-against-note/tax.csv", text([["企业代码", "年度", "实缴税收"], ["E1", 2025, 1234567], ["单位：万元", "", ""]]).encode("utf-8"))
    put("config-units-against-note/mujun.toml", '[tables.tax]\nunits = { money = "元" }\n'.encode())
    put("config-settles-columns/tax.csv", text([["企业代码", "年度", "税额", "实缴税收", "2025年实缴税收"], ["E1", 2025, 7, 8, 9]]).encode("utf-8"))
    put("config-settles-columns/mujun.toml", '[tables.tax]\ncolumns = { "税额" = "tax_paid" }\n'.encode())
    put("config-settles-year/tax.csv", text([["企业代码", "年度", "2025年实缴税收", "实缴税收"], ["E1", 2025, 7, ""]]).encode("utf-8"))
    put("config-settles-year/mujun.toml", '[tables.tax]\ncolumns = { "2025年实缴税收" = "tax_paid" }\n'.encode())
    # Every value has another shape than its key wants; the words that a search for text would find first stand in comments.
    put("config-shapes/mujun.toml", '''# policy file headings units columns -1
policy = 3
ignore = "x"
tabels = 1

[tables.tax] # sheet = 3
file = 3
sheet = true
headings = -1
units = "元"
columns = []

[tables.land]
headings = []
encoding = 8
delimiter = ",,"
sheets = "x"

[tables.output]
headings = 1.5
units = { mony = "元" }
columns = { "产值" = "总产值" }

[tables.energy]
headings = "1"

[tables.enterprises]
headings = true

[tax]
'''.encode())
    xlsx("config-ignored-sheet/book.xlsx", {"一月": PLAIN[:2], "二月": PLAIN})
    put("config-ignored-sheet/mujun.toml", 'ignore = ["book.xlsx!一月", "*.csv", "book.xlsx!三月"]\n'.encode())
    put("config-file-twice/上报.csv", text(PLAIN).encode("utf-8"))
    put("config-file-twice/mujun.toml", '[tables.energy]\nfile = "上报.csv"\n[tables.tax]\nfile = "上报.csv"\n'.encode())
    put("config-not-utf8/mujun.toml", 'ignore = ["旧表.csv"]\n'.encode("gbk"))
    put("config-of-nothing/mujun.toml", '[tables.kpi]\nheadings = 2\n'.encode())
    put("year-beside-blank/tax.csv", text([["企业代码", "年度", "实缴税收", "2025年实缴税收"], ["E1", 2025, "", 7], ["E2", 2025, "", 8]]).encode("utf-8"))
    put("year-beside-other/tax.csv", text([["企业代码", "年度", "实缴税收（万元）", "2025年实缴税收（元）"], ["E1", 2025, 7, 70000], ["E2", 2025, 8, 90000]]).encode("utf-8"))
    put("year-beside-same/tax.csv", text([["企业代码", "年度", "实缴税收（万元）", "2025年实缴税收（元）"], ["E1", 2025, 7, 70000], ["E2", 2025, 8, 80000], ["E1", 2024, 6, 70000]]).encode("utf-8"))
    put("no-headings/tax.csv", text([["甲", "乙", "丙"], ["1", "2", "3"]]).encode("utf-8"))
    put("config-syntax/mujun.toml", b'[tables.tax\n')
    put("locks/~$tax.xlsx", b"\x05user")
    put("locks/.hidden.csv", text(PLAIN).encode("utf-8"))
    put("locks/说明.docx", b"PK\x03\x04")
    put("locks/笔记.txt", "联系电话 0571".encode("gbk"))


def epochs():
    """Workbooks that count days from 1904: 2025-03-01 is 44255 there (45717 less 1462), with a date format and as a plain number."""
    rows = [["企业代码", "企业名称", "开发区", "行业代码", "注册日期"], ["E1", "甲", "Z1", "C35", 44255], ["E2", "乙", "Z1", "C3625", datetime.date(2025, 3, 1)]]

    def count_from_1904(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    xlsx("epoch-1904/enterprises.xlsx", {"enterprises": rows}, count_from_1904)
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("enterprises")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(at, column, 44255 if isinstance(value, datetime.date) else value)
    os.makedirs(os.path.join(FILES, "epoch-1904-xls"), exist_ok=True)
    book.save(os.path.join(FILES, "epoch-1904-xls", "enterprises.xls"))


def first_bytes():
    """Files that are another thing than their name says."""
    packed = gzip.compress(text(PLAIN).encode("utf-8"), mtime=0)
    put("gzip-named-csv/tax.csv", packed)
    put("csv-named-gz/tax.csv.gz", text(PLAIN).encode("utf-8"))
    put("gzip-twice/tax.csv.gz", gzip.compress(packed, mtime=0))
    xlsx("xlsx-in-gz/tax.xlsx", {"tax": PLAIN})
    path = os.path.join(FILES, "xlsx-in-gz", "tax.xlsx")
    put("xlsx-in-gz/tax.csv.gz", gzip.compress(open(path, "rb").read(), mtime=0))
    os.remove(path)
    put("bz2-named-csv/tax.csv", bz2.compress(text(PLAIN).encode("utf-8")))


def figures():
    put("wrapped/tax.csv", text([HEAD, ["E1", "2025.0", "'1234.5"], ["E1", '="2024"', '="6"'], ["E2", "2025", "7.5\u200b"]]).encode("utf-8"))
    put("too-large/tax.csv", text([HEAD, ["E1", 2025, "1e16"], ["E2", 2025, "-1e300"], ["E1", 2024, "1000000000000"], ["E2", 2024, "18446744073709551615"]]).encode("utf-8"))
    put("too-large-sum/tax.csv", text([HEAD] + [[id, year, "1000000000000"] for id in ["E1", "E2"] for year in range(2021, 2026)]).encode("utf-8"))
    put("rounded-parcel/land.csv", text([["宗地编号", "企业代码", "用地面积（亩）", "权属"], ["3.3E+18", "E1", 10, "自有"], ["P2", "E2", 20, "自有"]]).encode("utf-8"))

    def zeros(book):
        for sheet in book:
            for row in range(2, 4):
                sheet.cell(row=row, column=1).number_format = "000000"

    people = [["企业代码", "企业名称", "开发区", "行业代码"], [42, "甲", "Z1", "C35"], [1234567, "乙", "Z1", "C3625"]]
    xlsx("padded-ids/book.xlsx", {"enterprises": people, "land": [["企业代码", "宗地编号", "用地面积（亩）", "权属"], [42, "P1", 10, "自有"], [1234567, "P2", 20, "自有"]]}, zeros)
    for name, heading in [("output", "工业总产值（万元）"), ("tax", "实缴税收（万元）"), ("energy", "综合能耗（吨标准煤）")]:
        put(f"padded-ids/{name}.csv", text([["企业代码", "年度", heading], ["000042", 2025, 5], ["1234567", 2025, 6]]).encode("utf-8"))


def attacks():
    put("gz-bomb/tax.csv.gz", gzip.compress(b"\n" * (100 << 20), mtime=0))
    path = os.path.join(FILES, "zip-bomb")
    os.makedirs(path, exist_ok=True)
    xlsx("zip-bomb/tax.xlsx", {"tax": PLAIN})
    rewrite(os.path.join(path, "tax.xlsx"), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * (100 << 20))
    xlsx("truncated/tax.xlsx", {"tax": PLAIN})
    whole = open(os.path.join(FILES, "truncated", "tax.xlsx"), "rb").read()
    put("truncated/tax.xlsx", whole[: len(whole) // 2])
    xlsx("far-cell/tax.xlsx", {"tax": PLAIN}, lambda book: book["tax"].cell(row=1_048_576, column=16_384, value=1))


def shapes():
    shutil.rmtree(SHAPES, ignore_errors=True)
    tables = {}
    for name in sorted(os.listdir(SAMPLE)):
        if name.endswith(".csv"):
            with open(os.path.join(SAMPLE, name), encoding="utf-8", newline="") as file:
                tables[name[:-4]] = list(csv.reader(file))
    os.makedirs(os.path.join(SHAPES, "gbk"))
    for name, rows in tables.items():
        with open(os.path.join(SHAPES, "gbk", name + ".csv"), "wb") as out:
            out.write(text(rows).encode("gb18030"))

    def value(cell, heading):
        if cell == "":
            return None
        if any(word in heading for word in ["代码", "编号", "文号", "标签", "id"]):
            return cell
        try:
            return float(cell) if "." in cell or "e" in cell.lower() else int(cell)
        except ValueError:
            pass
        try:
            return datetime.date.fromisoformat(cell)
        except ValueError:
            return cell

    def book(path, two_rows):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in tables.items():
            sheet = book.create_sheet(name)
            heading, body = rows[0], [[value(cell, rows[0][at]) for at, cell in enumerate(row)] for row in rows[1:]]
            if two_rows:
                half = len(heading) // 2
                sheet.append([f"{name} 2025"])
                # The upper row reaches over half of the columns each; a unit moves up where it stood in brackets in the last column.
                sheet.append(["基本情况"] + [None] * (half - 1) + ["其他情况"] + [None] * (len(heading) - half - 1))
                sheet.append(heading)
                sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=half)
                sheet.merge_cells(start_row=2, end_row=2, start_column=half + 1, end_column=len(heading))
            else:
                sheet.append(heading)
            for row in body:
                sheet.append(row)
            if two_rows and name in ("land", "tax", "output"):
                sheet.append(["合计"])
                sheet.append(["注：示例数据"])
        book.save(path)

    book(os.path.join(SHAPES, "book.xlsx"), False)
    os.makedirs(os.path.join(SHAPES, "two-rows"))
    book(os.path.join(SHAPES, "two-rows", "汇总.xlsx"), True)


if __name__ == "__main__":
    shutil.rmtree(FILES, ignore_errors=True)
    for make in [encodings, mixed, delimiters, headings, rows, cells, workbooks, merges, data_sets, epochs, first_bytes, figures, attacks, shapes]:
        make()
    print(sum(len(files) for _, _, files in os.walk(FILES)), "files")
