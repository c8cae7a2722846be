"""The three lists: what was said. They have numbers, words and links, and no state (house: three lists, one ledger)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.enums import StepKind
from campaigns.ground.constraints import known_value, not_empty
from campaigns.models import (
    Campaign,
    Category,
    Matter,
    Organization,
    User,
    WalkSession,
)
from issues.enums import DemandParty, ProblemSource, Quality, RectifyKind
from issues.querysets import FindingQuerySet, ProblemQuerySet


class Problem(models.Model):
    """问题清单: one thing found wrong (domain.md §1.2; contract §6 problems)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="problems")
    number = models.CharField("问题编号", max_length=60, unique=True)
    session = models.ForeignKey(
        WalkSession,
        verbose_name="登记编号",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="problems",
    )
    reporting_unit = models.ForeignKey(
        Organization, verbose_name="填报单位", on_delete=models.PROTECT, related_name="reported_problems"
    )
    matter = models.ForeignKey(
        Matter, verbose_name="事项", null=True, blank=True, on_delete=models.PROTECT, related_name="problems"
    )
    step = models.CharField("问题环节", max_length=12, choices=StepKind, blank=True)
    category = models.ForeignKey(
        Category, verbose_name="问题类别", on_delete=models.PROTECT, related_name="problems"
    )
    text = models.TextField("发现的问题", max_length=2000)
    cause = models.TextField("原因分析", max_length=2000, blank=True)
    source = models.CharField("问题来源", max_length=20, choices=ProblemSource, default=ProblemSource.WALK)
    responsible_unit = models.ForeignKey(
        Organization, verbose_name="责任单位", on_delete=models.PROTECT, related_name="problems_to_solve"
    )
    helper_units = models.ManyToManyField(
        Organization, verbose_name="配合单位", blank=True, related_name="problems_to_help"
    )
    proposed_kind = models.CharField("整改类型", max_length=8, choices=RectifyKind, blank=True)
    proposed_due_on = models.DateField("建议时限", null=True, blank=True)
    found_on = models.DateField("发现日期")
    note = models.CharField("备注", max_length=500, blank=True)
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.ForeignKey(User, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")
    quality = models.CharField("质量评价", max_length=8, choices=Quality, blank=True)
    quality_at = models.DateTimeField("评价时间", null=True, blank=True)
    quality_by = models.ForeignKey(
        User, verbose_name="评价人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问题"
        constraints = [
            known_value(
                "quality", ["", *Quality.values], name="problem_quality_known", message="质量评价不正确。"
            ),
            models.CheckConstraint(
                name="problem_quality_whole",
                condition=Q(quality="", quality_at__isnull=True, quality_by__isnull=True)
                | ~Q(quality="") & Q(quality_at__isnull=False, quality_by__isnull=False),
                violation_error_message="质量评价要有评价人和评价时间。",
            ),
            known_value(
                "source", ProblemSource.values, name="problem_source_known", message="问题来源不正确。"
            ),
            known_value(
                "proposed_kind",
                ["", *RectifyKind.values],
                name="problem_kind_known",
                message="整改类型不正确。",
            ),
            not_empty("text", name="problem_said", message="请写明发现的问题。"),
            models.CheckConstraint(
                name="problem_due_after_found",
                condition=Q(proposed_due_on__isnull=True) | Q(proposed_due_on__gte=F("found_on")),
                violation_error_message="建议时限不能早于发现日期。",
            ),
            models.CheckConstraint(
                name="problem_dated_has_cause",
                condition=~Q(proposed_kind=RectifyKind.DATED) | ~Q(cause=""),
                violation_error_message="限期整改的问题要填写原因分析。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("problem_detail", args=[self.pk])


class Demand(models.Model):
    """需求清单: one thing asked for (domain.md §1.3). `is_accepted` is None until it is decided."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="demands")
    number = models.CharField("需求编号", max_length=60, unique=True)
    session = models.ForeignKey(
        WalkSession,
        verbose_name="登记编号",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="demands",
    )
    reporting_unit = models.ForeignKey(
        Organization, verbose_name="填报单位", on_delete=models.PROTECT, related_name="reported_demands"
    )
    party = models.CharField("需求提出方", max_length=12, choices=DemandParty)
    source = models.CharField("需求来源", max_length=50)
    matter = models.ForeignKey(
        Matter, verbose_name="事项", null=True, blank=True, on_delete=models.PROTECT, related_name="demands"
    )
    text = models.TextField("具体需求", max_length=2000)
    wish = models.TextField("期望效果", max_length=1000, blank=True)
    problem = models.ForeignKey(
        Problem,
        verbose_name="对应问题",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="demands",
    )
    is_accepted = models.BooleanField("是否采纳", null=True, blank=True)
    refusal_reason = models.CharField("不采纳理由", max_length=500, blank=True)
    responsible_unit = models.ForeignKey(
        Organization,
        verbose_name="责任单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="demands_to_meet",
    )
    helper_units = models.ManyToManyField(
        Organization, verbose_name="配合单位", blank=True, related_name="demands_to_help"
    )
    due_on = models.DateField("办结时限", null=True, blank=True)
    found_on = models.DateField("提出日期")
    note = models.CharField("备注", max_length=500, blank=True)
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.ForeignKey(User, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "需求"
        constraints = [
            known_value("party", DemandParty.values, name="demand_party_known", message="需求提出方不正确。"),
            not_empty("text", name="demand_said", message="请写明具体需求。"),
            models.CheckConstraint(
                name="demand_refusal_has_reason",
                condition=Q(is_accepted__isnull=True) | Q(is_accepted=True) | ~Q(refusal_reason=""),
                violation_error_message="不采纳的需求要写明理由。",
            ),
            models.CheckConstraint(
                name="demand_accepted_has_unit",
                condition=Q(is_accepted__isnull=True)
                | Q(is_accepted=False)
                | Q(responsible_unit__isnull=False),
                violation_error_message="采纳的需求要明确责任单位。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("demand_detail", args=[self.pk])
