"""What is asked on the way: extension, escape hatch, verification. Each has one answer by somebody else."""

from django.db import models
from django.db.models import F, Q

from campaigns.ground.constraints import both_or_neither, differ, known_value, not_empty
from campaigns.models import Deadline, User, WalkSession
from issues.enums import ConsentKind
from issues.models.ledger import LedgerItem
from issues.querysets import RequestQuerySet


def _decision_constraints(name: str, reason: str) -> list[models.BaseConstraint]:
    """An answer is whole: who, when and yes/no; a no carries its reason; one open question an item."""
    return [
        both_or_neither(
            "decided_at",
            "decided_by",
            name=f"{name}_decision_whole",
            message="审批人和审批时间要么都有，要么都没有。",
        ),
        both_or_neither(
            "decided_at",
            "is_granted",
            name=f"{name}_decision_says",
            message="审批要写明同意或不同意。",
        ),
        models.CheckConstraint(
            name=f"{name}_refusal_reason",
            condition=Q(is_granted__isnull=True) | Q(is_granted=True) | ~Q(decision_note=""),
            violation_error_message=reason,
        ),
        models.UniqueConstraint(
            fields=["item"],
            condition=Q(decided_at__isnull=True, withdrawn_on__isnull=True),
            name=f"{name}_one_open",
            violation_error_message="已有一项申请等待审批。",
        ),
        models.CheckConstraint(
            name=f"{name}_not_both",
            condition=Q(decided_at__isnull=True) | Q(withdrawn_on__isnull=True),
            violation_error_message="已撤回的申请不再审批。",
        ),
        not_empty("reason", name=f"{name}_reason_given", message="请写明申请理由。"),
        differ("asked_by", "decided_by", name=f"{name}_four_eyes", message="不能审批自己的申请。"),
    ]


class Extension(models.Model):
    """延期申请 (contract §7.6): reason, new date, progress; the original date stays on record."""

    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="extensions")
    reason = models.TextField("延期理由", max_length=1000)
    progress = models.TextField("工作进展", max_length=1000)
    old_due_on = models.DateField("原时限")
    new_due_on = models.DateField("申请延至")
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(User, verbose_name="申请人", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="审批人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_granted = models.BooleanField("是否同意", null=True, blank=True)
    decision_note = models.CharField("审批意见", max_length=500, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    # The answer has a clock like any other turn: it runs from the asking to the answer or the withdrawal.
    deadline = models.OneToOneField(
        Deadline,
        verbose_name="审批时限",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="extension",
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        constraints = [
            *_decision_constraints("extension", "不同意延期要写明理由。"),
            models.CheckConstraint(
                name="extension_moves_later",
                condition=Q(new_due_on__gt=F("old_due_on")),
                violation_error_message="延期后的时限要晚于原时限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} 延至{self.new_due_on}"


class Consent(models.Model):
    """A unit asks for an escape hatch: 提请上级协调 or 长期坚持; 审改办 consents or not (contract §7.7)."""

    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField("类别", max_length=10, choices=ConsentKind)
    reason = models.TextField("申请理由", max_length=1000)
    document_number = models.CharField("请示文号", max_length=100, blank=True)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(User, verbose_name="申请人", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="审批人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_granted = models.BooleanField("是否同意", null=True, blank=True)
    decision_note = models.CharField("审批意见", max_length=500, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    # The answer has a clock like any other turn: it runs from the asking to the answer or the withdrawal.
    deadline = models.OneToOneField(
        Deadline,
        verbose_name="审批时限",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consent",
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报备申请"
        constraints = [
            *_decision_constraints("consent", "不同意要写明理由。"),
            known_value("kind", ConsentKind.values, name="consent_kind_known", message="申请类别不正确。"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_kind_display()}"


class Verification(models.Model):
    """回头看核验 (contract §7.4): a later walk by somebody other than the applicant, and what it shows.

    An item may be verified again, after a return or when the first time showed nothing; LedgerItem.verification names
    the one that counts, the others stay as history.
    """

    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="verifications")
    session = models.ForeignKey(
        WalkSession, verbose_name="核验登记", on_delete=models.PROTECT, related_name="verifications"
    )
    is_whole = models.BooleanField("全程核验", default=False)
    is_improved = models.BooleanField("是否见效")
    summary = models.TextField("核验情况", max_length=1000)
    verified_at = models.DateTimeField("核验时间")
    verified_by = models.ForeignKey(User, verbose_name="核验人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "回头看核验"
        constraints = [
            not_empty("summary", name="verification_said", message="请写明核验情况。"),
        ]

    def __str__(self) -> str:
        return f"{self.item} 核验"
