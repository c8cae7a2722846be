"""Organizations' life for 系统管理员: a preview of what would go over, then one action."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization
from issues.actions import successions
from issues.forms.successions import MergeForm, PartForm, RenameForm


def _unit(request: HttpRequest, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.posting), pk=pk)


def _page(request: HttpRequest, unit: Organization, form, counts: dict | None = None, **said) -> HttpResponse:
    context = {"unit": unit, "form": form, "counts": list((counts or {}).items()), **said}
    return render(request, "issues/successions/change.html", context, status=422 if form.errors else 200)


@roles(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销并入."""
    unit = _unit(request, pk)
    form = MergeForm(
        request.POST if request.method == "POST" else None, unit=unit, initial={"on": timezone.localdate()}
    )
    if form.is_valid():
        try:
            successions.merge(unit=unit, by=request.posting, now=timezone.now(), **form.cleaned_data)
            messages.success(request, f"{unit.label}已并入{form.cleaned_data['successor'].label}。")
            return redirect(unit)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    counts = successions.estate_of(unit).counts
    return _page(request, unit, form, counts, heading="撤销并入", button="确认并入", note=_MERGE)


@roles(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_part(request: HttpRequest, pk: int) -> HttpResponse:
    """拆分划转."""
    unit = _unit(request, pk)
    form = PartForm(
        request.POST if request.method == "POST" else None, unit=unit, initial={"on": timezone.localdate()}
    )
    if form.is_valid():
        try:
            told = successions.hand_part(unit=unit, by=request.posting, now=timezone.now(), **form.chosen())
            messages.success(request, "已划转：" + "，".join(f"{key} {value}" for key, value in told.items()))
            return redirect(unit)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return _page(request, unit, form, heading="拆分划转", button="确认划转", note=_PART)


@roles(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """更名."""
    unit = _unit(request, pk)
    initial = {"name": unit.name, "short_name": unit.short_name, "on": timezone.localdate()}
    form = RenameForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            successions.rename(unit=unit, by=request.posting, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "已更名，原名称留在单位沿革里。")
            return redirect(unit)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return _page(request, unit, form, heading="更名", button="确认更名", note=_RENAME)


_MERGE = "下列在办的内容一次移交承接单位；已办结的留在原单位名下，承接单位可以查看。人员的系统角色在承接单位重新等待授权。"
_PART = "所选事项连同其未办结的整改事项、所选人员划转到承接单位；本单位继续存在。承接单位是新单位的，请先在导入向导中新增。"
_RENAME = "编码不变，历史记录不变；原名称保留，各单位报来的旧表仍然认得。"
