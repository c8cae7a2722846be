"""待审签: 主要负责人's one page, everything of the unit that waits for a signature, in one batch (contract §5, §7.1)."""

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.workdays import load_calendar
from issues.actions.ledger import send_back
from issues.actions.ledger import sign_batch as sign_items
from issues.enums import LedgerState
from issues.models import LedgerItem, Measure
from issues.signatures import last_signed_at, mark, news_since

MOST = 200


def _waiting(request: HttpRequest) -> QuerySet:
    """What this head is asked to sign, the nearest clock first, with problems and measures; fixed queries."""
    measures = Measure.objects.select_related("person", "lead_unit").order_by("pk")
    return (
        LedgerItem.objects.visible_to(request.posting)
        .waiting_for(request.posting)
        .select_related(
            "problem__category", "problem__matter", "demand__matter", "responsible_unit", "turn", "deadline"
        )
        .prefetch_related(
            Prefetch("problem__measures", measures),
            Prefetch("demand__measures", measures),
            "problem__measures__steps",
            "demand__measures__steps",
        )
        .order_by("turn__due_on", "number")
    )


@roles(Role.HEAD)
def sign_batch(request: HttpRequest) -> HttpResponse:
    """GET shows the page; POST signs what was ticked. What is refused is listed with its sentence."""
    if request.method != "POST":
        return _page(request)
    ticked = request.POST.getlist("shown" if "all" in request.POST else "item")
    wanted = [pk for pk in ticked if pk.isdecimal()][:MOST]
    items = list(_waiting(request).filter(pk__in=wanted)[:MOST])
    gone = _gone(request, set(wanted) - {str(item.pk) for item in items})
    if not items and not gone:
        return _page(request, nothing=True, status=422)
    signed, refused = sign_items(
        items=items, by=request.posting, now=timezone.now(), seen=_seen(request), calendar=load_calendar()
    )
    refused = [*refused, *gone]
    if signed:
        messages.success(request, f"已审签 {len(signed)} 条。")
    if refused:
        return _page(request, refused=refused, status=422)
    return redirect("sign_batch")


def _seen(request: HttpRequest) -> dict[int, int]:
    """The last history line each item showed, as the page wrote it down."""
    return {
        int(name[5:]): int(value)
        for name, value in request.POST.items()
        if name.startswith("seen-") and name[5:].isdecimal() and value.isdecimal()
    }


def _gone(request: HttpRequest, pks: set[str]) -> list[tuple[LedgerItem, str]]:
    """What was ticked but no longer waits (signed by the other one, sent back), with its sentence; foreign rows never."""
    own = LedgerItem.objects.visible_to(request.posting).filter(
        pk__in=pks, responsible_unit=request.posting.organization_id
    )
    return [
        (item, f"现在是“{item.get_state_display()}”，不用再签。") for item in own.order_by("number")[:MOST]
    ]


def _page(
    request: HttpRequest, *, refused=(), nothing: bool = False, status: int = 200, tried=None
) -> HttpResponse:
    since = last_signed_at(request.posting)
    items = mark(_waiting(request)[:MOST], since)
    context = {
        "since": since,
        "news": news_since(request.posting, since, timezone.localdate()),
        "plans": [item for item in items if item.state == LedgerState.UNSIGNED],
        "quick": [item for item in items if item.state != LedgerState.UNSIGNED],
        "refused": refused,
        "nothing": nothing,
        "tried": tried or {},
        "count": len(items),
    }
    return render(request, "issues/sign_batch.html", context, status=status)


@roles(Role.HEAD)
@require_POST
def sign_back(request: HttpRequest, pk: int) -> HttpResponse:
    """退回修改 of one item, with the reason."""
    item = get_object_or_404(LedgerItem.objects.visible_to(request.posting), pk=pk)
    note = request.POST.get("note", "").strip()
    try:
        send_back(item=item, by=request.posting, now=timezone.now(), note=note)
    except Changed as changed:
        return _page(request, refused=[(item, str(changed))], status=409)
    except NotAllowed as refusal:
        return _page(request, tried={"pk": item.pk, "note": note, "sentence": str(refusal)}, status=422)
    messages.success(request, f"{item.number} 已退回修改。")
    return redirect("sign_batch")
