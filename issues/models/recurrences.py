"""同类问题: a later item of the ledger that looks like an earlier one, and what was decided about the two.

衡政办函〔2022〕16号 五(二) “注重从体制机制层面解决问题…杜绝同类问题反复发生”.
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, differ, known_value
from campaigns.models import User
from issues.enums import TwinVerdict
from issues.models.ledger import LedgerItem
from issues.twin_querysets import RecurrenceQuerySet


class Recurrence(models.Model):
    """`closed_on`: the closing of the earlier item it counts against, kept even if that is taken back later."""

    later = models.ForeignKey(
        LedgerItem, verbose_name="后登记的台账", on_delete=models.PROTECT, related_name="earlier_twins"
    )
    earlier = models.ForeignKey(
        LedgerItem, verbose_name="先登记的台账", on_delete=models.PROTECT, related_name="later_twins"
    )
    same_signature = models.BooleanField("事项、类别、环节、责任单位相同", default=False)
    similarity = models.PositiveSmallIntegerField("文字相似（%）", default=0)
    closed_on = models.DateField("先前销号日期", null=True, blank=True)
    days = models.PositiveIntegerField("销号后天数", null=True, blank=True)
    found_at = models.DateTimeField("列出时间")
    verdict = models.CharField("判定", max_length=8, choices=TwinVerdict, default=TwinVerdict.OPEN)
    decided_at = models.DateTimeField("判定时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="判定人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("判定理由", max_length=200, blank=True)

    objects = RecurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "同类问题"
        constraints = [
            models.UniqueConstraint(
                fields=["later", "earlier"],
                name="recurrence_once",
                violation_error_message="这两条台账已经列为同类问题。",
            ),
            differ("later", "earlier", name="recurrence_two_items", message="同类问题是两条不同的台账。"),
            known_value(
                "verdict", TwinVerdict.values, name="recurrence_verdict_known", message="判定不正确。"
            ),
            both_or_neither(
                "decided_at",
                "decided_by",
                name="recurrence_decided_whole",
                message="判定人和判定时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="recurrence_decided_iff",
                condition=Q(verdict=TwinVerdict.OPEN, decided_at__isnull=True)
                | ~Q(verdict=TwinVerdict.OPEN) & Q(decided_at__isnull=False),
                violation_error_message="已判定的同类问题要有判定时间，待判定的没有。",
            ),
            models.CheckConstraint(
                name="recurrence_reason_given",
                condition=Q(verdict=TwinVerdict.OPEN) | ~Q(reason=""),
                violation_error_message="请写明判定理由。",
            ),
            both_or_neither(
                "closed_on",
                "days",
                name="recurrence_days_whole",
                message="销号日期和销号后天数要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="recurrence_again_after_closing",
                condition=~Q(verdict=TwinVerdict.AGAIN) | Q(closed_on__isnull=False),
                violation_error_message="先前的台账销号以后再次发生，才是复发。",
            ),
            models.CheckConstraint(
                name="recurrence_similarity_range",
                condition=Q(similarity__lte=100),
                violation_error_message="文字相似在 0 到 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.later}与{self.earlier}"

    def get_absolute_url(self) -> str:
        return reverse("recurrence_detail", args=[self.pk])

    @property
    def likeness(self) -> str:
        """What the two have in common, in words."""
        same = ["事项、类别、环节、责任单位相同"] if self.same_signature else []
        return "；".join([*same, f"文字相似 {self.similarity}%"])
