"""回访: the second question."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, known_value
from campaigns.models import User
from issues.enums import FollowUpVerdict
from issues.models.ledger import LedgerItem


class FollowUp(models.Model):
    """回访: somebody outside the unit asks whether it is really solved."""

    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="follow_ups")
    verdict = models.CharField("结论", max_length=10, choices=FollowUpVerdict, blank=True)
    note = models.TextField("情况", max_length=1000, blank=True)
    checked_at = models.DateTimeField("回访时间", null=True, blank=True)
    checked_by = models.ForeignKey(
        User, verbose_name="回访人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "回访"
        constraints = [
            both_or_neither(
                "checked_at",
                "checked_by",
                name="followup_checked_whole",
                message="回访人和回访时间要么都有,要么都没有。",
            ),
            models.CheckConstraint(
                name="followup_verdict_iff_checked",
                condition=Q(verdict="", checked_at__isnull=True)
                | (~Q(verdict="") & Q(checked_at__isnull=False)),
                violation_error_message="有结论的回访要有回访人和回访时间。",
            ),
            known_value(
                "verdict",
                ["", *FollowUpVerdict.values],
                name="followup_verdict_known",
                message="回访结论不正确。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} 回访"

    def get_absolute_url(self) -> str:
        return reverse("followup_detail", args=[self.pk])
