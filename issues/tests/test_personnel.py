"""Personnel life: 调动, 离任, 恢复任职, two postings, same names, and the sealed list of first passwords."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns.actions.obligations import refresh_rosters
from campaigns.enums import Rank, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import AuditEvent, Obligation, Person, Posting, User, WalkTask
from campaigns.tests.factories import make_person, make_posting, make_user
from issues.actions import personnel
from issues.enums import LedgerState
from issues.models import LedgerItem
from issues.tests.factories import NOW, client_of, make_city, make_item
from issues.views.personnel import SIGNS, one_time_password

pytestmark = pytest.mark.django_db
TODAY = date(2022, 5, 10)
YESTERDAY = date(2022, 5, 9)


@pytest.fixture
def city():
    return make_city()


@pytest.fixture
def clerk(city):
    return city.yibao_reporter.person


def move(city, person, **changes):
    facts = {
        "organization": city.renshe,
        "title": "科长",
        "rank": Rank.STAFF,
        "is_obligated": False,
        "roles": [Role.REPORTER],
        "on": TODAY,
        "by": city.admin_posting,
        "now": NOW,
    }
    return personnel.transfer(person=person, **{**facts, **changes})


def go(city, person, **changes):
    facts = {"on": TODAY, "reason": "退休", "by": city.admin_posting, "now": NOW}
    return personnel.leave(person=person, **{**facts, **changes})


def task_of(city, person, unit) -> WalkTask:
    return WalkTask.objects.create(
        campaign=city.campaign,
        origin="PLAN",
        organization=unit,
        person=person,
        matter=city.matter,
        mode="SELF",
        walked_unit=city.yibao,
        assigned_at=NOW,
    )


# — 调动 —


def test_the_old_role_ends_and_the_new_one_waits(city, clerk):
    move(city, clerk)
    clerk.refresh_from_db()
    assert (clerk.organization, clerk.title, clerk.appointed_on) == (city.renshe, "科长", TODAY)
    city.yibao_reporter.refresh_from_db()
    assert city.yibao_reporter.ended_on == YESTERDAY
    new = Posting.objects.get(person=clerk, organization=city.renshe)
    assert (new.role, new.started_on, new.granted_at) == (Role.REPORTER, TODAY, None)
    assert not Posting.objects.active(TODAY).filter(person=clerk).exists()


def test_an_obligation_follows_the_person(city, clerk):
    """What was owed at the old unit ends the day before, and is owed at the new one."""
    refresh_rosters(by=None, now=NOW - timedelta(days=5))
    move(city, clerk, rank=Rank.MEMBER, is_obligated=True)
    told = Obligation.objects.filter(person=clerk).order_by("starts_on")
    assert list(told.values_list("organization__code", "ends_on")) == [
        ("430400-031", YESTERDAY),
        ("430400-010", None),
    ]


def test_tasks_follow_and_items_stay(city, clerk):
    task = task_of(city, clerk, city.yibao)
    item = make_item(city, LedgerState.RECTIFYING)
    LedgerItem.objects.filter(pk=item.pk).update(person=clerk)
    move(city, clerk)
    task.refresh_from_db()
    item.refresh_from_db()
    assert (task.organization, task.person) == (city.renshe, clerk)
    assert (item.responsible_unit, item.person) == (city.yibao, None)


def test_a_role_elsewhere_is_kept(city, clerk):
    """Two postings: only those of the old unit end."""
    second = make_posting(city.hall, Role.WALKER, person=clerk)
    move(city, clerk)
    second.refresh_from_db()
    assert second.ended_on is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"organization": "yibao"}, "已经在市医保局"),
        ({"on": date(2022, 5, 11)}, "不能晚于今天"),
        ({"on": date(2020, 1, 1)}, "不能早于任职日期"),
    ],
)
def test_what_cannot_be_a_transfer(city, clerk, changes, sentence):
    changes = {
        key: getattr(city, value) if isinstance(value, str) else value for key, value in changes.items()
    }
    with pytest.raises(NotAllowed, match=sentence):
        move(city, clerk, **changes)


def test_a_person_without_an_account_asks_for_no_role(city):
    with pytest.raises(NotAllowed, match="还没有登录账号"):
        move(city, make_person(city.yibao))


# — 离任 —


def test_leaving_ends_roles_duties_and_account_and_keeps_history(city, clerk):
    task = task_of(city, clerk, city.yibao)
    item = make_item(city, LedgerState.APPLIED)
    go(city, clerk)
    clerk.refresh_from_db()
    task.refresh_from_db()
    item.refresh_from_db()
    assert (clerk.left_on, clerk.is_obligated, clerk.user.is_active) == (TODAY, False, False)
    assert (task.person, task.organization) == (None, city.yibao)
    assert item.applied_by == clerk.user
    assert Posting.objects.get(pk=city.yibao_reporter.pk).ended_on == TODAY
    assert AuditEvent.objects.get(verb="人员离任").detail["原因"] == "退休"


def test_leaving_twice_or_without_a_reason_is_refused(city, clerk):
    with pytest.raises(NotAllowed, match="请写明离任原因"):
        go(city, clerk, reason=" ")
    go(city, clerk)
    with pytest.raises(NotAllowed, match="已于 2022-05-10 离任"):
        go(city, clerk)


def test_who_left_cannot_log_in(client, city, clerk):
    clerk.user.set_password("Zoujieyou@2022")
    clerk.user.save()
    go(city, clerk)
    answer = client.post("/login/", {"username": clerk.user.username, "password": "Zoujieyou@2022"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_who_comes_back_asks_for_roles_anew(city, clerk):
    go(city, clerk)
    personnel.come_back(person=Person.objects.get(pk=clerk.pk), on=TODAY, by=city.admin_posting, now=NOW)
    clerk.refresh_from_db()
    assert (clerk.left_on, clerk.user.is_active) == (None, True)
    assert not Posting.objects.active(date(2022, 5, 11)).filter(person=clerk).exists()
    with pytest.raises(NotAllowed, match="没有离任"):
        personnel.come_back(person=clerk, on=TODAY, by=city.admin_posting, now=NOW)


# — who may —


@pytest.mark.parametrize(
    "name",
    ["yibao_reporter", "yibao_deputy", "yibao_head", "yibao_walker", "shengaiban", "duchashi", "auditor"],
)
def test_only_the_administrator_moves_people(city, clerk, name):
    by = getattr(city, name)
    with pytest.raises(NotAllowed, match="由系统管理员办理"):
        go(city, make_person(city.renshe), by=by)
    client = client_of(by)
    for path in ("transfer/", "leave/"):
        assert client.get(f"/people/{clerk.pk}/{path}").status_code == 403
    assert client.post(f"/people/{clerk.pk}/return/").status_code == 403
    assert client.post("/people/sealed/", {"person": clerk.pk}).status_code == 403


def test_the_other_two_officers_and_oneself_are_out_of_reach(city):
    with pytest.raises(NotAllowed, match="安全管理员或审计管理员"):
        go(city, city.auditor.person)
    with pytest.raises(NotAllowed, match="不能办理自己的"):
        go(city, city.admin_posting.person)


# — 密封条 —


def seal(city, *people, by=None):
    words = iter(f"first-{at}" for at in range(99))
    return personnel.seal_passwords(
        people=people, new_password=lambda: next(words), by=by or city.admin_posting, now=NOW
    )


def test_an_account_is_made_with_a_password_that_must_be_changed(city):
    person = make_person(city.yibao, code="430400-031-99（新）")
    (strip,) = seal(city, person)
    user = User.objects.get(pk=person.user_id)
    assert (strip.username, strip.password) == ("430400-031-99", "first-0")
    assert user.check_password("first-0")
    assert user.must_change_password
    told = AuditEvent.objects.filter(verb__in=["生成一次性密码", "打印密封条"])
    assert told.count() == 2
    assert all("first-0" not in str(event.detail) for event in told)


def test_two_people_with_like_codes_get_two_accounts(city):
    make_user("ry-1")
    (strip,) = seal(city, make_person(city.yibao, code="RY 1"))
    assert strip.username == "ry-1.2"


def test_same_names_are_two_people(city):
    strips = seal(city, make_person(city.yibao, "周某"), make_person(city.yibao, "周某"))
    assert len({strip.username for strip in strips}) == 2


def test_who_has_a_password_of_their_own_keeps_it(city, clerk):
    fresh = make_person(city.yibao)
    assert [strip.person for strip in seal(city, clerk, fresh)] == [fresh]
    with pytest.raises(NotAllowed, match="没有生成新的密码"):
        seal(city, clerk)


def test_the_officers_passwords_are_not_the_administrators(city):
    User.objects.filter(pk=city.auditor.person.user_id).update(must_change_password=True)
    with pytest.raises(NotAllowed, match="没有生成新的密码"):
        seal(city, Person.objects.get(pk=city.auditor.person_id))


def test_more_than_fifty_at_once_are_refused(city):
    with pytest.raises(NotAllowed, match="一次最多生成 50 个"):
        seal(city, *[make_person(city.yibao)] * 51)


def test_passwords_can_be_read_from_paper():
    drawn = {one_time_password() for _ in range(50)}
    assert len(drawn) == 50
    assert all(set(word) <= {*SIGNS, "-"} and len(word) == 11 for word in drawn)


# — pages —


@pytest.fixture
def admin(city):
    return client_of(city.admin_posting)


def test_the_person_page_leads_to_the_forms(admin, clerk):
    page = admin.get(f"/people/{clerk.pk}/").text
    assert f"/people/{clerk.pk}/transfer/" in page
    assert f"/people/{clerk.pk}/leave/" in page


def test_a_transfer_by_the_page(admin, city, clerk):
    data = {
        "organization": city.renshe.pk,
        "title": "科长",
        "rank": Rank.STAFF,
        "on": date.today().isoformat(),
        "roles": [Role.REPORTER],
    }
    assert admin.post(f"/people/{clerk.pk}/transfer/", data).status_code == 302
    assert Person.objects.get(pk=clerk.pk).organization == city.renshe


def test_a_mistake_stays_on_the_page(admin, city, clerk):
    data = {
        "organization": city.yibao.pk,
        "title": "科长",
        "rank": Rank.STAFF,
        "on": date.today().isoformat(),
    }
    answer = admin.post(f"/people/{clerk.pk}/transfer/", data)
    assert answer.status_code == 422
    assert "已经在市医保局" in answer.text
    assert 'value="科长"' in answer.text


def test_leaving_and_coming_back_by_the_page(admin, clerk):
    data = {"on": date.today().isoformat(), "reason": "退休"}
    assert admin.post(f"/people/{clerk.pk}/leave/", data).status_code == 302
    assert "恢复任职" in admin.get(f"/people/{clerk.pk}/").text
    assert admin.post(f"/people/{clerk.pk}/return/").status_code == 302
    assert Person.objects.get(pk=clerk.pk).left_on is None


def test_the_sealed_list_is_shown_once(admin, city):
    person = make_person(city.yibao, "周某")
    answer = admin.post(reverse("password_seal"), {"person": [person.pk]})
    assert answer["Cache-Control"] == "no-store"
    assert "密封条（1 人）" in answer.text
    person.refresh_from_db()
    assert person.user.username in answer.text
    assert admin.get(reverse("password_seal")).status_code == 405


def test_nobody_chosen_is_a_sentence(admin):
    assert "请先勾选人员" in admin.post(reverse("password_seal"), follow=True).text


def test_who_walks_too_begins_as_what_else_he_is(city, clerk):
    """A head imported as 体验人、主要负责人 signs without having to find the switch first."""
    walker = make_posting(city.hall, Role.WALKER)
    head = make_posting(city.hall, Role.HEAD, person=walker.person)
    browser = client_of(head)
    assert browser.get("/issues/sign/").status_code == 200
    walker.person.user.current_posting = walker
    walker.person.user.save()
    assert browser.get("/issues/sign/").status_code == 403


def test_a_person_with_two_postings_switches_in_the_header(city, clerk):
    make_posting(city.hall, Role.WALKER, person=clerk)
    page = client_of(city.yibao_reporter).get("/").text
    assert "市行政审批局 · 体验人" in page
