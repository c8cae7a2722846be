"""回访: the list, one call with its sheet, the number that is shown once, what the unit and 督查室 say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role, Satisfaction
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.secret import mask_name
from campaigns.ground.table import Table, paginate
from campaigns.models import Posting
from issues import followup_rights as rights
from issues.actions import followups, followups_hearing
from issues.enums import AttemptOutcome, FollowUpMethod, FollowUpVerdict
from issues.followup_querysets import FOLLOW_UP_READERS
from issues.followup_sheet import ANSWERS, answered, sheet
from issues.forms.followups import AttemptForm, DecideForm, ExplainForm, FollowUpFilter, OpenForm, PhoneForm
from issues.lists.followups import FOLLOW_UPS, follow_up_rows
from issues.models import FollowUp
from issues.models.inspections import MOST_ATTEMPTS
from issues.views.links import export_url


@roles(*FOLLOW_UP_READERS)
@require_GET
def followup_list(request: HttpRequest) -> HttpResponse:
    return _list(request, OpenForm())


def _list(request: HttpRequest, opening: forms.Form, status: int = 200) -> HttpResponse:
    visible = FollowUp.objects.visible_to(request.posting)
    form = FollowUpFilter(request.GET, rows=visible)
    page = paginate(follow_up_rows(form.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(FOLLOW_UPS, page, url=FollowUp.get_absolute_url),
        "is_inspector": request.posting.role == Role.INSPECTOR,
        "opening": opening,
        "export_url": export_url(request, "followups"),
    }
    return render(request, "issues/followup_list.html", context, status=status)


@roles(Role.INSPECTOR)
@require_POST
def followup_open(request: HttpRequest) -> HttpResponse:
    """发起回访 for chosen closed items; refused, the numbers stay in the form."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        opened = followups.open_chosen(
            numbers=form.cleaned_data["numbers"], by=request.posting, now=timezone.now()
        )
    except NotAllowed as refusal:
        form.add_error("numbers", str(refusal))
        return _list(request, form, status=422)
    messages.success(request, f"已发起 {len(opened)} 条回访。")
    return redirect(opened[0] if len(opened) == 1 else "followup_list")


@dataclass(frozen=True)
class Act:
    """One button of a 回访: who may, its form, and what is done with what was typed."""

    slug: str
    label: str
    form: Callable[..., forms.Form]
    may: Callable[[Posting, FollowUp], bool]
    do: Callable[..., Any]
    kind: str = ""
    confirm: str = ""
    done: str = "已办理。"


def _may(check) -> Callable[[Posting, FollowUp], bool]:
    return lambda posting, row: rights.allows(check, posting, row)


def _sheet_of(row: FollowUp, data=None, **options) -> AttemptForm:
    has_walk = (row.item.problem or row.item.demand).session_id is not None
    return AttemptForm(data, method=row.method, has_walk=has_walk, **options)


def _plain(form: type[forms.Form]) -> Callable[..., forms.Form]:
    return lambda row, data=None, **options: form(data, **options)


ACTS = {
    act.slug: act
    for act in (
        Act(
            "phone",
            "查看号码",
            _plain(PhoneForm),
            lambda posting, row: _may_see(posting, row),
            followups.show_phone,
        ),
        Act(
            "ask",
            "登记回访",
            _sheet_of,
            _may(rights.check_can_ask),
            followups.record_attempt,
            kind="main",
            done="回访已登记。",
        ),
        Act(
            "explain",
            "填写情况说明",
            _plain(ExplainForm),
            _may(rights.check_can_explain),
            followups_hearing.explain,
            kind="main",
            done="情况说明已提交。",
        ),
        Act(
            "accept",
            "采纳说明",
            _plain(DecideForm),
            _may(rights.check_can_accept),
            followups_hearing.accept,
            done="已采纳说明，维持销号。",
        ),
        Act(
            "reopen",
            "撤销销号",
            _plain(DecideForm),
            lambda posting, row: rights.allows(rights.check_can_reopen, posting, row, timezone.localdate()),
            followups_hearing.take_back,
            kind="danger",
            confirm="撤销销号后台账恢复整改，计入返工。",
            done="已撤销销号，台账恢复整改。",
        ),
    )
}


def _may_see(posting: Posting, row: FollowUp) -> bool:
    return rights.allows(rights.check_can_ask, posting, row) and bool(rights.citizen_of(row.item).phone)


def _row_or_404(request: HttpRequest, pk: int) -> FollowUp:
    rows = FollowUp.objects.visible_to(request.posting).select_related(
        "deadline",
        "checked_by__person",
        "item__responsible_unit",
        "item__problem__session__complaint",
        "item__demand__session__complaint",
    )
    return get_object_or_404(rows.prefetch_related("item__helper_units"), pk=pk)


@roles(*FOLLOW_UP_READERS)
@require_GET
def followup_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _row_or_404(request, pk))


def _page(
    request: HttpRequest,
    row: FollowUp,
    *,
    tried: Act | None = None,
    form=None,
    refusal: str = "",
    phone: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; with `tried`, its form stands open with what was typed and the sentence beside it."""
    posting = request.posting
    is_inspector = posting.role == Role.INSPECTOR
    context = {
        "row": row,
        "finding": row.item.problem or row.item.demand,
        "is_inspector": is_inspector,
        "citizen": mask_name(rights.citizen_of(row.item).name) if is_inspector else "",
        "answers": answered(row.answers) if is_inspector else [],
        "attempts": row.attempts.select_related("by__person").order_by("number") if is_inspector else [],
        "phone": phone,
        "may_print": rights.allows(rights.check_can_ask, posting, row),
        "acts": [
            {
                "act": act,
                "form": form if act is tried else act.form(row, auto_id=f"{act.slug}_%s"),
                "is_open": act is tried,
            }
            for act in ACTS.values()
            if act is tried or act.may(posting, row)
        ],
        "refusal": refusal,
    }
    return render(request, "issues/followup_detail.html", context, status=status)


@roles(Role.INSPECTOR)
@require_GET
def followup_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """回访单 on paper: `?method=CALL` or `ON_SITE`. Never with the number: that is looked up with a reason, by the caller."""
    row = _row_or_404(request, pk)
    rights.check_can_ask(request.posting, row)
    method = request.GET.get("method", row.method)
    if method not in FollowUpMethod.values:
        method = row.method
    finding = row.item.problem or row.item.demand
    has_walk = finding.session_id is not None
    context = {
        "row": row,
        "finding": finding,
        "citizen": mask_name(rights.citizen_of(row.item).name),
        "method": FollowUpMethod(method),
        "methods": FollowUpMethod,
        "questions": sheet(method, has_walk=has_walk),
        "tries": range(1, MOST_ATTEMPTS + 1) if method == FollowUpMethod.CALL else (),
        "outcomes": AttemptOutcome.labels,
        "levels": Satisfaction.labels,
        "verdicts": [word for value, word in FollowUpVerdict.choices if value != FollowUpVerdict.UNREACHED],
        "answers": ANSWERS,
    }
    return render(request, "issues/followup_sheet.html", context)


@roles(*FOLLOW_UP_READERS)
@require_POST
@never_cache
def followup_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One act on one 回访; refused, what was typed stays on the page."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404
    row = _row_or_404(request, pk)
    form = act.form(row, request.POST, auto_id=f"{act.slug}_%s")
    if not form.is_valid():
        return _page(request, row, tried=act, form=form, status=422)
    said = form.told() if isinstance(form, AttemptForm) else form.cleaned_data
    try:
        result = act.do(follow_up=row, by=request.posting, now=timezone.now(), **said)
    except Changed as changed:
        return _page(
            request, _row_or_404(request, pk), tried=act, form=form, refusal=str(changed), status=409
        )
    except NotAllowed as refusal:
        return _page(request, row, tried=act, form=form, refusal=str(refusal), status=403)
    if act.slug == "phone":
        return _page(request, row, phone=result)
    messages.success(request, act.done)
    return redirect("followup_list") if act.slug == "ask" else redirect(row)
