"""What the moves write, whom they tell, what they refuse: the rules of contract §7, one by one."""

from datetime import date

import pytest

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Deadline, Notice, NoticeLine
from campaigns.tests.factories import at, make_posting, make_session
from issues.actions import findings, ledger, requests, verifying
from issues.actions.evidence import add_files
from issues.actions.measures import revise_measure
from issues.models import Consent, LedgerItem
from issues.tests.factories import (
    CALENDAR,
    DUE,
    NOW,
    ON,
    S,
    fresh,
    make_city,
    make_demand,
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


def test_what_was_told_of_an_item_is_over_when_it_goes_on(city):
    """The office that has closed an item isn't told any more that it waits."""
    item = make_item(city, S.REVIEWED)
    waiting = Notice.objects.filter(recipient=city.shengaiban.person.user, read_at__isnull=True)
    assert waiting.filter(lines__link=item.get_absolute_url()).exists()
    LedgerItem.objects.filter(pk=item.pk).update(waiver_reason="同批已核验")
    item = fresh(item)
    ledger.close(item=item, by=city.shengaiban, now=NOW, calendar=CALENDAR)
    links = (item.get_absolute_url(), item.look_back_url)
    assert not waiting.filter(lines__link__in=links).exists()
    reader = Notice.objects.filter(recipient=city.yibao_reporter.person.user, read_at__isnull=True)
    assert reader.get(lines__link=item.get_absolute_url()).title.endswith("现为“已销号”。")


def test_own_problem_goes_straight_to_planning(city):
    item = make_problem(city).item
    assert (item.state, item.turn.due_on) == (S.PLANNING, due(5))
    assert item.number.startswith("ZL-2022-430400-031-")


def test_the_way_of_another_units_problem(city):
    """待转办 2 → 待签收 2 → 待定措施 5 → 待审签 2 → 整改中, each with its own clock (contract §7.1)."""
    item = make_problem(city, responsible=city.renshe).item
    assert (item.state, item.turn.due_on) == (S.UNASSIGNED, due(2))
    ledger.assign(item=item, by=city.shengaiban, now=NOW, note="请办理。", calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.turn.due_on) == (S.ASSIGNED, due(2))
    assert any("已转办" in text for text in told(city.renshe_reporter))
    ledger.accept(item=item, by=city.renshe_reporter, now=NOW, calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.turn.due_on) == (S.PLANNING, due(5))
    make_measure(item, city.renshe_reporter)
    ledger.submit_plan(item=fresh(item), by=city.renshe_reporter, now=NOW, calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.turn.due_on) == (S.UNSIGNED, due(2))
    ledger.sign(item=item, by=city.renshe_head, now=NOW, calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.turn, item.starts_on, item.deadline.due_on) == (S.RECTIFYING, None, ON, DUE)
    assert Deadline.objects.running().filter(kind="STEP").count() == 2
    assert Deadline.objects.running().filter(kind="TURN").count() == 0


def test_declined_once_and_decided_in_a_day(city):
    item = make_item(city, S.ASSIGNED)
    ledger.decline(item=item, by=city.yibao_reporter, now=NOW, note="不属于本局职责。", calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.turn.due_on, item.assigned_at) == (S.UNASSIGNED, due(1), None)
    ledger.assign(item=item, by=city.shengaiban, now=NOW, calendar=CALENDAR)
    with pytest.raises(NotAllowed, match="已经退回过一次"):
        ledger.decline(
            item=fresh(item), by=city.yibao_reporter, now=NOW, note="还是不办。", calendar=CALENDAR
        )


def test_assigned_to_another_unit_it_may_decline_once_too(city):
    item = make_item(city, S.ASSIGNED)
    ledger.decline(item=item, by=city.yibao_reporter, now=NOW, note="不属于本局职责。", calendar=CALENDAR)
    ledger.assign(
        item=fresh(item), by=city.shengaiban, now=NOW, responsible_unit=city.hall, calendar=CALENDAR
    )
    item = fresh(item)
    assert (item.responsible_unit, item.problem.responsible_unit) == (city.hall, city.hall)
    ledger.decline(item=item, by=city.hall_reporter, now=NOW, note="应由医保局办。", calendar=CALENDAR)
    assert fresh(item).state == S.UNASSIGNED


def test_the_countys_office_cannot_assign_beyond_its_county(city):
    item = make_problem(city, responsible=city.leiyang_renshe).item
    with pytest.raises(NotAllowed, match="不在您的管辖范围内"):
        ledger.assign(
            item=item, by=city.leiyang_shengaiban, now=NOW, responsible_unit=city.renshe, calendar=CALENDAR
        )
    ledger.assign(item=item, by=city.leiyang_shengaiban, now=NOW, calendar=CALENDAR)
    assert fresh(item).state == S.ASSIGNED


def test_a_superior_unit_is_never_responsible(city):
    with pytest.raises(NotAllowed, match="上级单位不作责任单位"):
        make_problem(city, responsible=city.province)


@pytest.mark.parametrize("category", ["A03", "C05"])
def test_process_and_online_problems_name_their_matter(city, category):
    with pytest.raises(NotAllowed, match="哪个事项"):
        make_problem(city, category=category, matter=None)
    assert make_problem(city, category="D01", matter=None).pk


def test_a_dated_plan_needs_its_date(city):
    item = make_problem(city).item
    with pytest.raises(NotAllowed, match="请先填写解决措施"):
        ledger.submit_plan(item=item, by=city.yibao_reporter, now=NOW, calendar=CALENDAR)
    with pytest.raises(NotAllowed, match="明确整改时限"):
        make_measure(item, city.yibao_reporter, due_on=None)


def test_a_date_on_a_rest_day_moves_when_it_is_set(city):
    """2022-06-04 is a Saturday of 端午; the next working day is Monday 06-06."""
    item = make_item(city, S.RECTIFYING, due_on=date(2022, 6, 4))
    assert (item.deadline.due_on, item.deadline.original_due_on) == (date(2022, 6, 6), date(2022, 6, 6))


def test_a_plan_whose_date_has_passed_is_not_signed(city):
    item = make_item(city, S.UNSIGNED, due_on=date(2022, 5, 20))
    with pytest.raises(NotAllowed, match="已到或已过"):
        ledger.sign(item=item, by=city.yibao_head, now=at("2022-05-20"), calendar=CALENDAR)


def test_quick_lane(city):
    """立行立改: 3 working days, no signature, 待销号审核 at once; then in the next batch (contract §7.2)."""
    item = make_item(city, S.PLANNING, kind="QUICK")
    assert (item.deadline.due_on, item.turn) == (due(3), None)
    ledger.finish_quick(item=item, by=city.yibao_reporter, now=NOW, files=[vetted()], calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.signed_at, item.is_review_waived) == (S.REVIEWED, None, True)
    assert list(LedgerItem.objects.waiting_for(city.yibao_head)) == [item]
    ledger.close(item=item, by=city.shengaiban, now=NOW, calendar=CALENDAR)
    later = at("2022-05-16")
    signed, refused = ledger.sign_batch(items=[fresh(item)], by=city.yibao_head, now=later, calendar=CALENDAR)
    item = fresh(item)
    assert (signed, refused) == ([item], [])
    assert (item.state, item.signed_at) == (S.CLOSED, later)
    assert not LedgerItem.objects.waiting_for(city.yibao_head).exists()


def test_a_quick_one_that_is_not_done_becomes_dated(city):
    item = make_item(city, S.PLANNING, kind="QUICK")
    ledger.lapse(item=item, on=date(2022, 5, 16), now=at("2022-05-16"), calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.rectify_kind, item.deadline) == (S.PLANNING, "DATED", None)
    assert item.turn.due_on == due(5, date(2022, 5, 16))
    assert any("限期整改" in text for text in told(city.yibao_reporter))


def test_a_returned_quick_one_is_signed_again(city):
    item = make_item(city, S.REVIEWED, kind="QUICK")
    ledger.sign_quick(item=item, by=city.yibao_head, now=NOW, calendar=CALENDAR)
    ledger.return_(item=fresh(item), by=city.shengaiban, now=NOW, note="照片看不清。", calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.signed_at, item.return_count) == (S.PLANNING, None, 1)


def test_application_needs_something_to_show(city):
    item = make_item(city, S.RECTIFYING)
    with pytest.raises(NotAllowed, match="整改情况"):
        ledger.apply_for_closure(item=item, by=city.yibao_reporter, now=NOW, calendar=CALENDAR)
    ledger.apply_for_closure(item=item, by=city.yibao_reporter, now=NOW, files=[vetted()], calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.turn.due_on, item.deadline.is_open) == (S.APPLIED, due(2), False)
    assert not Deadline.objects.running().filter(kind="STEP").exists()
    assert item.evidence.get().file.name == "说明.txt"


def test_the_same_file_is_kept_once(city):
    item = make_item(city, S.RECTIFYING)
    add_files(item=item, files=[vetted(), vetted()], by=city.yibao_reporter, now=NOW)
    with pytest.raises(NotAllowed, match="已经上传过"):
        add_files(item=item, files=[vetted()], by=city.yibao_deputy, now=NOW)
    assert item.evidence.count() == 1


def test_four_eyes(city):
    """Applicant ≠ unit reviewer ≠ closer, also when one person holds both roles (contract §7.3)."""
    clerk = city.yibao_reporter
    also_deputy = make_posting(city.yibao, Role.DEPUTY, person=clerk.person)
    item = make_item(city, S.APPLIED)
    with pytest.raises(NotAllowed, match="您是申请人"):
        ledger.pass_review(item=item, by=also_deputy, now=NOW, calendar=CALENDAR)
    ledger.pass_review(item=item, by=city.yibao_deputy, now=NOW, calendar=CALENDAR)
    also_office = make_posting(
        city.root, Role.REFORM_OFFICE, person=city.yibao_deputy.person, reach="SUBTREE"
    )
    with pytest.raises(NotAllowed, match="本单位的人"):
        ledger.close(item=fresh(item), by=also_office, now=NOW, calendar=CALENDAR)


def test_the_reviewer_from_elsewhere_does_not_close(city):
    lent = make_posting(city.yibao, Role.DEPUTY, person=city.shengaiban.person)
    item = make_item(city, S.APPLIED)
    ledger.pass_review(item=item, by=lent, now=NOW, calendar=CALENDAR)
    with pytest.raises(NotAllowed, match="单位审核人"):
        ledger.close(item=fresh(item), by=city.shengaiban, now=NOW, calendar=CALENDAR)


def test_review_is_waived_in_a_small_unit(city):
    """Fewer than three accounts: 单位审核 shows 免 (contract §7.3)."""
    city.renshe_deputy.person.user.is_active = False
    city.renshe_deputy.person.user.save()
    item = make_item(city, S.RECTIFYING, unit=city.renshe)
    ledger.apply_for_closure(item=item, by=city.renshe_reporter, now=NOW, files=[vetted()], calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.is_review_waived, item.reviewed_by) == (S.REVIEWED, True, None)


def test_the_offices_own_items_are_closed_by_the_inspector(city):
    item = make_item(city, S.REVIEWED, unit=city.hall)
    assert item.turn.holder == "INSPECTOR"
    with pytest.raises(NotAllowed, match="本单位的人"):
        ledger.close(item=item, by=city.shengaiban, now=NOW, calendar=CALENDAR)
    assert list(LedgerItem.objects.waiting_for(city.duchashi)) == [item]
    assert not LedgerItem.objects.waiting_for(city.shengaiban).exists()
    ledger.close(item=item, by=city.duchashi, now=NOW, calendar=CALENDAR)
    assert fresh(item).state == S.CLOSED


def test_the_inspector_closes_nothing_else(city):
    item = make_item(city, S.REVIEWED)
    with pytest.raises(NotAllowed, match="督查室只办理审改办自身台账"):
        ledger.close(item=item, by=city.duchashi, now=NOW, calendar=CALENDAR)


def test_a_return_gives_back_the_days_that_were_left(city):
    """Applied 2022-05-20 with 14 working days left to 06-10; returned on 05-25: 14 working days from then (§7.5)."""
    item = make_item(city, S.RECTIFYING)
    applied, returned = at("2022-05-20"), at("2022-05-25")
    ledger.apply_for_closure(
        item=item, by=city.yibao_reporter, now=applied, files=[vetted()], calendar=CALENDAR
    )
    ledger.pass_review(item=fresh(item), by=city.yibao_deputy, now=applied, calendar=CALENDAR)
    left = CALENDAR.workdays_between(date(2022, 5, 20), DUE)
    ledger.return_(item=fresh(item), by=city.shengaiban, now=returned, note="未见效果。", calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.deadline.due_on) == (S.RECTIFYING, due(left, date(2022, 5, 25)))
    assert (item.deadline.is_open, item.deadline.round, item.return_count) == (True, 2, 1)
    assert item.deadline.original_due_on == DUE
    assert any("退回重办" in text for text in told(city.yibao_reporter))


def test_a_late_application_gets_three_days_back(city):
    item = make_item(city, S.RECTIFYING)
    late = at("2022-06-13")
    ledger.apply_for_closure(item=item, by=city.yibao_reporter, now=late, files=[vetted()], calendar=CALENDAR)
    assert fresh(item).was_late
    ledger.fail_review(item=fresh(item), by=city.yibao_deputy, now=late, note="材料不全。", calendar=CALENDAR)
    item = fresh(item)
    assert item.deadline.due_on == due(3, date(2022, 6, 13))
    assert item.return_count == 0  # the unit's own review is not 退回重办


def test_verification_before_closing(city):
    """A of 限期整改: somebody else walks it again, and a number has to have fallen (contract §7.4)."""
    first = make_session(city.campaign, city.yibao, matter=city.matter, actual_trips=3, actual_days=5)
    item = make_item(city, S.REVIEWED, category="A05", session=first)
    with pytest.raises(NotAllowed, match="先回头看核验"):
        ledger.close(item=item, by=city.shengaiban, now=NOW, calendar=CALENDAR)
    walked = {"matter": city.matter, "recorded_by": city.duchashi.person.user, "started_at": at("2022-05-12")}
    same = make_session(city.campaign, city.root, actual_trips=3, actual_days=5, **walked)
    later = at("2022-05-13")
    verifying.verify(item=item, session=same, by=city.duchashi, now=later, summary="仍跑三次。")
    with pytest.raises(NotAllowed, match="没有看到改善"):
        ledger.close(item=fresh(item), by=city.shengaiban, now=later, calendar=CALENDAR)
    better = make_session(
        city.campaign,
        city.root,
        actual_trips=1,
        actual_days=5,
        **walked | {"started_at": at("2022-05-12", "15:00")},
    )
    verifying.verify(item=item, session=better, by=city.duchashi, now=later, summary="只跑一次。")
    ledger.close(item=fresh(item), by=city.shengaiban, now=later, calendar=CALENDAR)
    assert fresh(item).state == S.CLOSED


def test_the_applicant_does_not_verify(city):
    item = make_item(city, S.REVIEWED, category="A05")
    walk = make_session(city.campaign, city.root, matter=city.matter, started_at=at("2022-05-12"))
    with pytest.raises(NotAllowed, match="申请人不能核验"):
        verifying.verify(
            item=item, session=walk, by=city.yibao_reporter, now=at("2022-05-13"), summary="好了。"
        )


def test_a_waiver_needs_a_reason_and_lets_it_close(city):
    item = make_item(city, S.REVIEWED, category="C01")
    with pytest.raises(NotAllowed, match="写明原因"):
        verifying.waive_verification(item=item, by=city.shengaiban, now=NOW, reason=" ")
    verifying.waive_verification(item=item, by=city.shengaiban, now=NOW, reason="系统已下线。")
    ledger.close(item=fresh(item), by=city.shengaiban, now=NOW, calendar=CALENDAR)
    assert fresh(item).waiver_reason == "系统已下线。"


def test_extension(city):
    """Up to and on the due date; one at a time; the original date stays; a new round of chase (contract §7.6)."""
    item = make_item(city, S.RECTIFYING)
    ask = {"item": item, "by": city.yibao_reporter, "reason": "招标流标。", "progress": "已重新招标。"}
    extension = requests.ask_extension(now=at("2022-06-10"), new_due_on=date(2022, 6, 24), **ask)
    with pytest.raises(NotAllowed, match="已有一项"):
        requests.ask_extension(now=at("2022-06-10"), new_due_on=date(2022, 6, 28), **ask)
    requests.decide_extension(
        extension=extension, by=city.shengaiban, now=at("2022-06-10"), granted=True, calendar=CALENDAR
    )
    item = fresh(item)
    assert (item.deadline.due_on, item.deadline.original_due_on) == (date(2022, 6, 24), DUE)
    assert item.deadline.round == 2
    with pytest.raises(NotAllowed, match="不能再申请延期"):
        requests.ask_extension(now=at("2022-06-27"), new_due_on=date(2022, 6, 30), **ask | {"item": item})


def test_a_second_extension_needs_the_city(city):
    item = make_item(city, S.RECTIFYING, unit=city.leiyang_renshe)
    ask = {"by": city.leiyang_renshe_reporter, "now": NOW, "reason": "招标流标。", "progress": "已重新招标。"}
    for number, new_due in enumerate((date(2022, 6, 20), date(2022, 6, 27))):
        extension = requests.ask_extension(item=fresh(item), new_due_on=new_due, **ask)
        if number:
            with pytest.raises(NotAllowed, match="市审改办"):
                requests.decide_extension(
                    extension=extension, by=city.leiyang_shengaiban, now=NOW, granted=True, calendar=CALENDAR
                )
        by = city.shengaiban if number else city.leiyang_shengaiban
        requests.decide_extension(extension=extension, by=by, now=NOW, granted=True, calendar=CALENDAR)
    assert fresh(item).deadline.due_on == date(2022, 6, 27)


def test_a_refused_request_says_why(city):
    item = make_item(city, S.RECTIFYING)
    consent = requests.ask_consent(
        item=item, by=city.yibao_reporter, now=NOW, kind="ESCALATE", reason="省级系统问题。"
    )
    with pytest.raises(NotAllowed, match="写明理由"):
        requests.decide_consent(
            consent=consent, by=city.shengaiban, now=NOW, granted=False, calendar=CALENDAR
        )
    requests.decide_consent(
        consent=consent, by=city.shengaiban, now=NOW, granted=False, note="可以自行解决。", calendar=CALENDAR
    )
    assert (fresh(item).state, Consent.objects.get().is_granted) == (S.RECTIFYING, False)


def test_escalation_pauses_and_comes_back(city):
    """提请上级协调: paused and visible, a word every 20 working days, the days left come back (contract §7.7)."""
    item = make_item(city, S.ESCALATED)
    requests.give_number(
        item=item, by=city.yibao_reporter, now=NOW, document_number="衡医保请〔2022〕8号", calendar=CALENDAR
    )
    item = fresh(item)
    assert (item.deadline.is_open, item.turn.due_on) == (False, due(20))
    later = at("2022-05-30")
    ledger.report_progress(
        item=item, by=city.yibao_reporter, now=later, note="省局已受理。", calendar=CALENDAR
    )
    item = fresh(item)
    assert item.turn.due_on == due(20, date(2022, 5, 30))
    left = CALENDAR.workdays_between(ON, DUE)
    ledger.resume(item=item, by=city.shengaiban, now=later, calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.deadline.due_on) == (S.RECTIFYING, due(left, date(2022, 5, 30)))


def test_lasting_needs_consent_and_ends_as_staged(city):
    item = make_problem(city).item
    make_measure(item, city.yibao_reporter, kind="LASTING", due_on=None)
    with pytest.raises(NotAllowed, match="先报审改办同意"):
        ledger.submit_plan(item=fresh(item), by=city.yibao_reporter, now=NOW, calendar=CALENDAR)
    assert make_item(city, S.STAGED, kind="LASTING").state == S.STAGED


def test_reopened_after_a_failed_follow_up(city):
    item = make_item(city, S.CLOSED)
    ledger.reopen(item=item, by=city.duchashi, now=at("2022-06-15"), note="回访不属实。", calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.closed_at, item.return_count) == (S.RECTIFYING, None, 1)
    assert item.deadline.due_on == due(3, date(2022, 6, 15))


def test_a_reopened_quick_one_becomes_dated(city):
    item = make_item(city, S.CLOSED, kind="QUICK")
    ledger.sign_quick(item=item, by=city.yibao_head, now=NOW, calendar=CALENDAR)
    ledger.reopen(item=fresh(item), by=city.duchashi, now=NOW, note="回访未解决。", calendar=CALENDAR)
    item = fresh(item)
    assert (item.state, item.rectify_kind, item.deadline, item.signed_at) == (S.PLANNING, "DATED", None, None)


def test_merged_items_stop_their_clocks(city):
    item = make_item(city, S.MERGED)
    assert item.merged_into.state == S.PLANNING
    assert (item.turn, Deadline.objects.running().filter(link=item.get_absolute_url()).exists()) == (
        None,
        False,
    )
    with pytest.raises(NotAllowed, match="不能并入"):
        ledger.merge(
            item=item.merged_into,
            into=item,
            by=city.shengaiban,
            now=NOW,
            note="同一件事。",
            calendar=CALENDAR,
        )


def test_one_measure_for_several_items(city):
    items = [make_problem(city, text=f"问题{n}。").item for n in (1, 2)] + [make_demand(city).item]
    measure = findings.write_measure(
        by=city.yibao_reporter,
        now=NOW,
        items=items,
        lead_unit=city.yibao,
        text="一并整改。",
        rectify_kind="DATED",
        due_on=DUE,
        calendar=CALENDAR,
    )
    assert (measure.problems.count(), measure.demands.count()) == (2, 1)
    assert {fresh(item).rectify_kind for item in items} == {"DATED"}


def test_a_measure_can_be_corrected_until_it_is_signed(city):
    item = make_item(city, S.UNSIGNED)
    measure = item.problem.measures.get()
    changed = {
        "measure": measure,
        "by": city.yibao_reporter,
        "now": NOW,
        "items": [item],
        "lead_unit": city.yibao,
        "steps": [{"text": "更换叫号系统", "due_on": DUE, "person_text": ""}],
        "text": "更换叫号系统。",
        "rectify_kind": "DATED",
        "due_on": DUE,
        "calendar": CALENDAR,
    }
    with pytest.raises(NotAllowed, match="措施不能再改"):
        revise_measure(**changed)
    ledger.send_back(item=item, by=city.yibao_head, now=NOW, note="措施太软。", calendar=CALENDAR)
    revise_measure(**changed | {"items": [fresh(item)]})
    measure.refresh_from_db()
    assert (measure.text, measure.steps.get().text) == ("更换叫号系统。", "更换叫号系统")


def test_numbers_must_not_grow_without_a_word(city):
    item = make_problem(city).item
    with pytest.raises(NotAllowed, match="备注"):
        make_measure(item, city.yibao_reporter, steps_before=3, steps_after=4)
    assert make_measure(item, city.yibao_reporter, steps_before=3, steps_after=4, note="新增自助环节。").pk


def test_a_step_is_done_once(city):
    item = make_item(city, S.RECTIFYING)
    step = item.problem.measures.get().steps.order_by("sequence").first()
    findings.finish_step(step=step, by=city.yibao_reporter, now=NOW)
    step.refresh_from_db()
    assert (step.done_on, step.deadline.is_open) == (ON, False)
    with pytest.raises(NotAllowed, match="已经完成"):
        findings.finish_step(step=step, by=city.yibao_reporter, now=NOW)


def test_a_measure_written_while_rectifying_starts_its_steps_clocks(city):
    item = make_item(city, S.RECTIFYING)
    make_measure(item, city.yibao_reporter, text="补充措施。")
    assert Deadline.objects.running().filter(kind="STEP").count() == 4


def test_a_demand_waits_for_its_decision(city):
    demand = make_demand(city, is_accepted=None, responsible_unit=None)
    assert not LedgerItem.objects.filter(demand=demand).exists()
    with pytest.raises(NotAllowed, match="需求是否采纳由"):
        findings.decide_demand(demand=demand, by=city.yibao_walker, now=NOW, accepted=False, reason="不行。")
    findings.decide_demand(
        demand=demand,
        by=city.yibao_head,
        now=NOW,
        accepted=True,
        responsible_unit=city.yibao,
        calendar=CALENDAR,
    )
    assert LedgerItem.objects.get(demand=demand).state == S.PLANNING
    with pytest.raises(NotAllowed, match="已经采纳"):
        findings.decide_demand(demand=demand, by=city.yibao_head, now=NOW, accepted=False, reason="不行。")
