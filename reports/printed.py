"""What is written for others to read: 通报 of 督查室 and 典型经验 of the units (五(三))."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, differ, known_value, not_empty
from campaigns.models import Campaign, Organization, StoredFile, User, WalkSession
from issues.models import Measure
from reports.enums import BulletinState, ExperienceState
from reports.querysets import BulletinQuerySet, ExperienceQuerySet

_APPROVED = [BulletinState.APPROVED, BulletinState.ISSUED]


class Bulletin(models.Model):
    """通报: issued = numbered and frozen; a correction is a new issue that supersedes.

    `texts`: what the drafter wrote and chose; `body`: the paper composed from it and the records of `on`.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bulletins")
    organization = models.ForeignKey(
        Organization, verbose_name="发文单位", on_delete=models.PROTECT, related_name="bulletins"
    )
    title = models.CharField("标题", max_length=200)
    on = models.DateField("数据截至")
    texts = models.JSONField("拟稿内容", default=dict)
    body = models.JSONField("正文", default=dict)
    state = models.CharField("状态", max_length=10, choices=BulletinState, default=BulletinState.DRAFT)
    number = models.CharField("期号", max_length=50, null=True, blank=True)
    supersedes = models.OneToOneField(
        "self",
        verbose_name="更正的通报",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction",
    )
    drafted_at = models.DateTimeField("拟稿时间")
    drafted_by = models.ForeignKey(User, verbose_name="拟稿人", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, verbose_name="批准人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    names_people = models.BooleanField("准予写明姓名", default=False)
    returned_because = models.CharField("退回意见", max_length=200, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        User, verbose_name="签发人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file = models.ForeignKey(
        StoredFile,
        verbose_name="印发文件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        constraints = [
            known_value(
                "state", BulletinState.values, name="bulletin_state_known", message="通报状态不正确。"
            ),
            not_empty("title", name="bulletin_titled", message="通报要有标题。"),
            models.UniqueConstraint(
                fields=["organization", "number"],
                name="bulletin_number_once",
                violation_error_message="同一单位的期号不能重复。",
            ),
            both_or_neither(
                "approved_at",
                "approved_by",
                name="bulletin_approved_whole",
                message="批准人和批准时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="bulletin_approved_iff",
                condition=Q(state__in=_APPROVED, approved_at__isnull=False)
                | (~Q(state__in=_APPROVED) & Q(approved_at__isnull=True, names_people=False)),
                violation_error_message="通报批准后才能印发。",
            ),
            differ(
                "drafted_by", "approved_by", name="bulletin_four_eyes", message="拟稿人不能批准自己拟的通报。"
            ),
            both_or_neither(
                "issued_at",
                "issued_by",
                name="bulletin_issued_whole",
                message="签发人和印发时间要么都有，要么都没有。",
            ),
            both_or_neither(
                "issued_at", "number", name="bulletin_issued_iff_numbered", message="通报印发时才编期号。"
            ),
            models.CheckConstraint(
                name="bulletin_issued_iff",
                condition=Q(state=BulletinState.ISSUED, issued_at__isnull=False, file__isnull=False)
                | (~Q(state=BulletinState.ISSUED) & Q(issued_at__isnull=True, file__isnull=True)),
                violation_error_message="已印发的通报要有印发时间和印发文件。",
            ),
            models.CheckConstraint(
                name="bulletin_corrects_another",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                violation_error_message="通报不能更正自己。",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title

    def get_absolute_url(self) -> str:
        return reverse("bulletin_detail", args=[self.pk])


class Experience(models.Model):
    """典型经验: proposed by a unit from what it did, adopted or not by 审改办 with its reason."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="experiences")
    organization = models.ForeignKey(
        Organization, verbose_name="报送单位", on_delete=models.PROTECT, related_name="experiences"
    )
    title = models.CharField("标题", max_length=100)
    practice = models.TextField("做法", max_length=3000)
    result = models.TextField("成效", max_length=2000)
    measure = models.ForeignKey(
        Measure,
        verbose_name="解决措施",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="experiences",
    )
    session = models.ForeignKey(
        WalkSession,
        verbose_name="走流程登记",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="experiences",
    )
    state = models.CharField("状态", max_length=10, choices=ExperienceState, default=ExperienceState.PROPOSED)
    proposed_at = models.DateTimeField("报送时间")
    proposed_by = models.ForeignKey(User, verbose_name="报送人", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="审核人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("审核意见", max_length=300, blank=True)

    objects = ExperienceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "典型经验"
        constraints = [
            known_value(
                "state", ExperienceState.values, name="experience_state_known", message="典型经验状态不正确。"
            ),
            not_empty("title", name="experience_titled", message="典型经验要有标题。"),
            not_empty("practice", name="experience_practice_said", message="典型经验要写明做法。"),
            not_empty("result", name="experience_result_said", message="典型经验要写明成效。"),
            both_or_neither(
                "decided_at",
                "decided_by",
                name="experience_decided_whole",
                message="审核人和审核时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="experience_decided_iff",
                condition=Q(state=ExperienceState.PROPOSED, decided_at__isnull=True, reason="")
                | (~Q(state=ExperienceState.PROPOSED) & Q(decided_at__isnull=False) & ~Q(reason="")),
                violation_error_message="采用或不采用都要有审核人、审核时间和意见。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("experience_detail", args=[self.pk])
