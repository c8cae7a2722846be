"""How the queue of 质量评价 is narrowed: by words, by category, by what was said. Never by unit (contract §5)."""

from django import forms
from django.db.models import QuerySet

from campaigns.forms.filters import offer_rounds, round_field
from campaigns.ground.searching import holds
from campaigns.models import Category
from issues.enums import Quality


class QualityFilter(forms.Form):
    """`apply` gives the problems that wait, or those judged as asked for."""

    q = forms.CharField(label="关键字", required=False, max_length=60)
    category = forms.ChoiceField(label="问题类别", required=False)
    campaign = round_field()
    state = forms.ChoiceField(
        label="质量评价",
        required=False,
        choices=[("", "待评价"), *((label, label) for label in Quality.labels)],
    )

    def __init__(self, data):
        super().__init__(data)
        groups = Category.objects.order_by("code").values_list("group", flat=True)
        self.fields["category"].choices = [("", "全部"), *((name, name) for name in dict.fromkeys(groups))]
        offer_rounds(self)

    def apply(self, rows: QuerySet) -> QuerySet:
        """The rows asked for; none for a filter that cannot be read."""
        if not self.is_valid():
            return rows.none()
        said = self.cleaned_data
        if said["q"]:
            rows = rows.filter(holds(said["q"], "text", "cause", "matter__name"))
        if said["category"]:
            rows = rows.filter(category__group=said["category"])
        if said["campaign"]:
            rows = rows.filter(campaign__code=said["campaign"])
        wanted = {label: value for value, label in Quality.choices}.get(said["state"], "")
        return rows.filter(quality=wanted)

    @property
    def is_queue(self) -> bool:
        """Whether what is shown waits for a judgement."""
        return self.is_valid() and not self.cleaned_data["state"]
