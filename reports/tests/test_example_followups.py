"""The example's 回访: some in every state, one item back, and something for the clerk of the contract to explain."""

from issues.enums import FollowUpState
from issues.models import FollowUp
from reports.indicators import INDICATORS
from reports.scope import unit_scope
from reports.tests.city import ON


def test_every_state_is_shown(example):
    assert set(FollowUp.objects.values_list("state", flat=True)) == set(FollowUpState.values)


def test_the_clerk_of_the_contract_has_something_to_explain(example):
    row = FollowUp.objects.get(item__responsible_unit__code="430400-031", state=FollowUpState.EXPLAINING)
    assert row.deadline.is_open


def test_the_rate_is_counted_from_it(example):
    whole = FollowUp.objects.valid().select_related("campaign", "item").order_by("pk").first()
    figure = next(each for each in INDICATORS if each.key == "satisfied")
    unit = whole.item.responsible_unit
    assert figure.denominator(unit_scope(organization=unit, campaign=whole.campaign, on=ON)).exists()
