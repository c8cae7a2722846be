"""举一反三: one unit's problem asked about at every unit that runs the matter (衡政办函〔2022〕16号 五(二) “杜绝同类问题”)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, in_order, known_value, not_empty
from campaigns.models import Campaign, Deadline, Matter, Organization, StoredFile, User
from issues.enums import SelfCheckAnswer
from issues.models.ledger import LedgerItem
from issues.models.lists import Problem
from issues.twin_querysets import SelfCheckQuerySet, SelfCheckRoundQuerySet


class SelfCheckRound(models.Model):
    """What 审改办 asked for once: the problem, the matter, what to look at, until when."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="selfcheck_rounds")
    item = models.OneToOneField(
        LedgerItem, verbose_name="源头台账", on_delete=models.PROTECT, related_name="selfcheck_round"
    )
    matter = models.ForeignKey(
        Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="selfcheck_rounds"
    )
    request = models.CharField("自查要求", max_length=500)
    due_on = models.DateField("完成时限")
    started_at = models.DateTimeField("发起时间")
    started_by = models.ForeignKey(User, verbose_name="发起人", on_delete=models.PROTECT, related_name="+")

    objects = SelfCheckRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "举一反三"
        constraints = [
            not_empty("request", name="selfcheckround_said", message="请写明自查要求。"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.matter.name}"

    def get_absolute_url(self) -> str:
        return reverse("selfcheck_round", args=[self.pk])


class SelfCheck(models.Model):
    """One unit's answer: 有 or 无, with what was looked at; 有 leads to a problem registered in the ordinary way."""

    round = models.ForeignKey(SelfCheckRound, on_delete=models.PROTECT, related_name="checks")
    organization = models.ForeignKey(
        Organization, verbose_name="自查单位", on_delete=models.PROTECT, related_name="selfchecks"
    )
    deadline = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="selfcheck")
    answer = models.CharField("自查结果", max_length=8, choices=SelfCheckAnswer, blank=True)
    text = models.TextField("自查情况", max_length=1000, blank=True)
    file = models.ForeignKey(
        StoredFile,
        verbose_name="佐证材料",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, verbose_name="答复人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    problem = models.ForeignKey(
        Problem,
        verbose_name="登记的问题",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="selfchecks",
    )

    objects = SelfCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自查"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organization"],
                name="selfcheck_once",
                violation_error_message="该单位已有这项自查。",
            ),
            known_value(
                "answer",
                ["", *SelfCheckAnswer.values],
                name="selfcheck_answer_known",
                message="自查结果不正确。",
            ),
            both_or_neither(
                "answered_at",
                "answered_by",
                name="selfcheck_answered_whole",
                message="答复人和答复时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="selfcheck_answered_iff",
                condition=Q(answer="", answered_at__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                violation_error_message="有自查结果的要有答复时间，没有的不能有。",
            ),
            models.CheckConstraint(
                name="selfcheck_said",
                condition=Q(answer="") | ~Q(text=""),
                violation_error_message="请写明自查情况。",
            ),
            models.CheckConstraint(
                name="selfcheck_problem_found",
                condition=Q(problem__isnull=True) | Q(answer=SelfCheckAnswer.FOUND),
                violation_error_message="自查结果是“有”的才登记问题。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.label} {self.round.matter.name}"

    def get_absolute_url(self) -> str:
        return reverse("selfcheck_detail", args=[self.pk])


class CorrectedAnswer(models.Model):
    """The first 无 of a self-check whose unit found the problem after all: what it had said, kept beside the new answer."""

    selfcheck = models.OneToOneField(
        SelfCheck, verbose_name="自查", on_delete=models.PROTECT, related_name="corrected"
    )
    text = models.TextField("原自查情况", max_length=1000)
    file = models.ForeignKey(
        StoredFile,
        verbose_name="原佐证材料",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField("原答复时间")
    answered_by = models.ForeignKey(User, verbose_name="原答复人", on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = verbose_name_plural = "更正前的自查答复"
        constraints = [
            not_empty("text", name="correctedanswer_said", message="更正前的自查情况不能为空。"),
            in_order(
                "answered_at",
                "corrected_at",
                name="correctedanswer_later",
                message="更正时间不能早于原答复时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selfcheck} 原答复“无”"
