"""The outbox: told once, read by its owner alone, mailed with patience, silent about what is over."""

import json
import smtplib
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction

from campaigns.actions import chase
from campaigns.actions.deadlines import settle
from campaigns.actions.delivery import deliver_pending
from campaigns.actions.notices import mark_read, notify, outdate
from campaigns.ground.notices import Delivery, Notice, NoticeLine
from campaigns.models import Person
from campaigns.tests.town import NOW, Town, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def tell(town, *names, **given):
    return notify(
        **{
            "to": [town.user(name) for name in names],
            "kind": "TURNED",
            "text": "台账 ZL-1 已转办给你单位，请在 2 个工作日内签收。",
            "link": "/issues/ledger/1/",
            "now": NOW,
        }
        | given
    )


def test_one_notice_a_person_and_event(town):
    told = tell(town, "yibao.REPORTER", "yibao.REPORTER", "yibao.HEAD")
    assert len(told) == 2
    tell(town, "yibao.REPORTER")
    notice = Notice.objects.of(town.user("yibao.REPORTER")).first()
    assert notice.created_on == day("05-18")
    assert notice.lines.get().link == "/issues/ledger/1/"
    assert Notice.objects.of(town.user("yibao.REPORTER")).unread(day("05-18")).count() == 2


def test_the_same_event_by_key_is_told_once(town):
    assert len(tell(town, "yibao.REPORTER", key="ZL-1:3")) == 1
    assert len(tell(town, "yibao.REPORTER", "yibao.HEAD", key="ZL-1:3")) == 1
    assert (Notice.objects.count(), NoticeLine.objects.count()) == (2, 2)


def test_nobody_and_disabled_accounts_are_told_nothing(town):
    user = town.user("yibao.HEAD")
    user.is_active = False
    assert notify(to=[user, None], kind="X", text="x", link="", now=NOW) == []
    assert not Delivery.objects.exists()


def test_a_title_is_one_line_and_short(town):
    (notice,) = tell(town, "yibao.REPORTER", text="第一行\r\nBcc: everybody\n" + "长" * 400)
    assert "\n" not in notice.title
    assert len(notice.title) == 200
    assert deliver_pending(now=NOW)["sent"] == 1


def test_telling_takes_as_many_queries_for_six_as_for_one(town, django_assert_num_queries):
    with django_assert_num_queries(6):  # two of them savepoints
        tell(town, "yibao.REPORTER")
    with django_assert_num_queries(6):
        tell(town, *[name for name in town.users if name != "yibao.REPORTER"][:6])


def test_read_by_its_owner_alone(town):
    (mine,) = tell(town, "yibao.REPORTER")
    (other,) = tell(town, "yibao.HEAD")
    me = town.user("yibao.REPORTER")
    assert mark_read(by=me, now=NOW, notices=[other.pk]) == 0
    assert mark_read(by=me, now=NOW, notices=[mine.pk]) == 1
    assert mark_read(by=me, now=NOW) == 0
    assert mark_read(by=town.user("yibao.HEAD"), now=NOW) == 1


def test_mail_carries_the_lines_and_their_pages(town, settings):
    settings.SITE_URL = "https://walkflow.example.invalid"
    tell(town, "yibao.REPORTER")
    assert deliver_pending(now=NOW) == {"sent": 1, "failed": 0, "pending": 0}
    (message,) = mail.outbox
    assert message.to == ["yibao.reporter@example.invalid"]
    assert message.subject.startswith("台账 ZL-1 已转办")
    assert "https://walkflow.example.invalid/issues/ledger/1/" in message.body
    assert deliver_pending(now=NOW) == {"sent": 0, "failed": 0, "pending": 0}


def test_without_an_address_it_stays_here():
    town = Town(email=False)
    tell(town, "yibao.REPORTER")
    assert not Delivery.objects.exists()
    Person.objects.filter(code="yibao.REPORTER").update(email="clerk@example.invalid")
    tell(town, "yibao.REPORTER")
    deliver_pending(now=NOW)
    assert mail.outbox[0].to == ["clerk@example.invalid"]


class DeafServer:
    """A mail backend that fails, with a few words."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("no answer")


def test_patience_and_giving_up(town, settings):
    tell(town, "yibao.REPORTER")
    settings.EMAIL_BACKEND = f"{__name__}.DeafServer"
    now, waits = NOW, []
    for _ in range(5):
        assert deliver_pending(now=now) == {"sent": 0, "failed": 0, "pending": 1}
        row = Delivery.objects.get()
        waits.append((row.next_try_at - now).total_seconds() / 60)
        assert deliver_pending(now=row.next_try_at - timedelta(seconds=1))["pending"] == 1
        assert Delivery.objects.get().attempts == row.attempts
        now = row.next_try_at
    assert waits == [1, 5, 30, 120, 120]
    assert deliver_pending(now=now) == {"sent": 0, "failed": 1, "pending": 0}
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("FAILED", 6)
    assert "no answer" in row.error
    assert deliver_pending(now=now + timedelta(days=9))["failed"] == 0


def test_one_bad_mail_does_not_stop_the_next(town, monkeypatch):
    tell(town, "yibao.REPORTER")
    tell(town, "yibao.HEAD")
    send = mail.EmailMessage.send

    def choke(message, *args, **kwargs):
        if "reporter" in message.to[0]:
            raise ValueError("bad address")
        return send(message, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMessage, "send", choke)
    assert deliver_pending(now=NOW) == {"sent": 1, "failed": 0, "pending": 1}


def test_rows_of_a_worker_that_died_come_back_and_end(town):
    tell(town, "yibao.REPORTER")
    Delivery.objects.update(attempts=1, next_try_at=NOW + timedelta(minutes=15))  # claimed, then killed
    assert deliver_pending(now=NOW)["sent"] == 0
    assert deliver_pending(now=NOW + timedelta(minutes=15))["sent"] == 1
    tell(town, "yibao.HEAD")
    Delivery.objects.filter(state="PENDING").update(attempts=6)
    assert deliver_pending(now=NOW)["sent"] == 0
    assert Delivery.objects.filter(state="FAILED").count() == 1


def test_a_digest_leaves_out_what_is_over(town):
    over, still = town.clock(title="已办结的"), town.clock(title="还没办的")
    chase.run(on=day("05-13"), now=NOW)
    settle(deadline=over, on=day("05-13"))
    deliver_pending(now=NOW)
    assert "还没办的" in mail.outbox[0].body
    assert "已办结的" not in mail.outbox[0].body
    third = town.clock(starts_on=day("04-20"), workdays=20)
    chase.run(on=day("05-16"), now=NOW)
    for clock in (third, still):
        settle(deadline=clock, on=day("05-16"))
    assert deliver_pending(now=NOW) == {"sent": 0, "failed": 0, "pending": 0}
    assert Delivery.objects.filter(state="VOID").count() == 1


def test_the_day_s_digest_is_mailed_once(town):
    town.clock()
    chase.run(on=day("05-18"), now=NOW)
    deliver_pending(now=NOW)
    town.clock(title="后来的")
    chase.run(on=day("05-18"), now=NOW)
    deliver_pending(now=NOW)
    assert len(mail.outbox) == 2  # the clerk and the deputy, one each


def test_command(town):
    tell(town, "yibao.REPORTER")
    out = StringIO()
    call_command("deliver_notices", "--json", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {"sent": 1, "failed": 0, "pending": 0}


def test_the_database_refuses(town):
    (notice,) = tell(town, "yibao.REPORTER", key="k")
    clock = town.clock()
    chase.run(on=day("05-13"), now=NOW)
    line = NoticeLine.objects.get(chase__deadline=clock)
    facts = {"recipient": notice.recipient, "kind": "TURNED", "key": "k", "title": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(**facts, created_on=day("05-18"), created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeLine.objects.create(notice=line.notice, chase=line.chase, text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(notice=notice, next_try_at=NOW)
    with pytest.raises(IntegrityError, match="delivery_sent_iff_stamped"), transaction.atomic():
        Delivery.objects.update(state="SENT")
    with pytest.raises(IntegrityError, match="delivery_state_known"), transaction.atomic():
        Delivery.objects.update(state="LOST")


def test_what_has_gone_on_reads_itself_and_what_is_old_rings_no_bell(town):
    user = town.user("yibao.REPORTER")
    tell(town, "yibao.REPORTER")
    tell(town, "yibao.REPORTER", link="/issues/ledger/2/")
    assert outdate(links=["/issues/ledger/1/"], now=NOW) == 1
    unread = Notice.objects.of(user).unread(day("05-18"))
    assert [line.link for notice in unread for line in notice.lines.all()] == ["/issues/ledger/2/"]
    assert Notice.objects.of(user).unread(day("05-18") + timedelta(days=14)).count() == 1
    assert Notice.objects.of(user).unread(day("05-18") + timedelta(days=15)).count() == 0


def test_a_digest_is_not_outdated_by_the_page_it_leads_to(town):
    town.clock()
    chase.run(on=day("05-18"), now=NOW)
    assert Notice.objects.filter(read_at__isnull=True).count() == 2
    links = list(NoticeLine.objects.values_list("link", flat=True))
    assert outdate(links=links, now=NOW) == 0
    assert Notice.objects.filter(read_at__isnull=True).count() == 2
