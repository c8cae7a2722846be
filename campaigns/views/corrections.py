"""更正: the page that puts a confirmed walk right in a new version."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from campaigns.access import roles
from campaigns.actions.corrections import correct_session
from campaigns.enums import Role, SessionState
from campaigns.forms.walk_page import WalkPage
from campaigns.ground.refusal import NotAllowed
from campaigns.models import WalkSession
from campaigns.permissions import check_can_correct
from campaigns.views.walks import chosen_mode, walk_page


@roles(Role.REPORTER, Role.WALKER)
def walk_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the walk as it stands, with the reason; sent in, it is a new version that waits for 本人确认."""
    visible = WalkSession.objects.visible_to(request.posting).select_related("campaign")
    session = get_object_or_404(visible, pk=pk)
    if session.state == SessionState.HELD and session.corrects_id:
        messages.info(request, "更正已经提交，等待走流程人员本人确认；还要改的可以直接修改。")
        return redirect(session)
    check_can_correct(request.posting, session)
    mode = chosen_mode(request.GET.get("mode", "")) or session.mode
    page = WalkPage(request, mode=mode, campaign=session.campaign, session=session, correcting=True)
    if request.method == "POST" and page.is_valid():
        return _corrected(request, page)
    return walk_page(request, page)


def _corrected(request: HttpRequest, page: WalkPage) -> HttpResponse:
    try:
        session = correct_session(by=request.posting, now=timezone.now(), **page.correction)
    except NotAllowed as refusal:
        page.form.add_error(None, str(refusal))
        return walk_page(request, page)
    messages.success(
        request,
        f"登记 {session.number} 已更正，等待走流程人员本人确认；更正前的版本仍可查阅。",
        extra_tags=f"saved:{page.key}",
    )
    return redirect(session)
