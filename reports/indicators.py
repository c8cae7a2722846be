"""The table of indicators: what each figure is called, what exactly it counts, and from which rows.

One line here is one figure everywhere (house rule 10); counting and printing stand in reports.figures.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce

from campaigns.enums import Satisfaction
from campaigns.models import Matter, Obligation, WalkSession
from issues.enums import LedgerState, MoveName, RectifyKind
from issues.models import Demand, FollowUp, LedgerItem, Measure, Problem
from reports.scope import Scope

APPLICATIONS = (MoveName.APPLY, MoveName.APPLY_DIRECT, MoveName.FINISH)
RECURRED_WITHIN = (30, 90)
SATISFIED = (Satisfaction.VERY_GOOD, Satisfaction.GOOD, Satisfaction.FAIR)
SIDELINED = (LedgerState.REFUSED, LedgerState.MERGED)


@dataclass(frozen=True)
class Indicator:
    """One line of the table of figures.

    `numerator`, `denominator`: from a Scope to the rows counted (a figure without denominator is a plain count).
    `link`: name of the list page behind the numerator, `query` its filters ({} = the whole list in scope).
    `model`: what its rows are.
    """

    key: str
    label: str
    definition: str
    numerator: Callable[[Scope], QuerySet]
    denominator: Callable[[Scope], QuerySet] | None = None
    link: str = ""
    query: tuple[tuple[str, str], ...] = ()
    model: type[Model] = LedgerItem


def _walked(scope: Scope) -> QuerySet:
    return scope.obligations().walked_in(WalkSession.objects.in_campaign(scope.campaign).held())


def _walked_matters(scope: Scope) -> QuerySet:
    held = WalkSession.objects.in_campaign(scope.campaign).held()
    return scope.key_matters().filter(matter__in=held.values("matter"))


def _recognized(scope: Scope) -> QuerySet:
    return scope.items().exclude(state__in=SIDELINED)


def _countable(scope: Scope) -> QuerySet:
    return scope.items().countable()


def _closed(scope: Scope) -> QuerySet:
    return scope.items().filter(state=LedgerState.CLOSED)


def _closed_countable(scope: Scope) -> QuerySet:
    return _countable(scope).filter(state=LedgerState.CLOSED)


def _without_escalated(rows: QuerySet) -> QuerySet:
    return rows.exclude(state=LedgerState.ESCALATED)


def _closed_with_date(scope: Scope) -> QuerySet:
    return _closed(scope).filter(deadline__isnull=False)


def _recurred(days: int) -> Callable[[Scope], QuerySet]:
    return lambda scope: _closed(scope).recurred(days)


def _applied(scope: Scope) -> QuerySet:
    return scope.items().filter(entries__move__in=APPLICATIONS).distinct()


def _escapes(scope: Scope) -> QuerySet:
    return _recognized(scope).filter(Q(state=LedgerState.ESCALATED) | Q(rectify_kind=RectifyKind.LASTING))


def _quick(scope: Scope) -> QuerySet:
    return _recognized(scope).filter(rectify_kind=RectifyKind.QUICK)


def _accepted(scope: Scope) -> QuerySet:
    return scope.demands().filter(is_accepted=True)


def _decided(scope: Scope) -> QuerySet:
    return scope.demands().filter(is_accepted__isnull=False)


def _institutions(scope: Scope) -> QuerySet:
    return scope.measures().with_institution()


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "coverage",
        "体验覆盖率",
        "已走流程的应走人数÷应走人数；应走人员按应走名单，不含离任和已说明原因免走的人员。",
        _walked,
        Scope.obligations,
        model=Obligation,
    ),
    Indicator(
        "key_matters",
        "重点事项体验率",
        "已有走流程记录的重点事项数÷本级重点事项数。",
        _walked_matters,
        Scope.key_matters,
        model=Matter,
    ),
    Indicator(
        "sessions",
        "走流程场次",
        "已登记的走流程记录数，不含草稿。",
        Scope.sessions,
        None,
        "walk_list",
        (("state", "不含草稿"),),
        WalkSession,
    ),
    Indicator(
        "problems", "发现问题", "问题清单的条数。", Scope.problems, None, "problem_list", model=Problem
    ),
    Indicator("demands", "收集需求", "需求清单的条数。", Scope.demands, None, "demand_list", model=Demand),
    Indicator(
        "measures", "解决措施", "解决措施清单的条数。", Scope.measures, None, "measure_list", model=Measure
    ),
    Indicator(
        "ledger", "整改台账", "整改台账的条数，含不予认定和并案办理。", Scope.items, None, "ledger_list"
    ),
    Indicator(
        "recognized",
        "列入台账",
        "整改台账的条数，不含不予认定和并案办理。",
        _recognized,
    ),
    Indicator(
        "planned",
        "已定措施",
        "列入台账的条目中，措施已经主要负责人审签，或立行立改已经办结的条数。",
        lambda scope: _recognized(scope).filter(Q(signed_at__isnull=False) | Q(applied_at__isnull=False)),
    ),
    Indicator(
        "applied",
        "已申请销号",
        "列入台账的条目中，现已申请销号（含已销号）的条数；退回重办后不再计入。",
        lambda scope: _recognized(scope).filter(applied_at__isnull=False),
    ),
    Indicator(
        "closed",
        "已销号",
        "列入台账的条目中，现为已销号的条数。",
        _closed,
        None,
        "ledger_list",
        (("state", "已销号"),),
    ),
    Indicator(
        "accepted",
        "需求采纳率",
        "已采纳的需求÷已作出采纳或不采纳决定的需求。",
        _accepted,
        _decided,
        model=Demand,
    ),
    Indicator(
        "closure",
        "销号率",
        "已销号÷应整改；应整改不含不予认定、并案办理和长期坚持。",
        _closed_countable,
        _countable,
        "ledger_list",
        (("state", "已销号"),),
    ),
    Indicator(
        "closure_without",
        "销号率（不含提请上级协调）",
        "已销号÷应整改；应整改再剔除提请上级协调。",
        _closed_countable,
        lambda scope: _without_escalated(_countable(scope)),
    ),
    Indicator(
        "closure_with",
        "销号率（含长期坚持）",
        "已销号÷全部台账；全部台账不含不予认定和并案办理，含长期坚持和提请上级协调。",
        _closed,
        _recognized,
    ),
    Indicator(
        "on_time",
        "按期销号率（按批准时限）",
        "未逾期申请销号的已销号台账÷有时限的已销号台账；时限按批准延期后的现行时限。",
        lambda scope: _closed_with_date(scope).filter(was_late=False),
        _closed_with_date,
    ),
    Indicator(
        "on_original_time",
        "按期销号率（按原定时限）",
        "申请销号日期不晚于原定时限的已销号台账÷有时限的已销号台账；批量顺延不是延期，原定时限随之顺延。",
        lambda scope: _closed_with_date(scope).filter(
            was_late=False, applied_at__date__lte=Coalesce("fair_due_on", "deadline__original_due_on")
        ),
        _closed_with_date,
    ),
    Indicator(
        "overdue",
        "逾期率",
        "超过整改时限仍未申请销号的台账÷应整改台账。",
        lambda scope: _countable(scope).overdue(scope.on),
        _countable,
    ),
    Indicator(
        "returned",
        "返工率",
        "被退回重办过的台账÷申请过销号的台账。",
        lambda scope: _applied(scope).filter(return_count__gt=0),
        _applied,
    ),
    Indicator(
        "quick",
        "立行立改销号率",
        "已销号的立行立改台账÷全部立行立改台账。",
        lambda scope: _quick(scope).filter(state=LedgerState.CLOSED),
        _quick,
    ),
    Indicator(
        "escapes",
        "提请上级协调和长期坚持占比",
        "提请上级协调和长期坚持的台账÷全部台账（不含不予认定和并案办理）；超过10%的单位单独列出。",
        _escapes,
        _recognized,
    ),
    Indicator(
        "waived",
        "免核验",
        "写明原因免予回头看核验的台账条数。",
        lambda scope: scope.items().exclude(waiver_reason=""),
    ),
    *(
        Indicator(
            f"recurred_{days}",
            f"{days}天复发率",
            f"销号后{days}天内又发生同类问题的台账÷已销号的台账；同类问题以判定为“同类问题复发”的为准，计入先前销号的那一条。",
            _recurred(days),
            _closed,
            "ledger_list",
            (("state", "已销号"), ("recurred", f"{days}天内")),
        )
        for days in RECURRED_WITHIN
    ),
    Indicator(
        "satisfied",
        "回访满意率",
        "回访中非常满意、满意和基本满意的÷有效回访；有效回访是访到群众并填写满意度的，不含未接通。",
        lambda scope: scope.follow_ups().filter(satisfaction__in=SATISFIED),
        lambda scope: scope.follow_ups().valid(),
        model=FollowUp,
    ),
    Indicator(
        "institutions",
        "长效机制",
        "有制度名称、文号、印发日期和文件的措施条数。",
        _institutions,
        model=Measure,
    ),
)
