"""Every address of the product, walked: who is turned away at the door, who reads a page, who reads a refusal.

The table of pages is written by hand from contract §3 and §5; one read from menu.py or from the views' own
declarations could not fail. A new page that isn't in the table fails `test_the_table_knows_every_page`.
"""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.html import strip_tags

from campaigns.models import Case, Complaint, Matter, Organization, Person, User, WalkSession
from issues.models import Demand, LedgerItem, Measure, Problem

OPEN = {"login", "healthz", "readyz", "favicon"}
# Asked by a script: who isn't logged in reads 401, not a login page.
SCRIPTED = {
    "api_index",
    "api_document",
    "api_figures",
    "api_list",
    "walk_log_token",
    "walk_log_catalogue",
    "walk_log_walk",
    "walk_log_photo",
}
SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000001"}

# — every address, whoever asks —


def addresses(patterns=None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """(name with namespace, path with sample arguments, pattern) of the whole URLconf but Django's admin."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + re.sub(
            r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found.group(1) or "str"], str(entry.pattern)
        )
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from addresses(entry.url_patterns, route, inner)
        else:
            yield f"{space}{entry.name}", f"/{route}", entry


ADDRESSES = list(addresses())
NAMES = [name for name, _, _ in ADDRESSES]


def test_every_address_has_a_name_of_its_own():
    assert [name for name in NAMES if name.endswith("None")] == []
    assert sorted(NAMES) == sorted(set(NAMES))


@pytest.mark.parametrize(("name", "path", "pattern"), ADDRESSES, ids=NAMES)
def test_every_view_declares_its_access(name, path, pattern):
    assert getattr(pattern.callback, "access", None) is not None, f"{path} declares no access"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path", "pattern"), ADDRESSES, ids=NAMES)
def test_strangers_are_sent_to_the_login_page(client, name, path, pattern):
    for ask in (client.get, client.post):
        answer = ask(path)
        if name in OPEN:
            assert answer.status_code != 403
            assert "/login/" not in answer.headers.get("Location", "")
        elif name in SCRIPTED:
            assert answer.status_code == 401
            assert "登录" in answer.json()["error"]
        else:
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/login/?next=")


@pytest.mark.django_db
def test_the_registers_send_strangers_to_the_login_page(client):
    for path in ("/admin/", "/admin/campaigns/person/", "/admin/login/"):
        assert client.get(path).headers["Location"].startswith("/login/?next=/admin/")


# — pages without an argument: who may open them —
# Columns: 系统管理员 安全管理员 审计管理员 | 审改办 督查室 | 填报员 分管负责人 主要负责人 体验人. 2 = 200, 3 = 403.

ROLES = ("系统", "安全", "审计", "审改", "督查", "填报", "分管", "主要", "体验")
ACCOUNTS = {
    "admin": "系统",
    "anquan": "安全",
    "shenji": "审计",
    "shengaiban": "审改",
    "duchashi": "督查",
    "yibaoju.tianbao": "填报",
    "yibaoju.fenguan": "分管",
    "yibaoju.fuzeren": "主要",
    "yibaoju.lingdao": "体验",
    "renshe.tianbao": "填报",
    "renshe.fuzeren": "主要",
    "leiyang.tianbao": "填报",
    "leiyang.fuzeren": "主要",
    "leiyang.shengaiban": "审改",
    "leiyang.ducha": "督查",
}
PAGES = {
    "/": "222 22 2222",
    "/password/": "222 22 2222",
    "/notices/": "222 22 2222",
    "/feedback/": "222 22 2222",
    "/style/": "222 22 2222",
    "/campaigns/": "233 22 2223",
    "/organizations/": "223 22 2223",
    "/people/": "223 22 2223",
    "/grants/": "323 33 3333",
    "/workdays/": "233 33 3333",
    "/jobs/": "233 33 3333",
    "/deliveries/": "233 33 3333",
    "/robots/": "233 33 3333",
    "/robots/new/": "233 33 3333",
    "/audit/": "332 33 3333",
    "/imports/": "233 33 3333",
    "/imports/log/": "233 33 3333",
    "/walks/": "333 22 2222",
    "/walks/new/": "333 33 2332",
    "/walks/log/": "333 33 2332",
    "/plan/": "333 22 2222",
    "/matters/": "233 22 2222",
    "/themes/": "233 22 2222",
    "/complaints/": "333 22 2223",
    "/cases/": "333 22 2223",
    "/issues/problems/": "333 22 2222",
    "/issues/problems/new/": "333 32 2333",
    "/issues/demands/new/": "333 32 2333",
    "/issues/measures/new/": "333 33 2333",
    "/issues/demands/": "333 22 2222",
    "/issues/measures/": "333 22 2223",
    "/issues/ledger/": "333 22 2222",
    "/issues/recurrences/": "333 22 2223",
    "/issues/selfchecks/": "333 22 2223",
    "/issues/verifications/": "333 22 2222",
    "/issues/slips/": "333 22 2223",
    "/issues/draws/": "333 22 3333",
    "/issues/draws/new/": "333 32 3333",
    "/issues/sign/": "333 33 3323",
    "/issues/gaps/": "333 22 2223",
    "/issues/meetings/": "333 22 2223",
    "/issues/meetings/new/": "333 22 3333",
    "/issues/quality/": "333 23 3333",
    "/issues/shifts/": "333 23 3333",
    "/stand-ins/": "333 22 2223",
    "/collect/": "333 23 3333",
    "/issues/clues/": "333 32 2223",
    "/issues/clues/rules/": "333 32 3333",
    "/issues/clues/outcomes/": "333 32 3333",
    "/issues/followups/": "333 22 2223",
    "/reports/": "333 22 2223",
    "/reports/bulletins/": "333 22 2223",
    "/reports/bulletins/new/": "333 32 3333",
    "/reports/cases/": "333 22 2223",
    "/reports/cases/new/": "333 33 2333",
    "/reports/briefs/": "333 22 2223",
    "/reports/submissions/": "333 22 2223",
    "/reports/packages/": "333 22 2223",
    "/reports/scores/": "333 22 2223",
    "/reports/scores/policy/": "333 22 3333",
    "/exports/": "223 22 2222",
}
RAW = re.compile(r"\{\{|\{%|Traceback|Exception|DoesNotExist|This field|Select a valid|Not Found|Forbidden")
SPOKEN = re.compile(r"[\u4e00-\u9fff]")


def expected(path: str, role: str) -> int:
    cells = (PAGES | PLAN_PAGES)[path].replace(" ", "")
    return {"2": 200, "3": 403}[cells[ROLES.index(role)]]


def enter(client, username: str):
    client.force_login(User.objects.get(username=username))
    return client


def words(answer) -> str:
    return strip_tags(re.sub(r"(?s)<(script|style|head).*?</\1>", "", answer.content.decode()))


def test_the_table_knows_every_page():
    """Addresses without arguments that aren't in the table above: only fragments, files and forms' targets."""
    known = {*PAGES, *NOT_PAGES}
    assert {path for _, path, pattern in ADDRESSES if "<" not in str(pattern.pattern)} - known == set()


# Pages under /plan/, reached by its tabs; who may plan opens those that assign.
PLAN_PAGES = {
    "/campaigns/new/": "233 33 3333",
    "/plan/people/": "333 22 2222",
    "/plan/people/overlooked/": "333 22 2223",
    "/plan/tasks/": "333 22 2222",
    "/plan/matters/": "333 22 2222",
    "/plan/tasks/new/": "333 23 2223",
    "/plan/tasks/propose/": "333 23 2223",
}
NOT_PAGES = {
    *PLAN_PAGES,
    "/plan/cross/",
    "/login/",
    "/logout/",
    "/password/done/",
    "/healthz",
    "/readyz",
    "/favicon.ico",
    "/posting/",
    "/walks/guide/",
    "/walks/log/sw.js",
    "/walks/log/token",
    "/walks/log/catalogue",
    "/walks/paper/",
    "/reports/packages/jobs/",
    "/issues/clues/rules/weigh/",
    "/issues/clues/rules/hours/",
    "/issues/followups/open/",
    "/exports/jobs/",
    "/exports/archive/",
    "/issues/ledger/bulk/",
    "/deliveries/retry/",
    "/people/sealed/",
    "/api/v1/",
    "/api/v1/openapi.json",
    "/api/v1/figures/",
}


@pytest.mark.parametrize("username", ACCOUNTS)
def test_every_account_opens_every_page(client, example, username):
    """200 or 403 as the table says, in Chinese, with nothing raw on it."""
    enter(client, username)
    wrong = []
    for path in PAGES | PLAN_PAGES:
        answer = client.get(path)
        text = words(answer)
        if answer.status_code != expected(path, ACCOUNTS[username]):
            wrong.append(f"{path} → {answer.status_code}")
        elif RAW.search(text) or not SPOKEN.search(text):
            wrong.append(f"{path} says {RAW.search(text)}")
        elif answer.status_code == 403 and "您当前的身份是" not in text:
            wrong.append(f"{path} refuses without its sentence")
    assert wrong == []


@pytest.mark.parametrize("username", ACCOUNTS)
def test_the_menu_leads_only_to_open_doors(client, example, username):
    """What the menu offers answers 200, and every list a role may open is offered."""
    html = enter(client, username).get("/").content.decode()
    menu = html[html.index('<nav class="menu"') : html.index("</nav>", html.index('<nav class="menu"'))]
    offered = set(re.findall(r'href="([^"]+)"', menu))
    assert [path for path in offered if client.get(path).status_code != 200] == []
    from_elsewhere = {"/password/", "/style/", "/reports/scores/policy/"}  # name, footer, 考核
    lists = {path for path in PAGES if not path.endswith("/new/")} - from_elsewhere
    assert offered == {path for path in lists if expected(path, ACCOUNTS[username]) == 200}


@pytest.mark.parametrize("username", ["shengaiban", "yibaoju.tianbao", "leiyang.fuzeren", "admin"])
def test_filters_survive_nonsense(client, example, username):
    """Lists read their query string forgivingly: no value of it makes an error page."""
    enter(client, username)
    nonsense = "?q=%27%22%3C%00x&organization=nowhere&state=没有&light=紫&page=abc&kind=x&mode=x&from=x&to=2022-13-45"
    for path in PAGES | PLAN_PAGES:
        assert client.get(path + nonsense).status_code in (200, 403), path


def test_pages_beyond_the_last_clamp(client, example):
    enter(client, "shengaiban")
    for path in ("/walks/", "/issues/ledger/", "/issues/problems/", "/people/", "/organizations/"):
        assert client.get(f"{path}?page=99999").status_code == 200


# — a row's own page: a stranger reads 404, a wrong role 403, the owner 200 —

YIBAO, LEIYANG = "430400-031", "430481"
# Who may open a row that concerns 市医保局 alone, and one that concerns 耒阳市 alone. 4 = 404.
ROWS = {
    "admin": "33",
    "anquan": "33",
    "shenji": "33",
    "shengaiban": "22",
    "duchashi": "22",
    "yibaoju.tianbao": "24",
    "yibaoju.fenguan": "24",
    "yibaoju.fuzeren": "24",
    "renshe.tianbao": "44",
    "renshe.fuzeren": "44",
    "leiyang.tianbao": "42",
    "leiyang.fuzeren": "42",
    "leiyang.shengaiban": "42",
    "leiyang.ducha": "42",
}
STATUS = {"2": 200, "3": 403, "4": 404}


def row_of(model, code: str):
    """A row that concerns the unit `code` and nobody else."""
    if model is WalkSession:
        mine = {"reporting_unit__code": code, "walked_unit__code": code}
        return model.objects.filter(**mine).exclude(state="DRAFT").order_by("pk").first()
    if model is Measure:
        rows = model.objects.filter(
            reporting_unit__code=code, lead_unit__code=code, helper_units__isnull=True
        )
        rows = rows.exclude(problems__in=Problem.objects.exclude(reporting_unit__code=code))
        return (
            rows.exclude(demands__in=Demand.objects.exclude(reporting_unit__code=code)).order_by("pk").first()
        )
    if model in (Complaint, Case):
        return model.objects.filter(organization__code=code).order_by("pk").first()
    mine = {"reporting_unit__code": code, "responsible_unit__code": code, "helper_units__isnull": True}
    return model.objects.filter(**mine).order_by("pk").first()


@pytest.mark.parametrize("model", [WalkSession, Problem, Demand, Measure, LedgerItem, Complaint, Case])
def test_a_strangers_row_is_not_there(client, example, model):
    rows = [row_of(model, code) for code in (YIBAO, LEIYANG)]
    assert any(rows), f"the example city has no {model.__name__} to try with"
    wrong = []
    for username, cells in ROWS.items():
        enter(client, username)
        for row, cell in zip(rows, cells, strict=True):
            if row is None:
                continue
            answer = client.get(row.get_absolute_url())
            if answer.status_code != STATUS[cell]:
                wrong.append(
                    f"{username} {row.get_absolute_url()} → {answer.status_code}, not {STATUS[cell]}"
                )
            elif RAW.search(words(answer)):
                wrong.append(f"{username} {row.get_absolute_url()} says {RAW.search(words(answer))}")
    assert wrong == []


@pytest.mark.parametrize(
    ("username", "own", "foreign"),
    [
        ("yibaoju.tianbao", YIBAO, LEIYANG),
        ("leiyang.tianbao", LEIYANG, YIBAO),
        ("leiyang.ducha", LEIYANG, YIBAO),
    ],
)
def test_units_and_people_of_others_are_not_there(client, example, username, own, foreign):
    enter(client, username)
    for code, status in ((own, 200), (foreign, 404)):
        unit = Organization.objects.get(code=code)
        person = Person.objects.filter(organization=unit).order_by("pk").first()
        assert client.get(unit.get_absolute_url()).status_code == status
        assert client.get(person.get_absolute_url()).status_code == status


def test_the_matter_catalogue_is_open_to_all_who_walk(client, example):
    matter = Matter.objects.order_by("pk").first()
    for username, role in ACCOUNTS.items():
        answer = enter(client, username).get(matter.get_absolute_url())
        assert answer.status_code == (403 if role in ("安全", "审计") else 200), username


def test_a_walker_sees_their_own_walks_only(client, example):
    walker = Person.objects.get(user__username="yibaoju.lingdao")
    enter(client, "yibaoju.lingdao")
    own = walker.sessions.exclude(state="DRAFT").order_by("pk").first()
    other = WalkSession.objects.exclude(walkers=walker).exclude(state="DRAFT").order_by("pk").first()
    assert own is None or client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("model", [WalkSession, Problem, Demand, Measure, LedgerItem, Matter])
def test_what_never_was_is_not_there_either(client, example, model):
    row = model.objects.order_by("pk").first()
    path = row.get_absolute_url().replace(str(row.pk if model is not Matter else row.code), "99999999")
    answer = enter(client, "shengaiban").get(path)
    assert answer.status_code == 404
    assert SPOKEN.search(words(answer))


# — whoever asks for whatever: never a server error —


def _read(answer) -> int:
    """The status; a file that is streamed is read to its end, which closes it, as a browser would."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


@pytest.mark.parametrize("username", ACCOUNTS)
def test_no_address_breaks(client, example, username):
    """Every address with the first rows there are, by GET and by an empty POST: answered, never a 500."""
    enter(client, username)
    client.raise_request_exception = False
    wrong = []
    for name, path, _ in ADDRESSES:
        if name in OPEN | {"logout"}:
            continue
        answers = {_read(client.get(path)), _read(client.post(path))}
        if not answers <= {200, 204, 302, 400, 403, 404, 405, 409, 422}:
            wrong.append(f"{name} {path} → {answers}")
    assert wrong == []


def test_only_posts_change_something(client, example):
    """A GET (a link somebody was sent, a browser that reads ahead) writes nothing."""
    enter(client, "shengaiban")
    before = {model: model.objects.count() for model in (LedgerItem, Problem, Demand, Measure, WalkSession)}
    states = list(LedgerItem.objects.order_by("pk").values_list("state", flat=True))
    for _, path, _ in ADDRESSES:
        _read(client.get(path))
    assert before == {model: model.objects.count() for model in before}
    assert states == list(LedgerItem.objects.order_by("pk").values_list("state", flat=True))


def test_error_pages_are_chinese(client, example):
    enter(client, "shengaiban")
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert SPOKEN.search(words(answer))
    assert not RAW.search(words(answer))
