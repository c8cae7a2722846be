"""报送情况一览表: who has reported and who has not; the page, its filter and its workbook (contract §3)."""

from datetime import date
from typing import Any, Protocol

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from campaigns.enums import Role
from campaigns.forms.filters import offer_rounds, round_field
from campaigns.ground.table import Column
from campaigns.models import Campaign, Organization, Posting
from campaigns.rounds import shown_campaign
from reports.enums import UNREPORTED, SubmissionState
from reports.models import Submission

_STATES = {label: value for value, label in SubmissionState.choices}
REPORTED = ("未报", "已报", "逾期未报", "逾期上报")


def _phone(row: Submission) -> str:
    return row.contact.masked_phone if row.contact else ""


SUBMISSIONS = (
    Column("单位", lambda row: row.organization.label, link=True, width=20),
    Column("状态", lambda row: row.get_state_display(), "state", width=10),
    Column("上报时限", lambda row: row.deadline.due_on if row.deadline_id else None, "date", width=12),
    Column("上报时间", lambda row: row.submitted_at, "datetime", width=17),
    Column("是否逾期", lambda row: row.punctual, width=10),
    Column("审核时间", lambda row: row.decided_at, "datetime", width=17),
    Column("联系人", lambda row: row.contact.name if row.contact else "", width=10),
    Column("联系电话", _phone, width=16),
    Column("退回原因", lambda row: row.reason, "long", on_page=False, width=36),
)
OPEN_PHONE = (Column("联系电话", lambda row: row.contact.phone if row.contact else "", width=16),)


class SubmissionFilter(forms.Form):
    """What the board is asked; without a round it shows the running one."""

    q = forms.CharField(label="关键字", required=False, max_length=60)
    organization = forms.CharField(label="单位", required=False, max_length=40, widget=forms.Select)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *((word, word) for word in _STATES)]
    )
    reported = forms.ChoiceField(
        label="报送情况", required=False, choices=[("", "全部"), *((word, word) for word in REPORTED)]
    )
    campaign = round_field()

    def __init__(self, data: Any, *, rows: QuerySet):
        super().__init__(data)
        units = Organization.objects.filter(pk__in=rows.order_by().values("organization")).order_by("path")
        self.fields["organization"].widget.choices = lambda: [
            ("", "全部"),
            *((unit.code, unit.label) for unit in units),
        ]
        offer_rounds(self, "本轮")

    def apply(self, rows: QuerySet, *, on: date) -> QuerySet:
        """The rows asked for; none for a filter that cannot be read (the page says which)."""
        if not self.is_valid():
            return rows.none()
        said = self.cleaned_data
        named = (
            Campaign.objects.filter(code=said["campaign"]).first() if said["campaign"] else shown_campaign()
        )
        rows = rows.in_campaign(named) if named else rows.none()
        if said["q"]:
            unit = Q(organization__name__contains=said["q"]) | Q(organization__short_name__contains=said["q"])
            rows = rows.filter(unit | Q(organization__code=said["q"]))
        if said["organization"]:
            rows = rows.filter(organization__code=said["organization"])
        if said["state"]:
            rows = rows.filter(state=_STATES[said["state"]])
        return _as_reported(rows, said["reported"], on)


def _as_reported(rows: QuerySet, word: str, on: date) -> QuerySet:
    if word == "未报":
        return rows.unreported()
    if word == "已报":
        return rows.exclude(state__in=UNREPORTED)
    if word == "逾期未报":
        return rows.overdue(on)
    return rows.filter(is_late=True) if word == "逾期上报" else rows


class Asked(Protocol):
    """What of an export's question (reports.listings.Asked) is needed here."""

    posting: Posting
    query: QueryDict
    on: date


def asked_submissions(asked: Asked) -> QuerySet:
    """The page's own filter over the page's own scope."""
    rows = Submission.objects.visible_to(asked.posting)
    return SubmissionFilter(asked.query, rows=rows).apply(rows, on=asked.on)


def submission_rows(rows: QuerySet) -> QuerySet:
    """`rows` with what the columns show, in the order of the tree."""
    return rows.select_related("organization", "deadline").order_by("organization__path", "pk")


def told(rows: list[Submission], on: date) -> list[Submission]:
    """The contact person (the unit's first 填报员) and whether it is late, hung on each row. One query."""
    postings = Posting.objects.active(on).filter(
        role=Role.REPORTER, organization__in={row.organization_id for row in rows}
    )
    contacts: dict[int, Any] = {}
    for posting in postings.filter(acting_for__isnull=True).select_related("person").order_by("pk"):
        contacts.setdefault(posting.organization_id, posting.person)
    for row in rows:
        row.contact = contacts.get(row.organization_id)
        row.punctual = punctuality(row, on)
    return rows


def punctuality(row: Submission, on: date) -> str:
    """逾期上报 for ever, 逾期未报 while it is owed, else nothing."""
    if row.is_late:
        return "逾期上报"
    owed = row.state in UNREPORTED and row.deadline_id is not None
    return "逾期未报" if owed and row.deadline.due_on < on else ""
