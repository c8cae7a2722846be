"""意见建议: said by anybody, answered by 系统管理员 (contract §9)."""

from datetime import datetime

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Feedback, Posting, User


@transaction.atomic
def give(*, text: str, user: User, posting: Posting | None, now: datetime) -> Feedback:
    """Keep what somebody says about the system, and tell the administrators."""
    feedback = Feedback.objects.create(text=text.strip(), made_by=user, made_at=now, posting=posting)
    admins = User.objects.filter(
        person__postings__role=Role.ADMIN, person__postings__granted_at__isnull=False, is_active=True
    ).distinct()
    notify(to=admins, kind="FEEDBACK", text=f"意见建议：{feedback.text[:100]}", link="/feedback/", now=now)
    return feedback


@transaction.atomic
def answer(*, feedback: Feedback, text: str, by: Posting, now: datetime) -> Feedback:
    """系统管理员 answers once; the person is told."""
    if by.role != Role.ADMIN:
        raise NotAllowed("意见建议由系统管理员答复。")
    feedback = Feedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    if feedback.answered_at is not None:
        raise NotAllowed("这条意见已经答复。")
    feedback.answer, feedback.answered_at, feedback.answered_by = text.strip(), now, by.person.user
    feedback.save(update_fields=["answer", "answered_at", "answered_by"])
    notify(
        to=[feedback.made_by],
        kind="FEEDBACK_ANSWER",
        text=f"您的意见已答复：{feedback.answer[:100]}",
        link="/feedback/",
        now=now,
    )
    return feedback
