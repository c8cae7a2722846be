"""The rows of the drawings of 总览: a fixed number of queries, whatever the number of rows."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.http import urlencode

from campaigns.enums import Satisfaction, SessionMode
from campaigns.models import Category, Complaint
from reports.breakdowns import Reduction
from reports.figures import Figure, UnitLine, percent, tally
from reports.overview.bars import Bar, Part, plain_bars, share, stacked_bar
from reports.scope import Scope

UNITS_SHOWN = 12
TONES = (("红", "red"), ("黄", "amber"), ("绿", "green"), ("审核中", "blue"))
UNHAPPY = (Satisfaction.BAD, Satisfaction.VERY_BAD)


@dataclass(frozen=True)
class CategoryLine:
    """One of the 32 categories: how many problems, and the share of all that it and the more frequent ones make."""

    bar: Bar
    cumulated: str


def address(name: str, **query: str) -> str:
    """A list under these filters."""
    return f"{reverse(name)}?{urlencode(query)}"


def forms(scope: Scope) -> tuple[Bar, ...]:
    """五种形式 in the document's order (衡政办函〔2022〕16号 三); one that nobody used shows 0."""
    counts = tally(scope.sessions(), "mode")
    total = sum(counts.values())
    return plain_bars(
        (
            mode.label,
            counts.get(mode.value, 0),
            percent(counts.get(mode.value, 0), total),
            address("walk_list", mode=mode.label, state="不含草稿", campaign=scope.campaign.code),
        )
        for mode in SessionMode
    )


def categories(scope: Scope) -> tuple[CategoryLine, ...]:
    """Problems by the 32 categories, the most frequent first (Pareto); categories without a problem are left out."""
    counts = tally(scope.problems(), "category__code")
    names = dict(Category.objects.filter(code__in=counts).values_list("code", "name"))
    total = sum(counts.values())
    rows = [
        (
            f"{code} {names[code]}",
            rows,
            percent(rows, total),
            address("problem_list", category=code, campaign=scope.campaign.code),
        )
        for code, rows in counts.items()
    ]
    sums = accumulate(counts.values())
    return tuple(
        CategoryLine(bar, percent(so_far, total)) for bar, so_far in zip(plain_bars(rows), sums, strict=True)
    )


def funnel(figures: dict[str, Figure]) -> tuple[Bar, ...]:
    """From 列入台账 to 已销号, each stage with its share of the one before."""
    stages = [figures[key] for key in ("recognized", "planned", "applied", "closed")]
    rows, before = [], None
    for stage in stages:
        note = f"上一步的{percent(stage.numerator, before)}" if before is not None else ""
        rows.append((stage.label, stage.numerator, note, stage.url))
        before = stage.numerator
    return plain_bars(rows)


def unit_lights(lines: list[UnitLine], scope: Scope) -> tuple[Bar, ...]:
    """The units with the most red lights, then yellow. The bar holds what is still open, the number what is red."""
    lines = [line for line in lines if line.lights["红"] or line.lights["黄"]]
    lines = sorted(lines, key=lambda line: (-line.lights["红"], -line.lights["黄"], line.code))[:UNITS_SHOWN]
    top = max((_open(line) for line in lines), default=0)
    return tuple(_unit_bar(line, scope.campaign.code, top) for line in lines)


def _open(line: UnitLine) -> int:
    return sum(line.lights[word] for word, _ in TONES)


def _unit_bar(line: UnitLine, campaign: str, top: int) -> Bar:
    pieces = [(word, line.lights[word], tone) for word, tone in TONES]
    url = address("ledger_list", organization=line.code, light="红", campaign=campaign)
    bar = stacked_bar(line.label, pieces, top=top, note=f"未办结{_open(line)}", url=url)
    return replace(bar, number=str(line.lights["红"]))


def reductions(found: tuple[Reduction, ...]) -> tuple[Bar, ...]:
    """五减: before as the whole line, after as the filled part; numbers nobody stated are left out."""
    return tuple(
        Bar(
            f"减{each.name}",
            f"{each.before.normalize():f}→{each.after.normalize():f}{each.unit}",
            f"减{percent(int((each.before - each.after) * 100), int(each.before * 100))}",
            reverse("measure_list"),
            (
                Part(
                    0,
                    share(float(each.after), float(each.before)),
                    "blue",
                    f"{each.measures}条措施，现在{each.after.normalize():f}{each.unit}",
                ),
            ),
        )
        for each in found
        if each.measures
    )


def complaints(scope: Scope) -> tuple[Bar, ...]:
    """Complaints of the reach by month of 受理, the unhappy ones apart; the oldest month first."""
    rows = (
        Complaint.objects.visible_to(scope.posting)
        .filter(received_at__date__lte=scope.on)
        .annotate(month=TruncMonth("received_at"))
        .order_by("month")
        .values("month")
        .annotate(
            rows=Count("pk"),
            unhappy=Count("pk", filter=Q(satisfaction__in=UNHAPPY)),
        )
    )
    found = [(each["month"].date(), each["rows"], each["unhappy"]) for each in rows][-6:]
    top = max((rows for _, rows, _ in found), default=0)
    return tuple(
        stacked_bar(
            f"{month.year}年{month.month}月",
            [("差评", unhappy, "amber"), ("其他", rows - unhappy, "blue")],
            top=top,
            note=f"其中差评{unhappy}",
            url=address("complaint_list", **{"from": month.isoformat(), "to": _last_day(month).isoformat()}),
        )
        for month, rows, unhappy in found
    )


def _last_day(month: date) -> date:
    """The last day of the month that `month` is the first day of."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
