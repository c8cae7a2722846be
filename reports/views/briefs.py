"""周报, 月报, 调度会材料, 提请上级协调事项清单: as of today for one's own reach, and the kept ones as they were written."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.ground.table import Column, Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign
from campaigns.rounds import shown_campaign
from reports.brief_facts import brief_facts
from reports.briefs import brief_paper
from reports.enums import BriefKind
from reports.models import Brief
from reports.papers.document import Document
from reports.papers.gbt9704 import to_docx
from reports.papers.paper_json import from_json
from reports.querysets import READERS
from reports.scope import Scope
from reports.views.bulletins import marked
from reports.views.papers import paper_answer

SLUGS = {
    "week": BriefKind.WEEK,
    "month": BriefKind.MONTH,
    "meeting": BriefKind.MEETING,
    "requests": BriefKind.REQUESTS,
}
_WHAT = {
    BriefKind.WEEK: "最近七天的进展、逾期和临期、需要协调的事项",
    BriefKind.MONTH: "本月以来的进展、逾期和临期、需要协调的事项",
    BriefKind.MEETING: "一页纸：进度、红灯较多的单位、需要会上定的事",
    BriefKind.REQUESTS: "本级及所属单位提请上级协调的台账，附理由和请示文号",
}
BRIEFS = (
    Column("单位", lambda row: row.organization.label, link=True, width=20),
    Column("类别", lambda row: row.get_kind_display(), width=10),
    Column("数据截至", lambda row: row.on, "date", width=12),
    Column("生成时间", lambda row: row.written_at, "datetime", width=17),
)


@roles(*READERS)
@require_GET
def brief_list(request: HttpRequest) -> HttpResponse:
    """What can be printed now, and the 周报 and 月报 of past periods in reach."""
    rows = Brief.objects.visible_to(request.posting).select_related("organization").defer("body")
    page = paginate(rows.order_by("-on", "kind", "organization__path"), request.GET.get("page"))
    context = {
        "papers": [
            {"label": kind.label, "what": _WHAT[kind], "url": reverse("brief_now", args=[slug])}
            for slug, kind in SLUGS.items()
        ],
        "table": Table(BRIEFS, page, url=Brief.get_absolute_url),
    }
    return render(request, "reports/brief_list.html", context)


@roles(*READERS)
@require_GET
def brief_now(request: HttpRequest, slug: str) -> HttpResponse:
    """The paper as of today, for what the posting sees."""
    kind = _kind(slug)
    is_list = kind == BriefKind.REQUESTS
    export = f"{reverse('export_list')}?kind=requests" if is_list else ""
    file_url = reverse("brief_now_file", args=[slug])
    return _page(request, kind, _paper(request, kind), file_url, export)


@roles(*READERS)
@require_GET
def brief_now_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as .docx or PDF."""
    kind, on = _kind(slug), timezone.localdate()
    name = f"{request.posting.organization.label}{kind.label}-{on.isoformat()}"
    return paper_answer(request, to_docx(_paper(request, kind)), name)


@roles(*READERS)
@require_GET
def brief_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A kept one, word by word."""
    brief = _visible(request, pk)
    file_url = reverse("brief_file", args=[brief.pk])
    return _page(request, BriefKind(brief.kind), from_json(brief.body), file_url)


@roles(*READERS)
@require_GET
def brief_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A kept one as .docx or PDF."""
    brief = _visible(request, pk)
    name = f"{brief.organization.label}{brief.get_kind_display()}-{brief.on.isoformat()}"
    return paper_answer(request, to_docx(from_json(brief.body)), name)


def _kind(slug: str) -> BriefKind:
    if slug not in SLUGS:
        raise Http404
    return SLUGS[slug]


def _paper(request: HttpRequest, kind: BriefKind) -> Document:
    campaign = shown_campaign() or get_object_or_404(Campaign)
    scope = Scope(posting=request.posting, campaign=campaign, on=timezone.localdate())
    return brief_paper(kind, brief_facts(kind, scope, load_calendar()))


def _visible(request: HttpRequest, pk: int) -> Brief:
    rows = Brief.objects.visible_to(request.posting).select_related("organization")
    return get_object_or_404(rows, pk=pk)


def _page(
    request: HttpRequest, kind: BriefKind, paper: Document, file_url: str, export_url: str = ""
) -> HttpResponse:
    context = {
        "kind": kind,
        "paper": paper,
        "blocks": marked(paper.blocks),
        "attachments": [(one.name, marked(one.blocks)) for one in paper.attachments],
        "file_url": file_url,
        "export_url": export_url,
    }
    return render(request, "reports/brief.html", context)
