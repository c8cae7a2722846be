"""The page on which a walk is registered (走流程登记表, domain.md §1.6): its shape follows the chosen form."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q, QuerySet

from campaigns.enums import Channel, Role, SessionMode, StepKind, Verdict
from campaigns.forms.picks import MATTERS, PickField, unit_field
from campaigns.forms.walk_parts import CompanionsField, FilesField, moment_field
from campaigns.models import Campaign, Matter, Organization, Person, Posting
from campaigns.modes import COMMON_FACTS, FORMS, OWN_FACTS, Form

_VERDICTS = [*Verdict.choices, ("", "未评")]
# A draft needs no more than what its row can't do without.
_OF_A_DRAFT = ("reporting_unit", "matter", "channel", "started_at", "ended_at")


def _count(label: str, most: int = 9999) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most)


def _verdict(label: str, help_text: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, required=False, choices=_VERDICTS, widget=forms.RadioSelect
    )


def _fact(label: str, length: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, help_text=help_text)


def units_of(posting: Posting) -> QuerySet:
    """Units whose walks this posting may fill in."""
    return Organization.objects.visible_to(posting).order_by("path")


def people_of(posting: Posting, campaign: Campaign) -> QuerySet:
    """People who may be chosen as walkers: in reach and in office during the campaign; a 体验人 only themselves."""
    people = Person.objects.visible_to(posting).filter(
        Q(left_on__isnull=True) | Q(left_on__gte=campaign.opens_on)
    )
    return people.select_related("organization").order_by("organization__path", "code")


class WalkForm(forms.Form):
    """Everything of a walk that stands once. Own facts of other forms are left out, so they can't be sent along."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reporting_unit = forms.ModelChoiceField(
        label="填报单位",
        queryset=Organization.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择填报单位。"},
    )
    walkers = forms.ModelMultipleChoiceField(
        label="走流程人员",
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择走流程人员。"},
    )
    companions = CompanionsField(
        label="同行人员", required=False, help_text="每行一人，姓名和职务之间空一格。没有就不填。"
    )
    channel = forms.ChoiceField(
        label="办理渠道",
        choices=[("", "请选择"), *Channel.choices],
        error_messages={"required": "请选择办理渠道。"},
    )
    place = _fact("地点", 100, "大厅、网点或平台的名称。")
    started_at = moment_field("开始时间", "请填写开始时间。")
    ended_at = moment_field("结束时间", "请填写结束时间。")
    is_simulated = forms.TypedChoiceField(
        label="真实办件还是模拟",
        choices=[("", "真实办件"), ("yes", "模拟体验（虚拟事项）")],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
        help_text="没有具体办事需求的，可以虚拟事项，跑完整个办事流程；两者一样算数。",
    )
    case_number = _fact("办件编号", 60, "办件编号或取号号码，没有可不填。")
    was_announced = forms.BooleanField(label="事先告知了被体验单位", required=False)
    is_paper = forms.BooleanField(
        label="纸质补录",
        required=False,
        help_text="照着现场填的纸质登记表录入。5 个工作日内补录，与现场登记一样算数。",
    )

    authorization_number = _fact("授权委托书编号", 60)
    authorized_by = _fact("委托人", 50, "企业名称，或群众的称谓。")
    authorized_until = forms.DateField(
        label="委托期限", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    authorization_file = FilesField(
        label="授权委托书扫描件",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
    )
    accompanied = _fact("陪同对象", 50, "只写称谓即可，如“李女士”。")
    accompanied_phone = _fact("陪同对象联系电话", 20, "只用于回访，加密保存。没有可不填。")
    accompanied_consented = forms.BooleanField(label="陪同对象同意留存电话", required=False)
    accompanied_purpose = _fact("电话用途", 100, "留电话的才填，如“回访核实”；一年后自动清除。")
    window = _fact("窗口号", 50)
    work_order = _fact("工单编号", 60, "被倒推的12345工单或差评编号。")
    blocking_step = forms.ChoiceField(
        label="梗阻环节", required=False, choices=[("", "请选择"), *StepKind.choices]
    )

    actual_steps = _count("实际环节数")
    actual_documents = _count("实际材料数")
    actual_days = _count("实际天数（工作日）")
    actual_trips = _count("实际跑动次数")
    actual_fee = forms.DecimalField(
        label="实际费用（元）", required=False, min_value=0, max_digits=10, decimal_places=2
    )
    asks_clear = _verdict("问明白", "去哪里办、准备哪些材料，能不能问清楚。")
    runs_clear = _verdict("跑明白", "按指南跑，能不能少走弯路、不重复跑。")
    done_clear = _verdict("办明白", "能不能顺利拿到结果。")
    narrative = forms.CharField(
        label="体验情况",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请填写体验情况。"},
        help_text="怎么走的、卡在哪里、群众怎么说，写清事实即可。",
    )
    files = FilesField(
        label="佐证材料",
        required=False,
        help_text="照片、PDF、Word、Excel 或文本，可选多个；不传不影响任何考核。",
    )

    def __init__(
        self,
        *args: Any,
        mode: str,
        posting: Posting,
        campaign: Campaign,
        draft: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.shape: Form = FORMS[mode]
        self.fields["reporting_unit"].queryset = units_of(posting)
        self.fields["walkers"].queryset = people_of(posting, campaign)
        self._add_picks()
        for name in set(OWN_FACTS) - set(self.shape.extra):
            del self.fields[name]
        if mode != SessionMode.AGENT:
            del self.fields["authorization_file"]
        for need in self.shape.needs:
            if need.field in self.fields and not draft:
                self.fields[need.field].required = True
                self.fields[need.field].error_messages["required"] = need.sentence
        if draft:
            for name, field in self.fields.items():
                field.required = name in _OF_A_DRAFT
        if posting.role == Role.WALKER:
            self.initial.setdefault("walkers", [posting.person_id])
        self.initial.setdefault("reporting_unit", posting.organization_id)
        self.initial.setdefault("channel", self.shape.channel)

    def _add_picks(self) -> None:
        self.fields["matter"] = PickField(
            rows=Matter.objects.order_by("code"),
            what="事项",
            names=("name",),
            listed=MATTERS,
            label="事项",
            error_messages={"required": "请选择事项。"},
            help_text="输入编码或名称，从提示里选。",
        )
        self.fields["walked_unit"] = unit_field(
            "被体验单位", required=False, help_text="不填就是该事项在当地的主管单位。"
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        begun, ended = said.get("started_at"), said.get("ended_at")
        if begun and ended and ended < begun:
            self.add_error("ended_at", "结束时间不能早于开始时间。")
        return said

    def picked(self, name: str) -> Any:
        """The row that stands in field `name`, whether the page was sent or not; None for none or a wrong one."""
        try:
            return self.fields[name].clean(self[name].value())
        except forms.ValidationError:
            return None

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The fields only this form has, in the order of the table of forms."""
        files = [self["authorization_file"]] if "authorization_file" in self.fields else []
        return [self[name] for name in self.shape.extra] + files

    @property
    def walker_rows(self) -> list[dict[str, Any]]:
        """The people to tick, for the page: pk, name, title, unit and whether they are chosen."""
        chosen = {str(getattr(one, "pk", one)) for one in self["walkers"].value() or ()}
        return [
            {"person": person, "unit": person.organization, "chosen": str(person.pk) in chosen}
            for person in self.fields["walkers"].queryset
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """Field name → value of what this form asks of the walk's facts, as the action takes them."""
        names = (*COMMON_FACTS, *self.shape.extra)
        return {name: self.cleaned_data[name] for name in names}
