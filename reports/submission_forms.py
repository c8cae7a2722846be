"""What is typed on the page of a report."""

from django import forms

from issues.forms.fields import FilesField, long_text


class WordsForm(forms.Form):
    plan = long_text(
        "实施方案",
        rows=12,
        required=False,
        max_length=5000,
        help_text="一行一段，一、（一）开头的行是标题；已经印发文件的，可以只写文号并上传扫描件。",
    )
    words = long_text(
        "工作总结补充说明",
        rows=6,
        required=False,
        max_length=5000,
        help_text="系统算不出来的做法、典型经验和建议；数字、清单和台账由系统自动生成。",
    )
    files = FilesField(
        label="盖章扫描件", required=False, help_text="PDF 或图片，可一次选多个；没有的可以不传。"
    )


class DraftForm(forms.Form):
    text = long_text(
        "正文",
        rows=28,
        required=False,
        max_length=30000,
        help_text="一行一段。一、（一）1.（1）开头的行是各级标题，序号由系统重排；【图1　…】【表1　…】是系统按当天数据画的图表，"
        "可以移动或删去，不能改写。标题、主送、附件、署名由系统生成。",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class DecideForm(forms.Form):
    deed = forms.ChoiceField(
        choices=[("accept", "接收"), ("return", "退回")],
        error_messages={"required": "请选择接收或退回。", "invalid_choice": "请选择接收或退回。"},
    )
    reason = forms.CharField(
        label="退回原因",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回时必填：写清缺什么、改什么。",
    )

    def clean(self):
        said = super().clean()
        if said.get("deed") == "return" and not said.get("reason"):
            self.add_error("reason", "请写明退回原因。")
        return said
