"""解决措施清单: what will be done, its dated steps, and which findings it answers. No state, as the other two lists."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.ground.constraints import known_value, not_empty
from campaigns.models import Campaign, Deadline, Organization, Person, StoredFile, User
from issues.enums import RectifyKind
from issues.models.lists import Demand, Problem
from issues.querysets import MeasureQuerySet


def _not_negative(field: str) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})


class Measure(models.Model):
    """解决措施清单: what will be done (domain.md §1.4). One measure may answer several problems and demands."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="measures")
    number = models.CharField("措施编号", max_length=60, unique=True)
    reporting_unit = models.ForeignKey(
        Organization, verbose_name="填报单位", on_delete=models.PROTECT, related_name="written_measures"
    )
    problems = models.ManyToManyField(
        Problem, through="MeasureProblem", verbose_name="对应问题", related_name="measures"
    )
    demands = models.ManyToManyField(
        Demand, through="MeasureDemand", verbose_name="对应需求", related_name="measures"
    )
    text = models.TextField("解决措施", max_length=2000)
    rectify_kind = models.CharField("整改类型", max_length=8, choices=RectifyKind)
    lead_unit = models.ForeignKey(
        Organization, verbose_name="牵头单位", on_delete=models.PROTECT, related_name="led_measures"
    )
    helper_units = models.ManyToManyField(
        Organization, verbose_name="配合单位", blank=True, related_name="measures_to_help"
    )
    leader = models.CharField("责任领导", max_length=50, blank=True)
    person = models.ForeignKey(
        Person,
        verbose_name="责任人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
    )
    person_text = models.CharField("责任人（其他）", max_length=50, blank=True)
    due_on = models.DateField("整改时限", null=True, blank=True)
    steps_before = models.PositiveIntegerField("环节前", null=True, blank=True)
    steps_after = models.PositiveIntegerField("环节后", null=True, blank=True)
    documents_before = models.PositiveIntegerField("材料前", null=True, blank=True)
    documents_after = models.PositiveIntegerField("材料后", null=True, blank=True)
    days_before = models.PositiveIntegerField("时限前", null=True, blank=True)
    days_after = models.PositiveIntegerField("时限后", null=True, blank=True)
    trips_before = models.PositiveIntegerField("跑动前", null=True, blank=True)
    trips_after = models.PositiveIntegerField("跑动后", null=True, blank=True)
    fee_before = models.DecimalField("费用前", max_digits=12, decimal_places=2, null=True, blank=True)
    fee_after = models.DecimalField("费用后", max_digits=12, decimal_places=2, null=True, blank=True)
    result_kinds = models.JSONField("成果类型", default=list, blank=True)
    institution = models.CharField("制度名称", max_length=200, blank=True)
    institution_number = models.CharField("制度文号", max_length=100, blank=True)
    institution_issued_on = models.DateField("印发日期", null=True, blank=True)
    institution_file = models.ForeignKey(
        StoredFile,
        verbose_name="制度文件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.CharField("备注", max_length=500, blank=True)
    written_at = models.DateTimeField("填写时间")
    written_by = models.ForeignKey(User, verbose_name="填写人", on_delete=models.PROTECT, related_name="+")

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "解决措施"
        constraints = [
            known_value(
                "rectify_kind", RectifyKind.values, name="measure_kind_known", message="整改类型不正确。"
            ),
            not_empty("text", name="measure_said", message="请写明解决措施。"),
            models.CheckConstraint(
                name="measure_institution_whole",
                condition=Q(institution_issued_on__isnull=True, institution_file__isnull=True)
                | Q(institution_issued_on__isnull=False, institution_file__isnull=False)
                & ~Q(institution="")
                & ~Q(institution_number=""),
                violation_error_message="长效机制要有制度名称、文号、印发日期和文件。",
            ),
            models.CheckConstraint(
                name="measure_fees_not_negative",
                condition=_not_negative("fee_before") & _not_negative("fee_after"),
                violation_error_message="费用不能为负数。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("measure_detail", args=[self.pk])

    @property
    def has_institution(self) -> bool:
        """长效机制 counts with 制度名称, 文号, 印发日期 and the file (contract §7.9)."""
        return self.institution_file_id is not None

    @property
    def person_label(self) -> str:
        return self.person.name if self.person_id else self.person_text


class MeasureProblem(models.Model):
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="+")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "措施对应问题"
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "problem"],
                name="measureproblem_once",
                violation_error_message="该措施已对应这个问题。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure}→{self.problem}"


class MeasureDemand(models.Model):
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="+")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "措施对应需求"
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "demand"],
                name="measuredemand_once",
                violation_error_message="该措施已对应这个需求。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure}→{self.demand}"


class MeasureStep(models.Model):
    """One dated step of a measure (四: 明确整改时限和步骤); it owns its Deadline once the plan is signed."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="steps")
    sequence = models.PositiveIntegerField("序号")
    text = models.CharField("步骤", max_length=500)
    person_text = models.CharField("责任人", max_length=50, blank=True)
    due_on = models.DateField("完成时限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    deadline = models.OneToOneField(
        Deadline, null=True, blank=True, on_delete=models.PROTECT, related_name="measure_step"
    )

    class Meta:
        verbose_name = verbose_name_plural = "整改步骤"
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "sequence"],
                name="measurestep_numbered_once",
                violation_error_message="步骤序号重复。",
            ),
            not_empty("text", name="measurestep_said", message="请写明步骤。"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.text}"
