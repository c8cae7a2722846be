"""抽查、回访、疑点: a fair draw, a second question, a hit that is a lead and never a verdict."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, known_value
from campaigns.models import Campaign, User, WalkSession
from issues.enums import ClueState, FollowUpVerdict
from issues.models.ledger import LedgerItem


class Draw(models.Model):
    """One draw of a spot check: the same seed and population give the same list on any machine."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="draws")
    number = models.CharField("抽查编号", max_length=60, unique=True)
    seed = models.CharField("种子", max_length=100)
    population = models.PositiveIntegerField("总体数")
    population_sha256 = models.CharField("总体指纹", max_length=64)
    drawn_at = models.DateTimeField("抽取时间")
    drawn_by = models.ForeignKey(User, verbose_name="抽取人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "抽查"

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("draw_detail", args=[self.pk])


class DrawItem(models.Model):
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="draw_items")

    class Meta:
        verbose_name = verbose_name_plural = "抽中台账"
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "item"],
                name="drawitem_once",
                violation_error_message="同一次抽查中一条台账只能抽中一次。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.draw} {self.item}"


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


class Clue(models.Model):
    """疑点: one rule's hit on one walk; 督查室 verifies, the unit may explain (情况说明)."""

    rule = models.CharField("规则", max_length=20)
    session = models.ForeignKey(WalkSession, on_delete=models.PROTECT, related_name="clues")
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2)
    facts = models.JSONField("事实", default=dict)
    state = models.CharField("状态", max_length=10, choices=ClueState, default=ClueState.RAISED)
    raised_on = models.DateField("提示日期")
    explanation = models.TextField("情况说明", max_length=2000, blank=True)
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="核实人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_note = models.CharField("核实意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑点"
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "session"],
                name="clue_once_per_rule",
                violation_error_message="同一走流程的同一疑点只提示一次。",
            ),
            known_value("state", ClueState.values, name="clue_state_known", message="疑点状态不正确。"),
            both_or_neither(
                "decided_at",
                "decided_by",
                name="clue_decision_whole",
                message="核实人和核实时间要么都有,要么都没有。",
            ),
            models.CheckConstraint(
                name="clue_decided_iff",
                condition=Q(
                    state__in=[ClueState.TRUE, ClueState.DISMISSED],
                    decided_at__isnull=False,
                )
                & ~Q(decision_note="")
                | (~Q(state__in=[ClueState.TRUE, ClueState.DISMISSED]) & Q(decided_at__isnull=True)),
                violation_error_message="属实或排除都要写明核实意见。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.rule}"

    def get_absolute_url(self) -> str:
        return reverse("clue_detail", args=[self.pk])
