"""抽查: planned with a published seed, drawn once, replayed; two sign; a fault reopens; nobody else gets in."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Campaign, Organization, Person, Posting, User
from issues.actions import draws
from issues.enums import LedgerState
from issues.models import Draw, DrawItem, LedgerItem
from issues.population import candidates, house_of
from issues.sampling import population_rows


@pytest.fixture
def city(example) -> Organization:
    """The example city: some hundreds of closed items, inspectors of the city and of 耒阳市."""
    return Organization.objects.get(code="430400")


@pytest.fixture
def now(city):
    last = LedgerItem.objects.filter(closed_at__isnull=False).order_by("-closed_at").first()
    return last.closed_at + timedelta(days=1)


def inspector(username: str) -> Posting:
    rows = Posting.objects.select_related("person__user", "person__organization", "organization")
    return rows.get(person__user__username=username)


def planned(city, now, **changes) -> Draw:
    people = [inspector(name).person for name in ("duchashi", "leiyang.ducha")]
    facts = {
        "campaign": Campaign.objects.current(),
        "organization": city,
        "title": "6月下旬整改情况抽查",
        "content": "看整改是否到位。",
        "approval": "市政府督查室主任批准（6月20日）",
        "starts_on": date(2022, 6, 21),
        "ends_on": date(2022, 6, 24),
        "leader": people[0],
        "members": people,
        "count": 12,
        "seed": "20220620",
    }
    return draws.plan_draw(**(facts | changes), by=inspector("duchashi"), now=now)


def test_a_plan_is_drawn_once_and_replays(city, now):
    plan = planned(city, now)
    assert plan.number.startswith("CC-")
    drawn = draws.draw_planned(draw=plan, by=inspector("duchashi"), now=now)
    assert drawn.items.count() == 12
    assert drawn.population == LedgerItem.objects.filter(state=LedgerState.CLOSED).count()
    assert draws.replay(drawn)
    with pytest.raises(Changed, match="已经抽取过"):
        draws.draw_planned(draw=plan, by=inspector("duchashi"), now=now)


def test_a_changed_snapshot_does_not_replay(city, now):
    drawn = draws.draw_planned(draw=planned(city, now), by=inspector("duchashi"), now=now)
    rows = population_rows(drawn.snapshot)
    drawn.snapshot = drawn.snapshot.replace(rows[0]["number"], "ZL-伪造")
    assert not draws.replay(drawn)


def test_complaint_closings_are_drawn_first(city, now):
    certain = {each.number for each in candidates(Campaign.objects.current(), city) if each.from_complaint}
    assert certain
    drawn = draws.draw_planned(
        draw=planned(city, now, count=len(certain) + 5), by=inspector("duchashi"), now=now
    )
    assert certain < set(drawn.items.values_list("item__number", flat=True))


def test_inspectors_come_from_elsewhere(city, now):
    drawn = draws.draw_planned(draw=planned(city, now, count=60), by=inspector("duchashi"), now=now)
    for each in drawn.items.select_related("item__responsible_unit", "first", "second"):
        for person in (each.first, each.second):
            assert person is None or house_of(person.organization) != house_of(each.item.responsible_unit)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"approval": " "}, "批准人和文号"), ({"members": []}, "至少两人")],
)
def test_a_plan_needs_approval_and_a_group(city, now, changes, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        planned(city, now, **changes)


@pytest.mark.parametrize("username", ["shengaiban", "yibaoju.tianbao"])
def test_only_inspectors_draw(city, now, username):
    plan = planned(city, now)
    with pytest.raises(NotAllowed, match="抽查由督查室办理"):
        draws.draw_planned(draw=plan, by=inspector(username), now=now)


def test_a_county_inspector_does_not_plan_for_the_city(city, now):
    person = inspector("leiyang.ducha")
    plan = planned(city, now)
    with pytest.raises(NotAllowed, match="不在您的管辖范围"):
        draws.draw_planned(draw=plan, by=person, now=now)


def two_inspectors(city, now) -> tuple[DrawItem, Posting, Posting]:
    """A drawn item and two inspectors of the city who may sign it."""
    first = inspector("duchashi")
    other = Person.objects.create(
        code="RY-DC2",
        name="何某",
        organization=city,
        title="督查员",
        rank="STAFF",
        user=User.objects.create(username="ducha2", must_change_password=False),
    )
    second = Posting.objects.create(
        person=other,
        organization=city,
        role="INSPECTOR",
        reach="SUBTREE",
        requested_at=now,
        granted_at=now,
        granted_by=first.person.user,
    )
    plan = planned(city, now, members=[first.person, other], leader=first.person)
    drawn = draws.draw_planned(draw=plan, by=first, now=now)
    return drawn.items.order_by("pk").first(), first, second


def test_two_sign_and_a_fault_takes_the_closing_back(city, now):
    drawn, first, second = two_inspectors(city, now)
    with pytest.raises(Changed, match="还没有检查结论"):
        draws.confirm_check(drawn=drawn, by=second, now=now)
    draws.record_check(drawn=drawn, outcome="FAULTY", note="窗口仍要两份复印件。", by=first, now=now)
    with pytest.raises(NotAllowed, match="另一名督查人员"):
        draws.confirm_check(drawn=drawn, by=first, now=now)
    before = drawn.item.return_count
    signed = draws.confirm_check(drawn=drawn, by=second, now=now)
    item = LedgerItem.objects.get(pk=drawn.item_id)
    assert signed.confirmed_by_id == second.person.user_id
    assert item.state != LedgerState.CLOSED
    assert item.return_count == before + 1
    assert "窗口仍要两份复印件" in item.entries.order_by("-sequence").first().note
    with pytest.raises(Changed, match="不能再改"):
        draws.record_check(drawn=drawn, outcome="SOUND", note="改口", by=first, now=now)


def test_a_pooled_county_inspector_signs_for_the_city(city, now):
    drawn = draws.draw_planned(draw=planned(city, now, count=40), by=inspector("duchashi"), now=now)
    first, second = inspector("duchashi"), inspector("leiyang.ducha")
    each = next(row for row in drawn.items.order_by("pk") if row.first_id and row.second_id)
    draws.record_check(drawn=each, outcome="UNTRUE", note="整改情况与现场不符。", by=first, now=now)
    draws.confirm_check(drawn=each, by=second, now=now)
    entry = LedgerItem.objects.get(pk=each.item_id).entries.order_by("-sequence").first()
    assert entry.note.startswith(f"{drawn.number} 抽查不属实")
    assert Draw.objects.visible_to(second).filter(pk=drawn.pk).exists()


def test_a_stranger_to_the_group_does_not_sign(city, now):
    drawn, first, _second = two_inspectors(city, now)
    draws.record_check(drawn=drawn, outcome="SOUND", note="已看。", by=first, now=now)
    with pytest.raises(NotAllowed, match="不在您的管辖范围"):
        draws.confirm_check(drawn=drawn, by=inspector("leiyang.ducha"), now=now)


def test_a_sound_item_stays_closed(city, now):
    drawn, first, second = two_inspectors(city, now)
    draws.record_check(drawn=drawn, outcome="SOUND", note="现场已取消。", by=first, now=now)
    draws.confirm_check(drawn=drawn, by=second, now=now)
    assert LedgerItem.objects.get(pk=drawn.item_id).state == LedgerState.CLOSED


def said(capsys) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_command_draws_the_same_again(city, capsys):
    call_command("draw_sample", "--seed", "7", "--count", "9", "--json")
    first = said(capsys)
    call_command("draw_sample", "--seed", "7", "--count", "9", "--json")
    assert said(capsys) == first
    assert (len(first["items"]), len(set(first["items"]))) == (9, 9)
    call_command("draw_sample", "--seed", "8", "--count", "9", "--json")
    other = said(capsys)
    assert other["items"] != first["items"]
    assert other["population_sha256"] == first["population_sha256"]


@pytest.mark.parametrize(("ratio", "share"), [("0.1", 10), ("5%", 20)])
def test_a_ratio_is_rounded_up(city, capsys, ratio, share):
    call_command("draw_sample", "--seed", "7", "--ratio", ratio, "--json")
    told = said(capsys)
    assert len(told["items"]) == -(-told["population"] // share)


@pytest.mark.parametrize(
    "arguments", [("--count", "0"), ("--ratio", "0"), ("--ratio", "2"), ("--ratio", "很多")]
)
def test_nonsense_is_wrong_usage(city, arguments):
    with pytest.raises(CommandError) as refused:
        call_command("draw_sample", "--seed", "7", *arguments, "--json")
    assert refused.value.returncode == 2


def test_an_empty_population_is_refused_in_words(db, capsys):
    with pytest.raises(SystemExit) as left:
        call_command("draw_sample", "--seed", "7", "--count", "3", "--json")
    assert left.value.code == 1
    assert "没有进行中的行动" in said(capsys)["error"]


def test_from_plan_to_signature_by_the_pages(city, now, client):
    drawn, _first, second = two_inspectors(city, now)
    client.force_login(second.person.user)
    page = client.get(drawn.draw.get_absolute_url() + "?replay=1").content.decode()
    assert "名单一致" in page
    assert drawn.draw.population_sha256 in page
    where = reverse("draw_check", args=[drawn.draw_id, drawn.pk])
    assert client.post(where, {"outcome": "SOUND", "note": ""}).status_code == 422
    assert client.post(where, {"outcome": "SOUND", "note": "已看现场。"}).status_code == 302
    drawn.refresh_from_db()
    assert drawn.outcome == "SOUND"
    refused = client.post(reverse("draw_confirm", args=[drawn.draw_id, drawn.pk]))
    assert refused.status_code == 403
    assert "另一名督查人员" in refused.content.decode()


def test_the_form_publishes_a_plan_and_keeps_what_was_typed(city, client):
    client.force_login(User.objects.get(username="duchashi"))
    people = [inspector(name).person.pk for name in ("duchashi", "leiyang.ducha")]
    typed = {
        "title": "7月抽查",
        "organization": city.pk,
        "content": "重点看医保",
        "approval": "",
        "starts_on": "2022-07-04",
        "ends_on": "2022-07-08",
        "leader": people[0],
        "members": people,
        "count": 8,
        "seed": "0704",
    }
    answer = client.post(reverse("draw_new"), typed)
    assert answer.status_code == 422
    assert "重点看医保" in answer.content.decode()
    answer = client.post(reverse("draw_new"), typed | {"approval": "副市长批准"})
    assert answer.status_code == 302
    made = Draw.objects.get(title="7月抽查")
    assert client.post(reverse("draw_now", args=[made.pk])).status_code == 302
    assert made.items.count() == 8


def test_units_do_not_see_draws(city, now, client):
    plan = planned(city, now)
    client.force_login(User.objects.get(username="yibaoju.fuzeren"))
    assert client.get(reverse("draw_list")).status_code == 403
    drawn, _first, _second = two_inspectors(city, now)
    client.force_login(User.objects.get(username="leiyang.ducha"))
    assert client.get(plan.get_absolute_url()).status_code == 200  # a member, pooled with the city's
    assert client.get(drawn.draw.get_absolute_url()).status_code == 404
    client.force_login(User.objects.get(username="shengaiban"))
    assert client.get(plan.get_absolute_url()).status_code == 404
    draws.draw_planned(draw=plan, by=inspector("duchashi"), now=now)
    assert client.get(plan.get_absolute_url()).status_code == 200


def test_pages_ask_the_same_number_of_queries(city, now, client, django_assert_max_num_queries):
    small = draws.draw_planned(draw=planned(city, now, count=1), by=inspector("duchashi"), now=now)
    large = draws.draw_planned(draw=planned(city, now, count=30), by=inspector("duchashi"), now=now)
    client.force_login(User.objects.get(username="duchashi"))
    for draw in (small, large):
        with django_assert_max_num_queries(16):
            client.get(draw.get_absolute_url())
