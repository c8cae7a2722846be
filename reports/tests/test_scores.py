"""考核表: who makes, reads, objects and answers; published is frozen; a correction supersedes; pages cost the same."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.enums import Reach, Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import CampaignPolicy, Notice, Posting
from reports.actions.scores import (
    answer_objection,
    draft_sheet,
    policy_of,
    publish_sheet,
    raise_objection,
    set_policy,
)
from reports.models import ScoreCard, ScoreObjection, ScoreSetting, ScoreSheet
from reports.scoring import Policy
from reports.tests.city import NOON, ON


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def seat(city, username, role, unit, reach=Reach.OWN) -> Posting:
    return city.posting(username, unit, role, reach)


@pytest.fixture
def scored(stocked):
    """A published sheet; heads of two units; the inspector."""
    stocked.chief = seat(stocked, "yibaoju.zhuyao", Role.HEAD, stocked.unit)
    stocked.other_chief = seat(stocked, "renshe.zhuyao", Role.HEAD, stocked.other)
    stocked.inspector = seat(stocked, "duchashi", Role.INSPECTOR, stocked.root, Reach.SUBTREE)
    stocked.sheet = make(stocked)
    publish_sheet(sheet=stocked.sheet, by=stocked.office, now=NOON)
    stocked.sheet.refresh_from_db()
    return stocked


def make(city, period="2022年上半年", by=None, on=ON) -> ScoreSheet:
    return draft_sheet(campaign=city.campaign, period=period, on=on, by=by or city.office, now=NOON)


def card_of(city, code="430400-031", sheet=None) -> ScoreCard:
    return ScoreCard.objects.get(sheet=sheet or city.sheet, organization__code=code)


def enter(client, posting):
    posting.person.user.current_posting = posting
    posting.person.user.save(update_fields=["current_posting"])
    client.force_login(posting.person.user)
    return client


def test_a_draft_is_reckoned_anew(stocked):
    first, second = make(stocked), make(stocked)
    assert first == second
    assert sorted(first.cards.values_list("organization__code", flat=True)) == [
        "430400-016",
        "430400-031",
        "430481",
        "430481-001",
    ]
    assert first.lines.filter(organization=stocked.unit).count() == 7
    assert first.policy["rectified"] == "30"


@pytest.mark.parametrize("day", [date(2022, 4, 18), date(2022, 6, 21)])
def test_only_days_of_the_campaign(stocked, day):
    with pytest.raises(NotAllowed, match="截至日期应在行动开始的 2022-04-19 和今天之间"):
        make(stocked, on=day)


def test_a_campaigns_own_weights_are_kept_with_the_sheet(stocked):
    CampaignPolicy.objects.create(campaign=stocked.campaign, ladder=[], scoring={"coverage": "40"})
    sheet = make(stocked)
    assert sheet.policy["coverage"] == "40"
    assert sheet.lines.get(organization=stocked.unit, rule="全覆盖").max_points == 40


def test_only_its_own_office_makes_and_publishes(stocked):
    county = seat(stocked, "leiyang.shengaiban", Role.REFORM_OFFICE, stocked.county, Reach.SUBTREE)
    sheet = make(stocked)
    with pytest.raises(NotAllowed, match="由审改办制作"):
        make(stocked, by=stocked.clerk)
    with pytest.raises(NotAllowed, match="衡阳市人民政府|市政府"):
        publish_sheet(sheet=sheet, by=county, now=NOON)
    own = make(stocked, by=county)
    assert list(own.cards.values_list("organization__code", flat=True)) == ["430481-001"]


def test_published_is_frozen_and_a_correction_supersedes(scored):
    with pytest.raises(Changed, match="已经公布"):
        publish_sheet(sheet=scored.sheet, by=scored.office, now=NOON)
    correction = make(scored)
    assert correction != scored.sheet
    publish_sheet(sheet=correction, by=scored.office, now=NOON + timedelta(hours=1))
    scored.sheet.refresh_from_db()
    assert (scored.sheet.superseded_by, scored.sheet.state_label) == (correction, "已更正")
    assert scored.sheet.lines.filter(organization=scored.unit).count() == 7
    texts = Notice.objects.of(scored.chief.person.user).values_list("title", flat=True)
    assert any("2022年上半年考核结果已更正" in text for text in texts)


def test_an_objection_is_answered_once(scored):
    card = card_of(scored)
    objection = raise_objection(card=card, text="有一条已经销号。", by=scored.chief, now=NOON)
    with pytest.raises(Changed, match="还没有答复"):
        raise_objection(card=card, text="再说一次。", by=scored.chief, now=NOON)
    answer_objection(objection=objection, upheld=True, answer="属实，更正。", by=scored.office, now=NOON)
    with pytest.raises(Changed, match="已经答复"):
        answer_objection(objection=objection, upheld=False, answer="不对。", by=scored.office, now=NOON)
    objection.refresh_from_db()
    assert (objection.is_upheld, objection.answer) == (True, "属实，更正。")


def test_who_may_not_object_or_answer(scored):
    card = card_of(scored)
    for stranger in (scored.clerk, scored.other_chief, scored.office):
        with pytest.raises(NotAllowed, match="主要负责人"):
            raise_objection(card=card, text="不同意。", by=stranger, now=NOON)
    objection = raise_objection(card=card, text="不同意。", by=scored.chief, now=NOON)
    for stranger in (scored.chief, scored.inspector):
        with pytest.raises(NotAllowed, match="审改办答复"):
            answer_objection(objection=objection, upheld=True, answer="好。", by=stranger, now=NOON)
    with pytest.raises(NotAllowed, match="请写明答复"):
        answer_objection(objection=objection, upheld=True, answer=" ", by=scored.office, now=NOON)


def test_nobody_answers_about_their_own_office(scored):
    """People of 市人社局 hold the 审改办 here: its card is answered by 督查室."""
    scored.office.person.organization = scored.other
    scored.office.person.save()
    card = card_of(scored, "430400-016")
    objection = raise_objection(card=card, text="不同意。", by=scored.other_chief, now=NOON)
    with pytest.raises(NotAllowed):
        answer_objection(objection=objection, upheld=True, answer="好。", by=scored.office, now=NOON)
    answer_objection(objection=objection, upheld=True, answer="好。", by=scored.inspector, now=NOON)


def test_no_objection_to_a_corrected_sheet(scored):
    card, correction = card_of(scored), make(scored)
    publish_sheet(sheet=correction, by=scored.office, now=NOON)
    with pytest.raises(NotAllowed, match="现行公布"):
        raise_objection(card=card, text="不同意。", by=scored.chief, now=NOON)


def test_objections_end_with_their_days(scored):
    """Published on 2022-06-20: five working days are up on 06-27."""
    card = card_of(scored)
    with pytest.raises(NotAllowed, match="已于 2022-06-27 截止"):
        raise_objection(card=card, text="不同意。", by=scored.chief, now=NOON + timedelta(days=8))
    raise_objection(card=card, text="不同意。", by=scored.chief, now=NOON + timedelta(days=7))


def test_two_objections_are_the_most(scored):
    card = card_of(scored)
    for text in ("第一次。", "第二次。"):
        objection = raise_objection(card=card, text=text, by=scored.chief, now=NOON)
        answer_objection(objection=objection, upheld=False, answer="已核对。", by=scored.office, now=NOON)
    with pytest.raises(NotAllowed, match="最多提出 2 次"):
        raise_objection(card=card, text="第三次。", by=scored.chief, now=NOON)


# — 考核办法 —

POLICY_PAGE = "/reports/scores/policy/"


def weights(city, by=None, reason="本年度重在整改", **changes) -> ScoreSetting:
    policy = Policy.read(policy_of(city.campaign).told() | changes)
    return set_policy(campaign=city.campaign, policy=policy, reason=reason, by=by or city.office, now=NOON)


def test_another_policy_counts_for_the_next_sheet_only(scored):
    weights(scored, coverage="10", rectified="40")
    weights(scored, named_points="3")
    assert (policy_of(scored.campaign).rectified, policy_of(scored.campaign).named_points) == (40, 3)
    scored.sheet.refresh_from_db()
    assert scored.sheet.policy["rectified"] == "30"
    assert make(scored, period="下半年").policy["rectified"] == "40"


def test_a_policy_is_set_by_the_citys_office_with_a_reason_and_a_change(scored):
    county = seat(scored, "leiyang.shengaiban", Role.REFORM_OFFICE, scored.county, Reach.SUBTREE)
    for stranger in (scored.inspector, scored.chief, county):
        with pytest.raises(NotAllowed, match="由市审改办调整"):
            weights(scored, by=stranger, coverage="10", rectified="40")
    with pytest.raises(NotAllowed, match="理由"):
        weights(scored, reason=" ", coverage="10", rectified="40")
    with pytest.raises(NotAllowed, match="没有改动"):
        weights(scored)


def test_the_page_of_the_policy_and_its_history(scored, client):
    enter(client, scored.office)
    typed = {**policy_of(scored.campaign).told(), "coverage": "10", "rectified": "40", "reason": "重在整改"}
    wrong = client.post(POLICY_PAGE, typed | {"rectified": "41", "grade_a": "70"})
    assert wrong.status_code == 422
    assert "五问满分合计应为 100 分。" in wrong.text
    assert "A 高于 B" in wrong.text
    assert "重在整改" in wrong.text
    assert client.post(POLICY_PAGE, typed).status_code == 302
    page = client.get(POLICY_PAGE).text
    assert "全覆盖满分 20→10；整改到位满分 30→40" in page
    assert "重在整改" in page
    seen = enter(client, scored.inspector).get(POLICY_PAGE)
    assert seen.status_code == 200
    assert 'data-autosave="score-policy"' in page
    assert 'data-autosave="score-policy"' not in seen.text
    assert client.post(POLICY_PAGE, typed).status_code == 403
    assert enter(client, scored.chief).get(POLICY_PAGE).status_code == 403


def test_points_open_exactly_the_rows_they_counted(scored, client):
    judged = {"quality": "VALID", "quality_at": NOON, "quality_by": scored.office.person.user}
    problem = scored.problem(finder=scored.unit, unit=scored.other, **judged)
    scored.problem(finder=scored.unit, unit=scored.other)
    page = enter(client, scored.clerk).get(card_of(scored).get_absolute_url()).text
    address = (
        f"{reverse('problem_list')}?finder=430400-031&amp;campaign=ZJY-2022&amp;quality=%E6%9C%89%E6%95%88"
    )
    assert address in page
    assert "/issues/clues/?organization=430400-031" in page
    rows = client.get(address.replace("&amp;", "&")).text
    assert "共 1 条" in rows
    assert problem.number in rows
    office = enter(client, scored.office).get(card_of(scored).get_absolute_url()).text
    assert "/issues/clues/" not in office.split("<main")[1]


def test_a_draft_is_the_offices_alone(scored, client):
    draft = make(scored, period="2022年下半年")
    for posting, status in ((scored.office, 200), (scored.inspector, 404), (scored.chief, 404)):
        assert enter(client, posting).get(draft.get_absolute_url()).status_code == status


def test_a_unit_reads_its_own_card_and_its_group_only(scored, client):
    enter(client, scored.clerk)
    page = client.get(scored.sheet.get_absolute_url()).text
    assert "市医保局" in page
    assert "耒阳市" not in page
    assert client.get(card_of(scored).get_absolute_url()).status_code == 200
    assert client.get(card_of(scored, "430400-016").get_absolute_url()).status_code == 404
    assert client.get(card_of(scored, "430481").get_absolute_url()).status_code == 404


def test_the_card_says_why_and_opens_its_rows(scored, client):
    page = enter(client, scored.clerk).get(card_of(scored).get_absolute_url()).text
    assert "应走 2 人，已走 2 人" in page
    assert f"{reverse('ledger_list')}?organization=430400-031&amp;campaign=ZJY-2022" in page


def test_pages_of_the_office(scored, client):
    enter(client, scored.office)
    page = client.get(scored.sheet.get_absolute_url()).text
    assert all(name in page for name in ("市医保局", "市人社局", "耒阳市"))
    assert f"{reverse('export_list')}?kind=scores&amp;sheet={scored.sheet.pk}" in page
    empty = client.post(reverse("score_list"), {"period": "", "on": "2022-06-20"})
    assert empty.status_code == 422
    assert "请填写考核期" in empty.text
    assert 'value="2022-06-20"' in empty.text
    made = client.post(reverse("score_list"), {"period": "2022年第三季度", "on": "2022-06-20"})
    sheet = ScoreSheet.objects.get(period="2022年第三季度")
    assert made.headers["Location"] == sheet.get_absolute_url()
    client.post(reverse("score_publish", args=[sheet.pk]))
    sheet.refresh_from_db()
    assert sheet.published_by == scored.office.person.user


def test_a_unit_makes_no_sheet(scored, client):
    answer = enter(client, scored.chief).post(reverse("score_list"), {"period": "我的", "on": "2022-06-20"})
    assert answer.status_code == 403
    assert "由审改办制作和公布" in answer.text
    assert not ScoreSheet.objects.filter(period="我的").exists()
    assert client.post(reverse("score_publish", args=[scored.sheet.pk])).status_code == 403


def test_objecting_and_answering_on_the_page(scored, client):
    card = card_of(scored)
    address, answering = (
        card.get_absolute_url(),
        reverse("score_answer", args=[scored.sheet.pk, "430400-031"]),
    )
    enter(client, scored.chief)
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "有一条已经销号。"}).status_code == 302
    enter(client, scored.office)
    kept = client.post(answering, {"answer": "写了一半"})
    assert kept.status_code == 422
    assert "写了一半" in kept.text
    assert "请选择是否采纳" in kept.text
    assert client.post(answering, {"upheld": "0", "answer": "已核对，不采纳。"}).status_code == 302
    assert client.post(answering, {"upheld": "0", "answer": "再答。"}).status_code == 409
    assert ScoreObjection.objects.get().is_upheld is False
    assert "已核对，不采纳。" in enter(client, scored.clerk).get(address).text


@pytest.mark.parametrize("more", [0, 5])
def test_the_sheet_costs_the_same_for_any_number_of_units(stocked, client, more):
    for place in range(more):
        stocked._unit(f"430400-10{place}", f"第{place}局", f"第{place}局", "CITY_DEPARTMENT", stocked.root)
    sheet = make(stocked)
    enter(client, stocked.office)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(sheet.get_absolute_url()).status_code == 200
    assert len(caught) == 8
