"""The repeating parts of a walk's page: steps, 办件, the 32 points, companions, files."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms

from campaigns.enums import CheckVerdict, StepKind, StepResult
from campaigns.forms.picks import MATTERS, PickField
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import Vetted, vet_upload
from campaigns.models import Category, Matter

MOMENT = "%Y-%m-%dT%H:%M"
MAX_FILES = 12


def moment_field(label: str, sentence: str, **kwargs: Any) -> forms.DateTimeField:
    """A day and a time of day, by the browser's own picker; local time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    messages = {"required": sentence, "invalid": "请按“年-月-日 时:分”填写时间。"}

    def in_our_time(moment: datetime) -> None:
        if not 1950 <= moment.year <= 2100:
            raise forms.ValidationError(f"{label}的年份不对，请核对。")

    return forms.DateTimeField(
        label=label, widget=widget, error_messages=messages, validators=[in_our_time], **kwargs
    )


class Row(forms.Form):
    """One row of a table that grows; a row nobody filled in is passed over. `telling`: fields that make a row a row."""

    telling: tuple[str, ...] = ()

    def has_changed(self) -> bool:
        values = (self[name].data for name in self.telling)
        return any(value not in (None, "") for value in values)


class StepForm(Row):
    telling = ("started_at", "ended_at", "waiting_minutes", "result", "note")

    kind = forms.ChoiceField(label="环节", choices=StepKind)
    started_at = moment_field("开始时间", "请填写环节的开始时间。")
    ended_at = moment_field("结束时间", "请填写环节的结束时间。")
    waiting_minutes = forms.IntegerField(label="等待分钟", required=False, min_value=0, max_value=99999)
    result = forms.ChoiceField(label="结果", required=False, choices=[("", "—"), *StepResult.choices])
    note = forms.CharField(label="说明", required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        begun, ended = said.get("started_at"), said.get("ended_at")
        if begun and ended and ended < begun:
            self.add_error("ended_at", "环节的结束时间不能早于开始时间。")
        return said


class CaseForm(Row):
    telling = ("case_number", "minutes", "result")

    case_number = forms.CharField(
        label="办件编号", max_length=60, error_messages={"required": "请填写办件编号。"}
    )
    minutes = forms.IntegerField(label="用时分钟", required=False, min_value=0, max_value=99999)
    result = forms.CharField(label="结果", required=False, max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"] = PickField(
            rows=Matter.objects.order_by("code"),
            what="事项",
            names=("name",),
            listed=MATTERS,
            label="事项",
            required=False,
        )


class Rows(forms.BaseFormSet):
    """Rows offered are suggestions, not records: blank ones are passed over wherever they stand."""

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        if self.is_bound:
            return super().total_form_count()
        return len(self.initial or ()) + self.extra

    @property
    def filled(self) -> list[dict[str, Any]]:
        """What the rows say, those left blank passed over."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]


StepRows = forms.formset_factory(StepForm, formset=Rows, extra=2, max_num=60, absolute_max=60)
CaseRows = forms.formset_factory(CaseForm, formset=Rows, extra=3, max_num=200, absolute_max=200)


class PointsForm(forms.Form):
    """The 32 points of 四(一)–(四) in their four groups; a point nobody looked at stays 未查."""

    def __init__(self, *args: Any, categories: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = list(categories)
        for category in self.categories:
            self.fields[f"verdict_{category.code}"] = forms.ChoiceField(
                label=category.name,
                required=False,
                choices=[("", "未查"), *CheckVerdict.choices],
                widget=forms.RadioSelect,
            )
            self.fields[f"note_{category.code}"] = forms.CharField(
                label=f"{category.code} {category.name}：说明", required=False, max_length=500
            )

    @property
    def groups(self) -> list[dict[str, Any]]:
        """name, clause, rows (category, verdict, note), how many are told, and whether to open each of the four groups."""
        grouped = groupby(self.categories, key=lambda category: (category.group, category.clause))
        return [self._group(*heading, list(categories)) for heading, categories in grouped]

    def _group(self, name: str, clause: str, categories: list[Category]) -> dict[str, Any]:
        rows = [self._row(category) for category in categories]
        told = sum(bool(row["verdict"].value()) for row in rows)
        is_wrong = any(row["verdict"].errors or row["note"].errors for row in rows)
        return {"name": name, "clause": clause, "rows": rows, "told": told, "open": bool(told or is_wrong)}

    def _row(self, category: Category) -> dict[str, Any]:
        return {
            "category": category,
            "verdict": self[f"verdict_{category.code}"],
            "note": self[f"note_{category.code}"],
        }

    @property
    def filled(self) -> list[tuple[str, str, str]]:
        """(code, verdict, note) of each point looked at."""
        said = self.cleaned_data
        return [
            (category.code, said[f"verdict_{category.code}"], said[f"note_{category.code}"])
            for category in self.categories
            if said[f"verdict_{category.code}"]
        ]


class CompanionsField(forms.CharField):
    """同行人员, a line each: 姓名 职务. Cleans to [(name, title)]."""

    widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{name} {title}".strip() for name, title in value)
        return value

    def clean(self, value: Any) -> list[tuple[str, str]]:
        lines = [line.split(maxsplit=1) for line in super().clean(value).splitlines() if line.strip()]
        for line in lines:
            if len(line[0]) > 50 or len(line[-1]) > 100:
                raise forms.ValidationError(f"“{line[0][:10]}…”太长了：每行写一个人，姓名和职务之间空一格。")
        return [(line[0], line[1].strip() if len(line) > 1 else "") for line in lines]


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, each vetted. Cleans to [Vetted]; every refusal is told, not only the first."""

    widget = FilesInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf,.docx,.xlsx,.txt"})

    def clean(self, data: Any, initial: Any = None) -> list[Vetted]:
        files = data if isinstance(data, list) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError("请选择要上传的文件。")
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"一次最多上传 {MAX_FILES} 个文件。")
        vetted, refusals = [], []
        for file in files:
            try:
                vetted.append(vet_upload(file))
            except NotAllowed as refusal:
                refusals.append(str(refusal))
        if refusals:
            raise forms.ValidationError(refusals)
        return vetted


class EvidenceForm(forms.Form):
    """Files added to a walk that is already registered."""

    files = FilesField(
        label="选择文件", help_text="照片、PDF、Word、Excel 或文本，可选多个。不传材料不影响任何考核。"
    )
    caption = forms.CharField(label="说明", required=False, max_length=200)
