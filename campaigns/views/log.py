"""现场记录: the page on the phone, its service worker, and the four addresses its script asks (frontend.md §3).

The page itself is the same for everybody: no name, no token, nothing of anybody's is in it, so a phone may keep it.
"""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.access import in_json, roles
from campaigns.actions.field_log import NOT_YOURS, arrived, receive_log, receive_photo
from campaigns.enums import Role
from campaigns.forms.field_log import FieldLog, read_body
from campaigns.forms.log_catalogue import catalogue
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import WalkSession
from campaigns.rounds import running_campaign

_RECORDERS = (Role.REPORTER, Role.WALKER)
# In the order they are loaded; one job each, all hung on one name (static/log/store.js says which).
SCRIPTS = (
    *("store", "clock", "steps", "draft", "photos", "sync", "carry"),
    *("pieces", "facts", "points", "editor", "list", "page"),
)
_KEPT = (*(f"log/{name}.js" for name in SCRIPTS), "log/log.css", "app.css", "app.js", "favicon.svg")


def _shell() -> str:
    """The page without a request: nothing of whoever asks can get into it."""
    return render_to_string("campaigns/log.html", {"scripts": [f"log/{name}.js" for name in SCRIPTS]})


@roles(*_RECORDERS)
@require_GET
@never_cache
def log_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_shell())


@roles(*_RECORDERS)
@require_GET
def log_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: keeps the page and the files it needs, by their hashed names; a new version when any changes."""
    kept = [static(name) for name in _KEPT]
    version = hashlib.sha256("\n".join([_shell(), *kept]).encode()).hexdigest()[:12]
    context = {"version": version, "page": json.dumps(reverse("walk_log")), "kept": json.dumps(kept)}
    answer = render(
        request, "campaigns/log_worker.js", context, content_type="text/javascript; charset=utf-8"
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@in_json
@roles(*_RECORDERS)
@require_GET
@never_cache
def log_token(request: HttpRequest) -> HttpResponse:
    """Asked before each sending: who is logged in, a fresh CSRF token, and what time it is here."""
    said = {
        "csrf": get_token(request),
        "user": request.user.get_username(),
        "now": timezone.now().isoformat(),
    }
    return JsonResponse(said)


@in_json
@roles(*_RECORDERS)
@require_GET
@never_cache
def log_catalogue(request: HttpRequest) -> HttpResponse:
    return JsonResponse(catalogue(request.posting, running_campaign(to="登记走流程")))


@in_json
@roles(*_RECORDERS)
@require_http_methods(["PUT"])
def log_walk(request: HttpRequest, token: UUID) -> HttpResponse:
    """One finished walk. 200 with its receipt, also when sent again; 409 other body; 422 what is wrong; 403 not yours."""
    body = request.body
    session = arrived(token=token, body=body, user=request.user)
    if session:
        return _receipt(session)
    said = read_body(body)
    if said is None:
        return _refused(
            {"field": "", "label": "", "error": "手机送来的内容不完整，请导出草稿后联系技术支持。"}
        )
    if said.get("owner") != request.user.get_username():
        raise NotAllowed(NOT_YOURS)
    try:
        campaign = running_campaign(to="登记走流程")
        log = FieldLog(said, token=token, posting=request.posting, campaign=campaign)
        if not log.is_valid():
            return _refused(*log.refusals)
        sent = {"token": token, "body": body, "sent_at": _moment(request.headers.get("X-Device-Time", ""))}
        session = receive_log(
            by=request.posting, now=timezone.now(), campaign=campaign, arguments=log.arguments, **sent
        )
    except Changed:
        raise
    except NotAllowed as refusal:
        return _refused({"field": "", "label": "", "error": str(refusal)})
    return _receipt(session)


@in_json
@roles(*_RECORDERS)
@require_http_methods(["PUT"])
def log_photo(request: HttpRequest, token: UUID, photo: UUID) -> HttpResponse:
    """One photo of a walk that has arrived: 200, also when sent again; 404 when the walk has yet to come."""
    session = get_object_or_404(WalkSession, form_token=token, recorded_by=request.user)
    try:
        receive_photo(
            by=request.posting,
            now=timezone.now(),
            session=session,
            client_id=photo,
            content=request.body,
            taken_at=_moment(request.headers.get("X-Taken-At", "")),
        )
    except NotAllowed as refusal:
        return _refused({"field": "", "label": "照片", "error": str(refusal)})
    return JsonResponse({"photo": str(photo)})


def _receipt(session: WalkSession) -> JsonResponse:
    at = session.synced_at.isoformat() if session.synced_at else ""
    said = {"number": session.number, "url": session.get_absolute_url(), "received_at": at}
    return JsonResponse(said)


def _refused(*refusals: dict[str, str]) -> JsonResponse:
    return JsonResponse({"refusals": list(refusals)}, status=422)


def _moment(said: str) -> datetime | None:
    """A moment as the phone wrote it; None for none or nonsense. Without a zone it is local time."""
    try:
        moment = parse_datetime(said)
    except ValueError:
        return None
    if moment is None or not 1950 <= moment.year <= 2100:
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
