"""The compulsory 倒推办 walks that heaps of complaints call for, and the walks that answer them.

衡政办函〔2022〕16号 三、体验时间 “对于审批服务群众差评投诉集中的问题事项,要立即进行体验”; the rule itself is
campaigns.complaint_rule. Exactly one task a heap by the unique key of WalkTask.cluster, however often and by how many
workers it is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import make_aware

from campaigns.actions.deadlines import open_deadline, settle
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders
from campaigns.complaint_rule import Cluster, Place, Received, Rule, clusters, is_bad, is_complaint, open_rows
from campaigns.enums import OrganizationKind, Role, SessionMode, SessionState, TaskOrigin
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.workdays import load_calendar
from campaigns.models import (
    Campaign,
    CampaignPolicy,
    Complaint,
    Matter,
    Organization,
    User,
    WalkSession,
    WalkTask,
)
from campaigns.rounds import running_campaign

DUE_WORKDAYS = 1  # “立即”: no grace but the next working day (domain.md §2)
MAX_LINK = 200


def rule_of(campaign: Campaign) -> Rule:
    """The campaign's own numbers over the defaults."""
    policy = CampaignPolicy.objects.filter(campaign=campaign).first()
    return Rule.of(policy.complaint_rule if policy else {})


@transaction.atomic
def open_tasks(*, on: date, now: datetime, campaign: Campaign | None = None) -> dict:
    """Open a 倒推办 task, due in 1 working day, for every heap of complaints that stands on `on` and has none.

    `campaign` None: the newest open one. Returns `clusters` (all standing ones, new or old: matter and organization
    codes, the number of complaints, reason, numbers), `opened`, `already_open`. Raises NotAllowed when no campaign is
    open.
    """
    campaign = campaign or running_campaign(to="开出倒推办任务")
    # One worker at a time looks and opens, so that nobody decides by what another is just changing.
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    desk = _Desk(campaign=campaign, on=on, now=now, calendar=load_calendar(), rule=rule_of(campaign))
    waiting = {(task.matter.code, task.organization.code): task for task in _waiting_tasks()}
    rows, answered = _received(desk, waiting.values()), answered_until()
    standing = clusters(rows, on=on, calendar=desk.calendar, rule=desk.rule, answered=answered)
    told, opened = {}, 0
    for cluster, matter, unit in _named(standing):
        task = waiting.get(cluster.place)
        if task is None and unit.kind == OrganizationKind.SUPERIOR:
            continue  # nobody of theirs is here to walk
        told[cluster.place] = _told(cluster, task.reason if task else _reason(cluster, matter, unit))
        if task is None:
            opened += desk.open(cluster, matter, unit)
    left = open_rows(rows, answered)
    for place, task in waiting.items():
        if place not in told:  # still unanswered, though its complaints have grown old
            numbers = tuple(row.number for row in left.get(place, ()))
            told[place] = _told(Cluster(place, numbers, ""), task.reason)
    listed = [told[place] for place in sorted(told)]
    return {"clusters": listed, "opened": opened, "already_open": len(listed) - opened}


def answered_until() -> dict[Place, datetime]:
    """Matter and unit → the moment up to which complaints are answered by a 倒推办 walk or a withdrawn task."""
    walks = WalkSession.objects.held().filter(
        mode=SessionMode.BACKWARD, complaint__isnull=False, complaint__matter__isnull=False
    )
    rows = walks.values_list("complaint__matter__code", "complaint__organization__code").order_by()
    found = {(matter, unit): ended_at for matter, unit, ended_at in rows.annotate(until=Max("ended_at"))}
    ended = WalkTask.objects.filter(cluster__isnull=False).exclude(done_on=None, withdrawn_on=None)
    for matter, unit, begun, withdrawn in ended.values_list(
        "matter__code", "organization__code", "deadline__starts_on", "withdrawn_on"
    ):
        # What lay before the task was opened is answered with it, also by a walk held earlier.
        day = withdrawn + timedelta(days=1) if withdrawn else begun
        if day:
            until = make_aware(datetime.combine(day, time()))
            found[matter, unit] = max(until, found.get((matter, unit), until))
    return found


@transaction.atomic
def answer_tasks(*, sessions: Iterable[WalkSession]) -> int:
    """Held 倒推办 walks settle the tasks of their complaint's matter and unit; returns how many.

    A walk written down some days later (补录) counts from the day it was held. Asked again, nothing changes.
    """
    sessions = [
        session
        for session in sessions
        if session.complaint_id
        and session.mode == SessionMode.BACKWARD
        and session.state != SessionState.DRAFT
    ]
    if not sessions:
        return 0
    about = Complaint.objects.in_bulk([session.complaint_id for session in sessions])
    by_place: dict[tuple[int | None, int], WalkSession] = {}
    for session in sorted(sessions, key=lambda session: session.started_at):
        complaint = about[session.complaint_id]
        by_place.setdefault((complaint.matter_id, complaint.organization_id), session)
    settled = 0
    for task in _waiting_tasks().select_for_update(of=("self",)):
        session = by_place.get((task.matter_id, task.organization_id))
        if session is None:
            continue
        task.session, task.done_on = session, session.held_on
        task.save(update_fields=["session", "done_on"])
        if task.deadline_id:
            settle(deadline=task.deadline, on=max(session.held_on, task.deadline.starts_on))
        settled += 1
    return settled


@transaction.atomic
def link_walks(*, numbers: Iterable[str]) -> int:
    """Walks that named a work order before it was known are linked to it now; returns how many."""
    found = list(
        WalkSession.objects.newest().filter(
            mode=SessionMode.BACKWARD, complaint__isnull=True, work_order__in=list(numbers)
        )
    )
    complaints = Complaint.objects.in_bulk([walk.work_order for walk in found], field_name="number")
    for walk in found:
        walk.complaint = complaints[walk.work_order]
    WalkSession.objects.bulk_update(found, ["complaint"], batch_size=200)
    answer_tasks(sessions=found)
    return len(found)


@dataclass(frozen=True)
class _Desk:
    """One call: its campaign, day, calendar and numbers."""

    campaign: Campaign
    on: date
    now: datetime
    calendar: Calendar
    rule: Rule

    def open(self, cluster: Cluster, matter: Matter, unit: Organization) -> bool:
        """One task for `cluster`; False when another worker was just quicker."""
        key = _key(matter, unit)
        try:
            with transaction.atomic():
                self._write(cluster, matter, unit, key)
        except IntegrityError:
            if not WalkTask.objects.filter(cluster=key).exists():
                raise
            return False
        return True

    def _write(self, cluster: Cluster, matter: Matter, unit: Organization, key: str) -> None:
        link = complaints_link(matter.code, unit.code)
        deadline = open_deadline(
            kind=DeadlineKind.TASK,
            title=f"差评投诉集中，倒推办{matter.name}",
            link=link,
            campaign=self.campaign,
            organization=unit,
            starts_on=self.on,
            workdays=DUE_WORKDAYS,
            calendar=self.calendar,
        )
        task = WalkTask.objects.create(
            campaign=self.campaign,
            origin=TaskOrigin.COMPLAINT,
            organization=unit,
            matter=matter,
            mode=SessionMode.BACKWARD,
            walked_unit=unit,
            reason=_reason(cluster, matter, unit),
            cluster=key,
            deadline=deadline,
            assigned_at=self.now,
        )
        text = f"差评投诉集中，请于{deadline.due_on:%Y-%m-%d}前完成倒推办：{task.reason}"
        notify(to=_people(unit, self.on), kind="CLUSTER", text=text, link=link, now=self.now)
        detail = {"事项": matter.code, "单位": unit.code, "理由": task.reason, "工单": list(cluster.numbers)}
        audit.record(by=None, verb="开出倒推办任务", subject=task, detail=detail, now=self.now)


def complaints_link(matter: str, unit: str) -> str:
    """The list of the heap's complaints."""
    link = f"{reverse('complaint_list')}?{urlencode({'matter': matter, 'organization': unit})}"
    return link if len(link) <= MAX_LINK else reverse("complaint_list")


def _waiting_tasks():
    tasks = WalkTask.objects.waiting().filter(origin=TaskOrigin.COMPLAINT, cluster__isnull=False)
    return tasks.select_related("matter", "organization", "deadline").order_by("pk")


def _named(standing: list[Cluster]) -> list[tuple[Cluster, Matter, Organization]]:
    """Each heap with its matter and unit. Two queries."""
    matters = Matter.objects.in_bulk({cluster.place[0] for cluster in standing}, field_name="code")
    units = Organization.objects.select_related("parent")
    units = units.in_bulk({cluster.place[1] for cluster in standing}, field_name="code")
    return [(cluster, matters[cluster.place[0]], units[cluster.place[1]]) for cluster in standing]


def _reason(cluster: Cluster, matter: Matter, unit: Organization) -> str:
    return f"{unit.label}“{matter.name}”{cluster.reason}。"[:300]


def _key(matter: Matter, unit: Organization) -> str:
    """The next heap of this matter and unit: two workers that see the same history name it alike."""
    ended = WalkTask.objects.filter(cluster__isnull=False, matter=matter, organization=unit)
    return f"{matter.code}|{unit.code}|{ended.exclude(done_on=None, withdrawn_on=None).count() + 1}"


def _people(unit: Organization, on: date) -> list[User]:
    """填报员 and 主要负责人 of the unit; a 科股室 without them is answered for by the unit above."""
    found = holders(roles=(Role.REPORTER, Role.HEAD), organization=unit, on=on)
    if not found and unit.kind == OrganizationKind.SECTION and unit.parent:
        found = holders(roles=(Role.REPORTER, Role.HEAD), organization=unit.parent, on=on)
    return found


def _received(desk: _Desk, waiting: Iterable[WalkTask]) -> list[Received]:
    """Complaints about a matter that the rule, or a task still open, can look at. One query."""
    begun = [desk.rule.begins(task.deadline.starts_on, desk.calendar) for task in waiting if task.deadline_id]
    since = min([desk.rule.begins(desk.on, desk.calendar), *begun])
    rows = Complaint.objects.filter(
        matter__isnull=False,
        received_at__gte=make_aware(datetime.combine(since, time())),
        received_at__lt=make_aware(datetime.combine(desk.on + timedelta(days=1), time())),
    )
    names = (
        "number",
        "matter__code",
        "organization__code",
        "received_at",
        "source",
        "kind",
        "satisfaction",
    )
    return [
        Received(
            number=number,
            place=(matter, unit),
            at=at,
            day=day_of(at),
            is_complaint=is_complaint(source, kind, satisfaction),
            is_bad=is_bad(satisfaction),
        )
        for number, matter, unit, at, source, kind, satisfaction in rows.values_list(*names).order_by("pk")
    ]


def _told(cluster: Cluster, reason: str) -> dict:
    matter, unit = cluster.place
    return {
        "matter": matter,
        "organization": unit,
        "complaints": len(cluster.numbers),
        "reason": reason,
        "numbers": list(cluster.numbers),
    }
