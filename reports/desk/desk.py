"""The desk of one posting: a sentence that says how much waits, the counts, and the deeds, overdue first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, F, Q, QuerySet

from campaigns.enums import Role
from campaigns.models import Campaign, Milestone
from reports.desk.works import WORKS, Reader, Work

SHOWN = 12
LATE, TODAY, LATER, UNTIMED = "已逾期", "今天到期", "随后到期", "不限时"
_NEXT = {
    Role.REPORTER: "走完一次流程请当天登记；有转办、退回、自查要求时，会列在这里。",
    Role.DEPUTY: "填报员申请销号后由您审核，会列在这里。",
    Role.HEAD: "填报员提交整改措施后由您审签，会列在这里。",
    Role.WALKER: "安排给您的走流程、填报员替您登记后要您确认的，会列在这里。",
    Role.REFORM_OFFICE: "有待转办的问题、申请销号的台账、上报的材料时，会列在这里。",
    Role.INSPECTOR: "有疑点的情况说明、待回访的台账、待签发的督办单时，会列在这里。",
}


@dataclass(frozen=True)
class Card:
    """A number and the list it counts; red where something of it is overdue."""

    label: str
    number: int
    url: str
    is_late: bool = False
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One deed, a click away. `unit`: empty for one's own. `left`: working days until `due_on`, None where no day is set."""

    deed: str
    text: str
    unit: str
    url: str
    due_on: date | None
    left: int | None


@dataclass(frozen=True)
class Group:
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Desk:
    """`sentence`: how much waits; `hint`: what comes next; `more`: deeds that aren't shown (the cards lead there)."""

    sentence: str
    hint: str
    cards: tuple[Card, ...]
    groups: tuple[Group, ...]
    more: int


@dataclass(frozen=True)
class _Count:
    number: int
    late: int
    today: int


def desk(reader: Reader) -> Desk:
    """What waits for the posting; a fixed number of queries, however many rows wait."""
    counted = [(work, _count(work, reader)) for work in WORKS.get(reader.posting.role, ())]
    told = [count for work, count in counted if work.teller]
    total = sum(count.number for count in told)
    shown = sorted(_lines(counted, reader), key=_urgency)[:SHOWN]
    cards = [
        Card(work.label, count.number, work.url(reader.posting), bool(count.late), work.note)
        for work, count in counted
        if count.number
    ]
    return Desk(
        sentence=_sentence(total, sum(count.late for count in told), sum(count.today for count in told)),
        hint=_hint(reader, total),
        cards=tuple(cards),
        groups=_groups(shown),
        more=total - len(shown),
    )


def _waiting(work: Work, reader: Reader) -> QuerySet:
    """The rows of the list, each once, with `due`."""
    rows = work.rows(reader)
    found = rows.model.objects.filter(pk__in=rows.order_by().values("pk"))
    return found.annotate(due=work.teller.due) if work.teller else found


def _count(work: Work, reader: Reader) -> _Count:
    rows = _waiting(work, reader)
    if work.teller is None:
        return _Count(rows.count(), 0, 0)
    told = rows.aggregate(
        number=Count("pk"),
        late=Count("pk", filter=Q(due__lt=reader.on)),
        today=Count("pk", filter=Q(due=reader.on)),
    )
    return _Count(**told)


def _lines(counted: list[tuple[Work, _Count]], reader: Reader) -> Iterator[Line]:
    """The most urgent of each kind that waits at all."""
    for work, count in counted:
        if work.teller is None or not count.number:
            continue
        rows = work.teller.ready(_waiting(work, reader)).order_by(F("due").asc(nulls_last=True), "pk")
        for row in rows[:SHOWN]:
            deed, text, unit = work.teller.told(row, reader.posting)
            left = reader.calendar.workdays_between(reader.on, row.due) if row.due else None
            unit = "" if unit == reader.posting.organization.label else unit
            yield Line(deed, text, unit, work.teller.page(row), row.due, left)


def _urgency(line: Line) -> tuple:
    return (line.due_on is None, line.due_on)


def _groups(lines: list[Line]) -> tuple[Group, ...]:
    return tuple(Group(label, tuple(rows)) for label, rows in groupby(lines, key=_when))


def _when(line: Line) -> str:
    if line.left is None:
        return UNTIMED
    if line.left == 0:
        return TODAY
    return LATE if line.left < 0 else LATER


def _sentence(total: int, late: int, today: int) -> str:
    if not total:
        return "现在没有等您办理的事。"
    urgent = [f"{late}件已逾期" if late else "", f"{today}件今天到期" if today else ""]
    said = "，".join(each for each in urgent if each)
    return f"有{total}件事等您办理" + (f"：{said}。" if said else "，没有逾期的。")


def _hint(reader: Reader, total: int) -> str:
    """What comes next: for an empty desk also where work will come from."""
    node = _next_node(reader)
    return "".join((("" if total else _NEXT.get(reader.posting.role, "")), node))


def _next_node(reader: Reader) -> str:
    """下一个阶段节点 (三、体验时间; 五(四)末段)."""
    campaign = Campaign.objects.current()
    nodes = Milestone.objects.filter(campaign=campaign, due_on__gte=reader.on).order_by("due_on", "pk")
    node = nodes.first() if campaign else None
    if node is None:
        return ""
    left = reader.calendar.workdays_between(reader.on, node.due_on)
    when = f"还有{left}个工作日" if left else "就在今天"
    return f"下一个节点：{node.due_on.month}月{node.due_on.day}日“{node.name}”，{when}。"
