"""What people made of a computed paper: every saving is a version of its own, the newest counts (五(四)末段)."""

from django.db import models

from campaigns.ground.constraints import known_value
from campaigns.models import Campaign, Organization, User
from reports.enums import PaperKind


class PaperDraft(models.Model):
    """One version of a unit's 工作总结, 整改情况报告 or 走流程计划. An empty text goes back to the computed one."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="paper_drafts")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="paper_drafts"
    )
    kind = models.CharField("材料", max_length=14, choices=PaperKind)
    version = models.PositiveIntegerField("版本")
    text = models.TextField("正文", max_length=30000, blank=True)
    numbers_on = models.DateField("数据截至")
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(User, verbose_name="保存人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "文字材料"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization", "kind", "version"],
                name="paperdraft_version_once",
                violation_error_message="这一版刚刚有人保存过，请刷新后再改。",
            ),
            models.CheckConstraint(
                name="paperdraft_from_one",
                condition=models.Q(version__gte=1),
                violation_error_message="版本从 1 开始。",
            ),
            known_value("kind", PaperKind.values, name="paperdraft_kind_known", message="材料类别不正确。"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.get_kind_display()} 第{self.version}稿"
