"""A few fake walks among the honest, and what becomes of their 疑点: explained, 属实 with what followed, 排除, still waiting.

组团走, one person in two counties, one text handed in by three units, a stack of papers keyed in one sitting weeks later:
each registered by the ordinary action, as somebody would, and found by the ordinary rules a week before the anchor.
No dice of the city's: nothing else shifts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from campaigns.actions.walks import record_session
from campaigns.enums import (
    EXPECTED_STEPS,
    Channel,
    CheckVerdict,
    Role,
    SessionMode,
    StepKind,
    StepResult,
    Verdict,
)
from campaigns.models import Matter, Organization, Person, Posting, WalkSession
from issues.actions import clue_flow
from issues.actions.clues import raise_clues
from issues.enums import ClueOutcomeKind
from issues.models import Clue
from reports.example.city import City
from reports.example.plans import Diary
from reports.example.stage import Life, Moment

GROUP_UNIT, GROUP_DAY, GROUP = "430400-014", 24, 4
TWICE_UNIT, TWICE_DAY, TWICE_PLACES = "430400-011", 26, ("430481", "430421")
COPY_UNITS, COPY_DAY = ("430400-031", "430400-023", "430481-003"), 25
HEAP_UNIT, HEAP_DAY, HEAP, HEAP_KEYED_AFTER = "430481-004", 18, 5, 11
FOUND_BEFORE = 6  # working days before the anchor: what 督查室 found then has had time to be heard
_MINUTES = {
    StepKind.CONSULT: 9,
    StepKind.PREPARE: 21,
    StepKind.FILL: 13,
    StepKind.QUEUE: 17,
    StepKind.ACCEPT: 11,
    StepKind.APPROVE: 26,
    StepKind.DELIVER: 6,
}
_TEXT = (
    "以普通群众身份到窗口走了一遍，先在咨询台问清了要带的材料，取号后等了{wait}分钟，窗口工作人员一次性告知到位，"
    "材料当场收下，承诺时限内办结，大厅秩序井然，自助区有志愿者引导，整个过程顺畅，建议{advice}加大宣传力度。"
)
COPIED = tuple(
    _TEXT.format(wait=wait, advice=advice)
    for wait, advice in (("12", "进一步"), ("15", "进一步"), ("12", "继续"))
)
GROUPED = (
    "随同局领导到大厅看流程，咨询台引导清楚，取号机提示不够明显。",
    "到大厅了解事项办理，窗口讲解细致，办事指南上墙，字号偏小。",
    "实地查看受理窗口，填表有样表可照，个别栏目不易看懂。",
    "参加局里组织的走流程，看了受理和出件，等候区座椅不足。",
)
_HEAPED = "补记：到窗口办理“{matter}”，第{place}个环节等候稍久，其余顺利。"


def fakes(city: City, diary: Diary) -> Iterable[Life]:
    """The lives to enter the stage after the plan is made: the walks, then the week of the inspectors."""
    yield _group(city, _free(city, diary, GROUP_UNIT, GROUP_DAY, GROUP))
    yield _twice(city, _free(city, diary, TWICE_UNIT, TWICE_DAY, 1)[0])
    for text, code in zip(COPIED, COPY_UNITS, strict=True):
        yield _copied(city, code, _free(city, diary, code, COPY_DAY, 1), text)
    yield _heap(city, [_free(city, diary, HEAP_UNIT, HEAP_DAY + place, 1) for place in range(HEAP)])
    yield _inspected(city)


def _free(city: City, diary: Diary, code: str, index: int, count: int) -> list[Person]:
    """So many obligated people of the unit who are nowhere else that day."""
    free = [one for one in city.people[code] if one.is_obligated and diary.is_free(one, index)][:count]
    for person in free:
        diary.take(person, index)
    return free


def _group(city: City, people: Sequence[Person]) -> Life:
    """Four leaders of one bureau set off together to one hall for one matter; each is registered as a walk of its own."""
    unit = city.organizations[GROUP_UNIT]
    moment = yield (GROUP_DAY, 17 * 60 + 5)
    for place, person in enumerate(people):
        started = city.timeline.at(GROUP_DAY, 9 * 60 + 2 + 3 * place)
        said = GROUPED[place]
        _record(city, unit, [person], _matter(city, unit), unit, started, said, moment, extra=place)


def _twice(city: City, person: Person) -> Life:
    """One person in two counties with ten minutes between."""
    unit = city.organizations[TWICE_UNIT]
    moment = yield (TWICE_DAY, 17 * 60 + 20)
    started = city.timeline.at(TWICE_DAY, 9 * 60)
    for place, county in enumerate(TWICE_PLACES):
        matter = _matter(city, unit)
        said = f"到{city.hall(city.organizations[county])}走了一遍“{matter.name}”，流程清楚。"
        walk = _record(
            city,
            unit,
            [person],
            matter,
            city.organizations[county],
            started,
            said,
            moment,
            extra=GROUP + place,
        )
        started = walk.ended_at + timedelta(minutes=10)


def _copied(city: City, code: str, people: Sequence[Person], text: str) -> Life:
    """Three units hand in one text, each with a word or two changed."""
    unit = city.organizations[code]
    minute = 14 * 60 + 7 * COPY_UNITS.index(code)
    moment = yield (COPY_DAY, 17 * 60 + 25)
    started = city.timeline.at(COPY_DAY, minute)
    extra = 6 + COPY_UNITS.index(code)
    _record(city, unit, people, _matter(city, unit), unit, started, text, moment, extra=extra)


def _heap(city: City, days: Sequence[Sequence[Person]]) -> Life:
    """Five walks of different days, all keyed one afternoon more than a week later."""
    unit = city.organizations[HEAP_UNIT]
    matter = _matter(city, unit)
    for place, people in enumerate(days):
        moment = yield (HEAP_DAY + HEAP + HEAP_KEYED_AFTER, 15 * 60 + 4 * place)
        if people:
            started = city.timeline.at(HEAP_DAY + place, 9 * 60 + 11 * place)
            said = _HEAPED.format(matter=matter.name, place=place + 1)
            _record(city, unit, people, matter, unit, started, said, moment, extra=9 + place)


def _matter(city: City, unit: Organization) -> Matter:
    """A matter of the unit, of its counterpart in the city, or just one."""
    own = [one for one in city.matters if one.owner_id in (unit.pk, unit.counterpart_id)]
    return (own or city.matters)[0]


def _record(
    city: City,
    unit: Organization,
    walkers: Sequence[Person],
    matter: Matter,
    walked: Organization,
    started: datetime,
    said: str,
    moment: Moment,
    *,
    extra: int,
) -> WalkSession:
    """One 亲身办 in a hall, simulated; `extra` minutes make no two walks alike step for step."""
    steps, at = [], started
    for place, kind in enumerate(EXPECTED_STEPS[SessionMode.SELF]):
        ended = at + timedelta(minutes=_MINUTES[kind] + extra * (place + 1) % 13)
        steps.append({"kind": kind, "started_at": at, "ended_at": ended, "result": StepResult.PASSED})
        at = ended
    return record_session(
        by=city.seat(Role.REPORTER, unit),
        now=moment.now,
        campaign=city.campaign,
        reporting_unit=unit,
        walkers=walkers,
        mode=SessionMode.SELF,
        channel=Channel.HALL_WINDOW,
        matter=matter,
        walked_unit=walked,
        started_at=started,
        ended_at=at,
        narrative=said,
        steps=steps,
        checkpoints=[("A07", CheckVerdict.CONFORMS, ""), ("B03", CheckVerdict.CONFORMS, "")],
        facts={
            "place": city.hall(walked),
            "is_simulated": True,
            "asks_clear": Verdict.YES,
            "runs_clear": Verdict.YES,
            "done_clear": Verdict.YES,
            "actual_steps": matter.step_count,
            "actual_documents": matter.document_count,
            "actual_days": matter.promised_days,
            "actual_trips": matter.trip_count,
            "actual_fee": matter.fee,
        },
    )


def _inspected(city: City) -> Life:
    """A week of 督查室: raised, asked, explained, 属实 with 约谈 and 通报 to follow, 排除 — and some that still wait."""
    last = city.timeline.last
    moment = yield (last - FOUND_BEFORE, 8 * 60)
    raise_clues(on=city.timeline.day(moment.index), now=moment.now, campaign=city.campaign)
    grouped = _clues("R1", session__narrative__in=GROUPED)  # somebody honest may have stood beside them
    twice = _clues("R2", session__reporting_unit__code=TWICE_UNIT)
    copied = _clues("R7", session__narrative__in=COPIED)
    heaped = _clues("R11", session__reporting_unit__code=HEAP_UNIT)
    moment = yield (last - FOUND_BEFORE, 9 * 60 + 20)
    for clue in (*grouped[:3], *twice[:1], *copied[:1]):
        _ask(city, clue, f"系统提示：{clue.facts['because']}请说明实际情况和依据。", moment)
    moment = yield (last - 4, 10 * 60 + 40)
    heard = _each(grouped[:2], "局里统一组织集中走流程，四人同车前往，各自登记了一次，没有各走各的。")
    heard += _each(copied[:1], "三家单位的填报员在工作群里互相参考后填写，体验是真的，文字照抄了。")
    heard += _each(twice[:1], "上午先到一处，下午再到另一处，填报时把开始时间填错了，有两张取号小票。")
    for clue, said in heard:
        _answer(city, clue, said, moment)
    moment = yield (last - 2, 15 * 60 + 10)
    found = _each(grouped[:2], (True, "监控显示四人同行，只有一人取号，认定为“组团走”。"))
    found += _each(twice[:1], (False, "核对两处取号小票，时间相隔三小时，属填报错误。"))
    for clue, (is_true, note) in found:
        _decide(city, clue, is_true, note, moment)
    moment = yield (last - 1, 9 * 60 + 30)
    for clue in grouped[:2]:
        _talk(city, clue, moment)
    for clue in heaped[:1]:
        _ask(city, clue, "一次补录了多次一周以前的走流程，请提供纸质原件。", moment)


def _each(clues: Iterable[Clue], words) -> list[tuple]:
    return [(clue, words) for clue in clues]


def _inspector(city: City) -> Posting:
    return city.seats[Role.INSPECTOR, "430400"]


def _clues(rule: str, **where) -> list[Clue]:
    rows = Clue.objects.filter(rule=rule, **where)
    return list(
        rows.select_related("session__reporting_unit", "session__campaign").order_by("session__number")
    )


def _ask(city: City, clue: Clue, question: str, moment: Moment) -> None:
    by = _inspector(city)
    clue_flow.ask(clue=clue, question=question, by=by, now=moment.now, calendar=city.calendar)


def _answer(city: City, clue: Clue, said: str, moment: Moment) -> None:
    clerk = city.seat(Role.REPORTER, clue.session.reporting_unit)
    clue_flow.answer(clue=Clue.objects.get(pk=clue.pk), explanation=said, by=clerk, now=moment.now)


def _decide(city: City, clue: Clue, is_true: bool, note: str, moment: Moment) -> None:
    fresh = Clue.objects.get(pk=clue.pk)
    clue_flow.decide(clue=fresh, is_true=is_true, note=note, by=_inspector(city), now=moment.now)


def _talk(city: City, clue: Clue, moment: Moment) -> None:
    clue_flow.record_outcome(
        clue=Clue.objects.get(pk=clue.pk),
        kind=ClueOutcomeKind.TALK,
        document_number="",
        on=city.timeline.day(moment.index),
        note="约谈当事人，责令重新体验，列入下期通报。",
        by=_inspector(city),
        now=moment.now,
    )
