"""One import: the file that was sent, what was planned, what came of it. Kept so it can be opened a year later."""

from django.db import models

from campaigns.ground.constraints import both_or_neither, known_value, set_exactly_in
from campaigns.ground.files import StoredFile
from campaigns.ground.jobs import Job
from campaigns.ground.secret import SecretField
from campaigns.models.people import User


class ImportState(models.TextChoices):
    READING = "READING", "正在核对"
    PREVIEWED = "PREVIEWED", "待确认"
    REFUSED = "REFUSED", "有错误，未导入"
    WRITING = "WRITING", "正在写入"
    DONE = "DONE", "已导入"
    UNDONE = "UNDONE", "已撤销"


class ImportRun(models.Model):
    """`token` is what the confirm page sends back: the same stored bytes are read again.

    `file` is what is read; `original` is what was sent, where cells were mended in the preview since. `job`: the
    work in the background that prepared, wrote or took back a large file.
    """

    token = models.UUIDField("凭据", unique=True)
    kind = models.CharField("类别", max_length=20)
    mode = models.CharField("重复处理", max_length=10, default="stop")
    state = models.CharField("状态", max_length=10, choices=ImportState)
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey(
        StoredFile,
        verbose_name="原件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    rejects = models.ForeignKey(
        StoredFile,
        verbose_name="退回文件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    job = models.ForeignKey(
        Job, verbose_name="后台作业", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    plan_digest = models.CharField("方案摘要", max_length=64, blank=True)
    counts = models.JSONField("计数", default=dict)
    errors = models.JSONField("错误", default=list)
    warnings = models.JSONField("提示", default=list)
    made_by = models.ForeignKey(User, verbose_name="操作人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("上传时间")
    done_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        User, verbose_name="撤销人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "导入记录"
        constraints = [
            known_value(
                "state", ImportState.values, name="importrun_state_known", message="导入状态不正确。"
            ),
            set_exactly_in(
                "done_at",
                [ImportState.DONE, ImportState.UNDONE],
                name="importrun_done_iff",
                message="只有已导入的记录才有导入时间。",
            ),
            set_exactly_in(
                "undone_at",
                [ImportState.UNDONE],
                name="importrun_undone_iff",
                message="只有已撤销的记录才有撤销时间。",
            ),
            both_or_neither(
                "undone_at", "undone_by", name="importrun_undone_by", message="撤销人和撤销时间要同时填写。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def is_busy(self) -> bool:
        """A job in the background has it."""
        return self.state in (ImportState.READING, ImportState.WRITING) or bool(
            self.job_id and not self.job.is_finished
        )


class ImportLine(models.Model):
    """One record of an import: what the preview shows, and what is needed to take it back.

    `text`: what it says or changes, in words, personal data masked. `before`: the stored values a changed record
    had, encrypted (campaigns.actions.imports_lines).
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField("次序")
    number = models.PositiveIntegerField("行号")
    action = models.CharField("结果", max_length=10)
    key = models.CharField("编号", max_length=300, blank=True)
    text = models.TextField("内容", blank=True)
    before = SecretField("原来的值", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入明细"
        indexes = [models.Index(fields=["run", "action", "place"], name="importline_shown")]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "place"], name="importline_once", violation_error_message="导入明细次序重复。"
            ),
            known_value(
                "action",
                ["created", "updated", "unchanged", "skipped", "rejected"],
                name="importline_action_known",
                message="导入结果不正确。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
