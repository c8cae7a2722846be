"""全程体验: what the whole way is, who has seen it walked, and the pages that say so."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.enums import OrganizationKind, Reach, Role
from campaigns.models import WalkSession
from campaigns.tests.factories import (
    make_matter,
    make_matter_unit,
    make_posting,
    make_session,
    make_steps,
    make_unit,
)
from campaigns.whole_walks import matter_rows_of, matters_run_by, themes, unit_rows, walked_whole

pytestmark = pytest.mark.django_db

WHOLE = ("CONSULT", "FILL", "ACCEPT", "DELIVER")


def walked(campaign, unit, matter, kinds=WHOLE, last="PASSED", **fields):
    """A walk with these steps, the last of them with the result `last`."""
    session = make_session(campaign, unit, matter=matter, **fields)
    results = ["PASSED"] * (len(kinds) - 1) + [last]
    return make_steps(
        session, *({"kind": kind, "result": result} for kind, result in zip(kinds, results, strict=False))
    )


@pytest.mark.parametrize(
    ("kinds", "last", "fields", "is_whole"),
    [
        (WHOLE, "PASSED", {}, True),
        (WHOLE, "PASSED", {"is_simulated": True}, True),
        (("SIGN_IN", "FILL", "SUBMIT", "DELIVER"), "PASSED", {}, True),
        (("ANSWER", "ACCEPT", "APPROVE", "DELIVER"), "PASSED", {}, True),
        (("CONSULT", "QUEUE", "ACCEPT"), "PASSED", {}, False),
        (("QUEUE", "ACCEPT", "DELIVER"), "PASSED", {}, False),
        (("CONSULT", "DELIVER"), "PASSED", {}, False),
        (WHOLE, "FAILED", {}, False),
        (WHOLE, "PASSED", {"mode": "BACKWARD", "work_order": "GD-1"}, False),
        (WHOLE, "PASSED", {"state": "DRAFT"}, False),
        ((), "PASSED", {}, False),
    ],
)
def test_the_whole_way(campaign, bureau, matter, kinds, last, fields, is_whole):
    session = walked(campaign, bureau, matter, kinds, last, **fields)
    assert list(walked_whole(WalkSession.objects.all())) == ([session] if is_whole else [])


@pytest.fixture
def county(city):
    return make_unit("430481", parent=city, kind=OrganizationKind.COUNTY, short_name="耒阳市")


@pytest.fixture
def peer(county, bureau):
    """The county's bureau, which answers to the city's."""
    return make_unit(
        "430481-031",
        parent=county,
        kind=OrganizationKind.COUNTY_DEPARTMENT,
        short_name="耒阳市医保局",
        counterpart=bureau,
    )


def test_units_that_run_a_matter(campaign, city, bureau, county, peer, matter):
    hall = make_unit("430400-900", parent=city, kind=OrganizationKind.HALL, short_name="市政务中心")
    make_matter_unit(matter, hall, promised_days=3)
    walked(campaign, bureau, matter)
    walked(campaign, bureau, matter, ("CONSULT",))
    walked(campaign, peer, matter, ("CONSULT",), walked_unit=peer)
    rows = [(row.unit, row.relation, row.walks, row.whole, bool(row.guide)) for row in unit_rows(matter)]
    assert rows == [
        (bureau, "主管单位", 2, 1, True),
        (hall, "实施单位", 0, 0, True),
        (peer, "对口单位", 1, 0, False),
    ]
    assert list(matters_run_by(peer)) == list(matters_run_by(hall)) == [matter]


def test_a_theme_counts_its_matters(campaign, bureau, matter):
    born = [make_matter(bureau, f"事项{n}", f"T-{n}", theme="新生儿出生一件事") for n in range(3)]
    walked(campaign, bureau, born[0])
    walked(campaign, bureau, born[1], ("CONSULT",))
    (theme,) = themes(["新生儿出生一件事"], WalkSession.objects.all())
    assert [(row.matter, row.walks, row.whole) for row in theme.rows] == [
        (born[0], 1, 1),
        (born[1], 1, 0),
        (born[2], 0, 0),
    ]
    assert (theme.walked, theme.is_whole) == (1, False)


def test_the_pages_say_it(as_, reporter, campaign, bureau, county, peer, matter):
    matter.theme, matter.focuses, matter.livelihood = "医保一件事", ["FREQUENT"], "医保"
    matter.save()
    other = make_matter(bureau, "生育津贴", "SX-2", theme="医保一件事")
    walked(campaign, bureau, matter)
    client = as_(reporter)
    words = client.get("/matters/SX-1/").content.decode()
    assert "还没有全程走完的有 1 个单位：耒阳市医保局。" in words
    assert "2 个事项，全程走完 1 个" in words
    assert 'href="/matters/SX-2/"' in words
    themes_page = client.get("/themes/").content.decode()
    assert "一件事：医保一件事" in themes_page
    assert "共 1 条" in themes_page
    assert "没有符合条件的主题" in client.get("/themes/?q=没有").content.decode()
    for query, found in (
        ("whole=已全程走完", [matter.name]),
        ("whole=还没有全程走完", [other.name]),
        ("livelihood=医保", [matter.name]),
        ("theme=医保一件事", [matter.name, other.name]),
        ("focus=高频", [matter.name]),
    ):
        assert [row.name for row in client.get(f"/matters/?{query}").context["table"].rows] == found, query
    unit = client.get(f"/organizations/{bureau.pk}/").content.decode()
    assert "办理的事项" in unit
    assert "▲ 还没有" in unit


def test_counterparts_are_linked_as_far_as_one_may_go(as_, city, bureau, peer):
    office = make_posting(city, Role.REFORM_OFFICE, reach=Reach.SUBTREE)
    client = as_(office)
    assert f'href="/organizations/{peer.pk}/"' in client.get(f"/organizations/{bureau.pk}/").content.decode()
    assert f'href="/organizations/{bureau.pk}/"' in client.get(f"/organizations/{peer.pk}/").content.decode()
    client = as_(make_posting(peer, Role.REPORTER))
    words = client.get(f"/organizations/{peer.pk}/").content.decode()
    assert bureau.name in words
    assert f'href="/organizations/{bureau.pk}/"' not in words


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SECURITY])
def test_the_administrators_read_the_units_page(as_, city, bureau, matter, role):
    words = as_(make_posting(city, role)).get(f"/organizations/{bureau.pk}/").content.decode()
    assert ("办理的事项" in words) == (role == Role.ADMIN)


@pytest.mark.parametrize("url", ["/themes/", "/organizations/{pk}/", "/matters/SX-1/"])
def test_as_many_queries_for_one_row_as_for_six(as_, reporter, campaign, bureau, matter, city, url):
    client = as_(reporter)
    matter.theme = "甲一件事"
    matter.save()

    def grow(n):
        other = make_matter(bureau, f"另一事项{n}", f"M-{n}", theme=f"乙{n}一件事")
        make_matter(bureau, f"同主题{n}", f"S-{n}", theme="甲一件事")
        unit = make_unit(f"430400-{n + 100}", parent=city, counterpart=bureau)
        walked(campaign, unit, other, walked_unit=unit)
        make_matter_unit(matter, make_unit(f"430400-{n + 200}", parent=city))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url.format(pk=bureau.pk)).status_code == 200
        return len(queries)

    grow(0)
    asked()
    first = asked()
    for n in range(1, 6):
        grow(n)
    assert asked() == first


def test_rows_of_no_matter():
    assert matter_rows_of([], WalkSession.objects.all()) == []
