"""Input shapes of this app's pages: what may be chosen, never what is done with it."""

from django import forms

from campaigns.models import Organization, Posting


class PackageForm(forms.Form):
    """For which unit, as of which day. Offered are the units in the posting's reach, its own first."""

    organization = forms.ModelChoiceField(label="单位", queryset=Organization.objects.none())
    on = forms.DateField(
        label="截至日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="灯和剩余工作日按这一天计算。",
    )

    def __init__(self, *args, posting: Posting, **kwargs):
        super().__init__(*args, **kwargs)
        reachable = Organization.objects.visible_to(posting)
        own = Organization.objects.filter(pk=posting.organization_id)
        field = self.fields["organization"]
        field.queryset = (reachable.participating() | own).select_related("parent").order_by("path")
        field.label_from_instance = lambda organization: organization.label
        field.empty_label = None
        field.initial = posting.organization_id
