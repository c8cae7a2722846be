"""The chase: who is told what, once, on the right day; killed, repeated, late, or run by two at once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions import chase
from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import move_deadline, reopen_deadline, settle
from campaigns.actions.slips import sign_slip
from campaigns.enums import CampaignState, SlipState
from campaigns.ground.deadlines import Chase, ChaseRun, Deadline, LightChange
from campaigns.ground.lights import DEFAULT_LADDER, ladder_of
from campaigns.ground.notices import Notice, NoticeLine
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, CampaignPolicy, Person, Posting, Slip
from campaigns.tests.town import CALENDAR, NOW, Town, day

pytestmark = pytest.mark.django_db
LADDER = {rung.level: rung for rung in ladder_of(DEFAULT_LADDER)}


@pytest.fixture
def town() -> Town:
    return Town()


def run(on: str | date, **given) -> dict:
    return chase.run(on=day(on) if isinstance(on, str) else on, now=NOW, **given)


def told(town, on: str) -> dict[str, list[str]]:
    """Who holds which lines of the day's digest: {"yibao.REPORTER": ["【提醒】…"]}."""
    found: dict[str, list[str]] = {}
    for line in NoticeLine.objects.filter(notice__created_on=day(on)).order_by("pk"):
        found.setdefault(town.name(line.notice.recipient_id), []).append(line.text)
    return found


UNIT = ["yibao.REPORTER", "yibao.DEPUTY", "yibao.HEAD"]


@pytest.mark.parametrize(
    ("on", "level", "label", "light", "people"),
    [
        ("05-13", 1, "【提醒】", "黄", UNIT[:1]),
        ("05-18", 2, "【到期】", "黄", UNIT[:2]),
        ("05-19", 3, "【催办】", "红", UNIT),
        ("05-23", 4, "【督办单待签发】", "红", ["city.REFORM_OFFICE"]),
    ],
)
def test_each_rung_tells_its_people(town, on, level, label, light, people):
    town.clock()
    result = run(on)
    assert result == {
        "on": f"2022-{on}",
        "workday": True,
        "looked_at": 1,
        "chased": 1,
        "by_level": {str(level): 1},
        "notices": len(people),
        "failed": 0,
        "lights_changed": 1,
    }
    lines = told(town, on)
    assert sorted(lines) == sorted(people)
    assert all(len(own) == 1 and own[0].startswith(label) for own in lines.values())
    lit = Chase.objects.get()
    assert (lit.level, lit.round, lit.light, lit.due_on) == (level, 1, light, day("05-18"))


def test_the_whole_climb_night_by_night(town):
    town.clock()
    levels = {}
    for number in range(45):
        on = day("05-06") + timedelta(days=number)
        for level in run(on)["by_level"]:
            levels[f"{on:%m-%d}"] = int(level)
    assert levels == {"05-13": 1, "05-18": 2, "05-19": 3, "05-23": 4}


def test_words_of_a_line(town):
    town.clock()
    run("05-23")
    text = NoticeLine.objects.get().text
    assert text == (
        "【督办单待签发】台账 ZL-1 窗口一次性告知不全（yibao单位）：整改时限 2022-05-18，已逾期 3 个工作日"
    )


def test_the_responsible_person_hears_first(town):
    doer = town.post("yibao.doer", "WALKER", town.yibao)
    town.clock(person=Person.objects.get(user=doer))
    run("05-13")
    assert sorted(told(town, "05-13")) == ["yibao.REPORTER", "yibao.doer"]


def test_person_and_clerk_in_one_get_one_line(town):
    town.clock(person=Person.objects.get(user=town.user("yibao.REPORTER")))
    run("05-13")
    assert NoticeLine.objects.count() == 1


def test_twice_on_one_day_is_once(town):
    town.clock()
    assert run("05-18")["chased"] == 1
    again = run("05-18")
    assert (again["looked_at"], again["chased"], again["notices"]) == (1, 0, 0)
    assert (Chase.objects.count(), Notice.objects.count(), NoticeLine.objects.count()) == (1, 2, 2)
    row = ChaseRun.objects.get()
    assert (row.looked_at, row.chased, row.notices, row.finished_at) == (2, 1, 2, NOW)


def test_rest_day_sends_nothing_and_the_next_working_day_makes_up(town):
    town.clock(starts_on=day("05-19"), workdays=11)  # due 06-06 after 端午: level 1 on 05-31
    run("05-31")
    for on in ("06-03", "06-04", "06-05"):
        result = run(on)
        assert (result["workday"], result["chased"]) == (False, 0)
    assert not ChaseRun.objects.get(on=day("06-04")).workday
    assert run("06-06")["by_level"] == {"2": 1}


def test_made_up_saturday_is_worked(town):
    town.clock(due_on=day("05-07"))
    assert run("05-07")["by_level"] == {"2": 1}
    assert run("05-08")["workday"] is False
    assert run("05-09")["by_level"] == {"3": 1}


def test_three_missed_nights_collapse(town):
    town.clock()
    run("05-13")
    assert run("05-23")["by_level"] == {"4": 1}
    assert sorted(Chase.objects.values_list("level", flat=True)) == [1, 4]
    assert run("05-24")["chased"] == 0


def test_extension_on_the_due_day(town):
    clock = town.clock()
    run("05-13")
    move_deadline(deadline=clock, due_on=day("05-27"), reason="延期", calendar=CALENDAR, on=day("05-18"))
    assert run("05-18")["chased"] == 0
    assert run("05-24")["by_level"] == {"1": 1}
    assert NoticeLine.objects.living().count() == 1
    assert "2022-05-27" in NoticeLine.objects.living().get().text


def test_old_notices_die_and_the_bell_forgets_them(town):
    clock = town.clock()
    run("05-13")
    user = town.user("yibao.REPORTER")
    assert Notice.objects.of(user).unread(day("05-16")).count() == 1
    settle(deadline=clock, on=day("05-16"))
    assert Notice.objects.of(user).unread(day("05-16")).count() == 0
    assert [line.is_alive for line in NoticeLine.objects.with_life()] == [False]


def test_closed_item_gets_none_and_a_reopened_one_climbs_afresh(town):
    clock = town.clock()
    settle(deadline=clock, on=day("05-10"))
    assert run("05-18") | {"on": ""} == {
        "on": "",
        "workday": True,
        "looked_at": 0,
        "chased": 0,
        "by_level": {},
        "notices": 0,
        "failed": 0,
        "lights_changed": 0,
    }
    reopen_deadline(deadline=clock, due_on=day("05-25"), calendar=CALENDAR, on=day("05-19"))
    assert run("05-20")["by_level"] == {"1": 1}


def test_rung_before_the_first_day_is_not_sent(town):
    town.clock(starts_on=day("05-16"), workdays=2, kind="TURN")
    assert run("05-16")["chased"] == 0
    assert run("05-17")["chased"] == 0
    assert run("05-18")["by_level"] == {"2": 1}


def test_superior_units_and_campaigns_that_have_not_begun_are_never_chased(town):
    town.clock(town.province)
    assert run("05-23")["looked_at"] == 0
    town.clock()
    town.campaign.state = CampaignState.DRAFT
    town.campaign.save()
    assert run("05-23")["looked_at"] == 0


def test_one_campaign_alone(town):
    other = Campaign.objects.create(
        code="ZJY2023", name="下一年", opens_on=day("04-19"), closes_on=day("06-30"), state="OPEN"
    )
    town.clock()
    town.clock(campaign=other)
    assert run("05-23", campaign=other, dry_run=True)["looked_at"] == 1
    assert run("05-23")["looked_at"] == 2


def test_county_matters_stay_in_the_county(town):
    town.clock(town.renshe)
    run("05-23")
    assert list(told(town, "05-23")) == ["county.REFORM_OFFICE"]


def test_county_office_s_own_unit_is_pressed_by_the_city(town):
    town.clock(town.county)
    run("05-23")
    assert list(told(town, "05-23")) == ["city.REFORM_OFFICE"]


def test_office_with_narrow_reach_is_passed_over(town):
    Posting.objects.filter(role="REFORM_OFFICE", organization=town.county).update(reach="OWN")
    town.clock(town.renshe)
    run("05-23")
    assert list(told(town, "05-23")) == ["city.REFORM_OFFICE"]


def test_the_office_s_own_item_goes_to_the_inspectors(town):
    town.clock(town.shenpi)
    run("05-23")
    assert list(told(town, "05-23")) == ["city.INSPECTOR"]


@pytest.mark.parametrize("on", ["05-13", "05-18", "05-19"])
def test_clock_of_the_office_is_the_office_s_matter(town, on):
    town.clock(kind="TURN", holder="REFORM_OFFICE")
    run(on)
    assert list(told(town, on)) == ["city.REFORM_OFFICE"]


def test_late_office_is_pressed_by_the_inspectors(town):
    town.clock(kind="TURN", holder="REFORM_OFFICE")
    run("05-23")
    assert list(told(town, "05-23")) == ["city.INSPECTOR"]


def test_office_without_anybody_else_hears_of_its_own_unit(town):
    town.clock(town.shenpi, kind="TURN", holder="REFORM_OFFICE")
    run("05-18")
    assert list(told(town, "05-18")) == ["city.REFORM_OFFICE"]


def test_clock_of_the_head(town):
    town.clock(kind="TURN", holder="HEAD")
    run("05-13")
    assert list(told(town, "05-13")) == ["yibao.HEAD"]
    run("05-18")
    assert sorted(told(town, "05-18")) == ["yibao.DEPUTY", "yibao.HEAD"]


def test_section_without_a_clerk_is_answered_for_by_its_unit(town):
    town.clock(town.section)
    run("05-13")
    assert list(told(town, "05-13")) == ["yibao.REPORTER"]


def test_people_who_left_or_were_never_granted_hear_nothing(town):
    Posting.objects.filter(role="REPORTER").update(granted_at=None, granted_by=None)
    user = town.user("yibao.DEPUTY")
    user.is_active = False
    user.save()
    Posting.objects.filter(role="HEAD").update(ended_on=day("05-18"))
    town.clock()
    result = run("05-19")
    assert (result["chased"], result["notices"]) == (1, 0)


def test_one_digest_a_person_however_many_items(town):
    for number in range(7):
        town.clock(title=f"台账 {number}")
    town.clock(starts_on=day("04-20"), due_on=day("05-23"))
    result = run("05-18")
    assert (result["chased"], result["notices"]) == (8, 2)
    notice = Notice.objects.get(recipient=town.user("yibao.REPORTER"))
    assert notice.title == "时限提醒（5月18日）：共 8 项"
    assert notice.lines.count() == 8


def test_a_later_run_of_the_day_adds_to_the_digest_and_shows_it_again(town):
    town.clock()
    run("05-18")
    Notice.objects.update(read_at=NOW)
    town.clock(title="后来登记的")
    result = run("05-18")
    assert (result["chased"], result["notices"]) == (1, 2)
    notice = Notice.objects.get(recipient=town.user("yibao.REPORTER"))
    assert (notice.lines.count(), notice.read_at) == (2, None)
    assert notice.title.endswith("共 2 项")


def test_level_four_drafts_one_slip_for_the_signer(town):
    clock = town.clock()
    run("05-23")
    slip = Slip.objects.get()
    assert (slip.about, slip.round, slip.level, slip.state) == (clock, 1, 4, SlipState.DRAFT)
    assert NoticeLine.objects.get().link == slip.get_absolute_url()
    run("05-24")
    assert Slip.objects.count() == 1
    later = Audience(day("05-24")).of_slip(clock, LADDER[4])
    assert [town.name(pk) for pk in later] == [*UNIT, "city.REFORM_OFFICE"]


def test_a_late_step_is_pressed_but_the_slip_is_its_items(town):
    town.clock(kind="STEP")
    assert run("05-23")["by_level"] == {"3": 1}
    assert not Slip.objects.exists()


def test_slip_s_own_limit_climbs_to_the_fifth_rung(town):
    town.clock(kind="SLIP", starts_on=day("05-11"), workdays=5)
    assert run("05-23")["by_level"] == {"3": 1}  # no 督办单 about a 督办单
    assert run("05-25")["by_level"] == {"5": 1}
    assert list(told(town, "05-25")) == ["city.INSPECTOR"]
    assert Slip.objects.get().level == 5


def signed(town, slip: Slip, on: str, *, office: str) -> Slip:
    posting = Posting.objects.select_related("person__user", "organization").get(
        person__user=town.user(office)
    )
    leader = "陈副市长" if office.endswith("INSPECTOR") else ""
    now = NOW.replace(month=int(on[:2]), day=int(on[3:]))
    return sign_slip(slip=slip, by=posting, now=now, leader=leader, calendar=CALENDAR)


def test_two_papers_and_no_third(town):
    """督办 after 3 days, 挂牌督办 5 after the 督办单's own 5; a 挂牌督办单 left undone is reminded of, not doubled."""
    clock = town.clock()
    run("05-23")
    first = signed(town, Slip.objects.get(), "05-23", office="city.REFORM_OFFICE")
    assert first.deadline.due_on == day("05-30")  # 05-24 25 26 27 30
    levels = {}
    for number in range(60):
        on = day("05-24") + timedelta(days=number)
        for level in run(on)["by_level"]:
            levels[f"{on:%m-%d}"] = int(level)
        if on == day("06-07"):
            second = signed(town, Slip.objects.get(level=5), "06-07", office="city.INSPECTOR")
            assert (second.leader, second.deadline.due_on) == ("陈副市长", day("06-14"))
    assert levels == {
        "05-25": 1,  # the 督办单's own limit 05-30: 3 before, the day, 1 after, 5 after (端午 06-03 to 06-05)
        "05-30": 2,
        "05-31": 3,
        "06-07": 5,
        "06-09": 1,  # the 挂牌督办单's own limit 06-14
        "06-14": 2,
        "06-15": 3,
    }
    assert list(Slip.objects.order_by("pk").values_list("level", "state")) == [(4, "SIGNED"), (5, "SIGNED")]
    settle(deadline=clock, on=day("07-25"))
    assert not Deadline.objects.running().exists()


def test_a_paper_about_the_office_s_own_house_is_signed_by_the_inspectors(town):
    """审改办 has nobody but the late unit's own people: the draft lies before 督查室, who may sign it."""
    town.clock(town.shenpi)
    run("05-23")
    with pytest.raises(NotAllowed, match="由督查室签发"):
        signed(town, Slip.objects.get(), "05-23", office="city.REFORM_OFFICE")
    assert signed(town, Slip.objects.get(), "05-23", office="city.INSPECTOR").number == "督〔2022〕1号"


def test_papers_nobody_signed_are_void_with_their_item(town):
    clock = town.clock()
    run("05-23")
    signed(town, Slip.objects.get(), "05-23", office="city.REFORM_OFFICE")
    run("06-07")
    settle(deadline=clock, on=day("06-08"))
    assert list(Slip.objects.order_by("pk").values_list("level", "state")) == [(4, "SIGNED"), (5, "VOID")]
    assert not Deadline.objects.running().exists()
    assert run("06-20")["looked_at"] == 0


def lights(clock: Deadline) -> list[tuple[str, str, str]]:
    rows = LightChange.objects.filter(deadline=clock).order_by("pk")
    return [(f"{row.on:%m-%d}", row.was, row.light) for row in rows]


def test_every_change_of_the_light_is_an_event(town):
    """20 working days: yellow from 4 left, that is 05-12, before the first rung; red the day after."""
    clock = town.clock()
    for number in range(35):
        run(day("04-20") + timedelta(days=number))
    assert lights(clock) == [("05-12", "绿", "黄"), ("05-19", "黄", "红")]


def test_a_moved_date_turns_the_light_back(town):
    clock = town.clock()
    run("05-12")
    move_deadline(deadline=clock, due_on=day("06-24"), reason="延期", calendar=CALENDAR, on=day("05-12"))
    run("05-13")
    run("05-13")
    assert lights(clock) == [("05-12", "绿", "黄"), ("05-13", "黄", "绿")]


def test_a_short_clock_begins_yellow_and_only_turns_red(town):
    clock = town.clock(starts_on=day("05-16"), workdays=2, kind="TURN")
    for on in ("05-17", "05-18", "05-19"):
        run(on)
    assert lights(clock) == [("05-19", "黄", "红")]


def test_lights_of_missed_nights_are_noted_by_the_next_run(town):
    clock = town.clock()
    settled = town.clock(title="已办结的")
    settle(deadline=settled, on=day("05-10"))
    run("05-14")  # Saturday
    assert not LightChange.objects.exists()
    assert run("05-23")["lights_changed"] == 1
    assert lights(clock) == [("05-23", "绿", "红")]
    assert lights(settled) == []


def test_dry_run_writes_nothing_and_says_what_a_run_would_do(town):
    town.clock()
    town.clock(town.renshe)
    dry = run("05-19", dry_run=True)
    assert not Chase.objects.exists()
    assert not Notice.objects.exists()
    assert not ChaseRun.objects.exists()
    assert not LightChange.objects.exists()
    assert dry == run("05-19")
    assert dry["by_level"] == {"3": 2}


def test_year_without_a_table_is_chased_by_weekends(town):
    clock = town.clock(starts_on=date(2027, 9, 28), workdays=5)
    assert clock.is_provisional
    assert run(date(2027, 10, 5))["by_level"] == {"2": 1}


def test_ladder_is_the_campaign_s_own(town):
    CampaignPolicy.objects.update(
        ladder=[{"level": 2, "label": "提前十日", "offset": -10, "roles": ["填报员", "主要负责人"]}]
    )
    town.clock()
    assert run("05-06")["by_level"] == {"2": 1}
    assert sorted(told(town, "05-06")) == ["yibao.HEAD", "yibao.REPORTER"]
    assert run("05-23")["chased"] == 0


def test_without_a_policy_the_ladder_of_the_contract_holds(town):
    CampaignPolicy.objects.all().delete()
    town.clock()
    assert run("05-18")["by_level"] == {"2": 1}


def test_a_bad_row_is_counted_and_passed_over(town, monkeypatch, caplog):
    bad, *_good = [town.clock(title=f"台账 {number}") for number in range(4)]
    text = chase._text

    def choke(night, one):
        if one.deadline.pk == bad.pk:
            raise ValueError("broken row")
        return text(night, one)

    monkeypatch.setattr(chase, "_text", choke)
    result = run("05-18")
    assert (result["chased"], result["failed"], result["notices"]) == (3, 1, 2)
    assert Chase.objects.count() == 3
    assert f"chase of deadline {bad.pk} failed" in caplog.text
    monkeypatch.undo()
    assert run("05-18")["chased"] == 1
    assert Notice.objects.get(recipient=town.user("yibao.REPORTER")).lines.count() == 4


def test_batches_change_nothing(town, monkeypatch):
    monkeypatch.setattr(chase, "BATCH", 2)
    for number in range(5):
        town.clock(title=f"台账 {number}")
    assert run("05-18")["notices"] == 2
    assert Notice.objects.get(recipient=town.user("yibao.REPORTER")).title.endswith("共 5 项")


def test_as_many_queries_for_sixty_as_for_one(town):
    counts = []
    for number in (1, 60):
        for _ in range(number):
            town.clock(title=f"台账 {number}")
        on = day("05-18") if number == 1 else day("05-19")
        Notice.objects.filter(kind="CHASE").exclude(created_on=on)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            chase.run(on=on, now=NOW)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 4, counts


def test_a_row_that_changed_since_the_look_is_judged_as_it_is_now(town, monkeypatch):
    clock = town.clock()
    look = chase._look

    def look_then_settle(*args):
        due = look(*args)
        Deadline.objects.filter(pk=clock.pk).update(is_open=False, settled_on=day("05-18"))
        return due

    monkeypatch.setattr(chase, "_look", look_then_settle)
    result = run("05-18")
    assert (result["looked_at"], result["chased"], result["notices"]) == (1, 0, 0)
