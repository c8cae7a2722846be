"""The day's digest to a unit's group: the robots' own forms, and patience with an end that fails, hangs and doubles."""

import hashlib
import hmac
import json
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client

from campaigns.actions import chase
from campaigns.actions.deadlines import settle
from campaigns.actions.delivery import deliver_pending, send_again
from campaigns.ground.notices import Delivery, Notice
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.webhooks import GroupMessage, NotDelivered, check_address, request_of, send, text_of
from campaigns.models import AuditEvent, Posting, Robot
from campaigns.tests.receiver import Receiver, answers
from campaigns.tests.town import NOW, Town, day

pytestmark = pytest.mark.django_db
KEY = "key-nobody-may-read"
SECRET = "SEC0123456789abcdef"


@pytest.fixture
def town() -> Town:
    return Town(email=False)


@pytest.fixture
def receiver(settings):
    with Receiver(answers()) as other_end:
        settings.WEBHOOK_ALLOWED = [other_end.address]
        settings.WEBHOOK_TIMEOUT_SECONDS = 0.3
        yield other_end


def robot_of(town, receiver, **given) -> Robot:
    return Robot.objects.create(
        **{
            "organization": town.yibao,
            "kind": "WECOM",
            "name": "医保局走流程群",
            "url": f"{receiver.address}/cgi-bin/webhook/send?key={KEY}",
        }
        | given
    )


def chased(town, *titles: str, on: str = "05-18") -> None:
    """A working day on which clocks of 市医保局 come due: clerk and deputy are told of each."""
    for title in titles or ("台账 ZL-1",):
        town.clock(title=title)
    chase.run(on=day(on), now=NOW)


def test_wecom_gets_one_text_with_each_item_once(town, receiver, settings):
    settings.SITE_URL = "https://walkflow.example.invalid"
    robot_of(town, receiver)
    chased(town, "台账 ZL-1", "台账 ZL-2")
    assert deliver_pending(now=NOW) == {"sent": 1, "failed": 0, "pending": 0}
    (call,) = receiver.calls
    assert call.path == f"/cgi-bin/webhook/send?key={KEY}"
    assert call.json == {
        "msgtype": "text",
        "text": {
            "content": "时限提醒（5月18日）：yibao单位共 2 项\n"
            "1. 【到期】台账 ZL-1（yibao单位）：整改时限 2022-05-18，今天到期\n"
            "2. 【到期】台账 ZL-2（yibao单位）：整改时限 2022-05-18，今天到期\n"
            "请登录系统办理：https://walkflow.example.invalid"
        },
    }


def test_one_message_a_group_a_day(town, receiver):
    robot_of(town, receiver)
    chased(town)
    deliver_pending(now=NOW)
    chased(town, "后来登记的")
    deliver_pending(now=NOW)
    assert len(receiver.calls) == 1
    chase.run(on=day("05-19"), now=NOW + timedelta(days=1))
    deliver_pending(now=NOW + timedelta(days=1))
    assert len(receiver.calls) == 2


def test_a_group_hears_its_own_people_s_items_only(town, receiver):
    robot_of(town, receiver, organization=town.renshe)
    chased(town)
    assert deliver_pending(now=NOW)["sent"] == 0
    assert receiver.calls == []


def test_what_is_over_is_not_told(town, receiver):
    robot_of(town, receiver)
    over = town.clock(title="已办结的")
    chased(town, "还没办的")
    settle(deadline=over, on=day("05-18"))
    deliver_pending(now=NOW)
    assert "还没办的" in receiver.calls[0].json["text"]["content"]
    assert "已办结的" not in receiver.calls[0].json["text"]["content"]


def test_a_stopped_robot_is_silent(town, receiver):
    robot = robot_of(town, receiver)
    chased(town)
    robot.is_active = False
    robot.save()
    assert deliver_pending(now=NOW) == {"sent": 0, "failed": 0, "pending": 0}
    assert (Delivery.objects.get().state, receiver.calls) == ("VOID", [])


def test_dingtalk_s_signature():
    """Timestamp and sign as 钉钉 documents them; the value was made with openssl."""
    message = GroupMessage("k", "时限提醒", date(2022, 5, 18), ())
    request = request_of(
        kind="DINGTALK",
        url="https://oapi.dingtalk.com/robot/send?access_token=t",
        secret=SECRET,
        message=message,
        now=NOW,
    )
    assert request.full_url == (
        "https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1652833800000&sign=QpyAIBN6Odh7uVk7iHIQfoUX6IIIutWBdAiMynCT6K8%3D"
    )
    assert json.loads(request.data) == {
        "msgtype": "text",
        "text": {"content": "时限提醒\n请登录系统办理。"},
    }


def test_dingtalk_without_a_secret_is_not_signed(town, receiver):
    robot_of(town, receiver, kind="DINGTALK", url=f"{receiver.address}/robot/send?access_token={KEY}")
    chased(town)
    assert deliver_pending(now=NOW)["sent"] == 1
    assert receiver.calls[0].path == f"/robot/send?access_token={KEY}"


def test_generic_hook_is_signed_and_a_doubled_message_is_known_by_its_key(town, receiver):
    """The end takes the message and hangs: it is sent again, and the key tells that it is the same one."""
    robot_of(town, receiver, kind="WEBHOOK", url=f"{receiver.address}/hook", secret=SECRET)
    chased(town)
    receiver.behave = receiver.hang
    assert deliver_pending(now=NOW) == {"sent": 0, "failed": 0, "pending": 1}
    receiver.behave = answers(b"")
    assert deliver_pending(now=NOW + timedelta(minutes=1))["sent"] == 1
    first, second = receiver.calls
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.json == second.json
    assert first.json["id"] == first.headers["Idempotency-Key"]
    assert first.json["on"] == "2022-05-18"
    assert [line["text"][:4] for line in first.json["lines"]] == ["【到期】"]
    for call in (first, second):
        signed = call.headers["X-Walkflow-Timestamp"].encode() + b"." + call.body
        wanted = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert call.headers["X-Walkflow-Signature"] == f"sha256={wanted}"


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (answers(status=500), "对方返回 HTTP 500。"),
        (answers(status=404), "对方返回 HTTP 404。"),
        (answers(status=302, Location="/elsewhere"), "对方返回 HTTP 302。"),
        (answers(b'{"errcode": 93000, "errmsg": "invalid key"}'), "群机器人没有接收，错误码 93000。"),
        (answers(b"<html>"), "对方的应答看不懂，可能不是群机器人的地址。"),
        (answers(b"[]"), "对方的应答看不懂，可能不是群机器人的地址。"),
        (answers(b"x" * 100_000), "对方没有在规定时间内应答。"),
        ("hang", "对方没有在规定时间内应答。"),
    ],
)
def test_an_end_that_fails(town, receiver, behaviour, sentence):
    robot_of(town, receiver)
    receiver.behave = receiver.hang if behaviour == "hang" else behaviour
    chased(town)
    assert deliver_pending(now=NOW) == {"sent": 0, "failed": 0, "pending": 1}
    row = Delivery.objects.get()
    assert (row.error, row.attempts) == (sentence, 1)
    assert len(receiver.calls) == 1  # no redirect is followed
    assert KEY not in row.error


def test_nobody_at_home(town, receiver):
    robot_of(town, receiver)
    receiver.server.shutdown()
    receiver.server.server_close()
    chased(town)
    deliver_pending(now=NOW)
    assert Delivery.objects.get().error == "连接不上对方。"


def test_patience_giving_up_and_being_asked_again(town, receiver):
    robot_of(town, receiver)
    receiver.behave = answers(status=500)
    chased(town)
    now, waits = NOW, []
    for _ in range(5):
        deliver_pending(now=now)
        row = Delivery.objects.get()
        waits.append((row.next_try_at - now).total_seconds() / 60)
        now = row.next_try_at
    assert waits == [1, 5, 30, 120, 120]
    assert deliver_pending(now=now) == {"sent": 0, "failed": 1, "pending": 0}
    assert deliver_pending(now=now + timedelta(days=1))["failed"] == 0
    assert len(receiver.calls) == 6
    receiver.behave = answers()
    admin = admin_of(town)
    assert send_again(deliveries=[row.pk], by=admin, now=now) == 1
    assert send_again(deliveries=[row.pk], by=admin, now=now) == 0
    assert deliver_pending(now=now)["sent"] == 1
    assert send_again(deliveries=[row.pk], by=admin, now=now) == 0  # what arrived isn't sent twice
    assert AuditEvent.objects.filter(verb="重新发送消息").count() == 1


def test_a_hanging_end_holds_up_nobody_else(receiver):
    town = Town()
    robot_of(town, receiver)
    receiver.behave = receiver.hang
    chased(town)
    assert deliver_pending(now=NOW) == {"sent": 2, "failed": 0, "pending": 1}
    assert {message.to[0] for message in mail.outbox} == {
        "yibao.reporter@example.invalid",
        "yibao.deputy@example.invalid",
    }


def test_an_address_no_longer_allowed_is_not_called(town, receiver, settings):
    robot_of(town, receiver)
    settings.WEBHOOK_ALLOWED = ["https://qyapi.weixin.qq.com/cgi-bin/webhook/send"]
    chased(town)
    deliver_pending(now=NOW)
    assert receiver.calls == []
    assert "不在允许的范围内" in Delivery.objects.get().error


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", True),
        ("https://QYAPI.weixin.qq.com:443/cgi-bin/webhook/send?key=1", True),
        ("https://oapi.dingtalk.com/robot/send?access_token=1", True),
        ("https://oapi.dingtalk.com/robot/send/more", True),
        ("https://oapi.dingtalk.com/robot/sender", False),
        ("https://oapi.dingtalk.com/robot/send/../../other", False),
        ("http://oapi.dingtalk.com/robot/send", False),
        ("https://oapi.dingtalk.com:8443/robot/send", False),
        ("https://oapi.dingtalk.com.example.invalid/robot/send", False),
        ("https://me@oapi.dingtalk.com/robot/send", False),
        ("https://oapi.dingtalk.com@example.invalid/robot/send", False),
        ("https://127.0.0.1/robot/send", False),
        ("file:///etc/passwd", False),
        ("https://oapi.dingtalk.com:x/robot/send", False),
        ("", False),
    ],
)
def test_addresses(url, allowed):
    if allowed:
        check_address(url)
    else:
        with pytest.raises(NotAllowed, match="WEBHOOK_ALLOWED"):
            check_address(url)


def test_a_long_digest_is_shortened_to_what_the_robot_takes():
    lines = tuple((f"【到期】台账 {number:03d} 窗口一次性告知不全，今天到期", "") for number in range(100))
    said = text_of(GroupMessage("k", "时限提醒", date(2022, 5, 18), lines), 2048)
    shown = said.count("【到期】")
    assert len(said.encode()) <= 2048
    assert f"\n其余 {100 - shown} 项请登录系统查看。" in said
    assert shown > 20


def test_send_says_why_without_the_address(settings):
    message = GroupMessage("k", "t", date(2022, 5, 18), ())
    with pytest.raises(NotDelivered) as error:
        send(kind="WECOM", url=f"https://example.invalid/?key={KEY}", secret="", message=message, now=NOW)
    assert KEY not in str(error.value)


# — the pages of 系统管理员 —


def admin_of(town) -> Posting:
    if "admin" not in town.users:
        town.post("admin", "ADMIN", town.city)
    return Posting.objects.select_related("person__user", "organization").get(person__user=town.user("admin"))


def entered(town, name: str) -> Client:
    user = town.user(name)
    user.must_change_password, user.is_staff = False, name == "admin"
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(town) -> Client:
    admin_of(town)
    return entered(town, "admin")


def filled(receiver, **given) -> dict:
    return {
        "organization": "yibao",
        "name": "医保局走流程群",
        "kind": "WECOM",
        "url": f"{receiver.address}/send?key={KEY}",
        "secret": "",
        "is_active": "on",
    } | given


def test_a_robot_is_entered_and_its_address_never_shown_again(town, receiver, admin):
    assert admin.post("/robots/new/", filled(receiver, secret=SECRET)).status_code == 302
    robot = Robot.objects.get()
    assert (robot.url, robot.secret) == (f"{receiver.address}/send?key={KEY}", SECRET)
    for page in (
        "/robots/",
        f"/robots/{robot.pk}/",
        "/deliveries/",
        f"/admin/campaigns/robot/{robot.pk}/change/",
    ):
        html = admin.get(page).content.decode()
        assert KEY not in html, page
        assert SECRET not in html, page
    assert "127.0.0.1" in admin.get("/robots/").content.decode()
    assert not any(KEY in str(event.detail) + event.subject_key for event in AuditEvent.objects.all())


def test_left_blank_stays_as_it_was(town, receiver, admin):
    robot = robot_of(town, receiver, secret=SECRET)
    answer = admin.post(f"/robots/{robot.pk}/", filled(receiver, url="", name="新群名", is_active=""))
    assert answer.status_code == 302
    robot.refresh_from_db()
    assert (robot.name, robot.is_active, robot.secret) == ("新群名", False, SECRET)
    assert KEY in robot.url


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"organization": "nowhere"}, "没有找到单位"),
        ({"url": "https://example.invalid/hook"}, "不在允许的范围内"),
        ({"url": ""}, "请填写机器人的地址"),
        ({"kind": "WEBHOOK"}, "通用接口要填密钥"),
        ({"kind": "FAX"}, "FAX"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(town, receiver, admin, given, sentence):
    answer = admin.post("/robots/new/", filled(receiver, name="我的群", **given))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert "我的群" in html
    assert not Robot.objects.exists()


def test_two_groups_of_one_name(town, receiver, admin):
    robot_of(town, receiver)
    answer = admin.post("/robots/new/", filled(receiver))
    assert answer.status_code == 422
    assert "已有名为“医保局走流程群”的群" in answer.content.decode()


def test_a_trial_message(town, receiver, admin):
    robot = robot_of(town, receiver)
    html = admin.post(f"/robots/{robot.pk}/try/", follow=True).content.decode()
    assert "请到群里查看" in html
    assert "测试消息" in receiver.calls[0].json["text"]["content"]
    receiver.behave = answers(status=500)
    assert (
        "没有发出：对方返回 HTTP 500。"
        in admin.post(f"/robots/{robot.pk}/try/", follow=True).content.decode()
    )
    robot.is_active = False
    robot.save()
    assert "已停用" in admin.post(f"/robots/{robot.pk}/try/", follow=True).content.decode()
    assert len(receiver.calls) == 2


def test_failures_are_seen_and_sent_again(town, receiver, admin):
    robot_of(town, receiver)
    receiver.behave = answers(status=500)
    chased(town)
    deliver_pending(now=NOW)
    Delivery.objects.update(state="FAILED", attempts=6)
    html = admin.get("/deliveries/?state=发送失败").content.decode()
    assert "共 1 条" in html
    assert "对方返回 HTTP 500。" in html
    assert "医保局走流程群" in html
    assert "共 0 条" in admin.get("/deliveries/?state=已发送").content.decode()
    assert "有 1 条消息发送失败" in admin.get("/jobs/").content.decode()
    said = admin.post("/deliveries/retry/", {"act": "picked"}, follow=True).content.decode()
    assert "没有重发" in said
    pk = Delivery.objects.get().pk
    said = admin.post("/deliveries/retry/", {"act": "picked", "delivery": [pk]}, follow=True).content.decode()
    assert "1 条消息已排队" in said
    assert Delivery.objects.get().state == "PENDING"
    Delivery.objects.update(state="FAILED", attempts=6)
    assert "1 条消息已排队" in admin.post("/deliveries/retry/", {"act": "all"}, follow=True).content.decode()


def test_as_many_queries_for_six_rows_as_for_one(town, receiver, admin, django_assert_max_num_queries):
    notices = [
        Notice(recipient=user, kind="X", key=str(n), title="x", created_on=day("05-18"), created_at=NOW)
        for n, user in enumerate(list(town.users.values())[:6])
    ]
    counts = []
    for batch in (notices[:1], notices[1:]):
        made = Notice.objects.bulk_create(batch)
        Delivery.objects.bulk_create([Delivery(notice=notice, next_try_at=NOW) for notice in made])
        with django_assert_max_num_queries(30) as captured:
            admin.get("/deliveries/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["yibao.REPORTER", "city.REFORM_OFFICE", "city.INSPECTOR"])
def test_nobody_else_keeps_robots(town, receiver, name):
    client, robot = entered(town, name), robot_of(town, receiver)
    assert client.get(f"/robots/{robot.pk}/").status_code == 403
    assert client.post(f"/robots/{robot.pk}/try/").status_code == 403
    assert client.post("/deliveries/retry/", {"act": "all"}).status_code == 403
    assert receiver.calls == []
