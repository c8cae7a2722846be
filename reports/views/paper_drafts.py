"""A unit's 工作总结, 整改情况报告, 走流程计划: read as computed, edited as text, taken out as .docx or PDF."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization
from campaigns.permissions_plan import allows
from campaigns.rounds import shown_campaign
from reports.actions.drafts import save_draft
from reports.actions.packages import reach_for
from reports.draft_rights import check_can_draft
from reports.drafting import computed_paper, newest_draft, with_words
from reports.enums import PaperKind
from reports.models import PaperDraft
from reports.papers.document import Document
from reports.papers.gbt9704 import to_docx
from reports.papers.plain_paper import to_text
from reports.querysets import READERS
from reports.scope import Scope, unit_scope
from reports.submission_forms import DraftForm
from reports.views.papers import paper_answer

SLUGS = {"summary": PaperKind.SUMMARY, "rectification": PaperKind.RECTIFICATION, "plan": PaperKind.WALK_PLAN}
VERSIONS_SHOWN = 10


def _scope(request: HttpRequest, code: str) -> Scope:
    """The unit's scope as of today; 404 for a unit out of reach."""
    organization = get_object_or_404(
        Organization.objects.visible_to(request.posting).select_related("parent"), code=code
    )
    campaign = shown_campaign() or get_object_or_404(Campaign)
    reach = reach_for(request.posting, organization)
    return unit_scope(organization=organization, campaign=campaign, on=timezone.localdate(), reach=reach)


@roles(*READERS)
def paper_draft(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """GET: the paper's text as it stands. POST: saved as a new version; `deed=restore` goes back to the computed
    text, `deed=checked` says that the numbers in it are today's.
    """
    desk = _desk(request, code, slug)
    if request.method != "POST":
        return _page(request, desk, DraftForm(initial={"text": desk.text, "version": desk.version}))
    check_can_draft(request.posting, desk.scope.organization, desk.scope.campaign)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    try:
        made = _save(request, desk, form)
    except NotAllowed as refusal:
        return _page(request, desk, form, refusal=str(refusal), status=409)
    messages.success(request, "已保存。" if made else "内容没有变化。")
    return redirect("paper_draft", code=code, slug=slug)


@dataclass(frozen=True)
class _Desk:
    """A paper on the table: as computed today, and the version people have made of it (None: as computed)."""

    kind: PaperKind
    slug: str
    scope: Scope
    computed: Document
    edited: PaperDraft | None
    version: int

    @property
    def computed_text(self) -> str:
        return to_text(self.computed.blocks)

    @property
    def text(self) -> str:
        return self.edited.text if self.edited else self.computed_text


def _desk(request: HttpRequest, code: str, slug: str) -> _Desk:
    kind, scope = _kind(slug), _scope(request, code)
    newest = newest_draft(kind, scope.campaign, scope.organization)
    return _Desk(
        kind=kind,
        slug=slug,
        scope=scope,
        computed=computed_paper(kind, scope, load_calendar()),
        edited=newest if newest and newest.text else None,
        version=newest.version if newest else 0,
    )


def _save(request: HttpRequest, desk: _Desk, form: DraftForm) -> PaperDraft | None:
    deed = request.POST.get("deed")
    are_todays = desk.edited is None or deed in ("checked", "restore")
    return save_draft(
        kind=desk.kind,
        organization=desk.scope.organization,
        campaign=desk.scope.campaign,
        text=desk.computed_text if deed == "restore" else form.cleaned_data["text"],
        version=form.cleaned_data["version"],
        computed=desk.computed,
        numbers_on=desk.scope.on if are_todays else desk.edited.numbers_on,
        by=request.posting,
        now=timezone.now(),
    )


def _page(
    request: HttpRequest, desk: _Desk, form: DraftForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    scope = desk.scope
    context = {
        "desk": desk,
        "scope": scope,
        "form": form,
        "refusal": refusal,
        "may_write": allows(check_can_draft, request.posting, scope.organization, scope.campaign),
        "history": _history(desk.kind, scope),
    }
    return render(request, "reports/paper_draft.html", context, status=status)


def _kind(slug: str) -> PaperKind:
    """404 for a paper that isn't one of the three."""
    if slug not in SLUGS:
        raise Http404
    return SLUGS[slug]


def _history(kind: str, scope: Scope) -> list[dict]:
    """The last versions as components/timeline.html writes them."""
    rows = PaperDraft.objects.filter(kind=kind, campaign=scope.campaign, organization=scope.organization)
    rows = rows.select_related("saved_by__person").order_by("-version")[:VERSIONS_SHOWN]
    return [
        {
            "at": row.saved_at,
            "who": getattr(getattr(row.saved_by, "person", None), "name", "") or row.saved_by.username,
            "what": f"第{row.version}稿" if row.text else "恢复系统文字",
            "why": f"数据截至 {row.numbers_on.isoformat()}",
            "tone": "",
        }
        for row in rows
    ]


@roles(*READERS)
@require_GET
def paper_download(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The paper as it would be handed in now."""
    desk = _desk(request, code, slug)
    name = f"{desk.scope.organization.label}{desk.kind.label}-{desk.scope.on.isoformat()}"
    return paper_answer(request, to_docx(with_words(desk.computed, desk.edited)), name)
