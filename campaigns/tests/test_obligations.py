"""The roster: the rule of part two by tables, then what an opening, an import and an office make of it."""

from datetime import date

import pytest

from campaigns.actions import obligations
from campaigns.enums import OrganizationKind as Kind
from campaigns.enums import Rank, Reach, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import AuditEvent, Obligation, Person
from campaigns.obligation_rule import Served, clause, is_overlooked, owes, span, units_that_marked
from campaigns.tests.factories import at, make_person, make_posting, make_unit

OPENS = date(2022, 4, 19)
H, D, M, S, W = Rank.HEAD, Rank.DEPUTY, Rank.MEMBER, Rank.SECTION_HEAD, Rank.STAFF

# Kind → clause and the 身份 it obliges, written from 衡政办函〔2022〕16号 二 by hand.
EXPECTED = {
    Kind.CITY: ("二(一)", {H, D}),
    Kind.COUNTY: ("二(二)", {H, D}),
    Kind.CITY_DEPARTMENT: ("二(三)", {H, D, M}),
    Kind.COUNTY_DEPARTMENT: ("二(三)", {H, D, M}),
    Kind.UTILITY: ("二(三)", {H, D, M}),
    Kind.VERTICAL: ("二(三)", {H, D, M}),
    Kind.HALL: ("二(三)", {H, D, M, S}),
    Kind.SECTION: ("二(三)", {H, S}),
    Kind.SUPERIOR: ("", set()),
}


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("rank", Rank.values)
def test_the_rule_by_kind_and_rank(kind, rank):
    number, ranks = EXPECTED[kind]
    assert clause(kind, rank, True) == (number if rank in ranks else "")
    assert clause(kind, rank, False) == ""


def one(person=1, unit=1, kind=Kind.CITY_DEPARTMENT, rank=H, takes_part=True, **fields):
    return Served(person, unit, kind, rank, takes_part, **fields)


def test_a_unit_that_filled_the_column_in_has_the_last_word():
    people = [one(1, marked=True), one(2), one(3, unit=2), one(4, unit=2, rank=W)]
    marked = units_that_marked(people)
    assert [owes(each, marked) for each in people] == [True, False, True, False]
    assert [is_overlooked(each, marked) for each in people] == [False, True, False, False]


@pytest.mark.parametrize(
    ("appointed", "left", "expected"),
    [
        (None, None, (OPENS, None)),
        (date(2021, 1, 1), None, (OPENS, None)),
        (date(2022, 5, 1), None, (date(2022, 5, 1), None)),
        (None, date(2022, 5, 31), (OPENS, date(2022, 5, 31))),
        (None, date(2022, 4, 18), None),
        (date(2022, 5, 1), date(2022, 4, 30), None),
    ],
)
def test_the_duty_runs_from_taking_to_leaving_office(appointed, left, expected):
    assert span(one(appointed_on=appointed, left_on=left), OPENS) == expected


# — the table —

pytestmark_db = pytest.mark.django_db
NONE = {"added": 0, "ended": 0, "moved": 0, "exempted": 0, "lifted": 0}


def refresh(campaign, day="2022-05-10"):
    return obligations.refresh_roster(campaign=campaign, by=None, now=at(day))


def roster(on=date(2022, 6, 20)):
    rows = Obligation.objects.standing(on).order_by("person__name")
    return [(row.person.name, row.organization.code) for row in rows.select_related("person", "organization")]


@pytestmark_db
def test_the_roster_follows_the_workbook_and_keeps_what_was(campaign, city, bureau):
    here, away = make_person(bureau, "甲"), make_person(bureau, "乙")
    assert refresh(campaign, "2022-04-19") == NONE | {"added": 2}
    assert refresh(campaign) == NONE
    other = make_unit("430400-016", city)
    Person.objects.filter(pk=here.pk).update(organization=other, rank=D)
    Person.objects.filter(pk=away.pk).update(left_on=date(2022, 5, 9))
    assert refresh(campaign) == NONE | {"moved": 1, "ended": 0}
    assert roster() == [("甲", "430400-016")]
    assert roster(date(2022, 5, 9)) == [("乙", "430400-031"), ("甲", "430400-031")]
    rows = (
        Obligation.objects.filter(person=here)
        .order_by("starts_on")
        .values_list("starts_on", "ends_on", "rank")
    )
    assert list(rows) == [(OPENS, date(2022, 5, 9), "MEMBER"), (date(2022, 5, 10), None, "DEPUTY")]
    assert refresh(campaign) == NONE


@pytestmark_db
def test_who_comes_back_owes_again_from_that_day(campaign, bureau):
    person = make_person(bureau, "甲", left_on=date(2022, 5, 1))
    make_person(bureau, "乙")
    refresh(campaign, "2022-04-19")
    Person.objects.filter(pk=person.pk).update(left_on=None)
    assert refresh(campaign, "2022-06-01") == NONE | {"added": 1}
    assert list(
        Obligation.objects.filter(person=person).values_list("starts_on", "ends_on").order_by("pk")
    ) == [
        (OPENS, date(2022, 5, 1)),
        (date(2022, 6, 1), None),
    ]
    assert refresh(campaign, "2022-06-01") == NONE


@pytestmark_db
def test_a_mark_taken_away_ends_the_duty(campaign, bureau):
    person = make_person(bureau, "甲")
    make_person(bureau, "乙")
    refresh(campaign, "2022-04-19")
    Person.objects.filter(pk=person.pk).update(is_obligated=False)
    assert refresh(campaign) == NONE | {"ended": 1}
    assert roster() == [("乙", "430400-031")]
    assert refresh(campaign) == NONE


@pytestmark_db
def test_a_reason_of_the_workbook_exempts_and_names_who_brought_it(campaign, bureau):
    person = make_person(bureau, "甲", exemption_reason="驻村帮扶")
    posting = make_posting(bureau, Role.ADMIN, "admin")
    obligations.refresh_roster(campaign=campaign, by=posting, now=at("2022-04-19"))
    row = Obligation.objects.get(person=person)
    assert (row.exemption_reason, row.exempted_by.username) == ("驻村帮扶", "admin")
    Person.objects.filter(pk=person.pk).update(exemption_reason="")
    assert refresh(campaign)["lifted"] == 1
    assert ("甲", "430400-031") in roster()


# — who exempts —


@pytest.fixture
def hall(city):
    return make_unit("430400-003", city, name="市行政审批服务局")


@pytest.fixture
def county(city):
    return make_unit("430481", city, kind="COUNTY", name="耒阳市")


@pytest.fixture
def offices(city, hall, county):
    seat = make_unit("430481-001", county, kind="COUNTY_DEPARTMENT")
    given = {"reach": Reach.SUBTREE}
    return {
        "市": make_posting(city, Role.REFORM_OFFICE, "shengaiban", person=make_person(hall, "办"), **given),
        "督": make_posting(city, Role.INSPECTOR, "duchashi", person=make_person(city, "督"), **given),
        "县": make_posting(
            county, Role.REFORM_OFFICE, "leiyang.sgb", person=make_person(seat, "县办"), **given
        ),
        "填": make_posting(hall, Role.REPORTER, "tianbao"),
    }


# Whose person → who may exempt them.
MAY = {
    "430400-031": {"市"},
    "430400-003": {"督"},
    "430481": {"市"},
    "430481-001": {"市"},
    "430481-003": {"市", "县"},
    "430400": {"市"},
}


@pytestmark_db
@pytest.mark.parametrize("code", MAY)
def test_who_may_exempt_whom(campaign, city, bureau, county, offices, code):
    make_unit("430481-003", county, kind="COUNTY_DEPARTMENT")
    unit = Obligation._meta.get_field("organization").related_model.objects.get(code=code)
    person = make_person(unit, "甲")
    refresh(campaign, "2022-04-19")
    row = Obligation.objects.get(person=person)
    for name, posting in offices.items():
        if name in MAY[code]:
            obligations.exempt(obligation=row, reason="产假", by=posting, now=at("2022-05-10"))
            obligations.lift_exemption(obligation=row, by=posting, now=at("2022-05-11"))
        else:
            with pytest.raises(NotAllowed, match="。$"):
                obligations.exempt(obligation=row, reason="产假", by=posting, now=at("2022-05-10"))


@pytestmark_db
def test_an_exemption_is_written_with_its_reason_and_can_be_lifted(campaign, bureau, offices):
    person = make_person(bureau, "甲")
    refresh(campaign, "2022-04-19")
    row = Obligation.objects.get(person=person)
    with pytest.raises(NotAllowed, match="原因"):
        obligations.exempt(obligation=row, reason=" ", by=offices["市"], now=at("2022-05-10"))
    obligations.exempt(obligation=row, reason=" 休  产假 ", by=offices["市"], now=at("2022-05-10"))
    person.refresh_from_db()
    assert person.exemption_reason == "休 产假"
    assert refresh(campaign) == NONE
    assert not Obligation.objects.standing(date(2022, 5, 10)).filter(person=person).exists()
    with pytest.raises(NotAllowed, match="已经免走"):
        obligations.exempt(obligation=row, reason="病假", by=offices["市"], now=at("2022-05-10"))
    obligations.lift_exemption(obligation=row, by=offices["市"], now=at("2022-05-12"))
    person.refresh_from_db()
    assert person.exemption_reason == ""
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "批准免走",
        "恢复应走",
    ]
    assert Obligation.objects.standing(date(2022, 5, 12)).filter(person=person).exists()
