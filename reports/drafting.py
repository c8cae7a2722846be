"""The papers of a unit as they stand: computed from the day's facts, with the words people have put in their place.

Tables, charts, attachments, title and signature are always the day's; only the body's words are edited.
"""

from collections.abc import Callable
from dataclasses import replace

from campaigns.ground.calendar import Calendar
from campaigns.models import Campaign, Organization
from campaigns.querysets import in_reach
from reports.breakdowns import Facts, gather
from reports.enums import PaperKind
from reports.models import PaperDraft, Submission
from reports.papers.document import Attachment, Document, Paragraph
from reports.papers.plain_paper import exhibits, from_text
from reports.rectification import items_table
from reports.rectification_report import rectification_report
from reports.scope import Scope
from reports.summary import summary
from reports.walk_plan import walk_plan

ONE_BY_ONE = 200  # items


def _summary(scope: Scope, facts: Facts, calendar: Calendar) -> Document:
    """The summary, with what the unit has added in its own words as the last attachment."""
    told = summary(organization=scope.organization, campaign=scope.campaign, on=scope.on, facts=facts)
    rows = Submission.objects.filter(campaign=scope.campaign, organization=scope.organization)
    words = rows.values_list("words", flat=True).first() or ""
    added = tuple(Paragraph(line.strip()) for line in words.splitlines() if line.strip())
    if not added:
        return told
    return replace(told, attachments=(*told.attachments, Attachment("做法、经验和建议", added)))


def _rectification(scope: Scope, facts: Facts, calendar: Calendar) -> Document:
    """With the items one by one for a unit; a city's are too many for a paper and stand in 03."""
    items = scope.items().filter(in_reach(scope.posting, "responsible_unit")).order_by("number")
    each = None
    if items.count() <= ONE_BY_ONE:
        items = items.select_related("problem", "demand", "responsible_unit", "deadline")
        each = items_table(list(items), on=scope.on, calendar=calendar)
    return rectification_report(
        organization=scope.organization, campaign=scope.campaign, on=scope.on, facts=facts, each=each
    )


_COMPUTED: dict[str, Callable[[Scope, Facts, Calendar], Document]] = {
    PaperKind.SUMMARY: _summary,
    PaperKind.RECTIFICATION: _rectification,
    PaperKind.WALK_PLAN: lambda scope, facts, calendar: walk_plan(scope),
}


def computed_paper(kind: str, scope: Scope, calendar: Calendar) -> Document:
    """What the system writes by itself today."""
    return _COMPUTED[kind](scope, gather(scope, calendar), calendar)


def newest_draft(kind: str, campaign: Campaign, organization: Organization) -> PaperDraft | None:
    """The newest version; one without text says that the computed text holds again."""
    rows = PaperDraft.objects.filter(kind=kind, campaign=campaign, organization=organization)
    return rows.select_related("saved_by__person").order_by("-version").first()


def newest_drafts(campaign: Campaign, organization: Organization) -> dict[str, PaperDraft]:
    """The newest version of each paper that people have worded, by kind; one query."""
    rows = PaperDraft.objects.filter(campaign=campaign, organization=organization).order_by("version")
    newest = {row.kind: row for row in rows}
    return {kind: row for kind, row in newest.items() if row.text}


def with_words(document: Document, draft: PaperDraft | None) -> Document:
    """`document` with the body of `draft`; as computed where there is none."""
    if draft is None or not draft.text:
        return document
    return replace(document, blocks=from_text(draft.text, exhibits(document.blocks)))


def paper(kind: str, scope: Scope, facts: Facts, calendar: Calendar) -> Document:
    """The paper as it would be handed in now."""
    return with_words(
        _COMPUTED[kind](scope, facts, calendar), newest_draft(kind, scope.campaign, scope.organization)
    )
