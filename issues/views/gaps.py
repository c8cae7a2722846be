"""台账缺口: six lists of what is missing, counted and one click away from the ledger."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.table import Table, paginate
from issues.gaps import GAPS
from issues.views.links import export_address

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


@roles(*READERS)
@require_GET
def gap_overview(request: HttpRequest) -> HttpResponse:
    """Every gap with its count; the count is that of its list."""
    rows = [
        {"gap": gap, "count": gap.found(request.posting).distinct().count(), "url": _url(gap.slug)}
        for gap in GAPS.values()
    ]
    return render(request, "issues/gap_overview.html", {"rows": rows})


def _url(slug: str) -> str:
    return reverse("gap_list", args=[slug])


@roles(*READERS)
@require_GET
def gap_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of one gap, twenty a page."""
    gap = GAPS.get(slug)
    if gap is None:
        raise Http404
    page = paginate(
        gap.ready(gap.found(request.posting).distinct(), request.posting), request.GET.get("page")
    )
    context = {
        "gap": gap,
        "table": Table(gap.columns, page, url=gap.url),
        "export_url": export_address(f"gap_{gap.slug}", ""),
        "tabs": [
            {"label": other.label, "url": _url(other.slug), "active": other is gap, "count": None}
            for other in GAPS.values()
        ],
    }
    return render(request, "issues/gap_list.html", context)
