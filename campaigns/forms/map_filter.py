"""What the list of walks is narrowed by when a step, an arrow or a place of a process map is opened."""

from django import forms
from django.db.models import Q

from campaigns.enums import StepKind
from campaigns.models import WalkSession
from campaigns.process_places import CITY
from campaigns.process_walks import ON_MAP, mapped_walks, walked_at, went_through

_STEPS = [("", "全部"), *((label, label) for label in StepKind.labels)]
_KIND = dict(zip(StepKind.labels, StepKind.values, strict=True))


def _pick(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices)


class MapFields(forms.Form):
    """Fields of WalkFilter whose condition is `map_condition`."""

    scope = _pick("统计口径", [("", "全部"), (ON_MAP, "流程图所统计的")])
    step = _pick("经过环节", _STEPS)
    next = _pick("下一环节", _STEPS)
    returned = _pick("在此退回、补正", [("", "全部"), ("是", "是"), ("否", "否")])
    place = forms.CharField(label="被体验地（县市区编码或市本级）", required=False, max_length=100)

    def map_condition(self, name: str, value: str) -> Q:
        """The condition of one of MAP_FIELDS; step, next and returned speak of the same moment and make one condition."""
        if name == "scope":
            return Q(pk__in=mapped_walks(WalkSession.objects.all()).values("pk"))
        if name == "place":
            return walked_at("" if value == CITY else value)
        if name != "step":
            return Q()  # said together with the step; without one they narrow nothing
        said = self.cleaned_data
        returned = {"是": True, "否": False}.get(said.get("returned", ""))
        return went_through(_KIND[value], _KIND.get(said.get("next", ""), ""), returned=returned)


MAP_FIELDS = tuple(MapFields.base_fields)
