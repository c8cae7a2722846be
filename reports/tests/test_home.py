"""工作台: every role has one, and its numbers are the counts of the lists they lead to."""

import re

import pytest
from django.urls import reverse

from campaigns.enums import Reach, Role
from campaigns.tests.factories import make_posting, make_unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_home(client, role):
    posting = make_posting(make_unit(), role, reach=Reach.SUBTREE)
    client.force_login(posting.person.user)
    page = client.get(reverse("home"))
    assert page.status_code == 200
    assert "工作台" in page.content.decode()


def test_each_number_is_the_count_of_the_list_behind_it(client, stocked):
    """DefectDojo#11000: the card and the list behind its link are counted alike."""
    for posting in (stocked.clerk, stocked.other_clerk, stocked.office):
        client.force_login(posting.person.user)
        for label, number, url, _ in client.get(reverse("home")).context["stats"]:
            listed = client.get(url).content.decode()
            assert f"共 {number} 条" in re.sub(r"\s+", " ", listed), (label, number, url)
