"""One figure opened: what it counts (统计口径), and the rows of its numerator and denominator."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign
from issues.views.links import export_url
from reports.actions.packages import BUILDERS
from reports.figure_listings import listing_key
from reports.figure_rows import BY_KEY, DENOMINATOR, NUMERATOR
from reports.figures import Figure, count
from reports.listing import Asked
from reports.listings import LISTINGS
from reports.plan_listings import asked_round
from reports.scope import Scope


@roles(*BUILDERS)
@require_GET
def figure_detail(request: HttpRequest, key: str) -> HttpResponse:
    """`?part=分母` shows what a rate is divided by; a plain count has only its rows."""
    asked = Asked(request.posting, request.GET, timezone.localdate(), load_calendar())
    campaign, indicator = asked_round(asked), BY_KEY.get(key)
    if campaign is None or indicator is None:
        raise Http404
    scope = Scope(posting=request.posting, campaign=campaign, on=asked.on)
    figure, part = count(indicator, scope), request.GET.get("part", NUMERATOR)
    listing = LISTINGS[listing_key(key)]
    page = paginate(listing.keys(asked), request.GET.get("page"))
    page.object_list = [row for batch in listing.batches(asked, page.object_list) for row in batch]
    context = {
        "figure": figure,
        "campaign": campaign,
        "on": scope.on,
        "tabs": _tabs(figure, part, campaign),
        "table": Table(listing.columns, page, url=lambda row: row.get_absolute_url()),
        "export_url": export_url(request, listing.key),
    }
    return render(request, "reports/figure.html", context)


def _tabs(figure: Figure, part: str, campaign: Campaign) -> list[dict]:
    """Numerator and denominator of a rate; nothing to choose for a count."""
    if figure.denominator is None:
        return []
    here = reverse("figure_detail", args=[figure.key])
    pairs = ((NUMERATOR, figure.numerator), (DENOMINATOR, figure.denominator))
    shown = part if part == DENOMINATOR else NUMERATOR
    return [
        {
            "label": label,
            "url": f"{here}?{urlencode({'part': label, 'campaign': campaign.code})}",
            "active": label == shown,
            "count": rows,
        }
        for label, rows in pairs
    ]
