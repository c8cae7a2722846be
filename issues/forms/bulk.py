"""What a bulk act asks for, once for all chosen items."""

from datetime import date

from django import forms

from campaigns.models import Person, Posting
from campaigns.querysets import in_reach
from issues.forms.acts import PersonField
from issues.forms.fields import UnitField, UnitsField, assignable_units, long_text


class BulkForm(forms.Form):
    """Knows who asks and the day; `cleaned_data` is what the action takes besides item, by and now."""

    def __init__(self, data=None, *, posting: Posting, on: date):
        self.posting, self.on = posting, on
        super().__init__(data, auto_id="bulk_%s")
        self.prepare()

    def prepare(self) -> None:
        """Set choices that depend on who asks."""


class BulkNoteForm(BulkForm):
    note = long_text(
        "说明", rows=2, required=False, max_length=2000, help_text="可以不填，写进每一条的办理过程。"
    )


class BulkReasonForm(BulkForm):
    note = long_text("理由", rows=2, max_length=2000, help_text="写进每一条的办理过程。")


class BulkAssignForm(BulkForm):
    responsible_unit = UnitField(
        label="转办给",
        queryset=None,
        required=False,
        empty_label="按各条填报的责任单位",
        help_text="选了单位，勾选的几条都转给它。",
    )
    helper_units = UnitsField(label="配合单位（协办）", max_length=500)
    note = long_text("转办意见", rows=2, required=False, max_length=2000, help_text="可以不填。")

    def prepare(self) -> None:
        self.fields["responsible_unit"].queryset = assignable_units().filter(in_reach(self.posting))


class BulkHandOverForm(BulkForm):
    person = PersonField(
        label="移交给",
        queryset=None,
        empty_label="请选择",
        error_messages={"required": "请选择接手的人。", "invalid_choice": "这个人不在本单位，请重新选择。"},
    )
    note = long_text("移交理由", rows=2, max_length=500)

    def prepare(self) -> None:
        people = Person.objects.under(self.posting.organization).serving(self.on)
        self.fields["person"].queryset = people.order_by("organization__path", "code")
