"""One table for everything that has a date: the only thing with a due date and a light (house §2).

One row per clock: an item's own limit, a reviewer's days, a step, a walk task, a slip's limit, a submission.
It knows nothing of what hangs on it but a title and a link. Moving and settling stand in campaigns.actions.
"""

from django.db import models
from django.db.models import F, Q, QuerySet

from campaigns.ground.calendar import trail_sentences
from campaigns.ground.constraints import in_order, known_value


class DeadlineKind(models.TextChoices):
    RECTIFY = "RECTIFY", "整改时限"
    TURN = "TURN", "流转时限"
    STEP = "STEP", "措施步骤"
    TASK = "TASK", "走流程任务"
    MILESTONE = "MILESTONE", "阶段节点"
    SLIP = "SLIP", "督办单时限"
    SUBMISSION = "SUBMISSION", "上报时限"
    SELF_CHECK = "SELF_CHECK", "举一反三自查"


class DeadlineQuerySet(QuerySet):
    def running(self) -> "DeadlineQuerySet":
        """Not settled: the only ones that are ever chased."""
        return self.filter(is_open=True)

    def overdue(self, on) -> "DeadlineQuerySet":
        """Running and past due on the day `on`."""
        return self.running().filter(due_on__lt=on)

    def due_by(self, on) -> "DeadlineQuerySet":
        return self.running().filter(due_on__lte=on)

    def provisional(self) -> "DeadlineQuerySet":
        """Running, and counted over a year whose holiday table was not published: 暂定."""
        return self.running().filter(is_provisional=True)


class Deadline(models.Model):
    """One clock. `trail` is campaigns.ground.calendar.Calendar.explain plus what moved it (`moves`)."""

    kind = models.CharField("种类", max_length=12, choices=DeadlineKind)
    title = models.CharField("事由", max_length=200)
    link = models.CharField("链接", max_length=200, blank=True)
    campaign = models.ForeignKey(
        "campaigns.Campaign", verbose_name="行动", on_delete=models.PROTECT, related_name="deadlines"
    )
    organization = models.ForeignKey(
        "campaigns.Organization", verbose_name="责任单位", on_delete=models.PROTECT, related_name="deadlines"
    )
    person = models.ForeignKey(
        "campaigns.Person",
        verbose_name="责任人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deadlines",
    )
    # The role that has to act; empty = the unit's own clerk. The words belong to the app above.
    holder = models.CharField("待办角色", max_length=20, blank=True)
    starts_on = models.DateField("起算日期")
    due_on = models.DateField("现行时限")
    original_due_on = models.DateField("原定时限")
    round = models.PositiveIntegerField("轮次", default=1)
    trail = models.JSONField("推算过程", default=dict, blank=True)
    is_provisional = models.BooleanField("暂定", default=False)
    is_open = models.BooleanField("进行中", default=True)
    settled_on = models.DateField("了结日期", null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        indexes = [models.Index(fields=["is_open", "due_on"], name="deadline_open_due")]
        constraints = [
            known_value("kind", DeadlineKind.values, name="deadline_kind_known", message="时限种类不正确。"),
            models.CheckConstraint(
                name="deadline_settled_iff_closed",
                condition=Q(is_open=True, settled_on__isnull=True)
                | Q(is_open=False, settled_on__isnull=False),
                violation_error_message="了结的时限要有了结日期，进行中的没有。",
            ),
            in_order(
                "starts_on", "due_on", name="deadline_starts_before_due", message="时限不能早于起算日期。"
            ),
            models.CheckConstraint(
                name="deadline_round_from_one",
                condition=Q(round__gte=1),
                violation_error_message="轮次从 1 开始。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title} {self.due_on}"

    def get_absolute_url(self) -> str:
        return self.link

    @property
    def was_moved(self) -> bool:
        """The current date is not the original one."""
        return self.due_on != self.original_due_on

    @property
    def why(self) -> list[str]:
        """“为什么是这一天”: Chinese sentences, the count first, then each move with its reason."""
        lines = trail_sentences(self.trail)
        for move in self.trail.get("moves", []):
            reason = f"：{move['reason']}" if move["reason"] else ""
            lines.append(f"{move['on']} 由 {move['was']} 调整为 {move['due']}{reason}。")
        return lines


class Chase(models.Model):
    """A rung that was lit: the event of a light that changed. Once per deadline, round and level."""

    deadline = models.ForeignKey(
        Deadline, verbose_name="时限", on_delete=models.PROTECT, related_name="chases"
    )
    round = models.PositiveIntegerField("轮次")
    level = models.PositiveSmallIntegerField("级别")
    label = models.CharField("名称", max_length=20)
    on = models.DateField("日期")
    due_on = models.DateField("当时时限")
    light = models.CharField("灯", max_length=4)

    class Meta:
        verbose_name = verbose_name_plural = "催办记录"
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "round", "level"],
                name="chase_once_per_rung",
                violation_error_message="这一级已经催办过。",
            ),
            models.CheckConstraint(
                name="chase_level_known",
                condition=Q(level__gte=1, level__lte=9),
                violation_error_message="级别在 1 到 9 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.on}"


class LightChange(models.Model):
    """The event that a running clock's light turned, noted by the day's run. The light itself is never stored."""

    deadline = models.ForeignKey(
        Deadline, verbose_name="时限", on_delete=models.PROTECT, related_name="light_changes"
    )
    round = models.PositiveIntegerField("轮次")
    on = models.DateField("日期")
    was = models.CharField("原灯", max_length=4)
    light = models.CharField("现灯", max_length=4)

    class Meta:
        verbose_name = verbose_name_plural = "亮灯变化"
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "round", "light"],
                name="lightchange_once_per_round",
                violation_error_message="这次亮灯变化已经记录。",
            ),
            models.CheckConstraint(
                name="lightchange_is_a_change",
                condition=~Q(was=F("light")),
                violation_error_message="原灯和现灯相同，不是变化。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.was} → {self.light}"


class ChaseRun(models.Model):
    """One row a day; later runs of that day add to it. The home page shows the last one."""

    on = models.DateField("日期", unique=True)
    workday = models.BooleanField("工作日")
    looked_at = models.PositiveIntegerField("检查时限", default=0)
    chased = models.PositiveIntegerField("亮灯", default=0)
    notices = models.PositiveIntegerField("消息", default=0)
    failed = models.PositiveIntegerField("失败", default=0)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "催办运行"

    def __str__(self) -> str:
        return f"催办 {self.on}"
