"""One's own account: acting as, password, notices, feedback."""

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.access import back_to, signed_in
from campaigns.actions import accounts, feedback, notices
from campaigns.enums import Role
from campaigns.ground.notices import FRESH_DAYS
from campaigns.ground.table import paginate
from campaigns.models import Feedback, Notice
from campaigns.roster_forms import AnswerForm, FeedbackForm


@signed_in
@require_POST
def posting_switch(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("posting", "")
    chosen = next((posting for posting in request.postings if str(posting.pk) == wanted), None)
    if chosen is None:
        messages.error(request, "没有这个身份，或已停用。")
    else:
        accounts.switch_posting(user=request.user, posting=chosen, now=timezone.now())
        messages.success(request, f"已切换为{chosen.organization.label}·{chosen.role_label}。")
    return redirect("home")


class PasswordChange(PasswordChangeView):
    """The library's form; afterwards the first-login duty is done."""

    success_url = reverse_lazy("password_change_done")

    def form_valid(self, form):
        response = super().form_valid(form)
        accounts.password_changed(user=self.request.user, now=timezone.now())
        return response


@signed_in
def notice_list(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        notices.mark_read(by=request.user, now=timezone.now())
        messages.success(request, "已全部标为已读。")
        return redirect("notice_list")
    own, on = Notice.objects.of(request.user), timezone.localdate()
    only_unread = request.GET.get("state") == "未读"
    rows = (own.unread(on) if only_unread else own).with_unread(on).prefetch_related("lines")
    context = {
        "page": paginate(rows.order_by("-created_at", "-pk"), request.GET.get("page")),
        "tabs": [
            {
                "label": "未读",
                "url": "?state=未读",
                "active": only_unread,
                "count": own.unread(on).count(),
            },
            {"label": "全部", "url": "?", "active": not only_unread, "count": own.count()},
        ],
        "fresh_days": FRESH_DAYS,
    }
    return render(request, "campaigns/notice_list.html", context)


@signed_in
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one notice and go where it points."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    notices.mark_read(by=request.user, notices=[notice.pk], now=timezone.now())
    return redirect(back_to(request, "/notices/"))


@signed_in
def feedback_list(request: HttpRequest) -> HttpResponse:
    """Everybody sees their own words and the answers; administrators see all."""
    is_admin = request.posting is not None and request.posting.role == Role.ADMIN
    rows = Feedback.objects.select_related("made_by__person", "posting__organization").order_by("-made_at")
    if not is_admin:
        rows = rows.filter(made_by=request.user)
    if request.GET.get("state") == "待答复":
        rows = rows.filter(answered_at__isnull=True)
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        feedback.give(
            text=form.cleaned_data["text"], user=request.user, posting=request.posting, now=timezone.now()
        )
        messages.success(request, "已收到，谢谢。管理员答复后会通知您。", extra_tags="saved:feedback")
        return redirect("feedback")
    context = {
        "form": form,
        "answer_form": AnswerForm(),
        "is_admin": is_admin,
        "page": paginate(rows, request.GET.get("page")),
    }
    return render(request, "campaigns/feedback.html", context)


@signed_in
@require_POST
def feedback_answer(request: HttpRequest, pk: int) -> HttpResponse:
    form = AnswerForm(request.POST)
    row = get_object_or_404(Feedback, pk=pk)
    if request.posting is not None and form.is_valid():
        feedback.answer(feedback=row, text=form.cleaned_data["text"], by=request.posting, now=timezone.now())
        messages.success(request, "已答复。")
    else:
        messages.error(request, "请写明答复。")
    return redirect("feedback")
