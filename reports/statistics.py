"""走流程情况统计: the walks of a scope by unit, form, matter and node. Counted in the database, a few queries a table.

Each table ends with a sum that is the figure of the same name (reports.reconcile reads it back from the workbook).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from campaigns.enums import MatterFocus, SessionMode, Verdict
from campaigns.ground.table import Column
from campaigns.lists import words_of
from campaigns.models import Matter, MilestoneDuty, Organization, WalkSession
from campaigns.querysets import in_reach
from campaigns.whole_walks import walked_whole
from issues.enums import LedgerState
from reports.figures import percent
from reports.models import Submission
from reports.scope import Scope

SUM = "合计"
_MODES = {mode.value: Count("pk", filter=Q(mode=mode), distinct=True) for mode in SessionMode}
_SIMULATED = Count("pk", filter=Q(is_simulated=True), distinct=True)
_CROSSED = Count("pk", filter=~Q(walked_unit=F("reporting_unit")), distinct=True)
_ALL = Count("pk", distinct=True)
Row = dict[str, Any]


@dataclass(frozen=True)
class Statistic:
    """One table: its name, its columns (value: key of a row), its rows with the sum at the end."""

    name: str
    columns: tuple[Column, ...]
    rows: list[Row]


def statistics(scope: Scope) -> list[Statistic]:
    """The tables of 04 走流程情况统计."""
    return [_by_unit(scope), _by_form(scope), _by_matter(scope), *_by_node(scope)]


def _column(label: str, *, width: int = 8, kind: str = "number") -> Column:
    return Column(label, lambda row: row.get(label), kind, width=width)


def _grouped(rows: QuerySet, field: str, /, **counts: Count) -> dict[Any, Row]:
    """Counts per value of `field`; one query."""
    found = rows.order_by().values(field).annotate(**counts)
    return {each.pop(field): each for each in map(dict, found)}


def _with_sum(rows: list[Row], first: str, rates: Sequence[tuple[str, str, str]] = ()) -> list[Row]:
    """`rows` and their sum; `rates`: (label, numerator's label, denominator's label), worked out in every row."""
    total: Row = {first: SUM}
    for row in rows:
        for label, value in row.items():
            if isinstance(value, int):
                total[label] = total.get(label, 0) + value
    told = [*rows, total]
    for row in told:
        for label, upper, lower in rates:
            row[label] = percent(row.get(upper, 0), row.get(lower, 0))
    return told


_UNIT_COLUMNS = (
    _column("单位", width=22, kind="text"),
    _column("应走人数"),
    _column("已走人数"),
    _column("体验覆盖率", width=10),
    _column("走流程场次"),
    *(_column(mode.label) for mode in SessionMode),
    _column("真实办件"),
    _column("模拟体验"),
    _column("交叉体验"),
    _column("发现问题"),
    _column("收集需求"),
    _column("负责台账"),
    _column("已销号"),
    _column("逾期未销号", width=10),
)


def _by_unit(scope: Scope) -> Statistic:
    """Walks, problems and demands count where they were filed, ledger items where the duty lies."""
    held = WalkSession.objects.in_campaign(scope.campaign).held()
    due = _grouped(scope.obligations(), "organization", due=_ALL)
    done = _grouped(scope.obligations().walked_in(held), "organization", done=_ALL)
    walks = _grouped(
        scope.sessions(), "reporting_unit", all=_ALL, simulated=_SIMULATED, crossed=_CROSSED, **_MODES
    )
    problems = _grouped(scope.problems(), "reporting_unit", rows=_ALL)
    demands = _grouped(scope.demands(), "reporting_unit", rows=_ALL)
    closed = Count("pk", filter=Q(state=LedgerState.CLOSED), distinct=True)
    items = _grouped(scope.items(), "responsible_unit", rows=_ALL, closed=closed)
    late = _grouped(scope.items().countable().overdue(scope.on), "responsible_unit", rows=_ALL)
    keys = {*due, *walks, *problems, *demands, *items}
    rows = []
    for unit in Organization.objects.filter(pk__in=keys).order_by("path"):
        walked = walks.get(unit.pk, {})
        rows.append(
            {
                "单位": unit.label,
                "应走人数": due.get(unit.pk, {}).get("due", 0),
                "已走人数": done.get(unit.pk, {}).get("done", 0),
                "走流程场次": walked.get("all", 0),
                **{mode.label: walked.get(mode.value, 0) for mode in SessionMode},
                "真实办件": walked.get("all", 0) - walked.get("simulated", 0),
                "模拟体验": walked.get("simulated", 0),
                "交叉体验": walked.get("crossed", 0),
                "发现问题": problems.get(unit.pk, {}).get("rows", 0),
                "收集需求": demands.get(unit.pk, {}).get("rows", 0),
                "负责台账": items.get(unit.pk, {}).get("rows", 0),
                "已销号": items.get(unit.pk, {}).get("closed", 0),
                "逾期未销号": late.get(unit.pk, {}).get("rows", 0),
            }
        )
    rates = [("体验覆盖率", "已走人数", "应走人数")]
    return Statistic("按单位", _UNIT_COLUMNS, _with_sum(rows, "单位", rates))


_CLEAR = (("问明白", "asks_clear"), ("跑明白", "runs_clear"), ("办明白", "done_clear"))
_FORM_COLUMNS = (
    _column("体验形式", width=18, kind="text"),
    _column("走流程场次"),
    _column("占比"),
    _column("真实办件"),
    _column("模拟体验"),
    _column("交叉体验"),
    _column("全程走完"),
    *(_column(f"能{name}") for name, _ in _CLEAR),
    _column("发现问题"),
)


def _by_form(scope: Scope) -> Statistic:
    """五种形式 in the document's order; a form nobody used shows 0 (三、主要形式)."""
    clear = {name: Count("pk", filter=Q(**{field: Verdict.YES}), distinct=True) for name, field in _CLEAR}
    walks = _grouped(scope.sessions(), "mode", all=_ALL, simulated=_SIMULATED, crossed=_CROSSED, **clear)
    whole = _grouped(walked_whole(scope.sessions()), "mode", rows=_ALL)
    of_walks = scope.problems().filter(session__in=scope.sessions().values("pk"))
    problems = _grouped(of_walks, "session__mode", rows=_ALL)
    rows = []
    for mode in SessionMode:
        walked = walks.get(mode.value, {})
        rows.append(
            {
                "体验形式": mode.label,
                "走流程场次": walked.get("all", 0),
                "真实办件": walked.get("all", 0) - walked.get("simulated", 0),
                "模拟体验": walked.get("simulated", 0),
                "交叉体验": walked.get("crossed", 0),
                "全程走完": whole.get(mode.value, {}).get("rows", 0),
                **{f"能{name}": walked.get(name, 0) for name, _ in _CLEAR},
                "发现问题": problems.get(mode.value, {}).get("rows", 0),
            }
        )
    total = sum(row["走流程场次"] for row in rows)
    told = _with_sum(rows, "体验形式")
    for row in told:
        row["占比"] = percent(row["走流程场次"], total)
    return Statistic("按形式", _FORM_COLUMNS, told)


_MATTER_COLUMNS = (
    _column("事项编码", width=16, kind="text"),
    _column("事项名称", width=28, kind="text"),
    _column("主管单位", width=16, kind="text"),
    _column("重点类别", width=16, kind="text"),
    _column("是否重点事项", width=8, kind="text"),
    _column("走流程场次"),
    _column("全程走完"),
    *(_column(mode.label) for mode in SessionMode),
    _column("发现问题"),
    _column("列入台账"),
    _column("已销号"),
)


def _by_matter(scope: Scope) -> Statistic:
    """Matters that were walked or had problems, and the key matters of the reach that nobody walked."""
    walks = _grouped(scope.sessions(), "matter", all=_ALL, **_MODES)
    whole = _grouped(walked_whole(scope.sessions()), "matter", rows=_ALL)
    problems = _grouped(scope.problems(), "matter", rows=_ALL)
    about = scope.items().filter(problem__isnull=False)
    closed = Count("pk", filter=Q(state=LedgerState.CLOSED), distinct=True)
    items = _grouped(about, "problem__matter", rows=_ALL, closed=closed)
    key = set(scope.key_matters().values_list("matter", flat=True))
    matters = Matter.objects.filter(pk__in={*walks, *problems, *items, *key} - {None})
    rows = []
    for matter in matters.select_related("owner").order_by("code"):
        walked = walks.get(matter.pk, {})
        rows.append(
            {
                "事项编码": matter.code,
                "事项名称": matter.name,
                "主管单位": matter.owner.label,
                "重点类别": words_of(matter.focuses, MatterFocus),
                "是否重点事项": "是" if matter.pk in key else "否",
                "走流程场次": walked.get("all", 0),
                "全程走完": whole.get(matter.pk, {}).get("rows", 0),
                **{mode.label: walked.get(mode.value, 0) for mode in SessionMode},
                "发现问题": problems.get(matter.pk, {}).get("rows", 0),
                "列入台账": items.get(matter.pk, {}).get("rows", 0),
                "已销号": items.get(matter.pk, {}).get("closed", 0),
            }
        )
    if None in problems:
        lost = {"rows": 0, "closed": 0} | items.get(None, {})
        rows.append(
            {
                "事项名称": "未写明事项",
                "发现问题": problems[None]["rows"],
                "列入台账": lost["rows"],
                "已销号": lost["closed"],
            }
        )
    return Statistic("按事项", _MATTER_COLUMNS, _with_sum(rows, "事项名称"))


_NODE_COLUMNS = (
    _column("节点", width=18, kind="text"),
    _column("文件原文", width=40, kind="long"),
    _column("期限", width=12, kind="date"),
    _column("应完成单位", width=10),
    _column("按期完成"),
    _column("逾期完成"),
    _column("逾期未完成", width=10),
    _column("未到期", width=8),
    _column("完成率"),
)
_DUTY_COLUMNS = (
    _column("节点", width=26, kind="text"),
    _column("单位", width=34, kind="text"),
    _column("期限", width=16, kind="date"),
    _column("完成日期", width=16, kind="date"),
    _column("情况", width=18, kind="text"),
)
_STANDINGS = ("按期完成", "逾期完成", "逾期未完成", "未到期")


def _by_node(scope: Scope) -> list[Statistic]:
    """The three dated nodes, and each unit's own clock of them (三、体验时间; 五、保障措施末段)."""
    duties: list[Row] = []
    for name, unit, clock in _clocks(scope):
        late = clock.due_on < (clock.settled_on or scope.on)
        done = clock.settled_on is not None
        standing = ("逾期完成" if late else "按期完成") if done else ("逾期未完成" if late else "未到期")
        duties.append(
            {
                "节点": name,
                "单位": unit.label,
                "期限": clock.due_on,
                "完成日期": clock.settled_on,
                "情况": standing,
            }
        )
    nodes = []
    for milestone in scope.campaign.milestones.order_by("due_on", "key"):
        own = [duty for duty in duties if duty["节点"] == milestone.name]
        counts = {standing: sum(1 for duty in own if duty["情况"] == standing) for standing in _STANDINGS}
        finished = counts["按期完成"] + counts["逾期完成"]
        nodes.append(
            {
                "节点": milestone.name,
                "文件原文": milestone.phrase,
                "期限": milestone.due_on,
                "应完成单位": len(own),
                **counts,
                "完成率": percent(finished, len(own)),
            }
        )
    return [Statistic("按节点", _NODE_COLUMNS, nodes), Statistic("各单位节点", _DUTY_COLUMNS, duties)]


def _clocks(scope: Scope):
    """(node, unit, deadline) of every unit in reach, in the order of nodes and of the tree."""
    duties = MilestoneDuty.objects.filter(
        in_reach(scope.posting, "organization"), milestone__campaign=scope.campaign
    ).select_related("milestone", "organization", "deadline")
    for duty in duties.order_by("milestone__due_on", "milestone__key", "organization__path"):
        yield duty.milestone.name, duty.organization, duty.deadline
    report = scope.campaign.milestones.filter(key="report").first()
    rows = Submission.objects.visible_to(scope.posting).in_campaign(scope.campaign)
    rows = rows.filter(deadline__isnull=False).select_related("organization", "deadline")
    for row in rows.order_by("organization__path") if report else ():
        yield report.name, row.organization, row.deadline
