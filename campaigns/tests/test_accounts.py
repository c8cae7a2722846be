"""Who acts as what: roles asked for and granted, passwords, notices, feedback, the machine room."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns.actions import accounts, feedback
from campaigns.actions.notices import notify
from campaigns.enums import Reach, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import AuditEvent, Notice, Posting
from campaigns.tests.factories import NOW, PASSWORD, make_person, make_posting, make_unit

pytestmark = pytest.mark.django_db
ON = date(2022, 6, 20)


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def security(city):
    return make_posting(city, Role.SECURITY, "anquan")


@pytest.fixture
def admin(city):
    return make_posting(city, Role.ADMIN, "admin")


def _enter(client, posting):
    client.force_login(posting.person.user)
    return client


def test_a_role_asked_for_waits_until_it_is_granted(city, security, admin):
    unit = make_unit("A", city)
    clerk = make_posting(unit, granted=False)
    assert not Posting.objects.active(ON).filter(pk=clerk.pk).exists()
    accounts.grant(posting=clerk, by=security, now=NOW)
    assert Posting.objects.active(ON).filter(pk=clerk.pk).exists()
    assert AuditEvent.objects.filter(verb="授权角色").count() == 1


def test_a_granted_administrator_may_open_the_registers(client, city, security):
    waiting = make_posting(city, Role.ADMIN, granted=False)
    accounts.grant(posting=waiting, by=security, now=NOW)
    assert _enter(client, waiting).get("/admin/").status_code == 200


def test_asking_twice_is_one_request(city, admin):
    person = make_posting(make_unit("A", city)).person
    asks = [
        accounts.request_posting(
            person=person, organization=city, role=Role.HEAD, reach=Reach.OWN, by=admin, now=NOW
        )
        for _ in range(2)
    ]
    assert asks[0].pk == asks[1].pk


@pytest.mark.parametrize("role", [Role.ADMIN, Role.REFORM_OFFICE, Role.HEAD, Role.AUDITOR])
def test_only_security_grants(city, role):
    waiting = make_posting(city, granted=False)
    with pytest.raises(NotAllowed, match="安全管理员"):
        accounts.grant(posting=waiting, by=make_posting(city, role), now=NOW)


def test_nobody_grants_themselves(city, security):
    own = make_posting(city, Role.ADMIN, person=security.person, granted=False)
    with pytest.raises(NotAllowed, match="自己"):
        accounts.grant(posting=own, by=security, now=NOW)


def test_a_withdrawn_role_ends_today(city, security):
    clerk = make_posting(make_unit("A", city), started_on=ON)
    accounts.withdraw(posting=clerk, by=security, now=NOW, on=ON)
    assert not Posting.objects.active(ON).filter(pk=clerk.pk).exists()
    with pytest.raises(NotAllowed, match="已经停用"):
        accounts.withdraw(posting=clerk, by=security, now=NOW, on=ON + timedelta(days=1))


def test_the_grant_page_grants_what_is_ticked(client, city, security):
    waiting = [make_posting(make_unit(code, city), granted=False) for code in "AB"]
    page = _enter(client, security).get(reverse("grant_list"))
    assert "共 2 条" in page.content.decode()
    client.post(reverse("grant_list"), {"posting": [waiting[0].pk], "act": "grant"})
    assert [Posting.objects.get(pk=p.pk).is_granted for p in waiting] == [True, False]


def test_a_person_with_two_postings_switches(client, city):
    first = make_posting(make_unit("A", city))
    second = make_posting(make_unit("B", city), Role.HEAD, person=first.person)
    _enter(client, first)
    assert client.get("/").wsgi_request.posting == first
    client.post(reverse("posting_switch"), {"posting": second.pk})
    assert client.get("/").wsgi_request.posting == second


def test_nobody_switches_to_a_strangers_posting(client, city):
    mine, theirs = make_posting(make_unit("A", city)), make_posting(make_unit("B", city))
    _enter(client, mine)
    answer = client.post(reverse("posting_switch"), {"posting": theirs.pk}, follow=True)
    assert "没有这个身份" in answer.content.decode()
    assert answer.wsgi_request.posting == mine


def test_first_login_leads_to_the_password_page(client, city):
    clerk = make_posting(make_unit("A", city))
    user = clerk.person.user
    user.must_change_password = True
    user.save()
    _enter(client, clerk)
    assert client.get("/").url == reverse("password_change")
    new = "Hengyang#2022走"
    client.post(
        reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert client.get("/").status_code == 200


def test_the_one_time_password_is_shown_once_and_must_be_changed(client, city, admin):
    clerk = make_posting(make_unit("A", city))
    page = _enter(client, admin).post(reverse("password_reset", args=[clerk.person_id]))
    password = page.context["password"]
    clerk.person.user.refresh_from_db()
    assert clerk.person.user.check_password(password)
    assert clerk.person.user.must_change_password
    assert not AuditEvent.objects.filter(detail__icontains=password).exists()


@pytest.mark.parametrize("role", [Role.SECURITY, Role.AUDITOR])
def test_the_administrator_cannot_step_into_another_officers_shoes(client, city, admin, role):
    """Whoever holds 安全管理员's password grants roles: 三权分立 would be a word (contract §5)."""
    officer = make_posting(city, role)
    page = _enter(client, admin).post(reverse("password_reset", args=[officer.person_id]))
    assert page.status_code == 403
    assert "不能由系统管理员重置" in page.content.decode()
    officer.person.user.refresh_from_db()
    assert officer.person.user.check_password(PASSWORD)


def test_officers_passwords_are_reset_by_another_security_officer(client, city, security):
    auditor, clerk = make_posting(city, Role.AUDITOR), make_posting(make_unit("A", city))
    reset = [
        _enter(client, security).post(reverse("password_reset", args=[one.person_id])).status_code
        for one in (auditor, clerk, security)
    ]
    assert reset == [200, 403, 403]


def test_a_waiting_officer_is_out_of_the_administrators_hands_too(client, city, admin):
    waiting = make_posting(city, Role.SECURITY, granted=False)
    page = _enter(client, admin).post(reverse("password_reset", args=[waiting.person_id]))
    assert page.status_code == 403
    shown = client.get(reverse("person_detail", args=[waiting.person_id])).content.decode()
    assert "重置密码" not in shown


def test_feedback_reaches_the_administrator_and_comes_back_answered(client, city, admin):
    clerk = make_posting(make_unit("A", city))
    _enter(client, clerk).post(reverse("feedback"), {"text": "填报次数太多"})
    assert Notice.objects.of(admin.person.user).count() == 1
    row = feedback.Feedback.objects.get()
    feedback.answer(feedback=row, text="已合并为每周一次", by=admin, now=NOW)
    assert "已合并为每周一次" in client.get(reverse("feedback")).content.decode()
    with pytest.raises(NotAllowed, match="已经答复"):
        feedback.answer(feedback=row, text="再答", by=admin, now=NOW)


def test_a_notice_leads_on_and_is_read(client, city):
    clerk = make_posting(make_unit("A", city))
    notice = notify(to=[clerk.person.user], kind="X", text="请签收", link="/walks/", now=NOW)[0]
    answer = _enter(client, clerk).post(reverse("notice_open", args=[notice.pk]), {"next": "/walks/"})
    notice.refresh_from_db()
    assert answer.url == "/walks/"
    assert notice.read_at is not None


def test_a_notice_does_not_lead_away(client, city):
    clerk = make_posting(make_unit("A", city))
    notice = notify(to=[clerk.person.user], kind="X", text="请签收", link="", now=NOW)[0]
    answer = _enter(client, clerk).post(
        reverse("notice_open", args=[notice.pk]), {"next": "https://example.com/"}
    )
    assert answer.url == "/notices/"


def test_a_strangers_notice_is_not_found(client, city):
    mine, theirs = make_posting(make_unit("A", city)), make_posting(make_unit("B", city))
    notice = notify(to=[theirs.person.user], kind="X", text="请签收", link="", now=NOW)[0]
    assert _enter(client, mine).post(reverse("notice_open", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize("name", ["organization_list", "person_list"])
def test_lists_ask_the_same_number_of_queries_for_one_row_and_six(
    client, city, admin, name, django_assert_max_num_queries
):
    _enter(client, admin).get(reverse(name))
    counts = []
    for codes in ("A", "BCDEF"):
        for code in codes:
            make_person(make_unit(code, city))
        with django_assert_max_num_queries(30) as taken:
            client.get(reverse(name))
        counts.append(len(taken))
    assert counts[0] == counts[1]


def test_a_unit_sees_only_its_own_people(client, city):
    mine, theirs = make_posting(make_unit("A", city)), make_posting(make_unit("B", city))
    _enter(client, mine)
    assert client.get(reverse("person_detail", args=[mine.person_id])).status_code == 200
    assert client.get(reverse("person_detail", args=[theirs.person_id])).status_code == 404
    assert "共 1 条" in client.get(reverse("person_list")).content.decode()


@pytest.mark.parametrize("said", ["A", "甲局", "衡阳市甲局"])
def test_people_are_found_by_their_unit_however_it_is_called(client, city, admin, said):
    for code, name in (("A", "甲局"), ("B", "乙局")):
        make_person(make_unit(code, city, name=f"衡阳市{name}", short_name=name), f"{name}某")
    page = _enter(client, admin).get(reverse("person_list"), {"organization": said}).content.decode()
    assert "共 1 条" in page
    assert "甲局某" in page


@pytest.mark.parametrize("said", ["A", "甲局", "甲局(A)"])
def test_a_role_is_asked_for_with_the_unit_however_it_is_called(client, city, admin, said):
    unit = make_unit("A", city, name="衡阳市甲局", short_name="甲局")
    person = make_posting(city).person
    answer = _enter(client, admin).post(
        reverse("person_detail", args=[person.pk]), {"organization": said, "role": "HEAD", "reach": "OWN"}
    )
    assert answer.status_code == 302
    assert Posting.objects.filter(person=person, organization=unit, role="HEAD", granted_at=None).exists()


def test_without_a_posting_the_home_says_whom_to_ask(client, city):
    clerk = make_posting(city, granted=False)
    client.force_login(clerk.person.user)
    assert "安全管理员" in client.get("/").content.decode()
    assert client.get(reverse("person_list")).status_code == 403
