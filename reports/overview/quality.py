"""Whether what was struck off holds: rates as bars, complaints before and after, 五减 by matter, how good 疑点 are."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q

from campaigns.enums import Role, Satisfaction
from campaigns.models import Complaint
from issues.enums import ClueState
from issues.lists.clues import precision, rule_name
from issues.lists.measures import FIVE
from issues.models import Clue
from reports.figures import Figure, percent
from reports.overview.bars import Bar, Part, share, stacked_bar
from reports.overview.facts import address
from reports.scope import Scope

RATES = ("on_time", "returned", "recurred_30", "recurred_90", "satisfied")
DAYS = 30
_UNHAPPY = (Satisfaction.BAD, Satisfaction.VERY_BAD)


def rates(figures: dict[str, Figure]) -> tuple[Bar, ...]:
    """按期、返工、复发、满意, each as its share of a whole line; what has no denominator says —."""
    found = [figures[key] for key in RATES]
    return tuple(
        Bar(
            each.label,
            each.text,
            each.note,
            each.url,
            (Part(0, share(each.numerator, each.denominator or 0), "blue", f"{each.numerator}条"),),
        )
        for each in found
    )


def before_after(scope: Scope) -> tuple[Bar, ...]:
    """Complaints in the 30 days before the campaign opened and in the last 30 days, the unhappy ones apart."""
    opens = scope.campaign.opens_on
    spans = (
        (f"行动前{DAYS}天", opens - timedelta(days=DAYS), opens - timedelta(days=1)),
        (f"最近{DAYS}天", scope.on - timedelta(days=DAYS - 1), scope.on),
    )
    told = [(label, first, last, *_complaints(scope, first, last)) for label, first, last in spans]
    top = max(rows for _, _, _, rows, _ in told)
    if not top:
        return ()
    return tuple(
        stacked_bar(
            label,
            [("差评", unhappy, "amber"), ("其他", rows - unhappy, "blue")],
            top=top,
            note=f"其中差评{unhappy}",
            url=address("complaint_list", **{"from": first.isoformat(), "to": last.isoformat()}),
        )
        for label, first, last, rows, unhappy in told
    )


def _complaints(scope: Scope, first: date, last: date) -> tuple[int, int]:
    rows = Complaint.objects.visible_to(scope.posting).filter(received_at__date__range=(first, last))
    told = rows.aggregate(rows=Count("pk"), unhappy=Count("pk", filter=Q(satisfaction__in=_UNHAPPY)))
    return told["rows"], told["unhappy"]


@dataclass(frozen=True)
class MatterCut:
    """What became shorter at one matter. `cuts`: per one of the five numbers “6→4”, or — where nothing was stated."""

    name: str
    url: str
    measures: int
    cuts: tuple[str, ...]


def cuts_by_matter(scope: Scope) -> tuple[MatterCut, ...]:
    """五减 per matter, before → after, summed over its measures that state a number both ways; most measures first.

    A measure that answers several findings of a matter counts once there. Two queries.
    """
    numbers = [f"{field}_{side}" for _, field, _ in FIVE for side in ("before", "after")]
    found: dict[tuple[str, str], dict[int, list]] = {}
    for finding in ("problems", "demands"):
        rows = scope.measures().filter(**{f"{finding}__matter__isnull": False}).order_by()
        named = rows.values_list(f"{finding}__matter__code", f"{finding}__matter__name", "pk", *numbers)
        for code, name, pk, *values in named.distinct():
            found.setdefault((code, name), {})[pk] = values
    told = [
        _cut(name, address("measure_list", matter=code, campaign=scope.campaign.code), list(rows.values()))
        for (code, name), rows in found.items()
    ]
    told = [each for each in told if any(cut != "—" for cut in each.cuts)]
    return tuple(sorted(told, key=lambda each: (-each.measures, each.name)))


def _cut(name: str, url: str, rows: list[list]) -> MatterCut:
    cuts = []
    for place in range(len(FIVE)):
        pairs = [row[2 * place : 2 * place + 2] for row in rows]
        pairs = [(b, a) for b, a in pairs if b is not None and a is not None and a <= b]
        before, after = (sum((Decimal(pair[side]) for pair in pairs), Decimal(0)) for side in (0, 1))
        cuts.append(f"{before.normalize():f}→{after.normalize():f}" if pairs else "—")
    return MatterCut(name, url, len(rows), tuple(cuts))


def clue_bars(scope: Scope) -> tuple[Bar, ...]:
    """疑点核实: per rule what was upheld and what was dismissed, for 督查室 alone; undecided ones aren't counted."""
    if scope.posting.role != Role.INSPECTOR:
        return ()
    counts = precision(Clue.objects.visible_to(scope.posting).in_campaign(scope.campaign))
    decided = {
        rule: (told[ClueState.TRUE], told[ClueState.DISMISSED])
        for rule, told in counts.items()
        if told[ClueState.TRUE] + told[ClueState.DISMISSED]
    }
    top = max((sum(pair) for pair in decided.values()), default=0)
    return tuple(
        stacked_bar(
            rule_name(rule),
            [("属实", upheld, "amber"), ("排除", dismissed, "green")],
            top=top,
            note=f"属实{percent(upheld, upheld + dismissed)}",
            url=address("clue_list", rule=rule, state=ClueState.TRUE.label),
        )
        for rule, (upheld, dismissed) in sorted(decided.items(), key=lambda pair: -sum(pair[1]))
    )
