"""complaints: 12345 work orders and 好差评 ratings; cases: what the service platform really handled (contract §6)."""

from datetime import datetime, time, timedelta

from django.utils.timezone import localtime

from campaigns.enums import ComplaintKind, ComplaintSource, Satisfaction
from campaigns.models import Case, Complaint
from campaigns.resources.shape import Draft, SheetField, SheetResource
from campaigns.resources.widgets import (
    Choice,
    Citizen,
    Moment,
    Name,
    Number,
    Phone,
    Reference,
    Text,
    Whole,
)


class ComplaintResource(SheetResource):
    """One row a work order or a rating; its citizen is stored encrypted and exported masked."""

    kind, title, sheet = "complaints", "投诉工单", "投诉工单"
    order_by, keys = ("number",), ("number",)

    number = SheetField("工单编号", Number(60), "number", required=True, width=22, example="12345-2022-0001")
    source = SheetField("来源", Choice(ComplaintSource), "source", required=True, example="12345")
    received_at = SheetField(
        "受理时间", Moment(), "received_at", required=True, width=18, example="2022-05-20 09:30"
    )
    kind_ = SheetField("诉求类型", Choice(ComplaintKind), "kind", example="投诉")
    headline = SheetField("标题", Name(200), "title", width=30, example="办理时间太长")
    content = SheetField(
        "内容", Text(4000), "content", required=True, width=50, example="窗口排队两个小时仍未受理。"
    )
    matter = SheetField(
        "事项编码",
        Reference("matter"),
        "matter__code",
        width=20,
        example="4304-SX-9999",
        note="填编码或事项全称。写明事项的工单才计入差评投诉集中。",
    )
    organization = SheetField(
        "承办单位编码",
        Reference("organization"),
        "organization__code",
        required=True,
        width=18,
        example="430400-999",
        note="填编码或单位全称。",
    )
    satisfaction = SheetField("满意度", Choice(Satisfaction), "satisfaction", example="不满意")
    finished_at = SheetField("办结时间", Moment(), "finished_at", width=18, example="2022-05-23 16:00")
    citizen = SheetField(
        "诉求人", Citizen(50), "citizen", example="李某某", note="加密保存；导出时只显示姓。"
    )
    phone = SheetField(
        "联系电话",
        Phone(),
        "phone",
        width=16,
        example="13800000000",
        note="加密保存；导出时打星号，与系统里相符的星号号码视为没有变化。",
    )

    class Meta:
        model = Complaint
        import_id_fields = ("number",)
        fields = (
            "number",
            "source",
            "received_at",
            "kind_",
            "headline",
            "content",
            "matter",
            "organization",
            "satisfaction",
            "finished_at",
            "citizen",
            "phone",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def check(self, draft: Draft) -> None:
        values = draft.values
        values["finished_at"] = on_the_day(values["finished_at"], values["received_at"])
        if values["finished_at"] and values["finished_at"] < values["received_at"]:
            draft.fault("finished_at", "办结时间不能早于受理时间。")
        check_not_to_come(self, draft, "received_at", "受理时间")
        check_not_to_come(self, draft, "finished_at", "办结时间")


class CaseResource(SheetResource):
    """One row a case of the service platform (办件数据)."""

    kind, title, sheet = "cases", "办件数据", "办件数据"
    order_by, keys = ("number",), ("number",)

    number = SheetField(
        "办件编号", Number(60), "number", required=True, width=24, example="43040020220520001"
    )
    matter = SheetField(
        "事项编码", Reference("matter"), "matter__code", required=True, width=20, example="4304-SX-9999"
    )
    organization = SheetField(
        "实施单位编码",
        Reference("organization"),
        "organization__code",
        required=True,
        width=18,
        example="430400-999",
    )
    channel = SheetField("渠道", Name(50), "channel", width=18, example="线下窗口")
    applied_at = SheetField(
        "申请时间", Moment(), "applied_at", required=True, width=18, example="2022-05-20 09:30"
    )
    accepted_at = SheetField("受理时间", Moment(), "accepted_at", width=18, example="2022-05-20 10:00")
    finished_at = SheetField("办结时间", Moment(), "finished_at", width=18, example="2022-05-23 16:00")
    correction_count = SheetField("补正次数", Whole(), "correction_count", example="0")
    visit_count = SheetField("到场次数", Whole(), "visit_count", example="1")

    class Meta:
        model = Case
        import_id_fields = ("number",)
        fields = (
            "number",
            "matter",
            "organization",
            "channel",
            "applied_at",
            "accepted_at",
            "finished_at",
            "correction_count",
            "visit_count",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def check(self, draft: Draft) -> None:
        applied = draft.values["applied_at"]
        accepted = draft.values["accepted_at"] = on_the_day(draft.values["accepted_at"], applied)
        finished = on_the_day(draft.values["finished_at"], accepted or applied)
        draft.values["finished_at"] = finished
        if accepted and accepted < applied:
            draft.fault("accepted_at", "受理时间不能早于申请时间。")
        if finished and finished < applied:
            draft.fault("finished_at", "办结时间不能早于申请时间。")
        elif finished and accepted and finished < accepted:
            draft.fault("finished_at", "办结时间不能早于受理时间。")


def on_the_day(later: datetime | None, earlier: datetime) -> datetime | None:
    """A bare day in the file is its midnight; on the day of `earlier` it says no more than “not before”: `earlier`."""
    if later is None or localtime(later).time() != time.min:
        return later
    return earlier if localtime(later).date() == localtime(earlier).date() else later


def check_not_to_come(resource: SheetResource, draft: Draft, name: str, label: str) -> None:
    """What has happened lies behind us; a day's difference is forgiven to other people's clocks."""
    now, moment = resource.scene.now, draft.values[name]
    if now and moment and draft.changes(name) and moment > now + timedelta(days=1):
        draft.fault(name, f"{label}不能晚于现在。")
