"""Writing complaints and cases: whole tables, and what follows from new complaints at once (三、体验时间 “立即”)."""

from datetime import datetime

from campaigns.actions.complaint_tasks import link_walks, open_tasks
from campaigns.actions.imports_plan import Plan, RowAction
from campaigns.actions.imports_write import BATCH, codes_of, new_row, save_rows, update_rows
from campaigns.ground.clock import day_of
from campaigns.ground.secret import blind_index
from campaigns.models import Campaign, Complaint, Posting, User


def write_complaints(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """Complaints with their blind index; walks that named them are linked, and heaps open their tasks."""
    codes = codes_of(plan)
    new = plan.of(RowAction.NEW)
    made = [new_row(plan, row, codes, phone_index=blind_index(row.draft.values["phone"])) for row in new]
    Complaint.objects.bulk_create(made, batch_size=BATCH)
    stored = update_rows(plan, codes)
    touched = [
        stored[row.draft.stored["pk"]] for row in plan.of(RowAction.CHANGED) if row.draft.changes("phone")
    ]
    for complaint in touched:
        complaint.phone_index = blind_index(complaint.phone)
    save_rows(Complaint, touched, ["phone_index"])
    link_walks(numbers=[complaint.number for complaint in made])
    if Campaign.objects.current() is not None:
        open_tasks(on=day_of(now), now=now)
