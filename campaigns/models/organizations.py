"""The organization tree: parent and a materialized path (codes joined by `/`)."""

from collections.abc import Iterator

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.enums import OrganizationKind
from campaigns.ground.constraints import known_value, not_empty
from campaigns.querysets import OrganizationQuerySet


def ways_up(path: str) -> Iterator[str]:
    """`/a/b/c/` → `/a/`, `/a/b/`, `/a/b/c/`: the paths of all above a unit, from the root down to itself."""
    parts = path.strip("/").split("/")
    for length in range(1, len(parts) + 1):
        yield f"/{'/'.join(parts[:length])}/"


class Organization(models.Model):
    """One unit. `path` is `/430400/430481/430481-003/`: a subtree is a prefix."""

    code = models.CharField("单位编码", max_length=40, unique=True)
    name = models.CharField("单位名称", max_length=100)
    short_name = models.CharField("单位简称", max_length=50, blank=True)
    kind = models.CharField("单位类型", max_length=20, choices=OrganizationKind)
    parent = models.ForeignKey(
        "self",
        verbose_name="上级单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    counterpart = models.ForeignKey(
        "self",
        verbose_name="对口上级单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="counterparts",
    )
    path = models.CharField("路径", max_length=400, unique=True)
    division_code = models.CharField("行政区划代码", max_length=12, blank=True)
    is_participant = models.BooleanField("是否参加", default=False)
    former_names = models.JSONField("曾用名", default=list, blank=True)  # name, short_name, until
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        verbose_name="承接单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        constraints = [
            known_value(
                "kind", OrganizationKind.values, name="organization_kind_known", message="单位类型不正确。"
            ),
            models.CheckConstraint(
                name="organization_not_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message="上级单位不能是本单位自己。",
            ),
            models.CheckConstraint(
                name="organization_root_has_no_parent",
                condition=Q(parent__isnull=False) | Q(kind__in=["CITY", "SUPERIOR"]),
                violation_error_message="除市政府和上级单位外，单位都要填写上级单位。",
            ),
            models.CheckConstraint(
                name="organization_successor_when_closed",
                condition=Q(successor__isnull=True) | Q(closed_on__isnull=False),
                violation_error_message="撤销的单位才有承接单位。",
            ),
            models.CheckConstraint(
                name="organization_not_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
                violation_error_message="承接单位不能是本单位自己。",
            ),
            not_empty("name", name="organization_named", message="单位名称不能为空。"),
        ]

    def __str__(self) -> str:
        return f"{self.label}({self.code})"

    def get_absolute_url(self) -> str:
        return reverse("organization_detail", args=[self.pk])

    @property
    def label(self) -> str:
        """What lists show: the short name, else the full name."""
        return self.short_name or self.name

    def covers(self, other: "Organization") -> bool:
        """True when `other` is this unit or stands below it."""
        return other.path.startswith(self.path)
