"""At the phone, without a mouse, with a bad connection: the pages fit, can be read aloud, and lose nothing."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDER = "document.scrollingElement.scrollWidth - innerWidth"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def first_row(one, path: str) -> str:
    """Address of the first row of a list."""
    one.open(path)
    return one.page.locator("td.is-link a").first.get_attribute("href")


def menu_of(one) -> list[str]:
    one.open("/")
    return [link.get_attribute("href") for link in one.page.locator("nav.menu a").all()]


@pytest.mark.parametrize("username", ["yibaoju.tianbao", "shengaiban", "admin"])
def test_no_page_of_the_menu_scrolls_sideways(person, username):
    one = person(username, **PHONE)
    wrong = {}
    for path in menu_of(one):
        one.open(path)
        if wider := one.page.evaluate(WIDER):
            wrong[path] = wider
    assert wrong == {}
    if username == "yibaoju.tianbao":
        one.open("/")
        one.shot("phone-home")


def test_rows_and_forms_fit_the_phone(person):
    one = person("yibaoju.tianbao", **PHONE)
    pages = [
        first_row(one, path)
        for path in ("/walks/", "/issues/ledger/", "/issues/problems/", "/issues/measures/")
    ]
    pages += ["/walks/new/", "/walks/new/?mode=坐窗办", "/issues/problems/new/", "/issues/measures/new/"]
    wrong = {}
    for path in pages:
        one.open(path)
        if wider := one.page.evaluate(WIDER):
            wrong[path] = wider
    assert wrong == {}


def test_the_phones_menu_opens_and_closes(person):
    """The menu hides behind 菜单 and leads on."""
    one = person("yibaoju.tianbao", **PHONE)
    page = one.open("/")
    link = page.locator("nav.menu").get_by_role("link", name="整改台账")
    expect(link).to_be_hidden()
    page.get_by_text("菜单", exact=True).click()
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url("**/issues/ledger/")


@pytest.mark.parametrize("large", [False, True], ids=["normal", "长者模式"])
@pytest.mark.parametrize("name", ["home", "list", "detail", "walk", "import"])
def test_axe_finds_nothing(person, name, large):
    one = person("admin" if name == "import" else "yibaoju.tianbao")
    if large:
        one.context.add_cookies([{"name": "size", "value": "large", "url": one.site.url}])
    path = {
        "home": lambda: "/",
        "list": lambda: "/issues/ledger/",
        "detail": lambda: first_row(one, "/issues/ledger/?state=整改中"),
        "walk": lambda: "/walks/new/?mode=亲身办",
        "import": lambda: "/imports/",
    }[name]()
    page = one.open(path)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [f"{rule['id']}: {[node['html'][:200] for node in rule['nodes']][:3]}" for rule in found] == []


def test_the_keyboard_goes_everywhere(person):
    """Tab reaches 跳到正文 first; it moves the focus past the menu; the drawer closes on Esc and gives the focus back."""
    one = person("shengaiban")
    page = one.open("/issues/ledger/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    link = page.locator("a[data-drawer]").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_visible()
    expect(page.locator("#drawer-body")).to_contain_text(link.inner_text())
    one.shot("ledger-drawer")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(link).to_be_focused()


def test_large_print_stays_after_reload(person):
    one = person("yibaoju.tianbao")
    page = one.open("/")
    size = page.locator("body").evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    page.get_by_role("button", name="长者模式").click()
    page.reload()
    assert page.locator("body").evaluate("node => parseFloat(getComputedStyle(node).fontSize)") > size
    one.shot("home-large")


TEXT = "在窗口排队四十分钟，材料退回一次。"


def test_a_lost_connection_loses_nothing_typed(person):
    """The network goes in mid-form: the press fails, the page is closed; opened again, what was typed comes back."""
    one = person("yibaoju.tianbao", **PHONE)
    page = one.open("/walks/new/?mode=亲身办")
    page.locator("#id_narrative").fill(TEXT)
    page.locator("#id_place").fill("市政务服务中心")
    page.locator("#id_actual_trips").fill("3")
    page.wait_for_timeout(800)  # the draft is kept after a pause in typing
    one.context.set_offline(True)
    page.evaluate("document.querySelector('form.walk').requestSubmit()")
    page.wait_for_timeout(800)
    one.context.set_offline(False)
    page.close()
    one.page = one.context.new_page()
    page = one.open("/walks/new/?mode=亲身办")
    page.get_by_role("button", name="恢复上次未提交的内容").click()
    assert page.locator("#id_narrative").input_value() == TEXT
    assert page.locator("#id_place").input_value() == "市政务服务中心"
    assert page.locator("#id_actual_trips").input_value() == "3"


def test_the_draft_of_one_is_not_shown_to_another(person, site):
    """Two people share a machine: what one left unsent is not offered to the next."""
    one = person("yibaoju.tianbao")
    page = one.open("/feedback/")
    page.locator("#id_text").fill("不想让别人看到的一句话")
    page.wait_for_timeout(800)
    one.context.clear_cookies()
    one.username = "renshe.tianbao"
    page = one.open("/feedback/")
    expect(page.get_by_role("button", name="恢复上次未提交的内容")).to_have_count(0)
    assert "不想让别人看到" not in page.content()


def test_a_double_click_makes_one_row(person):
    one = person("yibaoju.tianbao")
    page = one.open("/issues/problems/new/")
    words = "咨询台无人值守，排队群众不知去哪个窗口。"
    page.locator("#id_category").select_option(label=category(page, "B03"))
    page.locator("#id_text").fill(words)
    page.locator("#id_responsible_unit").select_option(label="市医保局")
    page.get_by_role("button", name="登记", exact=True).dblclick(delay=5)
    page.wait_for_url(re.compile(r"/issues/(problems|ledger)/\d+/"))
    one.open(f"/issues/problems/?q={words[:10]}")
    one.sees("共 1 条")


def category(page, code: str) -> str:
    options = page.locator("#id_category option").all_inner_texts()
    return next(option for option in options if option.startswith(code))


def test_a_double_click_makes_one_walk(person):
    one = person("yibaoju.tianbao")
    before = count(one, "/walks/")
    page = one.open("/walks/new/?mode=亲身办")
    page.locator(".people-list label").first.click()
    page.locator("#id_matter").fill("异地就医备案")
    page.locator("#id_channel").select_option(label="线下窗口")
    page.locator("#id_started_at").fill("2022-06-17T10:00")
    page.locator("#id_ended_at").fill("2022-06-17T10:30")
    page.locator("#id_narrative").fill("完整走了一遍。")
    for name in ("asks_clear", "runs_clear", "done_clear"):
        page.locator(f"[name={name}]").first.check()
    page.get_by_role("button", name="提交登记").dblclick(delay=5)
    page.wait_for_url(re.compile(r"/walks/\d+/"))
    assert count(one, "/walks/") == before + 1


def count(one, path: str) -> int:
    """The N of 共 N 条."""
    return int(re.search(r"共 (\d+) 条", one.open(path).locator("main").inner_text()).group(1))
