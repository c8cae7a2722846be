"""回访: the second question, its calls, and what the unit says to a bad answer (五(三) 抽查回访)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.enums import Satisfaction
from campaigns.ground.constraints import both_or_neither, in_order, known_value
from campaigns.models import Campaign, Deadline, User
from issues.enums import AttemptOutcome, FollowUpMethod, FollowUpOrigin, FollowUpState, FollowUpVerdict
from issues.followup_querysets import FollowUpQuerySet
from issues.models.ledger import LedgerItem

MOST_ATTEMPTS = 3
_HEARD = [FollowUpState.EXPLAINING, FollowUpState.EXPLAINED, FollowUpState.REOPENED]
_UNHEARD = [FollowUpState.OPEN, FollowUpState.EXPLAINING]
_BAD = [FollowUpVerdict.UNSOLVED, FollowUpVerdict.UNTRUE]


def _user(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        User, verbose_name=label, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class FollowUp(models.Model):
    """回访: somebody outside the unit asks whether it is really solved. One a closing, one a citizen and campaign.

    The citizen's number isn't copied here: `phone_index` only tells that it is the same person.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="follow_ups")
    item = models.ForeignKey(
        LedgerItem, verbose_name="台账", on_delete=models.PROTECT, related_name="follow_ups"
    )
    closed_at = models.DateTimeField("销号时间")
    origin = models.CharField("来由", max_length=10, choices=FollowUpOrigin)
    method = models.CharField("方式", max_length=8, choices=FollowUpMethod)
    state = models.CharField("状态", max_length=10, choices=FollowUpState, default=FollowUpState.OPEN)
    phone_index = models.CharField("联系电话索引", max_length=64, blank=True, db_index=True)
    opened_at = models.DateTimeField("发起时间")
    opened_by = _user("发起人")
    ask_by = models.DateField("回访截止")
    verdict = models.CharField("结论", max_length=10, choices=FollowUpVerdict, blank=True)
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction, blank=True)
    answers = models.JSONField("逐题回答", default=dict, blank=True)
    note = models.TextField("情况", max_length=1000, blank=True)
    checked_at = models.DateTimeField("回访时间", null=True, blank=True)
    checked_by = _user("回访人")
    deadline = models.OneToOneField(
        Deadline,
        verbose_name="说明时限",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_up",
    )
    explanation = models.TextField("单位说明", max_length=2000, blank=True)
    agrees = models.BooleanField("单位认可", null=True, blank=True)
    explained_at = models.DateTimeField("说明时间", null=True, blank=True)
    explained_by = _user("说明人")
    decision_note = models.CharField("处理意见", max_length=500, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by = _user("处理人")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回访"
        indexes = [models.Index(fields=["campaign", "state"], name="followup_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "closed_at"],
                name="followup_once_per_closing",
                violation_error_message="同一次销号只回访一次。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "phone_index"],
                condition=~Q(phone_index=""),
                name="followup_once_per_citizen",
                violation_error_message="同一群众在一次行动中只回访一次。",
            ),
            known_value(
                "state", FollowUpState.values, name="followup_state_known", message="回访状态不正确。"
            ),
            known_value(
                "origin", FollowUpOrigin.values, name="followup_origin_known", message="回访来由不正确。"
            ),
            known_value(
                "method", FollowUpMethod.values, name="followup_method_known", message="回访方式不正确。"
            ),
            known_value(
                "satisfaction",
                ["", *Satisfaction.values],
                name="followup_satisfaction_known",
                message="满意度不正确。",
            ),
            models.CheckConstraint(
                name="followup_checked_whole",
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False)
                | Q(checked_at__isnull=False, verdict=FollowUpVerdict.UNREACHED),
                violation_error_message="回访人和回访时间要么都有，要么都没有；到期未接通的没有回访人。",
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
            models.CheckConstraint(
                name="followup_open_iff_unchecked",
                condition=Q(state=FollowUpState.OPEN, verdict="")
                | (~Q(state=FollowUpState.OPEN) & ~Q(verdict="")),
                violation_error_message="待回访的没有结论，其余的都有结论。",
            ),
            models.CheckConstraint(
                name="followup_satisfaction_iff_reached",
                condition=Q(verdict__in=["", FollowUpVerdict.UNREACHED], satisfaction="")
                | (~Q(verdict__in=["", FollowUpVerdict.UNREACHED]) & ~Q(satisfaction="")),
                violation_error_message="访到群众的要填写满意度，没有访到的不填。",
            ),
            models.CheckConstraint(
                name="followup_heard_iff_bad",
                condition=Q(verdict__in=_BAD, deadline__isnull=False)
                | (~Q(verdict__in=_BAD) & Q(deadline__isnull=True) & ~Q(state__in=_HEARD)),
                violation_error_message="未解决、不属实的要请单位说明，其余的不用。",
            ),
            both_or_neither(
                "explained_at",
                "explained_by",
                name="followup_explained_whole",
                message="说明人和说明时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="followup_explanation_said",
                condition=Q(explained_at__isnull=True, explanation="", agrees__isnull=True)
                | (Q(explained_at__isnull=False, agrees__isnull=False) & ~Q(explanation="")),
                violation_error_message="单位说明要有内容，并表明是否认可。",
            ),
            models.CheckConstraint(
                name="followup_explained_iff",
                condition=Q(state__in=_UNHEARD, explained_at__isnull=True)
                | Q(state=FollowUpState.EXPLAINED, explained_at__isnull=False)
                | Q(state__in=[FollowUpState.REOPENED, FollowUpState.ENDED]),
                violation_error_message="单位已说明的要有说明，没有说明的不能有。",
            ),
            models.CheckConstraint(
                name="followup_decided_iff",
                condition=Q(
                    state__in=[FollowUpState.REOPENED, FollowUpState.ENDED],
                    verdict__in=_BAD,
                    decided_at__isnull=False,
                )
                & ~Q(decision_note="")
                | Q(decided_at__isnull=True, decided_by__isnull=True, decision_note="")
                & (Q(state__in=[*_UNHEARD, FollowUpState.EXPLAINED]) | ~Q(verdict__in=_BAD)),
                violation_error_message="撤销销号或采纳说明要写明处理意见。",
            ),
            in_order(
                "opened_at",
                "checked_at",
                name="followup_opened_first",
                message="回访时间不能早于发起时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} 回访"

    def get_absolute_url(self) -> str:
        return reverse("followup_detail", args=[self.pk])


class FollowUpAttempt(models.Model):
    """One try to reach the citizen: at most three, on different days."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField("第几次")
    on = models.DateField("日期")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, verbose_name="回访人", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField("结果", max_length=10, choices=AttemptOutcome)

    class Meta:
        verbose_name = verbose_name_plural = "回访记录"
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up", "on"],
                name="followupattempt_one_a_day",
                violation_error_message="同一天只回访一次，请改日再试。",
            ),
            models.UniqueConstraint(
                fields=["follow_up", "number"],
                name="followupattempt_numbered",
                violation_error_message="这一次回访已经登记。",
            ),
            models.CheckConstraint(
                name="followupattempt_three_at_most",
                condition=Q(number__gte=1, number__lte=MOST_ATTEMPTS),
                violation_error_message="一次回访最多联系三次。",
            ),
            known_value(
                "outcome",
                AttemptOutcome.values,
                name="followupattempt_outcome_known",
                message="回访结果不正确。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follow_up} 第{self.number}次"
