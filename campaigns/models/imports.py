"""One import: the file that was sent, what was planned, what came of it. Kept so it can be opened a year later."""

from django.db import models

from campaigns.ground.constraints import known_value, set_exactly_in
from campaigns.ground.files import StoredFile
from campaigns.models.people import User


class ImportState(models.TextChoices):
    PREVIEWED = "PREVIEWED", "待确认"
    REFUSED = "REFUSED", "有错误,未导入"
    DONE = "DONE", "已导入"


class ImportRun(models.Model):
    """`token` is what the confirm page sends back: the same stored bytes are read again."""

    token = models.UUIDField("凭据", unique=True)
    kind = models.CharField("类别", max_length=20)
    mode = models.CharField("重复处理", max_length=10, default="stop")
    state = models.CharField("状态", max_length=10, choices=ImportState)
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    rejects = models.ForeignKey(
        StoredFile,
        verbose_name="退回文件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    plan_digest = models.CharField("方案摘要", max_length=64, blank=True)
    counts = models.JSONField("计数", default=dict)
    errors = models.JSONField("错误", default=list)
    warnings = models.JSONField("提示", default=list)
    made_by = models.ForeignKey(User, verbose_name="操作人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("上传时间")
    done_at = models.DateTimeField("导入时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入记录"
        constraints = [
            known_value(
                "state", ImportState.values, name="importrun_state_known", message="导入状态不正确。"
            ),
            set_exactly_in(
                "done_at",
                [ImportState.DONE],
                name="importrun_done_iff",
                message="只有已导入的记录才有导入时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M}"
