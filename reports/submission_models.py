"""上报: a unit's June 30 report and what became of it (衡政办函〔2022〕16号 五(四)末段)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, in_order, known_value
from campaigns.models import Campaign, Deadline, Organization, StoredFile, User
from reports.enums import SubmissionState
from reports.querysets import SubmissionQuerySet

_S = SubmissionState
_DECIDED = (_S.ACCEPTED.value, _S.RETURNED.value)


class Submission(models.Model):
    """One unit's report in one campaign: own words and scans, and the package frozen at 上报."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="submissions")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="submissions")
    state = models.CharField("状态", max_length=10, choices=SubmissionState, default=SubmissionState.DRAFT)
    deadline = models.OneToOneField(
        Deadline, null=True, blank=True, on_delete=models.PROTECT, related_name="submission"
    )
    plan = models.TextField("实施方案", max_length=5000, blank=True)
    words = models.TextField("工作总结补充说明", max_length=5000, blank=True)
    files = models.ManyToManyField(StoredFile, verbose_name="扫描件", blank=True, related_name="+")
    package = models.ForeignKey(
        "reports.Package",
        verbose_name="上报的材料包",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, verbose_name="上报人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_late = models.BooleanField("逾期上报", default=False)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="审核人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("退回原因", max_length=500, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上报"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                name="submission_once",
                violation_error_message="该单位已有上报材料。",
            ),
            known_value(
                "state", SubmissionState.values, name="submission_state_known", message="上报状态不正确。"
            ),
            both_or_neither(
                "submitted_at",
                "submitted_by",
                name="submission_submitted_whole",
                message="上报人和上报时间要么都有，要么都没有。",
            ),
            both_or_neither(
                "submitted_at",
                "package",
                name="submission_submitted_iff_packed",
                message="上报过的要有材料包，没有上报的不能有。",
            ),
            models.CheckConstraint(
                name="submission_draft_iff_unsubmitted",
                condition=Q(state=_S.DRAFT, submitted_at__isnull=True)
                | ~Q(state=_S.DRAFT) & Q(submitted_at__isnull=False),
                violation_error_message="拟稿没有上报时间，其他状态都要有。",
            ),
            both_or_neither(
                "decided_at",
                "decided_by",
                name="submission_decided_whole",
                message="审核人和审核时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="submission_decided_iff",
                condition=Q(state__in=_DECIDED, decided_at__isnull=False)
                | ~Q(state__in=_DECIDED) & Q(decided_at__isnull=True),
                violation_error_message="接收或退回的要有审核时间，其他状态不能有。",
            ),
            in_order(
                "submitted_at",
                "decided_at",
                name="submission_decided_after_submitted",
                message="审核时间不能早于上报时间。",
            ),
            models.CheckConstraint(
                name="submission_reason_iff_returned",
                condition=Q(state=_S.RETURNED) & ~Q(reason="") | ~Q(state=_S.RETURNED) & Q(reason=""),
                violation_error_message="退回的要写原因，其他状态没有退回原因。",
            ),
            models.CheckConstraint(
                name="submission_late_is_submitted",
                condition=Q(is_late=False) | Q(submitted_at__isnull=False),
                violation_error_message="上报过的才有逾期上报。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} 上报"

    def get_absolute_url(self) -> str:
        return reverse("submission_detail", args=[self.pk])


class SubmissionEntry(models.Model):
    """One 上报, 接收 or 退回, never changed. `content`: the words and the scans' digests of that 上报."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="entries")
    target = models.CharField("动作", max_length=10, choices=SubmissionState)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")
    who = models.CharField("身份", max_length=200)
    note = models.CharField("说明", max_length=500, blank=True)
    is_late = models.BooleanField("逾期", default=False)
    package = models.ForeignKey(
        "reports.Package",
        verbose_name="材料包",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    content = models.JSONField("上报内容", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上报过程"
        constraints = [
            known_value(
                "target",
                [_S.SUBMITTED.value, *_DECIDED],
                name="submissionentry_target_known",
                message="动作不正确。",
            ),
            models.CheckConstraint(
                name="submissionentry_packed_iff_submitted",
                condition=Q(target=_S.SUBMITTED, package__isnull=False)
                | ~Q(target=_S.SUBMITTED) & Q(package__isnull=True),
                violation_error_message="上报的要有材料包，其他动作没有。",
            ),
            models.CheckConstraint(
                name="submissionentry_return_said",
                condition=~Q(target=_S.RETURNED) | ~Q(note=""),
                violation_error_message="请写明退回原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.get_target_display()}"
