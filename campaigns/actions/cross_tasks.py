"""The 交叉 plan becomes tasks: judged once more by the planner's own rules, then assigned in one go (三、体验时间)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from campaigns.actions.planned_tasks import Wish, assign_tasks
from campaigns.cross_desk import CrossDesk, read_desk
from campaigns.cross_plan import Pair, faults
from campaigns.enums import SessionMode, TaskOrigin
from campaigns.ground.calendar import Calendar
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Posting, WalkTask
from campaigns.permissions_plan import check_can_cross


@transaction.atomic
def assign_cross_plan(
    *, campaign: Campaign, pairs: Sequence[Pair], due_on: date, by: Posting, now: datetime, calendar: Calendar
) -> list[WalkTask]:
    """Assign every pair, or none: each municipal unit to a county, its own key matter along.

    Raises NotAllowed for another office, and with the planner's sentences for a plan that isn't whole (campaigns.cross_plan).
    """
    check_can_cross(by)
    Campaign.objects.select_for_update(no_key=True).get(
        pk=campaign.pk
    )  # two confirmations at once follow each other
    desk = read_desk(campaign)
    wrong = faults(pairs, *desk.sides, fixed=desk.fixed)
    if wrong:
        raise NotAllowed("".join(wrong))
    return assign_tasks(
        campaign=campaign,
        wishes=_wishes(desk, pairs),
        due_on=due_on,
        by=by,
        now=now,
        calendar=calendar,
        origin=TaskOrigin.CROSS,
    )


def _wishes(desk: CrossDesk, pairs: Sequence[Pair]) -> list[Wish]:
    units = {unit.code: unit for unit in desk.units}
    places = {place.code: place for place in desk.places}
    found = []
    for pair in pairs:
        matter = desk.matter_for(units[pair.unit])
        if matter is None:
            raise NotAllowed("还没有事项，请先导入事项。")
        found.append(Wish(units[pair.unit], matter, SessionMode.SELF, places[pair.county]))
    return found
