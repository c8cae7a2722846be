"""周报, 月报, 调度会材料, 提请上级协调事项清单: numbers of the day, one kept a period, told to those who lead."""

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document as open_docx

from campaigns.enums import Rank, Role
from campaigns.ground.workdays import load_calendar
from campaigns.models import Notice
from issues.enums import ConsentKind, LedgerState
from issues.models import Consent
from reports.actions.briefs import write_due_briefs
from reports.actions.snapshots import take_snapshots
from reports.brief_facts import brief_facts, ends_a_period, period_of
from reports.briefs import brief_paper
from reports.enums import BriefKind
from reports.models import Brief
from reports.papers.plain_paper import to_text
from reports.scope import unit_scope
from reports.tests.city import NOON, ON, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def paper(city, kind, unit=None, on=ON):
    scope = unit_scope(organization=unit or city.root, campaign=city.campaign, on=on)
    return brief_paper(kind, brief_facts(kind, scope, load_calendar()))


def waiting(city):
    """An item that waits for the level above, with its 请示."""
    item = city.item(city.problem("省级平台数据不能回流"), LedgerState.ESCALATED)
    Consent.objects.create(
        item=item,
        kind=ConsentKind.ESCALATE,
        reason="需省平台开放接口",
        document_number="衡医保请〔2022〕3号",
        asked_at=moment(date(2022, 6, 1)),
        asked_by=city.clerk.person.user,
        decided_at=moment(date(2022, 6, 2)),
        decided_by=city.office.person.user,
        is_granted=True,
    )
    return item


def test_periods_and_when_they_end():
    assert period_of(BriefKind.WEEK, date(2022, 6, 19)) == (date(2022, 6, 13), date(2022, 6, 19))
    assert period_of(BriefKind.MONTH, date(2022, 6, 30)) == (date(2022, 6, 1), date(2022, 6, 30))
    assert [day for day in range(1, 31) if ends_a_period(BriefKind.WEEK, date(2022, 6, day))] == [
        5,
        12,
        19,
        26,
    ]
    assert [day for day in range(1, 31) if ends_a_period(BriefKind.MONTH, date(2022, 6, day))] == [30]


def test_the_week_counts_what_happened_in_it(stocked):
    stocked.walk(day=date(2022, 6, 15))
    stocked.walk(day=date(2022, 6, 13))
    text = to_text(paper(stocked, BriefKind.WEEK).blocks)
    assert "2022年6月14日至2022年6月20日，走流程1场次，新发现问题0个" in text
    month = to_text(paper(stocked, BriefKind.MONTH).blocks)
    assert "2022年6月1日至2022年6月20日，走流程2场次" in month
    assert "销号1条" in month
    assert "逾期未申请销号1条，涉及1个单位：市医保局1条，清单附后。" in text


def test_changes_are_against_the_snapshot_before_the_period(stocked):
    before = paper(stocked, BriefKind.WEEK)
    assert next(block for block in before.blocks if hasattr(block, "columns")).rows[0][3] == "没有上期快照"
    take_snapshots(campaign=stocked.campaign, on=date(2022, 6, 13))
    stocked.problem()
    table = next(block for block in paper(stocked, BriefKind.WEEK).blocks if hasattr(block, "columns"))
    changed = {row[0]: row[3] for row in table.rows}
    assert changed["发现问题"] == "较6月13日+1"
    assert changed["走流程场次"] == "—"


def test_requests_stand_with_reason_and_number(stocked, client):
    item = waiting(stocked)
    table = paper(stocked, BriefKind.REQUESTS).blocks[0]
    assert table.rows == (
        ("1", "市医保局", "省级平台数据不能回流", "需省平台开放接口", f"衡医保请〔2022〕3号\n{item.number}"),
    )
    assert "省级平台数据不能回流" in str(paper(stocked, BriefKind.MEETING).blocks)
    assert "没有需要提请上级协调的事项" in to_text(paper(stocked, BriefKind.REQUESTS, stocked.county).blocks)
    client.force_login(stocked.clerk.person.user)
    assert "衡医保请〔2022〕3号" in client.get("/reports/briefs/now/requests/").content.decode()
    assert client.get("/exports/?kind=requests").status_code == 200


def test_a_period_is_written_once_for_the_city_and_each_county(stocked):
    head = stocked.posting("shizhang", stocked.root, Role.HEAD, rank=Rank.HEAD)
    given = {"campaign": stocked.campaign, "now": NOON, "calendar": load_calendar()}
    assert write_due_briefs(on=date(2022, 6, 20), **given) == 2
    assert write_due_briefs(on=date(2022, 6, 20), **given) == 0
    assert set(Brief.objects.values_list("organization__code", "kind", "on")) == {
        ("430400", "WEEK", date(2022, 6, 19)),
        ("430481", "WEEK", date(2022, 6, 19)),
    }
    assert write_due_briefs(on=date(2022, 6, 24), **given) == 0, (
        "a machine that was off writes it later, once"
    )
    assert Notice.objects.filter(recipient=head.person.user, kind="BRIEF").count() == 1
    assert write_due_briefs(on=date(2022, 7, 1), **given) == 4, "the next week and the month"


def test_a_kept_one_stays_as_it_was_written(stocked, client):
    write_due_briefs(campaign=stocked.campaign, on=ON, now=NOON, calendar=load_calendar())
    brief = Brief.objects.get(organization=stocked.root)
    client.force_login(stocked.office.person.user)
    first = client.get(f"{brief.get_absolute_url()}file/").content
    stocked.problem()
    assert client.get(f"{brief.get_absolute_url()}file/").content == first
    assert "发现问题3个" in client.get(brief.get_absolute_url()).content.decode()
    assert brief.get_absolute_url() in client.get("/reports/briefs/").content.decode()
    client.force_login(stocked.clerk.person.user)
    assert client.get(brief.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("slug", ["week", "month", "meeting", "requests"])
def test_each_paper_reads_and_comes_as_docx(stocked, client, slug):
    client.force_login(stocked.clerk.person.user)
    assert client.get(f"/reports/briefs/now/{slug}/").status_code == 200
    answer = client.get(f"/reports/briefs/now/{slug}/file/")
    assert open_docx(io.BytesIO(answer.content)).paragraphs
    client.force_login(stocked.admin.person.user)
    assert client.get(f"/reports/briefs/now/{slug}/").status_code == 403
    assert client.get("/reports/briefs/now/nothing/").status_code in (403, 404)


def test_queries_do_not_grow_with_rows(stocked):
    with CaptureQueriesContext(connection) as few:
        paper(stocked, BriefKind.MEETING)
    for _ in range(5):
        waiting(stocked)
        stocked.walk(day=ON - timedelta(days=1))
    with CaptureQueriesContext(connection) as many:
        paper(stocked, BriefKind.MEETING)
    assert len(few) == len(many)
