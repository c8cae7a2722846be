"""The audit log: who did what stays readable, unchanged and whole, and says so when it isn't."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from campaigns.ground import audit, audit_triggers
from campaigns.ground.audit import AuditEvent, AuditSeal, record, record_all, seal_pending, verify
from campaigns.models import Posting
from campaigns.tests.town import NOW, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def write(count: int = 3) -> list[AuditEvent]:
    return [
        record(
            by=None,
            verb="导入",
            subject=("sheet", number),
            detail={"行": number, "b": [1, 2.5, None], "a": True},
            now=NOW + timedelta(seconds=number),
        )
        for number in range(count)
    ]


def test_a_posting_is_named_whole(town):
    posting = Posting.objects.get(person__user=town.user("yibao.HEAD"))
    event = record(by=posting, verb="审签", subject=town.yibao, detail={"份": 2}, now=NOW, ip="10.0.0.1")
    event.refresh_from_db()
    assert (event.actor, event.actor_name) == ("yibao.head", "yibao.HEAD")
    assert (event.posting, event.organization_code) == ("主要负责人·yibao单位", "yibao")
    assert (event.subject_kind, event.subject_key) == ("campaigns.Organization", str(town.yibao.pk))
    assert event.detail == {"份": 2}


def test_an_account_and_the_system(town):
    assert record(by=town.user("yibao.HEAD"), verb="登录", now=NOW).actor == "yibao.head"
    assert record(by=None, verb="催办", now=NOW).actor_name == "系统"


def test_many_subjects_in_bulk(town, django_assert_num_queries):
    with django_assert_num_queries(1):
        record_all(by=None, verb="导出", subjects=[("row", n) for n in range(50)], now=NOW)
    assert AuditEvent.objects.count() == 50


@transaction.atomic
def act_that_fails() -> None:
    write(1)
    raise RuntimeError


def test_event_joins_its_act_s_transaction():
    with pytest.raises(RuntimeError):
        act_that_fails()
    assert not AuditEvent.objects.exists()


def test_chain(monkeypatch):
    monkeypatch.setattr(audit, "BATCH", 2)
    assert verify() == {"events": 0, "ok": True, "first_bad": None, "unsealed": 0, "because": ""}
    write(5)
    assert verify()["unsealed"] == 5
    assert seal_pending(NOW) == 5
    assert seal_pending(NOW) == 0
    write(1)
    assert seal_pending(NOW) == 1
    assert verify() == {"events": 6, "ok": True, "first_bad": None, "unsealed": 0, "because": ""}
    assert list(AuditSeal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_an_event_that_commits_late_is_chained_after_a_younger_one():
    late, early = write(2)
    AuditSeal.objects.create(
        number=1, event_id=early.pk, digest=audit.digest_of(audit.FIRST_DIGEST, early), sealed_at=NOW
    )
    assert seal_pending(NOW) == 1
    assert AuditSeal.objects.get(event_id=late.pk).number == 2
    assert verify()["ok"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("verb", "删除"),
        ("actor", "somebody"),
        ("detail", {"行": 99}),
        ("at", NOW + timedelta(days=1)),
        ("ip", "10.9.9.9"),
        ("subject_key", "77"),
    ],
)
def test_a_changed_event_is_found(field, value):
    events = write()
    seal_pending(NOW)
    with audit_triggers.dropped():
        AuditEvent.objects.filter(pk=events[1].pk).update(**{field: value})
    found = verify()
    assert (found["ok"], found["first_bad"]) == (False, events[1].pk)
    assert "内容不符" in found["because"]


def test_a_removed_event_and_a_removed_seal_are_found():
    events = write()
    seal_pending(NOW)
    with audit_triggers.dropped():
        AuditEvent.objects.filter(pk=events[1].pk).delete()
    assert (verify()["first_bad"], verify()["because"]) == (
        events[1].pk,
        f"第 2 号封存对应的审计记录 {events[1].pk} 已被删除。",
    )
    with audit_triggers.dropped():
        AuditSeal.objects.filter(number=2).delete()
    assert verify()["because"] == "第 2 号封存缺失。"


def test_second_sealer_leaves_the_work_to_the_first(monkeypatch):
    write(1)

    def beaten(now):
        raise IntegrityError("number taken")

    monkeypatch.setattr(audit, "_seal_batch", beaten)
    assert seal_pending(NOW) == 0


def empty(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}" if connection.vendor == "postgresql" else f"DELETE FROM {table}")


@pytest.mark.parametrize("model", [AuditEvent, AuditSeal])
def test_the_database_refuses_change_and_removal(model):
    write()
    seal_pending(NOW)
    row = model.objects.order_by("pk").first()
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic():
        model.objects.filter(pk=row.pk).update(id=row.pk)
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic():
        model.objects.filter(pk=row.pk).delete()
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic():
        empty(model._meta.db_table)
    assert model.objects.count() == 3


def test_guard_stands_again_after_it_was_lifted():
    write(1)
    with audit_triggers.dropped():
        AuditEvent.objects.update(verb="改")
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.update(verb="再改")


def test_guard_goes_down_and_up_with_the_migration():
    class Editor:
        pass

    editor = Editor()
    editor.connection = connection
    write(1)
    for _ in range(2):
        audit_triggers.take_down(None, editor)
    assert AuditEvent.objects.update(verb="改") == 1
    for _ in range(2):
        audit_triggers.put_up(None, editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.update(verb="再改")


def test_command():
    write()
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    answer = json.loads(out.getvalue().splitlines()[-1])
    assert {key: answer[key] for key in ("events", "ok", "first_bad")} == {
        "events": 3,
        "ok": True,
        "first_bad": None,
    }
    with audit_triggers.dropped():
        AuditEvent.objects.filter(subject_key="0").update(verb="改")
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", stdout=out)
    assert stopped.value.code == 1
