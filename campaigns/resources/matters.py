"""matters, the units that run them, and the holiday table (contract §6)."""

from campaigns.enums import Channel, MatterFocus
from campaigns.ground.workdays import Workday, WorkdayKind
from campaigns.models import Matter, MatterUnit
from campaigns.resources.shape import SheetField, SheetResource
from campaigns.resources.widgets import Choice, Choices, Code, Day, Money, Name, Reference, Text, Url, Whole


class MatterResource(SheetResource):
    """One row a matter and the numbers its guide promises."""

    kind, title, sheet = "matters", "事项", "事项"
    order_by, keys = ("code",), ("code",)

    code = SheetField("事项编码", Code(60), "code", required=True, width=20, example="4304-SX-9999")
    name = SheetField("事项名称", Name(100), "name", required=True, width=30, example="某某事项办理")
    owner = SheetField(
        "主管单位编码",
        Reference("organization"),
        "owner__code",
        required=True,
        width=18,
        example="430400-999",
        note="填编码或单位全称。",
    )
    kind_ = SheetField("事项类型", Text(50), "kind", example="行政许可")
    focuses = SheetField(
        "重点类别",
        Choices(MatterFocus),
        "focuses",
        width=18,
        example="高频、重点难点",
        note="可填多个，用顿号隔开：" + "、".join(MatterFocus.labels),
    )
    livelihood = SheetField("民生领域", Text(50), "livelihood")
    step_count = SheetField("环节数", Whole(), "step_count", example="4")
    document_count = SheetField("材料数", Whole(), "document_count", example="6")
    legal_days = SheetField("法定时限(工作日)", Whole(), "legal_days", example="20")
    promised_days = SheetField("承诺时限(工作日)", Whole(), "promised_days", example="5")
    trip_count = SheetField("跑动次数", Whole(), "trip_count", example="1")
    fee = SheetField("费用(元)", Money(), "fee", example="0")
    channels = SheetField(
        "办理渠道",
        Choices(Channel, open_ended=True),
        "channels",
        width=30,
        example="线下窗口",
        note="可填多个，用顿号隔开：" + "、".join(Channel.labels),
    )
    theme = SheetField("一件事主题", Text(100), "theme", width=18)
    guide_url = SheetField("办事指南网址", Url(500), "guide_url", width=30)

    class Meta:
        model = Matter
        import_id_fields = ("code",)
        fields = (
            "code",
            "name",
            "owner",
            "kind_",
            "focuses",
            "livelihood",
            "step_count",
            "document_count",
            "legal_days",
            "promised_days",
            "trip_count",
            "fee",
            "channels",
            "theme",
            "guide_url",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True


class MatterUnitResource(SheetResource):
    """One row a unit that runs a matter, with its own promised numbers."""

    kind, title, sheet = "matter_units", "事项实施单位", "实施单位"
    order_by, keys = ("matter__code", "organization__path"), ("matter", "organization")

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
    step_count = SheetField("环节数", Whole(), "step_count", example="4")
    document_count = SheetField("材料数", Whole(), "document_count", example="6")
    promised_days = SheetField("承诺时限(工作日)", Whole(), "promised_days", example="5")
    trip_count = SheetField("跑动次数", Whole(), "trip_count", example="1")
    fee = SheetField("费用(元)", Money(), "fee", example="0")
    guide_url = SheetField("办事指南网址", Url(500), "guide_url", width=30)

    class Meta:
        model = MatterUnit
        import_id_fields = ("matter", "organization")
        fields = (
            "matter",
            "organization",
            "step_count",
            "document_count",
            "promised_days",
            "trip_count",
            "fee",
            "guide_url",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True


class WorkdayResource(SheetResource):
    """One row a day that differs from its weekday (国务院办公厅 yearly notice)."""

    kind, title, sheet = "workdays", "工作日历", "工作日历"
    order_by, keys = ("date",), ("date",)

    date = SheetField("日期", Day(), "date", required=True, width=16, example="2026-10-01")
    kind_ = SheetField("类型", Choice(WorkdayKind), "kind", required=True, example="休息")
    name = SheetField("名称", Name(30), "name", width=18, example="国庆节")

    class Meta:
        model = Workday
        import_id_fields = ("date",)
        fields = ("date", "kind_", "name")
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True
