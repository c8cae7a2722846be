"""/api/v1/: what the pages show, as JSON. Read only; the same scope, filters, columns and masks (contract §3, §5)."""

from math import ceil
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import in_json, signed_in
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.rounds import shown_campaign
from reports.actions.exports import check_can_export
from reports.actions.packages import BUILDERS
from reports.figures import figures
from reports.listings import LISTINGS, Asked, Listing
from reports.openapi import VERSION, document
from reports.scope import Scope
from reports.workbooks import cell

PER_PAGE, AT_MOST = 20, 200
_PAGING = ("page", "page_size")
_PLAIN = {"ensure_ascii": False}


def answer(told: dict[str, Any], status: int = 200) -> JsonResponse:
    """JSON that a person can read, and that no cache keeps."""
    said = JsonResponse(told, status=status, json_dumps_params=_PLAIN)
    said["Cache-Control"] = "no-store"
    return said


@in_json
@signed_in
@require_GET
def api_index(request: HttpRequest) -> JsonResponse:
    """Who asks, and the lists that the current posting may read."""
    posting = request.posting
    readable = [each for each in LISTINGS.values() if posting and posting.role in each.readers]
    return answer(
        {
            "version": VERSION,
            "openapi": reverse("api_document"),
            "account": request.user.username,
            "posting": str(posting) if posting else None,
            "lists": {each.key: {"label": each.label, "url": _address(each.key)} for each in readable},
            "figures": reverse("api_figures"),
        }
    )


@in_json
@signed_in
@require_GET
def api_document(request: HttpRequest) -> JsonResponse:
    lists = [(each.key, each.label, each.shown(in_full=False)) for each in LISTINGS.values()]
    return answer(document(lists, base=reverse("api_index")))


@in_json
@signed_in
@require_GET
def api_list(request: HttpRequest, kind: str) -> JsonResponse:
    """One page of a list, narrowed by the page's own filters."""
    if kind not in LISTINGS:
        return answer({"error": "没有这个清单。"}, status=404)
    if request.posting is None:
        raise NotAllowed("您还没有生效的身份，请联系安全管理员授权。")
    listing = check_can_export(kind=kind, by=request.posting)
    query = request.GET.copy()
    number, size = (
        _positive(query.get(name), default) for name, default in zip(_PAGING, (1, PER_PAGE), strict=True)
    )
    for name in _PAGING:
        query.pop(name, None)
    asked = Asked(request.posting, query, timezone.localdate(), load_calendar())
    return answer(_page(listing, asked, number, min(size, AT_MOST)))


@in_json
@signed_in
@require_GET
def api_figures(request: HttpRequest) -> JsonResponse:
    """All indicators of the reader's scope, as 总览 prints them."""
    posting, campaign = request.posting, shown_campaign(request.GET.get("campaign", ""))
    if posting is None or posting.role not in BUILDERS:
        raise NotAllowed("指标不在您当前身份的查看范围内。")
    if campaign is None:
        raise Http404
    scope = Scope(posting=posting, campaign=campaign, on=timezone.localdate())
    lines = [
        {
            "key": each.key,
            "label": each.label,
            "definition": each.definition,
            "numerator": each.numerator,
            "denominator": each.denominator,
            "text": each.text,
        }
        for each in figures(scope).values()
    ]
    return answer({"campaign": campaign.code, "on": scope.on, "results": lines})


def _address(key: str) -> str:
    return reverse("api_list", args=[key])


def _positive(text: str | None, default: int) -> int:
    """A number of the query; nonsense counts as the default, as on the pages."""
    return int(text) if text and text.isdecimal() and int(text) > 0 else default


def _page(listing: Listing, asked: Asked, number: int, size: int) -> dict[str, Any]:
    keys = listing.keys(asked)
    pages = max(1, ceil(len(keys) / size))
    number = min(number, pages)
    wanted = keys[(number - 1) * size : number * size]
    columns = listing.shown(in_full=False)
    rows = [row for batch in listing.batches(asked, wanted) for row in batch]
    return {
        "count": len(keys),
        "page": number,
        "pages": pages,
        "results": [_row(row, columns) for row in rows],
    }


def _row(row: Any, columns) -> dict[str, Any]:
    own = {"pk": row.pk, "url": row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""}
    return own | {column.label: cell(column, row) for column in columns}
