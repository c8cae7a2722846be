"""Two chases at once, one killed half way, a row somebody is editing: still once for everybody."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from campaigns.actions import chase
from campaigns.actions.delivery import deliver_pending
from campaigns.ground.deadlines import Chase, ChaseRun, Deadline
from campaigns.ground.notices import Delivery, Notice, NoticeLine
from campaigns.tests.town import NOW, Town, day

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable) -> list:
    """What each of `works` returns or raises, each in a thread with a connection of its own."""
    found, gate = [], threading.Barrier(len(works))

    def go(work):
        try:
            gate.wait(timeout=10)
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_two_workers_at_once_light_each_rung_once(monkeypatch):
    town = Town()
    monkeypatch.setattr(chase, "BATCH", 7)
    for number in range(40):
        town.clock(town.yibao if number % 2 else town.renshe, title=f"台账 {number}")
    results = at_once(*[lambda: chase.run(on=day("05-18"), now=NOW)] * 2)
    assert all(isinstance(result, dict) for result in results), results
    assert sum(result["chased"] for result in results) == 40
    assert [result["failed"] for result in results] == [0, 0]
    assert Chase.objects.count() == 40
    assert Notice.objects.count() == 4
    assert NoticeLine.objects.count() == 80
    assert Delivery.objects.count() == 4
    assert ChaseRun.objects.get().chased == 40
    assert set(Notice.objects.values_list("title", flat=True)) == {"时限提醒（5月18日）：共 20 项"}


def test_killed_between_two_batches_and_started_again(monkeypatch):
    town = Town()
    monkeypatch.setattr(chase, "BATCH", 5)
    for number in range(12):
        town.clock(title=f"台账 {number}")
    light, seen = chase._light, []

    def killed(night, pks):
        seen.append(pks)
        if len(seen) == 2:
            raise SystemExit
        return light(night, pks)

    monkeypatch.setattr(chase, "_light", killed)
    with pytest.raises(SystemExit):
        chase.run(on=day("05-18"), now=NOW)
    assert Chase.objects.count() == 5
    assert not Delivery.objects.exists()  # a digest is mailed when it is whole
    monkeypatch.setattr(chase, "_light", light)
    assert chase.run(on=day("05-18"), now=NOW)["chased"] == 7
    assert (Chase.objects.count(), Notice.objects.count(), NoticeLine.objects.count()) == (12, 2, 24)
    assert Delivery.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks are PostgreSQL's")
def test_a_row_somebody_is_editing_is_caught_by_the_next_run():
    town = Town()
    held = town.clock(title="正在修改")
    town.clock(title="另一条")
    locked, done = threading.Event(), threading.Event()

    def edit():
        with transaction.atomic():
            Deadline.objects.select_for_update().get(pk=held.pk)
            locked.set()
            done.wait(timeout=20)
        connection.close()

    editor = threading.Thread(target=edit)
    editor.start()
    locked.wait(timeout=10)
    try:
        assert chase.run(on=day("05-18"), now=NOW)["chased"] == 1
    finally:
        done.set()
        editor.join(timeout=10)
    assert chase.run(on=day("05-19"), now=NOW)["by_level"] == {"3": 2}


def test_two_workers_deliver_each_mail_once(monkeypatch, mailoutbox):
    town = Town()
    for unit in (town.yibao, town.renshe, town.county):
        town.clock(unit)
    chase.run(on=day("05-19"), now=NOW)
    assert Delivery.objects.count() == 9
    monkeypatch.setattr("campaigns.actions.delivery.BATCH", 2)
    results = at_once(*[lambda: deliver_pending(now=NOW)] * 2)
    assert all(isinstance(result, dict) for result in results), results
    assert sum(result["sent"] for result in results) == 9
    assert len({tuple(mail.to) for mail in mailoutbox}) == len(mailoutbox) == 9
