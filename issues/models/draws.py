"""抽查: a 督查方案, its published seed, the list that seed gives, and what two inspectors signed."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.ground.constraints import both_or_neither, differ, in_order, known_value
from campaigns.models import Campaign, Organization, Person, User
from issues.enums import DrawOutcome
from issues.models.ledger import LedgerItem
from issues.querysets import DrawQuerySet


class Draw(models.Model):
    """抽查: first the 督查方案 with its group and a published seed, then the list that seed gives.

    The same seed and population give the same list on any machine; `snapshot` holds the population as it was (issues.sampling.population_text).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="draws")
    organization = models.ForeignKey(
        Organization, verbose_name="抽查范围", on_delete=models.PROTECT, related_name="draws"
    )
    number = models.CharField("抽查编号", max_length=60, unique=True)
    title = models.CharField("方案名称", max_length=100)
    content = models.TextField("督查内容", max_length=2000, blank=True)
    approval = models.CharField("批准人和文号", max_length=100, blank=True)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    leader = models.ForeignKey(
        Person, verbose_name="组长", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    members = models.ManyToManyField(Person, verbose_name="成员", blank=True, related_name="draw_groups")
    count = models.PositiveIntegerField("抽取条数")
    seed = models.CharField("种子", max_length=100)
    seed_published_at = models.DateTimeField("种子公布时间")
    planned_by = models.ForeignKey(User, verbose_name="拟订人", on_delete=models.PROTECT, related_name="+")
    weights = models.JSONField("权重", default=dict)
    population = models.PositiveIntegerField("总体数", null=True, blank=True)
    population_sha256 = models.CharField("总体指纹", max_length=64, blank=True)
    snapshot = models.TextField("总体快照", blank=True)
    drawn_at = models.DateTimeField("抽取时间", null=True, blank=True)
    drawn_by = models.ForeignKey(
        User, verbose_name="抽取人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DrawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽查"
        constraints = [
            both_or_neither(
                "drawn_at",
                "drawn_by",
                name="draw_drawn_whole",
                message="抽取人和抽取时间要么都有，要么都没有。",
            ),
            both_or_neither(
                "drawn_at", "population", name="draw_population_iff_drawn", message="抽取时要记下总体数。"
            ),
            models.CheckConstraint(
                name="draw_fingerprint_iff_drawn",
                condition=Q(drawn_at__isnull=True, population_sha256="")
                | (Q(drawn_at__isnull=False) & ~Q(population_sha256="")),
                violation_error_message="抽取时要记下总体指纹。",
            ),
            models.CheckConstraint(
                name="draw_seed_published_first",
                condition=Q(drawn_at__isnull=True) | Q(drawn_at__gte=F("seed_published_at")),
                violation_error_message="种子要先公布，再抽取。",
            ),
            models.CheckConstraint(
                name="draw_asks_for_something",
                condition=Q(count__gte=1) & ~Q(seed=""),
                violation_error_message="抽取条数至少为 1，种子不能为空。",
            ),
            in_order("starts_on", "ends_on", name="draw_days_in_order", message="结束日期不能早于开始日期。"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("draw_detail", args=[self.pk])

    @property
    def is_drawn(self) -> bool:
        return self.drawn_at is not None


class DrawItem(models.Model):
    """An item that was drawn, its chance and why, who checks it (two, none of them from the units concerned)."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(LedgerItem, on_delete=models.PROTECT, related_name="draw_items")
    chance = models.PositiveIntegerField("入选机会（十亿分之）", default=0)
    reasons = models.JSONField("权重构成", default=list)
    first = models.ForeignKey(
        Person, verbose_name="督查人员甲", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second = models.ForeignKey(
        Person, verbose_name="督查人员乙", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField("督查结论", max_length=10, choices=DrawOutcome, blank=True)
    note = models.TextField("督查情况", max_length=1000, blank=True)
    checked_at = models.DateTimeField("检查时间", null=True, blank=True)
    checked_by = models.ForeignKey(
        User, verbose_name="检查人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField("复核签字时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, verbose_name="复核人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "抽中台账"
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "item"],
                name="drawitem_once",
                violation_error_message="同一次抽查中一条台账只能抽中一次。",
            ),
            known_value(
                "outcome",
                ["", *DrawOutcome.values],
                name="drawitem_outcome_known",
                message="督查结论不正确。",
            ),
            both_or_neither(
                "checked_at",
                "checked_by",
                name="drawitem_checked_whole",
                message="检查人和检查时间要么都有，要么都没有。",
            ),
            both_or_neither(
                "confirmed_at",
                "confirmed_by",
                name="drawitem_confirmed_whole",
                message="复核人和复核时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="drawitem_outcome_iff_checked",
                condition=Q(outcome="", checked_at__isnull=True)
                | (~Q(outcome="") & ~Q(note="") & Q(checked_at__isnull=False)),
                violation_error_message="督查结论要写明情况，并有检查人和检查时间。",
            ),
            models.CheckConstraint(
                name="drawitem_checked_first",
                condition=Q(confirmed_at__isnull=True)
                | Q(checked_at__isnull=False, confirmed_at__gte=F("checked_at")),
                violation_error_message="先有检查结论，再复核签字。",
            ),
            differ(
                "checked_by", "confirmed_by", name="drawitem_two_sign", message="检查和复核要由两个人签字。"
            ),
            differ("first", "second", name="drawitem_two_people", message="两名督查人员不能是同一人。"),
        ]

    def __str__(self) -> str:
        return f"{self.draw} {self.item}"
