"""典型经验: a unit proposes what it did and what came of it; 审改办 adopts it or not, with its reason."""

from datetime import datetime

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.actions.recipients import nearest
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Posting, WalkSession
from issues.models import Measure
from reports import bulletin_rights
from reports.enums import ExperienceState
from reports.models import Experience


@transaction.atomic
def propose_experience(
    *,
    campaign: Campaign,
    title: str,
    practice: str,
    result: str,
    by: Posting,
    now: datetime,
    measure: Measure | None = None,
    session: WalkSession | None = None,
) -> Experience:
    """The 填报员 proposes for the unit, at best from a measure or a walk."""
    bulletin_rights.check_can_propose(by)
    row = Experience.objects.create(
        campaign=campaign,
        organization=by.organization,
        title=title,
        practice=practice,
        result=result,
        measure=measure,
        session=session,
        proposed_at=now,
        proposed_by=by.person.user,
    )
    notify(
        to=nearest(role=Role.REFORM_OFFICE, organization=by.organization, on=day_of(now)),
        kind="EXPERIENCE",
        text=f"{by.organization.label}报送了典型经验：{title}。",
        link=row.get_absolute_url(),
        now=now,
    )
    audit.record(by=by, verb="报送典型经验", subject=row, detail={"标题": title}, now=now)
    return row


@transaction.atomic
def judge_experience(
    *, experience: Experience, adopted: bool, reason: str, by: Posting, now: datetime
) -> Experience:
    """采用 or 不采用, once, with the reason; the unit reads it."""
    rows = Experience.objects.select_for_update(of=("self",)).select_related("organization", "proposed_by")
    row = rows.get(pk=experience.pk)
    bulletin_rights.check_can_judge(by, row)
    if not reason.strip():
        raise NotAllowed("请写明采用或不采用的意见。")
    row.state = ExperienceState.ADOPTED if adopted else ExperienceState.REJECTED
    row.reason, row.decided_at, row.decided_by = reason.strip(), now, by.person.user
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    text = f"典型经验“{row.title}”{row.get_state_display()}。"
    notify(to=[row.proposed_by], kind="EXPERIENCE", text=text, link=row.get_absolute_url(), now=now)
    audit.record(
        by=by, verb=f"典型经验{row.get_state_display()}", subject=row, detail={"意见": reason}, now=now
    )
    return row
