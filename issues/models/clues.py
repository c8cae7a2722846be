"""疑点: what a rule struck, what the unit said to it, what 督查室 decided and did; and how heavy a rule is (五(三))."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, in_order, known_value, not_empty
from campaigns.models import Campaign, Deadline, Organization, User, WalkSession
from issues.clue_querysets import ClueOutcomeQuerySet, ClueQuerySet
from issues.enums import ClueAct, ClueOutcomeKind, ClueState

_DECIDED = [ClueState.TRUE, ClueState.DISMISSED]


class Clue(models.Model):
    """One rule's hit on one walk: a lead, never a verdict. 督查室 verifies, the unit explains (情况说明).

    `facts`: `because` (a sentence) and `others` (登记编号 of the walks it was seen with).
    """

    rule = models.CharField("规则", max_length=20)
    session = models.ForeignKey(
        WalkSession, verbose_name="走流程登记", on_delete=models.PROTECT, related_name="clues"
    )
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2)
    facts = models.JSONField("事实", default=dict)
    state = models.CharField("状态", max_length=10, choices=ClueState, default=ClueState.RAISED)
    raised_on = models.DateField("提示日期")
    asked_at = models.DateTimeField("要求说明时间", null=True, blank=True)
    asked_by = models.ForeignKey(
        User, verbose_name="要求说明人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    question = models.CharField("要求说明的问题", max_length=500, blank=True)
    deadline = models.OneToOneField(
        Deadline,
        verbose_name="说明时限",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="clue",
    )
    explanation = models.TextField("情况说明", max_length=2000, blank=True)
    answered_at = models.DateTimeField("说明时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, verbose_name="说明人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="核实人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_note = models.CharField("核实意见", max_length=500, blank=True)
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)
    withdrawal_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = ClueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "疑点"
        indexes = [models.Index(fields=["state", "rule"], name="clue_state_rule")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "session"],
                name="clue_once_per_rule",
                violation_error_message="同一走流程的同一疑点只提示一次。",
            ),
            known_value("state", ClueState.values, name="clue_state_known", message="疑点状态不正确。"),
            models.CheckConstraint(
                name="clue_weight_counts",
                condition=Q(weight__gt=0),
                violation_error_message="疑点权重要大于零。",
            ),
            both_or_neither(
                "asked_at",
                "asked_by",
                name="clue_asked_whole",
                message="要求说明的人和时间要么都有，要么都没有。",
            ),
            both_or_neither(
                "answered_at",
                "answered_by",
                name="clue_answered_whole",
                message="说明人和说明时间要么都有，要么都没有。",
            ),
            both_or_neither(
                "decided_at",
                "decided_by",
                name="clue_decision_whole",
                message="核实人和核实时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="clue_asked_first",
                condition=~Q(state__in=[ClueState.ASKED, ClueState.ANSWERED]) | Q(asked_at__isnull=False),
                violation_error_message="待说明、已说明的疑点要有要求说明的人和时间。",
            ),
            models.CheckConstraint(
                name="clue_asked_has_deadline",
                condition=Q(asked_at__isnull=True, deadline__isnull=True)
                | Q(asked_at__isnull=False, deadline__isnull=False),
                violation_error_message="要求说明的疑点要有说明时限。",
            ),
            models.CheckConstraint(
                name="clue_answer_said",
                condition=Q(answered_at__isnull=True, explanation="")
                | (Q(answered_at__isnull=False) & ~Q(explanation="")),
                violation_error_message="情况说明要有内容、说明人和说明时间。",
            ),
            models.CheckConstraint(
                name="clue_answered_iff",
                condition=~Q(state=ClueState.ANSWERED) | Q(answered_at__isnull=False),
                violation_error_message="已说明的疑点要有情况说明。",
            ),
            models.CheckConstraint(
                name="clue_decided_iff",
                condition=Q(state__in=_DECIDED, decided_at__isnull=False) & ~Q(decision_note="")
                | (~Q(state__in=_DECIDED) & Q(decided_at__isnull=True)),
                violation_error_message="属实或排除都要写明核实意见。",
            ),
            models.CheckConstraint(
                name="clue_true_was_asked",
                condition=~Q(state=ClueState.TRUE) | Q(asked_at__isnull=False),
                violation_error_message="认定属实前要先听取单位的情况说明。",
            ),
            models.CheckConstraint(
                name="clue_withdrawn_iff",
                condition=(
                    Q(state=ClueState.WITHDRAWN, withdrawn_on__isnull=False) & ~Q(withdrawal_reason="")
                )
                | (~Q(state=ClueState.WITHDRAWN) & Q(withdrawn_on__isnull=True, withdrawal_reason="")),
                violation_error_message="撤销疑点要有日期和原因。",
            ),
            in_order(
                "asked_at",
                "answered_at",
                name="clue_asked_before",
                message="情况说明不能早于要求说明的时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.rule}"

    def get_absolute_url(self) -> str:
        return reverse("clue_detail", args=[self.pk])


class ClueEntry(models.Model):
    """The history of a clue: every act in order. `by` is empty where the daily run did it."""

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="entries")
    act = models.CharField("动作", max_length=10, choices=ClueAct)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        User, verbose_name="办理人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("说明", max_length=2000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑点办理记录"
        constraints = [
            known_value("act", ClueAct.values, name="clueentry_act_known", message="疑点动作不正确。")
        ]

    def __str__(self) -> str:
        return f"{self.clue} {self.get_act_display()}"


class ClueOutcome(models.Model):
    """What followed a clue that proved true: 约谈, 通报 or 移送. A restricted register: only 督查室 in reach reads it."""

    clue = models.ForeignKey(Clue, verbose_name="疑点", on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField("处理方式", max_length=10, choices=ClueOutcomeKind)
    document_number = models.CharField("文号", max_length=60, blank=True)
    on = models.DateField("处理日期")
    note = models.CharField("处理情况", max_length=500)
    entered_at = models.DateTimeField("登记时间")
    entered_by = models.ForeignKey(User, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")

    objects = ClueOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "疑点处理"
        constraints = [
            known_value(
                "kind", ClueOutcomeKind.values, name="clueoutcome_kind_known", message="处理方式不正确。"
            ),
            models.CheckConstraint(
                name="clueoutcome_has_number",
                condition=Q(kind=ClueOutcomeKind.TALK) | ~Q(document_number=""),
                violation_error_message="通报和移送要填写文号。",
            ),
            not_empty("note", name="clueoutcome_said", message="请写明处理情况。"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document_number}"


class ClueSetting(models.Model):
    """How heavy a rule is in one campaign, from when, by whom and why. Never changed: the newest row counts.

    `rule` is a key of issues.clues.RULES, or THRESHOLD for the sum from which a walk is put before 督查.
    """

    THRESHOLD = "threshold"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="clue_settings")
    rule = models.CharField("规则", max_length=20)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2, validators=[MinValueValidator(1)])
    is_on = models.BooleanField("启用", default=True)
    reason = models.CharField("理由", max_length=200)
    set_at = models.DateTimeField("时间")
    set_by = models.ForeignKey(User, verbose_name="设置人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "疑点规则设置"
        indexes = [models.Index(fields=["campaign", "rule", "set_at"], name="cluesetting_latest")]
        constraints = [
            models.CheckConstraint(
                name="cluesetting_weight_counts",
                condition=Q(weight__gt=0),
                violation_error_message="权重要大于零；不用的规则请停用。",
            ),
            not_empty("reason", name="cluesetting_reason", message="请写明调整理由。"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.weight}"


class HallHours(models.Model):
    """When a hall is open where it isn't the usual 08:30–17:30 of working days (contract §6)."""

    organization = models.OneToOneField(
        Organization, verbose_name="被体验单位", on_delete=models.PROTECT, related_name="hall_hours"
    )
    opens_at = models.TimeField("开门时间")
    closes_at = models.TimeField("关门时间")
    opens_on_rest_days = models.BooleanField("休息日开放", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "大厅办公时间"
        constraints = [
            models.CheckConstraint(
                name="hallhours_in_order",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message="关门时间要晚于开门时间。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization.label} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"
