"""举一反三: 审改办 starts it from an item's page, units answer, everybody concerned sees how far it has come."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.serving import file_answer
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from issues.actions.selfchecks import answer_selfcheck, correct_selfcheck, start_selfchecks, units_to_ask
from issues.enums import ProblemSource, SelfCheckAnswer
from issues.forms.selfchecks import AnswerForm, CorrectionForm, SelfCheckFilter, SpreadForm
from issues.lists.selfchecks import ROUND, SELFCHECKS, selfcheck_rows
from issues.models import CorrectedAnswer, LedgerItem, SelfCheck, SelfCheckRound
from issues.permissions import UNIT_WRITERS
from issues.permissions_twins import can_answer, can_spread, check_can_answer, check_can_spread
from issues.views.links import export_url

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)
DAYS = 10  # proposed, in working days
ASKED_FOR = "请对照上述问题，查本单位办理该事项的窗口、网上和办事指南，有同样情况的如实登记并整改。"


@roles(*READERS)
@require_GET
def selfcheck_list(request: HttpRequest) -> HttpResponse:
    visible = SelfCheck.objects.visible_to(request.posting)
    form = SelfCheckFilter(request.GET, rows=visible)
    rows = selfcheck_rows(form.apply(visible, on=timezone.localdate()))
    context = {
        "form": form,
        "table": Table(SELFCHECKS, paginate(rows, request.GET.get("page")), url=SelfCheck.get_absolute_url),
        "export_url": export_url(request, "selfchecks"),
    }
    return render(request, "issues/selfcheck_list.html", context)


@roles(Role.REFORM_OFFICE)
def selfcheck_new(request: HttpRequest, item: int) -> HttpResponse:
    """The units that would be asked, what they are asked and until when; POST asks them all."""
    rows = LedgerItem.objects.visible_to(request.posting).select_related(
        "responsible_unit", "problem__matter", "problem__category"
    )
    found = get_object_or_404(rows, pk=item)
    check_can_spread(request.posting, found)
    now = timezone.now()
    if request.method != "POST":
        due = load_calendar().add_workdays(timezone.localdate(now), DAYS)
        return _new_page(request, found, SpreadForm(initial={"due_on": due, "request": ASKED_FOR}))
    form = SpreadForm(request.POST)
    if not form.is_valid():
        return _new_page(request, found, form)
    try:
        started = start_selfchecks(item=found, by=request.posting, now=now, **form.cleaned_data)
    except Changed as changed:
        messages.info(request, str(changed))
        return redirect(found.selfcheck_round)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _new_page(request, found, form)
    messages.success(request, f"已发起举一反三，{started.checks.count()} 个单位收到自查任务。")
    return redirect(started)


def _new_page(request: HttpRequest, item: LedgerItem, form: SpreadForm) -> HttpResponse:
    context = {"item": item, "form": form, "units": units_to_ask(item=item, by=request.posting)}
    return render(request, "issues/selfcheck_new.html", context, status=422 if form.is_bound else 200)


@roles(*READERS)
@require_GET
def selfcheck_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Coverage of one round: k of n answered, who has it; the rows are those in scope."""
    rows = SelfCheckRound.objects.visible_to(request.posting).select_related(
        "matter", "item__responsible_unit", "item__problem__category"
    )
    started = get_object_or_404(rows, pk=pk)
    checks = selfcheck_rows(started.checks.visible_to(request.posting))
    context = {
        "round": started,
        "cover": coverage(started),
        "item_url": _item_url(request, started.item),
        "table": Table(ROUND, checks, url=SelfCheck.get_absolute_url),
    }
    return render(request, "issues/selfcheck_round.html", context)


def coverage(started: SelfCheckRound) -> dict[str, Any]:
    """`asked`, `answered`, `found` and the names of the units that have it. One query."""
    rows = list(started.checks.select_related("organization").order_by("organization__path"))
    found = [row.organization.label for row in rows if row.answer == SelfCheckAnswer.FOUND]
    return {
        "asked": len(rows),
        "answered": sum(bool(row.answer) for row in rows),
        "found": len(found),
        "units": "、".join(found),
    }


def _item_url(request: HttpRequest, item: LedgerItem) -> str:
    """The item's page where it lies in scope; empty for others, who read its text only."""
    visible = LedgerItem.objects.visible_to(request.posting).filter(pk=item.pk).exists()
    return item.get_absolute_url() if visible else ""


def _check_or_404(request: HttpRequest, pk: int) -> SelfCheck:
    rows = SelfCheck.objects.visible_to(request.posting).select_related(
        "organization",
        "deadline",
        "file",
        "problem",
        "answered_by__person__organization",
        "corrected__file",
        "corrected__answered_by__person__organization",
        "round__matter",
        "round__item__responsible_unit",
        "round__item__problem__category",
    )
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
def selfcheck_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's self-check; POST is its answer."""
    check = _check_or_404(request, pk)
    if request.method != "POST":
        return _page(request, check, AnswerForm())
    check_can_answer(request.posting, check.organization)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, check, form, status=422)
    said = form.cleaned_data
    try:
        answer_selfcheck(
            selfcheck=check,
            by=request.posting,
            now=timezone.now(),
            answer=said["answer"],
            text=said["text"],
            file=next(iter(said["files"]), None),
        )
    except Changed as changed:
        return _page(request, _check_or_404(request, pk), form, refusal=str(changed), status=409)
    messages.success(request, f"已答复：{SelfCheckAnswer(said['answer']).label}。")
    return redirect(check)


@roles(*READERS)
@require_POST
def selfcheck_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """更正为“有”: the first answer stays on record."""
    check = _check_or_404(request, pk)
    check_can_answer(request.posting, check.organization)
    form = CorrectionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, check, AnswerForm(), correction=form, status=422)
    said = form.cleaned_data
    try:
        correct_selfcheck(
            selfcheck=check,
            by=request.posting,
            now=timezone.now(),
            text=said["text"],
            file=next(iter(said["files"]), None),
        )
    except Changed as changed:
        fresh = _check_or_404(request, pk)
        return _page(request, fresh, AnswerForm(), correction=form, refusal=str(changed), status=409)
    messages.success(request, "已更正为“有”，请接着登记这个问题。")
    return redirect(check)


def _page(
    request: HttpRequest,
    check: SelfCheck,
    form: AnswerForm,
    refusal: str = "",
    status: int = 200,
    correction: CorrectionForm | None = None,
) -> HttpResponse:
    may = can_answer(request.posting, check.organization)
    on: date = timezone.localdate()
    context = {
        "check": check,
        "item": check.round.item,
        "item_url": _item_url(request, check.round.item),
        "cover": coverage(check.round),
        "form": form,
        "refusal": refusal,
        "may_answer": may and not check.answer,
        "may_correct": may and check.answer == SelfCheckAnswer.NONE,
        "correction": correction or CorrectionForm(),
        "first": getattr(check, "corrected", None),
        "may_register": request.posting.role == Role.REPORTER
        and may
        and check.answer == SelfCheckAnswer.FOUND
        and check.problem_id is None,
        "is_late": not check.answer and check.deadline.due_on < on,
    }
    return render(request, "issues/selfcheck_detail.html", context, status=status)


@roles(*READERS)
@require_GET
def selfcheck_file(request: HttpRequest, pk: int, first: bool = False) -> HttpResponse:
    """The file a unit sent with its answer; `first`: with the 无 that was corrected."""
    visible = SelfCheck.objects.visible_to(request.posting)
    if first:
        rows = CorrectedAnswer.objects.filter(selfcheck__in=visible, selfcheck=pk)
    else:
        rows = visible.filter(pk=pk)
    return file_answer(get_object_or_404(rows.select_related("file"), file__isnull=False).file)


def spreading(request: HttpRequest, item: LedgerItem) -> dict[str, Any]:
    """What the pages of a problem and of an item say about 举一反三: the round with its coverage, or the button."""
    started = SelfCheckRound.objects.visible_to(request.posting).filter(item=item).first()
    return {
        "selfcheck_round": started,
        "selfcheck_cover": coverage(started) if started else None,
        "may_spread": started is None and can_spread(request.posting, item),
        "spread_item": item,
    }


def selfcheck_of(request: HttpRequest) -> SelfCheck | None:
    """The self-check whose 有 is being registered (?selfcheck=), if it is the writer's to answer."""
    value = request.GET.get("selfcheck", "")
    if not value.isdecimal() or request.posting.role not in UNIT_WRITERS:
        return None
    rows = SelfCheck.objects.visible_to(request.posting).filter(
        answer=SelfCheckAnswer.FOUND, problem__isnull=True
    )
    return rows.select_related("organization", "round__item__problem").filter(pk=value).first()


def from_selfcheck(request: HttpRequest) -> dict[str, Any]:
    """First values of 登记问题 for ?selfcheck=: the asked matter and point, the unit itself, its own words."""
    check = selfcheck_of(request)
    if check is None:
        return {}
    source = check.round.item.problem
    return {
        "reporting_unit": check.organization_id,
        "responsible_unit": check.organization_id,
        "matter": source.matter_id,
        "category": source.category_id,
        "step": source.step,
        "text": check.text,
        "source": ProblemSource.OTHER,
        "note": f"举一反三自查发现，对照 {check.round.item.number}。",
    }
