"""Two people press at the same moment: one wins, the other reads why, and history has one line (PostgreSQL).

SQLite lets one writer in at a time (BEGIN IMMEDIATE), so there the second one simply comes second.
"""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from campaigns.actions.slips import sign_slip
from campaigns.enums import Reach, Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Deadline, Notice, Slip
from campaigns.tests.factories import make_posting
from issues.actions import ledger, requests
from issues.actions.bulk import act_on_each
from issues.tests.factories import CALENDAR, NOW, ON, S, fresh, make_city, make_item, make_problem, vetted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'sqlite'",
        reason="SQLite 同一时刻只有一个写事务，两人同时按在 PostgreSQL 上测。",
    ),
]


def at_once(*acts) -> list:
    """Run the acts in threads that start together; what each returned, or the refusal it met."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except NotAllowed as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def refusals(results: list) -> list[NotAllowed]:
    return [result for result in results if isinstance(result, NotAllowed)]


def test_two_offices_assign(db):
    city = make_city()
    item = make_problem(city, by=city.renshe_reporter, responsible=city.leiyang_renshe).item
    results = at_once(
        lambda: ledger.assign(item=item, by=city.shengaiban, now=NOW, calendar=CALENDAR),
        lambda: ledger.assign(item=item, by=city.leiyang_shengaiban, now=NOW, calendar=CALENDAR),
    )
    (refused,) = refusals(results)
    assert isinstance(refused, Changed)
    assert "已经转办" in str(refused)
    assert item.entries.filter(move="ASSIGN").count() == 1
    assert Deadline.objects.running().filter(kind="TURN").count() == 1


def test_a_double_click_in_the_same_moment(db):
    city = make_city()
    item = make_item(city, S.RECTIFYING)
    seen = item.entries.count()
    report = {"item": item, "by": city.yibao_reporter, "now": NOW, "note": "已招标。", "seen": seen}
    results = at_once(*[lambda: ledger.report_progress(calendar=CALENDAR, **report) for _ in range(3)])
    assert len(refusals(results)) == 2
    assert item.entries.filter(move="PROGRESS").count() == 1


def test_signed_and_refused_at_once(db):
    """主要负责人 signs while 审改办 refuses: one of the two, never both."""
    city = make_city()
    item = make_item(city, S.UNSIGNED)
    results = at_once(
        lambda: ledger.sign(item=item, by=city.yibao_head, now=NOW, calendar=CALENDAR),
        lambda: ledger.refuse(item=item, by=city.shengaiban, now=NOW, note="不属实。", calendar=CALENDAR),
    )
    assert len(refusals(results)) == 1
    assert fresh(item).state in (S.RECTIFYING, S.REFUSED)
    assert item.entries.filter(move__in=["SIGN", "REFUSE"]).count() == 1
    if fresh(item).state == S.REFUSED:
        assert not Deadline.objects.running().filter(link=item.get_absolute_url()).exists()


def test_applied_twice_and_closed_twice(db):
    city = make_city()
    item = make_item(city, S.RECTIFYING)
    apply = {"item": item, "by": city.yibao_reporter, "now": NOW, "files": [vetted()], "calendar": CALENDAR}
    assert len(refusals(at_once(*[lambda: ledger.apply_for_closure(**apply)] * 2))) == 1
    ledger.pass_review(item=fresh(item), by=city.yibao_deputy, now=NOW, calendar=CALENDAR)
    close = {"item": fresh(item), "by": city.shengaiban, "now": NOW, "calendar": CALENDAR}
    assert len(refusals(at_once(*[lambda: ledger.close(**close)] * 2))) == 1
    assert fresh(item).state == S.CLOSED
    assert item.entries.filter(move="CLOSE").count() == 1


def test_two_requests_at_once(db):
    city = make_city()
    item = make_item(city, S.RECTIFYING)
    ask = {
        "item": item,
        "by": city.yibao_reporter,
        "now": NOW,
        "kind": "ESCALATE",
        "reason": "省级平台故障。",
    }
    results = at_once(*[lambda: requests.ask_consent(**ask)] * 2)
    assert len(refusals(results)) == 1
    assert item.consents.count() == 1


def test_closed_and_returned_at_once(db):
    """Two of the office decide differently in the same moment: one decision stands, with its clocks."""
    city = make_city()
    item = make_item(city, S.REVIEWED)
    item = fresh(item)
    facts = {"item": item, "by": city.shengaiban, "now": NOW, "calendar": CALENDAR}
    results = at_once(lambda: ledger.close(**facts), lambda: ledger.return_(note="未见成效。", **facts))
    (refused,) = refusals(results)
    assert isinstance(refused, Changed)
    now = fresh(item)
    assert now.state in (S.CLOSED, S.RECTIFYING)
    assert now.deadline.is_open is (now.state == S.RECTIFYING)
    assert item.entries.filter(move__in=["CLOSE", "RETURN"]).count() == 1


def test_an_extension_granted_twice_moves_the_date_once(db):
    city = make_city()
    item = make_item(city, S.RECTIFYING)
    asked = requests.ask_extension(
        item=item,
        by=city.yibao_reporter,
        now=NOW,
        new_due_on=date(2022, 7, 1),
        reason="设备未到。",
        progress="已订货。",
    )
    facts = {"extension": asked, "by": city.shengaiban, "now": NOW, "granted": True, "calendar": CALENDAR}
    results = at_once(*[lambda: requests.decide_extension(**facts)] * 2)
    assert len(refusals(results)) == 1
    assert (fresh(item).deadline.due_on, fresh(item).deadline.round) == (date(2022, 7, 1), 2)


def test_a_paper_signed_twice_has_one_number(db):
    """Two of 审改办 sign the same 督办单, a third another one: two papers, two numbers, told once each."""
    city = make_city()
    items = [make_item(city, S.RECTIFYING), make_item(city, S.RECTIFYING, unit=city.renshe)]
    slips = [Slip.objects.create(about=i.deadline, round=1, level=4, drafted_on=ON) for i in items]
    results = at_once(
        *[
            lambda slip=slip: sign_slip(slip=slip, by=city.shengaiban, now=NOW, calendar=CALENDAR)
            for slip in (slips[0], slips[0], slips[1])
        ]
    )
    (refused,) = refusals(results)
    assert isinstance(refused, Changed)
    assert set(Slip.objects.values_list("number", flat=True)) == {"督〔2022〕1号", "督〔2022〕2号"}
    assert Deadline.objects.filter(kind="SLIP").count() == 2
    assert Notice.objects.filter(kind="SLIP", recipient=city.yibao_head.person.user).count() == 1


def test_two_offices_close_the_same_heap(db):
    """批量销号 by two people at once: each item is closed once, whoever came second reads why, item by item."""
    city = make_city()
    items = [make_item(city, S.REVIEWED) for _ in range(3)]
    other = make_posting(city.root, Role.REFORM_OFFICE, "shengaiban2", reach=Reach.SUBTREE)
    results = at_once(
        *[
            lambda by=by: act_on_each(items=items, act=ledger.close, by=by, now=NOW, calendar=CALENDAR)
            for by in (city.shengaiban, other)
        ]
    )
    done = [item.pk for result in results for item in result[0]]
    refused = [sentence for result in results for _, sentence in result[1]]
    assert sorted(done) == sorted(item.pk for item in items)
    assert len(refused) == 3
    assert all("已经销号" in sentence for sentence in refused)
    assert [item.entries.filter(move="CLOSE").count() for item in items] == [1, 1, 1]


def test_the_head_and_the_stand_in_sign_the_same_batch(db):
    city = make_city()
    items = [make_item(city, S.UNSIGNED) for _ in range(2)]
    seen = {item.pk: item.entries.count() for item in items}
    stand_in = make_posting(city.yibao, Role.HEAD, "daiqian")
    results = at_once(
        *[
            lambda by=by: ledger.sign_batch(items=items, by=by, now=NOW, seen=seen, calendar=CALENDAR)
            for by in (city.yibao_head, stand_in)
        ]
    )
    assert sorted(item.pk for signed, _ in results for item in signed) == sorted(item.pk for item in items)
    assert sum(len(refused) for _, refused in results) == 2
    assert [item.entries.filter(move="SIGN").count() for item in items] == [1, 1]


def test_merged_into_each_other_at_once(db):
    """Two items, each into the other: one way wins, no circle."""
    city = make_city()
    first, second = make_item(city, S.PLANNING), make_item(city, S.PLANNING)
    merge = {"by": city.shengaiban, "now": NOW, "note": "同一件事。", "calendar": CALENDAR}
    results = at_once(
        lambda: ledger.merge(item=first, into=second, **merge),
        lambda: ledger.merge(item=second, into=first, **merge),
    )
    assert len(refusals(results)) == 1
    assert sorted([fresh(first).state, fresh(second).state]) == [S.MERGED, S.PLANNING]
