"""Choices of what is reported. No model, no rule."""

from django.db.models import TextChoices


class SubmissionState(TextChoices):
    DRAFT = "DRAFT", "拟稿"
    SUBMITTED = "SUBMITTED", "已上报"
    ACCEPTED = "ACCEPTED", "已接收"
    RETURNED = "RETURNED", "已退回"


UNREPORTED = (SubmissionState.DRAFT, SubmissionState.RETURNED)


class PaperKind(TextChoices):
    """Papers a unit hands in that are computed and may be edited (五(一)、五(四)末段)."""

    SUMMARY = "SUMMARY", "工作总结"
    RECTIFICATION = "RECTIFICATION", "整改情况报告"
    WALK_PLAN = "WALK_PLAN", "走流程计划"


class BriefKind(TextChoices):
    """Papers for leaders, written from the figures of the day."""

    WEEK = "WEEK", "周报"
    MONTH = "MONTH", "月报"
    MEETING = "MEETING", "调度会材料"
    REQUESTS = "REQUESTS", "提请上级协调事项清单"


KEPT_BRIEFS = (BriefKind.WEEK, BriefKind.MONTH)  # written by the schedule and kept as they were


class BulletinState(TextChoices):
    DRAFT = "DRAFT", "拟稿"
    SUBMITTED = "SUBMITTED", "待批准"
    APPROVED = "APPROVED", "已批准"
    ISSUED = "ISSUED", "已印发"


class ExperienceState(TextChoices):
    PROPOSED = "PROPOSED", "待审核"
    ADOPTED = "ADOPTED", "已采用"
    REJECTED = "REJECTED", "不采用"


SHORTEST_REASON = 4  # signs of a reason for taking personal data out in full
