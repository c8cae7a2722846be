"""总览: the state of the campaign in one page; each number and each bar leads to its rows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns.access import roles
from campaigns.ground.workdays import load_calendar
from campaigns.rounds import other_rounds, shown_campaign
from issues.lists.measures import FIVE
from reports.actions.packages import BUILDERS
from reports.breakdowns import reductions
from reports.figures import Figure, UnitLine, figures, units
from reports.overview import comparison, coverage, facts, quality
from reports.overview.trend import trend_svg
from reports.overview.words import lead_sentence
from reports.scope import Scope
from reports.views.links import lights_table
from reports.weeks import ledger_weeks

HEADLINES = ("coverage", "key_matters", "problems", "closure", "on_time", "overdue")
LATE = ("overdue",)  # the only figures that are red when they aren't nought


@roles(*BUILDERS)
def overview(request: HttpRequest) -> HttpResponse:
    """The round named in the address, else the running or the last one. A fixed number of queries, whatever the rows."""
    campaign = shown_campaign(request.GET.get("campaign", ""))
    if campaign is None:
        return render(request, "reports/overview.html", {"campaign": None})
    scope = Scope(posting=request.posting, campaign=campaign, on=timezone.localdate())
    found = figures(scope)
    lines = units(scope, load_calendar())
    cards = _cards(scope, found)
    context = {
        "campaign": campaign,
        "rounds": other_rounds(campaign),
        "lead": lead_sentence(found, scope.on),
        "cards": list(cards.values()),
        "headlines": [cards[key] for key in HEADLINES],
        "lights": lights_table(lines, campaign.code),
        "flagged": [line.label for line in lines if line.is_flagged],
        **_drawings(scope, found, lines),
    }
    return render(request, "reports/overview.html", context)


def _cards(scope: Scope, found: dict[str, Figure]) -> dict[str, dict]:
    """Each figure as a card: what it says, where it leads, what it was before."""
    changes = comparison.changes(found, scope, comparison.earlier_day(scope))
    return {
        key: {
            "label": figure.label,
            "text": figure.text,
            "note": figure.note,
            "url": figure.url,
            "definition": figure.definition,
            "is_late": key in LATE and bool(figure.numerator),
            "change": changes.get(key, ""),
        }
        for key, figure in found.items()
    }


def _drawings(scope: Scope, found: dict[str, Figure], lines: list[UnitLine]) -> dict:
    weeks = ledger_weeks(scope)
    return {
        "trend_svg": trend_svg(weeks),
        "weeks": weeks,
        "funnel": facts.funnel(found),
        "forms": facts.forms(scope),
        "categories": facts.categories(scope),
        "unit_bars": facts.unit_lights(lines, scope),
        "reductions": facts.reductions(reductions(scope.measures())),
        "complaints": facts.complaints(scope),
        "before_after": quality.before_after(scope),
        "rates": quality.rates(found),
        "cuts": quality.cuts_by_matter(scope),
        "five": [name for name, _, _ in FIVE],
        "clue_bars": quality.clue_bars(scope),
        **_coverage(scope),
    }


def _coverage(scope: Scope) -> dict:
    heat = coverage.covered(scope)
    return {"heat": heat, "places": coverage.place_bars(heat), "heat_svg": coverage.heat_svg(heat)}
