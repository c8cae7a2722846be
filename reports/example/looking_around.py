"""同类问题 and 举一反三 in the example: 审改办 decides about some pairs, asks other units about three problems; most answer.

No chance is drawn here, so that the rest of the city stays what its seed says.
"""

from collections.abc import Iterator

from campaigns.enums import Role
from campaigns.models import Organization, Posting
from issues.actions import recurrences, selfchecks
from issues.enums import LedgerState, ProblemSource, RectifyKind, SelfCheckAnswer, TwinVerdict
from issues.models import LedgerItem, Recurrence, SelfCheck, SelfCheckRound
from issues.permissions_twins import can_decide_twins
from reports.example.city import City
from reports.example.roster import CITY
from reports.example.stage import Life, Moment, Stage

_AGAIN = (
    "调阅两次走流程记录，同一窗口、同一做法，整改后又退回原样，属于复发。",
    "现场核实，人员轮换后新窗口不了解整改要求，同样的情况再次发生。",
    "措施只管了当月，没有形成制度，群众再次遇到同样的问题。",
)
_OTHER = (
    "两条的起因不同，先前是材料标准，本条是系统取数，不是同类。",
    "发生在不同的办理渠道，责任科室和原因都不一样。",
    "文字相近，但先前说的是窗口，本条说的是网上，责任科室不同，分别整改。",
)
_NONE = (
    "查了大厅两个窗口和网上办事指南，抽看近一个月办件20件，没有同样的情况。",
    "逐个窗口问了受理人员，对照告知单和网上指南，口径一致，没有发现。",
    "抽查近两个月办件，回访办事群众6名，都没有遇到这种情况。",
)
_FOUND = (
    "自查发现3号窗口也有同样的做法，原因是告知单没有更新，已先行停用旧单子。",
    "抽看近一个月办件，有4件存在同样的情况，主要在乡镇代办点，县里没有统一要求。",
    "窗口口径已改，但网上指南还是旧的，群众照网上准备仍会多跑一趟。",
    "回访12名办事人，3名说遇到过，都是午间轮班时由临聘人员受理的。",
)
_REQUEST = "请对照上述问题，查本单位窗口、网上和办事指南三处，有同样情况的如实登记并限期整改。"
# Working days before the anchor: when a round starts, and how many days it gives.
_ROUNDS = ((14, 9), (8, 10), (3, 10))
_ASKED_AT_LEAST = 6


def judge(city: City) -> Life:
    """审改办 looks through the listed pairs twice: closed ones first, and two of those being mended on the last morning."""
    last = city.timeline.last
    moment = yield (last - 9, 10 * 60 + 20)
    recurrences.list_recurrences(now=moment.now)
    ended = list(_waiting().filter(later__state=LedgerState.CLOSED))
    for place, pair in enumerate(ended[:9]):
        verdict = TwinVerdict.AGAIN if pair.closed_on and place % 3 != 2 else TwinVerdict.OTHER
        _decide(city, pair, verdict, place, moment)
    moment = yield (last, 8 * 60 + 40)
    recurrences.list_recurrences(now=moment.now)
    mended = _waiting().filter(later__state=LedgerState.RECTIFYING, closed_on__isnull=False)
    for place, pair in enumerate(mended[:2]):
        _decide(city, pair, TwinVerdict.AGAIN, place, moment)


def _waiting():
    rows = Recurrence.objects.filter(verdict=TwinVerdict.OPEN)
    return rows.select_related("later__responsible_unit").order_by("-same_signature", "-similarity", "pk")


def _decide(city: City, pair: Recurrence, verdict: str, place: int, moment: Moment) -> None:
    by = city.assigner(pair.later.responsible_unit)
    if can_decide_twins(by, pair.later):
        reason = (_AGAIN if verdict == TwinVerdict.AGAIN else _OTHER)[place % 3]
        recurrences.decide_recurrence(recurrence=pair, by=by, now=moment.now, verdict=verdict, reason=reason)


def spread(city: City, stage: Stage) -> Iterator[Life]:
    """The rounds of 举一反三, each a life of its own that brings its answers along."""
    for number, (before, days) in enumerate(_ROUNDS):
        yield _round(city, stage, number, city.timeline.last - before, days)


def _round(city: City, stage: Stage, number: int, index: int, days: int) -> Life:
    moment = yield (index, 11 * 60)
    by = city.seats[Role.REFORM_OFFICE, CITY]
    item = _chosen(by)
    if item is None:
        return
    due_on = city.timeline.day(index + days)
    started = selfchecks.start_selfchecks(
        item=item, by=by, now=moment.now, request=_REQUEST, due_on=due_on, calendar=city.calendar
    )
    for place, check in enumerate(started.checks.select_related("organization").order_by("pk")):
        stage.enter(_answer(city, check, number, place, index))


def _chosen(by: Posting) -> LedgerItem | None:
    """The first closed problem of a matter that many run and nobody was asked about yet."""
    asked = SelfCheckRound.objects.values("matter")
    items = LedgerItem.objects.filter(state=LedgerState.CLOSED, problem__matter__isnull=False)
    items = items.filter(problem__category__code__startswith="A").exclude(problem__matter__in=asked)
    for item in items.select_related("problem__matter", "responsible_unit").order_by("pk"):
        if len(selfchecks.units_to_ask(item=item, by=by)) >= _ASKED_AT_LEAST:
            return item
    return None


def _answer(city: City, check: SelfCheck, number: int, place: int, index: int) -> Life:
    """Every sixth doesn't answer in time or at all; every fourth has it, too, and registers it some days later."""
    by = _clerk(city, check.organization)
    if by is None or place % 6 == 4:
        return
    moment = yield (index + 1 + place % 7, 9 * 60 + 20 + 11 * place)
    found = place % 4 == 1
    selfchecks.answer_selfcheck(
        selfcheck=check,
        by=by,
        now=moment.now,
        answer=SelfCheckAnswer.FOUND if found else SelfCheckAnswer.NONE,
        # What is registered afterwards is told differently everywhere: 1 and 9 of the first rounds.
        text=_FOUND[(place // 8 + 2 * number) % 4] if found else _NONE[place % 3],
    )
    if found and place % 8 == 1:
        moment = yield (max(moment.index + 1, city.timeline.last - 2), 15 * 60 + 10 + place)
        _register(city, SelfCheck.objects.get(pk=check.pk), by, moment)


def _clerk(city: City, unit: Organization) -> Posting | None:
    """填报员 of the unit, else of its county's government."""
    return city.seat(Role.REPORTER, unit) or city.seats.get((Role.REPORTER, unit.code[:6]))


def _register(city: City, check: SelfCheck, by: Posting, moment: Moment) -> None:
    source = check.round.item.problem
    recurrences.register_beside(
        by=by,
        now=moment.now,
        twins=(),
        selfcheck=check,
        campaign=city.campaign,
        reporting_unit=check.organization,
        responsible_unit=check.organization,
        calendar=city.calendar,
        matter=source.matter,
        step=source.step,
        category=source.category,
        text=f"举一反三{check.text}",
        cause=source.cause,
        source=ProblemSource.OTHER,
        proposed_kind=RectifyKind.DATED,
        found_on=city.timeline.day(moment.index),
        note=f"举一反三自查发现，对照 {check.round.item.number}。",
    )
