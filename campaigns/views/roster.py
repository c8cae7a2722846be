"""Units and people: lists, pages, and the role requests an administrator makes."""

import secrets

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.access import roles
from campaigns.actions import accounts
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.postings import PostingRequestForm
from campaigns.ground.table import Table, paginate
from campaigns.models import Organization, Person, Posting, WalkSession
from campaigns.permissions import can_reset_password
from campaigns.roster import ORGANIZATIONS, PEOPLE, POSTINGS, organization_rows, person_rows
from campaigns.roster_forms import (
    GrantFilter,
    OrganizationFilter,
    PersonFilter,
    value_of,
)
from campaigns.views.walks import export_url
from campaigns.whole_walks import DEFINITION, MatterRow, matter_rows_of, matters_run_by

_ROSTER_READERS = tuple(role for role in (*BUSINESS_ROLES, Role.ADMIN, Role.SECURITY) if role != Role.WALKER)


@roles(*_ROSTER_READERS)
def organization_list(request: HttpRequest) -> HttpResponse:
    form = OrganizationFilter(request.GET or None)
    rows = organization_rows(form.narrow(Organization.objects.visible_to(request.posting)))
    table = Table(ORGANIZATIONS, paginate(rows, request.GET.get("page")), url=Organization.get_absolute_url)
    context = {"table": table, "form": form, "export_url": export_url(request, "organizations")}
    return render(request, "campaigns/organization_list.html", context)


@roles(*_ROSTER_READERS)
def organization_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Organization.objects.visible_to(request.posting).select_related(
        "parent", "counterpart", "successor"
    )
    unit = get_object_or_404(visible, pk=pk)
    people = Person.objects.filter(organization=unit).select_related("organization").order_by("code")
    context = {
        "unit": unit,
        "people": Table(PEOPLE, paginate(people, request.GET.get("page")), url=Person.get_absolute_url),
        "children": unit.children.order_by("code"),
        "counterparts": Organization.objects.visible_to(request.posting)
        .filter(counterpart=unit)
        .order_by("code"),
        "may_open_counterpart": visible.filter(pk=unit.counterpart_id).exists(),
        "matters": _matters_of(request, unit),
        "whole_means": DEFINITION,
    }
    return render(request, "campaigns/organization_detail.html", context)


def _matters_of(request: HttpRequest, unit: Organization) -> list[MatterRow]:
    """What the unit runs, and how often each was walked there; 安全管理员 has no business with matters."""
    if request.posting.role == Role.SECURITY:
        return []
    matters = matters_run_by(unit).select_related("owner").order_by("code")
    return matter_rows_of(matters, WalkSession.objects.filter(walked_unit=unit))


@roles(*_ROSTER_READERS)
def person_list(request: HttpRequest) -> HttpResponse:
    people = Person.objects.visible_to(request.posting)
    form = PersonFilter(request.GET or None, people=people)
    rows = person_rows(form.narrow(people))
    table = Table(PEOPLE, paginate(rows, request.GET.get("page")), url=Person.get_absolute_url)
    context = {"table": table, "form": form, "export_url": export_url(request, "people")}
    return render(request, "campaigns/person_list.html", context)


@roles(*_ROSTER_READERS)
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, roles and, for 系统管理员, the request of a role and the one-time password."""
    person = get_object_or_404(
        Person.objects.visible_to(request.posting).select_related("organization", "user"), pk=pk
    )
    form = PostingRequestForm(request.POST or None, initial={"organization": person.organization})
    if request.method == "POST" and request.posting.role == Role.ADMIN and form.is_valid():
        if person.user_id is None:
            form.add_error(None, "这个人还没有登录账号，请先通过导入向导填写登录账号。")
        else:
            said = form.cleaned_data
            accounts.request_posting(
                person=person,
                organization=said["organization"],
                role=said["role"],
                reach=said["reach"],
                by=request.posting,
                now=timezone.now(),
            )
            messages.success(request, "已提交，等待安全管理员授权。")
            return redirect(person)
    postings = person.postings.select_related("organization", "person__organization").order_by("pk")
    context = {
        "person": person,
        "postings": Table(POSTINGS, postings),
        "form": form,
        "unit_options": Organization.objects.order_by("code"),
        "may_reset": can_reset_password(request.posting, person),
    }
    return render(request, "campaigns/person_detail.html", context)


@roles(Role.ADMIN, Role.SECURITY)
@require_POST
def password_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A one-time password, shown once; it is never stored in clear or logged."""
    person = get_object_or_404(Person.objects.filter(user__isnull=False).select_related("user"), pk=pk)
    password = secrets.token_urlsafe(9) + "a1"
    accounts.reset_password(person=person, password=password, by=request.posting, now=timezone.now())
    context = {"person": person, "password": password}
    return render(request, "campaigns/password_once.html", context)


@roles(Role.SECURITY)
def grant_list(request: HttpRequest) -> HttpResponse:
    """Roles waiting first; 安全管理员 grants one, several, or withdraws."""
    if request.method == "POST":
        return _grant_or_withdraw(request)
    on = timezone.localdate()
    rows = (
        Posting.objects.visible_to(request.posting)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))
        .select_related("person__organization", "organization")
        .order_by("granted_at", "-requested_at", "pk")
    )
    form = GrantFilter(request.GET or None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if said["q"]:
            rows = rows.filter(
                Q(person__name__contains=said["q"]) | Q(person__user__username__contains=said["q"])
            )
        if said["state"]:
            rows = rows.filter(granted_at__isnull=said["state"] == "待授权")
        if said["role"]:
            rows = rows.filter(role=value_of(Role, said["role"]))
    else:
        rows = rows.waiting(on)
    table = Table(
        POSTINGS, paginate(rows, request.GET.get("page")), url=lambda g: g.person.get_absolute_url()
    )
    return render(request, "campaigns/grant_list.html", {"table": table, "form": form})


def _grant_or_withdraw(request: HttpRequest) -> HttpResponse:
    chosen = Posting.objects.visible_to(request.posting).filter(
        pk__in=[pk for pk in request.POST.getlist("posting") if pk.isdecimal()]
    )
    withdrawing = request.POST.get("act") == "withdraw"
    done = 0
    for posting in chosen.order_by("pk"):
        if withdrawing:
            accounts.withdraw(
                posting=posting, by=request.posting, now=timezone.now(), on=timezone.localdate()
            )
        elif not posting.is_granted:
            accounts.grant(posting=posting, by=request.posting, now=timezone.now())
        done += 1
    if done:
        messages.success(request, f"已{'收回' if withdrawing else '授权'} {done} 个角色。")
    else:
        messages.warning(request, "请先勾选要办理的角色。")
    return redirect(request.get_full_path())
