"""check_truths: quiet over a sound city, and each broken truth is named once, with the row that breaks it."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from campaigns.models import Obligation
from campaigns.tests.factories import at, make_steps
from issues.actions import ledger
from issues.actions.verifying import stop_waiting
from issues.enums import LedgerState, RectifyKind
from issues.models import LedgerItem
from issues.tests.factories import CALENDAR, make_city, make_item, vetted
from reports import truths
from reports.tests.city import moment


def broken(city) -> list[tuple[str, str]]:
    found = truths.check([city.campaign])["broken"]
    return [(each["truth"], each["what"]) for each in found]


@pytest.fixture
def sound(city):
    """One item in 整改中 with a measure, and two walks one after the other."""
    problem = city.problem()
    city.measure(problem)
    city.sound_item = city.item(problem)
    city.walk()
    city.walk(started_at=moment(date(2022, 5, 10), 3), ended_at=moment(date(2022, 5, 10), 4))
    return city


def test_a_sound_city_breaks_nothing(sound):
    result = truths.check([sound.campaign])
    assert result["broken"] == []
    assert result["checked"] == len(truths.TRUTHS)


def test_two_places_at_once(sound):
    walk = sound.walk(ended_at=moment(date(2022, 5, 10), 4))
    names = {what for truth, what in broken(sound) if truth == "同一人不同时走两场流程"}
    assert names
    assert walk.number in names or len(names) == 2


def test_a_draft_is_nowhere_yet(sound):
    sound.walk(state="DRAFT", held_on=None, recorded_by=None, recorded_at=None)
    assert broken(sound) == []


def test_state_that_history_does_not_tell(sound):
    LedgerItem.objects.update(state=LedgerState.ESCALATED)
    assert ("台账状态与最后一条历史一致", sound.sound_item.number) in broken(sound)


def test_two_duties_at_once(sound):
    first = Obligation.objects.order_by("pk").first()
    values = {"campaign": first.campaign, "person": first.person, "organization": sound.other, "rank": "HEAD"}
    Obligation.objects.create(**values, starts_on=date(2022, 5, 1), ends_on=date(2022, 5, 31))
    assert ("一个人同一天只有一段应走", first.person.code) in broken(sound)
    Obligation.objects.filter(pk=first.pk).update(ends_on=date(2022, 4, 30))
    assert broken(sound) == []


def test_signed_without_a_measure(sound):
    item = sound.item(sound.problem("没有措施的问题"))
    assert ("审签以后的台账都有解决措施", item.number) in broken(sound)


def test_held_outside_the_campaign(sound):
    walk = sound.walk(day=date(2022, 4, 1))
    assert ("走流程日期在行动期间内", walk.number) in broken(sound)


def test_a_way_that_is_not_what_its_steps_say(sound):
    walk = make_steps(sound.walk(day=date(2022, 5, 11)), {"kind": "QUEUE"}, {"kind": "ACCEPT", "minutes": 5})
    assert broken(sound) == []
    walk.steps.filter(kind="ACCEPT").update(result="RETURNED")
    assert broken(sound) == [("流程图与环节记录一致", walk.number)]


def test_clock_that_runs_after_the_end(sound):
    problem = sound.problem()
    sound.measure(problem)
    item = sound.item(problem, LedgerState.CLOSED)
    assert ("整改时限与状态一致", item.number) in broken(sound)
    item.deadline.is_open, item.deadline.settled_on = False, date(2022, 6, 1)
    item.deadline.save()
    assert broken(sound) == []


def test_clock_that_stands_while_work_goes_on(sound):
    deadline = sound.sound_item.deadline
    deadline.is_open, deadline.settled_on = False, date(2022, 6, 1)
    deadline.save()
    assert broken(sound) == [("整改时限与状态一致", sound.sound_item.number)]


def test_waiting_without_a_clock(sound):
    item = sound.item(sound.problem(), LedgerState.PLANNING)
    assert broken(sound) == [("本环节时限与状态一致", item.number)]
    item.rectify_kind = RectifyKind.QUICK
    item.deadline = sound.deadline(sound.unit, due_on=date(2022, 6, 22))
    item.save()
    assert broken(sound) == []


def test_closed_by_somebody_of_the_unit(sound):
    problem = sound.problem()
    sound.measure(problem)
    item = sound.item(problem, LedgerState.CLOSED)
    item.deadline.is_open, item.deadline.settled_on = False, date(2022, 6, 1)
    item.deadline.save()
    entry = sound.history(item, "CLOSE", LedgerState.CLOSED)
    entry.posting = sound.office
    entry.save()
    assert broken(sound) == []
    entry.posting = sound.clerk
    entry.save()
    assert broken(sound) == [("销号人不属于责任单位", item.number)]


def test_dates_over_an_unpublished_year(sound):
    sound.deadline(sound.unit, due_on=date(2098, 6, 22) + timedelta(days=1))
    assert broken(sound) == [("跨未公布年份的时限标为暂定", "整改")]


def test_the_command_says_what_is_broken(sound, capsys):
    call_command("check_truths", "--json")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["broken"] == []
    sound.walk(day=date(2022, 4, 1))
    with pytest.raises(SystemExit) as refused:
        call_command("check_truths", "--json", "--campaign", "ZJY-2022")
    assert refused.value.code == 1
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["broken"][0]["truth"] == "走流程日期在行动期间内"


def test_the_command_refuses_an_unknown_campaign(db, capsys):
    with pytest.raises(CommandError) as refused:
        call_command("check_truths", "--json", "--campaign", "NOWHERE")
    assert refused.value.returncode == 2
    assert "NOWHERE" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]


@pytest.mark.django_db
def test_a_units_review_may_stand_still_for_want_of_a_verifier():
    """Contract §7.4: more than 5 working days without a verifier stop the unit's clock, and no truth is broken."""
    city = make_city()
    item = make_item(city, LedgerState.RECTIFYING, category="A05")
    ledger.apply_for_closure(
        item=item, by=city.yibao_reporter, now=at("2022-05-12"), files=[vetted()], calendar=CALENDAR
    )
    assert stop_waiting(on=date(2022, 5, 20), now=at("2022-05-20"), calendar=CALENDAR) == 1
    assert not LedgerItem.objects.get(pk=item.pk).turn.is_open
    assert broken(city) == []
