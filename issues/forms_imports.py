"""The upload form of the import wizard. Shape of input only; what the file holds is judged by the plan."""

from django import forms
from django.conf import settings

from campaigns.actions.imports_plan import ImportMode
from campaigns.models.imports import ImportState
from issues.lists.imports import TITLES


class UploadForm(forms.Form):
    """Which kind, which file, and what to do with records that exist already."""

    kind = forms.ChoiceField(label="类别", choices=list(TITLES.items()))
    file = forms.FileField(
        label="文件",
        help_text="Excel 工作簿（.xlsx）或 CSV 文件，点选或把文件拖到框里。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "class": "drop"}),
    )
    mode = forms.ChoiceField(
        label="编号已经存在时",
        choices=ImportMode.choices,
        initial=ImportMode.STOP,
        widget=forms.RadioSelect,
    )

    def clean_file(self):
        """Too large a file is refused before it is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_MB << 20:
            raise forms.ValidationError(f"文件大小超过 {settings.UPLOAD_MAX_MB} MB 的上限，请拆分后再上传。")
        return file


class RunFilter(forms.Form):
    """The import log."""

    q = forms.CharField(label="文件名或操作人", required=False, max_length=50)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *TITLES.items()])
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((label, label) for label in ImportState.labels)],
    )
    date_from = forms.DateField(
        label="起", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    date_to = forms.DateField(
        label="止", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
