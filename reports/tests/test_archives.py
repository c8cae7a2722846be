"""移交归档: the whole campaign in one zip; its manifest tells the truth; only two roles take it."""

import hashlib
import io
import json
import zipfile

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.enums import Role
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.jobs import Job, JobState, run
from campaigns.ground.refusal import NotAllowed
from campaigns.models import AuditEvent, StoredFile
from reports.actions.archives import ask_for_archive, write_archive
from reports.exports import KINDS
from reports.tests.city import NOON, ON


def opened(stored: StoredFile) -> zipfile.ZipFile:
    with stored.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def write(stocked, by=None, *, with_files=False):
    return write_archive(with_files=with_files, on=ON, by=by or stocked.office, now=NOON)


def test_every_kind_is_in_it_and_the_manifest_is_true(stocked):
    stored, rows = write(stocked)
    archive = opened(stored)
    told = json.loads(archive.read("目录.json"))
    assert [entry["kind"] for entry in told["files"]] == list(KINDS)
    assert sum(entry["rows"] for entry in told["files"]) == rows
    for entry in told["files"]:
        content = archive.read(entry["name"])
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert load_workbook(io.BytesIO(content)).active.max_row >= entry["rows"] + 1
    ledger = next(entry for entry in told["files"] if entry["kind"] == "ledger")
    assert ledger["rows"] == 4
    assert told["attachments"] == []


def test_phones_stay_masked(stocked):
    archive = opened(write(stocked)[0])
    name = next(name for name in archive.namelist() if "people" in name)
    page = load_workbook(io.BytesIO(archive.read(name))).active
    place = [cell.value for cell in page[1]].index("手机号码")
    assert {row[place] for row in page.iter_rows(min_row=2, values_only=True)} == {"138****1234"}


def test_files_come_along_on_request(stocked):
    for name in ("照片.jpg", "同一张.jpg"):
        store_bytes(content=b"jpg", name=name, kind=FileKind.EVIDENCE, content_type="x", by=None, now=NOON)
    archive = opened(write(stocked, with_files=True)[0])
    told = json.loads(archive.read("目录.json"))["attachments"]
    photos = [entry for entry in told if entry["file"].endswith(".jpg")]
    assert sorted(entry["file"] for entry in photos) == ["同一张.jpg", "照片.jpg"]
    assert {archive.read(entry["name"]) for entry in photos} == {b"jpg"}
    assert len({entry["name"] for entry in photos}) == 1


def test_a_file_gone_from_the_store_is_told(stocked):
    kept = store_bytes(
        content=b"1", name="a.jpg", kind=FileKind.EVIDENCE, content_type="x", by=None, now=NOON
    )
    kept.file.storage.delete(kept.file.name)
    told = json.loads(opened(write(stocked, with_files=True)[0]).read("目录.json"))["attachments"]
    assert [entry["file"] for entry in told if entry.get("missing")] == ["a.jpg"]


def test_the_same_data_give_the_same_archive(stocked):
    assert write(stocked)[0].sha256 == write(stocked)[0].sha256


def test_it_is_logged(stocked):
    write(stocked)
    assert AuditEvent.objects.get(verb="导出清单").detail["清单"] == "全部数据移交归档"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.REFORM_OFFICE, Role.ADMIN)])
def test_other_roles_take_none(stocked, role):
    with pytest.raises(NotAllowed, match="市审改办或系统管理员"):
        write(stocked, stocked.posting(f"x.{role.lower()}", stocked.root, role))


def test_a_countys_office_takes_none(stocked):
    with pytest.raises(NotAllowed, match="市审改办或系统管理员"):
        write(stocked, stocked.posting("leiyang.shengaiban", stocked.county, Role.REFORM_OFFICE))


def test_from_the_page_to_the_file(stocked, client):
    client.force_login(stocked.admin.person.user)
    assert "移交归档" in client.get(reverse("export_list")).text
    assert client.post(reverse("archive_ask"), {"with_files": "on"}).status_code == 302
    job = Job.objects.get(kind="archive")
    run(job_id=job.pk, now=NOON)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    answer = client.get(reverse("export_download", args=[job.pk]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_a_clerk_is_offered_none(stocked, client):
    client.force_login(stocked.clerk.person.user)
    assert "移交归档" not in client.get(reverse("export_list")).text
    assert client.post(reverse("archive_ask")).status_code == 403


def test_the_job_of_a_posting_that_ended_writes_nothing(stocked):
    job = ask_for_archive(with_files=False, on=ON, by=stocked.office, now=NOON)
    stocked.office.ended_on = "2022-06-01"
    stocked.office.save(update_fields=["ended_on"])
    run(job_id=job.pk, now=NOON)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not StoredFile.objects.filter(kind=FileKind.EXPORT).exists()
