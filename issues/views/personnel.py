"""Personnel life for 系统管理员: 调动, 离任, 恢复任职, and the sealed list of first passwords."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Person
from issues.actions import personnel
from issues.forms.personnel import LeaveForm, TransferForm
from issues.permissions_roster import check_can_move_person

# Without the signs people mistake for each other on paper.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Ten signs that can be typed from paper, in two groups."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(10))
    return f"{drawn[:5]}-{drawn[5:]}"


def _person(request: HttpRequest, pk: int) -> Person:
    people = Person.objects.visible_to(request.posting).select_related("organization", "user")
    return get_object_or_404(people, pk=pk)


@roles(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def person_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    check_can_move_person(request.posting, person)
    initial = {"rank": person.rank, "is_obligated": person.is_obligated, "on": timezone.localdate()}
    form = TransferForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            personnel.transfer(person=person, by=request.posting, now=timezone.now(), **form.cleaned_data)
            messages.success(request, f"{person.name}已调到新单位，申请的角色等安全管理员授权。")
            return redirect(person)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    context = {"person": person, "form": form, "heading": "人员调动", "button": "办理调动", "note": _TRANSFER}
    return render(request, "issues/personnel/move.html", context, status=422 if form.errors else 200)


@roles(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    check_can_move_person(request.posting, person)
    data = request.POST if request.method == "POST" else None
    form = LeaveForm(data, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            personnel.leave(person=person, by=request.posting, now=timezone.now(), **form.cleaned_data)
            messages.success(request, f"{person.name}已离任，历史记录保留。")
            return redirect(person)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    context = {"person": person, "form": form, "heading": "人员离任", "button": "办理离任", "note": _LEAVE}
    return render(request, "issues/personnel/move.html", context, status=422 if form.errors else 200)


_TRANSFER = "原单位的系统角色到前一天为止；没有走完的任务随人走；原单位的整改事项留在原单位，责任人空出，请原单位重新明确。"
_LEAVE = "系统角色、应走任务和账号随即停用；他走过的流程、签过的字照旧保留；名下的任务和整改事项空出责任人，请单位重新明确。"


@roles(Role.ADMIN)
@require_POST
def person_return(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复任职."""
    person = _person(request, pk)
    personnel.come_back(person=person, on=timezone.localdate(), by=request.posting, now=timezone.now())
    messages.success(request, f"{person.name}已恢复任职，系统角色需要重新申请。")
    return redirect(person)


@roles(Role.ADMIN)
@require_POST
def password_seal(request: HttpRequest) -> HttpResponse:
    """The sealed list, shown once: printed, cut, and handed over in envelopes."""
    chosen = [pk for pk in request.POST.getlist("person") if pk.isdecimal()]
    people = Person.objects.visible_to(request.posting).filter(pk__in=chosen[: personnel.MOST_SEALED + 1])
    try:
        sealed = personnel.seal_passwords(
            people=people.select_related("organization", "user").order_by("organization__path", "code"),
            new_password=one_time_password,
            by=request.posting,
            now=timezone.now(),
        )
    except NotAllowed as refusal:
        messages.warning(request, str(refusal) if chosen else "请先勾选人员。")
        return redirect("person_list")
    response = render(request, "issues/personnel/sealed.html", {"sealed": sealed})
    response["Cache-Control"] = "no-store"
    return response
