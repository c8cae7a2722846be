"""同类问题: registering with the twins in view, listing likely ones for 审改办, deciding, and what a recurrence demands.

衡政办函〔2022〕16号 五(二) “注重从体制机制层面解决问题，防止走过场，杜绝同类问题反复发生”.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders, nearest
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from issues.actions.findings import register_problem
from issues.actions.selfchecks import found_by
from issues.enums import TwinVerdict
from issues.models import LedgerItem, Problem, Recurrence, SelfCheck
from issues.permissions_twins import check_can_decide_twins
from issues.twins import Twin, pairs
from issues.verifying import is_recurrence

BATCH = 500
WANTS_INSTITUTION = (
    "这是同类问题复发，要先建立长效机制：请在措施页登记制度名称、文号、印发日期和文件，再{label}。"
)


@transaction.atomic
def register_beside(
    *,
    by: Posting,
    now: datetime,
    twins: Iterable[Twin],
    again: Twin | None = None,
    reason: str = "",
    selfcheck: SelfCheck | None = None,
    **facts,
) -> Problem:
    """登记问题 with its likely twins shown: `again` is the closed one it is a recurrence of, the others are not.

    What was decided about each pair is kept, so that 审改办 can look again. `selfcheck`: whose 有 this problem is.
    `facts`: as for register_problem.
    """
    problem = register_problem(by=by, now=now, **facts)
    found_by(selfcheck=selfcheck, problem=problem)
    for twin in twins:
        verdict = TwinVerdict.AGAIN if twin is again else TwinVerdict.OTHER
        words = reason.strip() or ("登记时确认为复发。" if twin is again else "登记人认为不是同类问题。")
        closed_on = twin.closed_on if twin.closed_on and twin.closed_on <= problem.found_on else None
        Recurrence.objects.create(
            later=problem.item,
            earlier=twin.item,
            same_signature=twin.same_signature,
            similarity=twin.percent,
            closed_on=closed_on,
            days=(problem.found_on - closed_on).days if closed_on else None,
            found_at=now,
            verdict=verdict,
            decided_at=now,
            decided_by=by.person.user,
            reason=words,
        )
    if again is not None:
        _tell(problem.item, again.item, now)
    return problem


@transaction.atomic
def leave_to(*, item: LedgerItem, by: Posting, now: datetime, selfcheck: SelfCheck | None = None) -> None:
    """同一问题（不再登记）: nothing is registered, the log remembers who saw it again."""
    found_by(selfcheck=selfcheck, problem=item.problem)
    audit.record(by=by, verb="认作同一问题，不再登记", subject=item, now=now)


@transaction.atomic
def list_recurrences(*, now: datetime) -> dict[str, int]:
    """List pairs that nobody was asked about (imports), for 审改办 to decide; safe to run twice."""
    known = Recurrence.objects.values_list("earlier_id", "later_id").order_by()
    rows = [
        Recurrence(
            earlier_id=pair.earlier,
            later_id=pair.later,
            same_signature=pair.same_signature,
            similarity=pair.percent,
            closed_on=pair.closed_on,
            days=pair.days,
            found_at=now,
        )
        for pair in pairs(known=known)
    ]
    Recurrence.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return {"listed": len(rows)}


@transaction.atomic
def decide_recurrence(
    *, recurrence: Recurrence, by: Posting, now: datetime, verdict: str, reason: str
) -> Recurrence:
    """审改办's word on two items, also over the registrar's; the last one holds, the log keeps them all."""
    row = (
        Recurrence.objects.select_for_update(of=("self",))
        .select_related("later__responsible_unit", "earlier")
        .get(pk=recurrence.pk)
    )
    check_can_decide_twins(by, row.later)
    if not reason.strip():
        raise NotAllowed("请写明判定理由。")
    if verdict == TwinVerdict.AGAIN and row.closed_on is None:
        raise NotAllowed(
            "先前的台账在这条问题发现时还没有销号，不算复发；是同一件事的，请选“同一问题”并办理并案。"
        )
    was = row.verdict
    row.verdict, row.reason = verdict, reason.strip()
    row.decided_at, row.decided_by = now, by.person.user
    row.save(update_fields=["verdict", "reason", "decided_at", "decided_by"])
    audit.record(
        by=by,
        verb=f"判定{row.get_verdict_display()}",
        subject=row.later,
        detail={"earlier": row.earlier.number, "was": was, "reason": row.reason},
        now=now,
    )
    if verdict == TwinVerdict.AGAIN and was != verdict:
        _tell(row.later, row.earlier, now)
    return row


def _tell(later: LedgerItem, earlier: LedgerItem, now: datetime) -> None:
    """The unit learns what a recurrence demands, 同级审改办 that it happened."""
    on = day_of(now)
    text = f"{later.number} 认定为 {earlier.number} 的同类问题复发，销号前要建立长效机制（在措施页登记制度名称、文号、印发日期和文件）。"
    to = holders(roles=(Role.REPORTER, Role.HEAD), organization=later.responsible_unit, on=on)
    to += nearest(role=Role.REFORM_OFFICE, organization=later.responsible_unit, on=on)
    notify(to=to, kind="RECURRENCE", text=text, link=later.get_absolute_url(), now=now)


def check_institution(item: LedgerItem, label: str) -> None:
    """Raise NotAllowed when a confirmed recurrence has no 长效机制 among its measures (五(二); contract §7.9)."""
    if not is_recurrence(item):
        return
    if not item.finding.measures.with_institution().exists():
        raise NotAllowed(WANTS_INSTITUTION.format(label=label))
