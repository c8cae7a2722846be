"""走流程登记: the list, the page that records a walk, 本人确认, and the files of a walk."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.actions.walks import confirm_session, edit_session, record_session, window_warning
from campaigns.enums import BUSINESS_ROLES, Role, SessionMode
from campaigns.forms.filters import WalkFilter
from campaigns.forms.walk_page import WalkPage, chosen_numbers
from campaigns.forms.walks import WalkForm
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate, query_without_page
from campaigns.lists import WALKS, walk_rows
from campaigns.models import Complaint, Matter, Organization, WalkSession
from campaigns.modes import FORMS
from campaigns.permissions import can_start_walk, check_can_edit
from campaigns.rounds import running_campaign

_RECORDERS = (Role.REPORTER, Role.WALKER)


@roles(*BUSINESS_ROLES)
@require_GET
def walk_list(request: HttpRequest) -> HttpResponse:
    """Walks in scope, narrowed by the address."""
    visible = WalkSession.objects.visible_to(request.posting).newest()
    form = WalkFilter(request.GET or None, rows=visible)
    rows = walk_rows(form.narrow(visible))
    context = {
        "form": form,
        "table": Table(WALKS, paginate(rows, request.GET.get("page")), url=WalkSession.get_absolute_url),
        "may_record": can_start_walk(request.posting),
        "export_url": export_url(request, "walks"),
    }
    return render(request, "campaigns/walk_list.html", context)


def export_url(request: HttpRequest, kind: str) -> str:
    """Where the rows shown are exported; empty as long as there is no download centre."""
    try:
        return f"{reverse('export_list')}?kind={kind}&{query_without_page(request)}".rstrip("&")
    except NoReverseMatch:
        return ""


def _options() -> dict[str, Any]:
    """Rows for the datalists of units and matters."""
    return {
        "unit_options": Organization.objects.order_by("code"),
        "matter_options": Matter.objects.order_by("code"),
    }


@roles(*_RECORDERS)
def walk_new(request: HttpRequest) -> HttpResponse:
    """First the five forms; with ?mode= the page of that form."""
    mode = chosen_mode(request.GET.get("mode", ""))
    if mode is None:
        kept = {name: request.GET[name] for name in ("matter", "work_order") if request.GET.get(name)}
        return render(
            request, "campaigns/walk_mode.html", {"shapes": FORMS.values(), "kept": urlencode(kept)}
        )
    page = WalkPage(request, mode=mode, campaign=running_campaign(to="登记走流程"), asked=_asked(request))
    if request.method == "POST" and page.is_valid():
        made = WalkSession.objects.filter(form_token=page.form.cleaned_data["form_token"]).first()
        if made:
            messages.info(request, f"这张登记表已经提交过，登记编号 {made.number}，没有重复登记。")
            return redirect(made)
        return _written(request, page)
    return walk_page(request, page)


@roles(*_RECORDERS)
def walk_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft, or a registered walk nobody has confirmed yet."""
    session = get_object_or_404(
        WalkSession.objects.visible_to(request.posting).select_related("campaign"), pk=pk
    )
    check_can_edit(request.posting, session)
    mode = chosen_mode(request.GET.get("mode", "")) or session.mode
    page = WalkPage(request, mode=mode, campaign=session.campaign, session=session)
    if request.method == "POST" and page.is_valid():
        return _written(request, page)
    return walk_page(request, page)


def _written(request: HttpRequest, page: WalkPage) -> HttpResponse:
    """One action; a refusal goes back onto the page, where everything typed still stands."""
    arguments = {"by": request.posting, "now": timezone.now(), **page.arguments}
    try:
        if page.session:
            session = edit_session(session=page.session, **arguments)
        else:
            token = page.form.cleaned_data["form_token"]
            session = record_session(campaign=page.campaign, form_token=token, **arguments)
    except NotAllowed as refusal:
        page.form.add_error(None, str(refusal))
        return walk_page(request, page)
    words = "草稿已保存" if page.is_draft else "已登记"
    messages.success(request, f"{words}，登记编号 {session.number}。", extra_tags=f"saved:{page.key}")
    if warning := window_warning(session.campaign, day_of(session.started_at)):
        messages.warning(request, warning)
    return redirect(session)


def walk_page(request: HttpRequest, page: WalkPage) -> HttpResponse:
    """The page of one form, fresh or sent back with what is wrong."""
    context = {
        "page": page,
        "form": page.form,
        "shapes": FORMS.values(),
        "is_held": page.session is not None and page.session.held_on is not None,
        **_options(),
    }
    return render(request, "campaigns/walk_form.html", context, status=422 if page.form.is_bound else 200)


@roles(*_RECORDERS)
@require_GET
def walk_guide(request: HttpRequest) -> HttpResponse:
    """The guide's numbers for the matter and units chosen so far, as a fragment for the page (htmx)."""
    form = WalkForm(
        initial=request.GET.dict(),
        mode=SessionMode.SELF,
        posting=request.posting,
        campaign=running_campaign(to="登记走流程"),
    )
    return render(request, "campaigns/_guide.html", {"numbers": chosen_numbers(form)})


@roles(*BUSINESS_ROLES)
@require_POST
def walk_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """本人确认 by one of the walkers, whichever of their postings they are working in."""
    session = get_object_or_404(WalkSession.objects.visible_to(request.posting), pk=pk)
    confirm_session(session=session, by=request.posting, now=timezone.now())
    messages.success(request, f"已确认走流程 {session.number}，此后不能再修改。")
    return redirect(session)


def chosen_mode(said: str) -> str | None:
    """A form by its name (亲身办) or its key; None for neither."""
    return next((mode for mode, shape in FORMS.items() if said in (mode, shape.label)), None)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """First values from the address: a matter, or the work order to walk back from (complaints in scope only)."""
    asked = {name: request.GET[name] for name in ("matter", "work_order") if request.GET.get(name)}
    visible = Complaint.objects.visible_to(request.posting).select_related("matter", "organization")
    complaint = visible.filter(number=asked.get("work_order", "")).first()
    if complaint:
        asked |= {"walked_unit": complaint.organization}
        asked |= {"matter": complaint.matter} if complaint.matter else {}
    return asked
