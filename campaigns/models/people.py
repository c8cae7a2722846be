"""Accounts, people, and who acts for which unit in which role."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.enums import Rank, Reach, Role
from campaigns.ground.constraints import both_or_neither, in_order, known_value, not_empty
from campaigns.ground.secret import SecretField, mask_phone
from campaigns.models.organizations import Organization
from campaigns.querysets import PersonQuerySet, PostingQuerySet


class User(AbstractUser):
    """An account. Rights come from postings, never from Django groups."""

    must_change_password = models.BooleanField("首次登录须改密码", default=True)
    current_posting = models.ForeignKey(
        "campaigns.Posting",
        verbose_name="当前身份",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.username


class Person(models.Model):
    """One official or clerk on the roster; history stays when the person leaves."""

    code = models.CharField("人员编号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=50)
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="people"
    )
    title = models.CharField("职务", max_length=100)
    rank = models.CharField("身份", max_length=20, choices=Rank)
    phone = SecretField("手机号码", blank=True)
    phone_index = models.CharField("手机号索引", max_length=64, blank=True, db_index=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_obligated = models.BooleanField("是否应走", default=False)
    appointed_on = models.DateField("任职日期", null=True, blank=True)
    left_on = models.DateField("离任日期", null=True, blank=True)
    exemption_reason = models.CharField("免走原因", max_length=200, blank=True)
    user = models.OneToOneField(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.PROTECT, related_name="person"
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        constraints = [
            known_value("rank", Rank.values, name="person_rank_known", message="身份不正确。"),
            in_order(
                "appointed_on",
                "left_on",
                name="person_appointed_before_left",
                message="离任日期不能早于任职日期。",
            ),
            not_empty("name", name="person_named", message="姓名不能为空。"),
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.code})"

    def get_absolute_url(self) -> str:
        return reverse("person_detail", args=[self.pk])

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)


class Posting(models.Model):
    """A person × organization × role × reach. It counts once 安全管理员 has granted it (contract §5)."""

    person = models.ForeignKey(Person, verbose_name="人员", on_delete=models.PROTECT, related_name="postings")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="postings"
    )
    role = models.CharField("系统角色", max_length=20, choices=Role)
    reach = models.CharField("范围", max_length=10, choices=Reach, default=Reach.OWN)
    started_on = models.DateField("起始日期", null=True, blank=True)
    ended_on = models.DateField("截止日期", null=True, blank=True)
    requested_at = models.DateTimeField("申请时间")
    granted_at = models.DateTimeField("授权时间", null=True, blank=True)
    granted_by = models.ForeignKey(
        User, verbose_name="授权人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # 代签、代办: whose turns and notices this person takes from–to (campaigns.actions.stand_ins).
    acting_for = models.ForeignKey(
        "self",
        verbose_name="代谁办理",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stand_ins",
    )

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任岗"
        constraints = [
            known_value("role", Role.values, name="posting_role_known", message="系统角色不正确。"),
            known_value("reach", Reach.values, name="posting_reach_known", message="范围不正确。"),
            both_or_neither(
                "granted_at",
                "granted_by",
                name="posting_grant_whole",
                message="授权人和授权时间要么都有，要么都没有。",
            ),
            in_order(
                "started_on", "ended_on", name="posting_dates_in_order", message="截止日期不能早于起始日期。"
            ),
            models.CheckConstraint(
                name="posting_stand_in_dated",
                condition=Q(acting_for__isnull=True)
                | Q(started_on__isnull=False, ended_on__isnull=False, granted_at__isnull=False),
                violation_error_message="代签、代办要写明起止日期。",
            ),
            models.UniqueConstraint(
                fields=["person", "organization", "role"],
                condition=Q(ended_on__isnull=True),
                name="posting_once_at_a_time",
                violation_error_message="该人员在该单位已经有这个角色。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name} {self.get_role_display()}·{self.organization.label}"

    @property
    def role_label(self) -> str:
        """The role in words; a stand-in's says so: 主要负责人·代签, 填报员·代办."""
        if not self.acting_for_id:
            return self.get_role_display()
        return f"{self.get_role_display()}·{'代签' if self.role == Role.HEAD else '代办'}"

    @property
    def is_granted(self) -> bool:
        return self.granted_at is not None

    def covers(self, organization: Organization) -> bool:
        """True when this posting's reach includes `organization`."""
        if self.reach == Reach.SUBTREE:
            return self.organization.covers(organization)
        return organization.pk == self.organization_id
