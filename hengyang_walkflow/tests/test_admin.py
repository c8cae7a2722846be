"""/admin/ only shows: no register can be written, no secret is on a page, and only 系统管理员 gets in."""

import pytest
from django.urls import reverse

from campaigns.admin import secret_fields, site
from campaigns.enums import Rank, Role
from campaigns.models import AuditEvent, Person, User
from issues.models import LedgerItem
from reports.tests.city import City


@pytest.fixture
def city(db) -> City:
    city = City()
    city.stock()
    user = city.admin.person.user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return city


@pytest.fixture
def admin(client, city):
    client.force_login(city.admin.person.user)
    return client


def pages() -> list[str]:
    """The list of every register."""
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in site._registry
    ]


def test_every_register_opens_and_offers_no_writing(admin):
    for url in [reverse("admin:index"), *pages()]:
        html = admin.get(url).content.decode()
        assert "/add/" not in html, url
        assert "addlink" not in html, url


def test_every_row_opens_read_only(admin):
    for model in site._registry:
        row = model._base_manager.order_by("pk").first()
        if row is None:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        answer = admin.get(reverse(f"{name}_change", args=[row.pk]))
        assert answer.status_code == 200, name
        assert 'name="_save"' not in answer.content.decode(), name


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_no_row_of_the_ledger_is_written(admin, page):
    item = LedgerItem.objects.order_by("pk").first()
    args = [] if page == "add" else [item.pk]
    answer = admin.post(reverse(f"admin:issues_ledgeritem_{page}", args=args), {"state": "CLOSED"})
    assert answer.status_code == 403
    assert LedgerItem.objects.get(pk=item.pk).state == item.state


def test_bulk_deleting_is_not_offered(admin):
    url = reverse("admin:issues_ledgeritem_changelist")
    keys = list(LedgerItem.objects.values_list("pk", flat=True))
    admin.post(url, {"action": "delete_selected", "_selected_action": keys, "post": "yes"})
    assert LedgerItem.objects.count() == len(keys)


def test_secrets_stay_out(admin, city):
    assert {"phone", "phone_index"} <= set(secret_fields(Person))
    assert secret_fields(User) == ["password"]
    person = city.head
    html = admin.get(reverse("admin:campaigns_person_change", args=[person.pk])).content.decode()
    assert "13800001234" not in html
    html = admin.get(reverse("admin:campaigns_user_change", args=[person.user_id])).content.decode()
    assert "argon2" not in html
    assert "md5" not in html


def test_the_audit_log_is_not_a_register():
    assert AuditEvent not in site._registry


def test_others_read_a_sentence(client, city):
    client.force_login(city.office.person.user)
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.status_code == 403
    assert "只供系统管理员查看" in answer.content.decode()


def test_staff_without_the_role_stay_outside(client, city):
    """安全管理员 withdraws the role: the mark on the account no longer opens the door."""
    clerk = city.posting("former", city.root, Role.ADMIN, rank=Rank.STAFF)
    User.objects.filter(pk=clerk.person.user_id).update(is_staff=True)
    clerk.ended_on = clerk.granted_at.date()
    clerk.save(update_fields=["ended_on"])
    client.force_login(User.objects.get(pk=clerk.person.user_id))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_strangers_log_in_at_the_products_page(client, db):
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login/?next=/admin/")


def test_the_admin_has_no_password_page(admin):
    assert admin.get("/admin/password_change/").status_code in (302, 404)
