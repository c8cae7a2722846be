"""事项 and 一件事: the catalogue. A matter's own page shows problems, so it stands in issues.views.walks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.filters import MatterFilter
from campaigns.ground.table import Table, paginate
from campaigns.lists import MATTERS, matter_rows
from campaigns.models import Matter, WalkSession
from campaigns.views.walks import export_url
from campaigns.whole_walks import DEFINITION, themes


@roles(*BUSINESS_ROLES, Role.ADMIN)
@require_GET
def matter_list(request: HttpRequest) -> HttpResponse:
    """All matters, narrowed by the address; walks are counted within the reader's scope."""
    visible = Matter.objects.visible_to(request.posting)
    walks = WalkSession.objects.visible_to(request.posting).held()
    form = MatterFilter(request.GET or None, rows=visible, walks=walks)
    rows = form.narrow(visible)
    page = paginate(matter_rows(rows, walks), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(MATTERS, page, url=Matter.get_absolute_url),
        "export_url": export_url(request, "matters"),
        "whole_means": DEFINITION,
    }
    return render(request, "campaigns/matter_list.html", context)


@roles(*BUSINESS_ROLES, Role.ADMIN)
@require_GET
def theme_list(request: HttpRequest) -> HttpResponse:
    """一件事 by theme: its matters, and how many of them were walked the whole way anywhere in the city."""
    asked = request.GET.get("q", "").replace("\0", "").strip()
    named = Matter.objects.visible_to(request.posting).exclude(theme="")
    named = named.filter(theme__contains=asked).order_by("theme").values_list("theme", flat=True).distinct()
    page = paginate(named, request.GET.get("page"))
    context = {
        "page": page,
        "themes": themes(page, WalkSession.objects.all()),
        "asked": asked,
        "whole_means": DEFINITION,
    }
    return render(request, "campaigns/theme_list.html", context)
