"""The pages of walks over HTTP: who gets in, what is asked, what stays typed, what is counted."""

import pytest
from django.urls import reverse

from campaigns.enums import OrganizationKind, Reach, Role, SessionMode, SessionState
from campaigns.models import CheckPoint, WalkSession
from campaigns.modes import FORMS
from campaigns.tests.factories import (
    at,
    make_complaint,
    make_matter,
    make_matter_unit,
    make_person,
    make_posting,
    make_session,
    make_unit,
)

pytestmark = pytest.mark.django_db
LIST = "/walks/"


def new(mode: str) -> str:
    return f"/walks/new/?mode={SessionMode(mode).label}"


def test_a_filled_in_page_becomes_a_walk(as_, reporter, campaign, sheet, person, bureau):
    answer = as_(reporter).post(new("SELF"), sheet(), follow=True)
    session = WalkSession.objects.get()
    assert answer.redirect_chain == [(f"/walks/{session.pk}/", 302)]
    assert f"已登记，登记编号 {session.number}" in answer.content.decode()
    assert (session.state, session.is_simulated, session.walked_unit) == (SessionState.HELD, True, bureau)
    assert session.started_at == at("2022-05-10", "09:00")
    assert list(session.walkers.all()) == [person]
    assert [one.name for one in session.companions.order_by("pk")] == ["王某", "李某"]
    assert [step.kind for step in session.steps.order_by("sequence")] == ["CONSULT", "ACCEPT"], (
        "blank rows pass"
    )
    assert CheckPoint.objects.get().note == "多要一份复印件"


def test_sent_twice_is_registered_once(as_, reporter, campaign, sheet):
    page = sheet()
    client = as_(reporter)
    client.post(new("SELF"), page)
    answer = client.post(new("SELF"), page | {"narrative": "又点了一次"}, follow=True)
    assert WalkSession.objects.count() == 1
    assert "已经提交过" in answer.content.decode()


OWN = {
    "AGENT": {"authorization_number": "SQ-1"},
    "ACCOMPANY": {
        "accompanied": "李女士",
        "accompanied_phone": "13800000001",
        "accompanied_consented": True,
        "accompanied_purpose": "回访核实",
    },
    "WINDOW": {
        "window": "A12",
        "cases-TOTAL_FORMS": "1",
        "cases-0-case_number": "BJ-1",
        "cases-0-matter": "SX-1",
    },
    "BACKWARD": {"work_order": "GD-1", "blocking_step": "APPROVE"},
}
LACKING = [
    ("AGENT", "authorization_number", "帮代办要填写授权委托书编号。"),
    ("ACCOMPANY", "accompanied", "陪同办要填写陪同对象。"),
    ("WINDOW", "window", "坐窗办要填写窗口号。"),
    ("WINDOW", "cases-0-case_number", "坐窗办至少要登记一个办件。"),
    ("BACKWARD", "work_order", "倒推办要填写工单编号。"),
    ("BACKWARD", "blocking_step", "倒推办要指出梗阻环节。"),
]


@pytest.mark.parametrize(("mode", "field", "sentence"), LACKING)
def test_each_form_says_what_it_lacks(as_, reporter, campaign, sheet, mode, field, sentence):
    own = {**OWN[mode], field: ""}
    if field.startswith("cases"):
        own["cases-0-matter"] = ""
    answer = as_(reporter).post(new(mode), sheet(**own))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not WalkSession.objects.exists()


@pytest.mark.parametrize("mode", OWN)
def test_each_form_keeps_its_own_facts(as_, reporter, campaign, sheet, mode):
    as_(reporter).post(new(mode), sheet(**OWN[mode]))
    session = WalkSession.objects.get()
    assert session.mode == mode
    assert all(getattr(session, field) == value for field, value in OWN[mode].items() if "-" not in field)
    assert session.cases.count() == (mode == "WINDOW")


def test_facts_of_another_form_are_not_taken(as_, reporter, campaign, sheet):
    as_(reporter).post(new("SELF"), sheet(work_order="GD-1", window="A12"))
    session = WalkSession.objects.get()
    assert (session.work_order, session.window) == ("", "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"walkers": None}, "请选择走流程人员。"),
        ({"matter": "没有的事"}, "没有找到事项“没有的事”"),
        ({"matter": ""}, "请选择事项。"),
        ({"channel": ""}, "请选择办理渠道。"),
        ({"narrative": " "}, "请填写体验情况。"),
        ({"ended_at": "2022-05-10T08:00"}, "结束时间不能早于开始时间。"),
        ({"started_at": "2022-13-10"}, "请按“年-月-日 时:分”填写时间。"),
        ({"started_at": "0022-05-10T09:00"}, "年份不对"),
        ({"ended_at": "2099-05-10T08:00"}, "结束时间不能晚于现在。"),
        ({"steps-0-ended_at": ""}, "请填写环节的结束时间。"),
        ({"steps-0-ended_at": "2022-05-10T08:00"}, "环节的结束时间不能早于开始时间。"),
        ({"verdict_A01": "随便"}, "不在可用的选项中"),
        ({"actual_steps": "-1"}, "0"),
    ],
)
def test_errors_are_said_and_nothing_typed_is_lost(as_, reporter, campaign, sheet, changes, sentence):
    answer = as_(reporter).post(new("SELF"), sheet(place="一楼大厅", **changes))
    words = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in words
    assert all(kept in words for kept in ('value="一楼大厅"', "多要一份复印件", "王某 办公室主任"))
    assert not WalkSession.objects.exists()


def test_a_refusal_of_the_rules_stands_on_the_page(as_, reporter, campaign, sheet, person, bureau, matter):
    other = make_session(campaign, bureau, [person], matter, started_at=at("2022-05-10", "09:30"))
    answer = as_(reporter).post(new("SELF"), sheet())
    assert answer.status_code == 422
    assert f"周某在这段时间已有另一次走流程（登记编号 {other.number}）" in answer.content.decode()


def test_a_name_that_two_matters_have_lists_them(as_, reporter, campaign, sheet, bureau, matter):
    make_matter(bureau, matter.name, "SX-2")
    answer = as_(reporter).post(new("SELF"), sheet())
    assert "异地就医备案(SX-1)、异地就医备案(SX-2)" in answer.content.decode()
    as_(reporter).post(new("SELF"), sheet(matter="异地就医备案（SX-2）"))
    assert WalkSession.objects.get().matter.code == "SX-2"


def test_a_draft_needs_little_and_is_finished_later(as_, reporter, campaign, sheet):
    client = as_(reporter)
    client.post(new("AGENT"), sheet(narrative="", walkers=None, save="draft"))
    session = WalkSession.objects.get()
    assert (session.state, session.number[-4:]) == (SessionState.DRAFT, "0001")
    assert "继续填写" in client.get(f"/walks/{session.pk}/").content.decode()
    edit = f"/walks/{session.pk}/edit/"
    assert 'name="steps-1-kind"' in client.get(edit).content.decode()
    assert client.post(edit, sheet()).status_code == 422, "still no authorization"
    client.post(edit, sheet(authorization_number="SQ-1"))
    session.refresh_from_db()
    assert (session.state, session.authorization_number) == (SessionState.HELD, "SQ-1")


def test_a_registered_walk_can_be_put_right_but_not_made_a_draft(as_, reporter, campaign, sheet):
    client = as_(reporter)
    client.post(new("SELF"), sheet())
    session = WalkSession.objects.get()
    client.post(f"/walks/{session.pk}/edit/", sheet(narrative="更正", save="draft"))
    session.refresh_from_db()
    assert (session.state, session.narrative) == (SessionState.HELD, "更正")


def test_another_form_may_be_chosen_while_it_is_open(as_, reporter, campaign, sheet):
    client = as_(reporter)
    client.post(new("AGENT"), sheet(**OWN["AGENT"]))
    session = WalkSession.objects.get()
    client.post(f"/walks/{session.pk}/edit/?mode=坐窗办", sheet(**OWN["WINDOW"]))
    session.refresh_from_db()
    assert (session.mode, session.authorization_number, session.window) == ("WINDOW", "", "A12")


def test_outside_the_campaign_is_warned_of(as_, reporter, campaign, sheet):
    days = {"started_at": "2022-03-01T09:00", "ended_at": "2022-03-01T10:00", "steps-TOTAL_FORMS": "0"}
    answer = as_(reporter).post(new("SELF"), sheet(**days), follow=True)
    assert "不在行动期间" in answer.content.decode()


def test_without_a_campaign_a_sentence(as_, reporter):
    answer = as_(reporter).get(new("SELF"))
    assert answer.status_code == 403
    assert "现在没有进行中的行动" in answer.content.decode()


def test_the_page_offers_the_five_forms_and_their_steps(as_, reporter, campaign, person):
    client = as_(reporter)
    words = client.get("/walks/new/").content.decode()
    assert all(shape.label in words and shape.lead in words for shape in FORMS.values())
    for shape in FORMS.values():
        page = client.get(f"/walks/new/?mode={shape.label}").context["page"]
        offered = [form["kind"].value() for form in page.steps]
        assert offered[: len(shape.steps)] == list(shape.steps)
        assert set(page.form.fields) >= set(shape.extra)
    assert len(page.points.fields) == 64


def test_a_walker_walks_alone(as_, bureau, campaign, sheet, person):
    walker = make_posting(bureau, Role.WALKER, person=person)
    other = make_person(bureau)
    client = as_(walker)
    rows = client.get(new("SELF")).context["form"].walker_rows
    assert [(row["person"], row["chosen"]) for row in rows] == [(person, True)]
    assert client.post(new("SELF"), sheet(walkers=[other.pk])).status_code == 422
    client.post(new("SELF"), sheet())
    session = WalkSession.objects.get()
    answer = client.post(f"/walks/{session.pk}/confirm/", follow=True)
    session.refresh_from_db()
    assert session.state == SessionState.CONFIRMED
    assert "已确认走流程" in answer.content.decode()
    assert client.get(f"/walks/{session.pk}/edit/").status_code == 403


def test_only_the_walker_confirms(as_, reporter, campaign, bureau, matter, person):
    session = make_session(campaign, bureau, [person], matter)
    answer = as_(reporter).post(f"/walks/{session.pk}/confirm/")
    assert answer.status_code == 403
    assert "只有走流程人员本人才能确认" in answer.content.decode()


def test_the_guide_is_that_of_the_place(as_, city, bureau, campaign, matter):
    county = make_unit("430481", parent=city, kind=OrganizationKind.COUNTY, short_name="耒阳市")
    local = make_unit(
        "430481-003", parent=county, kind=OrganizationKind.COUNTY_DEPARTMENT, short_name="耒阳市医保局"
    )
    make_matter_unit(matter, local, step_count=9)
    poster = make_posting(county, Role.REPORTER, reach=Reach.SUBTREE)
    words = (
        as_(poster)
        .get(reverse("walk_guide"), {"matter": "SX-1", "reporting_unit": county.pk})
        .content.decode()
    )
    assert "9 个" in words
    assert "6 份" in words, "what the place doesn't say is the owner's"
    assert "—" in as_(poster).get(reverse("walk_guide"), {"matter": "?"}).content.decode()


def test_a_work_order_is_carried_over(as_, reporter, bureau, campaign, matter):
    make_complaint(bureau, "GD-9", matter=matter)
    client = as_(reporter)
    form = client.get("/walks/new/?mode=倒推办&work_order=GD-9").context["form"]
    assert (form["work_order"].value(), form["matter"].value()) == ("GD-9", "异地就医备案(SX-1)")
    assert "work_order=GD-9" in client.get("/walks/new/?work_order=GD-9").content.decode()
