"""A clerk who has never seen the system, a messy roster of 2,000 rows with 17 wrong cells, three uploads.

1. The roster as the county sent it: title rows, merged cells, notes in the headings, blank rows and columns, dates and
   numbers in every spelling, columns nobody knows. A worker looks at it: 17 cells are named, nothing is written, and the
   clerk's own file comes back with red cells and comments.
2. The clerk mends 14 of them in the returned file and sends it again with its marks; of the other three one is mended
   wrongly. Three cells are named.
3. The rest is mended in the file that came back then. The preview is confirmed, the worker writes, everybody is there.
   The import is found in the log, and taken back while nothing was built on it.
"""

from datetime import date
from pathlib import Path

import openpyxl
from openpyxl.styles import Font
from playwright.sync_api import Page, expect

from hengyang_walkflow.tests.e2e.conftest import Person

ROWS = 2_000
FIRST = 5
PATIENT = 120_000
HEADER = (
    "序号",
    "人员 编号*",
    "姓　名（必填）",
    "单位编码\n（可填全称）",
    None,
    "职务*",
    "身份【下拉】",
    "手机号码",
    "是否应走",
    "任职日期",
    "民族",
)
UNITS = ("430400-031", "市医保局", "衡阳市人力资源和社会保障局", "４３０４００－０１４")
DAYS = (date(2021, 6, 1), "2021.6.1", "2021-6-1", "2021年6月1日", "2021/6/1", 44348, "20210601")
YES = ("是", "Y", "√", None, "否", "1")
# Row in the file → column letter, what the county wrote, what is right.
WRONG = {
    9: ("D", "市医药局", "市医保局"),
    60: ("G", "科员", "工作人员"),
    130: ("J", "2021-02-30", "2021-02-28"),
    250: ("H", "1380000", "13800009001"),
    333: ("F", None, "科员"),
    410: ("I", "也许", "是"),
    500: ("J", "去年", "2021-06-01"),
    612: ("D", "没有的局", "430400-031"),
    700: ("C", None, "周某某"),
    808: ("G", "临时工", "工作人员"),
    901: ("J", "21021-01-01", "2021-01-01"),
    1000: ("H", "一三八", "13800009002"),
    1203: ("B", "RY-XIN-0001", "RY-XIN-1199"),
    1400: ("J", "2200-01-01", "2020-01-01"),
    1555: ("I", "好", "否"),
    1777: ("G", "领导", "班子成员"),
    1999: ("D", None, "430400-014"),
}
LATER = (130, 1203, 1999)


def roster(path: Path) -> Path:
    """The county's file: {header row} is row 4, the first person stands in row 5."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "人员名册"
    page["A1"] = "2022年“走流程、解难题、优服务”行动人员名册"
    page["A1"].font = Font(size=18, bold=True)
    page.merge_cells("A1:K1")
    page["A2"], page["H2"] = "填报单位：（盖章）", "填报时间：2022年6月20日"
    page.append([])
    page.append(list(HEADER))
    for number in range(1, ROWS + 1):
        page.append(
            [
                number,
                f"RY-XIN-{number:04}",
                f" 周{chr(0x4E00 + number)} " if number % 3 else f"李　{chr(0x4E00 + number)}",
                UNITS[number % len(UNITS)],
                None,
                "科员",
                "工作人员",
                13800010000 + number if number % 2 else f"138 0001 {number:04}",
                YES[number % len(YES)],
                DAYS[number % len(DAYS)],
                "汉族",
            ]
        )
    for row, (letter, wrong, _) in WRONG.items():
        page[f"{letter}{row}"] = wrong
    book.create_sheet("填表说明")["A1"] = "请于6月24日前报送。"
    book.save(path)
    return path


def mend(path: Path, rows) -> Path:
    """Put the right words into these rows of the returned file, and leave everything else as it is."""
    book = openpyxl.load_workbook(path)
    for row in rows:
        letter, _, right = WRONG[row]
        book["人员名册"][f"{letter}{row}"] = right
    book.save(path)
    return path


def upload(clerk: Person, file: Path) -> None:
    page = clerk.page
    page.get_by_label("类别").select_option(label="人员")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并预览", exact=True).click()


def returned(page: Page, folder: Path, name: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回文件").click()
    path = folder / name
    download.value.save_as(path)
    return path


def red_cells(path: Path) -> set[str]:
    page = openpyxl.load_workbook(path)["人员名册"]
    return {cell.coordinate for row in page.iter_rows() for cell in row if cell.comment is not None}


def test_a_messy_roster_is_in_after_three_uploads(site, person, tmp_path):
    site.start_worker()
    clerk = person("admin")
    page = clerk.open("/imports/")

    upload(clerk, roster(tmp_path / "人员名册.xlsx"))
    expect(page.get_by_role("heading", name="预览：导入人员")).to_be_visible(timeout=PATIENT)
    clerk.sees("文件有错误（共 17 处）", "没有写入任何内容", "找不到单位“市医药局”", "D9", "未识别的列“民族”")
    clerk.shot("import-returned")
    back = returned(page, tmp_path, "退回一.xlsx")
    assert red_cells(back) == {f"{letter}{row}" for row, (letter, _, _) in WRONG.items()}
    sheet = openpyxl.load_workbook(back)["人员名册"]
    assert (sheet["A1"].font.size, sheet["K5"].value, sheet["L9"].value) == (
        18,
        "汉族",
        "找不到单位“市医药局”。",
    )

    mend(back, [row for row in WRONG if row not in LATER])
    page.get_by_role("link", name="上传改好的文件").click()
    upload(clerk, back)
    expect(page.get_by_text("文件有错误（共 3 处）")).to_be_visible(timeout=PATIENT)
    clerk.sees("J130", "B1203", "D1999")
    again = returned(page, tmp_path, "退回二.xlsx")
    assert red_cells(again) == {"J130", "B1203", "D1999"}

    mend(again, LATER)
    page.get_by_role("link", name="上传改好的文件").click()
    upload(clerk, again)
    expect(page.get_by_role("button", name="确认导入", exact=True)).to_be_visible(timeout=PATIENT)
    clerk.sees("共 2000 条", "RY-XIN-0001", "姓名：")
    page.get_by_role("button", name="确认导入", exact=True).click()
    page.locator("#confirm-yes").click()
    expect(page.get_by_text("已导入：新增 2000 条")).to_be_visible(timeout=PATIENT)

    clerk.open("/people/?q=RY-XIN-1199")
    clerk.sees("共 1 条")
    clerk.open("/imports/log/?q=退回二")
    clerk.sees("共 1 条", "已导入")
    page.get_by_role("link", name="2022-06-20").first.click()
    page.get_by_role("button", name="撤销这次导入", exact=True).click()
    page.locator("#confirm-yes").click()
    expect(page.get_by_text("新增的 2000 条已删除")).to_be_visible(timeout=PATIENT)
    clerk.open("/people/?q=RY-XIN")
    clerk.sees("共 0 条")
