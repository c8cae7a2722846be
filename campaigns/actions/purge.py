"""电话到期清除: the telephone of somebody accompanied is kept for 回访 and then forgotten (domain.md §4.6)."""

from datetime import date, datetime

from django.db import transaction

from campaigns.ground import audit
from campaigns.models import WalkSession


@transaction.atomic
def purge_phones(*, on: date, now: datetime) -> int:
    """Empty the telephone numbers whose day has come by `on`; how many. Run again it finds nothing left."""
    due = WalkSession.objects.select_for_update(of=("self",)).filter(accompanied_purge_on__lte=on)
    purged = list(due.only("pk", "number"))
    WalkSession.objects.filter(pk__in=[session.pk for session in purged]).update(
        accompanied_phone="", accompanied_consented=False, accompanied_purge_on=None
    )
    for session in purged:
        audit.record(by=None, verb="清除陪同对象电话", subject=session, now=now)
    return len(purged)
