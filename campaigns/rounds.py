"""Which round of the campaign is meant: the one that is running, or the one a page shows."""

from django.db.models import QuerySet

from campaigns.enums import CampaignState
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign


def running_campaign(*, to: str) -> Campaign:
    """The open campaign, the newest if several are open.

    `to`: what somebody wants to do in it, in Chinese (登记走流程). Raises NotAllowed, which says what to do first.
    """
    campaign = Campaign.objects.current()
    if campaign is None:
        raise NotAllowed(f"现在没有进行中的行动，不能{to}；请系统管理员在“行动”页开启新一轮。")
    return campaign


def shown_campaign(code: str = "") -> Campaign | None:
    """The campaign of this code, as an address names it; else the open one, else the last; None on an empty server."""
    named = Campaign.objects.filter(code=code).first() if code and "\0" not in code else None
    return named or Campaign.objects.current() or _begun().first()


def other_rounds(campaign: Campaign | None) -> list[Campaign]:
    """The other campaigns that have begun, the newest first."""
    return [row for row in _begun() if campaign is None or row.pk != campaign.pk]


def _begun() -> QuerySet:
    return Campaign.objects.exclude(state=CampaignState.DRAFT).order_by("-opens_on", "-pk")
