"""The round that is running: what new walks, findings, tasks and clues belong to."""

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
