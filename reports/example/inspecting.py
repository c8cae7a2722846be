"""督查室 on the anchor's morning: the day's clues are raised; a few units are asked, one has answered, one clue is dismissed."""

from datetime import datetime

from campaigns.enums import Role
from campaigns.models import Campaign, Posting
from issues.actions import clue_flow
from issues.actions.clues import raise_clues
from issues.enums import ClueState
from issues.lists.clues import with_totals
from issues.models import Clue
from reports.example.timeline import Timeline

RAISED_AT, ASKED_AT, ANSWERED_AT, DECIDED_AT = 6 * 60 + 30, 8 * 60 + 5, 8 * 60 + 25, 8 * 60 + 40
# 市医保局 waits with its answer; of the others the first answers and the second is cleared up at once.
_ASKED_UNIT = "430400-031"
_OTHERS = 2


def inspect(campaign: Campaign, timeline: Timeline, *, until: datetime) -> None:
    """Through the actions, as the day would go; nothing honest is called 属实, and nothing lies after `until`."""
    last = timeline.last
    if until < timeline.at(last, DECIDED_AT):
        return
    raise_clues(on=timeline.day(last), now=timeline.at(last, RAISED_AT), campaign=campaign)
    inspector = _posting(Role.INSPECTOR, "430400")
    waiting = list(_heaviest(campaign).filter(session__reporting_unit__code=_ASKED_UNIT)[:1])
    others = list(_heaviest(campaign).exclude(session__reporting_unit__code=_ASKED_UNIT)[:_OTHERS])
    for clue in (*waiting, *others[:1]):
        question = f"系统提示：{clue.facts['because']}请说明实际情况和依据。"
        clue_flow.ask(clue=clue, question=question, by=inspector, now=timeline.at(last, ASKED_AT))
    for clue in others[:1]:
        clerk = _posting(Role.REPORTER, clue.session.reporting_unit.code)
        clue.refresh_from_db()
        said = "编号抄自受理单，平台当天尚未同步，受理单留存可查。"
        clue_flow.answer(clue=clue, explanation=said, by=clerk, now=timeline.at(last, ANSWERED_AT))
    for clue in others[1:]:
        note = "已与窗口核对受理登记，确有此件，平台数据迟到。"
        clue_flow.decide(clue=clue, is_true=False, note=note, by=inspector, now=timeline.at(last, DECIDED_AT))


def _posting(role: str, code: str) -> Posting:
    rows = Posting.objects.filter(role=role, organization__code=code, ended_on__isnull=True)
    return rows.select_related("person__user", "organization").order_by("pk").first()


def _heaviest(campaign: Campaign):
    """Open clues about 办件编号 of units that have a 填报员, the heaviest first."""
    clerks = Posting.objects.filter(role=Role.REPORTER, ended_on__isnull=True).values("organization")
    rows = with_totals(Clue.objects.in_campaign(campaign)).filter(
        rule="R6", state=ClueState.RAISED, session__reporting_unit__in=clerks
    )
    return rows.select_related("session__reporting_unit", "session__campaign", "deadline").order_by(
        "-weight", "session__number"
    )
