"""事项: the catalogue. A matter's own page shows problems, so it stands in issues.views.walks."""

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


@roles(*BUSINESS_ROLES, Role.ADMIN)
@require_GET
def matter_list(request: HttpRequest) -> HttpResponse:
    """All matters, narrowed by the address; walks are counted within the reader's scope."""
    visible = Matter.objects.visible_to(request.posting)
    form = MatterFilter(request.GET or None, rows=visible)
    rows = form.narrow(visible)
    walks = WalkSession.objects.visible_to(request.posting).held()
    page = paginate(matter_rows(rows, walks), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(MATTERS, page, url=Matter.get_absolute_url),
        "export_url": export_url(request, "matters"),
    }
    return render(request, "campaigns/matter_list.html", context)
