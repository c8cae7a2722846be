"""Organizations' life: 合并, 拆分, 更名. What is open goes to a successor, what is done stays under the name it was done by.

The old unit stays readable, closed from a day on, and stands below its successor, who sees its history. Roles at the
successor wait for 安全管理员: a merger must not be a way round the grant (contract §5).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.actions.accounts import request_posting
from campaigns.actions.deadlines import settle
from campaigns.actions.obligations import refresh_rosters
from campaigns.actions.roster_tree import rewrite_paths
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import Deadline
from campaigns.ground.refusal import NotAllowed
from campaigns.models import (
    Complaint,
    Matter,
    MatterUnit,
    Organization,
    Participation,
    Person,
    Posting,
    WalkTask,
)
from issues.enums import Deed
from issues.models import LedgerItem, Measure
from issues.permissions import ENDED
from issues.permissions_roster import check_can_keep_roster
from issues.workflow import write_entry


@dataclass(frozen=True)
class Estate:
    """What goes over: all of a unit for a merger, the chosen matters and people for a part."""

    unit: Organization
    matters: QuerySet
    people: QuerySet
    items: QuerySet
    whole: bool = True
    counts: dict[str, int] = field(default_factory=dict)


def estate_of(
    unit: Organization, *, matters: Iterable[int] | None = None, people: Iterable[int] | None = None
) -> Estate:
    """What would go over, counted for the preview. `matters`, `people` (ids): only a part of the unit is handed over."""
    whole = matters is None
    own_matters = Matter.objects.filter(owner=unit)
    own_people = Person.objects.filter(organization=unit, left_on__isnull=True)
    items = LedgerItem.objects.filter(responsible_unit=unit).exclude(state__in=ENDED)
    if not whole:
        own_matters = own_matters.filter(pk__in=list(matters or ()))
        own_people = own_people.filter(pk__in=list(people or ()))
        chosen = list(own_matters.values_list("pk", flat=True))
        items = items.filter(Q(problem__matter__in=chosen) | Q(demand__matter__in=chosen))
    found = Estate(unit, own_matters, own_people, items, whole)
    found.counts.update(_counts(found))
    return found


def _counts(estate: Estate) -> dict[str, int]:
    told = {
        "在职人员": estate.people.count(),
        "主管事项": estate.matters.count(),
        "未办结的整改事项": estate.items.count(),
    }
    if estate.whole:
        running = Deadline.objects.running().filter(organization=estate.unit)
        told |= {
            "进行中的时限": running.count(),
            "未完成的走流程任务": WalkTask.objects.waiting().filter(organization=estate.unit).count(),
            "未办结的投诉工单": Complaint.objects.filter(organization=estate.unit, finished_at=None).count(),
            "下级单位": estate.unit.children.count(),
        }
    return told


@transaction.atomic
def merge(
    *, unit: Organization, successor: Organization, on: date, by: Posting, now: datetime
) -> Organization:
    """撤销并入: `unit` is closed from `on` on and everything open is `successor`'s."""
    unit, successor = _locked(unit, successor)
    _check(unit, successor, on, by, now)
    if successor.path.startswith(unit.path):
        raise NotAllowed("不能并入自己的下级单位。")
    estate = estate_of(unit)
    told = dict(estate.counts)
    _hand_over(estate, successor, on, by, now)
    _close_own_papers(unit, on)
    Deadline.objects.running().filter(organization=unit).update(organization=successor)
    WalkTask.objects.waiting().filter(organization=unit).update(organization=successor)
    WalkTask.objects.waiting().filter(walked_unit=unit).update(walked_unit=successor)
    Complaint.objects.filter(organization=unit, finished_at=None).update(organization=successor)
    _hand_over_shares(unit, successor)
    unit.children.update(parent=successor)
    Organization.objects.filter(successor=unit).update(successor=successor)
    unit.successor, unit.parent, unit.closed_on = successor, successor, on
    successor.is_participant = successor.is_participant or unit.is_participant
    unit.is_participant = False
    successor.save(update_fields=["is_participant"])
    unit.save(update_fields=["successor", "parent", "closed_on", "is_participant"])
    rewrite_paths()
    refresh_rosters(by=by, now=now)
    detail = {"并入": successor.name, "日期": on.isoformat(), **told}
    audit.record(by=by, verb="单位撤销并入", subject=unit, detail=detail, now=now)
    unit.refresh_from_db()
    return unit


@transaction.atomic
def hand_part(
    *,
    unit: Organization,
    successor: Organization,
    matters: Iterable[int],
    people: Iterable[int],
    on: date,
    by: Posting,
    now: datetime,
) -> dict[str, int]:
    """拆分划转: the chosen matters with their open items, and the chosen people, become `successor`'s; `unit` goes on."""
    unit, successor = _locked(unit, successor)
    _check(unit, successor, on, by, now)
    estate = estate_of(unit, matters=matters, people=people)
    if not (estate.counts["主管事项"] or estate.counts["在职人员"]):
        raise NotAllowed("请选择要划转的事项或人员。")
    told = dict(estate.counts)
    _hand_over(estate, successor, on, by, now)
    refresh_rosters(by=by, now=now)
    detail = {"划转到": successor.name, "日期": on.isoformat(), **told}
    audit.record(by=by, verb="单位拆分划转", subject=unit, detail=detail, now=now)
    return told


@transaction.atomic
def rename(
    *, unit: Organization, name: str, short_name: str, on: date, by: Posting, now: datetime
) -> Organization:
    """更名: one unit, one history; the former name is kept, so that old sheets are still understood."""
    check_can_keep_roster(by)
    unit = Organization.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if not name.strip() or name.strip() == unit.name:
        raise NotAllowed("请填写新的单位名称。")
    was = unit.name
    former = {"name": unit.name, "short_name": unit.short_name, "until": on.isoformat()}
    unit.former_names = [*unit.former_names, former]
    unit.name, unit.short_name = name.strip(), short_name.strip()
    unit.save(update_fields=["former_names", "name", "short_name"])
    detail = {"原名": was, "新名": unit.name, "日期": on.isoformat()}
    audit.record(by=by, verb="单位更名", subject=unit, detail=detail, now=now)
    return unit


def _locked(unit: Organization, successor: Organization) -> tuple[Organization, Organization]:
    rows = Organization.objects.select_for_update(of=("self",)).in_bulk([unit.pk, successor.pk])
    return rows[unit.pk], rows[successor.pk]


def _check(unit: Organization, successor: Organization, on: date, by: Posting, now: datetime) -> None:
    check_can_keep_roster(by)
    if unit.pk == successor.pk:
        raise NotAllowed("承接单位不能是单位自己。")
    for one in (unit, successor):
        if one.closed_on is not None:
            raise NotAllowed(f"{one.label}已于 {one.closed_on} 撤销。")
    if on > day_of(now):
        raise NotAllowed("日期不能晚于今天，到了那一天再办理。")
    if unit.parent_id is None:
        raise NotAllowed("市政府和上级单位不能撤销或拆分。")


def _hand_over(estate: Estate, successor: Organization, on: date, by: Posting, now: datetime) -> None:
    """People with their roles asked for anew, matters, and open items with what hangs on them."""
    unit = estate.unit
    for person in estate.people:
        running = person.postings.filter(organization=unit).filter(Q(ended_on=None) | Q(ended_on__gte=on))
        for posting in running:
            _move_posting(posting, successor, on, by, now)
    tasks = WalkTask.objects.waiting().filter(person__in=estate.people, organization=unit)
    Deadline.objects.filter(walk_task__in=tasks).update(organization=successor)
    tasks.update(organization=successor)
    _hand_over_items(estate, successor, by, now)
    estate.matters.update(owner=successor)
    estate.people.update(organization=successor)


def _move_posting(posting: Posting, successor: Organization, on: date, by: Posting, now: datetime) -> None:
    last = on - timedelta(days=1)
    if posting.started_on and posting.started_on > last:
        posting.started_on = last
    posting.ended_on = last
    posting.save(update_fields=["started_on", "ended_on"])
    request_posting(
        person=posting.person,
        organization=successor,
        role=posting.role,
        reach=posting.reach,
        started_on=on,
        by=by,
        now=now,
    )


def _hand_over_items(estate: Estate, successor: Organization, by: Posting, now: datetime) -> None:
    """Open items, their findings and measures: another 责任单位, told in each item's history."""
    unit = estate.unit
    items = list(estate.items.select_for_update(of=("self",)).select_related("problem", "demand", "deadline"))
    note = f"机构调整：责任单位由{unit.label}改为{successor.label}"
    for item in items:
        finding = item.problem or item.demand
        finding.responsible_unit = successor
        finding.save(update_fields=["responsible_unit"])
        item.responsible_unit = successor
        item.save(update_fields=["responsible_unit"])
        write_entry(item=item, move=Deed.HAND_OVER, source=item.state, by=by, now=now, note=note)
    pks = [item.pk for item in items]
    clocks = Q(item__in=pks) | Q(turn_of__in=pks) | Q(extension__item__in=pks) | Q(consent__item__in=pks)
    measures = Measure.objects.filter(Q(problems__item__in=pks) | Q(demands__item__in=pks), lead_unit=unit)
    led = list(measures.values_list("pk", flat=True))
    Deadline.objects.running().filter(clocks | Q(measure_step__measure__in=led), organization=unit).update(
        organization=successor
    )
    Measure.objects.filter(pk__in=led).update(lead_unit=successor)
    if estate.whole:
        for item in LedgerItem.objects.filter(helper_units=unit).exclude(state__in=ENDED):
            item.helper_units.remove(unit)
            item.helper_units.add(successor)


def _close_own_papers(unit: Organization, on: date) -> None:
    """A report or a milestone is each unit's own: the closed one's clocks stop, the successor has its own."""
    own = Deadline.objects.running().filter(organization=unit)
    for deadline in own.filter(Q(submission__isnull=False) | Q(milestone_duty__isnull=False)):
        settle(deadline=deadline, on=on)


def _hand_over_shares(unit: Organization, successor: Organization) -> None:
    """Matters it runs (unless the successor runs them already), and taking part in the campaigns."""
    has = MatterUnit.objects.filter(organization=successor).values("matter")
    MatterUnit.objects.filter(organization=unit).exclude(matter__in=has).update(organization=successor)
    for share in Participation.objects.filter(organization=unit):
        Participation.objects.get_or_create(campaign=share.campaign, organization=successor)
