"""考核结果 as a list: the columns of the sheet's page and of its workbook, and where each point opens its rows."""

from collections.abc import Iterable
from typing import Protocol

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from campaigns.enums import OrganizationKind
from campaigns.ground.table import Column
from campaigns.models import Posting
from issues.clue_rights import READERS as CLUE_READERS
from issues.enums import ClueState, Quality
from reports.models import ScoreCard, ScoreLine
from reports.scoring import BONUS, COVERAGE, LASTING, NEGATIVE, RECTIFIED, RULES, TIMELY, VALUABLE

LONGEST_KEY = 10


class Asked(Protocol):
    """What of an export's question (reports.listings.Asked) is needed here."""

    posting: Posting
    query: QueryDict


# Where a rule's rows are listed by unit.
_LISTS = {
    COVERAGE: "plan_people",
    TIMELY: "task_list",
    RECTIFIED: "ledger_list",
    LASTING: "measure_list",
    BONUS: "measure_list",
    VALUABLE: "problem_list",
    NEGATIVE: "clue_list",
}
# What narrows those lists to the rows that counted.
_ASKED = {
    VALUABLE: {"quality": Quality.VALID.label},
    NEGATIVE: {"state": ClueState.TRUE.label},
}


def _points(rule: str) -> Column:
    return Column(rule, lambda card: card.points.get(rule), "number", width=10)


_RANK = Column("名次", lambda card: card.rank, "number", width=6)
_UNIT = Column("单位", lambda card: card.organization.label, link=True, width=20)
_RESULT = (
    Column("总分", lambda card: card.total, "number", width=8),
    Column("等次", lambda card: card.grade, width=6),
)
RANKING = (_RANK, _UNIT, *_RESULT)
SCORES = (
    Column("组别", lambda card: card.group, width=28, on_page=False),
    _RANK,
    _UNIT,
    *(_points(rule) for rule in RULES),
    *_RESULT,
)
SHEETS = (
    Column("考核期", lambda sheet: sheet.period, link=True, width=16),
    Column("考核范围", lambda sheet: sheet.organization.label, width=16),
    Column("截至日期", lambda sheet: sheet.on, "date"),
    Column("状态", lambda sheet: sheet.state_label, "state"),
    Column("公布时间", lambda sheet: sheet.published_at, "datetime"),
)


def asked_scores(asked: Asked) -> QuerySet:
    """The results of the sheet whose page was shown; without one, of all sheets that hold."""
    rows, sheet = ScoreCard.objects.visible_to(asked.posting), asked.query.get("sheet", "")
    if sheet.isascii() and sheet.isdecimal() and len(sheet) < LONGEST_KEY:
        return rows.filter(sheet=int(sheet))
    return rows.filter(sheet__published_at__isnull=False, sheet__superseded_by__isnull=True)


def card_rows(cards: QuerySet) -> QuerySet:
    """In the order of the page: by group and place; who isn't ranked comes last."""
    return cards.select_related("organization", "sheet").order_by(
        "-sheet__on", "sheet", "group", "rank", "pk"
    )


def with_points(cards: list[ScoreCard]) -> list[ScoreCard]:
    """Each with `points` by rule; one query. A rule that was left out has none, so — is shown and not 0."""
    lines = ScoreLine.objects.filter(
        sheet__in={card.sheet_id for card in cards}, organization__in=[card.organization_id for card in cards]
    )
    found: dict[tuple[int, int], dict] = {}
    for line in lines:
        points = None if is_left_out(line) else line.points
        found.setdefault((line.sheet_id, line.organization_id), {})[line.rule] = points
    for card in cards:
        card.points = found.get((card.sheet_id, card.organization_id), {})
    return cards


def is_left_out(line: ScoreLine) -> bool:
    """0/0: neither in the total nor in the full points. A deduction of nothing is no deduction."""
    return not line.max_points and not line.points


def lines_of(card: ScoreCard, posting: Posting) -> list[ScoreLine]:
    """In the order of the five questions, each with `url` of its rows (a county's stand in several lists: none)."""
    lines = list(ScoreLine.objects.filter(sheet=card.sheet_id, organization=card.organization_id))
    for line in lines:
        line.url = _rows_url(line.rule, card, posting)
        line.left_out = is_left_out(line)
    return sorted(lines, key=lambda line: RULES.index(line.rule))


def _rows_url(rule: str, card: ScoreCard, posting: Posting) -> str:
    if card.organization.kind == OrganizationKind.COUNTY:
        return ""
    if rule == NEGATIVE and posting.role not in CLUE_READERS:
        return ""
    unit = "finder" if rule == VALUABLE else "organization"
    asked = {unit: card.organization.code, "campaign": card.sheet.campaign.code}
    return f"{reverse(_LISTS[rule])}?{urlencode(asked | _ASKED.get(rule, {}))}"


def by_group(cards: Iterable[ScoreCard]) -> dict[str, list[ScoreCard]]:
    groups: dict[str, list[ScoreCard]] = {}
    for card in cards:
        groups.setdefault(card.group, []).append(card)
    return groups
