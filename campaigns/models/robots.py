"""群机器人: where a unit's digest of the day is told to its group (contract §8; one a day, like every digest)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.ground.constraints import known_value
from campaigns.ground.secret import SecretField
from campaigns.ground.webhooks import RobotKind, host_of
from campaigns.models.organizations import Organization


class Robot(models.Model):
    """One group's robot. The address carries its key, so it is kept like a password and never shown again."""

    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="robots"
    )
    kind = models.CharField("渠道", max_length=10, choices=RobotKind)
    name = models.CharField("群名称", max_length=60)
    url = SecretField("地址")
    secret = SecretField("密钥", blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "群机器人"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="robot_once_per_group",
                violation_error_message="这个单位已有同名的群。",
            ),
            known_value("kind", RobotKind.values, name="robot_kind_known", message="渠道不正确。"),
            models.CheckConstraint(
                name="robot_has_address",
                condition=~Q(url=""),
                violation_error_message="请填写地址。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.label} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("robot_edit", args=[self.pk])

    @property
    def host(self) -> str:
        return host_of(self.url)
