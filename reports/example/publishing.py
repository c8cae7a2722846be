"""The anchor's morning in print: units propose 典型经验, 审改办 judges; the city's 督查室 issues its first 通报, a county drafts."""

from datetime import datetime

from campaigns.enums import Role
from campaigns.models import Campaign, Posting
from issues.enums import LedgerState
from issues.models import LedgerItem
from reports.actions import bulletins
from reports.actions.experiences import judge_experience, propose_experience
from reports.bulletin_facts import cases, practices
from reports.bulletins import default_texts, default_title
from reports.example.timeline import Timeline

PROPOSED_AT, JUDGED_AT, DRAFTED_AT, APPROVED_AT, ISSUED_AT = (
    8 * 60 + minute for minute in (30, 35, 41, 42, 43)
)
# What 审改办 says of the first, second …; the last waits.
_VERDICTS = (
    (True, "做法可复制，成效有数字，采用。"),
    (True, "采用，建议各大厅参照。"),
    (False, "成效还没有数据，补充后再报。"),
)
_TITLES = ("材料一次告知，群众少跑一趟", "午间不断档，窗口有人守", "系统跑路代替群众跑腿", "老年人办事有人陪")
_PER_KIND = 2


def publish(campaign: Campaign, timeline: Timeline, *, until: datetime) -> None:
    """Through the actions; nothing lies after `until`."""
    last = timeline.last
    if until < timeline.at(last, ISSUED_AT):
        return
    office = _posting(Role.REFORM_OFFICE, "430400")
    for place, row in enumerate(_proposed(campaign, timeline)):
        if place < len(_VERDICTS):
            adopted, reason = _VERDICTS[place]
            judged_at = timeline.at(last, JUDGED_AT + place)
            judge_experience(experience=row, adopted=adopted, reason=reason, by=office, now=judged_at)
    issue = _draft(campaign, timeline, "430400")
    bulletins.submit_bulletin(
        bulletin=issue, by=_posting(Role.INSPECTOR, "430400"), now=timeline.at(last, DRAFTED_AT)
    )
    issue.refresh_from_db()
    bulletins.approve_bulletin(
        bulletin=issue, names_people=False, by=office, now=timeline.at(last, APPROVED_AT)
    )
    issue.refresh_from_db()
    bulletins.issue_bulletin(
        bulletin=issue, by=_posting(Role.INSPECTOR, "430400"), now=timeline.at(last, ISSUED_AT)
    )
    _draft(campaign, timeline, "430481")


def _proposed(campaign: Campaign, timeline: Timeline) -> list:
    """A unit each, from a measure whose item is closed."""
    clerks = Posting.objects.filter(role=Role.REPORTER, ended_on__isnull=True).values("organization")
    items = LedgerItem.objects.in_campaign(campaign).filter(
        state=LedgerState.CLOSED, responsible_unit__in=clerks, problem__measures__isnull=False
    )
    rows, units = [], set()
    for item in items.select_related("problem", "responsible_unit").order_by("number"):
        measure = item.problem.measures.order_by("number").first()
        if item.responsible_unit_id in units or measure.lead_unit_id != item.responsible_unit_id:
            continue
        units.add(item.responsible_unit_id)
        rows.append(
            propose_experience(
                campaign=campaign,
                title=_TITLES[len(rows)],
                practice=f"针对走流程发现的“{' '.join(item.problem.text.split())}”\n{measure.text}",
                result="问题已销号，回头看核验无反复。",
                measure=measure,
                by=_posting(Role.REPORTER, item.responsible_unit.code),
                now=timeline.at(timeline.last, PROPOSED_AT + len(rows)),
            )
        )
        if len(rows) == len(_TITLES):
            break
    return rows


def _draft(campaign: Campaign, timeline: Timeline, code: str):
    """A draft of a 督查室 that names the first cases of each kind on record."""
    by, on = _posting(Role.INSPECTOR, code), timeline.day(timeline.last)
    offered = cases(by, campaign, on, timeline.calendar)
    kinds: dict[str, list[str]] = {}
    for case in offered:
        kinds.setdefault(case.kind, []).append(case.key)
    texts = default_texts(
        organization=by.organization, campaign=campaign, on=on, practices=practices(by, campaign)
    )
    return bulletins.draft_bulletin(
        campaign=campaign,
        title=default_title(by.organization),
        texts=texts,
        chosen=[key for keys in kinds.values() for key in keys[:_PER_KIND]],
        by=by,
        now=timeline.at(timeline.last, DRAFTED_AT),
        calendar=timeline.calendar,
    )


def _posting(role: str, code: str) -> Posting:
    rows = Posting.objects.filter(role=role, organization__code=code, ended_on__isnull=True)
    return rows.select_related("person__user", "organization").order_by("pk").first()
