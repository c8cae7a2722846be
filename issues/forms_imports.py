"""The upload form of the import wizard. Shape of input only; what the file holds is judged by the plan."""

from django import forms
from django.conf import settings

from campaigns.actions.imports_plan import ImportMode
from issues.lists.imports import TITLES


class UploadForm(forms.Form):
    """Which kind, which file, and what to do with records that exist already."""

    kind = forms.ChoiceField(label="类别", choices=list(TITLES.items()))
    file = forms.FileField(
        label="文件",
        help_text="Excel 工作簿（.xlsx）或 CSV 文件。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
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
