"""登记长效机制: 制度名称, 文号, 印发日期 and the file itself (contract §7.9)."""

from django import forms
from django.core.exceptions import ValidationError

from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import Vetted, vet_upload
from issues.forms.fields import day_field


class InstitutionForm(forms.Form):
    name = forms.CharField(label="制度名称", max_length=200, error_messages={"required": "请填写制度名称。"})
    number = forms.CharField(
        label="制度文号", max_length=100, error_messages={"required": "请填写制度文号。"}
    )
    issued_on = day_field("印发日期", required=True)
    file = forms.FileField(
        label="制度文件",
        error_messages={"required": "请选择制度文件。", "empty": "这个文件是空的，请重新选择。"},
        help_text="印发的正式文件，PDF、Word 或扫描件。",
    )

    def clean_file(self) -> Vetted:
        try:
            return vet_upload(self.cleaned_data["file"])
        except NotAllowed as refusal:
            raise ValidationError(str(refusal)) from refusal
