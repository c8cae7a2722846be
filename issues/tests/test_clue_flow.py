"""疑点 raised once, asked, answered, decided; withdrawn when their ground is gone; rules weighed with a history."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from campaigns.enums import SessionState
from campaigns.ground.notices import Notice
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import AuditEvent, User, WalkSession
from campaigns.tests.factories import at, make_person, make_session
from issues.actions import clue_flow
from issues.actions.clues import raise_clues
from issues.actions.daily import run_day
from issues.enums import ClueState
from issues.models import Clue, ClueEntry, ClueSetting
from issues.tests.factories import NOW, ON, make_city

pytestmark = pytest.mark.django_db
NIGHT = at("2022-05-09", "21:30")  # nobody is in a hall then


@pytest.fixture
def city():
    return make_city()


def night_walk(city, **changes):
    """A walk at a window by night, in a quarter of an hour too few."""
    values = {"started_at": NIGHT, "ended_at": NIGHT + timedelta(hours=1), "place": "市政务服务中心"}
    return make_session(city.campaign, city.yibao, matter=city.matter, **{**values, **changes})


def raised(city, **changes) -> Clue:
    night_walk(city, **changes)
    raise_clues(on=ON, now=NOW, campaign=city.campaign)
    return Clue.objects.get(rule="R14")


# — the run —


def test_it_tells_contract_2_and_is_safe_to_run_twice(city):
    walk = night_walk(city)
    first = raise_clues(on=ON, now=NOW)
    again = raise_clues(on=ON, now=NOW)
    assert first == again
    assert first == {
        "sessions": 1,
        "threshold": 100.0,
        "clues": [
            {
                "session": walk.number,
                "rule": "R14",
                "weight": 100.0,
                "facts": {"because": "21:30 开始，大厅办公时间是 08:30—17:30。", "others": []},
            }
        ],
        "by_rule": {"R14": 1},
    }
    assert Clue.objects.count() == 1


def test_inspectors_are_told_once_a_day(city):
    night_walk(city)
    raise_clues(on=ON, now=NOW)
    raise_clues(on=ON, now=NOW)
    told = Notice.objects.filter(kind="CLUES")
    assert [notice.recipient.username for notice in told] == ["duchashi"]
    assert "1 次走流程" in told.get().title


def test_a_walk_put_right_withdraws_what_was_raised(city):
    clue = raised(city)
    WalkSession.objects.update(started_at=at("2022-05-09", "09:30"), ended_at=at("2022-05-09", "10:30"))
    told = raise_clues(on=date(2022, 5, 11), now=at("2022-05-11"))
    clue.refresh_from_db()
    assert told["clues"] == []
    assert (clue.state, clue.withdrawn_on) == (ClueState.WITHDRAWN, date(2022, 5, 11))
    assert clue.withdrawal_reason == "登记或比对数据变动后，事实不再成立。"
    assert [entry.get_act_display() for entry in clue.entries.all()] == ["撤销"]


def test_a_corrected_walk_takes_its_clues_along(city):
    clue = raised(city)
    old = clue.session
    night_walk(
        city,
        started_at=at("2022-05-09", "09:30"),
        ended_at=at("2022-05-09", "11:00"),
        corrects=old,
        amended_by=old.recorded_by,
        amended_at=NOW,
        correction_reason="时间填错",
    )
    told = raise_clues(on=ON, now=NOW)
    clue.refresh_from_db()
    assert (told["sessions"], told["clues"]) == (1, [])
    assert clue.withdrawal_reason == "该走流程登记已被更正，按更正后的登记重新比对。"


def test_what_holds_again_is_raised_again_and_keeps_its_history(city):
    clue = raised(city)
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    day = {"started_at": at("2022-05-09", "09:30"), "ended_at": at("2022-05-09", "10:30")}
    WalkSession.objects.update(**day)
    raise_clues(on=ON, now=NOW)
    WalkSession.objects.update(started_at=NIGHT, ended_at=NIGHT + timedelta(hours=1))
    raise_clues(on=date(2022, 5, 12), now=at("2022-05-12"))
    clue.refresh_from_db()
    assert (clue.state, clue.raised_on, clue.asked_at, clue.deadline) == (
        ClueState.RAISED,
        date(2022, 5, 12),
        None,
        None,
    )
    assert list(clue.entries.order_by("pk").values_list("act", flat=True)) == ["ASK", "WITHDRAW", "RENEW"]


def test_withdrawing_stops_the_clock(city):
    clue = raised(city)
    (asked,) = clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    WalkSession.objects.update(started_at=at("2022-05-09", "09:30"), ended_at=at("2022-05-09", "10:30"))
    raise_clues(on=ON, now=NOW)
    asked.deadline.refresh_from_db()
    assert not asked.deadline.is_open


def test_what_is_decided_stands(city):
    clue = raised(city)
    clue_flow.decide(clue=clue, is_true=False, note="当晚大厅延时服务。", by=city.duchashi, now=NOW)
    assert raise_clues(on=ON, now=NOW)["clues"] == []
    clue.refresh_from_db()
    assert clue.state == ClueState.DISMISSED


def test_drafts_and_walks_after_the_day_are_left_alone(city):
    night_walk(city, state=SessionState.DRAFT)
    night_walk(city, started_at=at("2022-05-20", "21:30"), ended_at=at("2022-05-20", "22:00"))
    assert raise_clues(on=ON, now=NOW)["sessions"] == 0


def test_a_rule_switched_off_withdraws_and_weights_are_data(city):
    clue = raised(city)
    weigh = {"campaign": city.campaign, "rule": "R14", "by": city.duchashi, "now": NOW}
    clue_flow.weigh_rule(**weigh, weight=Decimal(60), is_on=True, reason="误报多。")
    assert raise_clues(on=ON, now=NOW)["clues"][0]["weight"] == 60.0
    clue_flow.weigh_rule(**weigh, weight=Decimal(60), is_on=False, reason="大厅延时服务。")
    assert raise_clues(on=ON, now=NOW)["clues"] == []
    clue.refresh_from_db()
    assert clue.withdrawal_reason == "该规则已停用。"
    assert list(ClueSetting.objects.order_by("pk").values_list("is_on", "reason")) == [
        (True, "误报多。"),
        (False, "大厅延时服务。"),
    ]


def test_the_threshold_is_data(city):
    night_walk(city)
    clue_flow.weigh_rule(
        campaign=city.campaign,
        rule=ClueSetting.THRESHOLD,
        weight=Decimal(150),
        is_on=True,
        reason="只看突出的。",
        by=city.duchashi,
        now=NOW,
    )
    assert raise_clues(on=ON, now=NOW)["threshold"] == 150.0
    assert not Notice.objects.filter(kind="CLUES").exists()


def test_only_the_citys_inspectors_weigh_rules(city):
    for who in ("leiyang_ducha", "shengaiban", "yibao_head"):
        with pytest.raises(NotAllowed, match="市督查室"):
            clue_flow.weigh_rule(
                campaign=city.campaign,
                rule="R1",
                weight=Decimal(1),
                is_on=True,
                reason="不。",
                by=getattr(city, who),
                now=NOW,
            )


# — asking, answering, deciding —


def test_the_unit_has_five_working_days_and_is_chased(city):
    (clue,) = clue_flow.ask(clue=raised(city), question="请说明为何在夜间。", by=city.duchashi, now=NOW)
    assert clue.deadline.due_on == date(2022, 5, 17)
    assert clue.deadline.organization == city.yibao
    assert Notice.objects.get(kind="CLUE_ASKED").recipient == city.yibao_reporter.person.user
    run_day(on=date(2022, 5, 12), now=at("2022-05-12", "08:30"))
    assert clue.deadline.chases.count() == 1


def test_asking_together_opens_a_clock_each(city):
    night_walk(city, recorded_at=at("2022-05-07", "08:00"))
    raise_clues(on=ON, now=NOW)
    clue = Clue.objects.get(rule="R14")
    asked = clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW, together=True)
    assert sorted(one.rule for one in asked) == ["R14", "R20"]
    assert len({one.deadline_id for one in asked}) == 2
    answered = clue_flow.answer(
        clue=Clue.objects.get(rule="R14"),
        explanation="时间填错。",
        by=city.yibao_reporter,
        now=NOW,
        together=True,
    )
    assert len(answered) == 2
    assert {one.state for one in Clue.objects.all()} == {ClueState.ANSWERED}


def test_the_answer_stops_the_clock_and_can_be_said_again(city):
    (clue,) = clue_flow.ask(clue=raised(city), question="请说明。", by=city.duchashi, now=NOW)
    (clue,) = clue_flow.answer(clue=clue, explanation="当晚延时服务。", by=city.yibao_reporter, now=NOW)
    assert not clue.deadline.is_open
    assert Notice.objects.get(kind="CLUE_ANSWERED").recipient == city.duchashi.person.user
    clue_flow.answer(clue=clue, explanation="补充：有值班表。", by=city.yibao_head, now=NOW)
    clue.refresh_from_db()
    assert clue.explanation == "补充：有值班表。"
    assert ClueEntry.objects.filter(act="ANSWER").count() == 2


def test_true_only_after_the_unit_was_heard_or_let_its_days_go_by(city):
    clue = raised(city)
    verdict = {"is_true": True, "note": "监控显示无人。", "by": city.duchashi}
    with pytest.raises(NotAllowed, match="先要求填报单位说明"):
        clue_flow.decide(clue=clue, now=NOW, **verdict)
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    with pytest.raises(NotAllowed, match="2022-05-17"):
        clue_flow.decide(clue=clue, now=at("2022-05-17", "10:00"), **verdict)
    decided = clue_flow.decide(clue=clue, now=at("2022-05-18", "10:00"), **verdict)
    assert decided.state == ClueState.TRUE
    decided.deadline.refresh_from_db()
    assert not decided.deadline.is_open
    assert AuditEvent.objects.filter(verb="疑点认定属实").count() == 1


def test_who_decides(city):
    clue = raised(city)
    for who, sentence in (
        ("shengaiban", "由督查室核实"),
        ("yibao_head", "由督查室核实"),
        ("leiyang_ducha", "不在您的管辖范围"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            clue_flow.decide(clue=clue, is_true=False, note="排除。", by=getattr(city, who), now=NOW)
    with pytest.raises(NotAllowed, match="情况说明由填报单位"):
        clue_flow.answer(clue=clue, explanation="说明。", by=city.duchashi, now=NOW)
    with pytest.raises(NotAllowed, match="由市医保局填写"):
        clue_flow.answer(clue=clue, explanation="说明。", by=city.renshe_reporter, now=NOW)


def test_nobody_judges_a_walk_of_their_own(city):
    night_walk(city, walkers=[city.duchashi.person])
    raise_clues(on=ON, now=NOW)
    with pytest.raises(NotAllowed, match="回避"):
        clue_flow.decide(
            clue=Clue.objects.get(rule="R14"), is_true=False, note="排除。", by=city.duchashi, now=NOW
        )


def test_two_inspectors_at_once(city):
    clue = raised(city)
    stale = Clue.objects.select_related("session__reporting_unit").get(pk=clue.pk)
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    with pytest.raises(Changed, match="待情况说明"):
        clue_flow.ask(clue=stale, question="请说明。", by=city.duchashi, now=NOW)


def test_outcomes_need_a_verdict_and_a_number(city):
    clue = raised(city)
    told = {"on": ON, "note": "约谈分管负责人。", "by": city.duchashi, "now": at("2022-05-18")}
    with pytest.raises(NotAllowed, match="认定属实"):
        clue_flow.record_outcome(clue=clue, kind="TALK", document_number="", **told)
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    clue_flow.decide(clue=clue, is_true=True, note="属实。", by=city.duchashi, now=at("2022-05-18"))
    with pytest.raises(NotAllowed, match="文号"):
        clue_flow.record_outcome(clue=clue, kind="TRANSFER", document_number="", **told)
    with pytest.raises(NotAllowed, match="晚于今天"):
        clue_flow.record_outcome(
            clue=clue, kind="TALK", document_number="", **(told | {"on": date(2022, 5, 19)})
        )
    assert (
        clue_flow.record_outcome(clue=clue, kind="TALK", document_number="", **told).get_kind_display()
        == "约谈"
    )


# — who sees —


def test_units_see_only_what_they_were_asked_about(city):
    clue = raised(city)
    seen = [
        name
        for name in (
            "duchashi",
            "leiyang_ducha",
            "shengaiban",
            "yibao_reporter",
            "yibao_head",
            "renshe_reporter",
            "yibao_walker",
            "admin_posting",
            "auditor",
        )
        if Clue.objects.visible_to(getattr(city, name)).exists()
    ]
    assert seen == ["duchashi"]
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    assert Clue.objects.visible_to(city.yibao_reporter).get() == clue
    assert Clue.objects.visible_to(city.yibao_head).exists()
    assert not Clue.objects.visible_to(city.renshe_reporter).exists()
    assert not Clue.objects.visible_to(city.yibao_walker).exists()


# — the command —


def test_the_command_answers_in_json(city, capsys):
    night_walk(city)
    call_command("raise_clues", "--on", "2022-05-10", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(told) == {"sessions", "threshold", "clues", "by_rule"}
    assert told["by_rule"] == {"R14": 1}


def test_the_command_refuses_in_words(capsys):
    with pytest.raises(SystemExit) as refused:
        call_command("raise_clues", "--json")
    assert refused.value.code == 1
    assert "没有进行中的行动" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
    with pytest.raises(CommandError, match="没有编码为"):
        call_command("raise_clues", "--campaign", "X")


def test_a_walk_without_recorders_account_still_counts(city):
    night_walk(city, recorded_by=User.objects.get(username="system"), walkers=[make_person(city.yibao)])
    assert raise_clues(on=ON, now=NOW)["by_rule"] == {"R14": 1}
