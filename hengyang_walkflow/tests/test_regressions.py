"""Bugs of comparable products, tried here across the rooms. Each test names the thread it comes from.

Those that belong to one room are tried there: notices, ladder and extension in campaigns/tests/test_chase.py and
test_lights.py, holiday tables in test_calendar.py, workbook dates in test_sheets_values.py, imports with a bad row 300
in test_imports.py, typefaces in reports/tests/test_document.py, who may not answer a 回访 in issues/tests/test_followups.py.
"""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.ground.jobs import run, start_day_work
from campaigns.ground.workdays import load_calendar
from campaigns.models import Chase, Job, Posting, User, WalkSession
from hengyang_walkflow.celery import app
from hengyang_walkflow.schedule import DAY_WORK, SCHEDULE
from issues import tasks
from issues.actions.daily import run_day
from issues.actions.ledger import sign_batch
from issues.actions.requests import ask_extension, decide_extension
from issues.enums import LedgerState
from issues.models import Demand, LedgerItem, Measure, Problem
from reports.actions.exports import write_export
from reports.package import build
from reports.tests.city import NOON, ON, City, moment

ZONE = ZoneInfo("Asia/Shanghai")
THE_DAY = datetime(2022, 6, 20, 10, tzinfo=ZONE)
READERS = (
    "shengaiban",
    "duchashi",
    "yibaoju.tianbao",
    "yibaoju.fenguan",
    "renshe.tianbao",
    "leiyang.fuzeren",
)
LISTS = {
    "walks": ("/walks/", WalkSession),
    "problems": ("/issues/problems/", Problem),
    "demands": ("/issues/demands/", Demand),
    "measures": ("/issues/measures/", Measure),
    "ledger": ("/issues/ledger/", LedgerItem),
}


@pytest.fixture
def city(db) -> City:
    return City()


@pytest.fixture
def the_day(monkeypatch) -> date:
    """The example city's own day, for the views."""
    monkeypatch.setattr(timezone, "now", lambda: THE_DAY)
    return THE_DAY.date()


def posting_of(username: str) -> Posting:
    user = User.objects.get(username=username)
    mine = Posting.objects.filter(person__user=user).order_by("pk")
    return mine.filter(pk=user.current_posting_id).first() or mine.first()


def total(html: str) -> int | None:
    """The N of 共 N 条; None where the page has no list."""
    found = re.search(r"共 (\d+) 条", html)
    return int(found.group(1)) if found else None


# — django-celery-beat#319, celery#4041: a daily task ran eight hours early, and again on time —


def test_daily_work_comes_due_by_the_clock_of_hengyang():
    assert (app.conf.timezone, app.conf.enable_utc) == ("Asia/Shanghai", True)
    for kind, at in DAY_WORK.items():
        line = SCHEDULE[kind]["schedule"]
        line.app = app
        yesterday = datetime.fromisoformat(f"2026-11-22T{at}").replace(tzinfo=ZONE)
        line.nowfun = lambda start=yesterday: start + timedelta(seconds=1)
        left = line.remaining_estimate(yesterday)
        assert timedelta(hours=23, minutes=59) < left <= timedelta(days=1), kind


@pytest.mark.parametrize(
    ("moment_in_utc", "begun"),
    [("2026-11-23T00:29:59", False), ("2026-11-23T00:30:00", True), ("2026-11-22T16:30:00", False)],
)
def test_the_chase_begins_at_half_past_eight_once(db, moment_in_utc, begun):
    """A machine that thinks in UTC ticks all day: nothing before 08:30 in Hengyang, one row after it."""
    now = datetime.fromisoformat(moment_in_utc).replace(tzinfo=UTC)
    hour, minute = map(int, DAY_WORK["chase"].split(":"))
    for _ in range(3):
        start_day_work(kind="chase", after=now.replace(hour=hour, minute=minute).time(), now=now)
    assert Job.objects.filter(kind="chase").count() == int(begun)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_start_one_chase_and_it_runs_once():
    """Two schedulers on two machines tick in the same second; the message comes twice, too."""
    now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)

    def tick(_) -> int:
        try:
            return start_day_work(kind="chase", after=time(8, 30), now=now).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        started = set(pool.map(tick, range(4)))
    (job,) = Job.objects.filter(kind="chase")
    assert started == {job.pk}
    assert tasks.chase  # the worker knows the job, as it does in the product
    assert run(job_id=job.pk, now=now) is not None
    assert run(job_id=job.pk, now=now) is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("DONE", 1)


# — DefectDojo#10662: what has no deadline was taken for overdue —


def test_an_item_without_a_deadline_is_never_late(city, client):
    item = city.item(city.problem(day=date(2022, 5, 10)), LedgerState.PLANNING)
    assert item.deadline_id is None
    done = run_day(on=date(2022, 9, 30), now=moment(date(2022, 9, 30)))
    assert (done["chased"], done["notices"]) == (0, 0)
    assert not Chase.objects.exists()
    client.force_login(city.office.person.user)
    assert total(client.get("/issues/ledger/?light=红").content.decode()) == 0
    assert total(client.get("/issues/ledger/?light=—").content.decode()) == 1


# — jumpserver#4146, #8185: an export was cut at 100, at 10 000 rows —


def test_an_export_of_12345_rows_has_12345_rows(city):
    facts = {
        "campaign": city.campaign,
        "reporting_unit": city.unit,
        "responsible_unit": city.unit,
        "matter": city.matter,
        "category": city.material,
        "found_on": ON,
        "registered_at": NOON,
        "registered_by": city.clerk.person.user,
    }
    Problem.objects.bulk_create(
        (Problem(number=f"WT-{n:05d}", text=f"第{n}个问题", **facts) for n in range(12_345)), batch_size=2000
    )
    stored, count = write_export(kind="problems", query=QueryDict(""), on=ON, by=city.clerk, now=NOON)
    with stored.file.open("rb") as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read()), read_only=True).active
        rows = sum(1 for _ in sheet.iter_rows(values_only=True)) - 1
    assert (count, rows) == (12_345, 12_345)


# — jumpserver#3996: times in the file were eight hours off —


def test_times_in_a_workbook_are_local(city):
    """A walk at 07:30 in Hengyang lies on the day before in UTC; the workbook has the local day and hour."""
    early = datetime(2022, 5, 9, 23, 30, tzinfo=UTC)
    city.walk(started_at=early, ended_at=early + timedelta(hours=1), held_on=date(2022, 5, 10))
    stored, _ = write_export(kind="walks", query=QueryDict(""), on=ON, by=city.clerk, now=NOON)
    with stored.file.open("rb") as file:
        values = [
            cell for row in openpyxl.load_workbook(io.BytesIO(file.read())).active.values for cell in row
        ]
    told = {str(value) for value in values}
    assert "2022-05-10 07:30:00" in told
    assert not any("2022-05-09" in value for value in told)


# — DefectDojo#11000, #14354: the number on the card was not the number of rows behind its link —

CARD = re.compile(
    r'<a class="stat[^"]*" href="(?P<url>[^"]+)"><span class="stat-label">(?P<label>[^<]+)</span>'
    r'<strong class="stat-number">(?P<number>[^<]+)</strong>(?:<span class="stat-note">(?P<note>[^<]*)</span>)?'
)


def cards(html: str) -> list[tuple[str, str, int]]:
    """(label, address, number) of every card that leads to rows; of a rate, its numerator. 考核得分 counts no rows."""
    found = []
    for card in CARD.finditer(html):
        note = card["note"] or ""
        number = note.partition("/")[0] if "/" in note else card["number"]
        if "." not in number:
            found.append((card["label"], card["url"].replace("&amp;", "&"), int(number)))
    return found


@pytest.mark.parametrize("username", READERS)
@pytest.mark.parametrize("address", ["/", "/reports/"])
def test_a_card_counts_the_rows_behind_its_link(client, example, the_day, username, address):
    client.force_login(User.objects.get(username=username))
    found = cards(client.get(address).content.decode())
    assert len(found) >= 4
    wrong = []
    for label, url, number in found:
        rows = total(client.get(url).content.decode())
        if rows != number:
            wrong.append(f"{label}: {number} on the card, {rows} behind {url}")
    assert wrong == []


@pytest.mark.parametrize("username", ["shengaiban", "leiyang.fuzeren"])
def test_a_light_counts_the_rows_behind_its_link(client, example, the_day, username):
    """Units × lights on 总览: the first units and the sums."""
    client.force_login(User.objects.get(username=username))
    html = client.get("/reports/").content.decode()
    links = re.findall(r'<a href="(/issues/ledger/\?[^"]*light=[^"]*)">(\d+)</a>', html)
    assert len(links) > 8
    wrong = [
        f"{number} on the page, {rows} behind {url}"
        for url, number in links[:20] + links[-8:]
        if (rows := total(client.get(url.replace("&amp;", "&")).content.decode())) != int(number)
    ]
    assert wrong == []


# — DefectDojo#336, #2992: the list, the search, the report and the API showed different sets —


@pytest.mark.parametrize("username", ["shengaiban", "yibaoju.tianbao", "leiyang.fuzeren"])
@pytest.mark.parametrize("kind", LISTS)
def test_list_search_export_and_scope_are_one_set(client, example, the_day, username, kind):
    url, model = LISTS[kind]
    posting = posting_of(username)
    client.force_login(posting.person.user)
    rows = model.objects.visible_to(posting)
    if kind == "walks":
        rows = rows.newest()  # what a correction replaced is read from the correction
    scope = set(rows.values_list("number", flat=True))
    assert scope, f"{username} sees no {kind} in the example city"

    pages = range(1, (len(scope) - 1) // 20 + 2) if len(scope) <= 200 else [1]
    shown = {
        number
        for page in pages
        for html in [client.get(f"{url}?page={page}").content.decode()]
        for number in scope
        if number in html
    }
    assert len(shown) >= min(len(scope), 20)
    assert shown == scope or len(scope) > 200

    stranger = model.objects.exclude(number__in=scope).order_by("pk").first()
    if stranger is not None:
        answer = client.get(f"{url}?q={stranger.number}").content.decode()
        assert total(answer) == 0
    one = sorted(scope)[0]
    assert total(client.get(f"{url}?q={one}").content.decode()) >= 1

    assert answered(client, kind, scope) == (len(scope), scope)
    if stranger is not None:
        assert client.get(f"/api/v1/{kind}/?q={stranger.number}").json()["count"] == 0

    stored, count = write_export(kind=kind, query=QueryDict(""), on=the_day, by=posting, now=THE_DAY)
    with stored.file.open("rb") as file:
        cells = openpyxl.load_workbook(io.BytesIO(file.read()), read_only=True).active.iter_rows(
            values_only=True
        )
        exported = {str(cell) for row in cells for cell in row} & scope
    assert (count, exported) == (len(scope), scope)


def answered(client, kind: str, numbers: set[str]) -> tuple[int, set[str]]:
    """What /api/v1/ says it has, and which of `numbers` stand in its rows, all pages read."""
    found, page, pages = set(), 1, 1
    while page <= pages:
        told = client.get(f"/api/v1/{kind}/?page={page}&page_size=100").json()
        found |= {value for row in told["results"] for value in row.values() if value in numbers}
        page, pages = page + 1, told["pages"]
    return told["count"], found


@pytest.mark.parametrize("username", ["shengaiban", "leiyang.shengaiban"])
def test_the_package_holds_what_the_pages_show(client, example, the_day, username):
    """The same numbers stand on the lists and in the package's manifest."""
    posting = posting_of(username)
    client.force_login(posting.person.user)
    campaign = LedgerItem.objects.order_by("pk").first().campaign
    given = {"organization": posting.organization, "campaign": campaign, "on": the_day}
    with build(**given, calendar=load_calendar()) as built:
        sheets = {name: rows for file in built.files for name, rows in file.get("sheets", {}).items()}
    for name, kind in (
        ("问题清单", "problems"),
        ("需求清单", "demands"),
        ("解决措施清单", "measures"),
        ("整改台账", "ledger"),
    ):
        assert sheets[name] == total(client.get(LISTS[kind][0]).content.decode()), name


# — DefectDojo#2388: acting on many rows at once left no history —


def test_a_batch_leaves_one_line_of_history_for_each(example, the_day):
    head = next(
        posting
        for posting in Posting.objects.filter(role="HEAD")
        .select_related("person__user", "organization")
        .order_by("pk")
        if LedgerItem.objects.filter(
            responsible_unit=posting.organization, state=LedgerState.UNSIGNED
        ).count()
        > 1
    )
    items = list(LedgerItem.objects.visible_to(head).waiting_for(head).filter(state=LedgerState.UNSIGNED))
    before = {item.pk: item.entries.count() for item in items}
    signed, _ = sign_batch(items=items, by=head, now=THE_DAY)
    assert signed
    for item in signed:
        lines = item.entries.order_by("sequence")
        assert lines.count() == before[item.pk] + 1
        assert (lines.last().move, lines.last().by) == ("SIGN", head.person.user)


# — paperless#4003: keep a selection, turn the page, take somebody else's rows along —


def test_foreign_rows_in_a_batch_are_left_alone(client, example, the_day):
    waiting = LedgerItem.objects.filter(state=LedgerState.UNSIGNED).exclude(
        responsible_unit__code="430400-031"
    )
    foreign = list(waiting.order_by("pk")[:3])
    assert foreign
    client.force_login(User.objects.get(username="yibaoju.fuzeren"))
    client.post(reverse("sign_batch"), {"item": [item.pk for item in foreign]})
    for item in foreign:
        item.refresh_from_db()
        assert item.state == LedgerState.UNSIGNED


# — kpi#5047, enketo#942: one form sent several times at once became several records —


@pytest.mark.django_db(transaction=True)
def test_the_same_form_ten_times_at_once_is_one_record(monkeypatch):
    city = City()
    monkeypatch.setattr(timezone, "now", lambda: moment(date(2022, 5, 11)))
    person = city.head
    form = {
        "form_token": "5f0c3c0e-6f4e-4f63-9f35-0c7f5b0f7a11",
        "reporting_unit": city.unit.pk,
        "walkers": [person.pk],
        "matter": city.matter.code,
        "channel": "HALL_WINDOW",
        "started_at": "2022-05-10T09:00",
        "ended_at": "2022-05-10T10:00",
        "asks_clear": "YES",
        "runs_clear": "YES",
        "done_clear": "YES",
        "narrative": "在窗口完整走了一遍。",
    }
    user = city.clerk.person.user

    def send(_) -> int:
        try:
            browser = Client(raise_request_exception=False)
            browser.force_login(user)
            fields = {**_steps(browser), **form}
            return browser.post("/walks/new/?mode=SELF", fields).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert WalkSession.objects.count() == 1, answers
    assert set(answers) <= {302}, answers


def _steps(browser: Client) -> dict[str, str]:
    """What the page itself would send along: its management forms and first steps."""
    html = browser.get("/walks/new/?mode=SELF").content.decode()
    fields = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' in tag and name.group(1) != "csrfmiddlewaretoken":
            fields[name.group(1)] = value.group(1) if value else ""
    return fields


# — DefectDojo PR#15500: an extension asked to date X ended on another one —


def test_an_extension_to_a_day_ends_on_that_day(city):
    item = city.item(city.problem(day=date(2022, 5, 10)), due_on=date(2022, 6, 21))
    asked = ask_extension(
        item=item,
        by=city.clerk,
        now=NOON,
        new_due_on=date(2022, 7, 15),
        reason="系统改造",
        progress="完成一半",
    )
    decide_extension(extension=asked, by=city.office, now=NOON, granted=True, calendar=load_calendar())
    item.deadline.refresh_from_db()
    assert (item.deadline.due_on, item.deadline.original_due_on) == (date(2022, 7, 15), date(2022, 6, 21))
