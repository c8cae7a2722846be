"""回头看核验: who looks, how much of the way, what it has to show, and what waiting for it means (contract §7.4)."""

from datetime import date
from decimal import Decimal

import pytest

from campaigns.enums import Role
from campaigns.ground.notices import NoticeLine
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Case, CheckPoint, SessionStep, WalkSession
from campaigns.tests.factories import at, make_person, make_posting, make_session
from issues.actions import ledger
from issues.actions.daily import run_day
from issues.actions.verifying import stop_waiting, verify, waive_verification, walk_step_again
from issues.enums import LedgerState as S
from issues.models import LedgerItem, Recurrence, Verification
from issues.side_by_side import cases_beside, side_by_side
from issues.tests.factories import CALENDAR, make_city, make_item, vetted
from issues.verifying import StepAgain, is_drawn, waits_for_verifier, whole_because

pytestmark = pytest.mark.django_db
APPLIED = at("2022-05-12", "09:00")
LATER = at("2022-05-13", "10:00")


@pytest.fixture
def city():
    return make_city()


@pytest.fixture
def first(city):
    """The first walk: three trips, five days, and 受理 took an hour."""
    walk = make_session(
        city.campaign, city.yibao, matter=city.matter, number="DJ-1", actual_trips=3, actual_days=5
    )
    timed(walk, "ACCEPT", 60)
    return walk


def timed(walk, kind, minutes, sequence=1):
    ended = at("2022-05-10", f"{9 + minutes // 60:02d}:{minutes % 60:02d}")
    SessionStep.objects.create(
        session=walk, sequence=sequence, kind=kind, started_at=at("2022-05-10"), ended_at=ended
    )


@pytest.fixture
def item(city, first):
    """Applied for by 市医保局's 填报员, waiting for 单位审核; found on `first`, at 受理."""
    made = make_item(city, S.RECTIFYING, category="A05", session=first, step="ACCEPT")
    ledger.apply_for_closure(
        item=made, by=city.yibao_reporter, now=APPLIED, files=[vetted()], calendar=CALENDAR
    )
    return fresh(made)


@pytest.fixture
def colleague(city):
    """A second 填报员 of the unit."""
    return make_posting(city.yibao, Role.REPORTER)


def fresh(item):
    return LedgerItem.objects.select_related("verification", "turn").get(pk=item.pk)


def again(posting, **changes):
    values = {
        "walker": posting.person,
        "kind": "ACCEPT",
        "started_at": at("2022-05-13", "09:40"),
        "ended_at": at("2022-05-13", "09:50"),
        "numbers": {"actual_trips": 1, "actual_days": 5, "actual_fee": Decimal("0")},
        "verdict": "CONFORMS",
    }
    return StepAgain(**{**values, **changes})


def step_again(item, by, now=LATER, **changes):
    return walk_step_again(item=item, by=by, now=now, again=again(by, **changes), summary="只跑一次就办成。")


def test_the_ten_minute_job_is_a_walk_of_its_own(city, item, first, colleague):
    assert waits_for_verifier(item)
    found = step_again(item, colleague)
    walk = found.session
    assert walk.number.startswith("DJ-")
    assert (walk.matter, walk.walked_unit, walk.reporting_unit) == (
        city.matter,
        first.walked_unit,
        city.yibao,
    )
    assert [(step.kind, step.minutes) for step in walk.steps.all()] == [("ACCEPT", 10)]
    assert [(point.category.code, point.verdict) for point in walk.checkpoints.all()] == [("A05", "CONFORMS")]
    assert (found.is_improved, found.is_whole) == (True, False)
    item = fresh(item)
    assert item.verification == found
    assert not waits_for_verifier(item)
    assert not LedgerItem.objects.waiting_for_verifier().exists()


def test_side_by_side(city, item, first, colleague):
    CheckPoint.objects.create(session=first, category=item.problem.category, verdict="FAILS")
    found = step_again(item, colleague)
    shown = {row.label: (row.before, row.after, row.change) for row in side_by_side(fresh(item), found)}
    assert shown == {
        "环节（个）": (None, None, ""),
        "材料（份）": (None, None, ""),
        "时限（个工作日）": ("5", "5", "没有变化"),
        "跑动（次）": ("3", "1", "↓ 减少 2"),
        "费用（元）": (None, "0", ""),
        "受理用时（分钟）": ("60", "10", "↓ 减少 50"),
        "要点 A05 跑路次数过多": ("不符合", "符合", "✓ 现在符合"),
    }


def test_the_citizens_own_cases_stand_beside(city, item, colleague):
    assert cases_beside(item) == []
    for n, (applied, finished, visits) in enumerate(
        [
            ("2022-04-01", "2022-04-11", 3),
            ("2022-04-02", "2022-04-06", 3),
            ("2022-04-03", "2022-04-05", 1),
            ("2022-05-12", "2022-05-13", 1),
        ]
    ):
        Case.objects.create(
            number=f"BJ{n}",
            matter=city.matter,
            organization=city.yibao,
            applied_at=at(applied, "09:00"),
            finished_at=at(finished, "09:00"),
            visit_count=visits,
        )
    rows = [(row.label, row.before, row.after, row.change) for row in cases_beside(item)]
    assert rows == [
        ("全程（小时），整改前 3 件、申请销号后 1 件", "96", "24", "↓ 减少 72"),
        ("到场（次）", "3", "1", "↓ 减少 2"),
        ("补正（次）", None, None, ""),
    ]


def test_nothing_improved_can_only_be_returned(city, item, colleague):
    step_again(item, colleague, numbers={"actual_trips": 3, "actual_days": 6}, verdict="FAILS")
    item = ledger.pass_review(item=item, by=city.yibao_deputy, now=LATER, calendar=CALENDAR)
    with pytest.raises(NotAllowed, match="没有看到改善，只能退回重办"):
        ledger.close(item=fresh(item), by=city.shengaiban, now=LATER, calendar=CALENDAR)


def test_a_verification_older_than_the_fix_does_not_count_and_stays_as_history(city, item, colleague):
    old = step_again(item, colleague)
    item = ledger.fail_review(
        item=item, by=city.yibao_deputy, now=LATER, note="材料不全。", calendar=CALENDAR
    )
    second = at("2022-05-16", "09:00")
    item = ledger.apply_for_closure(
        item=fresh(item), by=city.yibao_reporter, now=second, files=[vetted(name="b.txt")], calendar=CALENDAR
    )
    item = ledger.pass_review(item=item, by=city.yibao_deputy, now=second, calendar=CALENDAR)
    assert list(LedgerItem.objects.waiting_for_verifier()) == [item]
    with pytest.raises(NotAllowed, match="早于本次申请销号"):
        ledger.close(item=fresh(item), by=city.shengaiban, now=second, calendar=CALENDAR)
    new = step_again(
        fresh(item),
        colleague,
        at("2022-05-16", "11:00"),
        started_at=at("2022-05-16", "10:00"),
        ended_at=at("2022-05-16", "10:10"),
    )
    assert list(Verification.objects.order_by("pk")) == [old, new]
    item = ledger.close(item=fresh(item), by=city.shengaiban, now=second, calendar=CALENDAR)
    assert (item.state, item.verification) == (S.CLOSED, new)


def test_never_the_applicant(city, item):
    with pytest.raises(NotAllowed, match="申请人不能核验自己的整改"):
        step_again(item, city.yibao_reporter)
    walk = make_session(
        city.campaign, city.yibao, [city.yibao_reporter.person], city.matter, started_at=at("2022-05-13")
    )
    with pytest.raises(NotAllowed, match="申请人本人走的"):
        verify(item=item, session=walk, by=city.duchashi, now=LATER, summary="好了。")


@pytest.mark.parametrize("who", ["yibao_deputy", "yibao_head", "shengaiban", "duchashi"])
def test_only_who_may_walk_does_the_job_on_the_spot(city, item, who):
    with pytest.raises(NotAllowed, match="现场核验由填报员或体验人办理"):
        step_again(item, getattr(city, who))


def test_the_leader_who_walked_first_may_look_again(city, item, first):
    walker = make_posting(city.yibao, Role.WALKER)
    first.walkers.add(walker.person)
    assert step_again(item, walker).verified_by == walker.person.user


def test_the_same_step_has_to_be_walked(city, item):
    walk = make_session(city.campaign, city.root, matter=city.matter, started_at=at("2022-05-13"))
    with pytest.raises(NotAllowed, match="再走一次“受理”"):
        verify(item=item, session=walk, by=city.duchashi, now=LATER, summary="好了。")


@pytest.mark.parametrize("source", ["HOTLINE", "RATING", "UNSOLVED_WINDOW"])
def test_complaints_are_walked_whole(city, first, colleague, source):
    made = make_item(city, S.RECTIFYING, category="A05", session=first, step="ACCEPT", source=source)
    ledger.apply_for_closure(
        item=made, by=city.yibao_reporter, now=APPLIED, files=[vetted()], calendar=CALENDAR
    )
    made = fresh(made)
    assert whole_because(made).startswith("问题来自")
    with pytest.raises(NotAllowed, match="要全程再走一遍"):
        step_again(made, colleague)
    walk = make_session(
        city.campaign, city.root, matter=city.matter, started_at=at("2022-05-13"), actual_trips=1
    )
    timed(walk, "ACCEPT", 10)
    with pytest.raises(NotAllowed, match="没有从咨询、备料到出件"):
        verify(item=made, session=walk, by=city.duchashi, now=LATER, summary="好了。")
    for sequence, kind in enumerate(("CONSULT", "DELIVER"), start=2):
        timed(walk, kind, 5, sequence)
    found = verify(item=made, session=walk, by=city.duchashi, now=LATER, summary="好了。")
    assert (found.is_whole, found.is_improved) == (True, True)


def test_a_recurrence_is_walked_whole(city, item):
    before = make_item(city, S.CLOSED, category="A05")
    Recurrence.objects.create(
        later=item,
        earlier=before,
        found_at=APPLIED,
        verdict="AGAIN",
        decided_at=APPLIED,
        decided_by=city.shengaiban.person.user,
        reason="又要跑三次。",
        closed_on=date(2022, 5, 1),
        days=9,
    )
    assert whole_because(item) == "同类问题复发"


def test_the_draw_is_one_in_five_and_always_the_same():
    drawn = [n for n in range(1, 1001) if is_drawn(f"TZ-2022-430400-031-{n:04d}")]
    assert 160 <= len(drawn) <= 240
    assert is_drawn("TZ-2022-430400-031-0006")
    assert not is_drawn("TZ-2022-430400-031-0001")


def test_the_application_tells_who_may_look(city, item, colleague):
    lines = NoticeLine.objects.filter(text__contains="回头看核验", notice__kind="VERIFY")
    told = {line.notice.recipient for line in lines.select_related("notice__recipient")}
    assert city.yibao_reporter.person.user not in told, "not the applicant"
    assert {city.yibao_deputy.person.user, city.shengaiban.person.user} <= told
    assert "再走一次“受理”" in lines.first().text
    assert lines.first().link == f"/issues/ledger/{item.pk}/look-back/"


def test_waiting_more_than_five_working_days_stops_the_units_clock(city, item, colleague):
    """Applied on 05-12: five working days are over on 05-19; on 05-20 it stops."""
    for day, stopped in (("2022-05-19", 0), ("2022-05-20", 1), ("2022-05-20", 0), ("2022-05-23", 0)):
        on = date.fromisoformat(day)
        assert stop_waiting(on=on, now=at(day), calendar=CALENDAR) == stopped, day
    item = fresh(item)
    assert (item.state, item.turn.is_open, item.turn.settled_on) == (S.APPLIED, False, date(2022, 5, 20))
    step_again(
        item,
        colleague,
        at("2022-05-24"),
        started_at=at("2022-05-24", "08:00"),
        ended_at=at("2022-05-24", "08:10"),
    )
    item = fresh(item)
    assert (item.turn.is_open, item.turn.due_on) == (True, date(2022, 5, 26))


def test_a_waiver_lets_it_go_on_too(city, item):
    stop_waiting(on=date(2022, 5, 20), now=at("2022-05-20"), calendar=CALENDAR)
    waive_verification(item=item, by=city.shengaiban, now=at("2022-05-20"), reason="系统已下线。")
    assert fresh(item).turn.is_open


def test_the_days_run_stops_it(city, item):
    run_day(on=date(2022, 5, 20), now=at("2022-05-20"))
    assert not fresh(item).turn.is_open


def test_what_needs_no_verification_needs_no_waiver(city):
    made = make_item(city, S.REVIEWED, category="B05")
    with pytest.raises(NotAllowed, match="不需要核验"):
        waive_verification(item=made, by=city.shengaiban, now=LATER, reason="无")


# — pages —


def page(client, posting, url, **data):
    client.force_login(posting.person.user)
    return client.post(url, data) if data else client.get(url)


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


def test_the_list_and_the_form(client, city, item, colleague, today):
    words = page(client, colleague, "/issues/verifications/").content.decode()
    assert item.number in words
    assert "再走一次“受理”" in words
    assert "共 1 条" in words
    address = f"/issues/ledger/{item.pk}/look-back/"
    assert address in page(client, colleague, f"/issues/ledger/{item.pk}/").content.decode()
    form = page(client, colleague, address).content.decode()
    assert 'name="actual_trips" value="3"' in form, "the first walk's numbers stand there already"
    sent = {
        "walker": colleague.person.pk,
        "kind": "ACCEPT",
        "started_at": "2022-05-13T09:40",
        "ended_at": "2022-05-13T09:50",
        "result": "PASSED",
        "channel": "HALL_WINDOW",
        "verdict": "CONFORMS",
        "actual_trips": "1",
    }
    answer = page(client, colleague, address, **sent)
    assert answer.status_code == 422
    assert "请填写核验情况。" in answer.content.decode()
    answer = page(client, colleague, address, **sent, summary="只跑一次。")
    assert answer.status_code == 302
    words = page(client, colleague, f"/issues/ledger/{item.pk}/").content.decode()
    assert "有改善" in words
    assert "↓ 减少 2" in words
    assert page(client, colleague, address).status_code == 302, "nothing waits any more"
    assert "没有等待核验的台账" in page(client, colleague, "/issues/verifications/").content.decode()


def test_who_opens_the_form(client, city, item):
    address = f"/issues/ledger/{item.pk}/look-back/"
    assert page(client, city.yibao_reporter, address).status_code == 403, "the applicant"
    assert page(client, city.shengaiban, address).status_code == 403
    assert page(client, city.renshe_reporter, address).status_code == 404


def test_the_list_takes_as_many_queries_for_one_as_for_six(
    client, city, item, colleague, django_assert_max_num_queries
):
    client.force_login(colleague.person.user)

    def asked() -> int:
        with django_assert_max_num_queries(40) as captured:
            assert client.get("/issues/verifications/").status_code == 200
        return len(captured)

    asked()
    one = asked()
    for _ in range(5):
        made = make_item(city, S.RECTIFYING, category="A05", step="ACCEPT")
        ledger.apply_for_closure(
            item=made, by=city.yibao_reporter, now=APPLIED, files=[vetted()], calendar=CALENDAR
        )
    assert asked() == one


def test_a_walker_without_a_walk_there_sees_nothing(client, city, item):
    walker = make_posting(city.yibao, Role.WALKER, person=make_person(city.yibao))
    assert page(client, walker, f"/issues/ledger/{item.pk}/look-back/").status_code == 404
    assert WalkSession.objects.filter(walkers=walker.person).count() == 0
