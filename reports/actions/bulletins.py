"""起草 → 送批 → 批准 (another person) → 印发: numbered once, frozen with its file; a mistake is corrected by a new issue."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from campaigns.actions.notices import notify
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.numbering import take_numbers
from campaigns.ground.refusal import Changed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Posting, User
from reports import bulletin_rights
from reports.breakdowns import gather
from reports.bulletin_facts import cases as offered
from reports.bulletin_facts import people_in
from reports.bulletins import Case, compose
from reports.enums import BulletinState
from reports.inspections import gather_checks
from reports.models import Bulletin
from reports.papers.document import Document
from reports.papers.gbt9704 import to_docx
from reports.papers.paper_json import from_json, masked, said, to_json
from reports.scope import unit_scope

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@transaction.atomic
def draft_bulletin(
    *,
    campaign: Campaign,
    title: str,
    texts: dict,
    chosen: list[str],
    by: Posting,
    now: datetime,
    calendar: Calendar | None = None,
) -> Bulletin:
    """A draft of `by`'s unit: `texts` as typed, `chosen` keys of cases, figures and facts as of today."""
    bulletin_rights.check_can_draft(by)
    bulletin = Bulletin(
        campaign=campaign, organization=by.organization, drafted_at=now, drafted_by=by.person.user
    )
    _write(bulletin, title, texts, chosen, by, now, calendar or load_calendar())
    audit.record(by=by, verb="起草通报", subject=bulletin, detail={"标题": title}, now=now)
    return bulletin


@transaction.atomic
def revise_bulletin(
    *,
    bulletin: Bulletin,
    title: str,
    texts: dict,
    chosen: list[str],
    by: Posting,
    now: datetime,
    calendar: Calendar | None = None,
) -> Bulletin:
    """Write the draft anew: the figures and facts are taken again as of today."""
    one = _locked(bulletin)
    bulletin_rights.check_can_edit(by, one)
    one.drafted_at, one.drafted_by = now, by.person.user
    _write(one, title, texts, chosen, by, now, calendar or load_calendar())
    audit.record(by=by, verb="修改通报", subject=one, detail={"标题": title}, now=now)
    return one


def _write(
    bulletin: Bulletin,
    title: str,
    texts: dict,
    chosen: list[str],
    by: Posting,
    now: datetime,
    calendar: Calendar,
) -> None:
    on = day_of(now)
    found = {case.key: case for case in offered(by, bulletin.campaign, on, calendar)}
    named: list[Case] = [found[key] for key in chosen if key in found]
    scope = unit_scope(organization=bulletin.organization, campaign=bulletin.campaign, on=on)
    paper = compose(
        organization=bulletin.organization,
        title=title,
        texts=texts,
        cases=named,
        facts=gather(scope, calendar),
        checks=gather_checks(scope),
        corrects=bulletin.supersedes.number if bulletin.supersedes_id else "",
    )
    bulletin.title, bulletin.on, bulletin.body = title, on, to_json(paper)
    people = people_in(said(bulletin.body), bulletin.organization, named)
    bulletin.texts = texts | {"chosen": [case.key for case in named], "people": people}
    bulletin.save()


@transaction.atomic
def submit_bulletin(*, bulletin: Bulletin, by: Posting, now: datetime) -> Bulletin:
    """送批: from here on the words stand still until they are approved or returned."""
    one = _locked(bulletin)
    bulletin_rights.check_can_edit(by, one)
    one.state, one.returned_because = BulletinState.SUBMITTED, ""
    one.save(update_fields=["state", "returned_because"])
    seats = Posting.objects.active(day_of(now)).filter(
        role__in=bulletin_rights.APPROVERS, organization=one.organization
    )
    users = User.objects.filter(pk__in=seats.values("person__user")).exclude(pk=by.person.user_id)
    _tell(one, users, f"请批准通报：{one.title}。", now)
    audit.record(by=by, verb="通报送批", subject=one, now=now)
    return one


@transaction.atomic
def approve_bulletin(*, bulletin: Bulletin, names_people: bool, by: Posting, now: datetime) -> Bulletin:
    """批准 by another person, who also says whether people are named in full (domain.md §4.6)."""
    one = _locked(bulletin)
    bulletin_rights.check_can_approve(by, one)
    one.state, one.names_people = BulletinState.APPROVED, names_people
    one.approved_at, one.approved_by = now, by.person.user
    one.save(update_fields=["state", "names_people", "approved_at", "approved_by"])
    _tell(one, [one.drafted_by], f"通报已批准，可以印发：{one.title}。", now)
    audit.record(by=by, verb="批准通报", subject=one, detail={"写明姓名": names_people}, now=now)
    return one


@transaction.atomic
def return_bulletin(*, bulletin: Bulletin, reason: str, by: Posting, now: datetime) -> Bulletin:
    one = _locked(bulletin)
    bulletin_rights.check_can_approve(by, one)
    one.state, one.returned_because = BulletinState.DRAFT, reason
    one.save(update_fields=["state", "returned_because"])
    _tell(one, [one.drafted_by], f"通报已退回修改：{one.title}。", now)
    audit.record(by=by, verb="退回通报", subject=one, detail={"意见": reason}, now=now)
    return one


@transaction.atomic
def issue_bulletin(*, bulletin: Bulletin, by: Posting, now: datetime) -> Bulletin:
    """印发: the 期号 is taken once, the words and the file are kept as they left the house."""
    one = _locked(bulletin)
    bulletin_rights.check_can_issue(by, one)
    series = f"通报-{one.organization.code}-{localtime(now).year}"
    one.number = f"〔{localtime(now).year}〕第{take_numbers(series)[0]}期"
    paper = replace(paper_of(one), number=one.number, on=day_of(now))
    one.body = to_json(paper)
    one.texts = printed_texts(one)
    one.file = store_bytes(
        content=to_docx(paper),
        name=f"通报{one.number}.docx",
        kind=FileKind.BULLETIN,
        content_type=DOCX,
        by=by.person.user,
        now=now,
    )
    one.state, one.issued_at, one.issued_by = BulletinState.ISSUED, now, by.person.user
    one.save()
    clerks = Posting.objects.active(day_of(now)).filter(
        role=Role.REPORTER, organization__path__startswith=one.organization.path
    )
    _tell(
        one,
        User.objects.filter(pk__in=clerks.values("person__user")),
        f"通报{one.number}已印发：{one.title}。",
        now,
    )
    detail = {"期号": one.number, "sha256": one.file.sha256}
    audit.record(by=by, verb="印发通报", subject=one, detail=detail, now=now)
    return one


@transaction.atomic
def correct_bulletin(
    *, bulletin: Bulletin, by: Posting, now: datetime, calendar: Calendar | None = None
) -> Bulletin:
    """A new draft that supersedes an issued one; the old one stays as it was issued."""
    old = _locked(bulletin)
    bulletin_rights.check_can_correct(by, old)
    new = Bulletin(
        campaign=old.campaign,
        organization=old.organization,
        supersedes=old,
        drafted_at=now,
        drafted_by=by.person.user,
    )
    texts = {key: old.texts[key] for key in ("addressee", "opening", "practice", "requirements")}
    _write(new, old.title, texts, old.texts["chosen"], by, now, calendar or load_calendar())
    audit.record(by=by, verb="更正通报", subject=new, detail={"更正": old.number}, now=now)
    return new


def paper_of(bulletin: Bulletin) -> Document:
    """The paper as it may be printed: names in full only with the approver's tick."""
    if bulletin.names_people:
        return from_json(bulletin.body)
    return from_json(masked(bulletin.body, bulletin.texts.get("people", [])))


def printed_texts(bulletin: Bulletin) -> dict:
    """What is kept of the draft of an issued one: a name that isn't printed isn't kept either."""
    if bulletin.names_people:
        return bulletin.texts
    return masked(bulletin.texts, bulletin.texts.get("people", [])) | {"people": []}


def _tell(bulletin: Bulletin, users, text: str, now: datetime) -> None:
    notify(to=users, kind="BULLETIN", text=text, link=bulletin.get_absolute_url(), now=now)


def _locked(bulletin: Bulletin) -> Bulletin:
    """The row under lock. Somebody quicker is told to the user."""
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related(
        "campaign", "organization", "supersedes", "drafted_by"
    )
    one = rows.get(pk=bulletin.pk)
    if one.state != bulletin.state:
        raise Changed(f"这期通报刚刚变为“{one.get_state_display()}”，请刷新后再办理。")
    return one
