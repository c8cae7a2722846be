"""Forms of 抽查: the 督查方案 and one item's check."""

from django import forms
from django.db.models import Q

from campaigns.enums import Role
from campaigns.models import Organization, Person, Posting
from campaigns.querysets import in_reach
from issues.enums import DrawOutcome
from issues.forms.fields import day_field


class DrawForm(forms.Form):
    """拟订督查方案. Members are people with a 督查室 posting, the county's pooled with the city's."""

    title = forms.CharField(label="方案名称", max_length=100)
    organization = forms.ModelChoiceField(
        label="抽查范围", queryset=Organization.objects.none(), help_text="该单位及其下级的已销号台账。"
    )
    content = forms.CharField(
        label="督查内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="对象、重点和方式。",
    )
    approval = forms.CharField(
        label="批准人和文号", max_length=100, help_text="督查方案经谁批准、文号或日期。"
    )
    starts_on = day_field("开始日期", required=True)
    ends_on = day_field("结束日期", required=True)
    leader = forms.ModelChoiceField(label="组长", queryset=Person.objects.none())
    members = forms.ModelMultipleChoiceField(
        label="成员", queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    count = forms.IntegerField(
        label="抽取条数", min_value=1, max_value=5000, help_text="按督查组办得完的数量填写。"
    )
    seed = forms.CharField(
        label="种子",
        max_length=100,
        help_text="公布后不能更改。可用公开的数字，如当天的开奖号码，任何人都能凭它复算。",
    )

    def __init__(self, *args, posting: Posting, on, **kwargs):
        super().__init__(*args, **kwargs)
        units = Organization.objects.filter(in_reach(posting)).order_by("path")
        self.fields["organization"].queryset = units.filter(
            Q(pk__in=units.values("parent")) | Q(pk=posting.organization_id)
        )
        inspectors = Posting.objects.active(on).filter(role=Role.INSPECTOR)
        people = Person.objects.filter(pk__in=inspectors.values("person")).select_related("organization")
        for name in ("leader", "members"):
            self.fields[name].queryset = people.order_by("organization__path", "code")
            self.fields[name].label_from_instance = lambda person: (
                f"{person.name}（{person.organization.label}）"
            )

    def clean(self) -> dict:
        said = super().clean()
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        return said


class CheckForm(forms.Form):
    """督查结论 of one item."""

    outcome = forms.ChoiceField(label="督查结论", choices=DrawOutcome.choices)
    note = forms.CharField(
        label="督查情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="看到什么、问了谁、证据在哪里。",
    )
