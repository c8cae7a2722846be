"""Files of walks: adding them, and reading them under the scope of the walk they belong to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.actions.evidence import add_evidence
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.walk_parts import EvidenceForm
from campaigns.ground.serving import file_answer
from campaigns.models import Evidence, WalkSession


@roles(Role.REPORTER, Role.WALKER)
@require_POST
def walk_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Add files to a walk; each is vetted, and what is refused is said."""
    session = get_object_or_404(WalkSession.objects.visible_to(request.posting), pk=pk)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        for sentence in form.errors["files" if "files" in form.errors else "caption"]:
            messages.error(request, sentence)
        return redirect(session)
    said = form.cleaned_data
    for vetted in said["files"]:
        add_evidence(
            session=session, vetted=vetted, caption=said["caption"], by=request.posting, now=timezone.now()
        )
    messages.success(request, f"已上传 {len(said['files'])} 个文件。")
    return redirect(session)


@roles(*BUSINESS_ROLES)
@require_GET
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file of a walk in scope."""
    visible = WalkSession.objects.visible_to(request.posting)
    evidence = get_object_or_404(Evidence.objects.select_related("file"), pk=pk, session__in=visible)
    return file_answer(evidence.file)
