"""抽查 in the example: a plan with a published seed, the list, what two inspectors signed, and a plan not yet drawn."""

from datetime import timedelta

from campaigns.enums import Role
from campaigns.models import Posting
from issues.actions import draws
from issues.models import Draw, DrawItem
from reports.example.city import City
from reports.example.stage import Life, Moment

COUNT = 36
SOUND = (
    "到窗口随机取号办了一遍，材料按新指南收取，没有再要复印件。",
    "查看最近五件办件，均在承诺时限内办结，与整改情况一致。",
    "拨打公布的咨询电话，一次接通，答复与办事指南一致。",
)
FAULT = "现场看到窗口仍按旧清单收材料，询问两名群众，都说跑了两趟。"


def spot_checks(city: City) -> Life:
    """Planned eight working days before the anchor, drawn the next day, checked until the day before it."""
    last = city.timeline.last
    moment = yield (last - 8, 9 * 60 + 10)
    plan = _plan(city, moment, title="第一批整改情况抽查", seed="0608", days=(1, 7))
    moment = yield (last - 7, 10 * 60)
    drawn = draws.draw_planned(draw=plan, by=_inspector(city), now=moment.now)
    for place, each in enumerate(drawn.items.order_by("item__number").select_related("first", "second")):
        if place % 4 == 3 or not each.second_id:
            continue
        moment = yield (last - 6 + place % 5, 10 * 60 + 12 * place)
        _check(city, each, place, moment)
    moment = yield (last - 1, 16 * 60)
    _plan(city, moment, title="第二批整改情况抽查", seed="0617", days=(2, 10))


def _inspector(city: City) -> Posting:
    return city.seats[Role.INSPECTOR, "430400"]


def _plan(city: City, moment: Moment, *, title: str, seed: str, days: tuple[int, int]) -> Draw:
    members = [posting.person for (role, _), posting in city.seats.items() if role == Role.INSPECTOR]
    return draws.plan_draw(
        campaign=city.campaign,
        organization=city.organizations["430400"],
        title=title,
        content="看整改措施是否落地、群众是否真正少跑，重点看投诉来源、延期和退回重办过的台账。",
        approval="市政府督查室主任审批",
        starts_on=city.timeline.day(moment.index + days[0]),
        ends_on=city.timeline.day(moment.index + days[1]),
        leader=_inspector(city).person,
        members=members,
        count=COUNT,
        seed=seed,
        by=_inspector(city),
        now=moment.now,
    )


def _check(city: City, drawn: DrawItem, place: int, moment: Moment) -> None:
    """One writes what was seen, the other signs; the fifth is found wanting, and one still waits for its signature."""
    first, second = (city.seats_by_person[person.pk] for person in (drawn.first, drawn.second))
    outcome, note = ("FAULTY", FAULT) if place == 5 else ("SOUND", SOUND[place % len(SOUND)])
    draws.record_check(drawn=drawn, outcome=outcome, note=note, by=first, now=moment.now)
    if place != 8:
        draws.confirm_check(drawn=drawn, by=second, now=moment.now + timedelta(minutes=20))
