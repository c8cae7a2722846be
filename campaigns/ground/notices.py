"""The outbox: a notice is a row written in the act's own transaction; a separate task delivers it.

House rule 9. Who is told stands in the actions; a notice is text and a link, so it outlives its cause.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.ground.constraints import known_value
from campaigns.ground.deadlines import Chase

CHASE_DIGEST = "CHASE"
FRESH_DAYS = 14  # an older notice is kept, but rings no bell: what is still to be done stands on the 工作台


class DeliveryState(models.TextChoices):
    PENDING = "PENDING", "待发送"
    SENT = "SENT", "已发送"
    FAILED = "FAILED", "发送失败"
    VOID = "VOID", "已作废"


class NoticeLineQuerySet(QuerySet):
    def living(self) -> "NoticeLineQuerySet":
        """Lines that still hold: a reminder dies with its date, and with its item (contract §8)."""
        return self.filter(
            Q(chase__isnull=True) | Q(chase__deadline__is_open=True, chase__round=F("chase__deadline__round"))
        )

    def with_life(self) -> "NoticeLineQuerySet":
        """Adds `is_alive`, for a page that greys out dead lines."""
        return self.annotate(is_alive=Exists(NoticeLine.objects.living().filter(pk=OuterRef("pk"))))


class NoticeQuerySet(QuerySet):
    def of(self, user) -> "NoticeQuerySet":
        """The notices of one account; a notice is seen by nobody else."""
        return self.filter(recipient=user)

    def unread(self, on: date) -> "NoticeQuerySet":
        """Not read, still about something, and fresh on the day `on`: what the bell counts."""
        living = NoticeLine.objects.living().filter(notice=OuterRef("pk"))
        return self.fresh(on).filter(Exists(living), read_at__isnull=True)

    def fresh(self, on: date) -> "NoticeQuerySet":
        """Not older than FRESH_DAYS on the day `on`."""
        return self.filter(created_on__gte=on - timedelta(days=FRESH_DAYS))

    def with_unread(self, on: date) -> "NoticeQuerySet":
        """Adds `is_unread`, as the bell counts it."""
        return self.annotate(is_unread=Exists(Notice.objects.unread(on).filter(pk=OuterRef("pk"))))


class Notice(models.Model):
    """One message to one account. The chase's is a digest: one a person a day, its items are the lines."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="收件人", on_delete=models.PROTECT, related_name="notices"
    )
    kind = models.CharField("种类", max_length=20)
    key = models.CharField("唯一键", max_length=64)
    title = models.CharField("标题", max_length=200)
    created_on = models.DateField("日期")
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        indexes = [models.Index(fields=["recipient", "read_at"], name="notice_recipient_read")]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "key"],
                name="notice_once_per_key",
                violation_error_message="这条消息已经发过。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class NoticeLine(models.Model):
    """One item of a notice, with the page it leads to."""

    notice = models.ForeignKey(Notice, verbose_name="消息", on_delete=models.PROTECT, related_name="lines")
    text = models.CharField("内容", max_length=300)
    link = models.CharField("链接", max_length=200, blank=True)
    chase = models.ForeignKey(
        Chase, verbose_name="催办", null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )

    objects = NoticeLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息内容"
        indexes = [models.Index(fields=["link"], name="notice_line_link")]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "chase"],
                name="notice_line_once_per_chase",
                violation_error_message="这一项已经在消息里。",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Channel(models.TextChoices):
    EMAIL = "email", "电子邮件"
    ROBOT = "robot", "群机器人"


class Delivery(models.Model):
    """The way of one message out of the house: tried, tried again later, and visible when it fails.

    Either a person's notice by e-mail, or the day's digest of a unit to its group.
    """

    notice = models.ForeignKey(
        Notice,
        verbose_name="消息",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    robot = models.ForeignKey(
        "campaigns.Robot",
        verbose_name="群机器人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    digest_on = models.DateField("哪天的提醒", null=True, blank=True)
    channel = models.CharField("渠道", max_length=10, choices=Channel, default=Channel.EMAIL)
    state = models.CharField("状态", max_length=8, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_try_at = models.DateTimeField("下次发送时间")
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    error = models.CharField("失败原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发送记录"
        indexes = [models.Index(fields=["state", "next_try_at"], name="delivery_state_next")]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "channel"],
                name="delivery_once_per_channel",
                violation_error_message="这条消息在该渠道已有发送记录。",
            ),
            models.UniqueConstraint(
                fields=["robot", "digest_on"],
                name="delivery_once_per_group_and_day",
                violation_error_message="这个群当天已有发送记录。",
            ),
            models.CheckConstraint(
                name="delivery_to_person_or_group",
                condition=Q(
                    channel=Channel.EMAIL, notice__isnull=False, robot__isnull=True, digest_on__isnull=True
                )
                | Q(channel=Channel.ROBOT, notice__isnull=True, robot__isnull=False, digest_on__isnull=False),
                violation_error_message="发送记录要么是给个人的邮件，要么是给群的当天提醒。",
            ),
            known_value(
                "state", DeliveryState.values, name="delivery_state_known", message="发送状态不正确。"
            ),
            models.CheckConstraint(
                name="delivery_sent_iff_stamped",
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
                violation_error_message="已发送的消息要有发送时间，其他的没有。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.notice_id or self.robot_id}"
