"""会商 and 批量顺延: what several units settle at one table, and what moves many dates at once (contract §7.6, §7.7)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import in_order, not_empty
from campaigns.models import Campaign, Deadline, Organization, User
from issues.models.ledger import LedgerItem
from issues.querysets import MeetingQuerySet, ShiftQuerySet


class Meeting(models.Model):
    """会商: who met about which items, the 纪要 with its 文号; its decisions become deadlines."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="meetings")
    organization = models.ForeignKey(
        Organization, verbose_name="召集单位", on_delete=models.PROTECT, related_name="called_meetings"
    )
    title = models.CharField("会商议题", max_length=200)
    held_on = models.DateField("会商日期")
    document_number = models.CharField("纪要文号", max_length=100)
    summary = models.TextField("会商情况", max_length=2000, blank=True)
    units = models.ManyToManyField(Organization, verbose_name="参加单位", related_name="meetings")
    items = models.ManyToManyField(LedgerItem, verbose_name="会商台账", related_name="meetings")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(User, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会商"
        constraints = [
            not_empty("title", name="meeting_titled", message="请填写会商议题。"),
            not_empty("document_number", name="meeting_numbered", message="请填写纪要文号。"),
            models.UniqueConstraint(
                fields=["campaign", "document_number"],
                name="meeting_number_once",
                violation_error_message="这个纪要文号已经登记过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("meeting_detail", args=[self.pk])


class Decision(models.Model):
    """议定事项: what a unit has to do about an item by a day; its clock is chased like a step."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    item = models.ForeignKey(
        LedgerItem, verbose_name="台账", on_delete=models.PROTECT, related_name="decisions"
    )
    organization = models.ForeignKey(
        Organization, verbose_name="承办单位", on_delete=models.PROTECT, related_name="decisions"
    )
    text = models.CharField("议定事项", max_length=300)
    due_on = models.DateField("完成时限")
    deadline = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="decision")
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议定事项"
        constraints = [not_empty("text", name="decision_said", message="请写明议定事项。")]

    def __str__(self) -> str:
        return f"{self.item} {self.text}"


class Shift(models.Model):
    """批量顺延: an event outside everybody's power moves many dates at once; it is not an extension (contract §7.6)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="shifts")
    organization = models.ForeignKey(
        Organization, verbose_name="范围", on_delete=models.PROTECT, related_name="shifts"
    )
    reason = models.CharField("顺延原因", max_length=200)
    since = models.DateField("时限自")
    until = models.DateField("时限至")
    workdays = models.PositiveSmallIntegerField("顺延工作日")
    shifted_at = models.DateTimeField("顺延时间")
    shifted_by = models.ForeignKey(User, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量顺延"
        constraints = [
            not_empty("reason", name="shift_reason", message="请写明顺延原因。"),
            in_order("since", "until", name="shift_in_order", message="时限至不能早于时限自。"),
            models.CheckConstraint(
                name="shift_some_days",
                condition=Q(workdays__gte=1, workdays__lte=60),
                violation_error_message="顺延 1 至 60 个工作日。",
            ),
        ]

    def __str__(self) -> str:
        return f"顺延{self.workdays}个工作日 {self.reason}"

    def get_absolute_url(self) -> str:
        return reverse("shift_detail", args=[self.pk])


class ShiftedDate(models.Model):
    """One item's date that a 批量顺延 moved."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="dates")
    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="shifted_dates")
    old_due_on = models.DateField("原时限")
    new_due_on = models.DateField("新时限")

    class Meta:
        verbose_name = verbose_name_plural = "顺延的时限"
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "item"],
                name="shifteddate_once",
                violation_error_message="这条台账已在本次顺延中。",
            ),
            models.CheckConstraint(
                name="shifteddate_later",
                condition=Q(new_due_on__gt=F("old_due_on")),
                violation_error_message="顺延后的时限要晚于原时限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.old_due_on}→{self.new_due_on}"
