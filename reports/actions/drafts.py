"""The words of a computed paper are edited: each saving is a new version, so that nothing anybody wrote is lost."""

from datetime import date, datetime

from django.db import transaction

from campaigns.ground import audit
from campaigns.ground.refusal import Changed
from campaigns.models import Campaign, Organization, Posting
from reports.draft_rights import check_can_draft
from reports.models import PaperDraft
from reports.papers.document import Document
from reports.papers.plain_paper import check_exhibits, exhibits, to_text


@transaction.atomic
def save_draft(
    *,
    kind: str,
    organization: Organization,
    campaign: Campaign,
    text: str,
    version: int,
    computed: Document,
    numbers_on: date,
    by: Posting,
    now: datetime,
) -> PaperDraft | None:
    """Keep `text` as the next version after `version`, the one that was being edited (0: the computed text).

    numbers_on: the day of the numbers in it; `computed`: the paper as of today. Text that says what the computed one
    says goes back to it. Returns the version, None when nothing had changed. Raises Changed when somebody saved
    meanwhile, NotAllowed for an unknown table or chart.
    """
    check_can_draft(by, organization, campaign)
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    check_exhibits(text, exhibits(computed.blocks))
    if text == to_text(computed.blocks):
        text = ""
    rows = PaperDraft.objects.select_for_update().filter(
        kind=kind, organization=organization, campaign=campaign
    )
    last = rows.order_by("-version").first()
    if (last.version if last else 0) != version:
        raise Changed("这份材料刚刚有人保存过新的一稿，请打开最新一稿，把您的修改并进去。")
    if text == (last.text if last else ""):
        return None
    made = PaperDraft.objects.create(
        kind=kind,
        organization=organization,
        campaign=campaign,
        text=text,
        version=version + 1,
        numbers_on=numbers_on,
        saved_at=now,
        saved_by=by.person.user,
    )
    detail = {"单位": organization.code, "材料": made.get_kind_display(), "版本": made.version}
    audit.record(by=by, verb="修改文字材料" if text else "恢复系统文字", subject=made, detail=detail, now=now)
    return made
