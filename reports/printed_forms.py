"""Forms of 通报 and 典型经验: filters, the draft, the small forms behind the buttons."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from campaigns.models import Posting, WalkSession
from issues.forms.fields import any_of, long_text
from issues.forms.filters import ListFilter, value_of
from issues.models import Measure
from reports.enums import BulletinState, ExperienceState


class _PrintedFilter(ListFilter):
    lookup = "organization"
    states: type = BulletinState

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = super().apply(rows)
        if self.is_valid() and self.cleaned_data["state"]:
            rows = rows.filter(state=value_of(self.states, self.cleaned_data["state"]))
        return rows


class BulletinFilter(_PrintedFilter):
    organization = forms.CharField(label="发文单位", required=False, max_length=40, widget=forms.Select)
    state = forms.ChoiceField(label="状态", required=False, choices=any_of(BulletinState.choices))
    searched = ("number", "title")


class ExperienceFilter(_PrintedFilter):
    organization = forms.CharField(label="报送单位", required=False, max_length=40, widget=forms.Select)
    state = forms.ChoiceField(label="状态", required=False, choices=any_of(ExperienceState.choices))
    searched = ("title", "practice", "result")
    states = ExperienceState


class BulletinForm(forms.Form):
    """What of a 通报 people write and choose; every number in it comes from the records."""

    title = forms.CharField(label="标题", max_length=200, error_messages={"required": "请填写标题。"})
    addressee = forms.CharField(label="主送", max_length=300, error_messages={"required": "请填写主送单位。"})
    opening = long_text("开头", rows=3, max_length=1000)
    practice = long_text(
        "主要做法和典型经验",
        rows=5,
        required=False,
        max_length=4000,
        help_text="一行一段；空着时不列这一部分。",
    )
    chosen = forms.MultipleChoiceField(
        label="点名通报的情形",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="只能从认定属实的疑点、逾期的台账、被退回或撤销销号的台账中选，事实和依据取自记录。",
        error_messages={"invalid_choice": "所选的情形已经变化，请重新勾选。"},
    )
    requirements = long_text("下步要求", rows=5, max_length=4000, help_text="一行一段。")

    def __init__(self, *args, cases: list[tuple[str, str]], **options):
        """`cases`: the key and the words of each case that may be named."""
        super().__init__(*args, **options)
        self.fields["chosen"].choices = cases

    def said(self) -> dict:
        """The keyword arguments of the action."""
        texts = dict(self.cleaned_data)
        return {"title": texts.pop("title"), "chosen": texts.pop("chosen"), "texts": texts}


class ApproveForm(forms.Form):
    names_people = forms.BooleanField(
        label="准予正文写明人员姓名（不勾选时印成“姓＋某”）", required=False, initial=False
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回意见", max_length=200, error_messages={"required": "请写明退回意见。"}
    )


class ExperienceForm(forms.Form):
    title = forms.CharField(label="标题", max_length=100, error_messages={"required": "请填写标题。"})
    practice = long_text("做法", rows=6, max_length=3000, help_text="写清楚怎么做的，一行一段。")
    result = long_text("成效", rows=4, max_length=2000, help_text="用前后对比的数字说话。")
    measure = forms.CharField(
        label="解决措施编号", required=False, max_length=60, help_text="出自哪条措施，可不填。"
    )
    session = forms.CharField(
        label="走流程登记编号", required=False, max_length=60, help_text="出自哪次走流程，可不填。"
    )

    def __init__(self, *args, posting: Posting, **options):
        super().__init__(*args, **options)
        self.posting = posting

    def clean_measure(self) -> Measure | None:
        return self._found("measure", Measure.objects.visible_to(self.posting), "解决措施")

    def clean_session(self) -> WalkSession | None:
        return self._found("session", WalkSession.objects.visible_to(self.posting).held(), "走流程登记")

    def _found(self, name: str, rows: QuerySet, label: str):
        number = self.cleaned_data[name].strip()
        if not number:
            return None
        row = rows.filter(number__iexact=number).first()
        if row is None:
            raise ValidationError(f"没有找到编号为“{number}”的{label}。")
        return row


class JudgeForm(forms.Form):
    verdict = forms.ChoiceField(
        label="审核结果",
        choices=[("adopt", "采用"), ("reject", "不采用")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择采用或不采用。"},
    )
    reason = forms.CharField(
        label="审核意见", max_length=300, error_messages={"required": "请写明采用或不采用的意见。"}
    )
