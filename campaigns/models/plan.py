"""Who has to walk, what, where and until when: roster, tasks, milestones (衡政办函〔2022〕16号 二、三)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.enums import Rank, SessionMode, TaskOrigin
from campaigns.ground.constraints import both_or_neither, in_order, known_value, not_empty
from campaigns.ground.deadlines import Deadline
from campaigns.models.campaigns import Campaign, Milestone
from campaigns.models.matters import Matter
from campaigns.models.organizations import Organization
from campaigns.models.people import Person, User
from campaigns.models.sessions import WalkSession
from campaigns.querysets import ObligationQuerySet, TaskQuerySet


class Obligation(models.Model):
    """An 应走人员 of one campaign: the denominator of 全覆盖, kept with dates so that it can be explained later.

    Who is transferred ends one row and begins another: `organization` is the unit they owed it in, `rank` their 身份 there.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="obligations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="obligations")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="obligations"
    )
    rank = models.CharField("身份", max_length=20, choices=Rank)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    exemption_reason = models.CharField("免走原因", max_length=200, blank=True)
    exempted_at = models.DateTimeField("免走批准时间", null=True, blank=True)
    exempted_by = models.ForeignKey(
        User, verbose_name="免走批准人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应走人员"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person"],
                condition=Q(ends_on__isnull=True),
                name="obligation_once",
                violation_error_message="该人员已在本次行动的应走名单中。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "person", "starts_on"],
                name="obligation_one_start",
                violation_error_message="该人员这一天已经列入应走名单。",
            ),
            known_value("rank", Rank.values, name="obligation_rank_known", message="身份不正确。"),
            in_order(
                "starts_on", "ends_on", name="obligation_in_order", message="截止日期不能早于起始日期。"
            ),
            both_or_neither(
                "exempted_at",
                "exempted_by",
                name="obligation_exempt_whole",
                message="免走要有批准人和批准时间。",
            ),
            models.CheckConstraint(
                name="obligation_exempt_reason",
                condition=Q(exempted_at__isnull=True) | ~Q(exemption_reason=""),
                violation_error_message="免走要写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("obligation_detail", args=[self.pk])


class WalkTask(models.Model):
    """人 × 事项 × 形式 × 地点, with a date. `cluster` keeps one compulsory task per heap of complaints."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="walk_tasks")
    origin = models.CharField("来源", max_length=12, choices=TaskOrigin)
    organization = models.ForeignKey(
        Organization, verbose_name="承担单位", on_delete=models.PROTECT, related_name="walk_tasks"
    )
    person = models.ForeignKey(
        Person,
        verbose_name="走流程人员",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="walk_tasks",
    )
    matter = models.ForeignKey(
        Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="walk_tasks"
    )
    mode = models.CharField("体验形式", max_length=10, choices=SessionMode)
    walked_unit = models.ForeignKey(
        Organization, verbose_name="被体验单位", on_delete=models.PROTECT, related_name="visited_by_tasks"
    )
    reason = models.CharField("理由", max_length=300, blank=True)
    cluster = models.CharField("投诉聚集标识", max_length=120, unique=True, null=True, blank=True)
    deadline = models.OneToOneField(
        Deadline, null=True, blank=True, on_delete=models.PROTECT, related_name="walk_task"
    )
    assigned_at = models.DateTimeField("安排时间")
    assigned_by = models.ForeignKey(
        User, verbose_name="安排人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    session = models.ForeignKey(
        WalkSession,
        verbose_name="完成登记",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    done_on = models.DateField("完成日期", null=True, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawal_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走流程任务"
        constraints = [
            known_value(
                "origin", TaskOrigin.values, name="walktask_origin_known", message="任务来源不正确。"
            ),
            known_value("mode", SessionMode.values, name="walktask_mode_known", message="体验形式不正确。"),
            both_or_neither(
                "session", "done_on", name="walktask_done_whole", message="完成任务要有走流程登记和完成日期。"
            ),
            models.CheckConstraint(
                name="walktask_withdrawal_reason",
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawal_reason=""),
                violation_error_message="撤回任务要写明原因。",
            ),
            models.CheckConstraint(
                name="walktask_not_done_and_withdrawn",
                condition=Q(withdrawn_on__isnull=True) | Q(done_on__isnull=True),
                violation_error_message="已完成的任务不能撤回。",
            ),
            models.CheckConstraint(
                name="walktask_cluster_is_complaint",
                condition=Q(cluster__isnull=True) | Q(origin=TaskOrigin.COMPLAINT, mode=SessionMode.BACKWARD),
                violation_error_message="投诉聚集的任务是倒推办。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "walked_unit"],
                condition=Q(origin=TaskOrigin.CROSS, withdrawn_on__isnull=True),
                name="walktask_cross_once",
                violation_error_message="这一对交叉走流程已经安排过。",
            ),
            models.CheckConstraint(
                name="walktask_cross_elsewhere",
                condition=~Q(origin=TaskOrigin.CROSS) | ~Q(organization=F("walked_unit")),
                violation_error_message="交叉走流程不能走本单位。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.matter} {self.get_mode_display()}"

    def get_absolute_url(self) -> str:
        return reverse("task_detail", args=[self.pk])

    @property
    def state_label(self) -> str:
        """已完成 · 已撤回 · 未完成."""
        if self.done_on:
            return "已完成"
        return "已撤回" if self.withdrawn_on else "未完成"


class MilestoneChange(models.Model):
    """A milestone was moved (“根据疫情形势,可适时进行调整”): when, why, by whom."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="changes")
    old_due_on = models.DateField("原期限")
    new_due_on = models.DateField("新期限")
    reason = models.CharField("调整原因", max_length=200)
    changed_at = models.DateTimeField("调整时间")
    changed_by = models.ForeignKey(User, verbose_name="调整人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "节点调整"
        constraints = [
            not_empty("reason", name="milestonechange_reason", message="请写明调整原因。"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.old_due_on}→{self.new_due_on}"


class MilestoneDuty(models.Model):
    """One unit's share of a milestone, with its own clock."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="duties")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="milestone_duties")
    deadline = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="milestone_duty")

    class Meta:
        verbose_name = verbose_name_plural = "节点任务"
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "organization"],
                name="milestoneduty_once",
                violation_error_message="该单位的这一节点已经建立。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.milestone}"
