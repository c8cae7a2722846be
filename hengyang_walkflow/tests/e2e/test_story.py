"""One story in a real browser, from an empty-handed newcomer to the report: what people see and what they are told.

1. 系统管理员 imports two people from a workbook. The first file has a wrong cell: nothing is written, the cell is named.
   The second is previewed, confirmed, written; the roles it asks for wait. Both get a one-time password.
2. 安全管理员 grants the two roles.
3. The new 填报员 of 市医保局 logs in, must change the password, and registers a 亲身办: steps, numbers, two points that
   fail.
4. Two problems (one of the own unit, one of 市人社局's) and a demand are registered from the walk, with what is known
   filled in.
5. 审改办 转办 the foreign one; 市人社局 签收. A wrong role reads a sentence, a stranger finds nothing.
6. 市人社局 writes a measure with two dated steps and submits it; 主要负责人 signs the batch. The clock starts.
7. Five working days pass. The chase runs every morning, and twice on the last; the step's and the item's reminders reach
   the right people, each once, in one message a day.
8. Evidence, 申请销号; the new 分管负责人 reviews; 审改办 退回重办 with a reason; applied for again, reviewed again, 销号.
   The item is of category B: no 核验 is asked for.
9. 审改办 has the package built; its rows are the numbers the lists show.
"""

import re
from datetime import date
from pathlib import Path

import openpyxl
from playwright.sync_api import Locator, Page, expect

from campaigns.ground.workdays import calendar_of, shipped_workdays
from hengyang_walkflow.tests.e2e.conftest import Person
from hengyang_walkflow.tests.e2e.site import Site

MONDAY = date(2022, 6, 20)
CALENDAR = calendar_of(shipped_workdays())
SIGNED, DUE, STEP_DUE = MONDAY, date(2022, 6, 30), date(2022, 6, 24)
NEW_PASSWORD = "Xinmima-2022"
HEADER = "人员编号 姓名 单位编码 职务 身份 手机号码 是否应走 登录账号 系统角色".split()
PEOPLE = (
    (
        "RY-430400-031-81",
        "周晓敏",
        "430400-031",
        "政务服务专干",
        "工作人员",
        "13800008101",
        "否",
        "yibaoju.xinren",
        "填报员",
    ),
    (
        "RY-430400-014-81",
        "陈立新",
        "430400-014",
        "副局长",
        "分管负责人",
        "13800008102",
        "是",
        "renshe.fenguan",
        "分管负责人",
    ),
)
OWN = "窗口一次性告知单缺少异地就医备案的材料清单，群众第二次才备齐。"
FOREIGN = "12345热线转到人社咨询电话后连续三次无人接听，问不到社保关系转移的办法。"
DEMAND = "希望在“衡阳群众”APP上就能查到备案办到了哪一步。"


def workbook(path: Path, *rows: tuple) -> Path:
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    book.save(path)
    return path


def press(page: Page, name: str, sure: bool = False) -> None:
    """Press the first button of this name and wait for the next page; `sure`: and again in the dialog that asks."""
    send(page, page.get_by_role("button", name=name, exact=True).first, sure)


def send(page: Page, button: Locator, sure: bool = False) -> None:
    if sure:
        button.click()
        button = page.locator("#confirm-yes")
    with page.expect_navigation():
        button.click()


def do(
    person: Person,
    item: str,
    act: str,
    fill: dict[str, str] | None = None,
    file: Path | None = None,
    sure=False,
):
    """Open an item and make one of its moves through its own small form."""
    page = person.open(item)
    page.locator("summary.button", has_text=re.compile(f"^{act}$")).click()
    form = page.locator("details.act[open] form")
    for label, text in (fill or {}).items():
        form.get_by_label(label).fill(text)
    if file:
        form.locator("input[type=file]").set_input_files(file)
    send(page, form.get_by_role("button", name=act, exact=True), sure)


def chapter_1_people_come_from_a_workbook(person, story, tmp_path):
    admin = person("admin")
    page = admin.open("/imports/")
    wrong = workbook(tmp_path / "人员.xlsx", PEOPLE[0], (*PEOPLE[1][:4], "副科长", *PEOPLE[1][5:]))
    upload(page, wrong)
    admin.sees("文件有错误", "没有写入任何内容", "E3", "副科长")
    admin.shot("import-errors")

    admin.open("/imports/")
    upload(page, workbook(tmp_path / "人员更正.xlsx", *PEOPLE))
    admin.sees("周晓敏", "陈立新", "新增")
    admin.shot("import-preview")
    press(page, "确认导入", sure=True)
    admin.sees("已导入：新增 2 条".replace(":", "："), "等安全管理员授权后生效")

    for row in PEOPLE:
        admin.open(f"/people/?q={row[0]}")
        page.get_by_role("link", name=row[1]).first.click()
        page.wait_for_load_state()
        if page.locator("#drawer[open]").count():
            page.locator("#drawer-page").click()
        press(page, "重置密码", sure=True)
        admin.sees("只显示这一次")
        story[row[7]] = page.locator(".once code").inner_text()


def upload(page: Page, file: Path) -> None:
    page.get_by_label("类别").select_option(label="人员")
    page.locator("input[type=file]").set_input_files(file)
    press(page, "上传并预览")


def chapter_2_roles_are_granted_by_somebody_else(person):
    security = person("anquan")
    page = security.open("/grants/")
    security.sees("周晓敏", "陈立新", "填报员", "分管负责人", "待授权")
    for row in PEOPLE:
        page.get_by_role("checkbox", name=re.compile(row[1])).check()
    press(page, "授权")
    security.sees("已授权 2 个角色。")


def first_login(person, username: str, password: str) -> Person:
    """The one-time password opens one page only: the one that changes it."""
    newcomer = person(username, password)
    page = newcomer.open("/")
    newcomer.sees("首次登录请先修改密码")
    for name, text in (
        ("old_password", password),
        ("new_password1", NEW_PASSWORD),
        ("new_password2", NEW_PASSWORD),
    ):
        page.locator(f"[name={name}]").fill(text)
    press(page, page.locator("main form button[type=submit]").inner_text())
    newcomer.password = NEW_PASSWORD
    return newcomer


def chapter_3_a_walk_is_registered(site: Site, person, story):
    clerk = first_login(person, "yibaoju.xinren", story["yibaoju.xinren"])
    page = clerk.open("/")
    clerk.sees("工作台", "周晓敏", "填报员", "待我办理")
    page = clerk.open("/walks/new/")
    clerk.sees("这次是怎么走的", "亲身办", "帮代办", "陪同办", "坐窗办", "倒推办")
    page.get_by_role("link", name=re.compile("亲身办")).click()
    page.locator(".people-list label").first.click()
    page.locator("#id_matter").fill("异地就医备案")
    page.locator("#id_channel").select_option(label="线下窗口")
    page.locator("#id_place").fill("市政务服务中心医保窗口")
    page.locator("#id_started_at").fill("2022-06-20T08:40")
    page.locator("#id_ended_at").fill("2022-06-20T09:20")
    for number, (name, begin, end) in enumerate((("咨询", "08:40", "08:50"), ("备料", "08:50", "09:20"))):
        row = page.locator(".row-step").nth(number)
        row.locator("select").first.select_option(label=name)
        row.locator("input[type=datetime-local]").nth(0).fill(f"2022-06-20T{begin}")
        row.locator("input[type=datetime-local]").nth(1).fill(f"2022-06-20T{end}")
    page.locator("#id_actual_documents").fill("5")
    page.locator("#id_actual_trips").fill("2")
    for name in ("asks_clear", "runs_clear", "done_clear"):
        page.locator(f"[name={name}]").nth(1).check()
    for details in page.locator("details.points").all():
        if details.get_attribute("open") is None:
            details.locator("summary").click()
    for code in ("B01", "B07"):
        page.locator("fieldset.point", has_text=code).get_by_text("不符合", exact=True).click()
    page.locator("#id_narrative").fill("在窗口咨询并备料，材料清单与网上不一致，热线打不通，跑了两趟。")
    page.locator("#id_place").scroll_into_view_if_needed()
    page.locator("h2", has_text="走的什么").evaluate("node => node.scrollIntoView()")
    clerk.shot("walk-form")
    press(page, "提交登记")
    clerk.sees("已登记", "登记编号 DJ-", "不符合 2 项", "异地就医备案")
    story["walk"] = page.url.removeprefix(site.url)
    clerk.shot("walk-detail")


def chapter_4_what_was_found_is_registered(person, story):
    clerk = person("yibaoju.xinren", NEW_PASSWORD)
    page = clerk.open(story["walk"])
    for code, text, unit in (("B07", OWN, "市医保局"), ("B01", FOREIGN, "市人社局")):
        clerk.open(story["walk"])
        page.locator(".failed li", has_text=code).get_by_role("link", name="登记问题").click()
        clerk.sees("已知的内容已填好")
        expect(page.locator("#id_category option:checked")).to_contain_text(code)
        page.locator("#id_text").fill(text)
        page.locator("#id_cause").fill("告知单没有随政策更新，没有专人核对。")
        page.locator("#id_responsible_unit").select_option(label=unit)
        page.locator("#id_proposed_kind").select_option(label="限期整改")
        page.locator("#id_proposed_due_on").fill(str(DUE))
        press(page, "登记")
        clerk.sees("WT-")
    clerk.open(story["walk"])
    page.get_by_role("link", name="登记需求").click()
    page.locator("#id_party").select_option(label="群众")
    page.locator("#id_source").fill("窗口座谈")
    page.locator("#id_text").fill(DEMAND)
    press(page, "登记")
    clerk.sees("XQ-")
    clerk.open(story["walk"])
    clerk.sees(OWN[:15], FOREIGN[:15], DEMAND[:12])
    clerk.open(f"/issues/ledger/?q={OWN[:10]}")
    clerk.sees("共 1 条", "待定措施")
    clerk.open(f"/issues/ledger/?q={FOREIGN[:10]}")
    clerk.sees("共 1 条", "待转办")
    story["item"] = page.locator("td.is-link a").first.get_attribute("href")
    story["number"] = page.locator("td.is-link a").first.inner_text()


def chapter_5_handed_on_and_accepted(person, story):
    office, unit = person("shengaiban"), person("renshe.tianbao")
    unit.open("/")
    unit.sees("待我办理", "最新消息")
    unit.shot("home")
    unit.open(story["item"])
    unit.sees("待转办")
    unit.sees_not("签收\n")
    do(office, story["item"], "转办")
    office.sees("已转办", "待签收", "市人社局")
    stranger = person("leiyang.tianbao")
    stranger.open(story["item"])
    stranger.sees("没有找到")
    do(unit, story["item"], "签收")
    unit.sees("已签收", "待定措施", "填写解决措施")


def chapter_6_planned_and_signed(person, story):
    unit, head = person("renshe.tianbao"), person("renshe.fuzeren")
    page = unit.open(story["item"])
    page.get_by_role("link", name="填写解决措施").click()
    page.locator("#id_text").fill("热线转接改为三人轮值，无人接听自动转值班科长；每周核对一次接通率。")
    page.locator("#id_rectify_kind").select_option(label="限期整改")
    page.locator("#id_due_on").fill(str(DUE))
    for number, (text, due) in enumerate((("排定轮值表并公布", STEP_DUE), ("连续一周接通率达到95%", DUE))):
        row = page.locator(".row-plan").nth(number)
        row.locator("input[type=text]").first.fill(text)
        row.locator("input[type=date]").fill(str(due))
    press(page, "保存措施")
    unit.sees("已填写措施 CS-")
    do(unit, story["item"], "提交审签")
    unit.sees("待审签")

    page = head.open("/issues/sign/")
    head.sees("待审签", story["number"], "排定轮值表并公布", f"{DUE}")
    page.get_by_role("checkbox", name=f"选择 {story['number']}").check()
    head.shot("sign-batch")
    head.sees("已选 1 条")
    press(page, "审签勾选的", sure=True)
    page = head.open(story["item"])
    head.sees("整改中", f"{DUE}", "剩 8 个工作日")
    page.get_by_text("为什么是这一天").click()
    head.sees("工作日")


def lines(one: Person, story: dict[str, str], kind: str = "") -> list[str]:
    """The lines about the story's item among somebody's notices that carry the word `kind`."""
    one.open("/notices/")
    said = one.page.locator(".notices-lines li, .notices-title").all_inner_texts()
    return [line for line in said if story["number"] in line and kind in line]


def chapter_7_the_right_people_are_told_once(site: Site, person, story):
    day = SIGNED
    while day < date(2022, 6, 27):
        day = CALENDAR.add_workdays(day, 1)
        site.turn_clock(day, "08:30")
        told = site.manage("run_chase", "--on", str(day), "--json")
        assert (told["workday"], told["failed"]) == (True, 0)
    again = site.manage("run_chase", "--on", str(day), "--json")
    assert (again["chased"], again["notices"]) == (0, 0)
    assert CALENDAR.workdays_between(SIGNED, day) == 5

    clerk, head = person("renshe.tianbao"), person("renshe.fuzeren")
    deputy = first_login(person, "renshe.fenguan", story["renshe.fenguan"])
    # The step, due on the fourth day: reminded three days before, told on the day, pressed a day later.
    # The item, due on the eighth: reminded on the fifth.
    assert len(lines(clerk, story, "步骤1")) == 3
    assert len([line for line in lines(clerk, story, "提醒") if "步骤" not in line]) == 1
    clerk.shot("notices")
    assert len(lines(deputy, story, "步骤1")) == 2
    assert len(lines(head, story, "步骤1")) == 1
    finder = person("yibaoju.tianbao")
    assert lines(finder, story, "步骤") == []
    mornings = clerk.open("/notices/").locator("time").all_inner_texts()
    digests = [moment for moment in mornings if "08:3" in moment]
    assert len(digests) == len(set(moment[:10] for moment in digests)), "more than one message on a day"


def chapter_8_struck_off_at_the_second_attempt(site: Site, person, story, tmp_path):
    site.turn_clock(date(2022, 6, 27), "10:00")
    clerk, deputy = person("renshe.tianbao"), person("renshe.fenguan", NEW_PASSWORD)
    office = person("shengaiban")
    proof = tmp_path / "接通率记录.txt"
    proof.write_text("6月20日至26日接通率 97%。", encoding="utf-8")
    do(clerk, story["item"], "上传佐证材料", file=proof)
    clerk.sees("接通率记录")
    do(clerk, story["item"], "申请销号", {"整改情况": "三人轮值已执行一周，接通率 97%。"})
    clerk.sees("待单位审核", "审核中")
    do(deputy, story["item"], "单位审核通过")
    deputy.sees("待销号审核")

    do(office, story["item"], "退回重办")
    office.sees("理由")
    do(office, story["item"], "退回重办", {"理由": "只有一周的记录，请补充六月以来的接通率。"})
    office.sees("整改中", "请补充六月以来的接通率")
    page = clerk.open("/notices/")
    clerk.sees("退回重办")

    do(clerk, story["item"], "申请销号", {"整改情况": "已补充六月全月记录。"})
    do(deputy, story["item"], "单位审核通过")
    do(office, story["item"], "销号", sure=True)
    office.sees("已销号", "已办结")
    page = office.page
    history = page.locator(".timeline").inner_text()
    for step in ("登记", "转办", "签收", "提交审签", "审签", "申请销号", "单位审核通过", "退回重办", "销号"):
        assert step in history, history
    assert history.count("申请销号") >= 2
    office.shot("ledger-detail", full=True)


def chapter_9_the_package_says_what_the_pages_say(site: Site, person):
    site.start_worker()
    office = person("shengaiban")
    page = office.open("/reports/packages/")
    press(page, "生成材料包")
    office.sees("已提交")
    page.locator("#package-jobs a", has_text=".zip").first.wait_for(timeout=120_000)
    office.sees("已完成")
    office.shot("package")
    page.locator("#package-jobs a", has_text=".zip").first.click()
    page.wait_for_load_state()
    table = page.locator("main").inner_text()
    for name, path in (
        ("问题清单", "/issues/problems/"),
        ("需求清单", "/issues/demands/"),
        ("解决措施清单", "/issues/measures/"),
    ):
        office.open(path)
        count = re.search(r"共 (\d+) 条", page.locator("main").inner_text()).group(1)
        assert f"{name} {count} 条" in table, f"{name}: {count} on the page, package:\n{table}"
    office.open("/reports/")
    office.sees("总览", "统计口径")
    office.shot("overview")
    office.open("/issues/ledger/")
    office.shot("ledger-list")


def test_the_whole_story(site: Site, person, tmp_path):
    """`story`: what one chapter leaves for the next, passwords and addresses. Everybody stays at their own screen."""
    story: dict[str, str] = {}
    there: dict[str, Person] = {}

    def at_screen(username: str, password: str = "") -> Person:
        return there.get(username) or there.setdefault(username, person(username, password))

    chapter_1_people_come_from_a_workbook(at_screen, story, tmp_path)
    chapter_2_roles_are_granted_by_somebody_else(at_screen)
    chapter_3_a_walk_is_registered(site, at_screen, story)
    chapter_4_what_was_found_is_registered(at_screen, story)
    chapter_5_handed_on_and_accepted(at_screen, story)
    chapter_6_planned_and_signed(at_screen, story)
    chapter_7_the_right_people_are_told_once(site, at_screen, story)
    chapter_8_struck_off_at_the_second_attempt(site, at_screen, story, tmp_path)
    chapter_9_the_package_says_what_the_pages_say(site, at_screen)
