"""sessions: the walk register, one record a walk with its steps, points and cases (contract §6)."""

from collections.abc import Iterator
from typing import Any

from campaigns.enums import Channel, SessionMode, SessionState, Verdict
from campaigns.models import WalkSession
from campaigns.modes import missing_facts
from campaigns.places import Places
from campaigns.resources.complaints import check_not_to_come
from campaigns.resources.session_parts import EXAMPLE_NUMBER, CasePart, PointPart, StepPart
from campaigns.resources.session_people import Belonging, gathered
from campaigns.resources.shape import CHUNK, Directory, Draft, SheetField, SheetResource
from campaigns.resources.walk_widgets import Companions, PhotoMarks
from campaigns.resources.widgets import (
    Choice,
    Moment,
    Money,
    Name,
    Number,
    Reference,
    References,
    Text,
    Whole,
    YesNo,
)


class SessionResource(SheetResource):
    """One row a walk. What a form asks for beyond the starred columns stands in campaigns.modes.

    History is taken as it is: no 办件 is demanded, nobody is refused for having been in two places (that is a clue).
    """

    kind, title, sheet = "sessions", "走流程登记表", "登记表"
    order_by, keys = ("number",), ("number",)
    parts = (StepPart, PointPart, CasePart)
    needs_campaign = True

    number = SheetField("登记编号", Number(60), "number", required=True, width=26, example=EXAMPLE_NUMBER)
    reporting_unit = SheetField(
        "填报单位编码",
        Reference("organization"),
        "reporting_unit__code",
        required=True,
        width=18,
        example="430400-999",
        note="填编码或单位全称。",
    )
    walkers = SheetField(
        "走流程人员编号",
        References("person"),
        required=True,
        width=20,
        example="430400-999-01",
        note="填人员编号或不重名的姓名，可填多个，用顿号隔开。",
    )
    companions = SheetField(
        "同行人员",
        Companions(),
        width=20,
        example="王某(办公室主任)、李某",
        note="姓名(职务)，可填多个，用顿号隔开。",
    )
    mode = SheetField("体验形式", Choice(SessionMode), "mode", required=True, example="亲身办")
    channel = SheetField("办理渠道", Choice(Channel), "channel", required=True, width=20, example="线下窗口")
    is_simulated = SheetField("是否模拟", YesNo(), "is_simulated", example="否", note="新增时留空按“否”。")
    matter = SheetField(
        "事项编码",
        Reference("matter"),
        "matter__code",
        required=True,
        width=20,
        example="4304-SX-9999",
        note="填编码或事项全称。",
    )
    walked_unit = SheetField(
        "被体验单位编码",
        Reference("organization"),
        "walked_unit__code",
        width=18,
        note="新增时留空：该事项在当地的主管单位。",
    )
    place = SheetField("地点", Text(100), "place", width=20, example="市政务服务中心")
    window = SheetField("窗口号", Text(50), "window", note="坐窗办必填。")
    started_at = SheetField(
        "开始时间", Moment(), "started_at", required=True, width=18, example="2022-05-20 09:00"
    )
    ended_at = SheetField(
        "结束时间", Moment(), "ended_at", required=True, width=18, example="2022-05-20 10:30"
    )
    recorded_at = SheetField(
        "填报时间", Moment(), "recorded_at", required=True, width=18, example="2022-05-20 15:00"
    )
    recorder = SheetField(
        "填报人账号",
        Reference("account"),
        "recorded_by__username",
        width=18,
        note="新增时留空：导入的账号。",
    )
    case_number = SheetField("办件编号", Number(60), "case_number", width=22)
    authorization_number = SheetField(
        "授权委托书编号", Number(60), "authorization_number", width=18, note="帮代办必填。"
    )
    accompanied = SheetField("陪同对象", Name(50), "accompanied", note="陪同办必填，只写称谓。")
    work_order = SheetField("工单编号", Number(60), "work_order", width=18, note="倒推办必填。")
    was_announced = SheetField("是否事先告知", YesNo(), "was_announced", note="新增时留空按“否”。")
    actual_steps = SheetField("实际环节数", Whole(), "actual_steps", example="5")
    actual_documents = SheetField("实际材料数", Whole(), "actual_documents", example="6")
    actual_days = SheetField("实际天数", Whole(), "actual_days", example="3")
    actual_trips = SheetField("实际跑动次数", Whole(), "actual_trips", example="1")
    actual_fee = SheetField("实际费用", Money(), "actual_fee", example="0")
    asks_clear = SheetField("问明白", Choice(Verdict), "asks_clear", width=10, example="能")
    runs_clear = SheetField("跑明白", Choice(Verdict), "runs_clear", width=10, example="部分")
    done_clear = SheetField("办明白", Choice(Verdict), "done_clear", width=10, example="能")
    narrative = SheetField(
        "体验情况", Text(4000), "narrative", required=True, width=50, example="从咨询到出件走完全部环节。"
    )
    photo_marks = SheetField(
        "照片指纹",
        PhotoMarks(),
        width=24,
        note="可填多个，用顿号隔开：sha256= 加 64 位十六进制数，phash= 加 16 位。没有照片就留空。",
    )

    class Meta:
        model = WalkSession
        import_id_fields = ("number",)
        fields = (
            "number",
            "reporting_unit",
            "walkers",
            "companions",
            "mode",
            "channel",
            "is_simulated",
            "matter",
            "walked_unit",
            "place",
            "window",
            "started_at",
            "ended_at",
            "recorded_at",
            "recorder",
            "case_number",
            "authorization_number",
            "accompanied",
            "work_order",
            "was_announced",
            "actual_steps",
            "actual_documents",
            "actual_days",
            "actual_trips",
            "actual_fee",
            "asks_clear",
            "runs_clear",
            "done_clear",
            "narrative",
            "photo_marks",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def stored_rows(self, keys: set[tuple] | None = None) -> Iterator[dict[str, Any]]:
        """All walks that count (no drafts, nothing a correction replaced), or every walk with one of `keys`.

        In chunks of 500 walks, each a dozen queries.
        """
        if keys is None:
            walks = WalkSession.objects.held().order_by(*self.order_by)
            numbers = list(walks.values_list("number", flat=True))
        else:
            numbers = sorted(key[0] for key in keys)
        paths = {name: column.attribute for name, column in self.columns().items() if column.attribute}
        for start in range(0, len(numbers), CHUNK):
            walks = WalkSession.objects.filter(number__in=numbers[start : start + CHUNK])
            rows = list(walks.order_by(*self.order_by).values("pk", "state", *paths.values()))
            pks = [row["pk"] for row in rows]
            lists = {**gathered(pks), **{part.name: part().rows_of(pks) for part in self.parts}}
            for row in rows:
                yield {
                    "pk": row["pk"],
                    "state": row["state"],
                    **{name: row[path] for name, path in paths.items()},
                    **{name: found.get(row["pk"], []) for name, found in lists.items()},
                }

    def check(self, draft: Draft) -> None:
        if not draft.is_changed:
            return
        values = draft.values
        if not values["walkers"]:
            draft.fault("walkers", "走流程人员编号必须填写。")
        if values["ended_at"] < values["started_at"]:
            draft.fault("ended_at", "结束时间不能早于开始时间。")
        check_not_to_come(self, draft, "ended_at", "结束时间")
        for need in missing_facts(values["mode"], values, values["cases"], imported=True):
            draft.fault(need.field, need.sentence)
        self._check_frozen(draft)

    def _check_frozen(self, draft: Draft) -> None:
        """After 本人确认 a walk stands; a draft is somebody's unfinished page."""
        state = draft.stored["state"] if draft.stored else ""
        changed = [name for name in draft.values if draft.stored and draft.changes(name)]
        if state == SessionState.CONFIRMED:
            labels = {name: column.column_name for name, column in self.columns().items()}
            labels |= {part.name: part.sheet for part in self.parts}
            told = "、".join(labels[name] for name in changed)
            draft.fault(
                changed[0] if changed[0] in self.columns() else "number",
                f"{draft.values['number']}已经本人确认，不能由表格修改（{told}与系统里的不同）；有误的请办理更正。",
            )
        elif state == SessionState.DRAFT:
            draft.fault("number", f"{draft.values['number']}是还没有提交的草稿，请在系统里提交。")

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        """被体验单位 left blank is found; walkers belong to the unit that reports them."""
        fresh = [draft for draft in drafts if not draft.faults and draft.is_changed]
        blank = [draft for draft in fresh if not draft.values["walked_unit"]]
        if blank:
            places = Places()
            for draft in blank:
                draft.values["walked_unit"] = places.walked_unit(
                    draft.values["matter"], draft.values["reporting_unit"]
                )
        moved = [draft for draft in fresh if draft.changes("walkers") or draft.changes("reporting_unit")]
        if moved:
            belonging = Belonging({code for draft in moved for code in draft.values["walkers"]})
            for draft in moved:
                if sentence := belonging.fault(draft.values["walkers"], draft.values["reporting_unit"]):
                    draft.fault("walkers", sentence)
