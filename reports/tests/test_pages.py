"""总览 and 总结材料包: what a role sees, what a stranger does not, the job from button to download, query counts."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import Reach, Role
from campaigns.ground.jobs import Job, JobState, run
from campaigns.models import AuditEvent, Campaign
from campaigns.tests.factories import make_campaign
from reports.models import Package
from reports.package import STAGES
from reports.tests.city import NOON


@pytest.fixture
def clerk(stocked, client):
    client.force_login(stocked.clerk.person.user)
    return client


def text(answer) -> str:
    return answer.content.decode()


def build(client, organization, on="2022-06-20"):
    answer = client.post(reverse("package_list"), {"organization": organization.pk, "on": on})
    job = Job.objects.filter(kind="package").order_by("-pk").first()
    return answer, job


def test_overview_shows_figures_that_lead_to_their_lists(clerk):
    page = text(clerk.get(reverse("report_overview")))
    assert "体验覆盖率" in page
    assert reverse("problem_list") in page
    assert "light=%E7%BA%A2" in page  # 红
    assert "统计口径" in page


def test_overview_without_a_campaign_says_so(stocked, clerk):
    Campaign.objects.update(state="DRAFT")
    assert "没有进行中的行动" in text(clerk.get(reverse("report_overview")))


def test_overview_shows_the_last_round_when_none_is_running(stocked, clerk):
    Campaign.objects.update(state="CLOSED")
    page = text(clerk.get(reverse("report_overview")))
    assert "体验覆盖率" in page
    assert "（已结束）" in page


def test_overview_of_a_round_by_its_code_leads_to_the_others(stocked, clerk):
    later = make_campaign("2023", name="第二轮行动", opens_on=date(2023, 4, 19), closes_on=date(2023, 6, 30))
    page = text(clerk.get(reverse("report_overview")))
    assert "第二轮行动（进行中）" in page
    assert f"?campaign={stocked.campaign.code}" in page
    page = text(clerk.get(reverse("report_overview"), {"campaign": stocked.campaign.code}))
    assert f"{stocked.campaign.name}（进行中）" in page
    assert f"?campaign={later.code}" in page


def test_a_package_of_an_earlier_round_is_asked_for_from_its_page(stocked, clerk):
    make_campaign("2023", name="第二轮行动", opens_on=date(2023, 4, 19), closes_on=date(2023, 6, 30))
    Campaign.objects.filter(pk=stocked.campaign.pk).update(state="CLOSED")
    address = f"{reverse('package_list')}?campaign={stocked.campaign.code}"
    page = text(clerk.get(address))
    assert f"{stocked.campaign.name}（已结束）" in page
    assert "先看文字" not in page, "the desk of papers opens the running round's"
    assert "先看文字" in text(clerk.get(reverse("package_list")))
    clerk.post(address, {"organization": stocked.unit.pk, "on": "2022-06-20"})
    assert Job.objects.get(kind="package").arguments["campaign"] == stocked.campaign.pk


def test_overview_is_for_those_who_read_the_ledger(stocked, client):
    client.force_login(stocked.admin.person.user)
    assert client.get(reverse("report_overview")).status_code == 403


def test_overview_asks_the_same_number_of_queries(stocked, clerk):
    clerk.get(reverse("report_overview"))
    with CaptureQueriesContext(connection) as few:
        clerk.get(reverse("report_overview"))
    for _ in range(5):
        stocked.item(stocked.problem())
    with CaptureQueriesContext(connection) as many:
        clerk.get(reverse("report_overview"))
    assert len(few) == len(many)


def test_from_button_to_download(stocked, clerk):
    answer, job = build(clerk, stocked.unit)
    assert answer.status_code == 302
    assert "every 2s" in text(clerk.get(reverse("package_jobs")))
    run(job_id=job.pk, now=NOON)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, STAGES, STAGES)
    package = Package.objects.get()
    assert job.result["package"] == package.pk
    assert (package.organization, package.built_by) == (stocked.unit, stocked.clerk.person.user)
    page = text(clerk.get(reverse("package_list")))
    assert package.get_absolute_url() in page
    assert "every 2s" not in page
    assert package.file.sha256 in text(clerk.get(package.get_absolute_url()))
    download = clerk.get(reverse("package_download", args=[package.pk]))
    assert b"".join(download.streaming_content)[:2] == b"PK"
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["生成总结材料包", "下载总结材料包"]


def test_built_again_from_unchanged_rows_it_is_the_same_package(stocked, clerk):
    for _ in range(2):
        _answer, job = build(clerk, stocked.unit)
        run(job_id=job.pk, now=NOON)
    assert Package.objects.count() == 1
    stocked.problem()
    _answer, job = build(clerk, stocked.unit)
    run(job_id=job.pk, now=NOON)
    assert Package.objects.count() == 2


def test_a_unit_is_offered_and_builds_only_itself(stocked, clerk):
    answer, job = build(clerk, stocked.other)
    assert answer.status_code == 422
    assert job is None
    assert "请从给出的" in text(answer) or "选择一个有效" in text(answer)


def test_the_office_builds_for_its_reach(stocked, client):
    client.force_login(stocked.office.person.user)
    _answer, job = build(client, stocked.other)
    run(job_id=job.pk, now=NOON)
    package = Package.objects.get()
    assert (package.organization, package.manifest["reach"]) == (stocked.other, "本级及下级")


def test_own_reach_is_kept_so_that_rows_equal_the_lists(stocked, client):
    county = stocked.posting("leiyang.ben", stocked.county, Role.REPORTER, Reach.OWN)
    client.force_login(county.person.user)
    _answer, job = build(client, stocked.county)
    run(job_id=job.pk, now=NOON)
    assert Package.objects.get().manifest["reach"] == "本单位"


def test_a_strangers_package_is_not_found(stocked, clerk, client):
    _answer, job = build(clerk, stocked.unit)
    run(job_id=job.pk, now=NOON)
    package = Package.objects.get()
    client.force_login(stocked.other_clerk.person.user)
    assert client.get(package.get_absolute_url()).status_code == 404
    assert client.get(reverse("package_download", args=[package.pk])).status_code == 404


def test_a_failed_job_says_why(stocked, clerk):
    _answer, job = build(clerk, stocked.unit)
    stocked.clerk.ended_on = "2022-06-01"
    stocked.clerk.save()
    run(job_id=job.pk, now=NOON)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "已经停用" in job.error
