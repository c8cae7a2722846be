"""The form of one group robot."""

from django import forms

from campaigns.forms.picks import unit_field
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.webhooks import RobotKind, check_address
from campaigns.models import Robot


class RobotForm(forms.Form):
    """One robot. Its address and secret are written here and never read back."""

    organization = unit_field()
    name = forms.CharField(label="群名称", max_length=60)
    kind = forms.ChoiceField(label="渠道", choices=RobotKind.choices)
    url = forms.CharField(
        label="地址（Webhook）",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    secret = forms.CharField(
        label="密钥",
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="钉钉开启“加签”时、通用接口必填。",
    )
    is_active = forms.BooleanField(label="启用", required=False, initial=True)

    def __init__(self, *args, robot: Robot | None = None, **kwargs):
        initial = {}
        if robot is not None:
            initial = {
                "organization": robot.organization,
                "name": robot.name,
                "kind": robot.kind,
                "is_active": robot.is_active,
            }
        super().__init__(*args, initial=initial, **kwargs)
        if robot is not None:
            self.fields["url"].help_text = f"现在发往 {robot.host}，不显示全部；不改就留空。"
            self.fields["secret"].help_text += "不改就留空。"
        else:
            self.fields["url"].help_text = "在群里添加机器人后复制的完整地址。"

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        if url:
            try:
                check_address(url)
            except NotAllowed as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return url
