"""主办 and 协办, 移交, 催办, the clocks of the escape hatches, 并案 with both histories (contract §5, §7.1, §7.7)."""

from datetime import date

import pytest
from django.utils import timezone

from campaigns.enums import Reach, Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Deadline, NoticeLine, Organization
from campaigns.tests.factories import at, make_person, make_posting
from issues import facts
from issues.actions import daily, duties, findings, ledger, plans, requests, verifying
from issues.actions.evidence import add_files
from issues.models import Extension, LedgerItem
from issues.tests.factories import (
    CALENDAR,
    DUE,
    NOW,
    ON,
    S,
    client_of,
    fresh,
    make_city,
    make_item,
    make_measure,
    make_problem,
    vetted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


def told(posting) -> list[str]:
    lines = NoticeLine.objects.filter(notice__recipient=posting.person.user)
    return list(lines.order_by("pk").values_list("text", flat=True))


def due(days: int, start: date = ON) -> date:
    return CALENDAR.add_workdays(start, days)


# ---- 主办 and 协办 ----------------------------------------------------------------------------------------------------


def test_helpers_named_at_the_assignment_see_it_and_are_told(city):
    item = make_item(city, S.UNASSIGNED)
    assert not LedgerItem.objects.visible_to(city.hall_reporter).filter(pk=item.pk).exists()
    ledger.assign(
        item=item, by=city.shengaiban, now=NOW, helper_units=[city.hall, city.yibao], calendar=CALENDAR
    )
    assert set(item.helper_units.all()) == {city.hall}, "the responsible unit is no helper of its own"
    assert LedgerItem.objects.visible_to(city.hall_reporter).filter(pk=item.pk).exists()
    assert any("请你单位配合市医保局办理" in text for text in told(city.hall_reporter))


def test_a_measures_helpers_help_with_its_items(city):
    item = make_problem(city).item
    make_measure(item, city.yibao_reporter, helper_units=[city.hall])
    assert list(item.helper_units.all()) == [city.hall]


def test_helpers_bring_progress_and_evidence_but_take_no_turn(city):
    item = make_problem(city, helper_units=[city.hall]).item
    make_measure(item, city.yibao_reporter)
    ledger.submit_plan(item=fresh(item), by=city.yibao_reporter, now=NOW, calendar=CALENDAR)
    ledger.sign(item=fresh(item), by=city.yibao_head, now=NOW, calendar=CALENDAR)
    ledger.report_progress(
        item=fresh(item), by=city.hall_reporter, now=NOW, note="窗口已腾出。", calendar=CALENDAR
    )
    add_files(item=fresh(item), files=[vetted()], by=city.hall_reporter, now=NOW)
    assert item.entries.filter(move="PROGRESS", posting=city.hall_reporter).count() == 1
    with pytest.raises(NotAllowed, match="由责任单位市医保局办理"):
        ledger.apply_for_closure(
            item=fresh(item), by=city.hall_reporter, now=NOW, note="好了。", calendar=CALENDAR
        )
    with pytest.raises(NotAllowed, match="或配合单位"):
        ledger.report_progress(
            item=fresh(item), by=city.renshe_reporter, now=NOW, note="不相干。", calendar=CALENDAR
        )


def test_a_superior_unit_is_not_assigned_and_meets_no_demand(city):
    """上级单位 are never responsible: the local counterpart asks them (contract §7.7)."""
    Organization.objects.filter(pk=city.province.pk).update(path=f"{city.root.path}430000/")
    province = Organization.objects.get(pk=city.province.pk)
    item = make_item(city, S.UNASSIGNED)
    with pytest.raises(NotAllowed, match="上级单位不作责任单位"):
        ledger.assign(item=item, by=city.shengaiban, now=NOW, responsible_unit=province, calendar=CALENDAR)
    with pytest.raises(NotAllowed, match="上级单位不作责任单位"):
        findings.register_demand(
            by=city.yibao_reporter,
            now=NOW,
            campaign=city.campaign,
            reporting_unit=city.yibao,
            party="CITIZEN",
            source="陪同办",
            text="省平台加一个入口。",
            found_on=ON,
            is_accepted=True,
            responsible_unit=province,
            calendar=CALENDAR,
        )


# ---- the deputy reviews measures -------------------------------------------------------------------------------------


def test_the_deputy_reviews_a_plan_or_sends_it_back(city):
    item = make_item(city, S.UNSIGNED)
    plans.review_plan(item=item, by=city.yibao_deputy, now=NOW, note="同意。", calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.turn.due_on) == (S.UNSIGNED, due(2)), "the signature's clock runs on"
    ledger.send_back(item=item, by=city.yibao_deputy, now=NOW, note="第二步没有责任人。", calendar=CALENDAR)
    assert fresh(item).state == S.PLANNING


# ---- 移交 ------------------------------------------------------------------------------------------------------------


def test_the_clocks_follow_the_new_person(city):
    old, new = make_person(city.yibao, name="原责任人"), make_person(city.yibao, name="接手人")
    item = make_problem(city).item
    make_measure(item, city.yibao_reporter, person=old)
    ledger.submit_plan(item=fresh(item), by=city.yibao_reporter, now=NOW, calendar=CALENDAR)
    ledger.sign(item=fresh(item), by=city.yibao_head, now=NOW, calendar=CALENDAR)
    clocks = Deadline.objects.running().filter(link=item.get_absolute_url())
    assert set(clocks.values_list("person", flat=True)) == {old.pk}
    duties.hand_over(item=fresh(item), by=city.yibao_deputy, now=NOW, person=new, note="原责任人借调。")
    assert set(clocks.values_list("person", flat=True)) == {new.pk}
    (line,) = item.entries.filter(move="HAND_OVER")
    assert line.note == "责任人由原责任人移交接手人：原责任人借调。"
    assert ("责任人", "接手人") in facts.item_facts(fresh(item))
    with pytest.raises(Changed, match="已经是接手人"):
        duties.hand_over(item=fresh(item), by=city.yibao_deputy, now=NOW, person=new, note="再移交。")


def test_handing_over_is_the_units_own_business_with_a_reason(city):
    item = make_item(city, S.RECTIFYING)
    person, stranger = make_person(city.yibao), make_person(city.renshe)
    with pytest.raises(NotAllowed, match="由责任单位市医保局办理"):
        duties.hand_over(item=item, by=city.renshe_reporter, now=NOW, person=person, note="借调。")
    with pytest.raises(NotAllowed, match="您当前的身份是审改办"):
        duties.hand_over(item=item, by=city.shengaiban, now=NOW, person=person, note="借调。")
    with pytest.raises(NotAllowed, match="写明理由"):
        duties.hand_over(item=item, by=city.yibao_reporter, now=NOW, person=person, note=" ")
    with pytest.raises(NotAllowed, match="不是市医保局的在职人员"):
        duties.hand_over(item=item, by=city.yibao_reporter, now=NOW, person=stranger, note="借调。")
    with pytest.raises(Changed, match="不能移交"):
        duties.hand_over(
            item=make_item(city, S.CLOSED), by=city.yibao_reporter, now=NOW, person=person, note="借调。"
        )


# ---- 催办 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        (S.ASSIGNED, "yibao_reporter"),
        (S.UNSIGNED, "yibao_head"),
        (S.RECTIFYING, "yibao_reporter"),
        (S.APPLIED, "yibao_deputy"),
        (S.REVIEWED, "shengaiban"),
    ],
)
def test_whoever_has_the_turn_hears(city, state, heard):
    item = make_item(city, state)
    duties.remind(item=item, by=city.duchashi, now=NOW, note="本周五前要有结果。")
    assert any("催办：" in text and "本周五前" in text for text in told(getattr(city, heard)))


def test_once_a_day(city):
    item = make_item(city, S.RECTIFYING)
    duties.remind(item=item, by=city.shengaiban, now=NOW)
    with pytest.raises(Changed, match="今天已经催办过"):
        duties.remind(item=item, by=city.duchashi, now=NOW)
    duties.remind(item=item, by=city.duchashi, now=at("2022-05-11"))
    assert item.entries.filter(move="REMIND").count() == 2


def test_who_presses(city):
    item = make_item(city, S.RECTIFYING)
    for who in ("yibao_reporter", "renshe_head", "leiyang_shengaiban", "auditor"):
        with pytest.raises(NotAllowed):
            duties.remind(item=item, by=getattr(city, who), now=NOW)
    with pytest.raises(Changed, match="不用催办"):
        duties.remind(item=make_item(city, S.CLOSED), by=city.shengaiban, now=NOW)
    duties.remind(item=item, by=city.yibao_head, now=NOW)


# ---- escape hatches (contract §7.7) ----------------------------------------------------------------------------------


def test_the_number_within_5_then_progress_every_20(city):
    item = make_item(city, S.ESCALATED)
    assert (item.turn.due_on, item.turn.title) == (due(5), f"{item.number} 报请示文号")
    ledger.report_progress(item=item, by=city.yibao_reporter, now=NOW, note="正在行文。", calendar=CALENDAR)
    assert fresh(item).turn.due_on == due(5), "a word of progress does not put the 请示 off"
    requests.give_number(
        item=fresh(item),
        by=city.yibao_reporter,
        now=at("2022-05-12"),
        document_number="衡医保请〔2022〕8号",
        calendar=CALENDAR,
    )
    item = fresh(item)
    assert item.turn.due_on == due(20, date(2022, 5, 12))
    assert item.consents.get().document_number == "衡医保请〔2022〕8号"
    with pytest.raises(NotAllowed, match="请填写请示文号"):
        requests.give_number(item=item, by=city.yibao_reporter, now=NOW, document_number=" ")


def test_lasting_is_asked_again_and_again(city):
    """长期坚持 has no due date: every 20 working days a word, once 阶段性完成 every 60."""
    item = make_item(city, S.RECTIFYING, kind="LASTING")
    assert (item.deadline, item.turn.due_on) == (None, due(20))
    ledger.report_progress(
        item=item, by=city.yibao_reporter, now=at("2022-05-20"), note="已培训两期。", calendar=CALENDAR
    )
    item = fresh(item)
    assert item.turn.due_on == due(20, date(2022, 5, 20))
    staged = make_item(city, S.STAGED, kind="LASTING")
    assert staged.turn.due_on == due(60)
    turn = facts.whose_turn(staged, on=ON, calendar=CALENDAR)
    assert (turn["who"], turn["clock"]) == ("市医保局 填报员", staged.turn)
    assert item not in LedgerItem.objects.countable()


def test_a_lasting_row_without_a_clock_gets_one_at_night_once(city):
    item = make_item(city, S.RECTIFYING, kind="LASTING")
    LedgerItem.objects.filter(pk=item.pk).update(turn=None)
    for _ in range(2):
        daily.run_day(on=ON, now=NOW)
    assert fresh(item).turn.due_on == due(20)
    assert Deadline.objects.running().filter(title__endswith="长期坚持报进展").count() == 2


# ---- requests --------------------------------------------------------------------------------------------------------


def asked(item, city, **more):
    facts_ = {"reason": "招标流标。", "progress": "已重新招标。", "new_due_on": date(2022, 6, 24)}
    return requests.ask_extension(item=item, by=city.yibao_reporter, now=NOW, **facts_ | more)


def test_a_request_waits_for_the_office_that_answers(city):
    item = make_item(city, S.RECTIFYING)
    asked(item, city)
    visible = LedgerItem.objects.visible_to(city.shengaiban)
    assert item in visible.waiting_for(city.shengaiban)
    assert item not in LedgerItem.objects.visible_to(city.duchashi).waiting_for(city.duchashi)


def test_the_second_one_waits_for_the_city_alone(city):
    item = make_item(city, S.RECTIFYING, unit=city.leiyang_renshe)
    ask = {"by": city.leiyang_renshe_reporter, "now": NOW, "reason": "招标流标。", "progress": "已重新招标。"}
    first = requests.ask_extension(item=item, new_due_on=date(2022, 6, 20), **ask)
    county = LedgerItem.objects.visible_to(city.leiyang_shengaiban)
    assert item in county.waiting_for(city.leiyang_shengaiban)
    requests.decide_extension(
        extension=first, by=city.leiyang_shengaiban, now=NOW, granted=True, calendar=CALENDAR
    )
    requests.ask_extension(item=fresh(item), new_due_on=date(2022, 6, 27), **ask)
    assert item not in county.waiting_for(city.leiyang_shengaiban)
    assert item in LedgerItem.objects.visible_to(city.shengaiban).waiting_for(city.shengaiban)
    assert any("第二次申请延期" in text for text in told(city.shengaiban))
    assert not any("第二次申请延期" in text for text in told(city.leiyang_shengaiban))


def test_the_offices_own_requests_are_answered_by_the_inspector(city):
    item = make_item(city, S.RECTIFYING, unit=city.hall)
    extension = requests.ask_extension(
        item=item,
        by=city.hall_reporter,
        now=NOW,
        new_due_on=date(2022, 6, 24),
        reason="招标流标。",
        progress="已重新招标。",
    )
    with pytest.raises(NotAllowed, match="不能审批本单位的申请"):
        requests.decide_extension(extension=extension, by=city.shengaiban, now=NOW, granted=True)
    assert item in LedgerItem.objects.visible_to(city.duchashi).waiting_for(city.duchashi)
    requests.decide_extension(extension=extension, by=city.duchashi, now=NOW, granted=True, calendar=CALENDAR)
    assert fresh(item).deadline.due_on == date(2022, 6, 24)


def test_the_offices_own_escape_hatches_are_opened_by_the_inspector(city):
    """提请上级协调 and 长期坚持 of 审改办's own house: 督查室 agrees, and ends the pause (docs/decisions.md)."""
    item = make_item(city, S.RECTIFYING, unit=city.hall)
    ask = {"item": item, "by": city.hall_reporter, "now": NOW, "kind": "ESCALATE", "reason": "省级平台。"}
    asked_for = requests.ask_consent(**ask, calendar=CALENDAR)
    assert asked_for.deadline.holder == Role.INSPECTOR
    answer = {"consent": asked_for, "now": NOW, "granted": True, "calendar": CALENDAR}
    with pytest.raises(NotAllowed, match="不能审批本单位的申请"):
        requests.decide_consent(by=city.shengaiban, **answer)
    requests.decide_consent(by=city.duchashi, **answer)
    assert fresh(item).state == S.ESCALATED
    with pytest.raises(NotAllowed, match="不能审批本单位的申请"):
        ledger.resume(item=fresh(item), by=city.shengaiban, now=NOW, calendar=CALENDAR)
    ledger.resume(item=fresh(item), by=city.duchashi, now=NOW, calendar=CALENDAR)
    assert fresh(item).state == S.RECTIFYING
    assert make_item(city, S.STAGED, kind="LASTING", unit=city.hall).state == S.STAGED
    with pytest.raises(NotAllowed, match="督查室只答复审改办自身台账的申请"):
        requests.decide_consent(
            consent=requests.ask_consent(
                **ask | {"item": make_item(city, S.RECTIFYING), "by": city.yibao_reporter}
            ),
            by=city.duchashi,
            now=NOW,
            granted=True,
        )


def test_nobody_answers_what_he_asked_for_himself(city):
    """The same account as 填报员 and as 审改办."""
    item = make_item(city, S.RECTIFYING)
    extension = asked(item, city)
    office = make_posting(city.root, Role.REFORM_OFFICE, person=make_person(city.root), reach=Reach.SUBTREE)
    Extension.objects.filter(pk=extension.pk).update(asked_by=office.person.user)
    with pytest.raises(NotAllowed, match="您自己提出的"):
        requests.decide_extension(extension=extension, by=office, now=NOW, granted=True)


@pytest.mark.parametrize("end", ["granted", "refused", "withdrawn", "applied"])
def test_a_request_has_a_clock_until_it_is_answered(city, end):
    """2 working days, whoever decides; it stops with the answer, with the withdrawal, with the round."""
    item = make_item(city, S.RECTIFYING)
    request = asked(item, city, calendar=CALENDAR)
    clock = request.deadline
    assert (clock.due_on, clock.holder, clock.link) == (due(2), Role.REFORM_OFFICE, item.get_absolute_url())
    answer = {"extension": request, "by": city.shengaiban, "now": NOW, "note": "可以。", "calendar": CALENDAR}
    if end in ("granted", "refused"):
        requests.decide_extension(granted=end == "granted", **answer)
    elif end == "withdrawn":
        requests.withdraw_request(item=item, by=city.yibao_reporter, now=NOW)
    else:
        apply = {"by": city.yibao_reporter, "now": NOW, "note": "已整改。"}
        ledger.apply_for_closure(item=fresh(item), calendar=CALENDAR, **apply)
    clock.refresh_from_db()
    assert (clock.is_open, clock.settled_on) == (False, ON)


def test_a_request_left_lying_is_chased_for_who_decides(city):
    """审改办 is reminded, and late it lies before 督查室; the unit's heads aren't pressed for the office's work."""
    item = make_item(city, S.RECTIFYING)
    clock = asked(item, city, calendar=CALENDAR).deadline
    for days in (2, 5):
        on = due(days)
        daily.run_day(on=on, now=at(on.isoformat(), "08:30"))
    levels = list(clock.chases.order_by("on").values_list("level", flat=True))
    assert levels == [2, 4]
    assert any("审批：申请延期" in text for text in told(city.shengaiban))
    assert not any("审批：申请延期" in text for text in told(city.yibao_head))
    assert any("督办单待签发" in text and "审批：申请延期" in text for text in told(city.duchashi))


def test_the_page_says_who_has_to_answer_until_when_and_for_how_long_it_waits(city, monkeypatch):
    item = make_item(city, S.RECTIFYING)
    asked(item, city, calendar=CALENDAR)
    monkeypatch.setattr(timezone, "now", lambda: at(due(1).isoformat()))
    page = client_of(city.yibao_reporter).get(item.get_absolute_url()).content.decode()
    assert "审改办</strong>：申请延期至 2022-06-24，已等 1 个工作日" in page
    assert f"为什么是 {due(2):%Y-%m-%d}" in page


@pytest.mark.parametrize("way", ["FAIL_REVIEW", "RETURN", "REOPEN"])
def test_a_waiver_ends_with_its_application(city, way):
    """The next application is verified, or waived anew; the history keeps the first reason."""
    item = make_item(city, S.APPLIED, category="A05")
    verifying.waive_verification(item=item, by=city.shengaiban, now=NOW, reason="系统停机检修。")
    if way != "FAIL_REVIEW":
        ledger.pass_review(item=fresh(item), by=city.yibao_deputy, now=NOW, calendar=CALENDAR)
    if way == "REOPEN":
        ledger.close(item=fresh(item), by=city.shengaiban, now=NOW, calendar=CALENDAR)
    back = {"item": fresh(item), "now": NOW, "note": "材料不实。", "calendar": CALENDAR}
    if way == "FAIL_REVIEW":
        ledger.fail_review(by=city.yibao_deputy, **back)
    elif way == "RETURN":
        ledger.return_(by=city.shengaiban, **back)
    else:
        ledger.reopen(by=city.duchashi, **back)
    assert fresh(item).waiver_reason == ""
    assert item.entries.get(move="WAIVE").note == "系统停机检修。"
    apply = {"by": city.yibao_reporter, "now": NOW, "note": "已整改。", "calendar": CALENDAR}
    ledger.apply_for_closure(item=fresh(item), **apply)
    ledger.pass_review(item=fresh(item), by=city.yibao_deputy, now=NOW, calendar=CALENDAR)
    with pytest.raises(NotAllowed, match="要先回头看核验"):
        ledger.close(item=fresh(item), by=city.shengaiban, now=NOW, calendar=CALENDAR)


def test_withdrawn_and_asked_anew(city):
    item = make_item(city, S.RECTIFYING)
    first = asked(item, city)
    requests.withdraw_request(item=item, by=city.yibao_reporter, now=NOW)
    with pytest.raises(NotAllowed, match="已经撤回"):
        requests.decide_extension(extension=first, by=city.shengaiban, now=NOW, granted=True)
    assert asked(item, city).withdrawn_on is None
    with pytest.raises(NotAllowed, match="由责任单位"):
        requests.withdraw_request(item=item, by=city.renshe_reporter, now=NOW)


def test_a_request_ends_with_its_round(city):
    """Applied for before the answer: nobody is asked to grant what is not needed, and the next round may ask again."""
    item = make_item(city, S.RECTIFYING)
    extension = asked(item, city)
    ledger.apply_for_closure(
        item=fresh(item), by=city.yibao_reporter, now=NOW, note="提前完成。", calendar=CALENDAR
    )
    extension.refresh_from_db()
    assert extension.withdrawn_on == ON
    assert item not in LedgerItem.objects.visible_to(city.shengaiban).waiting_for(city.shengaiban)


# ---- 并案 ------------------------------------------------------------------------------------------------------------


def test_the_survivor_keeps_both_histories_and_everybody_is_told(city):
    lost = make_problem(city, by=city.renshe_reporter, responsible=city.yibao, text="午间没人。").item
    survivor = make_problem(city, by=city.hall_reporter, responsible=city.yibao, text="午间停摆。").item
    ledger.merge(item=lost, into=survivor, by=city.shengaiban, now=NOW, note="同一件事。", calendar=CALENDAR)
    lost, survivor = fresh(lost), fresh(survivor)
    assert (lost.state, lost.merged_into) == (S.MERGED, survivor)
    (line,) = survivor.entries.filter(move="ABSORB")
    assert line.note == f"{lost.number} 并入本条：同一件事。"
    for item, other in ((lost, survivor), (survivor, lost)):
        said = [entry["what"] for entry in facts.history(item)]
        assert any(what.startswith(f"{other.number} 登记") for what in said)
        page = client_of(city.shengaiban).get(item.get_absolute_url()).content.decode()
        assert f"{other.number} 登记" in page
    for who in (city.renshe_reporter, city.hall_reporter):
        assert any("两条的办理过程都保留" in text for text in told(who))
    page = client_of(city.renshe_reporter).get(lost.get_absolute_url()).content.decode()
    assert survivor.number in page
    assert f'href="{survivor.get_absolute_url()}"' not in page, "no link into another unit's row"


def test_what_was_merged_before_follows_its_survivor(city):
    first, second, third = (make_problem(city, text=f"第{n}条。").item for n in (1, 2, 3))
    merge = {"by": city.shengaiban, "now": NOW, "note": "同一件事。", "calendar": CALENDAR}
    ledger.merge(item=first, into=second, **merge)
    ledger.merge(item=fresh(second), into=third, **merge)
    assert fresh(first).merged_into == third


def test_nothing_moves_when_a_county_clerk_reads(city):
    """The roles of a county act in their county and nowhere else (contract §5)."""
    item = make_item(city, S.REVIEWED, unit=city.leiyang_renshe)
    with pytest.raises(NotAllowed, match="不在您的管辖范围内"):
        ledger.close(item=make_item(city, S.REVIEWED), by=city.leiyang_shengaiban, now=NOW, calendar=CALENDAR)
    ledger.close(item=item, by=city.leiyang_shengaiban, now=NOW, calendar=CALENDAR)
    assert fresh(item).state == S.CLOSED
    with pytest.raises(NotAllowed, match="不在您的管辖范围内"):
        ledger.reopen(
            item=make_item(city, S.CLOSED), by=city.leiyang_ducha, now=NOW, note="不属实。", calendar=CALENDAR
        )
    ledger.reopen(item=fresh(item), by=city.leiyang_ducha, now=NOW, note="回访不属实。", calendar=CALENDAR)
    assert (fresh(item).state, fresh(item).deadline.due_on >= DUE) == (S.RECTIFYING, False)
