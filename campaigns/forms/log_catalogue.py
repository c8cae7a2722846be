"""What a phone may choose from while it has no signal: the choices of the page at the desk, as plain values.

It is kept on the phone under the account's name, so it holds no more than that: the own people, no telephone number.
"""

from itertools import groupby
from typing import Any

from django import forms

from campaigns.enums import Channel, CheckVerdict, StepKind, Verdict
from campaigns.forms.walks import WalkForm, people_of, units_of
from campaigns.models import Campaign, Category, Matter, Organization, Posting
from campaigns.modes import FORMS

# A citizen's telephone number is not written down on somebody's phone: it is added at the desk, with consent.
NOT_ON_THE_PHONE = ("accompanied_phone", "accompanied_consented", "accompanied_purpose")
NUMBERS = ("actual_steps", "actual_documents", "actual_days", "actual_trips", "actual_fee")
TRIO = ("asks_clear", "runs_clear", "done_clear")


def catalogue(posting: Posting, campaign: Campaign) -> dict[str, Any]:
    """Forms with their steps and needs, matters, units, people, the 32 points. Five queries, however many rows."""
    return {
        "user": posting.person.user.username,
        "name": posting.person.name,
        "posting": f"{posting.organization.label} {posting.get_role_display()}",
        "person": posting.person_id,
        "unit": posting.organization_id,
        "campaign": campaign.name,
        "forms": [_form(mode) for mode in FORMS],
        "kinds": dict(StepKind.choices),
        "channels": list(Channel.choices),
        "trio": [_field(name) for name in TRIO],
        "verdicts": list(Verdict.choices),
        "numbers": [_field(name) for name in NUMBERS],
        "pointVerdicts": dict(CheckVerdict.choices),
        "points": _points(),
        "matters": [
            {"code": code, "name": name, "owner": short or full}
            for code, name, short, full in Matter.objects.visible_to(posting)
            .order_by("code")
            .values_list("code", "name", "owner__short_name", "owner__name")
        ],
        "units": [{"id": unit.pk, "name": unit.label, "path": unit.path} for unit in units_of(posting)],
        "places": [
            {"code": code, "name": short or full}
            for code, full, short in Organization.objects.order_by("code").values_list(
                "code", "name", "short_name"
            )
        ],
        "people": [
            {
                "id": person.pk,
                "name": person.name,
                "title": person.title,
                "unit": person.organization.label,
                "path": person.organization.path,
            }
            for person in people_of(posting, campaign)
        ],
    }


def _form(mode: str) -> dict[str, Any]:
    shape = FORMS[mode]
    return {
        "mode": mode,
        "label": shape.label,
        "lead": shape.lead,
        "hint": shape.hint,
        "steps": list(shape.steps),
        "extra": [_field(name) for name in shape.extra if name not in NOT_ON_THE_PHONE],
        "needs": [{"field": need.field, "sentence": need.sentence} for need in shape.needs],
        "channel": shape.channel,
        "hasCases": shape.has_cases,
    }


def _field(name: str) -> dict[str, Any]:
    """A field of the desk's page as the phone draws it: the same words."""
    field = WalkForm.base_fields[name]
    kinds = {forms.ChoiceField: "choice", forms.DateField: "date"}
    numeric = isinstance(field, forms.IntegerField | forms.DecimalField)
    return {
        "name": name,
        "label": str(field.label),
        "help": str(field.help_text),
        "type": "number" if numeric else kinds.get(type(field), "text"),
        "max": getattr(field, "max_length", None),
        "choices": [list(pair) for pair in getattr(field, "choices", ()) if pair[0]],
    }


def _points() -> list[dict[str, Any]]:
    """The four groups of points, each with its own."""
    grouped = groupby(Category.objects.order_by("code"), key=lambda category: category.group)
    return [
        {"name": name, "points": [{"code": one.code, "name": one.name} for one in categories]}
        for name, categories in grouped
    ]
