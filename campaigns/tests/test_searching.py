"""关键字: words of one and two characters find, letters match in either case, signs are only signs."""

import pytest

from campaigns.ground.searching import holds
from campaigns.models import Organization
from campaigns.tests.factories import make_unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("局", {"医保"}),
        ("保障", {"医保"}),
        ("医疗保障局", {"医保"}),
        ("app", {"软件"}),
        ("APP", {"软件"}),
        ("App运", {"软件"}),
        ("100%", {"软件"}),
        ("1_0", set()),
        ("%", {"软件"}),
        ("430400-03", {"医保"}),
        ("审批", set()),
    ],
)
def test_a_word_is_found_in_either_column(word, found):
    make_unit("430400-031", name="衡阳市医疗保障局", short_name="医保")
    make_unit("430400-900", name="群众App运行中心100%", short_name="软件")
    rows = Organization.objects.filter(holds(word, "code", "name"))
    assert set(rows.values_list("short_name", flat=True)) == found
