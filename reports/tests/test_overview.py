"""总览: the drawings say what the rows say, each bar leads to its rows, and yesterday's figures are kept."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from campaigns.enums import OrganizationKind, Reach
from campaigns.models import Complaint, Participation
from issues.enums import LedgerState
from issues.models import Clue
from reports.actions.snapshots import take_snapshots
from reports.figures import Figure, figures
from reports.models import FigureSnapshot
from reports.overview import comparison, coverage, facts, quality
from reports.overview.bars import Part, plain_bars, share, stacked_bar
from reports.overview.trend import trend_svg
from reports.overview.words import lead_sentence
from reports.scope import Scope
from reports.tests.city import NOON, ON, moment
from reports.weeks import Week, ledger_weeks, weeks


def scope(city, posting=None, on=ON) -> Scope:
    return Scope(posting or city.office, city.campaign, on)


@pytest.mark.parametrize(
    ("number", "top", "expected"), [(0, 0, 0), (3, 0, 0), (1, 4, 25), (5, 4, 100), (1, 3, 33.33)]
)
def test_a_share_never_leaves_its_line(number, top, expected):
    assert share(number, top) == expected


def test_bars_are_measured_by_the_longest():
    bars = plain_bars([("甲", 4, "", "/a/"), ("乙", 1, "", "")])
    assert [bar.parts[0].width for bar in bars] == [100, 25]
    assert [bar.number for bar in bars] == ["4", "1"]


def test_a_stacked_bar_leaves_out_what_is_nought():
    bar = stacked_bar("甲", [("红", 1, "red"), ("黄", 0, "amber"), ("绿", 2, "green")], top=4)
    assert bar.parts == (Part(0, 25, "red", "红1"), Part(25, 50, "green", "绿2"))
    assert bar.number == "3"


def test_weeks_count_back_from_the_day():
    found = weeks(
        entered=[date(2022, 6, 1), date(2022, 6, 7), date(2022, 6, 14)],
        closed=[date(2022, 6, 13)],
        opens_on=date(2022, 6, 1),
        on=date(2022, 6, 14),
    )
    assert found == (
        Week(date(2022, 6, 1), 1, 0),
        Week(date(2022, 6, 7), 2, 0),
        Week(date(2022, 6, 14), 3, 1),
    )


def test_a_campaign_that_begins_today_is_one_point():
    found = weeks(entered=[ON], closed=[], opens_on=ON, on=ON)
    assert found == (Week(ON, 1, 0),)
    assert "列入 1" in strip_tags(trend_svg(found))


def test_forms_show_what_nobody_used(stocked):
    bars = facts.forms(scope(stocked))
    assert [(bar.label, bar.number) for bar in bars] == [
        ("亲身办", "1"),
        ("帮代办", "0"),
        ("陪同办", "1"),
        ("坐窗办", "0"),
        ("倒推办", "0"),
    ]


def test_categories_add_up(stocked):
    stocked.problem(category=stocked.hotline)
    lines = facts.categories(scope(stocked))
    assert [(line.bar.number, line.cumulated) for line in lines] == [("2", "50.0%"), ("2", "100.0%")]


def test_the_funnel_never_widens(stocked):
    for state in LedgerState.values:
        if state not in (LedgerState.MERGED, LedgerState.STAGED):
            stocked.item(stocked.problem(), state)
    numbers = [int(bar.number) for bar in facts.funnel(figures(scope(stocked)))]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 2


def test_the_trend_ends_at_todays_figures(stocked):
    found = figures(scope(stocked))
    last = ledger_weeks(scope(stocked))[-1]
    assert (last.entered, last.closed) == (found["recognized"].numerator, found["closed"].numerator)


def test_the_lead_says_the_figures(stocked):
    said = lead_sentence(figures(scope(stocked)), ON)
    assert said.startswith("截至2022年6月20日，应走2人，已走2人（100.0%）")
    assert "发现问题3个" in said
    assert "逾期未办结1条" in said


def test_snapshots_are_kept_once_a_day(stocked):
    Participation.objects.create(campaign=stocked.campaign, organization=stocked.unit)
    kept = take_snapshots(campaign=stocked.campaign, on=ON)
    assert FigureSnapshot.objects.count() == kept > 0
    stocked.problem()
    assert take_snapshots(campaign=stocked.campaign, on=ON) == kept
    assert FigureSnapshot.objects.count() == kept
    mine = FigureSnapshot.objects.get(organization=stocked.unit, key="problems")
    assert mine.numerator == 3


def test_what_changed_since_a_week_ago(stocked):
    for on in (date(2022, 6, 6), date(2022, 6, 13), date(2022, 6, 19)):
        take_snapshots(campaign=stocked.campaign, on=on)
    stocked.problem()
    stocked.item(stocked.problem(), LedgerState.CLOSED)
    here = scope(stocked)
    since = comparison.earlier_day(here)
    assert since == date(2022, 6, 13)
    changes = comparison.changes(figures(here), here, since)
    assert changes["problems"] == "较6月13日+2"
    assert changes["closure"] == "较6月13日+15.0个百分点"
    assert "demands" not in changes


def test_nothing_to_compare_with_says_nothing(stocked):
    here = scope(stocked)
    assert comparison.earlier_day(here) is None
    assert comparison.changes(figures(here), here, None) == {}


def test_a_posting_that_sees_only_the_top_is_not_compared_with_the_whole(stocked):
    take_snapshots(campaign=stocked.campaign, on=date(2022, 6, 1))
    own = stocked.posting("leiyang.ben", stocked.county, "REPORTER", Reach.OWN)
    assert comparison.earlier_day(scope(stocked, own)) is None


def test_a_rate_of_nothing_has_no_change(stocked):
    now = {"quick": Figure("quick", "立行立改销号率", "", 0, 0)}
    take_snapshots(campaign=stocked.campaign, on=date(2022, 6, 1))
    assert comparison.changes(now, scope(stocked), date(2022, 6, 1)) == {}


def test_the_page_leads_to_rows(stocked, client):
    stocked.item(stocked.problem(), LedgerState.CLOSED, registered_at=moment(date(2022, 5, 10)))
    client.force_login(stocked.office.person.user)
    page = client.get("/reports/").content.decode()
    assert "/issues/problems/?category=A01" in page
    assert "/issues/ledger/?organization=430400-031" in page
    listed = client.get("/issues/problems/?category=A01").content.decode()
    assert "共 3 条" in listed


# ---- coverage, quality of what was struck off, complaints before and after --------------------------------------------


def test_places_are_measured_by_what_they_ought_to_walk(stocked):
    """The same reading as /plan/matters/: a cell a place and matter, walked through or not, in words besides colour."""
    heat = coverage.covered(scope(stocked))
    bars = coverage.place_bars(heat)
    assert [(bar.label, bar.number, bar.note) for bar in bars] == [("市本级", "0/1", "0.0%")]
    drawn = str(coverage.heat_svg(heat))
    assert "异地就医备案，市本级：走过，没走完全程，共 2 次" in drawn
    assert "◐" in strip_tags(drawn)
    assert "重点事项覆盖：应走1处，全程走完0处" in drawn


def test_the_map_s_cells_lead_to_their_walks(stocked, client):
    client.force_login(stocked.office.person.user)
    for line in coverage.covered(scope(stocked)).lines:
        for cell in line.cells:
            if cell.url:
                assert f"共 {cell.walks} 条" in client.get(cell.url).content.decode()


def test_rates_of_what_holds_are_the_figures(stocked):
    found = figures(scope(stocked))
    for bar, key in zip(quality.rates(found), quality.RATES, strict=True):
        assert (bar.label, bar.number, bar.note, bar.url) == (
            found[key].label,
            found[key].text,
            found[key].note,
            found[key].url,
        )
    assert quality.rates(found)[0].parts[0].width == 100
    assert quality.rates(figures(scope(stocked, stocked.other_clerk)))[0].number == "—"


def test_complaints_before_and_after(stocked, client):
    """30 days before the campaign opened, and the last 30; each bar holds the rows of its list."""
    days = (date(2022, 3, 19), date(2022, 3, 20), date(2022, 4, 18), date(2022, 4, 19), date(2022, 5, 22), ON)
    for n, day in enumerate(days):
        Complaint.objects.create(
            number=f"GD-{n}",
            source="HOTLINE",
            received_at=moment(day),
            content="窗口排队时间长",
            organization=stocked.unit,
            satisfaction="BAD" if n % 2 else "GOOD",
        )
    bars = quality.before_after(scope(stocked))
    assert [(bar.label, bar.number, bar.note) for bar in bars] == [
        ("行动前30天", "2", "其中差评1"),
        ("最近30天", "2", "其中差评1"),
    ]
    client.force_login(stocked.office.person.user)
    for bar in bars:
        assert f"共 {bar.number} 条" in client.get(bar.url).content.decode()


def test_nobody_complained(stocked):
    assert quality.before_after(scope(stocked)) == ()


def test_what_became_shorter_at_each_matter(stocked, client):
    """A measure that answers a problem and a demand of one matter counts once; a number that rose is no cut."""
    stocked.measure(stocked.problem(), trips_before=2, trips_after=3, steps_before=5, steps_after=1)
    rows = quality.cuts_by_matter(scope(stocked))
    assert [(row.name, row.measures, row.cuts) for row in rows] == [
        ("异地就医备案", 3, ("8→3", "6→4", "—", "—", "—"))
    ]
    client.force_login(stocked.office.person.user)
    assert "共 3 条" in client.get(rows[0].url).content.decode()


def test_clues_that_were_decided_by_rule(stocked):
    inspector = stocked.posting("duchashi", stocked.root, "INSPECTOR", Reach.SUBTREE)
    session = stocked.walk(day=date(2022, 5, 14))
    for rule, state in (("R1", "TRUE"), ("R2", "DISMISSED"), ("R14", "RAISED")):
        user = inspector.person.user
        decided = {} if state == "RAISED" else {"decided_at": NOON, "decided_by": user}
        if state == "TRUE":
            clock = stocked.deadline(stocked.unit, due_on=ON)
            decided |= {"asked_at": NOON, "asked_by": user, "deadline": clock}
        Clue.objects.create(
            session=session,
            rule=rule,
            weight=50,
            raised_on=ON,
            facts={"because": "示例"},
            state=state,
            decision_note="核实过。" if decided else "",
            **decided,
        )
    bars = quality.clue_bars(scope(stocked, inspector))
    assert [(bar.number, bar.note) for bar in bars] == [("1", "属实100.0%"), ("1", "属实0.0%")]
    assert quality.clue_bars(scope(stocked)) == ()


def test_the_page_costs_the_same_however_many_units_and_rows(stocked, client):
    client.force_login(stocked.office.person.user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/reports/").status_code == 200
        return len(caught)

    stocked.item(stocked.problem(category=stocked.hotline), LedgerState.CLOSED)
    few = asked()
    for n in range(6):
        unit = stocked._unit(
            f"430400-2{n}", f"衡阳市第{n}局", f"第{n}局", OrganizationKind.CITY_DEPARTMENT, stocked.root
        )
        stocked.item(stocked.problem(unit=unit, finder=unit), due_on=date(2022, 6, 10))
        stocked.measure(stocked.problem(unit=unit, finder=unit), unit=unit, steps_before=3, steps_after=2)
        stocked.walk(day=date(2022, 5, 20 + n), unit=unit)
    assert asked() == few
