"""What a phone sends when a walk is over: one JSON body, read by the same forms as the page at the desk.

Body (all times ISO 8601 with zone; ids as the catalogue gave them; 现场记录, frontend.md §3):
    owner, mode, matter (code or name), reporting_unit (id), walkers [id], started_at, ended_at, channel, narrative,
    optional: walked_unit, place, companions (text), is_simulated, was_announced (bool), any own fact of the form,
    the five numbers and the three verdicts, steps [{kind, started_at, ended_at, waiting_minutes, result, note}],
    points {code: {verdict, note}}, cases [办件编号].
"""

import json
from typing import Any
from uuid import UUID

from django import forms

from campaigns.forms.walk_parts import CaseForm, PointsForm, StepForm
from campaigns.forms.walks import WalkForm
from campaigns.models import Campaign, Category, Posting
from campaigns.modes import FORMS

MOST_STEPS, MOST_CASES = 100, 200
# One refusal: the field's name in the body, what it is called on the page, and the sentence.
Refusal = dict[str, str]


def read_body(body: bytes) -> dict[str, Any] | None:
    """The body as a dict; None when it is no JSON object."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


class FieldLog:
    """`is_valid()`, then `arguments` for record_session; `refusals` in the order of the page.

    said: the body as read_body gives it. Unknown keys are passed over: an older phone may talk to a newer server.
    """

    def __init__(self, said: dict[str, Any], *, token: UUID, posting: Posting, campaign: Campaign) -> None:
        self.shape = FORMS.get(said.get("mode") if isinstance(said.get("mode"), str) else "")
        self.refusals: list[Refusal] = []
        if self.shape is None:
            return
        self.form = WalkForm(
            _plain(said) | {"form_token": str(token)},
            {},
            mode=self.shape.mode,
            posting=posting,
            campaign=campaign,
        )
        self.steps = [StepForm(_plain(step)) for step in _rows(said, "steps", dict)[: MOST_STEPS + 1]]
        cases = _rows(said, "cases", str) if self.shape.has_cases else []
        self.cases = [CaseForm({"case_number": number}) for number in cases[: MOST_CASES + 1]]
        self.points = PointsForm(_points(said), categories=Category.objects.order_by("code"))

    def is_valid(self) -> bool:
        if self.shape is None:
            self.refusals = [_refusal("mode", "体验形式", "请选择体验形式。")]
            return False
        if len(self.steps) > MOST_STEPS or len(self.cases) > MOST_CASES:
            self.refusals = [_refusal("steps", "环节", f"最多 {MOST_STEPS} 个环节、{MOST_CASES} 个办件。")]
            return False
        self.refusals = _told(self.form)
        for n, step in enumerate(self.steps, start=1):
            self.refusals += _told(step, f"第 {n} 个环节 ")
        for n, case in enumerate(self.cases, start=1):
            self.refusals += _told(case, f"第 {n} 个办件 ")
        self.refusals += _told(self.points)
        return not self.refusals

    @property
    def arguments(self) -> dict[str, Any]:
        said = self.form.cleaned_data
        names = ("reporting_unit", "walked_unit", "channel", "matter", "started_at", "ended_at", "narrative")
        return {
            **{name: said[name] for name in names},
            "mode": self.shape.mode,
            "walkers": list(said["walkers"]),
            "companions": said["companions"],
            "steps": [step.cleaned_data for step in self.steps],
            "cases": [case.cleaned_data for case in self.cases],
            "checkpoints": self.points.filled,
            "facts": self.form.facts,
        }


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """JSON values as a form posts them: text, lists of text, and nothing for null and false."""
    plain: dict[str, Any] = {}
    for name, value in said.items():
        if isinstance(value, list):
            plain[name] = [str(one) for one in value]
        elif isinstance(value, bool):
            plain[name] = "yes" if value else ""
        elif isinstance(value, str | int | float):
            plain[name] = str(value)
    return plain


def _rows(said: dict[str, Any], name: str, kind: type) -> list[Any]:
    rows = said.get(name)
    return [row for row in rows if isinstance(row, kind)] if isinstance(rows, list) else []


def _points(said: dict[str, Any]) -> dict[str, str]:
    points = said.get("points")
    posted: dict[str, str] = {}
    for code, point in points.items() if isinstance(points, dict) else ():
        if isinstance(point, dict):
            posted[f"verdict_{code}"] = str(point.get("verdict") or "")
            posted[f"note_{code}"] = str(point.get("note") or "")
    return posted


def _refusal(field: str, label: str, sentence: str) -> Refusal:
    return {"field": field, "label": label, "error": sentence}


def _told(form: forms.Form, where: str = "") -> list[Refusal]:
    labels = {name: field.label or "" for name, field in form.fields.items()}
    return [
        _refusal(name, f"{where}{labels.get(name, '')}".strip(), str(sentence))
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]
