"""What is counted, printed and handed in. Nothing here is anybody's workflow but its own."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, differ, in_order, known_value, not_empty
from campaigns.models import Campaign, Organization, StoredFile, User
from reports.brief_models import Brief
from reports.drafts import PaperDraft
from reports.printed import Bulletin, Experience
from reports.querysets import PackageQuerySet, ScoreCardQuerySet, ScoreSheetQuerySet, SnapshotQuerySet
from reports.submission_models import Submission, SubmissionEntry

__all__ = [
    "Brief",
    "Bulletin",
    "Experience",
    "FigureSnapshot",
    "Package",
    "PaperDraft",
    "ScoreCard",
    "ScoreLine",
    "ScoreObjection",
    "ScoreSetting",
    "ScoreSheet",
    "Submission",
    "SubmissionEntry",
]


class ScoreSheet(models.Model):
    """考核得分表 of one period: published = frozen; a correction is a new sheet that supersedes."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="score_sheets")
    # Whose 审改办 scores: the city all units below it, a county its own.
    organization = models.ForeignKey(
        Organization, verbose_name="考核范围", on_delete=models.PROTECT, related_name="score_sheets"
    )
    period = models.CharField("考核期", max_length=20)
    on = models.DateField("截至日期")
    policy = models.JSONField("考核办法", default=dict)
    made_at = models.DateTimeField("制表时间")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        User, verbose_name="公布人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    superseded_by = models.ForeignKey(
        "self", verbose_name="更正表", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核表"
        constraints = [
            not_empty("period", name="scoresheet_period", message="请填写考核期。"),
            models.UniqueConstraint(
                fields=["campaign", "organization", "period"],
                condition=Q(published_at__isnull=True),
                name="scoresheet_one_draft",
                violation_error_message="同一考核期只能有一张未公布的考核表。",
            ),
            models.CheckConstraint(
                name="scoresheet_superseded_later",
                condition=Q(superseded_by__isnull=True) | Q(published_at__isnull=False),
                violation_error_message="只有公布过的考核表才会被更正。",
            ),
            models.CheckConstraint(
                name="scoresheet_not_own_correction",
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("id")),
                violation_error_message="考核表不能更正它自己。",
            ),
            both_or_neither(
                "published_at",
                "published_by",
                name="scoresheet_published_whole",
                message="公布人和公布时间要么都有，要么都没有。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "period"],
                condition=Q(published_at__isnull=False, superseded_by__isnull=True),
                name="scoresheet_one_published",
                violation_error_message="同一考核期只能有一张有效的考核表。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.organization.label} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("score_sheet", args=[self.pk])

    @property
    def state_label(self) -> str:
        """未公布 · 已公布 · 已更正."""
        if self.published_at is None:
            return "未公布"
        return "已更正" if self.superseded_by_id else "已公布"


class ScoreSetting(models.Model):
    """考核办法 of a campaign from a moment on: who changed it and why. Never changed itself: the newest row counts.

    `numbers` are all of reports.scoring.Policy, by its field names; a sheet keeps its own snapshot.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="score_settings")
    numbers = models.JSONField("考核办法")
    reason = models.CharField("理由", max_length=200)
    set_at = models.DateTimeField("时间")
    set_by = models.ForeignKey(User, verbose_name="设置人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "考核办法调整"
        indexes = [models.Index(fields=["campaign", "set_at"], name="scoresetting_latest")]
        constraints = [not_empty("reason", name="scoresetting_reason", message="请写明调整理由。")]

    def __str__(self) -> str:
        return f"{self.campaign} {self.set_at:%Y-%m-%d} 考核办法"


class ScoreLine(models.Model):
    """One rule's points for one unit, with the sentence that says why."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="lines")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="score_lines")
    rule = models.CharField("项目", max_length=20)
    points = models.DecimalField("得分", max_digits=6, decimal_places=2)
    max_points = models.DecimalField("满分", max_digits=6, decimal_places=2)
    because = models.TextField("依据", max_length=1000)

    class Meta:
        verbose_name = verbose_name_plural = "考核得分"
        constraints = [
            models.CheckConstraint(
                name="scoreline_within_max",
                # A deduction has no full points, so it can only take away.
                condition=Q(points__gte=0, points__lte=F("max_points")) | Q(points__lt=0, max_points=0),
                violation_error_message="得分应在 0 和满分之间，扣分项没有满分。",
            ),
            models.UniqueConstraint(
                fields=["sheet", "organization", "rule"],
                name="scoreline_once",
                violation_error_message="同一单位同一项目只能有一行得分。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.rule} {self.points}"


class ScoreCard(models.Model):
    """One unit's result on one sheet: its group, total, grade and place. The lines say why."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="cards")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="score_cards"
    )
    group = models.CharField("组别", max_length=50)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True, blank=True)
    grade = models.CharField("等次", max_length=1, blank=True)
    rank = models.PositiveIntegerField("组内名次", null=True, blank=True)

    objects = ScoreCardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核结果"
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "organization"],
                name="scorecard_once",
                violation_error_message="同一张考核表中一个单位只有一个结果。",
            ),
            known_value(
                "grade", ["", "A", "B", "C", "D"], name="scorecard_grade_known", message="等次不正确。"
            ),
            models.CheckConstraint(
                name="scorecard_total_whole",
                condition=Q(total__isnull=True, rank__isnull=True, grade="")
                | Q(total__isnull=False, rank__isnull=False, total__gte=0, total__lte=100, rank__gte=1)
                & ~Q(grade=""),
                violation_error_message="总分应在 0 和 100 之间，并有等次和名次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.organization.label}"

    def get_absolute_url(self) -> str:
        return reverse("score_card", args=[self.sheet_id, self.organization.code])


class ScoreObjection(models.Model):
    """A unit's 异议 to its card, and what 审改办 answers. An upheld one leads to a sheet that corrects."""

    card = models.ForeignKey(ScoreCard, on_delete=models.PROTECT, related_name="objections")
    text = models.TextField("异议", max_length=1000)
    raised_at = models.DateTimeField("提出时间")
    raised_by = models.ForeignKey(User, verbose_name="提出人", on_delete=models.PROTECT, related_name="+")
    is_upheld = models.BooleanField("是否采纳", null=True, blank=True)
    answer = models.TextField("答复", max_length=1000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, verbose_name="答复人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核异议"
        constraints = [
            not_empty("text", name="scoreobjection_said", message="请写明异议和理由。"),
            models.CheckConstraint(
                name="scoreobjection_answer_whole",
                condition=Q(
                    answered_at__isnull=True, answered_by__isnull=True, is_upheld__isnull=True, answer=""
                )
                | Q(answered_at__isnull=False, answered_by__isnull=False, is_upheld__isnull=False)
                & ~Q(answer=""),
                violation_error_message="答复要写明是否采纳和理由，并有答复人和时间。",
            ),
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(answered_at__isnull=True),
                name="scoreobjection_one_open",
                violation_error_message="上一条异议还没有答复。",
            ),
            differ(
                "raised_by", "answered_by", name="scoreobjection_other", message="提出人不能答复自己的异议。"
            ),
            in_order(
                "raised_at", "answered_at", name="scoreobjection_in_order", message="答复不能早于提出。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} 异议"


class Package(models.Model):
    """总结材料包: what was built, for which unit, as of which day, by whom; the bytes are a StoredFile."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="packages")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="packages"
    )
    on = models.DateField("截至日期")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    manifest = models.JSONField("目录", default=dict)
    scans = models.ManyToManyField(StoredFile, verbose_name="盖章扫描件", blank=True, related_name="+")
    built_at = models.DateTimeField("生成时间")
    built_by = models.ForeignKey(
        User, verbose_name="生成人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "总结材料包"

    def __str__(self) -> str:
        return f"{self.organization} {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("package_detail", args=[self.pk])


class FigureSnapshot(models.Model):
    """What a figure of a unit and all below it was at the end of a day: kept, so that a report can say what changed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="snapshots")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="snapshots")
    on = models.DateField("日期")
    key = models.CharField("指标", max_length=30)
    numerator = models.PositiveIntegerField("分子")
    denominator = models.PositiveIntegerField("分母", null=True, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指标快照"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization", "on", "key"],
                name="figuresnapshot_once_a_day",
                violation_error_message="同一单位同一天同一指标只留一次快照。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.on} {self.key}"
