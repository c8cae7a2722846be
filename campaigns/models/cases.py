"""办件数据 from the service platform: what really happened to real citizens (contract §6 cases)."""

from django.db import models
from django.db.models import F, Q

from campaigns.ground.constraints import in_order
from campaigns.models.matters import Matter
from campaigns.models.organizations import Organization


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
