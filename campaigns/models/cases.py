"""办件数据 from the service platform: what really happened to real citizens (contract §6 cases)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import in_order
from campaigns.models.matters import Matter
from campaigns.models.organizations import Organization
from campaigns.querysets import CaseQuerySet


class Case(models.Model):
    """One case handled by the platform."""

    number = models.CharField("办件编号", max_length=60, unique=True)
    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="cases")
    organization = models.ForeignKey(
        Organization, verbose_name="实施单位", on_delete=models.PROTECT, related_name="cases"
    )
    channel = models.CharField("渠道", max_length=50, blank=True)
    applied_at = models.DateTimeField("申请时间")
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    correction_count = models.PositiveIntegerField("补正次数", null=True, blank=True)
    visit_count = models.PositiveIntegerField("到场次数", null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办件数据"
        indexes = [
            models.Index(fields=["matter", "organization", "applied_at"], name="case_matter_unit_applied")
        ]
        constraints = [
            in_order(
                "applied_at", "accepted_at", name="case_applied_first", message="受理时间不能早于申请时间。"
            ),
            models.CheckConstraint(
                name="case_finished_last",
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("applied_at")),
                violation_error_message="办结时间不能早于申请时间。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("case_detail", args=[self.pk])

    @property
    def hours(self) -> float | None:
        """From 申请 to 办结 by the clock, nights and rest days included; None while it is open."""
        if self.finished_at is None:
            return None
        return round((self.finished_at - self.applied_at).total_seconds() / 3600, 1)
