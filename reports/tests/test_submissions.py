"""上报: opened with the campaign, drafted, reported by the head, received or returned; late once is late for ever."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.actions.milestones import move_milestone, open_milestones
from campaigns.enums import OrganizationKind, Rank, Reach, Role
from campaigns.ground.files import StoredFile
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.ground.workdays import load_calendar
from campaigns.models import AuditEvent, Deadline, Notice, Participation
from reports.actions.submissions import (
    accept,
    open_missing_submissions,
    open_submissions,
    remove_file,
    report,
    save_words,
    send_back,
)
from reports.models import Package, Submission
from reports.tests.city import NOON, moment

pytestmark = pytest.mark.django_db

DUE = date(2022, 6, 30)
PDF = Vetted(b"%PDF-1.4 scan %%EOF", "application/pdf", "盖章.pdf")


@pytest.fixture
def town(city):
    """Every unit takes part; the round ends on 2022-06-30; 市医保局 has a head with the say, 耒阳市 its own office."""
    city.campaign.closes_on = DUE
    city.campaign.save(update_fields=["closes_on"])
    open_milestones(campaign=city.campaign)
    units = (city.root, city.unit, city.other, city.county, city.hall)
    Participation.objects.bulk_create(
        Participation(campaign=city.campaign, organization=unit) for unit in units
    )
    city.chief = city.posting("yibaoju.shouzhang", city.unit, Role.HEAD, rank=Rank.HEAD)
    city.county_chief = city.posting("leiyang.fuzeren", city.county, Role.HEAD, Reach.SUBTREE)
    city.county_office = city.posting("leiyang.shengaiban", city.county, Role.REFORM_OFFICE, Reach.SUBTREE)
    city.inspector = city.posting("duchashi", city.root, Role.INSPECTOR, Reach.SUBTREE)
    city.calendar = load_calendar()
    open_submissions(campaign=city.campaign, calendar=city.calendar)
    return city


def of(unit) -> Submission:
    return Submission.objects.select_related("organization", "campaign", "deadline").get(organization=unit)


def handed_in(town, unit=None, by=None, now=NOON) -> Submission:
    return report(submission=of(unit or town.unit), by=by or town.chief, now=now)


def returned(town, now=NOON, reason="问题清单没有盖章。") -> Submission:
    return send_back(submission=of(town.unit), reason=reason, by=town.office, now=now, calendar=town.calendar)


# — opened —


def test_every_participating_unit_but_the_city_itself_has_one_with_its_clock(town):
    rows = {row.organization_id: row for row in Submission.objects.select_related("deadline")}
    assert set(rows) == {town.unit.pk, town.other.pk, town.county.pk, town.hall.pk}
    for row in rows.values():
        assert (row.state, row.deadline.kind, row.deadline.due_on) == ("DRAFT", "SUBMISSION", DUE)
        assert row.deadline.link == row.get_absolute_url()


def test_opening_again_adds_only_what_is_missing(town):
    assert open_missing_submissions() == 0
    late = town._unit("430400-040", "衡阳市水利局", "市水利局", "CITY_DEPARTMENT", town.root)
    Participation.objects.create(campaign=town.campaign, organization=late)
    assert open_missing_submissions() == 1
    assert of(late).deadline.due_on == DUE


def test_a_moved_node_moves_the_clocks_and_the_ones_opened_later(town):
    node = town.campaign.milestones.get(key="report")
    move_milestone(
        milestone=node,
        due_on=date(2022, 7, 8),
        reason="疫情影响",
        by=town.office,
        now=NOON,
        calendar=town.calendar,
    )
    assert set(Deadline.objects.filter(kind="SUBMISSION").values_list("due_on", flat=True)) == {
        date(2022, 7, 8)
    }


# — drafted and reported —


def test_the_head_reports_and_the_package_is_frozen(town):
    save_words(
        submission=of(town.unit), plan="衡医保发1号", words="复盘", files=[PDF], by=town.clerk, now=NOON
    )
    row = handed_in(town)
    entry = row.entries.get()
    assert (row.state, row.is_late, row.submitted_by) == ("SUBMITTED", False, town.chief.person.user)
    assert row.package == Package.objects.get(organization=town.unit)
    assert not of(town.unit).deadline.is_open
    assert entry.package_id == row.package_id
    assert entry.content["words"] == "复盘"
    assert [file["name"] for file in entry.content["files"]] == ["盖章.pdf"]
    assert Notice.objects.filter(recipient=town.office.person.user, kind="SUBMISSION").count() == 1
    assert AuditEvent.objects.filter(verb="上报总结材料").count() == 1


def test_what_was_reported_is_shut(town):
    handed_in(town)
    with pytest.raises(Changed, match="不能再修改"):
        save_words(submission=of(town.unit), plan="", words="改", files=[], by=town.clerk, now=NOON)
    with pytest.raises(Changed, match="不能再修改"):
        handed_in(town)


def test_the_same_scan_is_kept_once_and_can_be_taken_out(town):
    given = {"submission": of(town.unit), "plan": "", "words": "", "by": town.clerk, "now": NOON}
    save_words(files=[PDF, PDF], **given)
    save_words(files=[PDF], **given)
    assert StoredFile.objects.filter(sha256=sha256(PDF.content).hexdigest()).count() == 1, (
        "no copy is left in the store"
    )
    (file,) = of(town.unit).files.all()
    remove_file(submission=of(town.unit), file=file, by=town.clerk, now=NOON)
    assert not of(town.unit).files.exists()


@pytest.mark.parametrize("who", ["clerk", "other_clerk", "office", "county_chief", "inspector"])
def test_nobody_else_reports(town, who):
    with pytest.raises(NotAllowed):
        handed_in(town, by=getattr(town, who))
    assert of(town.unit).state == "DRAFT"


@pytest.mark.parametrize("who", ["other_clerk", "office", "county_chief", "inspector"])
def test_nobody_else_drafts(town, who):
    with pytest.raises(NotAllowed):
        save_words(submission=of(town.unit), plan="", words="", files=[], by=getattr(town, who), now=NOON)


def test_late_once_is_late_for_ever(town):
    late = moment(DUE + timedelta(days=1))
    assert handed_in(town, now=late).is_late
    returned(town, now=late)
    again = handed_in(town, now=late)
    assert again.is_late
    assert [entry.is_late for entry in again.entries.order_by("pk")] == [True, False, False]


def test_on_the_last_day_it_is_in_time(town):
    assert not handed_in(town, now=moment(DUE)).is_late


# — received or returned —


def test_the_office_receives(town):
    handed_in(town)
    row = accept(submission=of(town.unit), by=town.office, now=NOON)
    assert (row.state, row.decided_by) == ("ACCEPTED", town.office.person.user)
    with pytest.raises(Changed, match="已接收"):
        accept(submission=of(town.unit), by=town.office, now=NOON)


def test_a_return_needs_its_reason_and_starts_the_clock_again(town):
    handed_in(town)
    with pytest.raises(NotAllowed, match="退回原因"):
        returned(town, reason="  ")
    row = returned(town)
    clock = of(town.unit).deadline
    assert (row.state, row.reason) == ("RETURNED", "问题清单没有盖章。")
    assert (clock.is_open, clock.due_on, clock.round) == (True, DUE, 2)
    assert Notice.objects.filter(recipient=town.chief.person.user, kind="SUBMISSION").exists()


def test_after_a_late_return_three_working_days_are_given(town):
    """Returned on Friday 2022-07-01: Monday, Tuesday, Wednesday."""
    handed_in(town, now=moment(DUE))
    returned(town, now=moment(date(2022, 7, 1)))
    assert of(town.unit).deadline.due_on == date(2022, 7, 6)


@pytest.mark.parametrize("who", ["clerk", "chief", "county_office", "inspector", "admin"])
def test_nobody_else_receives_a_departments_report(town, who):
    handed_in(town)
    with pytest.raises(NotAllowed):
        accept(submission=of(town.unit), by=getattr(town, who), now=NOON)


def test_a_county_collects_its_departments_and_reports_to_the_city(town):
    hall_chief = town.posting("leiyang.zhuren", town.hall, Role.HEAD)
    handed_in(town, town.hall, hall_chief)
    assert accept(submission=of(town.hall), by=town.county_office, now=NOON).state == "ACCEPTED"
    handed_in(town, town.county, town.county_chief)
    with pytest.raises(NotAllowed, match="市审改办"):
        accept(submission=of(town.county), by=town.county_office, now=NOON)
    assert Notice.objects.filter(recipient=town.office.person.user, kind="SUBMISSION").exists()
    assert accept(submission=of(town.county), by=town.office, now=NOON).state == "ACCEPTED"


def test_the_offices_own_unit_is_received_by_the_inspector(town):
    town.office.person.organization = town.unit
    town.office.person.save(update_fields=["organization"])
    handed_in(town)
    with pytest.raises(NotAllowed, match="本单位"):
        accept(submission=of(town.unit), by=town.office, now=NOON)
    assert accept(submission=of(town.unit), by=town.inspector, now=NOON).state == "ACCEPTED"


# — pages —


def page(client, posting, path, **data):
    client.force_login(posting.person.user)
    return client.post(path, data) if data else client.get(path)


def test_the_board_shows_who_has_and_who_has_not(client, town):
    handed_in(town)
    answer = page(client, town.office, reverse("submission_list")).content.decode()
    assert "共 4 条" in answer
    assert "138****1234" in answer
    assert "13800001234" not in answer
    for query, count in {"reported=已报": 1, "reported=未报": 3, "state=已上报": 1, "q=人社": 1}.items():
        assert (
            f"共 {count} 条"
            in page(client, town.office, f"{reverse('submission_list')}?{query}").content.decode()
        )


def test_a_unit_sees_its_own_only(client, town):
    assert page(client, town.clerk, of(town.unit).get_absolute_url()).status_code == 200
    assert page(client, town.other_clerk, of(town.unit).get_absolute_url()).status_code == 404
    assert "共 1 条" in page(client, town.clerk, reverse("submission_list")).content.decode()


def test_from_the_draft_to_the_receipt_on_the_page(client, town):
    path = of(town.unit).get_absolute_url()
    scan = SimpleUploadedFile("清单.pdf", b"%PDF-1.4 x %%EOF", content_type="application/pdf")
    assert "保存并上报" not in page(client, town.clerk, path).content.decode()
    assert page(client, town.clerk, path, deed="save", words="复盘", files=scan).status_code == 302
    file = of(town.unit).files.get()
    assert page(client, town.chief, path, deed="report", words="复盘", plan="").status_code == 302
    assert page(client, town.chief, path, deed="report", words="再改").status_code == 409
    decide = reverse("submission_decide", args=[of(town.unit).pk])
    empty = page(client, town.office, decide, deed="return", reason="")
    assert (empty.status_code, "请写明退回原因" in empty.content.decode()) == (422, True)
    assert page(client, town.clerk, decide, deed="accept").status_code == 403
    assert page(client, town.office, decide, deed="accept").status_code == 302
    assert page(client, town.office, decide, deed="accept").status_code == 409
    scan = page(client, town.clerk, reverse("submission_file", args=[of(town.unit).pk, file.pk]))
    assert b"".join(scan.streaming_content) == b"%PDF-1.4 x %%EOF"
    remove = reverse("submission_file_remove", args=[of(town.unit).pk, file.pk])
    assert page(client, town.clerk, remove, deed="x").status_code == 409


def test_a_file_that_is_no_scan_is_refused_and_the_words_stay(client, town):
    bad = SimpleUploadedFile("x.exe", b"MZ\x00\x01")
    answer = page(
        client, town.clerk, of(town.unit).get_absolute_url(), deed="save", words="写了很久", files=bad
    )
    assert answer.status_code == 422
    assert "写了很久" in answer.content.decode()


def test_the_county_page_lists_its_departments(client, town):
    answer = page(client, town.county_chief, of(town.county).get_absolute_url()).content.decode()
    assert "共 1 个单位，已接收 0 个" in answer
    assert "耒阳政务中心" in answer


def test_the_desk_reminds_until_it_is_reported(client, town):
    assert "本单位还没有上报" in page(client, town.chief, "/").content.decode()
    handed_in(town)
    assert "本单位还没有上报" not in page(client, town.chief, "/").content.decode()
    office = page(client, town.office, "/")
    assert ("总结材料待接收", 1) in [(card.label, card.number) for card in office.context["desk"].cards]
    assert "接收总结材料" in office.content.decode()


def test_one_row_or_six_cost_the_same(client, town):
    client.force_login(town.office.person.user)
    path = reverse("submission_list")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(path)
        return len(caught)

    client.get(path)
    few = asked()
    for number in range(41, 45):
        unit = town._unit(
            f"430400-0{number}",
            f"衡阳市第{number}局",
            f"{number}局",
            OrganizationKind.CITY_DEPARTMENT,
            town.root,
        )
        Participation.objects.create(campaign=town.campaign, organization=unit)
    open_missing_submissions()
    assert asked() == few
