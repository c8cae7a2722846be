"""The package as a job: one at a time, cancelled, begun again, lost with its worker, mailed; scans beside it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from campaigns.ground import jobs
from campaigns.ground.jobs import Job, JobState, reap, run
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import AuditEvent
from reports import package
from reports.actions.packages import again_package, ask_for_package, cancel_package
from reports.actions.submissions import accept
from reports.models import Package
from reports.package import LISTS
from reports.package_books import statistics_book
from reports.tests.city import NOON, ON
from reports.tests.test_submissions import handed_in, returned, town

pytestmark = pytest.mark.django_db
__all__ = ["town"]


def ask(city, organization=None, by=None, **changed) -> Job:
    given = {"organization": organization or city.unit, "campaign": city.campaign, "on": ON}
    return ask_for_package(**given, by=by or city.clerk, now=NOON, **changed)


def state(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def test_one_at_a_time_for_a_unit_whoever_asks(stocked):
    first = ask(stocked)
    for by in (stocked.clerk, stocked.office):
        with pytest.raises(NotAllowed, match="市医保局的材料包正在生成"):
            ask(stocked, by=by)
    ask(stocked, stocked.other, by=stocked.office)
    run(job_id=first.pk, now=NOON)
    assert state(first) == JobState.DONE
    assert ask(stocked).pk != first.pk


def test_cancelled_it_keeps_nothing_and_one_click_starts_it_again(stocked):
    job = ask(stocked)
    cancel_package(job=job, now=NOON)
    run(job_id=job.pk, now=NOON)
    assert (state(job), Package.objects.count()) == (JobState.CANCELLED, 0)
    with pytest.raises(Changed, match="已经结束"):
        cancel_package(job=job, now=NOON)
    again_package(job=job, by=stocked.clerk, now=NOON)
    run(job_id=job.pk, now=NOON)
    assert (state(job), Package.objects.count()) == (JobState.DONE, 1)
    with pytest.raises(Changed, match="不需要重新生成"):
        again_package(job=job, by=stocked.clerk, now=NOON)


def test_begun_again_only_while_no_other_is_under_way(stocked):
    old = ask(stocked)
    cancel_package(job=old, now=NOON)
    ask(stocked)
    with pytest.raises(NotAllowed, match="正在生成"):
        again_package(job=old, by=stocked.clerk, now=NOON)


def test_a_killed_worker_costs_only_time(stocked, settings):
    job = ask(stocked)
    assert jobs.claim(job_id=job.pk, now=NOON), "a worker takes it and is killed"
    Job.objects.filter(pk=job.pk).update(
        heartbeat_at=NOON - timedelta(seconds=settings.JOB_STALE_SECONDS + 1)
    )
    assert reap(now=NOON)["lost"] == 1
    run(job_id=job.pk, now=NOON)
    assert (state(job), Package.objects.count()) == (JobState.DONE, 1)


def test_the_page_says_busy_cancels_and_starts_again(stocked, client):
    client.force_login(stocked.clerk.person.user)
    form = {"organization": stocked.unit.pk, "on": "2022-06-20"}
    assert client.post(reverse("package_list"), form).status_code == 302
    busy = client.post(reverse("package_list"), form)
    assert busy.status_code == 409
    assert "材料包正在生成" in busy.content.decode()
    job = Job.objects.get(kind="package")
    assert "取消" in client.get(reverse("package_jobs")).content.decode()
    assert client.post(reverse("package_cancel", args=[job.pk])).status_code == 302
    assert "重新生成" in client.get(reverse("package_jobs")).content.decode()
    assert client.post(reverse("package_again", args=[job.pk])).status_code == 302
    assert state(job) == JobState.QUEUED
    client.force_login(stocked.office.person.user)
    assert client.post(reverse("package_cancel", args=[job.pk])).status_code == 404


def test_with_files_is_asked_and_told(stocked, client):
    client.force_login(stocked.clerk.person.user)
    form = {"organization": stocked.unit.pk, "on": "2022-06-20", "with_files": "on"}
    client.post(reverse("package_list"), form)
    run(job_id=Job.objects.get(kind="package").pk, now=NOON)
    assert Package.objects.get().manifest["with_files"] is True


def test_scans_are_added_beside_the_package(stocked, client):
    run(job_id=ask(stocked).pk, now=NOON)
    package = Package.objects.get()
    client.force_login(stocked.clerk.person.user)
    scan = SimpleUploadedFile("盖章.pdf", b"%PDF-1.4 scan %%EOF", "application/pdf")
    assert client.post(reverse("package_scans", args=[package.pk]), {"files": [scan]}).status_code == 302
    again = SimpleUploadedFile("再传一次.pdf", b"%PDF-1.4 scan %%EOF", "application/pdf")
    client.post(reverse("package_scans", args=[package.pk]), {"files": [again]})
    kept = package.scans.get()
    page = client.get(package.get_absolute_url()).content.decode()
    assert "盖章.pdf" in page
    assert b"".join(
        client.get(reverse("package_scan", args=[package.pk, kept.pk])).streaming_content
    ).startswith(b"%PDF")
    assert client.post(reverse("package_scans", args=[package.pk]), {}).status_code == 422
    assert AuditEvent.objects.filter(verb="上传材料包扫描件").count() == 2
    client.force_login(stocked.other_clerk.person.user)
    assert client.get(reverse("package_scan", args=[package.pk, kept.pk])).status_code == 404


def test_a_reported_package_is_mailed_where_an_address_is_set(town, settings):
    settings.PACKAGE_MAILBOX = "shengaiban@example.invalid"
    package = handed_in(town).package
    job = Job.objects.get(kind="package_mail")
    run(job_id=job.pk, now=NOON)
    assert state(job) == JobState.DONE
    sent = mail.outbox[-1]
    assert sent.to == ["shengaiban@example.invalid"]
    assert package.file.sha256 in sent.body
    assert sent.attachments[0].filename == package.file.name
    returned(town)
    handed_in(town)
    assert Job.objects.filter(kind="package_mail").count() == 1, "the same package isn't sent twice"


def test_without_an_address_nothing_is_mailed(town):
    accept(submission=handed_in(town), by=town.office, now=NOON)
    assert not Job.objects.filter(kind="package_mail").exists()


@pytest.mark.django_db(transaction=True)
def test_its_progress_is_seen_while_it_reads_and_a_cancel_stops_it(city, monkeypatch):
    """The papers are read in one transaction; what is told of them goes over a connection of its own."""
    city.stock()
    job, seen = ask(city), []

    def cancelled_meanwhile(name, scope):
        seen.append(Job.objects.values_list("done", "message").get(pk=job.pk))
        with ThreadPoolExecutor(max_workers=1) as another:
            another.submit(_cancel_from_elsewhere, job.pk).result()
        return statistics_book(name, scope)

    monkeypatch.setattr(package, "statistics_book", cancelled_meanwhile)
    run(job_id=job.pk, now=NOON)
    assert seen == [(0, f"正在生成{LISTS}")], (
        "one moment: the reader doesn't see what others write after it began"
    )
    assert (state(job), Package.objects.count()) == (JobState.CANCELLED, 0)
    assert Job.objects.get(pk=job.pk).done == 2, "the two books before it had been told"


def _cancel_from_elsewhere(job_id: int) -> None:
    try:
        assert jobs.cancel(job_id=job_id, now=NOON)
    finally:
        connection.close()
