"""The page of a ledger item and its buttons, over HTTP: scope, roles, refusals with what was typed, double clicks."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.ground.lights import DEFAULT_LADDER
from campaigns.ground.workdays import load_calendar
from campaigns.models import Deadline, NoticeLine, Slip
from campaigns.tests.factories import at, make_session
from issues.actions import ledger, requests
from issues.models import LedgerItem, MeasureStep
from issues.tests.factories import (
    CALENDAR,
    NOW,
    ON,
    S,
    client_of,
    fresh,
    make_city,
    make_item,
    make_problem,
    picture,
    vetted,
)
from issues.views.acts import acts_for

pytestmark = pytest.mark.django_db
READERS = ("yibao_reporter", "yibao_deputy", "yibao_head", "shengaiban", "duchashi")


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """Pages are opened on 2022-05-11: the clock is read in the views alone."""
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-11", "09:30"))


def url(item, act: str = "") -> str:
    return f"{item.get_absolute_url()}{act + '/' if act else ''}"


def text_of(answer) -> str:
    return answer.content.decode()


# ---- who sees it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", READERS)
def test_readers_open_it(city, who):
    item = make_item(city, S.RECTIFYING)
    page = client_of(getattr(city, who)).get(url(item))
    assert page.status_code == 200
    assert item.number in text_of(page)


@pytest.mark.parametrize("who", ["renshe_reporter", "renshe_head", "leiyang_shengaiban", "leiyang_reporter"])
def test_strangers_get_404(city, who):
    item = make_item(city, S.RECTIFYING)
    client = client_of(getattr(city, who))
    assert client.get(url(item)).status_code == 404
    assert client.post(url(item, "close"), {"note": ""}).status_code == 404
    assert fresh(item).state == S.RECTIFYING


@pytest.mark.parametrize("who", ["admin_posting", "auditor"])
def test_roles_without_a_say_get_403_with_a_sentence(city, who):
    item = make_item(city, S.RECTIFYING)
    page = client_of(getattr(city, who)).get(url(item))
    assert page.status_code == 403
    assert "您当前的身份是" in text_of(page)


def test_anonymous_is_sent_to_login(city, client):
    item = make_item(city, S.RECTIFYING)
    assert client.get(url(item)).headers["Location"].startswith("/login/")


def test_the_walker_sees_the_item_of_an_own_walk_only(city):
    walk = make_session(city.campaign, city.yibao, walkers=[city.yibao_walker.person], matter=city.matter)
    mine, other = make_problem(city, session=walk).item, make_problem(city).item
    client = client_of(city.yibao_walker)
    assert client.get(url(mine)).status_code == 200
    assert client.get(url(other)).status_code == 404


def test_helpers_and_finders_see_it(city):
    item = make_problem(city, by=city.renshe_reporter, responsible=city.yibao).item
    helped = make_problem(city, helper_units=[city.renshe]).item
    client = client_of(city.renshe_reporter)
    assert client.get(url(item)).status_code == 200
    assert client.get(url(helped)).status_code == 200


# ---- what it shows ---------------------------------------------------------------------------------------------------


def test_buttons_follow_the_role(city):
    item = make_item(city, S.RECTIFYING)
    clerk = text_of(client_of(city.yibao_reporter).get(url(item)))
    for act in ("apply", "progress", "evidence", "extension", "escalate"):
        assert url(item, act) in clerk
    assert url(item, "close") not in clerk
    head = text_of(client_of(city.yibao_head).get(url(item)))
    assert url(item, "apply") not in head


def test_who_decides_is_not_offered_to_ask(city):
    """审改办 agrees to 提请上级协调 by answering; the unit's button to ask for it is the unit's."""
    item = make_item(city, S.RECTIFYING)
    offered = [act.slug for act in acts_for(item, city.shengaiban, ON)]
    assert "escalate" not in offered
    assert "escalate" in [act.slug for act in acts_for(item, city.yibao_reporter, ON)]


def test_light_days_and_why(city):
    """2022-05-11 → 06-10: 21 working days; 端午 and the weekends are named."""
    item = make_item(city, S.RECTIFYING)
    page = text_of(client_of(city.yibao_reporter).get(url(item)))
    for words in ("绿", "剩 21 个工作日", "为什么是这一天", "起算日：2022-05-10", "端午"):
        assert words in page


def test_whose_turn_until_when(city):
    item = make_item(city, S.UNSIGNED)
    page = text_of(client_of(city.yibao_reporter).get(url(item)))
    assert "市医保局 主要负责人" in page
    assert "2022-05-12" in page


def test_five_numbers_side_by_side(city):
    first = make_session(city.campaign, city.yibao, matter=city.matter, actual_trips=3)
    item = make_item(city, S.REVIEWED, category="A05", session=first)
    later = make_session(
        city.campaign, city.root, matter=city.matter, actual_trips=1, started_at=at("2022-05-11", "08:00")
    )
    client = client_of(city.duchashi)
    answer = client.post(url(item, "verify"), {"session": later.pk, "summary": "只跑一次。"})
    assert answer.status_code == 302
    page = text_of(client.get(url(item)))
    assert "有改善" in page
    assert "↓ 减少 2" in page


@pytest.mark.parametrize("who", ["yibao_reporter", "shengaiban"])
def test_queries_do_not_grow_with_what_hangs_on_it(city, who, django_assert_max_num_queries):
    item = make_item(city, S.RECTIFYING)
    client = client_of(getattr(city, who))

    def count() -> int:
        with django_assert_max_num_queries(45) as captured:
            assert client.get(url(item)).status_code == 200
        return len(captured)

    client.get(url(item))
    few = count()
    for number in range(5):
        ledger.report_progress(
            item=fresh(item), by=city.yibao_reporter, now=NOW, note=f"第 {number} 次。", calendar=CALENDAR
        )
        MeasureStep.objects.create(
            measure=item.problem.measures.get(), sequence=10 + number, text="又一步", due_on=date(2022, 6, 1)
        )
    assert count() == few


# ---- what it does ----------------------------------------------------------------------------------------------------


def test_a_move_is_made_and_told(city):
    item = make_item(city, S.UNASSIGNED)
    client = client_of(city.shengaiban)
    answer = client.post(
        url(item, "assign"), {"responsible_unit": city.renshe.pk, "note": "请人社局办理。"}, follow=True
    )
    assert fresh(item).responsible_unit == city.renshe
    assert "已转办" in text_of(answer)
    assert NoticeLine.objects.filter(notice__recipient=city.renshe_reporter.person.user).exists()


def test_a_wrong_role_reads_why(city):
    item = make_item(city, S.REVIEWED)
    page = client_of(city.yibao_reporter).post(url(item, "close"), {"note": ""})
    assert page.status_code == 403
    assert "销号由审改办、督查室办理" in text_of(page)
    assert fresh(item).state == S.REVIEWED


def test_a_refusal_stands_beside_the_form_and_nothing_typed_is_lost(city):
    item = make_item(city, S.RECTIFYING)
    said = {"into": item.number, "note": "与上月同一窗口的问题是一件事。"}
    page = client_of(city.shengaiban).post(url(item, "merge"), said)
    assert page.status_code == 422
    assert "不能并入自己" in text_of(page)
    assert "与上月同一窗口的问题是一件事。" in text_of(page)


def test_a_written_account_is_enough_to_apply(city):
    """Photos are optional and their absence is never held against anyone (contract §9)."""
    item = make_item(city, S.RECTIFYING)
    page = client_of(city.yibao_reporter).post(url(item, "apply"), {"note": "叫号系统已修好，值守已安排。"})
    assert page.status_code == 302
    assert fresh(item).state == S.APPLIED


def test_a_missing_reason_is_asked_for(city):
    item = make_item(city, S.UNSIGNED)
    page = client_of(city.yibao_head).post(url(item, "send_back"), {"note": "   "})
    assert page.status_code == 422
    assert "请填写理由" in text_of(page)


def test_a_double_click_makes_one_line_of_history(city):
    item = make_item(city, S.UNASSIGNED)
    client = client_of(city.shengaiban)
    said = {"responsible_unit": city.yibao.pk, "note": "请速办。"}
    assert client.post(url(item, "assign"), said).status_code == 302
    second = client.post(url(item, "assign"), said)
    assert second.status_code == 409
    assert "已经转办" in text_of(second)
    assert "请速办。" in text_of(second)
    assert item.entries.filter(move="ASSIGN").count() == 1


def test_a_double_click_on_progress(city):
    item = make_item(city, S.RECTIFYING)
    client = client_of(city.yibao_reporter)
    seen = item.entries.count()
    assert client.post(url(item, "progress"), {"note": "已招标。", "seen": seen}).status_code == 302
    second = client.post(url(item, "progress"), {"note": "已招标。", "seen": seen})
    assert second.status_code == 409
    assert item.entries.filter(move="PROGRESS").count() == 1


def test_a_double_click_on_an_answer(city):
    item = make_item(city, S.RECTIFYING)
    requests.ask_extension(
        item=item,
        by=city.yibao_reporter,
        now=NOW,
        new_due_on=date(2022, 6, 24),
        reason="招标流标。",
        progress="已重新招标。",
    )
    client = client_of(city.shengaiban)
    assert client.post(url(item, "decide_extension"), {"granted": "yes", "note": ""}).status_code == 302
    second = client.post(url(item, "decide_extension"), {"granted": "yes", "note": ""})
    assert second.status_code == 409
    assert "已经审批过了" in text_of(second)
    assert fresh(item).deadline.due_on == date(2022, 6, 24)


def test_from_application_to_closing_over_http(city):
    """Evidence with the application, 单位审核, 退回重办, again, 销号: each by its own person."""
    item = make_item(city, S.RECTIFYING)
    clerk, deputy, office = (
        client_of(getattr(city, who)) for who in ("yibao_reporter", "yibao_deputy", "shengaiban")
    )
    photo = SimpleUploadedFile("现场.jpg", picture(), content_type="image/jpeg")
    clerk.post(url(item, "apply"), {"note": "已修好。", "files": photo})
    assert fresh(item).state == S.APPLIED
    deputy.post(url(item, "pass_review"), {"note": ""})
    office.post(url(item, "return"), {"note": "照片看不清。"})
    assert (fresh(item).state, fresh(item).return_count) == (S.RECTIFYING, 1)
    again = SimpleUploadedFile("现场2.jpg", picture("red"), content_type="image/jpeg")
    clerk.post(url(item, "apply"), {"note": "已补拍。", "files": again})
    deputy.post(url(item, "pass_review"), {"note": ""})
    office.post(url(item, "close"), {"note": ""})
    item = fresh(item)
    assert (item.state, item.evidence.count()) == (S.CLOSED, 2)


def test_a_dangerous_file_is_refused_in_words(city):
    item = make_item(city, S.RECTIFYING)
    bad = SimpleUploadedFile("照片.svg", b"<svg onload=alert(1)>", content_type="image/svg+xml")
    page = client_of(city.yibao_reporter).post(url(item, "evidence"), {"files": bad, "caption": "现场"})
    assert page.status_code == 422
    assert "只能上传" in text_of(page)
    assert not item.evidence.exists()


def test_files_are_read_under_the_items_scope(city):
    item = make_item(city, S.APPLIED)
    address = f"{url(item)}files/{item.evidence.get().pk}/"
    answer = client_of(city.shengaiban).get(address)
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert b"".join(answer.streaming_content).decode() == "已增设引导牌，照片附后。"
    assert client_of(city.renshe_reporter).get(address).status_code == 404


def test_unknown_moves_and_gets(city):
    item = make_item(city, S.RECTIFYING)
    client = client_of(city.yibao_reporter)
    assert client.post(url(item, "explode")).status_code == 404
    assert client.get(url(item, "apply")).headers["Location"] == url(item)
    assert client.post(url(item, "lapse")).status_code == 404  # the system's own


def test_merge_by_number(city):
    item, into = make_item(city, S.PLANNING), make_problem(city, text="叫号系统。").item
    client = client_of(city.shengaiban)
    wrong = client.post(url(item, "merge"), {"into": "ZL-2022-000-0001", "note": "同一件事。"})
    assert wrong.status_code == 422
    assert "没有找到编号" in text_of(wrong)
    client.post(url(item, "merge"), {"into": into.number.lower(), "note": "同一件事。"})
    assert fresh(item).merged_into == into


def test_asking_and_consenting(city):
    item = make_item(city, S.RECTIFYING)
    client_of(city.yibao_reporter).post(
        url(item, "escalate"), {"reason": "省级平台故障。", "document_number": "衡医保〔2022〕8号"}
    )
    office = client_of(city.shengaiban)
    assert "省级平台故障。" in text_of(office.get(url(item)))
    no_reason = office.post(url(item, "decide_consent"), {"granted": "no", "note": ""})
    assert no_reason.status_code == 422
    assert "写明理由" in text_of(no_reason)
    office.post(url(item, "decide_consent"), {"granted": "yes", "note": "同意。"})
    assert fresh(item).state == S.ESCALATED


def test_the_unit_does_not_decide_for_itself(city):
    item = make_item(city, S.RECTIFYING, unit=city.hall)
    client_of(city.hall_reporter).post(url(item, "escalate"), {"reason": "省级平台故障。"})
    page = client_of(city.shengaiban).post(url(item, "decide_consent"), {"granted": "yes", "note": ""})
    assert page.status_code == 403
    assert "不能审批本单位的申请" in text_of(page)


def test_a_step_is_marked_done(city):
    item = make_item(city, S.RECTIFYING)
    measure = item.problem.measures.get()
    client = client_of(city.yibao_reporter)
    answer = client.post(f"{measure.get_absolute_url()}steps/1/done/", {"next": url(item)})
    assert answer.headers["Location"] == url(item)
    assert measure.steps.get(sequence=1).done_on == date(2022, 5, 11)
    again = client.post(
        f"{measure.get_absolute_url()}steps/1/done/", {"next": "//evil.example/"}, follow=True
    )
    assert "这一步已经完成" in text_of(again)


# ---- 待审签 ----------------------------------------------------------------------------------------------------------


def test_one_page_one_batch(city):
    items = [make_item(city, S.UNSIGNED) for _ in range(3)]
    quick = make_item(city, S.REVIEWED, kind="QUICK")
    stale = make_item(city, S.UNSIGNED, due_on=date(2022, 5, 11))
    other = make_item(city, S.UNSIGNED, unit=city.renshe)
    client = client_of(city.yibao_head)
    page = text_of(client.get("/issues/sign/"))
    assert "共 5 条" in page
    assert other.number not in page
    wanted = [item.pk for item in (*items, quick, stale, other)]
    answer = client.post("/issues/sign/", {"item": wanted})
    assert answer.status_code == 422
    assert stale.number in text_of(answer)
    assert "已到或已过" in text_of(answer)
    assert {fresh(item).state for item in items} == {S.RECTIFYING}
    assert fresh(quick).signed_at is not None
    assert fresh(other).state == S.UNSIGNED


def test_nothing_ticked(city):
    make_item(city, S.UNSIGNED)
    answer = client_of(city.yibao_head).post("/issues/sign/", {})
    assert answer.status_code == 422
    assert "请先勾选" in text_of(answer)


def test_sent_back_singly(city):
    item = make_item(city, S.UNSIGNED)
    client = client_of(city.yibao_head)
    empty = client.post(f"/issues/sign/{item.pk}/back/", {"note": ""})
    assert empty.status_code == 422
    assert "要写明理由" in text_of(empty)
    client.post(f"/issues/sign/{item.pk}/back/", {"note": "措施太软。"})
    assert fresh(item).state == S.PLANNING
    twice = client.post(f"/issues/sign/{item.pk}/back/", {"note": "措施太软。"})
    assert twice.status_code == 409


def test_only_heads_sign(city):
    page = client_of(city.yibao_reporter).get("/issues/sign/")
    assert page.status_code == 403
    assert "主要负责人" in text_of(page)


# ---- 督办单 ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def slip(city):
    item = make_item(
        city, S.RECTIFYING, now=at("2022-04-20"), due_on=date(2022, 5, 5), found_on=date(2022, 4, 20)
    )
    return Slip.objects.create(about=item.deadline, round=1, level=4, drafted_on=date(2022, 5, 10))


def test_a_slip_is_signed_numbered_and_sent(city, slip):
    client = client_of(city.shengaiban)
    answer = client.post(f"{slip.get_absolute_url()}sign/", follow=True)
    slip.refresh_from_db()
    assert (slip.state, slip.number) == ("SIGNED", "督〔2022〕1号")
    assert (slip.deadline.kind, slip.deadline.due_on) == (
        "SLIP",
        load_calendar().add_workdays(date(2022, 5, 11), 5),
    )
    assert "督〔2022〕1号" in text_of(answer)
    for who in ("yibao_reporter", "yibao_deputy", "yibao_head"):
        lines = NoticeLine.objects.filter(
            notice__recipient=getattr(city, who).person.user, text__contains="督〔2022〕1号"
        )
        assert lines.count() == 1
    again = client.post(f"{slip.get_absolute_url()}sign/")
    assert again.status_code == 409
    assert "已经签发" in text_of(again)
    assert Deadline.objects.filter(kind="SLIP").count() == 1


def test_the_unit_sees_a_slip_once_it_is_signed(city, slip):
    client = client_of(city.yibao_head)
    assert client.get(slip.get_absolute_url()).status_code == 404
    client_of(city.shengaiban).post(f"{slip.get_absolute_url()}sign/")
    assert client.get(slip.get_absolute_url()).status_code == 200
    assert client.post(f"{slip.get_absolute_url()}sign/").status_code == 403


def test_the_inspector_names_the_leader(city, slip):
    client_of(city.shengaiban).post(f"{slip.get_absolute_url()}sign/")
    slip.refresh_from_db()
    second = Slip.objects.create(about=slip.deadline, round=1, level=5, drafted_on=date(2022, 5, 11))
    assert (
        client_of(city.shengaiban).post(f"{second.get_absolute_url()}sign/", {"leader": "甲"}).status_code
        == 403
    )
    client = client_of(city.duchashi)
    without = client.post(f"{second.get_absolute_url()}sign/", {"leader": ""})
    assert without.status_code == 422
    assert "挂牌领导" in text_of(without)
    client.post(f"{second.get_absolute_url()}sign/", {"leader": "副市长 甲某"})
    second.refresh_from_db()
    assert (second.state, second.leader) == ("SIGNED", "副市长 甲某")
    assert "挂牌督办单" in text_of(client.get(second.get_absolute_url()))


def test_a_slip_dies_with_its_date(city, slip):
    item = LedgerItem.objects.get(deadline=slip.about)
    ledger.apply_for_closure(item=item, by=city.yibao_reporter, now=NOW, files=[vetted()], calendar=CALENDAR)
    slip.refresh_from_db()
    assert slip.state == "VOID"
    answer = client_of(city.shengaiban).post(f"{slip.get_absolute_url()}sign/")
    assert answer.status_code == 409
    assert "已经作废" in text_of(answer)


def test_slips_listed_by_state(city, slip):
    client = client_of(city.shengaiban)
    assert "共 1 条" in text_of(client.get("/issues/slips/?" + urlencode({"state": "待签发"})))
    assert "共 0 条" in text_of(client.get("/issues/slips/?" + urlencode({"state": "已签发"})))
    assert DEFAULT_LADDER[3]["signer"] == "审改办"
