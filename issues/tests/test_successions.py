"""Organizations' life: 合并, 拆分划转, 更名. What is open goes over, what is done stays, figures stay sane."""

from datetime import date

import pytest

from campaigns.enums import Role
from campaigns.ground.deadlines import Deadline
from campaigns.ground.refusal import NotAllowed
from campaigns.models import (
    AuditEvent,
    Complaint,
    Matter,
    MatterUnit,
    Organization,
    Participation,
    Posting,
)
from campaigns.tests.factories import at, make_matter, make_person, make_session, make_unit
from issues.actions import successions
from issues.collecting.known import load_known
from issues.enums import Deed, LedgerState
from issues.forms.fields import assignable_units
from issues.forms.personnel import TransferForm
from issues.models import LedgerEntry, LedgerItem, Measure, Problem
from issues.tests.factories import NOW, client_of, make_city, make_item

pytestmark = pytest.mark.django_db
TODAY = date(2022, 5, 10)
YESTERDAY = date(2022, 5, 9)


@pytest.fixture
def city():
    return make_city()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def merge(city, **changes):
    facts = {"unit": city.yibao, "successor": city.renshe, "on": TODAY, "by": city.admin_posting, "now": NOW}
    return successions.merge(**{**facts, **changes})


def part(city, **changes):
    facts = {
        "unit": city.yibao,
        "successor": city.renshe,
        "matters": [city.matter.pk],
        "people": [],
        "on": TODAY,
        "by": city.admin_posting,
        "now": NOW,
    }
    return successions.hand_part(**{**facts, **changes})


# — 合并 —


def test_the_unit_is_closed_and_stands_below_its_successor(city):
    section = make_unit("430400-031-01", city.yibao, "SECTION", "医保局参保科")
    merged = merge(city)
    assert (merged.successor, merged.closed_on, merged.is_participant) == (city.renshe, TODAY, False)
    assert merged.path == "/430400/430400-010/430400-031/"
    section.refresh_from_db()
    assert (section.parent, section.path) == (city.renshe, "/430400/430400-010/430400-031-01/")


def test_open_items_go_over_and_closed_ones_stay(city):
    running, closed = make_item(city, LedgerState.RECTIFYING), make_item(city, LedgerState.CLOSED)
    merge(city)
    running, closed = fresh(running), fresh(closed)
    assert running.responsible_unit == running.problem.responsible_unit == city.renshe
    assert running.deadline.organization == city.renshe
    assert running.reporting_unit == city.yibao
    assert closed.responsible_unit == closed.problem.responsible_unit == city.yibao
    assert list(
        Measure.objects.filter(problems=running.problem).values_list("lead_unit__code", flat=True)
    ) == ["430400-010"]
    entry = LedgerEntry.objects.get(item=running, move=Deed.HAND_OVER)
    assert entry.note == "机构调整：责任单位由市医保局改为市人社局"
    assert not Deadline.objects.running().filter(organization=city.yibao).exists()


@pytest.mark.parametrize(
    "state", [LedgerState.PLANNING, LedgerState.UNSIGNED, LedgerState.APPLIED, LedgerState.REVIEWED]
)
def test_items_of_every_open_state_go_over(city, state):
    item = make_item(city, state)
    merge(city)
    item = fresh(item)
    assert (item.state, item.responsible_unit) == (state, city.renshe)


def test_helping_units_are_replaced(city):
    item = make_item(city, LedgerState.RECTIFYING)
    item.helper_units.add(city.leiyang_renshe)
    merge(city, unit=city.leiyang_renshe, successor=city.hall)
    assert list(item.helper_units.all()) == [city.hall]


def test_people_go_over_and_their_roles_wait(city):
    left = make_person(city.yibao, left_on=YESTERDAY)
    merge(city)
    clerk = fresh(city.yibao_reporter.person)
    assert clerk.organization == city.renshe
    assert fresh(left).organization == city.yibao
    assert fresh(city.yibao_reporter).ended_on == YESTERDAY
    asked = Posting.objects.get(person=clerk, organization=city.renshe)
    assert (asked.role, asked.granted_at) == (Role.REPORTER, None)


def test_matters_and_shares_go_over(city):
    other = make_matter(city.hall, "社保卡办理", "SB-1")
    MatterUnit.objects.create(matter=other, organization=city.yibao)
    Participation.objects.create(campaign=city.campaign, organization=city.yibao)
    merge(city)
    assert fresh(city.matter).owner == city.renshe
    assert MatterUnit.objects.get().organization == city.renshe
    assert Participation.objects.filter(organization=city.renshe).count() == 1


def test_open_complaints_go_over(city):
    facts = {"source": "HOTLINE", "received_at": at("2022-05-01"), "content": "x", "organization": city.yibao}
    waiting = Complaint.objects.create(number="1", **facts)
    done = Complaint.objects.create(number="2", finished_at=at("2022-05-05"), **facts)
    merge(city)
    assert (fresh(waiting).organization, fresh(done).organization) == (city.renshe, city.yibao)


def test_the_successor_reads_the_history_of_the_old_unit(city):
    walk = make_session(city.campaign, city.yibao, number="DJ1", matter=city.matter)
    closed = make_item(city, LedgerState.CLOSED)
    head = client_of(city.renshe_head)
    assert head.get(walk.get_absolute_url()).status_code == 404
    merge(city)
    for row in (walk, closed, closed.problem, city.yibao):
        assert head.get(row.get_absolute_url()).status_code == 200


def test_a_chain_of_mergers_ends_at_the_last(city):
    merge(city)
    merge(city, unit=city.renshe, successor=city.hall)
    assert fresh(city.yibao).successor == city.hall
    assert fresh(city.yibao).path.startswith(fresh(city.hall).path)


def test_figures_stay_sane(city):
    """Nothing is lost and nothing counted twice: the same problems, items and walks as before."""
    make_item(city, LedgerState.RECTIFYING)
    make_item(city, LedgerState.CLOSED)
    before = (Problem.objects.count(), LedgerItem.objects.count(), Organization.objects.count())
    taking_part = Organization.objects.participating().count()
    merge(city)
    assert (Problem.objects.count(), LedgerItem.objects.count(), Organization.objects.count()) == before
    assert Organization.objects.participating().count() == taking_part - 1
    below = Organization.objects.under(fresh(city.renshe))
    assert LedgerItem.objects.filter(responsible_unit__in=below).count() == 2


def test_it_is_audited_with_its_numbers(city):
    make_item(city, LedgerState.RECTIFYING)
    merge(city)
    detail = AuditEvent.objects.get(verb="单位撤销并入").detail
    assert (detail["并入"], detail["未办结的整改事项"], detail["主管事项"]) == ("衡阳市人社局", 1, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"successor": "yibao"}, "不能是单位自己"),
        ({"unit": "root"}, "不能撤销"),
        ({"unit": "leiyang", "successor": "leiyang_renshe"}, "自己的下级单位"),
        ({"on": date(2022, 5, 11)}, "不能晚于今天"),
        ({"by": "shengaiban"}, "由系统管理员办理"),
        ({"by": "yibao_head"}, "由系统管理员办理"),
        ({"by": "auditor"}, "由系统管理员办理"),
    ],
)
def test_what_cannot_be_merged(city, changes, sentence):
    changes = {
        key: getattr(city, value) if isinstance(value, str) else value for key, value in changes.items()
    }
    with pytest.raises(NotAllowed, match=sentence):
        merge(city, **changes)


def test_a_closed_unit_neither_takes_nor_gives(city):
    merge(city)
    with pytest.raises(NotAllowed, match="已于 2022-05-10 撤销"):
        merge(city)
    with pytest.raises(NotAllowed, match="已于 2022-05-10 撤销"):
        merge(city, unit=city.hall, successor=city.yibao)


# — 拆分划转 —


def test_a_part_goes_over_and_the_unit_goes_on(city):
    other = make_matter(city.yibao, "生育登记", "YB-2")
    item = make_item(city, LedgerState.RECTIFYING)
    clerk = city.yibao_reporter.person
    told = part(city, people=[clerk.pk])
    assert (told["主管事项"], told["在职人员"], told["未办结的整改事项"]) == (1, 1, 1)
    assert (fresh(city.matter).owner, fresh(other).owner) == (city.renshe, city.yibao)
    assert fresh(item).responsible_unit == city.renshe
    assert (fresh(clerk).organization, fresh(city.yibao_head.person).organization) == (
        city.renshe,
        city.yibao,
    )
    assert fresh(city.yibao).closed_on is None


def test_nothing_chosen_is_refused(city):
    with pytest.raises(NotAllowed, match="请选择要划转的事项或人员"):
        part(city, matters=[])


def test_what_isnt_the_units_own_isnt_handed_over(city):
    foreign = make_matter(city.hall, "社保卡办理", "SB-1")
    with pytest.raises(NotAllowed, match="请选择"):
        part(city, matters=[foreign.pk], people=[city.hall_head.person.pk])
    assert Matter.objects.get(pk=foreign.pk).owner == city.hall


# — 更名 —


def test_a_new_name_keeps_the_old_one(city):
    facts = {"on": TODAY, "by": city.admin_posting, "now": NOW}
    successions.rename(unit=city.yibao, name="衡阳市医保事务局", short_name="市医保事务局", **facts)
    unit = fresh(city.yibao)
    assert (unit.name, unit.code) == ("衡阳市医保事务局", "430400-031")
    assert unit.former_names == [
        {"name": "衡阳市医疗保障局", "short_name": "市医保局", "until": "2022-05-10"}
    ]
    with pytest.raises(NotAllowed, match="请填写新的单位名称"):
        successions.rename(unit=unit, name="衡阳市医保事务局", short_name="", **facts)


def test_sheets_under_old_names_are_still_understood(city):
    facts = {"on": TODAY, "by": city.admin_posting, "now": NOW}
    successions.rename(unit=city.renshe, name="衡阳市人社事务局", short_name="市人社事务局", **facts)
    merge(city)
    units = load_known(campaign=city.campaign, reach=Organization.objects.all()).units
    for name in ("市医保局", "衡阳市医疗保障局", "430400-031", "衡阳市人社局", "市人社事务局"):
        assert units.find(name).code == "430400-010", name


def test_a_closed_unit_is_offered_to_nobody(city):
    merge(city)
    assert not assignable_units().filter(pk=city.yibao.pk).exists()
    assert city.yibao not in TransferForm().fields["organization"].queryset


# — pages —


@pytest.fixture
def admin(city):
    return client_of(city.admin_posting)


def test_the_preview_counts_and_the_form_merges(admin, city):
    make_item(city, LedgerState.RECTIFYING)
    path = f"/organizations/{city.yibao.pk}/merge/"
    page = admin.get(path).text
    assert "未办结的整改事项" in page
    answer = admin.post(path, {"successor": city.renshe.pk, "on": date.today().isoformat()})
    assert answer.url == city.yibao.get_absolute_url()
    page = admin.get(answer.url).text
    assert "已撤销" in page
    assert "市人社局" in page


def test_a_part_and_a_name_by_the_page(admin, city):
    base = f"/organizations/{city.yibao.pk}"
    data = {"successor": city.renshe.pk, "on": date.today().isoformat(), "matters": [city.matter.pk]}
    assert admin.post(f"{base}/part/", data).status_code == 302
    assert admin.post(f"{base}/part/", {**data, "matters": []}).status_code == 422
    data = {"name": "衡阳市医保事务局", "short_name": "", "on": date.today().isoformat()}
    assert admin.post(f"{base}/rename/", data).status_code == 302
    assert "原名" in admin.get(f"{base}/").text


@pytest.mark.parametrize(
    "name", ["yibao_reporter", "yibao_head", "yibao_walker", "shengaiban", "duchashi", "auditor"]
)
def test_other_roles_are_refused(city, name):
    client = client_of(getattr(city, name))
    for path in ("merge", "part", "rename"):
        assert client.get(f"/organizations/{city.yibao.pk}/{path}/").status_code == 403
