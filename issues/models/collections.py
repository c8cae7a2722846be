"""一键收表: a heap of workbooks the units sent in, and what became of each file. Nobody has to log in to take part."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, known_value, set_exactly_in
from campaigns.models import Campaign, Organization, StoredFile, User
from issues.enums import SheetState
from issues.querysets import CollectionQuerySet


class Collection(models.Model):
    """One heap. The same files handed over again by the same office are the same heap (`fingerprint`)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="collections")
    organization = models.ForeignKey(
        Organization, verbose_name="收表单位", on_delete=models.PROTECT, related_name="collections"
    )
    fingerprint = models.CharField("文件摘要", max_length=64)
    made_at = models.DateTimeField("收表时间")
    made_by = models.ForeignKey(User, verbose_name="收表人", on_delete=models.PROTECT, related_name="+")

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收表"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization", "fingerprint"],
                name="collection_once",
                violation_error_message="这批文件已经收过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.made_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("collection_detail", args=[self.pk])


class CollectedFile(models.Model):
    """One file of a heap. `answers`: what was answered to its questions; `digest`: of the plan that was shown."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="files")
    name = models.CharField("文件", max_length=200)
    file = models.ForeignKey(StoredFile, verbose_name="原件", on_delete=models.PROTECT, related_name="+")
    returned = models.ForeignKey(
        StoredFile, verbose_name="回执", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name="单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="collected_files",
    )
    units = models.JSONField("涉及单位", default=list)
    kinds = models.JSONField("清单", default=list)
    state = models.CharField("状态", max_length=10, choices=SheetState, default=SheetState.SENT)
    rows = models.PositiveIntegerField("行数", default=0)
    rejected = models.PositiveIntegerField("错误行数", default=0)
    questions = models.PositiveIntegerField("待核对", default=0)
    counts = models.JSONField("计数", default=dict)
    message = models.CharField("说明", max_length=500, blank=True)
    answers = models.JSONField("核对结果", default=dict)
    digest = models.CharField("方案摘要", max_length=64, blank=True)
    done_at = models.DateTimeField("入账时间", null=True, blank=True)
    done_by = models.ForeignKey(
        User, verbose_name="确认人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "收到的表格"
        constraints = [
            known_value(
                "state", SheetState.values, name="collectedfile_state_known", message="表格状态不正确。"
            ),
            set_exactly_in(
                "done_at",
                [SheetState.DONE],
                name="collectedfile_done_iff",
                message="只有已入账的表格才有入账时间。",
            ),
            both_or_neither(
                "done_at",
                "done_by",
                name="collectedfile_done_whole",
                message="确认人和入账时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="collectedfile_rejected_within_rows",
                condition=Q(rejected__lte=F("rows")),
                violation_error_message="错误行数不能大于行数。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("collected_file", args=[self.collection_id, self.pk])
