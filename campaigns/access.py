"""Who gets in: every view declares its access, and the middleware refuses those that don't.

`request.posting` is the person's current posting (one query a request); `request.postings` all active ones.
"""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from campaigns.enums import Role
from campaigns.ground.refusal import Changed, Gone, NotAllowed
from campaigns.models import Posting

PUBLIC, SIGNED_IN = "public", "signed-in"


def public(view: Callable) -> Callable:
    """Open without login: the login page and the health checks."""
    view.access = PUBLIC
    return view


def signed_in(view: Callable) -> Callable:
    """Open to everybody who has logged in."""
    view.access = SIGNED_IN
    return view


def roles(*allowed: str) -> Callable[[Callable], Callable]:
    """Open to people whose current posting has one of the `allowed` roles; others read a sentence (403)."""

    def declare(view: Callable) -> Callable:
        view.access = frozenset(allowed)
        return view

    return declare


def in_json(view: Callable) -> Callable:
    """For addresses a script asks: who isn't logged in reads 401, not a login page, and refusals are {"error": sentence}."""
    view.in_json = True
    return view


def active_postings(user) -> list[Posting]:
    """All postings that count today, the oldest first. One query."""
    on = timezone.localdate()
    return list(
        Posting.objects.active(on)
        .filter(person__user=user)
        .select_related("organization", "person__user", "person__organization")
        .order_by("pk")
    )


def _present(postings: list[Posting], chosen: int | None) -> Posting | None:
    """The posting that was chosen in the header; before that the oldest that is more than 体验人.

    Most heads walk as well: what waits for a signature isn't to hide behind their own walks.
    """
    ranked = sorted(postings, key=lambda posting: (posting.pk != chosen, posting.role == Role.WALKER))
    return ranked[0] if ranked else None


class PostingMiddleware:
    """Sets the posting, checks the declared access, and turns refusals into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.posting, request.postings = None, []
        if request.user.is_authenticated:
            request.postings = active_postings(request.user)
            request.posting = _present(request.postings, request.user.current_posting_id)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if access == PUBLIC:
            return None
        if request.resolver_match.app_name == "admin":
            return None if request.user.is_authenticated else _to_login(request)
        return self._at_the_door(request, view) or self._in_the_room(request, access)

    def _at_the_door(self, request: HttpRequest, view) -> HttpResponse | None:
        """Nobody passes without an account, nor with a password somebody else chose."""
        in_json = getattr(view, "in_json", False)
        if not request.user.is_authenticated:
            if in_json:
                return JsonResponse({"error": "登录已过期，请重新登录。"}, status=401)
            return _to_login(request)
        if request.user.must_change_password and request.resolver_match.url_name not in _WHILE_LOCKED:
            if in_json:
                return refuse(request, "首次登录请先修改密码。")
            messages.warning(request, "首次登录请先修改密码。")
            return redirect("password_change")
        return None

    def _in_the_room(self, request: HttpRequest, access) -> HttpResponse | None:
        """The current posting's role is one the view was declared for."""
        if access == SIGNED_IN:
            return None
        if access is None:
            raise PermissionDenied("这个页面没有登记访问权限，暂不开放。")
        if request.posting is None:
            return refuse(request, "您还没有生效的身份，请联系安全管理员授权。")
        if request.posting.role not in access:
            names = "、".join(role.label for role in Role if role in access)
            sentence = f"这个页面由{names}使用，您当前的身份是{request.posting.get_role_display()}。"
            return refuse(request, sentence)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Changed):
            return refuse(request, str(error), status=409)
        if isinstance(error, Gone):
            return refuse(request, str(error), status=404)
        if isinstance(error, NotAllowed):
            return refuse(request, str(error))
        return None


def _to_login(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('login')}?next={quote(request.get_full_path())}")


_WHILE_LOCKED = {"password_change", "password_change_done", "logout"}


def refuse(request: HttpRequest, sentence: str, status: int = 403) -> HttpResponse:
    """The refusal page with its one sentence; for scripts the sentence alone."""
    if getattr(request.resolver_match.func, "in_json", False):
        return JsonResponse({"error": sentence}, status=status)
    return render(request, "403.html", {"reason": sentence, "status": status}, status=status)


def back_to(request: HttpRequest, fallback: str) -> str:
    """Where a finished POST returns: the local `next` it carried, else `fallback`."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return fallback
