"""Choices of what is reported. No model, no rule."""

from django.db.models import TextChoices


class SubmissionState(TextChoices):
    DRAFT = "DRAFT", "拟稿"
    SUBMITTED = "SUBMITTED", "已上报"
    ACCEPTED = "ACCEPTED", "已接收"
    RETURNED = "RETURNED", "已退回"


UNREPORTED = (SubmissionState.DRAFT, SubmissionState.RETURNED)
SHORTEST_REASON = 4  # signs of a reason for taking personal data out in full
