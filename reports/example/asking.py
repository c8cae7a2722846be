"""回访 in the example: complaint-source closings are asked about; a few don't answer, three units are heard, one item reopens.

No chance is drawn here, so that the rest of the city stays what its seed says.
"""

from collections.abc import Iterator
from typing import Any

from campaigns.enums import Role
from campaigns.models import Posting
from issues import followup_rights
from issues.actions import followups, followups_hearing
from issues.enums import LedgerState, ProblemSource
from issues.models import FollowUp, LedgerItem
from reports.example.city import City
from reports.example.stage import Life, Moment

_ASKED_UNIT = "430400-031"  # 市医保局 has something to explain on the anchor's morning


def _solved(satisfaction: str, note: str) -> dict[str, Any]:
    answers = {"present": "是", "whole": "是", "solved": "是", "easier": "是"}
    return {
        "outcome": "REACHED",
        "verdict": "SOLVED",
        "satisfaction": satisfaction,
        "note": note,
        "answers": answers,
    }


_OUTCOMES = (
    _solved("VERY_GOOD", "材料少交了两样，当场办完。"),
    _solved("GOOD", "窗口解释清楚了，一次办好。"),
    {"outcome": "UNREACHED"},
    _solved("FAIR", "办好了，就是等的时间还有点长。"),
    None,  # still to be asked
    _solved("GOOD", "电话一打就通，答复和指南一致。"),
    {"outcome": "REFUSED"},
)
_UNSOLVED = {
    "outcome": "REACHED",
    "verdict": "UNSOLVED",
    "satisfaction": "BAD",
    "note": "又去办过一次，窗口仍按旧清单要复印件，跑了两趟。",
    "answers": {"present": "是", "whole": "是", "solved": "否", "easier": "否"},
}
_UNTRUE = {
    "outcome": "REACHED",
    "verdict": "UNTRUE",
    "satisfaction": "VERY_BAD",
    "note": "台账写的自助机一直没有装，问工作人员说还在采购。",
    "answers": {"present": "不清楚", "solved": "否", "easier": "否"},
}


def ask_the_citizens(city: City) -> Life:
    """Opened eight working days before the anchor; asked, heard and decided until the evening before it."""
    last, inspector = city.timeline.last, city.seats[Role.INSPECTOR, "430400"]
    moment = yield (last - 8, 8 * 60 + 20)
    followups.open_due(now=moment.now, calendar=city.calendar)
    heard, others = _sorted_out(city, inspector)
    for place, row in enumerate(others):
        said = _OUTCOMES[place % len(_OUTCOMES)]
        if said:
            moment = yield (last - 7 + place * 2 // len(others), 9 * 60 + 30 + 6 * place)
            _ask(city, row, said, inspector, moment)
    for row, said in zip(heard, (_UNSOLVED, _UNTRUE), strict=False):
        moment = yield (last - 5, 15 * 60)
        _ask(city, row, said, inspector, moment)
    yield from _hear(city, heard, inspector)


def _sorted_out(city: City, inspector: Posting) -> tuple[list[FollowUp], list[FollowUp]]:
    """Two whose unit has a 填报员 and will be heard, and the rest; what the inspector closed is left alone."""
    rows = FollowUp.objects.select_related("item__responsible_unit").order_by("pk")
    mine = [
        row for row in rows if followup_rights.allows(followup_rights.check_can_inspect, inspector, row.item)
    ]
    heard = [row for row in mine if city.seat(Role.REPORTER, row.item.responsible_unit)][:2]
    return heard, [row for row in mine if row not in heard]


def _ask(city: City, row: FollowUp, said: dict[str, Any], inspector: Posting, moment: Moment) -> None:
    followups.record_attempt(follow_up=row, by=inspector, now=moment.now, calendar=city.calendar, **said)


def _hear(city: City, heard: list[FollowUp], inspector: Posting) -> Iterator[tuple[int, int]]:
    """The second unit objects, a chosen item of 市医保局 is asked about, the first unit agrees and has its item back."""
    last = city.timeline.last
    moment = yield (last - 3, 10 * 60)
    for row in heard[1:]:
        said = "自助机已于上月到货，装在二楼办事区，群众去的是一楼，附安装验收单。"
        _explain(city, row, agrees=False, said=said, moment=moment)
    moment = yield (last - 1, 10 * 60)
    items = LedgerItem.objects.filter(
        state=LedgerState.CLOSED, responsible_unit__code=_ASKED_UNIT, problem__source=ProblemSource.WALK
    )
    item = items.order_by("number").first()
    if item and followup_rights.allows(followup_rights.check_can_open, inspector, item):
        [chosen] = followups.open_chosen(
            numbers=[item.number], by=inspector, now=moment.now, calendar=city.calendar
        )
        _ask(city, chosen, _UNSOLVED, inspector, moment)
    moment = yield (last - 1, 17 * 60)
    for row in heard[:1]:
        said = "窗口人员轮换后没有交接新清单，确有疏漏，立即重新整改。"
        _explain(city, row, agrees=True, said=said, moment=moment)


def _explain(city: City, row: FollowUp, *, agrees: bool, said: str, moment: Moment) -> None:
    clerk = city.seat(Role.REPORTER, row.item.responsible_unit)
    followups_hearing.explain(follow_up=row, agrees=agrees, explanation=said, by=clerk, now=moment.now)
