"""整改台账: how far each problem or accepted demand has come, its history, and what was asked on the way."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import (
    both_or_neither,
    differ,
    in_order,
    known_value,
    set_exactly_in,
)
from campaigns.models import Campaign, Deadline, Organization, Person, User
from issues.enums import SIDE_STATES, LedgerState, RectifyKind
from issues.models.lists import Demand, Problem
from issues.querysets import LedgerQuerySet

S = LedgerState
_BEFORE_RECTIFYING = [S.UNASSIGNED, S.ASSIGNED, S.PLANNING, S.UNSIGNED]


def _stamp(name: str, label: str) -> tuple[models.DateTimeField, models.ForeignKey]:
    """A when and a who, always together."""
    return (
        models.DateTimeField(f"{label}时间", null=True, blank=True),
        models.ForeignKey(
            User,
            verbose_name=f"{label}人",
            null=True,
            blank=True,
            on_delete=models.PROTECT,
            related_name="+",
        ),
    )


class LedgerItem(models.Model):
    """One item of the ledger: exactly one problem or one accepted demand. Its state changes only in issues.workflow."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="ledger_items")
    number = models.CharField("台账编号", max_length=60, unique=True)
    problem = models.OneToOneField(
        Problem, verbose_name="问题", null=True, blank=True, on_delete=models.PROTECT, related_name="item"
    )
    demand = models.OneToOneField(
        Demand, verbose_name="需求", null=True, blank=True, on_delete=models.PROTECT, related_name="item"
    )
    reporting_unit = models.ForeignKey(
        Organization, verbose_name="填报单位", on_delete=models.PROTECT, related_name="found_items"
    )
    responsible_unit = models.ForeignKey(
        Organization, verbose_name="责任单位", on_delete=models.PROTECT, related_name="ledger_items"
    )
    helper_units = models.ManyToManyField(
        Organization, verbose_name="配合单位", blank=True, related_name="helped_items"
    )
    state = models.CharField("状态", max_length=12, choices=LedgerState)
    rectify_kind = models.CharField("整改类型", max_length=8, choices=RectifyKind, blank=True)
    found_on = models.DateField("发现日期")
    starts_on = models.DateField("起算日期", null=True, blank=True)
    deadline = models.OneToOneField(
        Deadline,
        verbose_name="整改时限",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="item",
    )
    turn = models.OneToOneField(
        Deadline,
        verbose_name="本环节时限",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="turn_of",
    )
    registered_at, registered_by = _stamp("registered", "登记")
    assigned_at, assigned_by = _stamp("assigned", "转办")
    accepted_at, accepted_by = _stamp("accepted", "签收")
    signed_at, signed_by = _stamp("signed", "审签")
    applied_at, applied_by = _stamp("applied", "申请销号")
    reviewed_at, reviewed_by = _stamp("reviewed", "单位审核")
    closed_at, closed_by = _stamp("closed", "销号")
    is_review_waived = models.BooleanField("免单位审核", default=False)
    was_declined = models.BooleanField("已退回过转办", default=False)
    was_late = models.BooleanField("曾逾期申请", default=False)
    return_count = models.PositiveIntegerField("退回重办次数", default=0)
    merged_into = models.ForeignKey(
        "self",
        verbose_name="并入",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_items",
    )
    waiver_reason = models.CharField("免核验原因", max_length=200, blank=True)
    verification = models.OneToOneField(
        "issues.Verification",
        verbose_name="现行核验",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # The original date as 批量顺延 moved it: an event outside everybody's power is no extension (contract §7.6).
    fair_due_on = models.DateField("原定时限（批量顺延后）", null=True, blank=True)
    # Named by a 移交; empty as long as the person of the measure is responsible.
    person = models.ForeignKey(
        Person,
        verbose_name="责任人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ledger_items",
    )

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改台账"
        indexes = [
            models.Index(fields=["campaign", "state"], name="ledgeritem_state"),
            models.Index(fields=["responsible_unit", "state"], name="ledgeritem_unit_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="ledgeritem_one_finding",
                condition=Q(problem__isnull=False, demand__isnull=True)
                | Q(problem__isnull=True, demand__isnull=False),
                violation_error_message="一条台账只对应一个问题或一个需求。",
            ),
            known_value(
                "state", LedgerState.values, name="ledgeritem_state_known", message="台账状态不正确。"
            ),
            known_value(
                "rectify_kind",
                ["", *RectifyKind.values],
                name="ledgeritem_kind_known",
                message="整改类型不正确。",
            ),
            *[
                both_or_neither(
                    f"{stamp}_at",
                    f"{stamp}_by",
                    name=f"ledgeritem_{stamp}_whole",
                    message=f"{label}的人和时间要么都有，要么都没有。",
                )
                for stamp, label in (
                    ("registered", "登记"),
                    ("assigned", "转办"),
                    ("accepted", "签收"),
                    ("signed", "审签"),
                    ("applied", "申请销号"),
                    ("reviewed", "单位审核"),
                    ("closed", "销号"),
                )
            ],
            models.CheckConstraint(
                name="ledgeritem_registered",
                condition=Q(registered_at__isnull=False),
                violation_error_message="台账要有登记人和登记时间。",
            ),
            set_exactly_in(
                "applied_at",
                [S.APPLIED, S.REVIEWED, S.CLOSED],
                free_in=SIDE_STATES,
                name="ledgeritem_applied_iff",
                message="只有已申请销号的台账才有申请时间。",
            ),
            set_exactly_in(
                "closed_at",
                [S.CLOSED],
                name="ledgeritem_closed_iff",
                message="只有已销号的台账才有销号时间。",
            ),
            set_exactly_in(
                "merged_into",
                [S.MERGED],
                name="ledgeritem_merged_iff",
                message="并案办理的台账要写明并入哪一条。",
            ),
            models.CheckConstraint(
                name="ledgeritem_reviewed_iff",
                condition=Q(state__in=SIDE_STATES)
                | Q(reviewed_at__isnull=True, state__in=[*_BEFORE_RECTIFYING, S.RECTIFYING, S.APPLIED])
                | Q(reviewed_at__isnull=False, state__in=[S.REVIEWED, S.CLOSED])
                | Q(is_review_waived=True, state__in=[S.REVIEWED, S.CLOSED]),
                violation_error_message="单位审核通过（或免审核）后才能进入销号审核。",
            ),
            models.CheckConstraint(
                name="ledgeritem_signed_before_rectify",
                condition=~Q(state__in=[S.RECTIFYING, S.APPLIED]) | Q(signed_at__isnull=False),
                violation_error_message="整改措施经主要负责人审签后才能进入整改。",
            ),
            models.CheckConstraint(
                name="ledgeritem_has_due_date",
                condition=~Q(state__in=[S.RECTIFYING, S.APPLIED])
                | Q(rectify_kind=RectifyKind.LASTING)
                | Q(deadline__isnull=False),
                violation_error_message="整改中的台账要有整改时限。",
            ),
            models.CheckConstraint(
                name="ledgeritem_staged_is_lasting",
                condition=~Q(state=S.STAGED) | Q(rectify_kind=RectifyKind.LASTING),
                violation_error_message="只有长期坚持的台账才能认定阶段性完成。",
            ),
            in_order(
                "registered_at",
                "assigned_at",
                name="ledgeritem_registered_first",
                message="转办时间不能早于登记时间。",
            ),
            in_order(
                "assigned_at",
                "accepted_at",
                name="ledgeritem_assigned_first",
                message="签收时间不能早于转办时间。",
            ),
            in_order(
                "registered_at",
                "signed_at",
                name="ledgeritem_signed_later",
                message="审签时间不能早于登记时间。",
            ),
            # 立行立改 waits for no signature: it is signed in the next batch, also after it was done (contract §7.2).
            models.CheckConstraint(
                name="ledgeritem_signed_first",
                condition=Q(rectify_kind=RectifyKind.QUICK)
                | Q(signed_at__isnull=True)
                | Q(applied_at__isnull=True)
                | Q(applied_at__gte=F("signed_at")),
                violation_error_message="申请销号时间不能早于审签时间。",
            ),
            in_order(
                "applied_at",
                "reviewed_at",
                name="ledgeritem_applied_first",
                message="单位审核时间不能早于申请时间。",
            ),
            in_order(
                "reviewed_at",
                "closed_at",
                name="ledgeritem_reviewed_first",
                message="销号时间不能早于单位审核时间。",
            ),
            in_order(
                "applied_at",
                "closed_at",
                name="ledgeritem_closed_last",
                message="销号时间不能早于申请时间。",
            ),
            in_order(
                "found_on", "starts_on", name="ledgeritem_found_first", message="起算日期不能早于发现日期。"
            ),
            differ(
                "applied_by",
                "reviewed_by",
                name="ledgeritem_reviewer_other",
                message="申请人不能审核自己的申请。",
            ),
            differ(
                "applied_by", "closed_by", name="ledgeritem_closer_other", message="申请人不能给自己销号。"
            ),
            differ(
                "reviewed_by",
                "closed_by",
                name="ledgeritem_closer_not_reviewer",
                message="单位审核人不能再作销号审核。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("ledger_detail", args=[self.pk])

    @property
    def look_back_url(self) -> str:
        """Where somebody other than the applicant walks again (contract §7.4)."""
        return reverse("look_back", args=[self.pk])

    @property
    def finding(self) -> Problem | Demand:
        """The problem or demand this item stands for."""
        return self.problem if self.problem_id else self.demand

    @property
    def is_quick(self) -> bool:
        return self.rectify_kind == RectifyKind.QUICK
