"""举一反三: who is asked, who answers, the clock that is chased, coverage, and 有 becoming a problem (五(二))."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.actions import chase
from campaigns.enums import OrganizationKind, Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Chase, Deadline, MatterUnit, Notice, NoticeLine
from campaigns.tests.factories import at, make_unit
from issues.actions import selfchecks
from issues.models import CorrectedAnswer, Problem, Recurrence, SelfCheck
from issues.tests.factories import CALENDAR, NOW, S, client_of, make_city, make_item, make_problem

pytestmark = pytest.mark.django_db

DUE = date(2022, 5, 24)  # ten working days after NOW
LATER = at("2022-05-12", "10:00")


@pytest.fixture
def city():
    """市医保局 owns the matter; 市政务大厅 runs it by its own guide; 耒阳医保局 is 市医保局's 对口单位."""
    made = make_city()
    made.leiyang_yibao = make_unit(
        "430481-031",
        made.leiyang,
        OrganizationKind.COUNTY_DEPARTMENT,
        "耒阳市医疗保障局",
        "耒阳医保局",
        counterpart=made.yibao,
    )
    for role in (Role.REPORTER, Role.DEPUTY, Role.HEAD):
        made.post(made.leiyang_yibao, role, f"leiyang_yibao_{role.lower()}")
    MatterUnit.objects.create(matter=made.matter, organization=made.hall)
    MatterUnit.objects.create(matter=made.matter, organization=made.province)
    return made


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def started(city, item=None, by=None, **changes):
    item = item or make_item(city, S.CLOSED, kind="QUICK")
    values = {"request": "请对照自查。", "due_on": DUE, "now": NOW, "calendar": CALENDAR}
    return selfchecks.start_selfchecks(item=item, by=by or city.shengaiban, **{**values, **changes})


def check_of(city, unit) -> SelfCheck:
    return SelfCheck.objects.get(organization=unit)


def text_of(answer) -> str:
    return answer.content.decode()


# ---- asked -----------------------------------------------------------------------------------------------------------


def test_every_other_unit_that_runs_the_matter_is_asked(city):
    """The owner has the problem; 上级单位 are never asked (contract §7.7)."""
    asked = started(city).checks.order_by("organization__code")
    assert [check.organization for check in asked] == [city.hall, city.leiyang_yibao]
    clock = asked[0].deadline
    assert (clock.kind, clock.due_on, clock.organization) == ("SELF_CHECK", DUE, city.hall)
    assert clock.link == asked[0].get_absolute_url()
    told = Notice.objects.filter(kind="SELF_CHECK").values_list("recipient__username", flat=True)
    assert sorted(told) == [
        "hall_head",
        "hall_reporter",
        "leiyang_yibao_head",
        "leiyang_yibao_reporter",
    ]


def test_the_owner_is_asked_about_a_countys_problem(city):
    problem = make_problem(city, by=city.leiyang_yibao_reporter)
    assert {check.organization for check in started(city, problem.item).checks.all()} == {
        city.hall,
        city.yibao,
    }


def test_a_countys_office_asks_in_its_county_only(city):
    MatterUnit.objects.create(matter=city.matter, organization=city.leiyang_renshe)
    item = make_problem(city, by=city.leiyang_yibao_reporter).item
    asked = started(city, item, by=city.leiyang_shengaiban).checks.all()
    assert [check.organization for check in asked] == [city.leiyang_renshe]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda city: make_item(city, S.REFUSED), "不予认定"),
        (lambda city: make_item(city, S.MERGED), "并案办理"),
        (lambda city: make_problem(city, matter=None).item, "写明事项"),
    ],
)
def test_what_cannot_be_spread(city, make, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        started(city, make(city))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"due_on": date(2022, 5, 10)}, "晚于今天"), ({"by": "yibao_head"}, "由审改办办理")],
)
def test_what_a_start_needs(city, changes, sentence):
    if "by" in changes:
        changes = {"by": getattr(city, changes["by"])}
    with pytest.raises(NotAllowed, match=sentence):
        started(city, **changes)
    assert SelfCheck.objects.count() == 0


def test_nobody_to_ask_is_said(city):
    MatterUnit.objects.all().delete()
    city.leiyang_yibao.counterpart = None
    city.leiyang_yibao.save()
    with pytest.raises(NotAllowed, match="没有其他单位办理这个事项"):
        started(city)


def test_a_problem_is_spread_once(city):
    item = make_item(city, S.CLOSED, kind="QUICK")
    started(city, item)
    with pytest.raises(Changed, match="已经发起过"):
        started(city, item)
    assert SelfCheck.objects.count() == 2


def test_the_preview_shows_the_units_and_one_click_asks_them(city):
    item = make_item(city, S.CLOSED, kind="QUICK")
    client = client_of(city.shengaiban)
    assert f"/issues/selfchecks/new/{item.pk}/" in text_of(client.get(item.get_absolute_url()))
    assert f"/issues/selfchecks/new/{item.pk}/" in text_of(client.get(item.problem.get_absolute_url()))
    page = text_of(client.get(f"/issues/selfchecks/new/{item.pk}/"))
    assert "发给这 2 个单位" in page
    assert "耒阳医保局" in page
    assert 'value="2022-05-26"' in page  # ten working days from today
    answer = client.post(
        f"/issues/selfchecks/new/{item.pk}/", {"request": "请自查。", "due_on": "2022-05-26"}, follow=True
    )
    assert "2 个单位收到自查任务" in text_of(answer)
    for path in (item.get_absolute_url(), item.problem.get_absolute_url()):
        assert "看自查进展" in text_of(client.get(path))


def test_a_start_with_gaps_keeps_what_was_typed(city):
    item = make_item(city, S.CLOSED, kind="QUICK")
    client = client_of(city.shengaiban)
    page = client.post(f"/issues/selfchecks/new/{item.pk}/", {"request": "请查三个窗口。", "due_on": ""})
    assert page.status_code == 422
    assert "请查三个窗口。" in text_of(page)
    page = client.post(f"/issues/selfchecks/new/{item.pk}/", {"request": "请查。", "due_on": "2022-05-01"})
    assert (page.status_code, "晚于今天" in text_of(page)) == (422, True)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("duchashi", 403),
        ("yibao_reporter", 403),
        ("yibao_head", 403),
        ("admin_posting", 403),
        ("auditor", 403),
    ],
)
def test_only_the_reform_office_starts(city, who, status):
    item = make_item(city, S.CLOSED, kind="QUICK")
    client = client_of(getattr(city, who))
    assert client.get(f"/issues/selfchecks/new/{item.pk}/").status_code == status
    assert client.post(f"/issues/selfchecks/new/{item.pk}/").status_code == status


def test_another_countys_office_finds_nothing(city):
    item = make_item(city, S.CLOSED, kind="QUICK")
    assert client_of(city.leiyang_shengaiban).get(f"/issues/selfchecks/new/{item.pk}/").status_code == 404


# ---- answered --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("hall_reporter", 302),
        ("hall_deputy", 302),
        ("hall_head", 302),
        ("shengaiban", 403),
        ("duchashi", 403),
        ("yibao_reporter", 404),
        ("renshe_reporter", 404),
        ("yibao_walker", 403),
        ("auditor", 403),
    ],
)
def test_who_answers(city, who, status):
    started(city)
    check = check_of(city, city.hall)
    data = {"answer": "NONE", "text": "查了三个窗口，叫号正常。"}
    answer = client_of(getattr(city, who)).post(check.get_absolute_url(), data)
    assert answer.status_code == status
    check.refresh_from_db()
    assert check.answer == ("NONE" if status == 302 else "")


def test_a_county_government_answers_for_its_department(city):
    started(city)
    check = check_of(city, city.leiyang_yibao)
    data = {"answer": "NONE", "text": "查了大厅，没有。"}
    assert client_of(city.leiyang_reporter).post(check.get_absolute_url(), data).status_code == 302


def test_an_answer_stops_the_clock_and_counts(city):
    begun = started(city)
    check = check_of(city, city.hall)
    file = SimpleUploadedFile("核查.txt", "查了三个窗口。".encode(), "text/plain")
    client = client_of(city.hall_reporter)
    client.post(check.get_absolute_url(), {"answer": "FOUND", "text": "3号窗口中午没有人。", "files": [file]})
    check.refresh_from_db()
    assert (check.answer, check.answered_by, check.deadline.is_open) == (
        "FOUND",
        city.hall_reporter.person.user,
        False,
    )
    assert check.deadline.settled_on == date(2022, 5, 12)
    page = text_of(client_of(city.shengaiban).get(begun.get_absolute_url()))
    assert (
        "已答复 <strong>1</strong> / 2 个单位，其中 <strong>1</strong> 个单位有同样的问题：市行政审批局"
        in page
    )
    sent = client.get(f"/issues/selfchecks/{check.pk}/file/")
    assert b"".join(sent.streaming_content if sent.streaming else [sent.content]) == "查了三个窗口。".encode()
    assert client_of(city.yibao_reporter).get(f"/issues/selfchecks/{check.pk}/file/").status_code == 404


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"answer": "", "text": "查了。"}, "请选择有或无"),
        ({"answer": "NONE", "text": ""}, "请填写自查情况"),
        ({"answer": "MAYBE", "text": "查了。"}, "MAYBE"),
    ],
)
def test_a_half_answer_is_refused_and_kept(city, data, sentence):
    started(city)
    check = check_of(city, city.hall)
    page = client_of(city.hall_reporter).post(check.get_absolute_url(), data)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert data["text"] in text_of(page)


def test_answered_twice_the_second_reads_so(city):
    started(city)
    check = check_of(city, city.hall)
    data = {"answer": "NONE", "text": "查了，没有。"}
    assert client_of(city.hall_reporter).post(check.get_absolute_url(), data).status_code == 302
    page = client_of(city.hall_head).post(check.get_absolute_url(), data | {"answer": "FOUND"})
    assert page.status_code == 409
    assert "已经答复为“无”" in text_of(page)


def corrected(city, check, **data):
    values = {"text": "4号窗口中午也没有人。"} | data
    return client_of(city.hall_reporter).post(f"{check.get_absolute_url()}correct/", values)


def test_a_wrong_no_is_corrected_and_the_first_answer_stays(city):
    started(city)
    check = check_of(city, city.hall)
    first = SimpleUploadedFile("巡查.txt", "三个窗口都有人。".encode(), "text/plain")
    client = client_of(city.hall_reporter)
    client.post(
        check.get_absolute_url(), {"answer": "NONE", "text": "查了三个窗口，没有。", "files": [first]}
    )
    assert "更正为“有”" in text_of(client.get(check.get_absolute_url()))
    assert corrected(city, check).status_code == 302
    check.refresh_from_db()
    assert (check.answer, check.text, check.file) == ("FOUND", "4号窗口中午也没有人。", None)
    assert check.corrected.text == "查了三个窗口，没有。"
    page = text_of(client.get(check.get_absolute_url()))
    for words in ("更正前的答复：无", "查了三个窗口，没有。", "巡查.txt", "登记这个问题"):
        assert words in page
    assert "更正为“有”" not in page
    sent = client.get(f"{check.get_absolute_url()}first-file/")
    assert (
        b"".join(sent.streaming_content if sent.streaming else [sent.content]) == "三个窗口都有人。".encode()
    )
    assert client_of(city.yibao_reporter).get(f"{check.get_absolute_url()}first-file/").status_code == 404
    lines = NoticeLine.objects.filter(notice__recipient__username="shengaiban", link=check.get_absolute_url())
    assert "由“无”更正为“有”" in lines.get().text


@pytest.mark.parametrize(("answer", "said"), [("FOUND", "有"), ("", "待答复")])
def test_only_a_no_is_corrected(city, answer, said):
    started(city)
    check = check_of(city, city.hall)
    if answer:
        client_of(city.hall_reporter).post(check.get_absolute_url(), {"answer": answer, "text": "3号窗口。"})
    page = corrected(city, check)
    assert page.status_code == 409
    assert f"现在是“{said}”" in text_of(page)
    assert not CorrectedAnswer.objects.exists()


def test_a_correction_says_what_was_found_and_by_whom_it_may(city):
    started(city)
    check = check_of(city, city.hall)
    data = {"answer": "NONE", "text": "查了，没有。"}
    client_of(city.hall_reporter).post(check.get_absolute_url(), data)
    assert corrected(city, check, text="").status_code == 422
    url = f"{check.get_absolute_url()}correct/"
    assert client_of(city.shengaiban).post(url, {"text": "有。"}).status_code == 403
    assert client_of(city.yibao_reporter).post(url, {"text": "有。"}).status_code == 404
    assert fresh_answer(check) == "NONE"


def fresh_answer(check) -> str:
    check.refresh_from_db()
    return check.answer


# ---- 有 becomes a problem --------------------------------------------------------------------------------------------


def found(city) -> SelfCheck:
    begun = started(city)
    check = check_of(city, city.hall)
    return selfchecks.answer_selfcheck(
        selfcheck=check,
        by=city.hall_reporter,
        now=NOW,
        answer="FOUND",
        text=f"3号窗口中午没有人值守。{begun.pk}",
    )


def problem_data(check: SelfCheck, **changes) -> dict:
    source = check.round.item.problem
    values = {
        "reporting_unit": check.organization_id,
        "responsible_unit": check.organization_id,
        "category": source.category_id,
        "matter": source.matter_id,
        "text": check.text,
        "source": "OTHER",
        "found_on": "2022-05-12",
    }
    return {**values, **changes}


def test_what_was_found_is_registered_prefilled(city):
    check = found(city)
    client = client_of(city.hall_reporter)
    url = f"/issues/problems/new/?selfcheck={check.pk}"
    assert url in text_of(client.get(check.get_absolute_url()))
    page = text_of(client.get(url))
    assert check.text in page
    assert f'<option value="{city.matter.pk}" selected>' in page
    assert f'<option value="{city.hall.pk}" selected>' in page
    assert client.post(url, problem_data(check)).status_code == 302
    check.refresh_from_db()
    assert check.problem.responsible_unit == city.hall
    assert url not in text_of(client.get(check.get_absolute_url()))


def test_a_problem_that_is_known_already_is_linked(city):
    check = found(city)
    known = make_problem(city, by=city.hall_reporter, text=check.text)
    client = client_of(city.hall_reporter)
    data = problem_data(check, twins="asked", choice=f"same-{known.item.pk}")
    client.post(f"/issues/problems/new/?selfcheck={check.pk}", data)
    check.refresh_from_db()
    assert check.problem == known
    assert Recurrence.objects.count() == 0


def test_another_units_self_check_prefills_nothing(city):
    check = found(city)
    client = client_of(city.yibao_reporter)
    assert check.text not in text_of(client.get(f"/issues/problems/new/?selfcheck={check.pk}"))
    own = problem_data(check, reporting_unit=city.yibao.pk, responsible_unit=city.yibao.pk)
    own |= {"twins": "asked", "choice": "other"}
    client.post(f"/issues/problems/new/?selfcheck={check.pk}", own)
    check.refresh_from_db()
    assert check.problem is None


@pytest.mark.parametrize("value", ["", "x", "99999999", "²"])
def test_nonsense_in_the_address_is_ignored(city, value):
    page = client_of(city.hall_reporter).get(f"/issues/problems/new/?selfcheck={value}")
    assert page.status_code == 200


# ---- chased, seen, listed --------------------------------------------------------------------------------------------


def test_the_one_engine_chases_it(city):
    started(city)
    chase.run(on=date(2022, 5, 25), now=at("2022-05-25", "08:30"))  # one working day late
    lit = Chase.objects.filter(deadline__selfcheck__organization=city.hall)
    assert [one.label for one in lit] == ["催办"]
    selfchecks.answer_selfcheck(
        selfcheck=check_of(city, city.hall), by=city.hall_reporter, now=NOW, answer="NONE", text="没有。"
    )
    assert Deadline.objects.running().filter(selfcheck__organization=city.hall).count() == 0


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("shengaiban", 2),
        ("duchashi", 2),
        ("hall_reporter", 1),
        ("leiyang_reporter", 1),
        ("leiyang_ducha", 1),
        ("renshe_reporter", 0),
    ],
)
def test_who_sees_how_many(city, who, number):
    begun = started(city)
    client = client_of(getattr(city, who))
    page = text_of(client.get("/issues/selfchecks/"))
    assert f"共 {number} 条" in page or (number == 0 and "没有符合条件的自查" in page)
    assert client.get(begun.get_absolute_url()).status_code == (200 if number else 404)


def test_the_unit_that_had_it_sees_the_coverage(city):
    begun = started(city)
    assert client_of(city.yibao_reporter).get(begun.get_absolute_url()).status_code == 200


def test_an_asked_unit_reads_the_problem_without_link(city):
    begun = started(city)
    check = check_of(city, city.hall)
    page = text_of(client_of(city.hall_reporter).get(check.get_absolute_url()))
    assert begun.item.problem.text in page
    assert f'href="{begun.item.get_absolute_url()}"' not in page


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 2),
        ("?state=待答复", 1),
        ("?state=逾期未答复", 0),
        ("?state=无", 1),
        ("?state=有", 0),
        ("?organization=430400-001", 1),
        ("?q=异地就医", 2),
        ("?q=没有这样的话", 0),
        ("?state=x", 0),
    ],
)
def test_the_list_is_filtered_by_the_address(city, query, number):
    started(city)
    selfchecks.answer_selfcheck(
        selfcheck=check_of(city, city.hall), by=city.hall_reporter, now=NOW, answer="NONE", text="没有。"
    )
    page = text_of(client_of(city.shengaiban).get(f"/issues/selfchecks/{query}"))
    assert f"共 {number} 条" in page or (number == 0 and "没有符合条件的自查" in page)


def test_late_ones_are_found(city, monkeypatch):
    started(city)
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-25", "10:00"))
    page = text_of(client_of(city.shengaiban).get("/issues/selfchecks/?state=逾期未答复"))
    assert "共 2 条" in page
    assert "已逾期" in text_of(
        client_of(city.hall_reporter).get(check_of(city, city.hall).get_absolute_url())
    )


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


def test_queries_do_not_grow_with_the_units(city):
    begun = started(city)
    client = client_of(city.shengaiban)
    pages = ("/issues/selfchecks/", begun.get_absolute_url(), check_of(city, city.hall).get_absolute_url())
    few = [queries(client, url) for url in pages]
    for number in range(5):
        unit = make_unit(f"430400-9{number}", city.root, name=f"单位{number}", short_name=f"单位{number}")
        MatterUnit.objects.create(matter=city.matter, organization=unit)
    more = started(city, make_problem(city, text="另一个问题：指南没有写明材料份数。").item)
    assert more.checks.count() == 7
    assert [queries(client, url) for url in pages[:1]] == few[:1]
    assert queries(client, more.get_absolute_url()) == few[1]
    assert Problem.objects.count() == 2
