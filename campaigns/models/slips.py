"""督办单: drafted by the chase, signed by a person, numbered then (contract §8)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.enums import SlipState
from campaigns.ground.constraints import both_or_neither, known_value
from campaigns.ground.deadlines import Deadline
from campaigns.models.people import User
from campaigns.querysets import SlipQuerySet


class Slip(models.Model):
    """One 督办单 about one deadline; once signed it has a number and a deadline of its own."""

    about = models.ForeignKey(
        Deadline, verbose_name="督办时限", on_delete=models.PROTECT, related_name="slips"
    )
    round = models.PositiveIntegerField("轮次")
    level = models.PositiveSmallIntegerField("级别")
    state = models.CharField("状态", max_length=8, choices=SlipState, default=SlipState.DRAFT)
    drafted_on = models.DateField("拟稿日期")
    number = models.CharField("督办单编号", max_length=60, unique=True, null=True, blank=True)
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        User, verbose_name="签发人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    leader = models.CharField("挂牌领导", max_length=50, blank=True)
    deadline = models.OneToOneField(
        Deadline,
        verbose_name="督办单时限",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="slip_itself",
    )

    objects = SlipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        constraints = [
            models.UniqueConstraint(
                fields=["about", "round", "level"],
                name="slip_once_per_rung",
                violation_error_message="这一级督办单已经拟过。",
            ),
            known_value("state", SlipState.values, name="slip_state_known", message="督办单状态不正确。"),
            both_or_neither(
                "signed_at",
                "signed_by",
                name="slip_sign_whole",
                message="签发人和签发时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="slip_signed_iff_numbered",
                condition=Q(state=SlipState.SIGNED, number__isnull=False, signed_at__isnull=False)
                | (~Q(state=SlipState.SIGNED) & Q(number__isnull=True, signed_at__isnull=True)),
                violation_error_message="督办单签发时才编号。",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"督办单(待签发){self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("slip_detail", args=[self.pk])
