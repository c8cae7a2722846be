"""The further sheets of the walk register: 环节, 要点 and, for 坐窗办, 办件 (contract §6)."""

from campaigns.enums import CheckVerdict, StepKind, StepResult
from campaigns.models import CheckPoint, SessionCase, SessionStep
from campaigns.resources.shape import Draft, PartResource, SheetField
from campaigns.resources.widgets import Choice, Moment, Number, Reference, Text, Whole

EXAMPLE_NUMBER = "DJ-2022-430400-999-0001"


def _record() -> SheetField:
    return SheetField("登记编号", Number(60), required=True, width=26, example=EXAMPLE_NUMBER)


class StepPart(PartResource):
    """One row a step. It may last zero minutes; 等待分钟 isn't checked against the times."""

    name, owner, sheet = "steps", "session_id", "环节"
    keys = ("record", "sequence")

    record = _record()
    sequence = SheetField("序号", Whole(), "sequence", required=True, width=8, example="1")
    kind_ = SheetField("环节", Choice(StepKind), "kind", required=True, example="咨询")
    started_at = SheetField(
        "开始时间", Moment(), "started_at", required=True, width=18, example="2022-05-20 09:00"
    )
    ended_at = SheetField(
        "结束时间", Moment(), "ended_at", required=True, width=18, example="2022-05-20 09:10"
    )
    waiting_minutes = SheetField("等待分钟", Whole(), "waiting_minutes", width=10, example="5")
    result = SheetField("结果", Choice(StepResult), "result", width=10, example="通过")
    note = SheetField("说明", Text(500), "note", width=40)

    class Meta:
        model = SessionStep
        fields = (
            "record",
            "sequence",
            "kind_",
            "started_at",
            "ended_at",
            "waiting_minutes",
            "result",
            "note",
        )

    def check(self, draft: Draft) -> None:
        if draft.values["ended_at"] < draft.values["started_at"]:
            draft.fault("ended_at", "环节的结束时间不能早于开始时间。")


class PointPart(PartResource):
    """One row a point that was looked at; a point without a row is 未查."""

    name, owner, sheet = "checkpoints", "session_id", "要点"
    keys = ("record", "category")

    record = _record()
    category = SheetField(
        "要点编码",
        Reference("category"),
        "category__code",
        required=True,
        example="A01",
        note="填 A01 这样的要点编码，或要点全称；没有列出的要点视为未查。",
    )
    verdict = SheetField("结论", Choice(CheckVerdict), "verdict", required=True, width=10, example="符合")
    note = SheetField("说明", Text(500), "note", width=40)

    class Meta:
        model = CheckPoint
        fields = ("record", "category", "verdict", "note")


class CasePart(PartResource):
    """One row a case handled at the window during a 坐窗办."""

    name, owner, sheet = "cases", "session_id", "办件"
    keys = ("record", "case_number")

    record = _record()
    case_number = SheetField(
        "办件编号", Number(60), "case_number", required=True, width=24, example="43040020220520001"
    )
    matter = SheetField("事项编码", Reference("matter"), "matter__code", width=20, example="4304-SX-9999")
    minutes = SheetField("用时分钟", Whole(), "minutes", width=10, example="15")
    result = SheetField("结果", Text(50), "result", example="办结")

    class Meta:
        model = SessionCase
        fields = ("record", "case_number", "matter", "minutes", "result")
