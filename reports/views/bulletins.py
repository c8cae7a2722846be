"""通报: the list, a draft's form, one issue as it reads and as .docx, and what may be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.files import open_stored
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign
from issues.views.links import export_url
from reports import bulletin_rights as rights
from reports.actions import bulletins
from reports.bulletin_facts import cases, practices
from reports.bulletins import default_texts, default_title
from reports.enums import BulletinState
from reports.models import Bulletin
from reports.papers.document import Counter, Heading
from reports.papers.document import Table as PaperTable
from reports.papers.gbt9704 import to_docx
from reports.printed_forms import ApproveForm, BulletinFilter, BulletinForm, ReturnForm
from reports.printed_lists import BULLETINS, bulletin_rows, standing
from reports.querysets import READERS
from reports.views.papers import paper_answer


@roles(*READERS)
@require_GET
def bulletin_list(request: HttpRequest) -> HttpResponse:
    visible = Bulletin.objects.visible_to(request.posting)
    form = BulletinFilter(request.GET, rows=visible)
    page = paginate(bulletin_rows(form.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(BULLETINS, page, url=Bulletin.get_absolute_url),
        "may_draft": request.posting.role == Role.INSPECTOR,
        "export_url": export_url(request, "bulletins"),
    }
    return render(request, "reports/bulletin_list.html", context)


def _bulletin_or_404(request: HttpRequest, pk: int) -> Bulletin:
    rows = Bulletin.objects.visible_to(request.posting).select_related(
        "campaign",
        "organization",
        "supersedes",
        "correction",
        "file",
        "drafted_by__person",
        "approved_by__person",
        "issued_by__person",
    )
    return get_object_or_404(rows, pk=pk)


@roles(Role.INSPECTOR)
def bulletin_new(request: HttpRequest) -> HttpResponse:
    """Begin an issue: texts are prepared, the cases on record are offered."""
    campaign, posting, on = Campaign.objects.current(), request.posting, timezone.localdate()
    if campaign is None:
        return render(request, "reports/bulletin_form.html", {"campaign": None})
    texts = default_texts(
        organization=posting.organization,
        campaign=campaign,
        on=on,
        practices=practices(posting, campaign),
    )
    form = _form(request, campaign, {"title": default_title(posting.organization), **texts})
    if request.method == "POST" and form.is_valid():
        draft = bulletins.draft_bulletin(campaign=campaign, by=posting, now=timezone.now(), **form.said())
        messages.success(request, "已存为草稿，请看一遍再送批。")
        return redirect(draft)
    return _form_page(request, form, campaign)


@roles(Role.INSPECTOR)
def bulletin_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the draft anew; figures and cases are taken as of today."""
    bulletin = _bulletin_or_404(request, pk)
    rights.check_can_edit(request.posting, bulletin)
    initial = {"title": bulletin.title, **bulletin.texts}
    form = _form(request, bulletin.campaign, initial)
    if request.method == "POST" and form.is_valid():
        bulletins.revise_bulletin(bulletin=bulletin, by=request.posting, now=timezone.now(), **form.said())
        messages.success(request, "已保存，数据按今天重新统计。")
        return redirect(bulletin)
    return _form_page(request, form, bulletin.campaign, bulletin)


def _form(request: HttpRequest, campaign: Campaign, initial: dict) -> BulletinForm:
    offered = cases(request.posting, campaign, timezone.localdate(), load_calendar())
    return BulletinForm(
        request.POST or None, initial=initial, cases=[(case.key, case.words) for case in offered]
    )


def _form_page(
    request: HttpRequest, form: BulletinForm, campaign: Campaign, bulletin: Bulletin | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "campaign": campaign,
        "bulletin": bulletin,
        "draft_key": f"bulletin-{bulletin.pk if bulletin else 'new'}",
    }
    return render(request, "reports/bulletin_form.html", context, status=422 if form.is_bound else 200)


@dataclass(frozen=True)
class Act:
    """One button of a 通报: who may, its form, what is done and what is said then."""

    slug: str
    label: str
    may: Callable
    do: Callable[..., Any]
    done: str
    form: type[forms.Form] = forms.Form
    kind: str = ""
    confirm: str = ""


ACTS = {
    act.slug: act
    for act in (
        Act(
            "submit",
            "送批",
            rights.check_can_edit,
            bulletins.submit_bulletin,
            "已送批，请另一位督查人员或审改办批准。",
            kind="main",
        ),
        Act(
            "approve",
            "批准",
            rights.check_can_approve,
            bulletins.approve_bulletin,
            "已批准，由督查室印发。",
            form=ApproveForm,
            kind="main",
        ),
        Act(
            "return",
            "退回修改",
            rights.check_can_approve,
            bulletins.return_bulletin,
            "已退回修改。",
            form=ReturnForm,
        ),
        Act(
            "issue",
            "印发",
            rights.check_can_issue,
            bulletins.issue_bulletin,
            "已编期号并印发。",
            kind="main",
            confirm="印发后编期号，内容不能再改；有误只能另发一期更正。",
        ),
        Act(
            "correct",
            "起草更正",
            rights.check_can_correct,
            bulletins.correct_bulletin,
            "已起草更正的一期，数据按今天重新统计。",
        ),
    )
}


@roles(*READERS)
@require_GET
def bulletin_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _bulletin_or_404(request, pk))


def _page(
    request: HttpRequest, bulletin: Bulletin, tried: Act | None = None, form=None, refusal="", status=200
) -> HttpResponse:
    posting, paper = request.posting, bulletins.paper_of(bulletin)
    later = getattr(bulletin, "correction", None)
    context = {
        "bulletin": bulletin,
        "standing": standing(bulletin),
        "paper": paper,
        "blocks": marked(paper.blocks),
        "attachments": [(one.name, marked(one.blocks)) for one in paper.attachments],
        "later": later if later and later.state == BulletinState.ISSUED else None,
        "people": [] if bulletin.state == BulletinState.ISSUED else bulletin.texts.get("people", []),
        "may_edit": rights.allows(rights.check_can_edit, posting, bulletin),
        "acts": [
            {
                "act": act,
                "form": form if act is tried else act.form(auto_id=f"{act.slug}_%s"),
                "is_open": act is tried,
            }
            for act in ACTS.values()
            if act is tried or rights.allows(act.may, posting, bulletin)
        ],
        "refusal": refusal,
    }
    return render(request, "reports/bulletin_detail.html", context, status=status)


def marked(blocks) -> list[tuple[str, Any, str]]:
    """(kind, block, mark) for the page: the same numbering as on paper; cells of a table know their column."""
    counter = Counter()
    return [
        (
            type(block).__name__,
            _labelled(block) if isinstance(block, PaperTable) else block,
            counter.mark(block.level) if isinstance(block, Heading) else "",
        )
        for block in blocks
    ]


def _labelled(table: PaperTable) -> dict[str, Any]:
    rows = [list(zip(table.columns, row, strict=True)) for row in table.rows]
    return {"caption": table.caption, "columns": table.columns, "rows": rows}


@roles(*READERS)
@require_POST
def bulletin_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One act; refused, what was typed stays on the page."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404
    bulletin = _bulletin_or_404(request, pk)
    form = act.form(request.POST, auto_id=f"{act.slug}_%s")
    if not form.is_valid():
        return _page(request, bulletin, act, form, status=422)
    try:
        done = act.do(bulletin=bulletin, by=request.posting, now=timezone.now(), **form.cleaned_data)
    except NotAllowed as refusal:
        status = 409 if isinstance(refusal, Changed) else 403
        return _page(request, bulletin, act, form, str(refusal), status)
    messages.success(request, act.done)
    return redirect(done)


@roles(*READERS)
@require_GET
def bulletin_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored file of an issued one; of another the draft as it stands now, without number and date."""
    bulletin = _bulletin_or_404(request, pk)
    if bulletin.file_id:
        with open_stored(bulletin.file) as kept:
            return paper_answer(request, kept.read(), bulletin.file.name.removesuffix(".docx"))
    return paper_answer(request, to_docx(bulletins.paper_of(bulletin)), f"{bulletin.title}（未印发）")
