"""走流程: a session (never plain `Session`), who came along, its steps, points, cases and evidence."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.enums import (
    Channel,
    CheckVerdict,
    EntryKind,
    SessionMode,
    SessionState,
    StepKind,
    StepResult,
    Verdict,
)
from campaigns.ground.constraints import both_or_neither, in_order, known_value
from campaigns.ground.files import StoredFile
from campaigns.ground.secret import SecretField
from campaigns.models.campaigns import Campaign
from campaigns.models.complaints import Complaint
from campaigns.models.matters import Category, Matter
from campaigns.models.organizations import Organization
from campaigns.models.people import Person, User
from campaigns.querysets import SessionQuerySet

_HELD = [SessionState.HELD, SessionState.CONFIRMED]


def _needs(mode: str, field: str, *, message: str) -> models.CheckConstraint:
    """A held walk of `mode` fills `field` (三、主要形式: what makes this form this form)."""
    return models.CheckConstraint(
        name=f"walksession_{mode.lower()}_{field}"[:30],
        condition=~Q(mode=mode) | Q(state=SessionState.DRAFT) | ~Q(**{field: ""}),
        violation_error_message=message,
    )


class WalkSession(models.Model):
    """One walk through one matter in one of the five forms (衡政办函〔2022〕16号 三)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="sessions")
    number = models.CharField("登记编号", max_length=60, unique=True)
    # One filled-in page makes one walk, however often it is sent.
    form_token = models.UUIDField("表单编号", null=True, blank=True, unique=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=SessionState, default=SessionState.DRAFT)
    reporting_unit = models.ForeignKey(
        Organization, verbose_name="填报单位", on_delete=models.PROTECT, related_name="reported_sessions"
    )
    walked_unit = models.ForeignKey(
        Organization, verbose_name="被体验单位", on_delete=models.PROTECT, related_name="walked_sessions"
    )
    walkers = models.ManyToManyField(Person, verbose_name="走流程人员", related_name="sessions")
    mode = models.CharField("体验形式", max_length=10, choices=SessionMode)
    channel = models.CharField("办理渠道", max_length=12, choices=Channel)
    is_simulated = models.BooleanField("是否模拟", default=False)
    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="sessions")
    place = models.CharField("地点", max_length=100, blank=True)
    window = models.CharField("窗口号", max_length=50, blank=True)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间")
    case_number = models.CharField("办件编号", max_length=60, blank=True)
    authorization_number = models.CharField("授权委托书编号", max_length=60, blank=True)
    accompanied = models.CharField("陪同对象", max_length=50, blank=True)
    accompanied_phone = SecretField("陪同对象联系电话", blank=True)
    work_order = models.CharField("工单编号", max_length=60, blank=True)
    complaint = models.ForeignKey(
        Complaint,
        verbose_name="对应工单",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sessions",
    )
    blocking_step = models.CharField("梗阻环节", max_length=12, choices=StepKind, blank=True)
    was_announced = models.BooleanField("是否事先告知", default=False)
    actual_steps = models.PositiveIntegerField("实际环节数", null=True, blank=True)
    actual_documents = models.PositiveIntegerField("实际材料数", null=True, blank=True)
    actual_days = models.PositiveIntegerField("实际天数", null=True, blank=True)
    actual_trips = models.PositiveIntegerField("实际跑动次数", null=True, blank=True)
    actual_fee = models.DecimalField("实际费用", max_digits=12, decimal_places=2, null=True, blank=True)
    asks_clear = models.CharField("问明白", max_length=8, choices=Verdict, blank=True)
    runs_clear = models.CharField("跑明白", max_length=8, choices=Verdict, blank=True)
    done_clear = models.CharField("办明白", max_length=8, choices=Verdict, blank=True)
    narrative = models.TextField("体验情况", blank=True, max_length=4000)
    # The steps once more, as campaigns.process_ways tells them: maps of many walks are drawn from these.
    way = models.TextField("环节顺序", blank=True, editable=False)
    way_minutes = models.TextField("各环节分钟", blank=True, editable=False)
    held_on = models.DateField("走流程日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, verbose_name="填报人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("填报时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, verbose_name="确认人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField("本人确认时间", null=True, blank=True)

    entry = models.CharField("录入方式", max_length=8, choices=EntryKind, default=EntryKind.DESK)
    # 现场记录: what the phone sent (its frozen body), its own clock and ours at that moment.
    body_sha256 = models.CharField("现场记录指纹", max_length=64, blank=True)
    device_sent_at = models.DateTimeField("手机时间", null=True, blank=True)
    synced_at = models.DateTimeField("上传时间", null=True, blank=True)
    authorized_by = models.CharField("委托人", max_length=50, blank=True)
    authorized_until = models.DateField("委托期限", null=True, blank=True)
    authorization_file = models.ForeignKey(
        StoredFile,
        verbose_name="授权委托书",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    accompanied_consented = models.BooleanField("陪同对象同意留存电话", default=False)
    accompanied_purpose = models.CharField("电话用途", max_length=100, blank=True)
    accompanied_purge_on = models.DateField("电话清除日期", null=True, blank=True)
    # A confirmed walk is frozen: a correction is a new version that names the old one, says why, by whom and when.
    corrects = models.OneToOneField(
        "self",
        verbose_name="更正的登记",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )
    correction_reason = models.CharField("更正原因", max_length=200, blank=True)
    amended_by = models.ForeignKey(
        User, verbose_name="更正人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amended_at = models.DateTimeField("更正时间", null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走流程登记"
        indexes = [
            models.Index(fields=["campaign", "held_on"], name="walksession_held_on"),
            models.Index(fields=["matter", "held_on"], name="walksession_matter_held"),
        ]
        constraints = [
            known_value("state", SessionState.values, name="walksession_state_known", message="状态不正确。"),
            known_value(
                "mode", SessionMode.values, name="walksession_mode_known", message="体验形式不正确。"
            ),
            known_value(
                "channel", Channel.values, name="walksession_channel_known", message="办理渠道不正确。"
            ),
            models.CheckConstraint(
                name="walksession_ends_after_start",
                condition=Q(ended_at__gte=F("started_at")),
                violation_error_message="结束时间不能早于开始时间。",
            ),
            models.CheckConstraint(
                name="walksession_held_iff_stamped",
                condition=Q(
                    state__in=_HELD,
                    held_on__isnull=False,
                    recorded_by__isnull=False,
                    recorded_at__isnull=False,
                )
                | Q(state=SessionState.DRAFT, held_on__isnull=True, recorded_at__isnull=True),
                violation_error_message="已登记的走流程要有走流程日期、填报人和填报时间。",
            ),
            both_or_neither(
                "confirmed_by",
                "confirmed_at",
                name="walksession_confirm_whole",
                message="本人确认的人和时间要么都有，要么都没有。",
            ),
            models.CheckConstraint(
                name="walksession_confirmed_iff",
                condition=Q(state=SessionState.CONFIRMED, confirmed_at__isnull=False)
                | (~Q(state=SessionState.CONFIRMED) & Q(confirmed_at__isnull=True)),
                violation_error_message="只有本人已确认的走流程才有确认时间。",
            ),
            in_order(
                "recorded_at",
                "confirmed_at",
                name="walksession_recorded_first",
                message="本人确认不能早于填报。",
            ),
            known_value(
                "entry", EntryKind.values, name="walksession_entry_known", message="录入方式不正确。"
            ),
            models.CheckConstraint(
                name="walksession_correction_reason",
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
                violation_error_message="更正要写明原因。",
            ),
            both_or_neither(
                "amended_by",
                "amended_at",
                name="walksession_amended_whole",
                message="更正人和更正时间要么都有，要么都没有。",
            ),
            both_or_neither(
                "corrects",
                "amended_at",
                name="walksession_amended_iff",
                message="更正要有更正人和更正时间。",
            ),
            models.CheckConstraint(
                name="walksession_way_whole",
                condition=Q(way="", way_minutes="") | (~Q(way="") & ~Q(way_minutes="")),
                violation_error_message="环节顺序和各环节分钟要么都有，要么都没有。",
            ),
            _needs(SessionMode.AGENT, "authorization_number", message="帮代办要填写授权委托书编号。"),
            _needs(SessionMode.ACCOMPANY, "accompanied", message="陪同办要填写陪同对象。"),
            _needs(SessionMode.WINDOW, "window", message="坐窗办要填写窗口号。"),
            _needs(SessionMode.BACKWARD, "work_order", message="倒推办要填写工单编号。"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("walk_detail", args=[self.pk])


class Companion(models.Model):
    """Somebody who came along (同行人员)."""

    session = models.ForeignKey(WalkSession, on_delete=models.CASCADE, related_name="companions")
    name = models.CharField("姓名", max_length=50)
    title = models.CharField("职务", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "同行人员"

    def __str__(self) -> str:
        return self.name


class SessionStep(models.Model):
    """One step of a walk, with its times; waiting is kept apart from handling."""

    session = models.ForeignKey(WalkSession, on_delete=models.CASCADE, related_name="steps")
    sequence = models.PositiveIntegerField("序号")
    kind = models.CharField("环节", max_length=12, choices=StepKind)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间")
    waiting_minutes = models.PositiveIntegerField("等待分钟", null=True, blank=True)
    result = models.CharField("结果", max_length=12, choices=StepResult, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "环节"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "sequence"],
                name="sessionstep_numbered_once",
                violation_error_message="环节序号重复。",
            ),
            known_value("kind", StepKind.values, name="sessionstep_kind_known", message="环节不正确。"),
            models.CheckConstraint(
                name="sessionstep_ends_after_start",
                condition=Q(ended_at__gte=F("started_at")),
                violation_error_message="环节的结束时间不能早于开始时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.get_kind_display()}"

    @property
    def minutes(self) -> int:
        return int((self.ended_at - self.started_at).total_seconds() // 60)


class CheckPoint(models.Model):
    """The verdict on one of the 32 points; a point without a row is 未查."""

    session = models.ForeignKey(WalkSession, on_delete=models.CASCADE, related_name="checkpoints")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="checkpoints")
    verdict = models.CharField("结论", max_length=16, choices=CheckVerdict)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "要点"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "category"],
                name="checkpoint_once",
                violation_error_message="同一要点只能填写一次。",
            ),
            known_value(
                "verdict", CheckVerdict.values, name="checkpoint_verdict_known", message="要点结论不正确。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.get_verdict_display()}"


class SessionCase(models.Model):
    """A case handled at the window during a 坐窗办 walk (办件)."""

    session = models.ForeignKey(WalkSession, on_delete=models.CASCADE, related_name="cases")
    case_number = models.CharField("办件编号", max_length=60)
    matter = models.ForeignKey(
        Matter, null=True, blank=True, verbose_name="事项", on_delete=models.PROTECT, related_name="+"
    )
    minutes = models.PositiveIntegerField("用时分钟", null=True, blank=True)
    result = models.CharField("结果", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "case_number"],
                name="sessioncase_once",
                violation_error_message="同一办件只能填写一次。",
            )
        ]

    def __str__(self) -> str:
        return self.case_number


class Evidence(models.Model):
    """A file or note that supports a walk. Photos are optional everywhere (contract §9)."""

    session = models.ForeignKey(WalkSession, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField("说明", max_length=200, blank=True)
    client_id = models.UUIDField("手机端编号", null=True, blank=True, unique=True)
    phash = models.CharField("感知指纹", max_length=16, blank=True, db_index=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "file"],
                name="evidence_once",
                violation_error_message="该材料已经上传。",
            )
        ]

    def __str__(self) -> str:
        return self.caption or str(self.file)
