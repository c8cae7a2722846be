"""The campaign, who takes part, its dated milestones and the numbers that steer it (data, not code)."""

from django.db import models
from django.urls import reverse

from campaigns.enums import CampaignPhase, CampaignState
from campaigns.ground.constraints import in_order, known_value
from campaigns.models.organizations import Organization
from campaigns.querysets import CampaignQuerySet


class Campaign(models.Model):
    """One round of 走流程、解难题、优服务."""

    code = models.CharField("行动编码", max_length=20, unique=True)
    name = models.CharField("行动名称", max_length=100)
    document_number = models.CharField("依据文号", max_length=50, blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("结束日期")
    state = models.CharField("状态", max_length=10, choices=CampaignState, default=CampaignState.DRAFT)
    phase = models.CharField("阶段", max_length=10, choices=CampaignPhase, default=CampaignPhase.ACTION)
    previous = models.ForeignKey(
        "self", verbose_name="上一轮行动", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行动"
        constraints = [
            known_value(
                "state", CampaignState.values, name="campaign_state_known", message="行动状态不正确。"
            ),
            known_value(
                "phase", CampaignPhase.values, name="campaign_phase_known", message="行动阶段不正确。"
            ),
            in_order(
                "opens_on", "closes_on", name="campaign_opens_first", message="结束日期不能早于开始日期。"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaign_detail", args=[self.pk])


class Participation(models.Model):
    """A unit takes part in a campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="participations")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="participations")

    class Meta:
        verbose_name = verbose_name_plural = "参加单位"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                name="participation_once",
                violation_error_message="该单位已经参加本次行动。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.organization}"


class CampaignPolicy(models.Model):
    """Policy numbers of one campaign. The ladder is a list of rungs as in campaigns.ground.lights.DEFAULT_LADDER."""

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="policy")
    ladder = models.JSONField("催办阶梯")
    clocks = models.JSONField("各环节时限(工作日)", default=dict)
    # What differs from campaigns.complaint_rule.Rule, by its field names.
    complaint_rule = models.JSONField("差评投诉集中标准", default=dict, blank=True)
    # What differs from reports.scoring.Policy, by its field names.
    scoring = models.JSONField("考核办法", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "行动参数"

    def __str__(self) -> str:
        return f"{self.campaign}参数"


class Milestone(models.Model):
    """A dated node of the plan: the document's own phrase is kept beside the resolved date (三、体验时间)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="milestones")
    key = models.CharField("代号", max_length=20)
    name = models.CharField("名称", max_length=50)
    phrase = models.CharField("文件原文", max_length=200)
    due_on = models.DateField("期限")

    class Meta:
        verbose_name = verbose_name_plural = "阶段节点"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "key"], name="milestone_once", violation_error_message="该节点已经存在。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.due_on}"

    def get_absolute_url(self) -> str:
        return reverse("milestone_detail", args=[self.pk])
