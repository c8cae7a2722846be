"""Columns of walks, matters and complaints: declared once for page, workbook and test (house rule 10)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from campaigns.enums import Channel, CheckVerdict, MatterFocus, SessionMode
from campaigns.ground.secret import mask_name
from campaigns.ground.table import Column
from campaigns.models import Case, CheckPoint
from campaigns.whole_walks import walked_whole


def names(people: Iterable[Any]) -> str:
    return "、".join(person.name for person in people)


def words_of(values: Iterable[str], choices: Any) -> str:
    """Stored keys as their Chinese labels, by 、; what is no key is written as it is."""
    labels = dict(choices.choices)
    return "、".join(str(labels.get(value, value)) for value in values or ())


def money(amount: Decimal | None) -> int | Decimal | None:
    """An amount in yuan without idle decimals: 80, 80.50."""
    return int(amount) if amount is not None and amount == int(amount) else amount


WALKS = (
    Column("登记编号", lambda row: row.number, link=True, width=24),
    Column("走流程日期", lambda row: localtime(row.started_at).date(), "date", width=12),
    Column("填报单位", lambda row: row.reporting_unit.label, width=16),
    Column("走流程人员", lambda row: names(row.walkers.all()), width=16),
    Column("体验形式", lambda row: row.get_mode_display(), width=10),
    Column("办理渠道", lambda row: row.get_channel_display(), on_page=False, width=18),
    Column("事项", lambda row: row.matter.name, width=24),
    Column("被体验单位", lambda row: row.walked_unit.label, width=16),
    Column("是否模拟", lambda row: row.is_simulated, on_page=False, width=9),
    Column("开始时间", lambda row: row.started_at, "datetime", on_page=False, width=17),
    Column("结束时间", lambda row: row.ended_at, "datetime", on_page=False, width=17),
    Column("不符合要点", lambda row: row.failed_points, "number", width=10),
    Column("问明白", lambda row: row.get_asks_clear_display(), on_page=False, width=8),
    Column("跑明白", lambda row: row.get_runs_clear_display(), on_page=False, width=8),
    Column("办明白", lambda row: row.get_done_clear_display(), on_page=False, width=8),
    Column("体验情况", lambda row: row.narrative, "long", on_page=False, width=50),
    Column("状态", lambda row: row.get_state_display(), "state", width=12),
)


def walk_rows(sessions: QuerySet) -> QuerySet:
    """`sessions` with everything WALKS shows, the newest first, in two queries."""
    # Counted for the rows shown only: a join would count all of them before the page is cut off.
    failed = CheckPoint.objects.filter(session=OuterRef("pk"), verdict=CheckVerdict.FAILS).order_by()
    counted = Subquery(failed.values("session").annotate(total=Count("pk")).values("total"))
    return (
        sessions.select_related("reporting_unit", "walked_unit", "matter")
        .prefetch_related("walkers")
        .annotate(failed_points=Coalesce(counted, 0))
        .order_by("-started_at", "-pk")
    )


MATTERS = (
    Column("事项编码", lambda row: row.code, width=16),
    Column("事项名称", lambda row: row.name, link=True, width=26),
    Column("主管单位", lambda row: row.owner.label, width=16),
    Column("事项类型", lambda row: row.kind, on_page=False, width=12),
    Column("重点类别", lambda row: words_of(row.focuses, MatterFocus), width=16),
    Column("民生领域", lambda row: row.livelihood, width=10),
    Column("环节数", lambda row: row.step_count, "number", width=8),
    Column("材料数", lambda row: row.document_count, "number", width=8),
    Column("法定时限(工作日)", lambda row: row.legal_days, "number", on_page=False, width=10),
    Column("承诺时限", lambda row: row.promised_days, "number", width=9),
    Column("跑动次数", lambda row: row.trip_count, "number", width=9),
    Column("费用(元)", lambda row: money(row.fee), "number", width=10),
    Column("办理渠道", lambda row: words_of(row.channels, Channel), on_page=False, width=30),
    Column("一件事主题", lambda row: row.theme, on_page=False, width=18),
    Column("走流程次数", lambda row: row.walk_count, "number", width=10),
    Column("全程走完", lambda row: row.whole_count, "number", width=10),
)


def matter_rows(matters: QuerySet, sessions: QuerySet) -> QuerySet:
    """`matters` with everything MATTERS shows, by code; walks are counted among `sessions` (those in scope)."""
    return (
        matters.select_related("owner")
        .annotate(walk_count=_counted(sessions), whole_count=_counted(walked_whole(sessions)))
        .order_by("code")
    )


def _counted(sessions: QuerySet) -> Coalesce:
    """How many of `sessions` are walks of the matter at hand."""
    walks = sessions.filter(matter=OuterRef("pk")).order_by().values("matter")
    return Coalesce(Subquery(walks.annotate(total=Count("pk", distinct=True)).values("total")), 0)


COMPLAINTS = (
    Column("工单编号", lambda row: row.number, link=True, width=18),
    Column("来源", lambda row: row.get_source_display(), width=12),
    Column("受理时间", lambda row: row.received_at, "datetime", width=17),
    Column("诉求类型", lambda row: row.get_kind_display(), width=10),
    Column("标题", lambda row: row.title or row.content[:40], "long", width=30),
    Column("内容", lambda row: row.content, "long", on_page=False, width=50),
    Column("事项", lambda row: row.matter.name if row.matter else "", width=20),
    Column("承办单位", lambda row: row.organization.label, width=16),
    Column("满意度", lambda row: row.get_satisfaction_display(), width=12),
    Column("诉求人", lambda row: mask_name(row.citizen), on_page=False, width=10),
    Column("办结时间", lambda row: row.finished_at, "datetime", width=17),
    Column("倒推办", lambda row: row.walk_count, "number", width=8),
)


def complaint_rows(complaints: QuerySet, sessions: QuerySet) -> QuerySet:
    """`complaints` with everything COMPLAINTS shows, the newest first; 倒推办 walks are counted among `sessions`."""
    walks = sessions.filter(mode=SessionMode.BACKWARD, complaint=OuterRef("pk")).order_by()
    counted = Subquery(walks.values("complaint").annotate(total=Count("pk", distinct=True)).values("total"))
    return (
        complaints.select_related("matter", "organization")
        .annotate(walk_count=Coalesce(counted, 0))
        .order_by("-received_at", "-pk")
    )


CASES = (
    Column("办件编号", lambda row: row.number, link=True, width=26),
    Column("事项", lambda row: row.matter.name, width=24),
    Column("实施单位", lambda row: row.organization.label, width=16),
    Column("渠道", lambda row: row.channel, width=14),
    Column("申请时间", lambda row: row.applied_at, "datetime", width=17),
    Column("受理时间", lambda row: row.accepted_at, "datetime", on_page=False, width=17),
    Column("办结时间", lambda row: row.finished_at, "datetime", width=17),
    Column("用时(小时)", lambda row: row.hours, "number", width=10),
    Column("补正次数", lambda row: row.correction_count, "number", width=9),
    Column("到场次数", lambda row: row.visit_count, "number", width=9),
    Column("走流程", lambda row: row.walk_count, "number", width=8),
)


def case_rows(cases: QuerySet) -> QuerySet:
    """`cases` with all that CASES shows but the walks, the newest first."""
    return cases.select_related("matter", "organization").order_by("-applied_at", "-pk")


def walks_naming(sessions: QuerySet, numbers: Iterable[str]) -> QuerySet:
    """Those of `sessions` that name one of these 办件编号: as their own case, or as one handled at the window."""
    numbers = list(numbers)
    return sessions.filter(Q(case_number__in=numbers) | Q(cases__case_number__in=numbers)).distinct()


def with_walks(rows: Iterable[Case], sessions: QuerySet) -> list[Case]:
    """`rows` with `walk_count`: how many of `sessions` name the case. Two queries, however many rows."""
    rows = list(rows)
    numbers = [row.number for row in rows]
    named = set(sessions.filter(case_number__in=numbers).values_list("case_number", "pk"))
    at_window = sessions.filter(cases__case_number__in=numbers)
    named.update(at_window.values_list("cases__case_number", "pk"))
    for row in rows:
        row.walk_count = sum(number == row.number for number, _ in named)
    return rows
