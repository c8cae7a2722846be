"""kill −9 in the middle of an import and of an export: nothing or everything, the page says which, one click goes on."""

import io
import time as clock

import pytest
from django.http import QueryDict
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.actions.imports_work import confirm_or_queue, preview_stored, receive_file
from campaigns.enums import Reach, Role
from campaigns.ground import jobs
from campaigns.ground.files import FileKind, StoredFile
from campaigns.ground.jobs import Job, JobState
from campaigns.models import ImportLine, Person
from campaigns.models.imports import ImportState
from campaigns.tests.factories import make_posting, make_unit
from campaigns.tests.importing import table
from hengyang_walkflow.tests.workers import Worker, wait
from issues.actions.imports import IMPORTERS
from reports.actions.exports import ask_for_export

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 600  # above 500 rows the worker writes


@pytest.fixture
def admin():
    return make_posting(make_unit("430400"), Role.ADMIN, "sys.admin", Reach.SUBTREE)


@pytest.fixture
def worker(tmp_path, monkeypatch, settings):
    """Messages go nowhere: the worker that starts asks for what was left, as after any crash."""
    settings.JOB_STALE_SECONDS = 0.6  # as the worker has it
    monkeypatch.setattr(jobs.current_app, "send_task", lambda *_args, **_options: None)
    worker = Worker(tmp_path, "hengyang_walkflow.tests.held_writes")
    yield worker
    worker.kill()


def killed_in_the_middle(worker: Worker, job: Job) -> Job:
    """Start the worker, wait until it has all but committed, kill it. The job as its row stands then."""
    Job.objects.filter(pk=job.pk).update(sent_at=None, attempts=1)  # left over from before
    worker.start()
    wait((worker.folder / "in-the-middle").exists)
    worker.kill()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    (worker.folder / "may-end").touch()
    clock.sleep(0.7)  # the heartbeat goes stale
    return job


def finished(job: Job) -> Job:
    wait(lambda: Job.objects.get(pk=job.pk).is_finished)
    job.refresh_from_db()
    return job


def roster() -> bytes:
    told = {"单位编码": "430400", "职务": "科员", "身份": "工作人员"}
    return table(*({"人员编号": f"N{n}", "姓名": f"王{n}", **told} for n in range(PEOPLE)))


def test_an_import_killed_in_the_middle_has_written_nothing_and_one_click_writes_all(worker, admin, client):
    now = timezone.now()
    about = {"importer": IMPORTERS["people"], "by": admin, "now": now}
    run = receive_file(content=roster(), name="人员.xlsx", mode="stop", **about)
    run = preview_stored(importer=IMPORTERS["people"], run=run, now=now)
    run = confirm_or_queue(run=run, **about)
    assert run.state == ImportState.WRITING
    before = Person.objects.count()

    job = killed_in_the_middle(worker, run.job)
    run.refresh_from_db()
    assert (Person.objects.count(), run.state) == (before, ImportState.WRITING)
    client.force_login(admin.person.user)
    assert "全部写完才生效，中途停下就什么都不写入。" in client.get(f"/imports/{run.token}/").text

    Job.objects.filter(pk=job.pk).update(attempts=jobs.MAX_ATTEMPTS)
    assert jobs.reap(now=timezone.now())["failed"] == 1
    page = client.get(f"/imports/{run.token}/").text
    assert "没有写入任何内容。" in page
    assert "重新开始" in page
    client.post(f"/imports/{run.token}/restart/")
    worker.start()
    assert finished(job).state == JobState.DONE
    run.refresh_from_db()
    assert (run.state, Person.objects.count()) == (ImportState.DONE, before + PEOPLE)
    assert ImportLine.objects.filter(run=run).count() == PEOPLE
    assert f"{PEOPLE}" in client.get(f"/imports/{run.token}/").text


def test_an_export_killed_in_the_middle_leaves_no_file_and_goes_on_by_itself(worker, admin, client):
    on = timezone.localdate()
    job = ask_for_export(
        kind="organizations", query=QueryDict(), on=on, by=admin, now=timezone.now(), form="xlsx"
    )
    killed_in_the_middle(worker, job)
    exports = StoredFile.objects.filter(kind=FileKind.EXPORT)
    assert not exports.exists()
    client.force_login(admin.person.user)
    page = client.get("/exports/").text
    assert "执行中" in page
    assert "下载 单位" not in page

    worker.start()
    job = finished(job)
    assert (job.state, exports.count(), job.result["rows"]) == (JobState.DONE, 1, 1)
    answer = client.get(f"/exports/{job.pk}/download/")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.worksheets[0].max_row == 2
