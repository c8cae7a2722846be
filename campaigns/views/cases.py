"""办件数据: the service platform's cases, and the walks that name them (contract §6 cases)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.filters import CaseFilter
from campaigns.ground.table import Table, paginate
from campaigns.lists import CASES, WALKS, case_rows, walk_rows, walks_naming, with_walks
from campaigns.models import Case, Matter, Posting, WalkSession
from campaigns.views.walks import export_url

_READERS = tuple(role for role in BUSINESS_ROLES if role != Role.WALKER)
_SHOWN = 50


def cases_url(posting: Posting, matter: Matter) -> str:
    """The list of the matter's cases; "" for who has no such page."""
    return f"{reverse('case_list')}?{urlencode({'matter': matter.code})}" if posting.role in _READERS else ""


@roles(*_READERS)
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases in scope, narrowed by the address."""
    visible = Case.objects.visible_to(request.posting)
    form = CaseFilter(request.GET or None, rows=visible)
    page = paginate(case_rows(form.narrow(visible)), request.GET.get("page"))
    with_walks(page, WalkSession.objects.visible_to(request.posting).held())
    context = {
        "form": form,
        "table": Table(CASES, page, url=Case.get_absolute_url),
        "export_url": export_url(request, "cases"),
    }
    return render(request, "campaigns/case_list.html", context)


@roles(*_READERS)
@require_GET
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One case as the platform tells it, and the walks in scope that name it."""
    visible = Case.objects.visible_to(request.posting).select_related("matter", "organization")
    case = get_object_or_404(visible, pk=pk)
    walks = walks_naming(WalkSession.objects.visible_to(request.posting).held(), [case.number])
    context = {
        "case": case,
        "minutes": None if case.hours is None else case.hours * 60,
        "walks": Table(WALKS, walk_rows(walks)[:_SHOWN], url=WalkSession.get_absolute_url),
    }
    return render(request, "campaigns/case_detail.html", context)
