"""The whole page of a walk: one form, its rows and its points, filled in and checked together."""

from typing import Any

from django import forms
from django.http import HttpRequest

from campaigns.enums import EntryKind
from campaigns.forms.walk_parts import CaseRows, PointsForm, StepRows
from campaigns.forms.walks import WalkForm
from campaigns.guide import Number, five_numbers
from campaigns.models import Campaign, Category, WalkSession
from campaigns.modes import COMMON_FACTS, FORMS, NO_OWN_FACTS
from campaigns.places import walked_unit_for


class CorrectionForm(forms.Form):
    """Why a confirmed walk is put right."""

    reason = forms.CharField(
        label="更正原因",
        max_length=200,
        error_messages={"required": "更正要写明原因。"},
        help_text="哪里写错了、依据是什么。原来的版本会保留，任何人都能对照。",
    )


class WalkPage:
    """`is_valid()`, then `arguments` for record_session and edit_session, or `correction` for correct_session.

    mode: a SessionMode. session: the walk being changed, None for a new one. asked: first values of a new one.
    correcting: the walk is confirmed, and what is sent is its next version.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        mode: str,
        campaign: Campaign,
        session: WalkSession | None = None,
        asked: dict[str, Any] | None = None,
        correcting: bool = False,
    ) -> None:
        self.shape = FORMS[mode]
        self.session, self.campaign = session, campaign
        self.is_draft = request.POST.get("save") == "draft" and (session is None or session.held_on is None)
        data = request.POST if request.method == "POST" else None
        first = initial_of(session) if session else dict(asked or {})
        self.form = WalkForm(
            data,
            request.FILES if data is not None else None,
            mode=mode,
            posting=request.posting,
            campaign=campaign,
            draft=self.is_draft,
            initial=first,
        )
        self.steps = StepRows(data, prefix="steps", initial=self._first_steps())
        self.cases = (
            CaseRows(data, prefix="cases", initial=_cases_of(session)) if self.shape.has_cases else None
        )
        self.points = PointsForm(
            data, categories=Category.objects.order_by("code"), initial=_points_of(session)
        )
        self.why = CorrectionForm(data) if correcting else None
        self.cases_error = ""

    @property
    def key(self) -> str:
        """Name of the browser's own copy of what is being typed."""
        if self.why is not None:
            return f"walk-correct-{self.session.pk}"
        return f"walk-{self.session.pk}" if self.session else f"walk-new-{self.shape.mode.lower()}"

    @property
    def verb(self) -> str:
        return "更正" if self.why is not None else "修改"

    def _first_steps(self) -> list[dict[str, Any]]:
        if self.session:
            rows = self.session.steps.order_by("sequence")
            fields = ("kind", "started_at", "ended_at", "waiting_minutes", "result", "note")
            return [{name: getattr(step, name) for name in fields} for step in rows]
        return [{"kind": kind} for kind in self.shape.steps]

    def is_valid(self) -> bool:
        parts = (self.form, self.steps, self.cases, self.points, self.why)
        parts = [part for part in parts if part is not None]
        whole = all([part.is_valid() for part in parts])
        missing = [need for need in self.shape.needs if need.field == "cases"]
        if missing and not self.is_draft and self.cases.is_valid() and not self.cases.filled:
            self.cases_error = missing[0].sentence
            whole = False
        return whole

    @property
    def error_count(self) -> int:
        rows = sum(len(form.errors) for part in (self.steps, self.cases) if part for form in part.forms)
        single = [part for part in (self.form, self.points, self.why) if part is not None]
        return sum(len(part.errors) for part in single) + rows + bool(self.cases_error)

    @property
    def arguments(self) -> dict[str, Any]:
        """What was said, as the actions take it; walked_unit None means the matter's owner at that place."""
        said = self.form.cleaned_data
        names = ("reporting_unit", "walked_unit", "channel", "matter", "started_at", "ended_at", "narrative")
        return {
            **{name: said[name] for name in names},
            "mode": self.shape.mode,
            "walkers": list(said["walkers"]),
            "companions": said["companions"],
            "steps": self.steps.filled,
            "cases": self.cases.filled if self.cases else (),
            "checkpoints": self.points.filled,
            # Facts of another form, chosen first and left again, are emptied.
            "facts": {**NO_OWN_FACTS, **self.form.facts, "entry": self._entry},
            "uploads": said["files"],
            "authorization": next(iter(said.get("authorization_file") or ()), None),
            "draft": self.is_draft,
        }

    @property
    def correction(self) -> dict[str, Any]:
        """What was said, as correct_session takes it."""
        said = self.arguments
        said.pop("draft")
        names = ("steps", "checkpoints", "companions", "cases")
        return {
            "session": self.session,
            "reason": self.why.cleaned_data["reason"],
            "parts": {name: said.pop(name) for name in names},
            "files": {name: said.pop(name) for name in ("uploads", "authorization")},
            **said,
        }

    @property
    def may_be_paper(self) -> bool:
        """What came by phone or workbook keeps saying so."""
        return self.session is None or self.session.entry in (EntryKind.DESK, EntryKind.PAPER)

    @property
    def _entry(self) -> str:
        if not self.may_be_paper:
            return self.session.entry
        return EntryKind.PAPER if self.form.cleaned_data["is_paper"] else EntryKind.DESK

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """The five numbers: what the guide says of the matter chosen so far, beside the field for the actual."""
        return [
            {"guide": number, "field": self.form[f"actual_{number.key}"]}
            for number in chosen_numbers(self.form)
        ]


def chosen_numbers(form: WalkForm) -> list[Number]:
    """The five numbers of the guide for what stands in `form`, valid or not."""
    matter, unit = form.picked("matter"), form.picked("walked_unit")
    reporting = form.picked("reporting_unit")
    if matter and not unit and reporting:
        unit = walked_unit_for(matter, reporting)
    return five_numbers(matter, unit)


def initial_of(session: WalkSession) -> dict[str, Any]:
    """What the page shows first of a walk that is there already."""
    names = (*COMMON_FACTS, *FORMS[session.mode].extra)
    copied = ("channel", "matter", "walked_unit", "started_at", "ended_at", "narrative", *names)
    return {
        **{name: getattr(session, name) for name in copied},
        "is_simulated": "yes" if session.is_simulated else "",
        "is_paper": session.entry == EntryKind.PAPER,
        "reporting_unit": session.reporting_unit_id,
        "walkers": [person.pk for person in session.walkers.all()],
        "companions": [(one.name, one.title) for one in session.companions.order_by("pk")],
    }


def _cases_of(session: WalkSession | None) -> list[dict[str, Any]]:
    if session is None:
        return []
    fields = ("case_number", "matter", "minutes", "result")
    cases = session.cases.select_related("matter").order_by("pk")
    return [{name: getattr(case, name) for name in fields} for case in cases]


def _points_of(session: WalkSession | None) -> dict[str, str]:
    if session is None:
        return {}
    first: dict[str, str] = {}
    for point in session.checkpoints.select_related("category"):
        first[f"verdict_{point.category.code}"] = point.verdict
        first[f"note_{point.category.code}"] = point.note
    return first
