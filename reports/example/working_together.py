"""What people do around the ledger in the example: 会商, 批量顺延, 质量评价, 代签, 移交, 催办, each by its ordinary action.

No chance is drawn here, so that the rest of the city stays what its seed says.
"""

from collections.abc import Iterator
from datetime import timedelta

from campaigns.actions.stand_ins import name_stand_in
from campaigns.enums import Role
from campaigns.models import Person, Posting
from issues.actions import duties, judging, meetings, shifts
from issues.enums import LedgerState, Quality
from issues.models import LedgerItem, Problem
from reports.example.city import City
from reports.example.roster import CITY
from reports.example.stage import Life, Moment

_MEETINGS = (
    (
        13,
        "业务系统取数口径会商",
        "衡审改纪〔{year}〕3号",
        "数据口径由主管部门明确，大厅先行并行办理，不让群众两头跑。",
    ),
    (5, "联办事项材料流转会商", "衡审改纪〔{year}〕4号", "材料由大厅一次收取、内部流转，承办单位不再另收。"),
)
_SETTLED = ("明确取数口径并书面告知窗口", "调整窗口受理流程并更新办事指南")
_OUTAGE = "省级平台升级停机两天，网上无法提交"
_COUNTY = "430482"
_AWAY = "430400-031"
_HANDED = "原责任人轮岗到其他科室，请接手人继续办理。"
_URGED = "群众再次来电询问，请抓紧办理并报进展。"
# Of ten problems six are judged: mostly 有效, now and then 一般, rarely 无效.
_JUDGED = (
    Quality.VALID,
    "",
    Quality.VALID,
    Quality.AVERAGE,
    "",
    Quality.VALID,
    "",
    Quality.VALID,
    "",
    Quality.VALID,
)
_INVALID_EVERY = 37


def work_together(city: City) -> Iterator[Life]:
    """The lives of this room, each waiting for its day."""
    for place, (before, *words) in enumerate(_MEETINGS):
        yield _meet(city, place, city.timeline.last - before, *words)
    yield _shift(city)
    yield _judge(city)
    yield _stand_in(city)
    yield _hand_over(city)
    yield _urge(city)


def _office(city: City) -> Posting:
    return city.seats[Role.REFORM_OFFICE, CITY]


def _in_work(**facts):
    rows = LedgerItem.objects.filter(state=LedgerState.RECTIFYING, deadline__is_open=True, **facts)
    return rows.select_related("responsible_unit", "deadline", "problem", "demand").order_by("number")


def _meet(city: City, place: int, index: int, title: str, number: str, summary: str) -> Life:
    """Three units at one table about their items; each takes something along, the first is done with it in time."""
    moment = yield (index, 15 * 60)
    items = _one_a_unit(city)[3 * place : 3 * place + 3]
    if not items:
        return
    due_on = city.timeline.day(index + 8)
    meeting = meetings.record_meeting(
        by=_office(city),
        now=moment.now,
        campaign=city.campaign,
        title=title,
        held_on=city.timeline.day(index),
        document_number=number.format(year=city.campaign.opens_on.year),
        units=[item.responsible_unit for item in items],
        items=items,
        decisions=[
            {"item": item, "organization": item.responsible_unit, "text": text, "due_on": due_on}
            for item, text in zip(items, _SETTLED, strict=False)
        ],
        summary=summary,
        calendar=city.calendar,
    )
    moment = yield (index + 4, 10 * 60 + 30)
    first = (
        meeting.decisions.select_related("organization").filter(done_on__isnull=True).order_by("pk").first()
    )
    clerk = city.seat(Role.REPORTER, first.organization) if first else None
    if clerk is not None:
        meetings.finish_decision(decision=first, by=clerk, now=moment.now)


def _one_a_unit(city: City) -> list[LedgerItem]:
    """The first item in work of each city bureau that has a 填报员 and isn't the office's own house."""
    found: dict[str, LedgerItem] = {}
    for item in _in_work(responsible_unit__code__startswith=f"{CITY}-"):
        unit = item.responsible_unit
        if city.seat(Role.REPORTER, unit) and not city.is_office(unit):
            found.setdefault(unit.code, item)
    return list(found.values())


def _shift(city: City) -> Life:
    """An outage nobody could help: what falls due in the county within a week moves by two working days."""
    index = city.timeline.last - 9
    moment = yield (index, 9 * 60 + 20)
    given = {
        "by": _office(city),
        "organization": city.organizations[_COUNTY],
        "since": city.timeline.day(index + 1),
        "until": city.timeline.day(index + 8),
        "workdays": 2,
        "calendar": city.calendar,
    }
    if shifts.plan_shift(**given):
        shifts.shift_dates(now=moment.now, campaign=city.campaign, reason=_OUTAGE, **given)


def _judge(city: City) -> Life:
    """审改办 goes through the queue of 质量评价 on three afternoons; the last weeks' problems still wait."""
    by, seen = _office(city), 0
    for before in (25, 15, 6):
        moment = yield (city.timeline.last - before, 16 * 60 + 10)
        until = city.timeline.day(city.timeline.last - before - 3)
        rows = Problem.objects.unjudged_by(by).filter(found_on__lte=until).order_by("number")
        for problem in rows.select_related("reporting_unit", "responsible_unit"):
            seen += 1
            quality = Quality.INVALID if seen % _INVALID_EVERY == 0 else _JUDGED[seen % len(_JUDGED)]
            if quality:
                judging.judge_problem(problem=problem, by=by, now=moment.now, quality=quality)


def _stand_in(city: City) -> Life:
    """市医保局's 主要负责人 was away for a week in May, and 分管负责人 signed for them."""
    index = city.timeline.last - 20
    moment = yield (index - 1, 17 * 60)
    name_stand_in(
        by=city.seats[Role.HEAD, _AWAY],
        person=city.seats[Role.DEPUTY, _AWAY].person,
        started_on=city.timeline.day(index),
        ended_on=city.timeline.day(index + 4),
        now=moment.now,
    )


def _hand_over(city: City) -> Life:
    """Two items go on with somebody else of the same unit."""
    moment = yield (city.timeline.last - 6, 11 * 60)
    for item in _one_a_unit(city)[6:8]:
        person = _colleague(city, item)
        if person is not None:
            clerk = city.seat(Role.REPORTER, item.responsible_unit)
            duties.hand_over(item=item, by=clerk, now=moment.now, person=person, note=_HANDED)


def _colleague(city: City, item: LedgerItem) -> Person | None:
    people = city.people.get(item.responsible_unit.code, [])
    measure = item.finding.measures.filter(person__isnull=False).order_by("pk").first()
    return next(
        (one for one in people[1:] if one.left_on is None and one != (measure and measure.person)), None
    )


def _urge(city: City) -> Life:
    """审改办 and a 主要负责人 press what is late or nearly so, besides the nightly chase."""
    moment: Moment = yield (city.timeline.last - 2, 14 * 60 + 30)
    near = city.timeline.day(moment.index + 2)
    for item in list(_in_work(deadline__due_on__lte=near).exclude(responsible_unit__code=_AWAY))[:4]:
        duties.remind(item=item, by=city.assigner(item.responsible_unit), now=moment.now, note=_URGED)
    head = city.seats[Role.HEAD, _AWAY]
    for item in list(_in_work(responsible_unit__code=_AWAY))[:1]:
        duties.remind(item=item, by=head, now=moment.now + timedelta(minutes=15), note=_URGED)
