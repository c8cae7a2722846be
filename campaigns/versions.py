"""The versions of one registration: what holds now, and what stood before each 更正."""

from campaigns.models import WalkSession


def earlier_versions(session: WalkSession) -> list[WalkSession]:
    """The versions before `session`, the last one first; a query each, and there is rarely more than one."""
    found, pk = [], session.corrects_id
    while pk is not None:
        version = WalkSession.objects.select_related("amended_by__person").get(pk=pk)
        found.append(version)
        pk = version.corrects_id
    return found


def holding_version(session: WalkSession) -> WalkSession | None:
    """The version that holds now; None when `session` itself does."""
    newer, found = WalkSession.objects.filter(corrects=session).first(), None
    while newer is not None:
        found, newer = newer, WalkSession.objects.filter(corrects=newer).first()
    return found


def amendments(session: WalkSession) -> list[dict]:
    """For the page: each 更正 that led to `session`, the last one first, with the version it replaced."""
    newer, rows = session, []
    for version in earlier_versions(session):
        rows.append(
            {
                "version": version,
                "by": newer.amended_by,
                "at": newer.amended_at,
                "reason": newer.correction_reason,
            }
        )
        newer = version
    return rows
