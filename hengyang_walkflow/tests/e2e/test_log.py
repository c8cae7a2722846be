"""现场记录 on a phone of 390×844, against a real server: whatever happens to the network, one walk arrives, once.

The cases are those of design/frontend.md §3: no network, lost answers, a killed server, two tabs, one draft in two tabs,
an expired login, somebody else on the same phone, plain HTTP; and what a person does with a record that was refused.
"""

import contextlib
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from PIL.ExifTags import IFD, Base
from playwright.sync_api import Page, Route, expect

from hengyang_walkflow.tests.e2e.conftest import Person
from hengyang_walkflow.tests.e2e.site import ZONE, Site

SCREEN = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
WALKER, REPORTER = "yibaoju.lingdao", "yibaoju.tianbao"
MATTER = "异地就医"
# A person isn't in two places at once: every walk of this module has a morning of its own.
mornings = (datetime(2022, 6, day, 6, 0, tzinfo=ZONE) for day in count(1))


def picture(folder: Path, n: int) -> Path:
    """A photo as a phone takes it: large, with the moment and the place in EXIF."""
    image = Image.new("RGB", (2400, 1800), "white")
    draw = ImageDraw.Draw(image)
    for stripe in range(12):
        draw.rectangle(
            (stripe * 200, stripe * 90 + n * 200, stripe * 200 + 150, 1799), fill=(20 * stripe, 90, 120)
        )
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"2022:06:01 06:1{n}:00"
    exif.get_ifd(IFD.GPSInfo)[1] = "N"
    image.save(folder / f"hall{n}.jpg", exif=exif)
    return folder / f"hall{n}.jpg"


class Phone:
    """One person's phone; a tab of it is a Page. `there()` asks the server's own database."""

    def __init__(self, site: Site, person: Person):
        self.site, self.person, self.context, self.page = site, person, person.context, person.page
        self.start = next(mornings)
        self.known = set(self._walks())
        self.context.clock.install(time=self.start)

    def tab(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{self.site.url}/walks/log/")
        return ready(page)

    def log_in(self) -> Page:
        self.person.open("/walks/log/")
        page = ready(self.page)
        expect(page.locator("#log")).to_have_attribute("data-offline", re.compile("yes|none|no"))
        return page

    def _ask(self, question: str, *values) -> list[tuple]:
        with contextlib.closing(
            sqlite3.connect(f"file:{self.site.folder}/walkflow.sqlite3?mode=ro", uri=True)
        ) as base:
            return base.execute(question, values).fetchall()

    def _walks(self) -> list[int]:
        return [pk for (pk,) in self._ask("SELECT id FROM campaigns_walksession WHERE entry = 'PHONE'")]

    def there(self) -> dict[str, int]:
        """Walks that came by phone since this phone was taken out, and their photos (the city has some of its own)."""
        walks = set(self._walks()) - self.known
        ids = ",".join(map(str, walks)) or "0"
        photos = self._ask(f"SELECT COUNT(*) FROM campaigns_evidence WHERE session_id IN ({ids})")
        return {"walks": len(walks), "photos": photos[0][0]}


def ready(page: Page) -> Page:
    page.locator("#log[data-ready=yes]").wait_for(state="attached")
    return page


def begin(page: Page, mode: str = "亲身办") -> None:
    page.locator("#forms button").filter(has_text=mode).first.click()
    page.locator("#matter-find").fill(MATTER)
    page.locator("#matter-found button").first.click()
    page.locator("#place").fill("市政务服务大厅")


def walk(page: Page, *steps: str) -> None:
    for step in steps:
        page.locator("#step-buttons, #going").get_by_role("button", name=step, exact=True).click()


def write(page: Page, words: str = "走完全部环节，窗口一次说清。") -> None:
    page.locator("#narrative").fill(words)


def finish(page: Page) -> None:
    page.locator("#finish").click()


def said(page: Page, words: str | re.Pattern) -> None:
    expect(page.locator("#note")).to_contain_text(words, timeout=30_000)


@pytest.fixture
def phone(site: Site, person: Callable[..., Person]) -> Callable[..., Phone]:
    return lambda username=WALKER, **screen: Phone(site, person(username, **{**SCREEN, **screen}))


def test_a_leader_logs_a_whole_walk_in_under_25_taps(phone, tmp_path):
    """8 steps, 2 photos, 1 return loop; the shutter and 使用照片 of the camera count, too."""
    one = phone()
    page = one.log_in()
    page.evaluate("window.taps = 0; addEventListener('pointerdown', () => window.taps++, true)")
    page.locator("#forms button").first.click()
    page.locator("#matter-find").click()
    page.keyboard.type(MATTER)
    page.locator("#matter-found button").first.click()
    page.locator("#place").click()
    page.keyboard.type("市政务服务大厅")
    for step in ("咨询", "备料", "填表", "排队", "受理", "要补材料", "受理", "出件"):
        walk(page, step)
        page.clock.run_for(240_000)
    walk(page, "办完")
    for n in range(2):
        with page.expect_file_chooser() as chooser:
            page.locator("#camera-button").click()
        chooser.value.set_files(picture(tmp_path, n))
        expect(page.locator("#photos img")).to_have_count(n + 1)
    page.locator("#narrative").click()
    page.keyboard.type("排队二十分钟；补了一次材料，说明没有一次性告知。")
    for answer in page.locator(".verdict").all():
        answer.get_by_role("button", name="能", exact=True).click()
    expect(page.locator("#queue")).to_have_text("1 份草稿没有提交")
    page.evaluate("scrollTo(0, 0)")
    one.person.shot("walk-log")
    finish(page)
    said(page, "已上传，登记编号 DJ-")
    assert page.evaluate("window.taps") + 2 * 2 < 25
    assert one.there() == {"walks": 1, "photos": 2}
    page.get_by_role("link", name="打开").click()
    one.person.sees("现场记录", "咨询", "备料", "填表", "排队", "补正", "出件", "本人确认", "其中等待 4 分钟")
    expect(page.locator(".bars > li")).to_have_count(8)
    expect(page.locator(".files img")).to_have_count(2)
    with sqlite3.connect(f"file:{one.site.folder}/walkflow.sqlite3?mode=ro", uri=True) as base:
        kept = base.execute(
            "SELECT taken_at, phash FROM campaigns_evidence WHERE client_id IS NOT NULL"
        ).fetchall()
    base.close()
    assert [at[:16] for at, _ in kept] == ["2022-05-31 22:10", "2022-05-31 22:11"], "EXIF's own time, in UTC"
    assert len({phash for _, phash in kept}) == 2


def test_without_a_network_nothing_is_lost_and_it_arrives_once(phone, tmp_path):
    one = phone()
    page = one.log_in()
    one.context.set_offline(True)
    page.reload()
    ready(page)
    expect(page.locator("#net")).to_have_text("离线，可继续记录")
    begin(page)
    walk(page, "咨询", "排队", "受理", "被退回")
    with page.expect_file_chooser() as chooser:
        page.locator("#album-button").click()
    chooser.value.set_files(picture(tmp_path, 0))
    expect(page.locator("#photos img")).to_have_count(1)
    expect(page.locator("#saved")).to_contain_text("已存本机")
    page.close()

    page = one.tab()
    expect(page.locator("#matter-chosen")).to_contain_text(MATTER)
    expect(page.locator("#steps li")).to_have_count(4)
    expect(page.locator("#photos img")).to_have_count(1)
    write(page)
    finish(page)
    expect(page.locator("#queue")).to_have_text("1 条待上传")
    expect(page.locator(".log-row")).to_contain_text("待上传")
    expect(page.locator(".log-row")).to_contain_text("已存本机")
    assert one.there() == {"walks": 0, "photos": 0}

    one.context.set_offline(False)
    expect(page.locator("#queue")).to_have_text("全部已上传", timeout=30_000)
    expect(page.locator(".log-row")).to_contain_text("已上传")
    page.evaluate("for (let n = 0; n < 3; n++) WalkLog.sync.now()")
    ready(page.reload() and page)
    assert one.there() == {"walks": 1, "photos": 1}
    # No other page of the site is kept, and nothing personal is in the one that is.
    kept = page.evaluate(
        "caches.keys().then(ks => Promise.all(ks.map(async k => (await (await caches.open(k)).keys()).map(r => r.url))))"
    )
    pages = [url for urls in kept for url in urls if "/static/" not in url]
    assert pages == [f"{one.site.url}/walks/log/"]
    shell = page.evaluate("caches.match('/walks/log/').then(a => a.text())")
    assert "csrf" not in shell.lower()
    assert WALKER not in shell


def test_lost_answers(phone, tmp_path):
    """The server writes, the answer never arrives, twice: still one walk, one photo, and the receipt in the end."""
    one = phone(service_workers="block")
    page = one.log_in()
    sent = {"walk": 0, "photo": 0}

    def lose(route: Route) -> None:
        kind = "photo" if "/photos/" in route.request.url else "walk"
        sent[kind] += 1
        answer = route.fetch()
        route.abort("connectionreset") if sent[kind] <= 2 else route.fulfill(response=answer)

    one.context.route(re.compile(r"/walks/log/[0-9a-f-]{36}/"), lose)
    begin(page)
    walk(page, "受理")
    page.locator("#album").set_input_files(picture(tmp_path, 0))
    expect(page.locator("#photos img")).to_have_count(1)
    write(page)
    finish(page)
    said(page, "暂时传不上去")
    for _ in range(40):  # it tries again by itself; the phone's clock is wound on
        page.clock.fast_forward(4000)
        page.wait_for_timeout(150)
        if "已上传" in page.locator("#note").inner_text():
            break
    said(page, "已上传，登记编号 DJ-")
    assert sent == {"walk": 3, "photo": 3}
    assert one.there() == {"walks": 1, "photos": 1}


def test_the_server_is_killed_and_comes_back(phone):
    one = phone()
    page = one.log_in()
    one.site.stop()
    page.reload()
    ready(page)
    begin(page)
    walk(page, "咨询", "办完")
    write(page)
    finish(page)
    said(page, "暂时传不上去")
    one.site.start_web()
    page.clock.fast_forward(4000)
    said(page, "已上传，登记编号 DJ-")
    assert one.there() == {"walks": 1, "photos": 0}


def test_two_tabs_come_back_together(phone):
    one = phone()
    page = one.log_in()
    other = one.tab()
    one.context.set_offline(True)
    begin(page)
    walk(page, "受理", "办完")
    write(page)
    finish(page)
    expect(page.locator("#queue")).to_have_text("1 条待上传")
    puts: list[str] = []
    one.context.on("request", lambda request: request.method == "PUT" and puts.append(request.url))
    one.context.set_offline(False)
    for tab in (page, other):
        tab.evaluate("void WalkLog.sync.now()")
    for tab in (page, other):
        expect(tab.locator("#queue")).to_have_text("全部已上传", timeout=30_000)
    assert len(puts) == 1
    assert one.there() == {"walks": 1, "photos": 0}


def test_one_draft_is_in_one_tab(phone):
    """The second tab doesn't get the draft that is open in the first; what it begins is its own."""
    one = phone(REPORTER)
    page = one.log_in()
    begin(page)
    page.locator("#people-list input").first.check()
    write(page, "甲")
    expect(page.locator("#saved")).to_contain_text("已存本机")
    other = one.tab()
    expect(other.locator("#editor")).to_be_hidden()
    other.get_by_role("button", name="继续").click()
    said(other, "正在另一个页面里打开")
    other.bring_to_front()
    begin(other)
    other.locator("#people-list input").nth(1).check()
    write(other, "乙")
    for tab in (other, page):
        tab.bring_to_front()
        finish(tab)
        said(tab, "已上传，登记编号 DJ-")
    assert one.there() == {"walks": 2, "photos": 0}


def test_an_expired_login_keeps_everything(phone):
    one = phone()
    page = one.log_in()
    begin(page)
    walk(page, "受理", "办完")
    write(page)
    one.context.clear_cookies()
    finish(page)
    said(page, "登录已过期")
    expect(page.locator("#queue")).to_have_text("1 条待上传")
    assert one.there()["walks"] == 0
    one.person.page = one.context.new_page()
    one.person.open("/walks/")
    page.bring_to_front()
    page.evaluate("void WalkLog.sync.now()")
    said(page, "已上传，登记编号 DJ-")
    assert one.there()["walks"] == 1


def test_somebody_else_on_the_same_phone_sends_nothing(phone):
    one = phone()
    page = one.log_in()
    one.context.set_offline(True)
    begin(page)
    walk(page, "受理", "办完")
    write(page)
    finish(page)
    expect(page.locator("#queue")).to_have_text("1 条待上传")
    one.context.clear_cookies()  # before the network is back: else the record is quicker than the change of hands
    one.context.set_offline(False)
    one.person.username, one.person.page = REPORTER, one.context.new_page()
    one.person.open("/walks/")
    page.bring_to_front()
    page.evaluate("void WalkLog.sync.now()")
    said(page, "请由本人登录上传")
    expect(page.locator("#others")).to_contain_text("别的账号")
    assert MATTER not in page.locator("#drafts").inner_text()
    assert one.there()["walks"] == 0
    # The owner comes back: it goes by itself.
    one.context.clear_cookies()
    one.person.username, one.person.page = WALKER, one.context.new_page()
    one.person.open("/walks/")
    page.bring_to_front()
    page.evaluate("void WalkLog.sync.now()")
    said(page, "已上传，登记编号 DJ-")
    assert one.there()["walks"] == 1


def test_plain_http_says_what_works_and_works(phone, site):
    """A host that isn't trusted: no service worker, no locks, no randomUUID; writing and sending go on."""
    one = phone(proxy={"server": site.url})  # the server answers for any host it is asked for
    one.page.goto("http://walkflow.test/login/?next=/walks/log/")
    one.page.get_by_label("账号").fill(WALKER)
    one.page.get_by_label("密码").fill(one.person.password)
    one.page.get_by_role("button", name="登录").click()
    page = ready(one.page)
    assert page.evaluate("[isSecureContext, 'locks' in navigator, 'randomUUID' in crypto]") == [False] * 3
    expect(page.locator("#warnings")).to_contain_text("本机不支持离线打开，请勿关闭页面")
    begin(page)
    walk(page, "受理", "办完")
    write(page)
    finish(page)
    said(page, "已上传，登记编号 DJ-")
    assert one.there()["walks"] == 1


def test_a_refused_record_is_kept_mended_and_sent(phone):
    """What the phone can't know is refused by the server, with the reason; exported, mended, sent under a new number."""
    one = phone(REPORTER)
    page = one.log_in()
    begin(page)
    walk(page, "受理")
    page.locator("#problem-text").fill("窗口没有告知办理时限")
    page.get_by_role("button", name="记下").click()
    write(page)
    finish(page)
    expect(page.locator("#lacks")).to_contain_text("请选择走流程人员")
    page.locator("#people-list input").first.check()
    page.locator("details").filter(has=page.locator("#walked")).locator("summary").click()
    page.locator("#walked").fill("没有这个单位")
    finish(page)
    row = page.locator(".log-row[data-state=rejected]")
    expect(row).to_contain_text("没有找到单位")
    expect(page.locator("#queue")).to_have_text("1 条未收下")

    with page.expect_download() as download:
        page.get_by_role("button", name="导出本机草稿").click()
    with zipfile.ZipFile(download.value.path()) as box:
        assert box.testzip() is None
        (kept,) = json.loads(box.read("现场记录.json"))
        assert kept["problems"][0]["text"] == "窗口没有告知办理时限"

    # Logging out asks first.
    page.goto(f"{one.site.url}/")
    page.locator("header .person summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("#confirm")).to_contain_text("还有 1 份现场记录没有上传")
    page.locator("#confirm").get_by_role("button", name="取消").click()

    page.goto(f"{one.site.url}/walks/log/")
    ready(page)
    page.get_by_role("button", name="改后再传").click()
    page.locator("details").filter(has=page.locator("#walked")).locator("summary").click()
    page.locator("#walked").fill("")
    expect(page.locator("#problems li")).to_have_count(1)
    finish(page)
    said(page, "已上传，登记编号 DJ-")
    page.locator(".log-row").first.get_by_role("link", name="打开").click()
    one.person.sees("窗口没有告知办理时限")
    page.locator(".failed li").filter(has_text="窗口没有告知").get_by_role("link", name="登记问题").click()
    expect(page.locator("#id_text")).to_have_value("窗口没有告知办理时限")


def test_several_drafts_undo_points_and_copy(phone):
    one = phone(REPORTER, user_agent="Mozilla/5.0 (Linux; Android 12) Chrome/120.0 MicroMessenger/8.0.30")
    page = one.log_in()
    expect(page.locator("#warnings")).to_contain_text("微信")
    begin(page, "坐窗办")
    walk(page, "答疑解惑", "受理")
    page.get_by_role("button", name="撤销上一步").click()
    expect(page.locator("#steps li")).to_have_count(1)
    finish(page)
    expect(page.locator("#lacks")).to_contain_text("坐窗办要填写窗口号")
    expect(page.locator("#lacks")).to_contain_text("坐窗办至少要登记一个办件")
    page.locator("#own-window").fill("A12")
    page.locator("#cases").fill("BJ-001\nBJ-002")
    page.locator("#people-list input").first.check()
    page.locator(".log-points summary").first.click()
    point = page.locator(".log-point-tap").first
    for word in ("不符合", "符合", "不涉及", "未查", "不符合"):
        point.click()
        expect(point).to_contain_text(word)
    page.locator(".log-point input").fill("多要一份复印件")
    write(page)
    page.get_by_role("button", name="返回列表").click()
    begin(page, "帮代办")
    page.get_by_role("button", name="返回列表").click()
    expect(page.locator(".log-row")).to_have_count(2)
    page.locator(".log-row").filter(has_text="帮代办").get_by_role("button", name="删除").click()
    page.locator("#log-sure").get_by_role("button", name="删除").click()
    expect(page.locator(".log-row")).to_have_count(1)
    page.locator("[data-size-toggle]").click()
    page.reload()
    ready(page)
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    if page.locator("#editor").is_hidden():
        page.get_by_role("button", name="继续").click()
    assert page.locator(".log-step").first.bounding_box()["height"] >= 60
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finish(page)
    said(page, "已上传，登记编号 DJ-")
    page.get_by_role("button", name="复制上次").click()
    expect(page.locator("#matter-chosen")).to_contain_text(MATTER)
    expect(page.locator("#place")).to_have_value("市政务服务大厅")
    expect(page.locator("#form-name")).to_have_text("坐窗办")
    expect(page.locator("#steps li")).to_have_count(0)
