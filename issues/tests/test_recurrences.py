"""同类问题: found by signature and by words, asked before registering, decided by 审改办, demanded at closing (五(二))."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.ground.refusal import NotAllowed
from campaigns.models import Notice
from campaigns.tests.factories import at, make_session
from issues.actions import closing, findings, ledger, recurrences
from issues.actions.judging import record_institution
from issues.lists.verifications import waiting_rows
from issues.models import LedgerItem, Problem, Recurrence, Verification
from issues.tests.factories import (
    CALENDAR,
    NOW,
    S,
    client_of,
    fresh,
    make_city,
    make_item,
    make_measure,
    make_problem,
    vetted,
)
from issues.twins import Said, pairs, twins_of
from issues.verifying import whole_because

pytestmark = pytest.mark.django_db

TEXT = "窗口叫号系统午间停摆，群众排队超过一小时，没有工作人员出来解释。"
EDITED = "午间叫号系统又停摆，群众在窗口排队一个多小时，没有人出来解释。"
STRANGE = "网上申报上传附件时一直提示格式不支持，换了三台手机都不行，客服电话无人接听。"
LATER = at("2022-05-25", "10:00")


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def closed(city, **facts) -> LedgerItem:
    """A problem of 市医保局, mended and closed on 2022-05-10."""
    return make_item(city, S.CLOSED, kind="QUICK", **{"text": TEXT, "step": "QUEUE", **facts})


def said(city, **changes) -> Said:
    values = {
        "text": STRANGE,
        "category": Problem.objects.first().category,
        "responsible_unit": city.yibao,
        "found_on": date(2022, 5, 24),
        "matter": city.matter,
        "step": "QUEUE",
    }
    return Said(**{**values, **changes})


def form_data(city, **changes) -> dict:
    values = {
        "reporting_unit": city.yibao.pk,
        "category": Problem.objects.first().category_id,
        "matter": city.matter.pk,
        "step": "QUEUE",
        "text": EDITED,
        "source": "WALK",
        "responsible_unit": city.yibao.pk,
        "found_on": "2022-05-24",
    }
    return {**values, **changes}


def text_of(answer) -> str:
    return answer.content.decode()


# ---- looked for ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "found", "signature"),
    [
        ({}, True, True),
        ({"text": EDITED}, True, True),
        ({"step": "FILL"}, False, False),
        ({"step": "FILL", "text": EDITED}, True, False),
        ({"matter": None}, False, False),
        ({"matter": None, "text": EDITED}, True, False),
    ],
)
def test_twins_are_found_by_signature_or_by_words(city, changes, found, signature):
    item = closed(city)
    twins = twins_of(said(city, **changes))
    assert [twin.item for twin in twins] == ([item] if found else [])
    assert [twin.same_signature for twin in twins] == ([signature] if found else [])


def test_another_units_problem_is_found_by_its_words_but_cannot_recur_here(city):
    item = closed(city, unit=city.leiyang_renshe)
    (twin,) = twins_of(said(city, text=EDITED))
    assert (twin.item, twin.is_open, twin.may_recur) == (item, False, False)


def test_refused_and_merged_problems_are_nobodys_twins(city):
    make_item(city, S.REFUSED, text=TEXT)
    assert twins_of(said(city, text=TEXT)) == []


def test_before_the_closing_it_is_no_recurrence(city):
    closed(city)
    (twin,) = twins_of(said(city, found_on=date(2022, 5, 9)))
    assert twin.may_recur is False


def test_at_most_five_are_shown(city):
    for _ in range(7):
        make_problem(city, text=TEXT, step="QUEUE")
    assert len(twins_of(said(city, text=TEXT))) == 5


# ---- asked before registering ----------------------------------------------------------------------------------------


def test_a_problem_without_twins_is_registered_at_once(city):
    closed(city)
    answer = client_of(city.yibao_reporter).post(
        "/issues/problems/new/", form_data(city, text=STRANGE, step="FILL")
    )
    assert answer.status_code == 302
    assert Recurrence.objects.count() == 0


def test_likely_twins_are_shown_with_both_texts_and_nothing_is_written(city):
    item = closed(city)
    page = client_of(city.yibao_reporter).post("/issues/problems/new/", form_data(city))
    shown = text_of(page)
    assert page.status_code == 200
    assert item.number in shown
    assert "同类问题复发" in shown
    assert "<mark>" in shown
    assert re.sub(r"</?mark>", "", shown).count(TEXT) == 1
    assert f'name="text" value="{EDITED}"' in shown
    assert Problem.objects.count() == 1


def test_a_twin_of_another_county_is_shown_without_names_and_without_link(city):
    item = closed(city, unit=city.leiyang_renshe)
    shown = text_of(client_of(city.yibao_reporter).post("/issues/problems/new/", form_data(city)))
    assert item.number in shown
    assert item.get_absolute_url() not in shown
    assert "耒阳人社局" in shown
    assert "leiyang_renshe_reporter" not in shown
    assert 'value="again-' not in shown


def test_the_choice_must_be_made(city):
    closed(city)
    client = client_of(city.yibao_reporter)
    for choice in ("", "again-999999", "same-1", "x"):
        page = client.post("/issues/problems/new/", form_data(city, twins="asked", choice=choice))
        assert page.status_code == 422
        assert "请先比对下面的问题" in text_of(page)
    assert Problem.objects.count() == 1


def test_going_back_keeps_what_was_typed(city):
    closed(city)
    page = client_of(city.yibao_reporter).post(
        "/issues/problems/new/", form_data(city, twins="asked", back="1")
    )
    assert page.status_code == 200
    assert EDITED in text_of(page)
    assert "<textarea" in text_of(page)


def test_the_same_problem_is_not_registered_again(city):
    item = make_problem(city, text=TEXT, step="QUEUE").item
    page = client_of(city.yibao_reporter).post(
        "/issues/problems/new/", form_data(city, twins="asked", choice=f"same-{item.pk}"), follow=True
    )
    assert page.redirect_chain[-1][0] == item.get_absolute_url()
    assert "没有重复登记" in text_of(page)
    assert Problem.objects.count() == 1


def test_the_same_problem_out_of_scope_leads_to_the_own_list(city):
    item = make_problem(city, text=TEXT, by=city.leiyang_renshe_reporter).item
    page = client_of(city.yibao_reporter).post(
        "/issues/problems/new/", form_data(city, twins="asked", choice=f"same-{item.pk}"), follow=True
    )
    assert page.redirect_chain[-1][0] == "/issues/problems/"
    assert item.number in text_of(page)


def test_a_recurrence_links_both_and_tells_the_unit(city):
    item = closed(city)
    client = client_of(city.yibao_reporter)
    data = form_data(city, twins="asked", choice=f"again-{item.pk}", reason="同一个窗口又停摆。")
    assert client.post("/issues/problems/new/", data).status_code == 302
    pair = Recurrence.objects.get()
    later = LedgerItem.objects.exclude(pk=item.pk).get()
    assert (pair.earlier, pair.later, pair.verdict) == (item, later, "AGAIN")
    assert (pair.closed_on, pair.days, pair.reason) == (date(2022, 5, 10), 14, "同一个窗口又停摆。")
    assert pair.same_signature
    assert 60 <= pair.similarity <= 99
    for one, other in ((item, later), (later, item)):
        for page in (one.get_absolute_url(), one.problem.get_absolute_url()):
            assert other.number in text_of(client.get(page)), page
    told = Notice.objects.filter(recipient=city.yibao_head.person.user, kind="RECURRENCE")
    assert [later.number in notice.title for notice in told] == [True]


def test_what_the_registrar_called_another_problem_stays_on_the_list(city):
    item = closed(city)
    data = form_data(city, twins="asked", choice="other")
    client_of(city.yibao_reporter).post("/issues/problems/new/", data)
    pair = Recurrence.objects.get()
    assert (pair.earlier, pair.verdict, pair.reason) == (item, "OTHER", "登记人认为不是同类问题。")


def test_a_refused_registration_leaves_no_pair(city):
    item = closed(city)
    data = form_data(city, twins="asked", choice=f"again-{item.pk}", found_on="2022-06-24")
    assert client_of(city.yibao_reporter).post("/issues/problems/new/", data).status_code == 422
    assert (Problem.objects.count(), Recurrence.objects.count()) == (1, 0)


# ---- listed for 审改办 -----------------------------------------------------------------------------------------------


def test_pairs_nobody_was_asked_about_are_listed_once(city):
    first = closed(city)
    again = make_problem(city, text=STRANGE, step="QUEUE", now=LATER, found_on=date(2022, 5, 24)).item
    worded = make_problem(city, text=EDITED, step="FILL", now=LATER, found_on=date(2022, 5, 24)).item
    make_problem(city, text=EDITED, step="FILL", now=LATER, responsible=city.renshe)
    assert recurrences.list_recurrences(now=LATER) == {"listed": 2}
    assert recurrences.list_recurrences(now=LATER) == {"listed": 0}
    rows = Recurrence.objects.order_by("later").values_list(
        "earlier", "later", "same_signature", "closed_on", "days", "verdict"
    )
    day = date(2022, 5, 10)
    assert list(rows) == [
        (first.pk, again.pk, True, day, 14, "OPEN"),
        (first.pk, worded.pk, False, day, 14, "OPEN"),
    ]


def test_the_nearest_earlier_one_of_a_signature_counts(city):
    closed(city, text="第一次：大厅里没有人引导，老人找不到窗口。")
    second = closed(city, text="第二次：取号机坏了一台，另一台没有纸，队伍排到门外。")
    third = make_problem(city, text=STRANGE, step="QUEUE", now=LATER, found_on=date(2022, 5, 24)).item
    assert [(pair.earlier, pair.later) for pair in pairs() if pair.later == third.pk] == [
        (second.pk, third.pk)
    ]


def test_an_open_twin_is_listed_by_its_words_only(city):
    first = make_problem(city, text=TEXT, step="QUEUE").item
    make_problem(city, text=STRANGE, step="QUEUE", now=LATER)
    same = make_problem(city, text=EDITED, step="QUEUE", now=LATER).item
    (pair,) = pairs()
    assert (pair.earlier, pair.later, pair.closed_on, pair.days) == (first.pk, same.pk, None, None)


def listed(city) -> Recurrence:
    closed(city)
    make_problem(city, text=EDITED, step="QUEUE", now=LATER, found_on=date(2022, 5, 24))
    recurrences.list_recurrences(now=LATER)
    return Recurrence.objects.get()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("shengaiban", 302),
        ("duchashi", 403),
        ("yibao_reporter", 403),
        ("yibao_head", 403),
        ("yibao_walker", 403),
        ("renshe_reporter", 403),
        ("leiyang_shengaiban", 404),
        ("auditor", 403),
        ("admin_posting", 403),
    ],
)
def test_who_decides(city, who, status):
    pair = listed(city)
    answer = client_of(getattr(city, who)).post(
        f"/issues/recurrences/{pair.pk}/decide/", {"verdict": "AGAIN", "reason": "同一窗口。"}
    )
    assert answer.status_code == status
    assert Recurrence.objects.again().count() == (status == 302)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("shengaiban", 200),
        ("duchashi", 200),
        ("yibao_reporter", 200),
        ("renshe_reporter", 404),
        ("leiyang_ducha", 404),
        ("yibao_walker", 403),
        ("auditor", 403),
    ],
)
def test_who_sees_a_pair(city, who, status):
    pair = listed(city)
    client = client_of(getattr(city, who))
    assert client.get(pair.get_absolute_url()).status_code == status
    shown = client.get("/issues/recurrences/")
    assert shown.status_code == (403 if status == 403 else 200)
    if status != 403:
        assert ("共 1 条" in text_of(shown)) is (status == 200)


def test_a_county_sees_the_citys_side_without_link(city):
    closed(city, unit=city.leiyang_renshe)
    other = make_problem(city, text=EDITED, step="QUEUE", now=LATER).item
    item = LedgerItem.objects.exclude(pk=other.pk).get()
    pair = Recurrence.objects.create(later=other, earlier=item, found_at=LATER)
    shown = text_of(client_of(city.leiyang_renshe_reporter).get(pair.get_absolute_url()))
    assert item.get_absolute_url() in shown
    assert other.get_absolute_url() not in shown
    assert other.number in shown


def test_the_verdict_needs_its_reason_and_keeps_what_was_typed(city):
    pair = listed(city)
    client = client_of(city.shengaiban)
    url = f"/issues/recurrences/{pair.pk}/decide/"
    page = client.post(url, {"verdict": "", "reason": "同一窗口又停摆。"})
    assert page.status_code == 422
    assert "请选择判定结果" in text_of(page)
    assert "同一窗口又停摆。" in text_of(page)
    assert client.post(url, {"verdict": "AGAIN", "reason": ""}).status_code == 422
    assert client.post(url, {"verdict": "SAME", "reason": "已销号的不能选。"}).status_code == 422
    assert Recurrence.objects.again().count() == 0


def test_the_last_verdict_holds(city):
    pair = listed(city)
    for verdict in ("AGAIN", "OTHER"):
        recurrences.decide_recurrence(
            recurrence=pair, by=city.shengaiban, now=LATER, verdict=verdict, reason="看了现场。"
        )
    pair.refresh_from_db()
    assert pair.verdict == "OTHER"


def test_while_the_earlier_is_open_it_is_no_recurrence(city):
    make_problem(city, text=TEXT, step="QUEUE")
    make_problem(city, text=EDITED, step="QUEUE", now=LATER)
    recurrences.list_recurrences(now=LATER)
    pair = Recurrence.objects.get()
    with pytest.raises(NotAllowed, match="还没有销号"):
        recurrences.decide_recurrence(
            recurrence=pair, by=city.shengaiban, now=LATER, verdict="AGAIN", reason="又来了。"
        )


def test_the_offices_own_items_are_not_decided_by_its_people(city):
    make_item(city, S.CLOSED, kind="QUICK", unit=city.hall, text=TEXT, step="QUEUE")
    make_problem(
        city, text=EDITED, step="QUEUE", by=city.hall_reporter, now=LATER, found_on=date(2022, 5, 24)
    )
    recurrences.list_recurrences(now=LATER)
    with pytest.raises(NotAllowed, match="不能由本单位的人判定"):
        recurrences.decide_recurrence(
            recurrence=Recurrence.objects.get(),
            by=city.shengaiban,
            now=LATER,
            verdict="AGAIN",
            reason="又来了。",
        )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("?state=待判定", 1),
        ("?state=同类问题复发", 0),
        ("?within=30", 0),
        ("?organization=430400-031", 1),
        ("?organization=430400-010", 0),
        ("?q=叫号", 1),
        ("?q=没有这样的话", 0),
        ("?state=乱写", 0),
    ],
)
def test_the_list_is_filtered_by_the_address(city, query, number):
    listed(city)
    page = text_of(client_of(city.shengaiban).get(f"/issues/recurrences/{query}"))
    assert f"共 {number} 条" in page or (number == 0 and "没有符合条件的同类问题" in page)


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


def test_the_list_costs_the_same_for_one_and_for_six(city):
    listed(city)
    client = client_of(city.shengaiban)
    one = queries(client, "/issues/recurrences/")
    for _ in range(5):
        make_problem(city, text=EDITED, step="QUEUE", now=LATER, found_on=date(2022, 5, 24))
    recurrences.list_recurrences(now=LATER)
    assert Recurrence.objects.count() > 5
    assert queries(client, "/issues/recurrences/") == one


# ---- what a recurrence demands ---------------------------------------------------------------------------------------


def again(city) -> tuple[LedgerItem, Recurrence]:
    """A recurrence on its way: 立行立改 with a measure that names no system."""
    pair = listed(city)
    recurrences.decide_recurrence(
        recurrence=pair, by=city.shengaiban, now=LATER, verdict="AGAIN", reason="同一窗口。"
    )
    item = fresh(pair.later)
    make_measure(item, city.yibao_reporter, now=LATER, kind="QUICK", due_on=None)
    return fresh(item), pair


def finish(city, item):
    return closing.finish_quick(
        item=fresh(item), by=city.yibao_reporter, now=LATER, note="已修复。", calendar=CALENDAR
    )


def test_a_recurrence_is_not_done_without_an_institution(city):
    item, _ = again(city)
    with pytest.raises(NotAllowed, match="要先建立长效机制.*再办结"):
        finish(city, item)
    findings.MeasureProblem.objects.filter(problem=item.problem).delete()
    measure = make_measure(
        item,
        city.yibao_reporter,
        now=LATER,
        kind="QUICK",
        due_on=None,
        institution="午间值守制度",
        institution_number="衡医保发〔2022〕12号",
    )
    with pytest.raises(NotAllowed, match="要先建立长效机制"):
        finish(city, item)  # a name and a number are a sentence; the paper itself counts (contract §7.9)
    record_institution(
        measure=measure,
        by=city.yibao_reporter,
        now=LATER,
        name="午间值守制度",
        number="衡医保发〔2022〕12号",
        issued_on=date(2022, 5, 10),
        file=vetted(),
    )
    finish(city, item)
    assert fresh(item).state == S.REVIEWED
    closing.close(item=fresh(item), by=city.shengaiban, now=LATER, calendar=CALENDAR)
    assert fresh(item).state == S.CLOSED


def test_decided_after_the_application_it_stops_the_closing(city):
    pair = listed(city)
    item = fresh(pair.later)
    make_measure(item, city.yibao_reporter, now=LATER, kind="QUICK", due_on=None)
    finish(city, item)
    recurrences.decide_recurrence(
        recurrence=pair, by=city.shengaiban, now=LATER, verdict="AGAIN", reason="同一窗口。"
    )
    with pytest.raises(NotAllowed, match="要先建立长效机制.*再销号"):
        closing.close(item=fresh(item), by=city.shengaiban, now=LATER, calendar=CALENDAR)


def test_what_is_no_recurrence_demands_nothing(city):
    pair = listed(city)
    recurrences.decide_recurrence(
        recurrence=pair, by=city.shengaiban, now=LATER, verdict="OTHER", reason="不同的系统。"
    )
    item = fresh(pair.later)
    make_measure(item, city.yibao_reporter, now=LATER, kind="QUICK", due_on=None)
    finish(city, item)
    assert fresh(item).state == S.REVIEWED


def test_the_problem_is_found_among_those_on_paper_dates(city):
    """A problem found and registered on the day of the closing counts from day 0."""
    closed(city)
    make_problem(city, text=EDITED, step="QUEUE", now=NOW)
    recurrences.list_recurrences(now=NOW)
    assert Recurrence.objects.get().days == 0


# ---- one predicate: what a confirmed recurrence demands ----------------------------------------------------------------


def confirmed(city, later: LedgerItem, **facts) -> Recurrence:
    values = {
        "earlier": make_item(city, S.CLOSED, kind="QUICK"),
        "found_at": NOW,
        "verdict": "AGAIN",
        "decided_at": NOW,
        "decided_by": city.shengaiban.person.user,
        "reason": "同一窗口。",
        "closed_on": date(2022, 5, 10),
        "days": 3,
    }
    return Recurrence.objects.create(later=later, **{**values, **facts})


def demands(city, item: LedgerItem) -> tuple[bool, bool, bool]:
    """Whether a 长效机制 is asked for, whether the whole way is, and what the list of 待核验 says."""
    try:
        recurrences.check_institution(fresh(item), "销号")
        institution = False
    except NotAllowed:
        institution = True
    row = waiting_rows(LedgerItem.objects.filter(pk=item.pk)).get()
    return institution, whole_because(fresh(item)) == "同类问题复发", row.recurs


@pytest.mark.parametrize(
    ("verdict", "demanded"), [("AGAIN", True), ("SAME", False), ("OTHER", False), ("OPEN", False)]
)
def test_both_demands_hang_on_one_predicate(city, verdict, demanded):
    item = make_item(city, S.RECTIFYING, category="A05")
    if verdict == "OPEN":
        said = {"verdict": "OPEN", "decided_at": None, "decided_by": None, "reason": ""}
    else:
        said = {"verdict": verdict}
    confirmed(city, item, **said)
    assert demands(city, item) == (demanded,) * 3


def test_the_earlier_one_of_a_pair_demands_nothing(city):
    pair = confirmed(city, make_item(city, S.RECTIFYING, category="A05"))
    assert demands(city, pair.earlier) == (False, False, False)


def test_merging_a_recurrence_away_hands_its_demands_on(city):
    """并案办理 is no way out: the survivor keeps both histories, and what they ask for."""
    item, survivor = (make_item(city, S.RECTIFYING, category="A05") for _ in range(2))
    confirmed(city, item)
    assert demands(city, survivor) == (False, False, False)
    ledger.merge(item=item, into=survivor, by=city.shengaiban, now=NOW, note="同一件事。", calendar=CALENDAR)
    assert demands(city, survivor) == (True, True, True)


def test_confirmed_after_a_step_was_walked_again_the_whole_way_is_asked_for(city, monkeypatch):
    """The 核验 of one step, made before, doesn't close it any more."""
    monkeypatch.setattr("issues.verifying.is_drawn", lambda number: False)
    item = make_item(city, S.REVIEWED, category="A05", step="ACCEPT")
    measure = item.finding.measures.get()
    record_institution(
        measure=measure,
        by=city.yibao_reporter,
        now=NOW,
        name="值守制度",
        number="衡医保发〔2022〕12号",
        issued_on=date(2022, 5, 10),
        file=vetted(),
    )

    def looked_back(*, is_whole: bool) -> LedgerItem:
        item.verification = Verification.objects.create(
            item=item,
            session=make_session(city.campaign, city.yibao, matter=city.matter, started_at=LATER),
            is_whole=is_whole,
            is_improved=True,
            summary="少跑一次。",
            verified_at=LATER,
            verified_by=city.duchashi.person.user,
        )
        item.save(update_fields=["verification"])
        return fresh(item)

    closing.check_verified(looked_back(is_whole=False))
    confirmed(city, item)
    with pytest.raises(NotAllowed, match="要全程再走一遍（同类问题复发）"):
        closing.check_verified(fresh(item))
    closing.check_verified(looked_back(is_whole=True))
