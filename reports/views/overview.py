"""总览: the figures of the reach, each a card that leads to the list behind it; the five forms; lights by unit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns.access import roles
from campaigns.enums import SessionMode
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign
from reports.actions.packages import BUILDERS
from reports.figures import figures, tally, units
from reports.scope import Scope
from reports.views.links import lights_table, state_links, walk_links

STATES_SHOWN = 12


@roles(*BUILDERS)
def overview(request: HttpRequest) -> HttpResponse:
    """One page of numbers; a fixed number of queries, whatever the number of rows."""
    campaign = Campaign.objects.current()
    if campaign is None:
        return render(request, "reports/overview.html", {"campaign": None})
    on = timezone.localdate()
    scope = Scope(posting=request.posting, campaign=campaign, on=on)
    lines = units(scope, load_calendar())
    context = {
        "campaign": campaign,
        "on": on,
        "figures": list(figures(scope).values()),
        "modes": walk_links(tally(scope.sessions(), "mode"), SessionMode),
        "states": state_links(tally(scope.items(), "state")),
        "lights": lights_table(lines),
        "flagged": [line.label for line in lines if line.is_flagged],
    }
    return render(request, "reports/overview.html", context)
