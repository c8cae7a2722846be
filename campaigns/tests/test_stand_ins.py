"""代签 and 请假代办: a named colleague takes the turns and the notices, from–to and no longer (contract §5)."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.actions.accounts import withdraw
from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import open_deadline
from campaigns.actions.stand_ins import end_stand_in, name_stand_in
from campaigns.enums import OrganizationKind, Role
from campaigns.ground.lights import DEFAULT_LADDER, ladder_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import calendar_of, shipped_workdays
from campaigns.models import AuditEvent, Posting
from campaigns.tests.factories import at, make_campaign, make_person, make_posting, make_unit

pytestmark = pytest.mark.django_db
NOW, ON = at("2022-05-10", "10:00"), date(2022, 5, 10)
FROM, TO = date(2022, 5, 11), date(2022, 5, 13)


@pytest.fixture
def unit():
    return make_unit("430400-031", make_unit("430400"), name="市医疗保障局")


@pytest.fixture
def head(unit):
    return make_posting(unit, Role.HEAD, "fuzeren")


@pytest.fixture
def deputy(unit):
    return make_posting(unit, Role.DEPUTY, "fenguan")


def name(head, person, **given):
    facts = {"by": head, "person": person, "started_on": FROM, "ended_on": TO, "now": NOW}
    return name_stand_in(**facts | given)


def test_the_colleague_holds_the_role_on_its_days_only(head, deputy):
    stand_in = name(head, deputy.person)
    assert (stand_in.role, stand_in.role_label, stand_in.organization_id) == (
        Role.HEAD,
        "主要负责人·代签",
        head.organization_id,
    )
    days = {day: stand_in in Posting.objects.active(day) for day in (ON, FROM, TO, date(2022, 5, 14))}
    assert days == {ON: False, FROM: True, TO: True, date(2022, 5, 14): False}
    assert AuditEvent.objects.filter(verb="指定代签代办").count() == 1


def test_notices_reach_the_colleague_too(head, deputy, unit):
    person = make_person(unit, name="责任人")
    clerk = make_posting(unit, Role.REPORTER, person=person)
    name(clerk, deputy.person)
    clock = open_deadline(
        kind="RECTIFY",
        title="窗口叫号",
        link="/x/",
        campaign=make_campaign(),
        organization=unit,
        starts_on=ON,
        workdays=5,
        person=person,
        calendar=calendar_of(shipped_workdays()),
    )
    first = ladder_of(DEFAULT_LADDER)[0]
    assert Audience(ON).of_rung(clock, first) == [person.user_id]
    assert set(Audience(FROM).of_rung(clock, first)) == {person.user_id, deputy.person.user_id}


def test_refusals(head, deputy, unit):
    stranger = make_person(make_unit("430400-010", unit.parent), name="外单位")
    mute = make_person(unit, name="没账号")
    for person, sentence in ((head.person, "自己"), (stranger, "不是市医"), (mute, "还没有账号")):
        with pytest.raises(NotAllowed, match=sentence):
            name(head, person)
    for given, sentence in (
        ({"started_on": date(2022, 5, 9)}, "不能早于今天"),
        ({"ended_on": date(2022, 5, 10)}, "不能早于起始日期"),
        ({"ended_on": date(2022, 8, 10)}, "一次最长 60 天"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            name(head, deputy.person, **given)
    stand_in = name(head, deputy.person)
    with pytest.raises(NotAllowed, match="已经请了人"):
        name(head, deputy.person)
    with pytest.raises(NotAllowed, match="不能再请别人"):
        name(stand_in, head.person)
    with pytest.raises(NotAllowed, match="办理业务的身份"):
        name(make_posting(unit, Role.ADMIN, "guanli"), deputy.person)


def test_taken_back_and_withdrawn_with_the_role_itself(head, deputy, unit):
    stand_in = name(head, deputy.person, started_on=ON)
    with pytest.raises(NotAllowed, match="只能收回自己请的"):
        end_stand_in(stand_in=stand_in, by=deputy, now=NOW)
    end_stand_in(stand_in=stand_in, by=head, now=NOW)
    assert stand_in not in Posting.objects.active(ON)
    again = name(head, deputy.person)
    city = make_unit("430499", kind=OrganizationKind.CITY, name="另一市")
    withdraw(posting=head, by=make_posting(city, Role.SECURITY, "anquan"), now=NOW, on=FROM)
    assert again not in Posting.objects.active(FROM)


def test_the_page(monkeypatch, head, deputy):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client = Client()
    client.force_login(head.person.user)
    form = {"person": deputy.person_id, "started_on": "2022-05-10", "ended_on": "2022-05-12"}
    late = client.post("/stand-ins/", form | {"ended_on": "2022-05-09"})
    assert late.status_code == 422
    assert "截止日期不能早于起始日期" in late.content.decode()
    assert client.post("/stand-ins/", form).status_code == 302
    page = client.get("/stand-ins/").content.decode()
    assert deputy.person.name in page
    other = Client()
    other.force_login(deputy.person.user)
    assert "主要负责人·代签" in other.get("/stand-ins/").content.decode()
    stand_in = Posting.objects.get(acting_for=head)
    assert other.post(f"/stand-ins/{stand_in.pk}/end/").status_code == 404
    assert client.post(f"/stand-ins/{stand_in.pk}/end/").status_code == 302
    assert stand_in not in Posting.objects.active(ON)
