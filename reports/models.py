"""What is counted, printed and handed in. Nothing here is anybody's workflow but its own."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, known_value
from campaigns.models import Campaign, Deadline, Organization, StoredFile, User
from reports.enums import SubmissionState
from reports.querysets import PackageQuerySet, SnapshotQuerySet


class ScoreSheet(models.Model):
    """考核得分表 of one period: published = frozen; a correction is a new sheet that supersedes."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="score_sheets")
    period = models.CharField("考核期", max_length=20)
    policy = models.JSONField("考核办法", default=dict)
    made_at = models.DateTimeField("制表时间")
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        User, verbose_name="公布人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    superseded_by = models.ForeignKey(
        "self", verbose_name="更正表", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核表"
        constraints = [
            both_or_neither(
                "published_at",
                "published_by",
                name="scoresheet_published_whole",
                message="公布人和公布时间要么都有,要么都没有。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "period"],
                condition=Q(published_at__isnull=False, superseded_by__isnull=True),
                name="scoresheet_one_published",
                violation_error_message="同一考核期只能有一张有效的考核表。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.period}"


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
                condition=Q(points__gte=0, points__lte=F("max_points")),
                violation_error_message="得分应在 0 和满分之间。",
            ),
            models.UniqueConstraint(
                fields=["sheet", "organization", "rule"],
                name="scoreline_once",
                violation_error_message="同一单位同一项目只能有一行得分。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.rule} {self.points}"


class Bulletin(models.Model):
    """通报: issued = numbered and frozen; a correction is a new issue that supersedes."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bulletins")
    title = models.CharField("标题", max_length=200)
    body = models.JSONField("正文", default=dict)
    number = models.CharField("期号", max_length=50, unique=True, null=True, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        User, verbose_name="签发人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        constraints = [
            both_or_neither(
                "issued_at",
                "issued_by",
                name="bulletin_issued_whole",
                message="签发人和印发时间要么都有,要么都没有。",
            ),
            both_or_neither(
                "issued_at", "number", name="bulletin_issued_iff_numbered", message="通报印发时才编期号。"
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class Submission(models.Model):
    """A unit's June 30 report to 市审改办 (五(四)末段)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="submissions")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="submissions")
    state = models.CharField("状态", max_length=10, choices=SubmissionState, default=SubmissionState.DRAFT)
    deadline = models.OneToOneField(
        Deadline, null=True, blank=True, on_delete=models.PROTECT, related_name="submission"
    )
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, verbose_name="上报人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

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
                message="上报人和上报时间要么都有,要么都没有。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} 上报"


class Package(models.Model):
    """总结材料包: what was built, for which unit, as of which day, by whom; the bytes are a StoredFile."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="packages")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="packages"
    )
    on = models.DateField("截至日期")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    manifest = models.JSONField("目录", default=dict)
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
