"""The corpus of awkward workbooks, as builders: what people really send, and what must be refused (contract §6).

Each builder returns the bytes of one file of `people`. READ: the file imports, and its one person is as told.
What must be refused stands in awkward_refusals.
"""

import codecs
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from campaigns.tests.book_builders import (
    book_bytes,
    raw_book,
)

HEADER = ["人员编号*", "姓名*", "单位编码*", "职务*", "身份*"]
ROW = ["N1", "张三", "430400-031", "科长", "工作人员"]


def rows(*lines: list) -> bytes:
    return book_bytes(("名册", list(lines)))


def more(**cells) -> bytes:
    """The header and one row, with further columns."""
    return rows([*HEADER, *cells], [*ROW, *cells.values()])


def changed(**cells) -> bytes:
    """One row in which some of the five cells say something else."""
    names = ("code", "name", "unit", "title", "rank")
    return rows(HEADER, [cells.get(name, value) for name, value in zip(names, ROW, strict=True)])


def csv(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


def raw(cells: str = "", **kwargs) -> bytes:
    with TemporaryDirectory() as folder:
        return raw_book(Path(folder, "x.xlsx"), cells, **kwargs).read_bytes()


def styled(dress: Callable) -> bytes:
    """The plain table, after `dress(workbook, page)` had its way with it."""
    book = Workbook()
    page = book.active
    for line in (HEADER, ROW):
        page.append(line)
    dress(book, page)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _titled(book, page) -> None:
    page.insert_rows(1, 3)
    page["A1"], page["A2"] = "衡阳市2022年“走流程”人员名册", "填报单位：市医保局"
    page.merge_cells("A1:E1")
    page.merge_cells("A2:E2")


def _two_line_header(book, page) -> None:
    page.insert_rows(1)
    page["A1"], page["C1"] = "基本情况", "任职情况"
    page.merge_cells("A1:B1")
    page.merge_cells("C1:E1")


def _commented(book, page) -> None:
    page["E2"].comment = Comment("请核对", "某同事")
    page["E2"].fill = PatternFill("solid", fgColor="F8C9C4")
    page["A1"].font = Font(bold=True, color="FF0000")


def _hidden_parts(book, page) -> None:
    page.column_dimensions["D"].hidden = True
    page.row_dimensions[2].hidden = True
    old = book.create_sheet("旧", 0)
    for line in (HEADER, ["OLD", *ROW[1:]]):
        old.append(line)
    old.sheet_state = "hidden"


def _cover(book, page) -> None:
    cover = book.create_sheet("封面", 0)
    cover["A1"] = "各单位：请认真填写。"
    book.create_sheet("Sheet3")


HEAD_XML = (
    "<row r='1'>"
    + "".join(
        f"<c r='{letter}1' t='inlineStr'><is><t>{label}</t></is></c>"
        for letter, label in zip("ABCDE", HEADER, strict=True)
    )
    + "</row>"
)


def _single_quoted() -> bytes:
    return raw(HEAD_XML + row_xml(2))


def row_xml(number: int, refs: bool = True) -> str:
    cells = "".join(
        f"<c {f'r={chr(39)}{letter}{number}{chr(39)} ' if refs else ''}t='inlineStr'><is><t>{value}</t></is></c>"
        for letter, value in zip("ABCDE", ROW, strict=True)
    )
    return f"<row r='{number}'>{cells}</row>" if refs else f"<row>{cells}</row>"


def _no_refs() -> bytes:
    head = "".join(f"<c t='inlineStr'><is><t>{label}</t></is></c>" for label in HEADER)
    return raw(f"<row>{head}</row>{row_xml(2, refs=False)}")


PLAIN = {"code": "N1", "name": "张三", "unit": "430400-031", "title": "科长", "rank": "STAFF"}
LINE = ",".join(ROW)
HEAD = ",".join(HEADER)

READ = {
    "as it should be": (lambda: rows(HEADER, ROW), PLAIN),
    "title rows above, merged": (lambda: styled(_titled), PLAIN),
    "a band of merged groups above the header": (lambda: styled(_two_line_header), PLAIN),
    "comments, fills and fonts": (lambda: styled(_commented), PLAIN),
    "hidden column, row and sheet": (lambda: styled(_hidden_parts), PLAIN),
    "cover sheet and empty sheets": (lambda: styled(_cover), PLAIN),
    "blank rows between and after": (
        lambda: rows([], HEADER, [], [None] * 5, ROW, ["", " ", "　", None, None], []),
        PLAIN,
    ),
    "blank columns before and between": (
        lambda: rows([None, *HEADER[:2], None, *HEADER[2:]], [None, *ROW[:2], None, *ROW[2:]]),
        PLAIN,
    ),
    "columns in another order": (lambda: rows(HEADER[::-1], ROW[::-1]), PLAIN),
    "headings with blanks, stars and notes": (
        lambda: rows(
            ["※人员 编号", " 姓　名 ", "单位编码（必填）", "职务\n（全称）", "身份【下拉选择】"], ROW
        ),
        PLAIN,
    ),
    "headings in full width": (
        lambda: rows(["人员编号＊", "姓名", "单位编码", "职务", "身份［必填］"], ROW),
        PLAIN,
    ),
    "an unknown extra column": (lambda: more(民族="汉族"), PLAIN),
    "data without heading beside the table": (lambda: rows(HEADER, [*ROW, "备注"]), PLAIN),
    "full-width digits and brackets in a code": (
        lambda: changed(code="Ｎ１", unit="４３０４００－０３１"),
        PLAIN,
    ),
    "blanks inside a name": (lambda: changed(name=" 张　三 "), PLAIN),
    "invisible characters": (lambda: changed(name="\u200b张三\ufeff", unit="430400-031\u200b"), PLAIN),
    "no-break space": (lambda: changed(name="张\u00a0三", unit="\u00a0430400-031"), PLAIN),
    "a line break in a cell": (lambda: changed(title="科长\n"), PLAIN),
    "a unit by its name": (lambda: changed(unit="衡阳市医疗保障局"), PLAIN),
    "a unit by its short name": (lambda: changed(unit="市 医保局"), PLAIN),
    "a unit by name in other brackets": (
        lambda: changed(unit="衡阳市政务（服务）中心"),
        {"unit": "430400-900"},
    ),
    "a code stored as a number": (lambda: changed(code=20220001), {"code": "20220001"}),
    "a code stored as a float": (lambda: changed(code=20220001.0), {"code": "20220001"}),
    "a phone stored as a number": (lambda: more(手机号码=13800000001), {"phone": "13800000001"}),
    "a phone with blanks and dashes": (lambda: more(手机号码="138-0000 0001"), {"phone": "13800000001"}),
    "a phone with +86": (lambda: more(手机号码="+86 13800000001"), {"phone": "13800000001"}),
    "a phone in full width": (lambda: more(手机号码="１３８０００００００１"), {"phone": "13800000001"}),
    "a landline": (lambda: more(手机号码="0734-8888888"), {"phone": "0734-8888888"}),
    "a real date": (lambda: more(任职日期=dt.date(2022, 5, 20)), {"appointed_on": dt.date(2022, 5, 20)}),
    "a date with a time": (lambda: more(任职日期="2022-05-20 14:30"), {"appointed_on": dt.date(2022, 5, 20)}),
    "a serial number": (lambda: more(任职日期=44701), {"appointed_on": dt.date(2022, 5, 20)}),
    "a serial number as text": (lambda: more(任职日期="44701"), {"appointed_on": dt.date(2022, 5, 20)}),
    "dots": (lambda: more(任职日期="2022.5.20"), {"appointed_on": dt.date(2022, 5, 20)}),
    "dashes": (lambda: more(任职日期="2022-5-20"), {"appointed_on": dt.date(2022, 5, 20)}),
    "slashes": (lambda: more(任职日期="2022/5/20"), {"appointed_on": dt.date(2022, 5, 20)}),
    "年月日": (lambda: more(任职日期="2022年5月20日 14:30"), {"appointed_on": dt.date(2022, 5, 20)}),
    "年月日 in full width": (
        lambda: more(任职日期="２０２２年５月２０日"),
        {"appointed_on": dt.date(2022, 5, 20)},
    ),
    "eight digits": (lambda: more(任职日期=20220520), {"appointed_on": dt.date(2022, 5, 20)}),
    "2022.5.20 as Excel stores it when it is text": (
        lambda: more(任职日期="'2022.5.20".lstrip("'")),
        {"appointed_on": dt.date(2022, 5, 20)},
    ),
    "Y": (lambda: more(是否应走="Y"), {"is_obligated": True}),
    "√": (lambda: more(是否应走="√"), {"is_obligated": True}),
    "TRUE as Excel means it": (lambda: more(是否应走=True), {"is_obligated": True}),
    "1": (lambda: more(是否应走=1), {"is_obligated": True}),
    "Ｎ in full width": (lambda: more(是否应走="Ｎ"), {"is_obligated": False}),
    "blank is 否": (lambda: more(是否应走=None), {"is_obligated": False}),
    "roles split by every mark": (
        lambda: more(登录账号="a.b", 系统角色="填报员，体验人;分管负责人\n主要负责人"),
        {"roles": {"REPORTER", "WALKER", "DEPUTY", "HEAD"}},
    ),
    "a login in capitals": (lambda: more(登录账号="ZHANG.San"), {"login": "zhang.san"}),
    "the template's example row": (
        lambda: rows(HEADER, ["示例：430400-999-01", "张某某", "430400-999", "局长", "主要负责人"], ROW),
        PLAIN,
    ),
    "csv in UTF-8": (lambda: csv(f"{HEAD}\n{LINE}\n"), PLAIN),
    "csv in UTF-8 with BOM": (lambda: codecs.BOM_UTF8 + csv(f"{HEAD}\r\n{LINE}\r\n"), PLAIN),
    "csv in GB18030": (lambda: csv(f"{HEAD}\r\n{LINE}\r\n", "gb18030"), PLAIN),
    "csv by semicolons": (lambda: csv(f"{HEAD}\n{LINE}\n".replace(",", ";")), PLAIN),
    "csv by tabs": (lambda: csv(f"{HEAD}\n{LINE}\n".replace(",", "\t"), "gb18030"), PLAIN),
    "csv with quotes and a line break": (
        lambda: csv(f'{HEAD}\n"N1","张三","430400-031","科长，\n二级","工作人员"\n'),
        {"title": "科长， 二级"},
    ),
    "csv with a title line": (lambda: csv(f"人员名册\n\n{HEAD}\n{LINE}\n"), PLAIN),
    "csv with sep=": (lambda: csv(f"sep=,\n{HEAD}\n{LINE}\n"), PLAIN),
    "csv with empty lines of commas": (lambda: csv(f"{HEAD}\n,,,,\n{LINE}\n,,,,\n"), PLAIN),
    "single-quoted references": (_single_quoted, PLAIN),
    "cells without references": (_no_refs, PLAIN),
    "a dimension that claims 1,048,576 rows": (
        lambda: raw(HEAD_XML + row_xml(2), before='<dimension ref="A1:XFD1048576"/>'),
        PLAIN,
    ),
    "a formatted empty cell in the last corner": (
        lambda: raw(HEAD_XML + row_xml(2) + "<row r='1048576'><c r='XFD1048576' s='0'/></row>"),
        PLAIN,
    ),
}
