"""What citizens complained of: 12345 work orders and 好差评 ratings (三(五))."""

from django.db import models
from django.urls import reverse

from campaigns.enums import ComplaintKind, ComplaintSource, Satisfaction
from campaigns.ground.constraints import in_order, known_value
from campaigns.ground.secret import SecretField
from campaigns.models.matters import Matter
from campaigns.models.organizations import Organization
from campaigns.querysets import ComplaintQuerySet


class Complaint(models.Model):
    """One work order or rating; its person is encrypted."""

    number = models.CharField("工单编号", max_length=60, unique=True)
    source = models.CharField("来源", max_length=20, choices=ComplaintSource)
    received_at = models.DateTimeField("受理时间")
    kind = models.CharField("诉求类型", max_length=12, choices=ComplaintKind, blank=True)
    title = models.CharField("标题", max_length=200, blank=True)
    content = models.TextField("内容", max_length=4000)
    matter = models.ForeignKey(
        Matter,
        verbose_name="事项",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="complaints",
    )
    organization = models.ForeignKey(
        Organization, verbose_name="承办单位", on_delete=models.PROTECT, related_name="complaints"
    )
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction, blank=True)
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    citizen = SecretField("诉求人", blank=True)
    phone = SecretField("联系电话", blank=True)
    phone_index = models.CharField("联系电话索引", max_length=64, blank=True, db_index=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "投诉工单"
        constraints = [
            known_value(
                "source", ComplaintSource.values, name="complaint_source_known", message="来源不正确。"
            ),
            in_order(
                "received_at",
                "finished_at",
                name="complaint_received_first",
                message="办结时间不能早于受理时间。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("complaint_detail", args=[self.pk])
