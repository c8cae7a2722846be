"""通报: what it says, who may do what, numbered once, frozen, superseded; people's names only with the approver's tick."""

import hashlib
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags
from docx import Document as read_docx

from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import AuditEvent, Notice, WalkSession
from campaigns.tests.factories import at, make_person, make_session
from issues.actions import clue_flow
from issues.enums import LedgerState
from issues.models import Clue
from issues.tests.factories import CALENDAR, client_of, make_city, make_item
from reports.actions import bulletins
from reports.bulletin_facts import cases
from reports.bulletins import default_texts, default_title
from reports.models import Bulletin
from reports.papers.document import Attachment, Document, Heading, Paragraph, Table
from reports.papers.paper_json import from_json, masked, said, to_json

pytestmark = pytest.mark.django_db
LATE = at("2022-06-20", "10:00")  # five working days after the due date of 2022-06-13
URL = "/reports/bulletins/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATE)


@pytest.fixture
def city():
    return make_city()


def confirmed(city, name="欧阳某甲") -> Clue:
    """A 组团走 that 督查室 found true, of a walk of `name`."""
    walker = make_person(city.yibao, name=name)
    walk = make_session(city.campaign, city.yibao, matter=city.matter, started_at=at("2022-05-09", "09:00"))
    walk.walkers.set([walker])
    facts = {"because": f"{name}等3人同一时段走同一事项。"}
    clue = Clue.objects.create(rule="R1", session=walk, weight=100, raised_on=at().date(), facts=facts)
    for deed, by, more in (
        (clue_flow.ask, city.duchashi, {"question": "请说明。", "calendar": CALENDAR}),
        (clue_flow.answer, city.yibao_reporter, {"explanation": "集中培训。"}),
        (clue_flow.decide, city.duchashi, {"is_true": True, "note": "监控核对属实。"}),
    ):
        deed(clue=clue, by=by, now=at("2022-05-10", "10:00"), **more)
        clue.refresh_from_db()
    return clue


def late_item(city):
    return make_item(city, LedgerState.RECTIFYING, due_on=at("2022-06-13").date())


def draft(city, by=None, **changes) -> Bulletin:
    by = by or city.duchashi
    on = LATE.date()
    values = {
        "campaign": city.campaign,
        "title": default_title(by.organization),
        "texts": default_texts(organization=by.organization, campaign=city.campaign, on=on, practices=[]),
        "chosen": [case.key for case in cases(by, city.campaign, on, CALENDAR)],
        "calendar": CALENDAR,
    }
    return bulletins.draft_bulletin(by=by, now=LATE, **values | changes)


def approved(city, names_people=False, **changes) -> Bulletin:
    one = bulletins.submit_bulletin(bulletin=draft(city, **changes), by=city.duchashi, now=LATE)
    return bulletins.approve_bulletin(bulletin=one, names_people=names_people, by=city.shengaiban, now=LATE)


def issued(city, **changes) -> Bulletin:
    return bulletins.issue_bulletin(bulletin=approved(city, **changes), by=city.duchashi, now=LATE)


def words(answer) -> str:
    return strip_tags(answer.content.decode())


# — what it says —


def test_the_frame_and_its_numbers(city):
    confirmed(city)
    item = late_item(city)
    text = said(draft(city).body)
    for expected in (
        "总体情况",
        "应走人员",
        "销号率0.0%（0/1）",
        "（0/0）",
        "逾期未销号台账1条，涉及1个单位：市医保局1条。清单见附件2。",
        "“组团走”。",
        "已逾期5个工作日",
        f"整改台账{item.number}",
        "核实意见：监控核对属实。",
        "《实施方案》五（三）。",
        "下步要求",
        "情况统计表",
        "逾期清单",
        "衡阳市人民政府督查室",
        "各县市区人民政府，市直各有关单位",
    ):
        assert expected in text


def test_nothing_to_name_is_said(city):
    text = said(draft(city).body)
    assert "本期没有逾期未销号的台账，也没有需要点名通报的情形。" in text
    assert "附件2" not in text
    assert "见附件。" in text


def test_only_cases_on_record_are_named(city):
    confirmed(city)
    assert "组团走”。" not in said(draft(city, chosen=[]).body)
    assert draft(city, chosen=["clue-999", "overdue-1"]).texts["chosen"] == []


def test_a_county_names_its_own_only(city):
    confirmed(city)
    late_item(city)
    assert cases(city.leiyang_ducha, city.campaign, LATE.date(), CALENDAR) == []
    text = said(draft(city, by=city.leiyang_ducha).body)
    assert "耒阳市人民政府督查室" in text
    assert "市医保局" not in text


def test_a_paper_comes_back_from_json_as_it_was():
    paper = Document(
        title="通报",
        blocks=(Heading(1, "甲", "乙"), Paragraph("丙"), Table(("丁",), (("1",),), numbers=(0,))),
        attachments=(Attachment("附", (Paragraph("戊"),)),),
        on=LATE.date(),
    )
    assert from_json(to_json(paper)) == paper


def test_the_words_of_a_paper_are_those_of_its_tables_too():
    """Before it is kept, a table's rows are tuples: a name that stands there only was overlooked, and so not masked."""
    plain = to_json(Document(title="通报", blocks=(Table(("事项",), (("欧阳明反映。",),)),)))
    assert "欧阳明反映。" in said(plain)
    assert "欧某反映。" in said(masked(plain, ["欧阳明"]))


def test_masking_keeps_the_surname_and_longer_names_first():
    plain = {"a": ["欧阳明和欧阳明远"], "n": 3}
    assert masked(plain, ["欧阳明", "欧阳明远"]) == {"a": ["欧某和欧某"], "n": 3}


# — the way to print —


def test_the_whole_way(city):
    confirmed(city)
    late_item(city)
    one = issued(city)
    assert (one.number, one.state) == ("〔2022〕第1期", "ISSUED")
    with one.file.file.open("rb") as kept:
        content = kept.read()
    assert hashlib.sha256(content).hexdigest() == one.file.sha256
    printed = "\n".join(each.text for each in read_docx(io.BytesIO(content)).paragraphs)
    assert "〔2022〕第1期" in printed
    assert "2022年6月20日" in printed
    assert issued(city).number == "〔2022〕第2期"
    assert AuditEvent.objects.filter(verb="印发通报").count() == 2
    assert Notice.objects.filter(recipient=city.yibao_reporter.person.user, kind="BULLETIN").exists()


def test_issued_is_frozen(city):
    one = issued(city)
    one.refresh_from_db()
    before = one.body
    late_item(city)
    for deed, by, more in (
        (bulletins.revise_bulletin, city.duchashi, {"title": "改", "texts": {}, "chosen": []}),
        (bulletins.submit_bulletin, city.duchashi, {}),
        (bulletins.approve_bulletin, city.shengaiban, {"names_people": True}),
        (bulletins.return_bulletin, city.shengaiban, {"reason": "改。"}),
        (bulletins.issue_bulletin, city.duchashi, {}),
    ):
        with pytest.raises(NotAllowed, match="已印发"):
            deed(bulletin=one, by=by, now=LATE, **more)
    one.refresh_from_db()
    assert one.body == before


def test_a_correction_is_a_new_issue(city):
    old = issued(city)
    new = bulletins.correct_bulletin(bulletin=old, by=city.duchashi, now=LATE, calendar=CALENDAR)
    assert "本期更正〔2022〕第1期" in said(new.body)
    with pytest.raises(NotAllowed, match="已经起草了更正"):
        bulletins.correct_bulletin(bulletin=old, by=city.duchashi, now=LATE, calendar=CALENDAR)
    client = client_of(city.yibao_reporter)
    assert "更正，以更正的一期为准" not in words(client.get(old.get_absolute_url()))
    new = bulletins.submit_bulletin(bulletin=new, by=city.duchashi, now=LATE)
    new = bulletins.approve_bulletin(bulletin=new, names_people=False, by=city.shengaiban, now=LATE)
    bulletins.issue_bulletin(bulletin=new, by=city.duchashi, now=LATE)
    assert "本期已由〔2022〕第2期更正" in words(client.get(old.get_absolute_url()))
    assert "已被更正" in words(client.get(URL))


def test_names_only_with_the_approvers_tick(city):
    confirmed(city)
    masked_one = issued(city)
    assert "欧阳某甲" not in said(masked_one.body) + said(masked_one.texts)
    assert "欧某" in said(masked_one.body)
    assert "欧阳某甲" in said(issued(city, names_people=True).body)


def test_names_typed_by_the_drafter_are_masked_too(city):
    make_person(city.renshe, name="司马测试")
    texts = default_texts(
        organization=city.root,
        campaign=city.campaign,
        on=LATE.date(),
        practices=[("市人社局", "司马测试的做法")],
    )
    assert "司马测试" not in said(issued(city, texts=texts).body)


def test_nobody_approves_their_own(city):
    one = bulletins.submit_bulletin(bulletin=draft(city), by=city.duchashi, now=LATE)
    for by, sentence in (
        (city.duchashi, "是您起草的"),
        (city.leiyang_ducha, "不在您的管辖范围内"),
        (city.leiyang_shengaiban, "不在您的管辖范围内"),
        (city.yibao_head, "由督查室或审改办批准"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            bulletins.approve_bulletin(bulletin=one, names_people=False, by=by, now=LATE)
    with pytest.raises(NotAllowed, match="待批准，不能印发"):
        bulletins.issue_bulletin(bulletin=one, by=city.duchashi, now=LATE)
    with pytest.raises(NotAllowed, match="由督查室起草"):
        draft(city, by=city.shengaiban)


def test_somebody_was_quicker(city):
    one = draft(city)
    stale = Bulletin.objects.get(pk=one.pk)
    bulletins.submit_bulletin(bulletin=one, by=city.duchashi, now=LATE)
    with pytest.raises(Changed, match="刚刚变为“待批准”"):
        bulletins.submit_bulletin(bulletin=stale, by=city.duchashi, now=LATE)


# — the pages —


@pytest.mark.parametrize(
    ("who", "drafted", "waiting", "out"),
    [
        ("duchashi", 200, 200, 200),
        ("shengaiban", 404, 200, 200),
        ("leiyang_ducha", 404, 404, 200),
        ("leiyang_shengaiban", 404, 404, 200),
        ("yibao_reporter", 404, 404, 200),
        ("yibao_deputy", 404, 404, 200),
        ("yibao_head", 404, 404, 200),
        ("yibao_walker", 403, 403, 403),
        ("admin_posting", 403, 403, 403),
        ("auditor", 403, 403, 403),
    ],
)
def test_who_reads_which(city, who, drafted, waiting, out):
    client = client_of(getattr(city, who))
    one = draft(city)
    address = one.get_absolute_url()
    for act, status in (
        (lambda: None, drafted),
        (lambda: bulletins.submit_bulletin(bulletin=one, by=city.duchashi, now=LATE), waiting),
        (lambda: None, waiting),
    ):
        act()
        assert client.get(address).status_code == status
        assert client.get(f"{address}download/").status_code == status
    done = issued(city)
    assert client.get(done.get_absolute_url()).status_code == out
    assert client.get(f"{done.get_absolute_url()}download/").status_code == out


def test_from_form_to_print_by_the_pages(city):
    late_item(city)
    inspector, office = client_of(city.duchashi), client_of(city.shengaiban)
    page = inspector.get(f"{URL}new/")
    form = page.context["form"]
    typed = {**form.initial, "chosen": [form.fields["chosen"].choices[0][0]]}
    bad = inspector.post(f"{URL}new/", typed | {"title": "", "opening": "保留这句。"})
    assert bad.status_code == 422
    assert "请填写标题" in words(bad)
    assert "保留这句。" in words(bad)
    assert inspector.post(f"{URL}new/", typed).status_code == 302
    one = Bulletin.objects.get()
    address = one.get_absolute_url()
    assert inspector.get(f"{address}edit/").status_code == 200
    assert inspector.post(f"{address}edit/", typed | {"title": "改过的标题"}).status_code == 302
    assert inspector.post(f"{address}do/submit/").status_code == 302
    assert inspector.get(f"{address}edit/").status_code == 403
    assert inspector.post(f"{address}do/approve/").status_code == 403
    assert office.post(f"{address}do/return/", {"reason": ""}).status_code == 422
    assert office.post(f"{address}do/return/", {"reason": "再核数据。"}).status_code in (302, 404)
    assert "再核数据" in words(inspector.get(address))
    inspector.post(f"{address}do/submit/")
    assert office.post(f"{address}do/approve/", {"names_people": "on"}).status_code == 302
    assert inspector.post(f"{address}do/issue/").status_code == 302
    assert inspector.post(f"{address}do/nothing/").status_code == 404
    shown = words(client_of(city.yibao_reporter).get(address))
    for expected in ("〔2022〕第1期", "改过的标题", "一、总体情况", "（一）体验情况。", "附件2"):
        assert expected in shown


def test_the_list_filters_and_counts(city):
    issued(city)
    draft(city)
    inspector = client_of(city.duchashi)
    assert "共 2 条" in words(inspector.get(URL))
    assert "共 1 条" in words(inspector.get(f"{URL}?state=拟稿"))
    assert "共 1 条" in words(inspector.get(f"{URL}?q=第1期"))
    assert "共 1 条" in words(client_of(city.yibao_reporter).get(URL))


def test_the_list_costs_the_same_for_more(city):
    client = client_of(city.duchashi)

    def cost() -> int:
        client.get(URL)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(URL)
        return len(seen)

    issued(city)
    one = cost()
    for _ in range(5):
        draft(city)
    assert cost() == one


def test_cases_cost_the_same_for_more(city):
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            cases(city.duchashi, city.campaign, LATE.date(), CALENDAR)
        return len(seen)

    confirmed(city)
    late_item(city)
    one = cost()
    for number in range(5):
        confirmed(city, name=f"欧阳某{number}")
        late_item(city)
    assert cost() == one
    assert WalkSession.objects.count() == 6
