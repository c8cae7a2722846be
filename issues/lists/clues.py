"""疑点 and what followed them, as lists."""

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from campaigns.ground.table import Column
from campaigns.lists import names
from issues.clues import RULES
from issues.models import ClueOutcome


def rule_name(key: str) -> str:
    """组团走; a rule that is no longer in the table keeps its key."""
    return RULES[key].name if key in RULES else key


def plain(weight) -> int | float:
    """A weight without idle decimals."""
    return int(weight) if weight == int(weight) else float(weight)


CLUES = (
    Column("登记编号", lambda clue: clue.session.number, link=True, width=24),
    Column("走流程权重合计", lambda clue: plain(clue.total), "number", width=14),
    Column("规则", lambda clue: f"{clue.rule} {rule_name(clue.rule)}", width=16),
    Column("权重", lambda clue: plain(clue.weight), "number", width=8),
    Column("疑点", lambda clue: clue.facts.get("because", ""), "long", width=50),
    Column("填报单位", lambda clue: clue.session.reporting_unit.label, width=14),
    Column("走流程人员", lambda clue: names(clue.session.walkers.all()), width=16),
    Column("事项", lambda clue: clue.session.matter.name, on_page=False, width=24),
    Column("走流程日期", lambda clue: clue.session.held_on, "date", on_page=False, width=12),
    Column("提示日期", lambda clue: clue.raised_on, "date", on_page=False, width=12),
    Column("状态", lambda clue: clue.get_state_display(), "state", width=12),
    Column("说明时限", lambda clue: clue.deadline.due_on if clue.deadline_id else None, "date", width=12),
    Column("情况说明", lambda clue: clue.explanation, "long", on_page=False, width=40),
    Column("核实意见", lambda clue: clue.decision_note, "long", on_page=False, width=40),
)

OUTCOMES = (
    Column("登记编号", lambda row: row.clue.session.number, link=True, width=24),
    Column("疑点", lambda row: rule_name(row.clue.rule), width=14),
    Column("填报单位", lambda row: row.clue.session.reporting_unit.label, width=14),
    Column("走流程人员", lambda row: names(row.clue.session.walkers.all()), width=16),
    Column("处理方式", lambda row: row.get_kind_display(), width=10),
    Column("文号", lambda row: row.document_number, width=18),
    Column("处理日期", lambda row: row.on, "date", width=12),
    Column("处理情况", lambda row: row.note, "long", width=40),
    Column("登记人", lambda row: row.entered_by.person.name, width=10),
)


def with_totals(clues: QuerySet, among: QuerySet | None = None) -> QuerySet:
    """`clues` with `total`: what stands against their walk `among` the rows the reader may see (default: these)."""
    seen = clues if among is None else among
    same = clues.model.objects.filter(pk__in=seen.order_by().values("pk"), session=OuterRef("session"))
    total = same.standing().order_by().values("session").annotate(total=Sum("weight")).values("total")
    return clues.annotate(total=Coalesce(Subquery(total), Value(0), output_field=DecimalField()))


def clue_rows(clues: QuerySet) -> QuerySet:
    """`clues` with everything CLUES shows: the heaviest walk first, its heaviest clue first."""
    return (
        clues.select_related("session__reporting_unit", "session__matter", "deadline")
        .prefetch_related("session__walkers")
        .order_by(F("total").desc(), "session__number", F("weight").desc(), "rule")
    )


def outcome_rows(outcomes: QuerySet) -> QuerySet:
    return (
        outcomes.select_related("clue__session__reporting_unit", "entered_by__person")
        .prefetch_related("clue__session__walkers")
        .order_by("-on", "-pk")
    )


def outcome_page(outcome: ClueOutcome) -> str:
    return outcome.clue.get_absolute_url()


def precision(clues: QuerySet) -> dict[str, dict[str, int]]:
    """Rule → how many were raised, uphold and dismissed (属实 ÷ decided is the rule's precision). One query."""
    told: dict[str, dict[str, int]] = {}
    rows = clues.order_by().values_list("rule", "state")
    for rule, state in rows:
        counts = told.setdefault(rule, {"raised": 0, "TRUE": 0, "DISMISSED": 0})
        counts["raised"] += 1
        if state in counts:
            counts[state] += 1
    return told
