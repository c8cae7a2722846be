"""Handing a heap over, and the doubts of one file as a form. Shape of input only."""

from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from issues.collecting.drafting import Question
from issues.forms.fields import FilesInput

_SHORT = 6  # up to so many answers stand as buttons, more as a drop-down


class SheetsField(forms.FileField):
    """Any number of files as they come; what they are is judged by the worker. Cleans to a list."""

    widget = FilesInput

    def clean(self, data, initial=None) -> list[UploadedFile]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        for file in files:
            if file.size > settings.UPLOAD_MAX_MB << 20:
                raise forms.ValidationError(f"“{file.name}”超过 {settings.UPLOAD_MAX_MB} MB，请拆分后再传。")
        return files


class HeapForm(forms.Form):
    """Many files, a zip, or a folder where the browser can choose one."""

    files = SheetsField(
        label="表格或压缩包",
        required=False,
        help_text="可一次选多个 .xlsx、.csv，或一个 .zip 压缩包。",
        widget=FilesInput(attrs={"accept": ".xlsx,.csv,.zip"}),
    )
    folder = SheetsField(
        label="或选择整个文件夹",
        required=False,
        help_text="连同下级文件夹里的表格一起收。",
        widget=FilesInput(attrs={"webkitdirectory": True}),
    )

    def sent(self) -> list[UploadedFile]:
        """All files of both fields."""
        return [*self.cleaned_data.get("files", ()), *self.cleaned_data.get("folder", ())]

    def clean(self) -> dict:
        if not self.errors and not self.sent():
            raise forms.ValidationError("请选择要汇总的表格、压缩包或文件夹。")
        return self.cleaned_data


class QuestionsForm(forms.Form):
    """One field a question; none must be answered at once."""

    def __init__(self, *args, questions: Iterable[Question], **options):
        super().__init__(*args, **options)
        self.keys: dict[str, str] = {}
        for place, question in enumerate(questions):
            name = f"question_{place}"
            self.keys[name] = question.key
            long = len(question.options) > _SHORT
            choices = [("", "请选择"), *question.options] if long else list(question.options)
            self.fields[name] = forms.ChoiceField(
                label=f"{question.label}：“{question.said[:80]}”",
                help_text=question.where,
                choices=choices,
                required=False,
                widget=forms.Select() if long else forms.RadioSelect(),
            )

    def answers(self) -> dict[str, str]:
        """Question key → answer, of those that were answered."""
        return {
            key: self.cleaned_data[name] for name, key in self.keys.items() if self.cleaned_data.get(name)
        }
