"""会商 with decisions that become deadlines, and 批量顺延 that is no extension (contract §7.6, §7.7)."""

from datetime import date

import pytest
from django.utils import timezone

from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Deadline, NoticeLine
from campaigns.tests.factories import at
from issues.actions import judging, ledger, meetings, shifts
from issues.models import Meeting, Shift
from issues.tests.factories import (
    CALENDAR,
    NOW,
    ON,
    S,
    client_of,
    fresh,
    make_city,
    make_item,
    make_problem,
    unit_postings,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-11", "09:30"))


def told(posting) -> list[str]:
    lines = NoticeLine.objects.filter(notice__recipient=posting.person.user)
    return list(lines.order_by("pk").values_list("text", flat=True))


# ---- 会商 ------------------------------------------------------------------------------------------------------------


def met(city, item, **given):
    facts = {
        "by": city.shengaiban,
        "now": NOW,
        "campaign": city.campaign,
        "title": "叫号系统会商",
        "held_on": ON,
        "document_number": "衡审改纪〔2022〕3号",
        "units": [city.yibao],
        "items": [item],
        "decisions": [
            {"item": item, "organization": city.hall, "text": "腾出两个窗口", "due_on": date(2022, 5, 20)}
        ],
        "calendar": CALENDAR,
    }
    return meetings.record_meeting(**facts | given)


def test_a_decision_is_a_deadline_of_its_unit(city):
    item = make_item(city, S.RECTIFYING)
    meeting = met(city, item)
    decision = meeting.decisions.get()
    assert (decision.deadline.organization, decision.deadline.due_on) == (city.hall, date(2022, 5, 20))
    assert decision.deadline in Deadline.objects.running()
    assert set(meeting.units.all()) == {city.yibao, city.hall}
    assert city.hall in item.helper_units.all()
    assert any("腾出两个窗口" in text for text in told(city.hall_reporter))
    assert item.entries.get(move="MEET").note.startswith("衡审改纪〔2022〕3号 议定")
    with pytest.raises(NotAllowed, match="由承办单位市行政审批局"):
        meetings.finish_decision(decision=decision, by=city.yibao_reporter, now=NOW)
    meetings.finish_decision(decision=decision, by=city.hall_reporter, now=NOW)
    assert decision.deadline not in Deadline.objects.running()
    with pytest.raises(Changed, match="已经办结"):
        meetings.finish_decision(decision=decision, by=city.hall_reporter, now=NOW)


def test_a_closed_item_leaves_no_decision_running(city):
    item = make_item(city, S.RECTIFYING)
    decision = met(city, item).decisions.get()
    ledger.apply_for_closure(
        item=fresh(item), by=city.yibao_reporter, now=NOW, note="好了。", calendar=CALENDAR
    )
    assert decision.deadline not in Deadline.objects.running()


def test_what_a_record_needs(city):
    item = make_item(city, S.RECTIFYING)
    for given, sentence in (
        ({"items": []}, "会商了哪几条"),
        ({"units": []}, "参加会商的单位"),
        ({"held_on": date(2022, 5, 11)}, "不能晚于今天"),
        ({"document_number": " "}, "纪要文号"),
        ({"by": city.yibao_reporter}, "由审改办或督查室登记"),
        ({"by": city.leiyang_shengaiban}, "不在您的管辖范围内"),
        ({"items": [make_item(city, S.CLOSED)], "decisions": []}, "不用会商"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            met(city, item, **given)
    assert Meeting.objects.count() == 0


def test_the_pages_of_a_meeting(city):
    item = make_item(city, S.RECTIFYING)
    client = client_of(city.shengaiban)
    form = {
        "title": "叫号系统会商",
        "held_on": "2022-05-10",
        "document_number": "衡审改纪〔2022〕4号",
        "units": "市医保局、市行政审批局",
        "items": item.number,
        "decision-TOTAL_FORMS": "3",
        "decision-INITIAL_FORMS": "0",
        "decision-0-item": item.number,
        "decision-0-organization": city.hall.pk,
        "decision-0-text": "腾出两个窗口",
    }
    missing = client.post("/issues/meetings/new/", form)
    assert missing.status_code == 422
    assert "请填写完成时限" in missing.content.decode()
    assert client.post("/issues/meetings/new/", form | {"items": "ZL-9"}).status_code == 422
    made = client.post("/issues/meetings/new/", form | {"decision-0-due_on": "2022-05-20"})
    assert made.status_code == 302
    meeting = Meeting.objects.get()
    assert "共 1 条" in client_of(city.hall_reporter).get("/issues/meetings/").content.decode()
    page = client_of(city.hall_reporter).get(meeting.get_absolute_url()).content.decode()
    assert "腾出两个窗口" in page
    assert "办结</button>" in page
    assert client_of(city.renshe_reporter).get(meeting.get_absolute_url()).status_code == 404
    url = f"{meeting.get_absolute_url()}{meeting.decisions.get().pk}/done/"
    assert client_of(city.hall_reporter).post(url).status_code == 302
    assert meeting.decisions.get().done_on == date(2022, 5, 11)


# ---- 批量顺延 --------------------------------------------------------------------------------------------------------


def shifted(city, **given):
    facts = {
        "by": city.shengaiban,
        "now": NOW,
        "campaign": city.campaign,
        "organization": city.root,
        "since": date(2022, 6, 1),
        "until": date(2022, 6, 30),
        "workdays": 5,
        "reason": "疫情防控",
        "calendar": CALENDAR,
    }
    return shifts.shift_dates(**facts | given)


def test_many_dates_at_once_and_no_extension(city):
    """2022-06-10 + 5 working days = 06-17; steps move along; the first date stays on record (contract §7.6)."""
    item, other = make_item(city, S.RECTIFYING), make_item(city, S.RECTIFYING, due_on=date(2022, 7, 15))
    applied = make_item(city, S.APPLIED)
    shift = shifted(city)
    item = fresh(item)
    assert (item.deadline.due_on, item.deadline.original_due_on, item.fair_due_on) == (
        date(2022, 6, 17),
        date(2022, 6, 10),
        date(2022, 6, 17),
    )
    assert item.deadline.round == 2
    steps = Deadline.objects.running().filter(kind="STEP", link=item.get_absolute_url())
    assert sorted(steps.values_list("due_on", flat=True)) == [date(2022, 6, 8), date(2022, 6, 17)]
    assert item.extensions.count() == 0
    assert fresh(other).deadline.due_on == date(2022, 7, 15)
    assert fresh(applied).deadline.due_on == date(2022, 6, 10)
    assert [row.item for row in shift.dates.all()] == [item]
    assert item.entries.get(move="SHIFT").note == "疫情防控，时限由2022-06-10顺延到2022-06-17。"
    assert any("1 条台账的时限顺延 5 个工作日" in text for text in told(city.yibao_reporter))


def test_the_quick_lane_moves_too(city):
    item = make_problem(city, kind="QUICK").item
    assert fresh(item).deadline.due_on == date(2022, 5, 13)
    shifted(city, since=ON, until=date(2022, 5, 31), workdays=2)
    assert fresh(item).deadline.due_on == date(2022, 5, 17)


def test_whose_dates(city):
    mine, foreign = make_item(city, S.RECTIFYING, unit=city.leiyang_renshe), make_item(city, S.RECTIFYING)
    shifted(city, by=city.leiyang_shengaiban, organization=city.leiyang)
    assert (fresh(mine).deadline.due_on, fresh(foreign).deadline.due_on) == (
        date(2022, 6, 17),
        date(2022, 6, 10),
    )
    for given, sentence in (
        ({"by": city.leiyang_shengaiban}, "不在您的管辖范围内"),
        ({"by": city.duchashi}, "由审改办办理"),
        ({"reason": " "}, "写明原因"),
        ({"workdays": 0}, "1 至 60"),
        ({"until": date(2022, 5, 1)}, "不能早于"),
        ({"since": date(2022, 12, 1), "until": date(2022, 12, 31)}, "没有在走的"),
        ({"count": 7}, "请重新预览"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            shifted(city, **given)


def test_previewed_then_done(city):
    item = make_item(city, S.RECTIFYING)
    client = client_of(city.shengaiban)
    form = {
        "organization": city.root.pk,
        "since": "2022-06-01",
        "until": "2022-06-30",
        "workdays": "5",
        "reason": "疫情防控",
    }
    preview = client.post("/issues/shifts/", form).content.decode()
    assert item.number in preview
    assert "2022-06-17" in preview
    assert fresh(item).deadline.due_on == date(2022, 6, 10), "a preview writes nothing"
    assert client.post("/issues/shifts/", form | {"go": "1", "count": "2"}).status_code == 422
    assert client.post("/issues/shifts/", form | {"go": "1", "count": "1"}).status_code == 302
    shift = Shift.objects.get()
    assert "2022-06-10 → 2022-06-17" in client.get(shift.get_absolute_url()).content.decode()
    assert client_of(city.leiyang_shengaiban).get(shift.get_absolute_url()).status_code == 404
    assert client_of(city.yibao_head).get("/issues/shifts/").status_code == 403


# ---- 质量评价 on its page --------------------------------------------------------------------------------------------


def test_the_queue_does_not_say_whose_it_is(city):
    problem = make_problem(city, by=city.renshe_reporter, responsible=city.yibao, text="午间没人叫号。")
    make_problem(city, by=city.hall_reporter, text="本单位发现的。")
    client = client_of(city.shengaiban)
    page = client.get("/issues/quality/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "午间没人叫号。" in main
    for hidden in (problem.number, "市人社局", "430400-010", "renshe_reporter", "本单位发现的。"):
        assert hidden not in main
    assert client.post("/issues/quality/", {f"quality-{problem.pk}": "AVERAGE"}).status_code == 302
    problem.refresh_from_db()
    assert problem.quality == "AVERAGE"
    again = client.post("/issues/quality/", {f"quality-{problem.pk}": "VALID"})
    assert again.status_code == 409
    assert "已经评为“一般”" in again.content.decode()
    assert "质量评价" in client.get(problem.get_absolute_url()).content.decode()


# ---- the three as lists: filter and columns ---------------------------------------------------------------------------


def listed(posting, url: str, **query) -> str:
    page = client_of(posting).get(url, query)
    assert page.status_code == 200
    return page.content.decode()


def test_a_paper_is_recorded_once(city):
    item = make_item(city, S.RECTIFYING)
    met(city, item)
    with pytest.raises(NotAllowed, match="已经登记过"):
        met(city, item)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({}, 1),
        ({"q": "叫号"}, 1),
        ({"q": "没有这个词"}, 0),
        ({"state": "尚未办结"}, 1),
        ({"state": "已全部办结"}, 0),
        ({"organization": "430400"}, 1),
        ({"organization": "430400-031"}, 0),
    ],
)
def test_meetings_are_filtered_by_the_address(city, query, number):
    met(city, make_item(city, S.RECTIFYING), title="叫号系统会商")
    page = listed(city.shengaiban, "/issues/meetings/", **query)
    assert f"共 {number} 条" in page
    assert "kind=meetings" in page


def test_a_meeting_whose_decisions_are_done_is_found_as_done(city):
    meeting = met(city, make_item(city, S.RECTIFYING))
    for decision in meeting.decisions.all():
        by = unit_postings(city, decision.organization).reporter
        meetings.finish_decision(decision=decision, by=by, now=NOW)
    assert "共 1 条" in listed(city.duchashi, "/issues/meetings/", state="已全部办结")
    assert "共 0 条" in listed(city.duchashi, "/issues/meetings/", state="尚未办结")


@pytest.mark.parametrize(("query", "number"), [({}, 1), ({"q": "疫情"}, 1), ({"q": "停电"}, 0)])
def test_shifts_are_filtered_by_the_address(city, query, number):
    for _ in range(2):
        make_item(city, S.RECTIFYING)
    shifted(city)
    page = listed(city.shengaiban, "/issues/shifts/", **query)
    assert f"共 {number} 条" in page
    assert "kind=shifts" in page


@pytest.mark.parametrize(
    ("query", "number", "says"),
    [
        ({}, 1, "提交评价"),
        ({"q": "叫号"}, 0, "没有等待评价的问题"),
        ({"state": "有效"}, 1, "午间没人叫号。"),
        ({"state": "有效", "q": "网上"}, 0, "没有符合条件的问题"),
        ({"state": "一般"}, 0, "没有符合条件的问题"),
        ({"category": "配套服务"}, 1, "提交评价"),
        ({"category": "办事流程"}, 0, "没有等待评价的问题"),
    ],
)
def test_the_queue_is_filtered_and_stays_blind(city, query, number, says):
    judged = make_problem(city, by=city.renshe_reporter, responsible=city.yibao, text="午间没人叫号。")
    make_problem(city, by=city.renshe_reporter, responsible=city.yibao, text="网上办不通。")
    judging.judge_problem(problem=judged, by=city.shengaiban, now=NOW, quality="VALID")
    page = listed(city.shengaiban, "/issues/quality/", **query)
    main = page[page.index("<main") : page.index("</main>")]
    assert says in main
    assert ("共 1 条" in main) is (number == 1)
    for hidden in (judged.number, "市人社局", "430400-010", "renshe_reporter"):
        assert hidden not in main
