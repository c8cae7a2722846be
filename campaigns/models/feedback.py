"""意见建议: what users say about the system itself (contract §9: the burden on the grass roots)."""

from django.db import models

from campaigns.ground.constraints import both_or_neither, not_empty
from campaigns.models.people import Posting, User


class Feedback(models.Model):
    """One complaint or wish about the system, and the answer."""

    text = models.TextField("意见建议", max_length=1000)
    made_at = models.DateTimeField("提出时间")
    made_by = models.ForeignKey(User, verbose_name="提出人", on_delete=models.PROTECT, related_name="+")
    posting = models.ForeignKey(
        Posting, verbose_name="身份", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField("答复", max_length=1000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, verbose_name="答复人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        constraints = [
            not_empty("text", name="feedback_said", message="请写明意见或建议。"),
            both_or_neither(
                "answered_at",
                "answered_by",
                name="feedback_answer_whole",
                message="答复人和答复时间要么都有，要么都没有。",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:30]
