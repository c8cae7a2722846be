"""Matters (事项), who runs them, and the 32 points of the action plan's part four."""

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse

from campaigns.ground.constraints import not_empty
from campaigns.models.campaigns import Campaign
from campaigns.models.organizations import Organization
from campaigns.querysets import MatterQuerySet


class Category(models.Model):
    """One of the 32 taxonomy points (衡政办函〔2022〕16号 四(一)–(四)): a problem category and a check point."""

    code = models.CharField("编码", max_length=8, unique=True)
    group = models.CharField("大类", max_length=20)
    name = models.CharField("名称", max_length=50)
    clause = models.CharField("依据", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "问题类别"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Baseline(models.Model):
    """The numbers a guide promises: the five that the campaign wants lower (减环节、材料、时限、跑动、费用)."""

    step_count = models.PositiveIntegerField("环节数", null=True, blank=True)
    document_count = models.PositiveIntegerField("材料数", null=True, blank=True)
    promised_days = models.PositiveIntegerField("承诺时限(工作日)", null=True, blank=True)
    trip_count = models.PositiveIntegerField("跑动次数", null=True, blank=True)
    fee = models.DecimalField(
        "费用(元)",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    guide_url = models.URLField("办事指南网址", max_length=500, blank=True)

    class Meta:
        abstract = True


class Matter(Baseline):
    """One public-service matter and its owner."""

    code = models.CharField("事项编码", max_length=60, unique=True)
    name = models.CharField("事项名称", max_length=100)
    owner = models.ForeignKey(
        Organization, verbose_name="主管单位", on_delete=models.PROTECT, related_name="matters"
    )
    kind = models.CharField("事项类型", max_length=50, blank=True)
    focuses = models.JSONField("重点类别", default=list, blank=True)
    livelihood = models.CharField("民生领域", max_length=50, blank=True)
    legal_days = models.PositiveIntegerField("法定时限(工作日)", null=True, blank=True)
    channels = models.JSONField("办理渠道", default=list, blank=True)
    theme = models.CharField("一件事主题", max_length=100, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        constraints = [not_empty("name", name="matter_named", message="事项名称不能为空。")]

    def __str__(self) -> str:
        return f"{self.name}({self.code})"

    def get_absolute_url(self) -> str:
        return reverse("matter_detail", args=[self.code])


class MatterUnit(Baseline):
    """A unit that runs a matter, with its own promised numbers."""

    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="units")
    organization = models.ForeignKey(
        Organization, verbose_name="实施单位", on_delete=models.PROTECT, related_name="matter_units"
    )

    class Meta:
        verbose_name = verbose_name_plural = "事项实施单位"
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "organization"],
                name="matterunit_once",
                violation_error_message="该单位已登记实施该事项。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.organization}"


class CampaignMatter(models.Model):
    """A matter chosen as a key matter (重点事项) of a campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="campaign_matters")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="campaign_matters")

    class Meta:
        verbose_name = verbose_name_plural = "重点事项"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "matter"],
                name="campaignmatter_once",
                violation_error_message="该事项已列入本次行动。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.matter}"
