"""Fields several forms share: several files at once, units by name, dates, long texts."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from campaigns.enums import OrganizationKind
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import Vetted, vet_upload
from campaigns.models import Organization

FILES_HELP = "照片、截图、PDF、Word、Excel 或文本均可，可一次选多个。没有照片时，传一份整改情况说明即可。"
_SPLIT = re.compile(r"[、，,;；\n]+")


def any_of(choices) -> list[tuple[str, str]]:
    """Chinese labels as query values (contract §3: states and lights in Chinese), with 全部 first."""
    return [("", "全部"), *((str(label), str(label)) for _, label in choices)]


def long_text(label: str, *, rows: int = 3, required: bool = True, **options) -> forms.CharField:
    """A text of several lines; `required` says in words what is missing."""
    options.setdefault("error_messages", {"required": f"请填写{label}。"})
    return forms.CharField(
        label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def day_field(label: str, *, required: bool = False, **options) -> forms.DateField:
    """A day, by the browser's own calendar."""
    options.setdefault(
        "error_messages", {"required": f"请填写{label}。", "invalid": "日期请写成 2022-05-20 这样。"}
    )
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **options,
    )


class UnitField(forms.ModelChoiceField):
    """One unit, shown by its short name."""

    def label_from_instance(self, unit: Organization) -> str:
        return unit.label


def assignable_units():
    """Units that can be made responsible: those that stand; 上级单位 never are, their counterpart is (contract §7.7)."""
    standing = Organization.objects.filter(closed_on__isnull=True)
    return standing.exclude(kind=OrganizationKind.SUPERIOR).order_by("path")


class UnitsField(forms.CharField):
    """Several units by code, short name or full name, separated by 、 or a comma; cleans to a list of Organization."""

    def __init__(self, **options):
        options.setdefault("required", False)
        options.setdefault("help_text", "填单位简称或全称，多个用“、”分开；没有就空着。")
        super().__init__(**options)

    def clean(self, value: str | None) -> list[Organization]:
        names = [name.strip() for name in _SPLIT.split(super().clean(value)) if name.strip()]
        return [self._unit(name) for name in dict.fromkeys(names)]

    def _unit(self, name: str) -> Organization:
        found = list(Organization.objects.filter(Q(code=name) | Q(short_name=name) | Q(name=name))[:5])
        if not found:
            raise ValidationError(f"没有“{name}”这个单位，请核对名称。")
        if len(found) > 1:
            raise ValidationError(
                f"“{name}”有重名：" + "、".join(f"{u.name}（{u.code}）" for u in found) + "，请填编码。"
            )
        return found[0]


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, each looked into at the gate; cleans to a list of Vetted."""

    widget = FilesInput

    def clean(self, data, initial=None) -> list[Vetted]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        files = [file for file in files if file]
        if not files:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        try:
            return [vet_upload(file) for file in files]
        except NotAllowed as refusal:
            raise ValidationError(str(refusal)) from refusal


class YesNoField(forms.TypedChoiceField):
    """同意 or 不同意, by two radio buttons; cleans to a bool."""

    def __init__(self, yes: str, no: str, **options):
        super().__init__(
            choices=[("yes", yes), ("no", no)],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            **options,
        )
