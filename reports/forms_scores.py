"""What is asked on the pages of the 考核."""

from dataclasses import fields

from django import forms

from issues.forms.fields import day_field, long_text
from reports.scoring import Policy


class DraftForm(forms.Form):
    """Of which period, as of which day."""

    period = forms.CharField(
        label="考核期",
        max_length=20,
        help_text="例如“2022年上半年”",
        error_messages={"required": "请填写考核期。"},
    )
    on = day_field("截至日期", required=True)


class ObjectionForm(forms.Form):
    text = long_text("异议和理由", rows=4, max_length=1000)


class AnswerForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="是否采纳",
        choices=[("1", "采纳"), ("0", "不采纳")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否采纳。"},
    )
    answer = long_text("答复", rows=4, max_length=1000)


# Every number of reports.scoring.Policy in the words of the page, in its order.
POLICY_LABELS = {
    "coverage": "全覆盖满分",
    "timely": "及时满分",
    "valuable": "有价值问题满分",
    "rectified": "整改到位满分",
    "lasting": "长效机制满分",
    "valuable_cap": "有价值问题封顶（同组中位数的倍数）",
    "late_share": "逾期销号一条按几条计",
    "items_per_institution": "限期整改每几条应建一项制度",
    "clue_points": "虚假走流程每次扣分",
    "clue_most": "虚假走流程最多扣分",
    "foreign_points": "零问题单位被发现问题每个扣分",
    "foreign_most": "零问题单位最多扣分",
    "named_points": "通报点名每期扣分",
    "named_most": "通报点名最多扣分",
    "bonus_points": "压减措施每条加分",
    "experience_points": "采用的典型经验每条加分",
    "bonus_most": "优化提升最多加分",
    "small_below": "业务量小于几为较小",
    "large_from": "业务量从几起为较大",
    "least_counted": "可计分项目满分合计少于几另组排名",
    "grade_a": "A 等分数线",
    "grade_b": "B 等分数线",
    "grade_c": "C 等分数线",
    "objection_days": "公布后几个工作日内可提异议",
    "objection_most": "同一张考核表最多提几次异议",
}
QUESTIONS = ("coverage", "timely", "valuable", "rectified", "lasting")


class PolicyForm(forms.Form):
    """考核办法: a field for every number, so that no change needs a programmer; the five questions make 100."""

    def __init__(self, data=None, *, policy: Policy):
        super().__init__(data, initial=policy.told())
        for each in fields(Policy):
            kind = forms.IntegerField if isinstance(each.default, int) else forms.DecimalField
            self.fields[each.name] = kind(
                label=POLICY_LABELS[each.name],
                min_value=0,
                max_value=1000,
                error_messages={"required": "请填写数字。", "invalid": "请填写数字。"},
            )
        self.fields["reason"] = forms.CharField(
            label="调整理由", max_length=200, error_messages={"required": "请写明调整理由。"}
        )

    def clean(self) -> dict:
        said = super().clean()
        if all(name in said for name in QUESTIONS) and sum(said[name] for name in QUESTIONS) != 100:
            self.add_error("coverage", "五问满分合计应为 100 分。")
        lines = [said.get(name) for name in ("grade_a", "grade_b", "grade_c")]
        if None not in lines and not 100 >= lines[0] > lines[1] > lines[2]:
            self.add_error("grade_a", "分数线应为 A 高于 B、B 高于 C，且不超过 100 分。")
        if said.get("small_below", 0) > said.get("large_from", 0):
            self.add_error("small_below", "较小的上限不能大于较大的下限。")
        for name in ("items_per_institution", "objection_days"):
            if said.get(name) == 0:
                self.add_error(name, "至少为 1。")
        return said

    def said(self) -> dict:
        """The keyword arguments of the action."""
        numbers = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return {"policy": Policy.read(numbers), "reason": self.cleaned_data["reason"]}
