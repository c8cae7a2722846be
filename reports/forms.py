"""Input shapes of this app's pages: what may be chosen, never what is done with it."""

from django import forms

from campaigns.models import Organization, Posting
from issues.forms.fields import FilesField
from reports.enums import SHORTEST_REASON


class PackageForm(forms.Form):
    """For which unit, as of which day. Offered are the units in the posting's reach, its own first."""

    organization = forms.ModelChoiceField(label="单位", queryset=Organization.objects.none())
    on = forms.DateField(
        label="截至日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="灯和剩余工作日按这一天计算。",
    )

    with_files = forms.BooleanField(label="附佐证材料原件（文件较大）", required=False)

    def __init__(self, *args, posting: Posting, **kwargs):
        super().__init__(*args, **kwargs)
        reachable = Organization.objects.visible_to(posting)
        own = Organization.objects.filter(pk=posting.organization_id)
        field = self.fields["organization"]
        field.queryset = (reachable.participating() | own).select_related("parent").order_by("path")
        field.label_from_instance = lambda organization: organization.label
        field.empty_label = None
        field.initial = posting.organization_id


class ExportForm(forms.Form):
    """How a list is to be written; personal data in full only where the posting may, and with a reason."""

    form = forms.ChoiceField(
        label="文件格式",
        choices=[("xlsx", "Excel 工作簿（.xlsx）"), ("csv", "CSV（.csv）")],
        initial="xlsx",
        required=False,
        widget=forms.RadioSelect,
    )
    in_full = forms.BooleanField(label="导出完整的个人信息（不打码）", required=False)
    reason = forms.CharField(
        label="事由",
        required=False,
        max_length=200,
        help_text="导出完整个人信息时必填，写进操作日志。",
    )

    def __init__(self, *args, may_open: bool, **options):
        super().__init__(*args, **options)
        if not may_open:
            del self.fields["in_full"], self.fields["reason"]

    def clean(self) -> dict:
        said = self.cleaned_data
        if said.get("in_full") and len(said.get("reason", "")) < SHORTEST_REASON:
            sentence = f"请写明为什么需要完整的个人信息（不少于 {SHORTEST_REASON} 个字）。"
            self.add_error("reason", sentence)
        return said

    def asked(self) -> dict[str, str]:
        """The keyword arguments of the action."""
        said = self.cleaned_data
        return {
            "form": said["form"] or "xlsx",
            "reason": said.get("reason", "") if said.get("in_full") else "",
        }


class ArchiveForm(forms.Form):
    with_files = forms.BooleanField(label="连同佐证材料和材料包等附件（文件较大）", required=False)


class ScansForm(forms.Form):
    files = FilesField(label="签字盖章扫描件", help_text="PDF 或图片，可一次选多个。")
