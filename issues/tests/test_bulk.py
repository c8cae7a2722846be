"""批量办理: chosen over several pages, never beyond the scope, one line of history each, told one by one (paperless#4003)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.tests.factories import at, make_person
from issues.models import LedgerItem
from issues.tests.factories import S, client_of, fresh, make_city, make_item, make_problem

pytestmark = pytest.mark.django_db
BULK = "/issues/ledger/bulk/"


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-11", "09:30"))


def do(posting, act, items, **given):
    return client_of(posting).post(
        BULK, {"act": act, "item": [item.pk for item in items], "go": "1", **given}
    )


def test_first_shown_then_done_one_by_one(city):
    items = [make_problem(city, responsible=city.renshe, text=f"第{n}条。").item for n in (1, 2)]
    taken = make_item(city, S.ASSIGNED)
    client = client_of(city.shengaiban)
    picked = {"act": "assign", "item": [item.pk for item in (*items, taken)]}
    asked = client.post(BULK, picked)
    assert asked.status_code == 200
    assert "对下面 <strong>3</strong> 条台账转办" in asked.content.decode()
    assert fresh(items[0]).state == S.UNASSIGNED, "nothing is done before the second press"
    told = client.post(BULK, picked | {"go": "1", "note": "请办理。"}).content.decode()
    assert "办成 2 条，没有办成 1 条" in told
    assert f"{taken.number}</a>" in told
    assert "已经转办" in told
    assert [fresh(item).state for item in items] == [S.ASSIGNED, S.ASSIGNED]
    assert [item.entries.filter(move="ASSIGN").count() for item in (*items, taken)] == [1, 1, 1]


def test_a_row_outside_the_scope_is_never_reached(city):
    """Hand-made ids of another unit's rows are passed over without a word about them."""
    own = make_item(city, S.RECTIFYING, unit=city.leiyang_renshe)
    foreign = make_item(city, S.RECTIFYING)
    told = do(city.leiyang_shengaiban, "remind", [own, foreign]).content.decode()
    assert own.number in told
    assert foreign.number not in told
    assert foreign.entries.filter(move="REMIND").count() == 0


def test_all_of_the_filter_is_the_lists_own_rows(city):
    for n in range(3):
        make_item(city, S.RECTIFYING, text=f"第{n}条。")
    make_item(city, S.RECTIFYING, unit=city.renshe)
    client = client_of(city.shengaiban)
    form = {"act": "remind", "whole": "1", "query": "organization=430400-031&state=整改中", "go": "1"}
    assert "办成 3 条" in client.post(BULK, form).content.decode()
    assert "办成 0 条，没有办成 3 条" in client.post(BULK, form).content.decode(), "once a day"


@pytest.mark.parametrize(
    ("who", "act", "may"),
    [
        ("yibao_reporter", "assign", False),
        ("yibao_reporter", "accept", True),
        ("yibao_deputy", "pass_review", True),
        ("yibao_deputy", "close", False),
        ("yibao_head", "remind", True),
        ("shengaiban", "close", True),
        ("shengaiban", "pass_review", False),
        ("duchashi", "remind", True),
        ("duchashi", "assign", False),
        ("yibao_walker", "export", True),
        ("yibao_walker", "remind", False),
        ("shengaiban", "nonsense", False),
    ],
)
def test_whose_button_it_is(city, who, act, may):
    item = make_item(city, S.RECTIFYING)
    answer = client_of(getattr(city, who)).post(BULK, {"act": act, "item": [item.pk]})
    assert (answer.status_code != 403) is may
    if not may:
        assert f"不由{getattr(city, who).get_role_display()}办理" in answer.content.decode()


def test_review_and_close_and_return(city):
    applied, reviewed, other = (
        make_item(city, S.APPLIED),
        make_item(city, S.REVIEWED),
        make_item(city, S.REVIEWED),
    )
    do(city.yibao_deputy, "pass_review", [applied])
    do(city.shengaiban, "close", [reviewed])
    missing = do(city.shengaiban, "return", [other])
    assert missing.status_code == 422
    assert "请填写理由" in missing.content.decode()
    do(city.shengaiban, "return", [other], note="佐证不够。")
    states = [fresh(item).state for item in (applied, reviewed, other)]
    assert states == [S.REVIEWED, S.CLOSED, S.RECTIFYING]


def test_handed_over_together(city):
    items = [make_item(city, S.RECTIFYING), make_item(city, S.RECTIFYING)]
    person = make_person(city.yibao, name="接手人")
    do(city.yibao_head, "hand_over", items, person=person.pk, note="原责任人调离。")
    assert [fresh(item).person for item in items] == [person, person]


def test_the_export_holds_the_ticked_rows(city):
    items = [make_item(city, S.RECTIFYING), make_item(city, S.RECTIFYING)]
    make_item(city, S.RECTIFYING)
    client = client_of(city.yibao_reporter)
    answer = client.post(BULK, {"act": "export", "item": [item.pk for item in items]})
    page = client.get(answer.headers["Location"]).content.decode()
    assert "勾选：2 条" in page
    assert "共 2 条" in client.get(f"/issues/ledger/?picked={items[0].pk},{items[1].pk}").content.decode()


def test_nothing_ticked_and_nonsense(city):
    client = client_of(city.shengaiban)
    for item in ([], ["x"], ["9" * 30]):
        answer = client.post(BULK, {"act": "remind", "item": item})
        assert answer.status_code == 422
        assert "没有勾选台账" in answer.content.decode()
    assert client.get(BULK).status_code == 302


def test_the_list_has_boxes_and_buttons(city):
    item = make_item(city, S.RECTIFYING)
    page = client_of(city.shengaiban).get("/issues/ledger/").content.decode()
    assert f'name="item" value="{item.pk}"' in page
    for label in ("转办", "销号", "退回重办", "催办", "导出"):
        assert f">{label}</button>" in page


def test_the_second_page_asks_no_more_for_more_rows(city):
    client = client_of(city.shengaiban)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            make_item(city, S.RECTIFYING)
        picked = list(LedgerItem.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as seen:
            client.post(BULK, {"act": "remind", "item": picked})
        counts.append(len(seen))
    assert counts[0] == counts[1]
