"""Which campaign a page of the plan is about, and the tabs that lead from one of these pages to the next."""

from django.http import HttpRequest
from django.urls import reverse

from campaigns.enums import Role
from campaigns.models import Campaign
from campaigns.permissions_plan import UNIT_PLANNERS, is_city_office
from campaigns.rounds import shown_campaign


def campaign_of(request: HttpRequest) -> Campaign | None:
    """The campaign named in the address, else the open one, else the last; None on an empty server."""
    return shown_campaign(request.GET.get("campaign", ""))


def tabs_of(request: HttpRequest, here: str, campaign: Campaign | None) -> list[dict]:
    """The pages under /plan/ this posting may open, the current one marked; a past round is kept in the links."""
    posting = request.posting
    pages = [
        ("概况", "plan"),
        ("应走人员", "plan_people"),
        ("任务", "task_list"),
        ("重点事项覆盖", "plan_matters"),
    ]
    if posting.role in (*UNIT_PLANNERS, Role.REFORM_OFFICE):
        pages.append(("提出任务计划", "task_propose"))
    if is_city_office(posting):
        pages.append(("交叉走流程", "plan_cross"))
    kept = f"?campaign={campaign.code}" if campaign and request.GET.get("campaign") else ""
    return [
        {"label": label, "url": reverse(name) + kept, "active": name == here, "count": None}
        for label, name in pages
    ]
