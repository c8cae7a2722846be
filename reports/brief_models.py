"""周报 and 月报 as they were written: kept word by word, one a period and office."""

from django.db import models
from django.urls import reverse

from campaigns.ground.constraints import known_value
from campaigns.models import Campaign, Organization
from reports.enums import KEPT_BRIEFS, BriefKind
from reports.querysets import BriefQuerySet


class Brief(models.Model):
    """One 周报 or 月报 of the city or a county. `body`: the paper (reports.papers.paper_json), never changed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="briefs")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="briefs"
    )
    kind = models.CharField("类别", max_length=8, choices=BriefKind)
    on = models.DateField("数据截至")
    body = models.JSONField("正文", default=dict)
    written_at = models.DateTimeField("生成时间")

    objects = BriefQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "周报月报"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization", "kind", "on"],
                name="brief_once_a_period",
                violation_error_message="这一期已经生成。",
            ),
            known_value("kind", KEPT_BRIEFS, name="brief_kind_kept", message="类别不正确。"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.get_kind_display()} {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("brief_detail", args=[self.pk])
