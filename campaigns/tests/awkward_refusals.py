"""The other half of the corpus: REJECTED names exactly these cells, REFUSED is one sentence about the whole file."""

import datetime as dt
import io
import zipfile

from campaigns.tests.awkward_books import (
    HEAD,
    HEAD_XML,
    HEADER,
    LINE,
    ROW,
    changed,
    csv,
    more,
    raw,
    row_xml,
    rows,
    styled,
)
from campaigns.tests.book_builders import BOOK_RELS, CONTENT_TYPES, WORKBOOK, book_bytes, sheet_xml

LOL = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def _formula(book, page) -> None:
    page["D2"] = '="科"&"长"'


def _error_cell() -> bytes:
    return raw(
        HEAD_XML
        + row_xml(2).replace(
            f"<c r='D2' t='inlineStr'><is><t>{ROW[3]}</t></is></c>", "<c r='D2' t='e'><v>#N/A</v></c>"
        )
    )


REJECTED = {
    "an unknown unit": (lambda: changed(unit="没有的局"), [("C2", "找不到单位“没有的局”")]),
    "an ambiguous unit": (lambda: changed(unit="财政局"), [("C2", "430481-015")]),
    "an unknown rank": (lambda: changed(rank="科员"), [("E2", "不在可选值内")]),
    "a missing cell": (lambda: changed(title=None), [("D2", "必须填写")]),
    "a cell of full-width blanks": (lambda: changed(name="　 "), [("B2", "必须填写")]),
    "清空 in a cell that must be filled": (lambda: changed(name="清空"), [("B2", "不能清空")]),
    "the same number twice": (lambda: rows(HEADER, ROW, ROW), [("A3", "与第 2 行重复")]),
    "the same number twice, written differently": (
        lambda: rows(HEADER, ROW, [" ｎ１ ".upper(), *ROW[1:]]),
        [("A3", "与第 2 行重复")],
    ),
    "31 April": (lambda: more(任职日期="2022-04-31"), [("F2", "没有这一天")]),
    "a month 13": (lambda: more(任职日期="2022/13/1"), [("F2", "没有这一天")]),
    "the year 21019": (lambda: more(任职日期="21019-01-01"), [("F2", "不是有效日期")]),
    "the year 1022": (lambda: more(任职日期="1022-05-20"), [("F2", "1950")]),
    "the year 2101": (lambda: more(任职日期=dt.date(2101, 1, 1)), [("F2", "2100")]),
    "a serial number beyond all years": (lambda: more(任职日期=9999999), [("F2", "“9999999”")]),
    "a date without a year": (lambda: more(任职日期="5月20日"), [("F2", "不是有效日期")]),
    "words for a date": (lambda: more(任职日期="去年"), [("F2", "不是有效日期")]),
    "the end before the start": (
        lambda: more(任职日期="2022-5-20", 离任日期="2022-5-19"),
        [("G2", "不能早于")],
    ),
    "neither yes nor no": (lambda: more(是否应走="也许"), [("F2", "应填“是”或“否”")]),
    "a phone too short": (lambda: more(手机号码="1380000"), [("F2", "不是有效的电话号码")]),
    "a phone Excel has rounded": (lambda: more(手机号码="1.38E+10"), [("F2", "不是有效的电话号码")]),
    "a masked phone of somebody new": (lambda: more(手机号码="138****0001"), [("F2", "打了星号")]),
    "a number of more than 15 digits": (lambda: changed(code=4304000310000000012), [("A2", "15 位")]),
    "an address that is none": (lambda: more(电子邮箱="张三"), [("F2", "不是有效的电子邮箱")]),
    "a login with Chinese": (lambda: more(登录账号="张三"), [("F2", "只能由小写字母")]),
    "roles without a login": (lambda: more(系统角色="填报员"), [("F2", "要有登录账号")]),
    "an unknown role among known ones": (
        lambda: more(登录账号="a.b", 系统角色="填报员、科长"),
        [("G2", "“科长”不在可选值内")],
    ),
    "a name too long": (lambda: changed(name="张" * 51), [("B2", "超过 50 个字")]),
    "an error cell": (_error_cell, [("D2", "#N/A")]),
    "a formula nobody calculated": (lambda: styled(_formula), [("D2", "没有计算结果的公式")]),
    "a required column is missing": (lambda: rows(HEADER[:4], ROW[:4]), [(None, "缺少必填列“身份”")]),
    "a column that stands twice": (lambda: rows([*HEADER, "姓名"], [*ROW, "李四"]), [("F1", "出现了两次")]),
    "no header at all": (lambda: rows(["甲", "乙"], [1, 2]), [(None, "没有找到表头")]),
    "an empty workbook": (lambda: book_bytes(("Sheet1", [])), [(None, "没有找到表头")]),
    "three faults in two rows, all told": (
        lambda: rows(
            HEADER, ["N1", None, "没有", "科长", "工作人员"], ["N2", "李四", "430400-031", "科长", "班长"]
        ),
        [("B2", "必须填写"), ("C2", "找不到单位"), ("E3", "不在可选值内")],
    ),
}


def _bomb() -> bytes:
    return raw("", parts={"xl/media/pad.bin": b"\0" * (30 << 20)})


def _entries() -> bytes:
    return raw("", parts={f"xl/x{number}.xml": "<x/>" for number in range(600)})


def _truncated() -> bytes:
    return rows(HEADER, ROW)[:-200]


def _docx() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as book:
        book.writestr("[Content_Types].xml", CONTENT_TYPES)
        book.writestr("word/document.xml", "<w/>")
    return target.getvalue()


_CELL = "<c r='{ref}'><v>1</v></c>"

REFUSED = {
    "an empty file": (lambda: b"", "文件是空的"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "不是 Excel 工作簿"),
    "a PDF called .xlsx": (lambda: b"%PDF-1.7\n", "不是 Excel 工作簿"),
    "a Word document": (_docx, "不是 Excel 工作簿"),
    "a web page called .xls": (lambda: b"<html><table></table></html>", "网页或 XML"),
    "an old .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Excel"),
    "a workbook with a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "打开密码",
    ),
    "csv in UTF-16": (lambda: csv(f"{HEAD}\n{LINE}\n", "utf-16"), "编码"),
    "csv in Big5 nobody can read": (lambda: HEAD.encode() + b"\n\xff\xff\xff,\xff\n", "编码"),
    "cut short": (_truncated, "损坏"),
    "a cell in XFD1048576": (
        lambda: raw(HEAD_XML + f"<row r='1048576'>{_CELL.format(ref='XFD1048576')}</row>"),
        "上限",
    ),
    "a cell in CV200000": (
        lambda: raw(HEAD_XML + f"<row r='200000'>{_CELL.format(ref='CV200000')}</row>"),
        "上限",
    ),
    "a cell in A200001": (lambda: raw(f"<row r='200001'>{_CELL.format(ref='A200001')}</row>"), "上限"),
    "a single-quoted far corner": (lambda: raw("<row r='1'><c r='GS1' t='n'><v>1</v></c></row>"), "上限"),
    "a column GS": (lambda: raw('<row r="1"><c r="GS1"><v>1</v></c></row>'), "上限"),
    "entities in the sheet": (
        lambda: raw("", parts={"xl/worksheets/sheet1.xml": LOL + sheet_xml("")}),
        "实体",
    ),
    "entities in workbook.xml": (lambda: raw("", parts={"xl/workbook.xml": LOL + WORKBOOK}), "实体"),
    "entities in the shared strings": (
        lambda: raw("", parts={"xl/sharedStrings.xml": LOL + "<sst/>"}),
        "实体",
    ),
    "entities in the relations": (
        lambda: raw("", parts={"xl/_rels/workbook.xml.rels": LOL + BOOK_RELS}),
        "实体",
    ),
    "macros": (lambda: raw("", parts={"xl/vbaProject.bin": b"x"}), "宏"),
    "links to other workbooks": (
        lambda: raw("", parts={"xl/externalLinks/externalLink1.xml": "<x/>"}),
        "外部链接",
    ),
    "ActiveX": (lambda: raw("", parts={"xl/activeX/activeX1.xml": "<x/>"}), "ActiveX"),
    "an embedded file": (lambda: raw("", parts={"xl/embeddings/oleObject1.bin": b"x"}), "嵌有其他文件"),
    "a zip bomb": (_bomb, "压缩炸弹"),
    "six hundred parts": (_entries, "部件过多"),
    "a sheet in UTF-16": (
        lambda: raw("", parts={"xl/worksheets/sheet1.xml": sheet_xml("").encode("utf-16")}),
        "编码",
    ),
    "a sheet that isn't XML": (
        lambda: raw("", parts={"xl/worksheets/sheet1.xml": sheet_xml("<row><c></row>")}),
        "损坏",
    ),
}
