"""A file that somebody has taken from the store is not found, in a sentence, and no download of it is on record."""

import uuid

import pytest

from campaigns.ground.files import FileKind, StoredFile, store_bytes
from campaigns.models import AuditEvent, ImportRun, Job
from issues.models import CollectedFile, Collection
from reports.models import Package
from reports.tests.city import NOON, ON, City

SENTENCE = "文件已不在存放处，请联系系统管理员。"


@pytest.fixture
def city(db) -> City:
    return City()


def lost(kind: str) -> StoredFile:
    """The row of a file whose bytes are gone."""
    stored = store_bytes(content=b"PK", name="表.xlsx", kind=kind, content_type="x", by=None, now=NOON)
    stored.file.storage.delete(stored.file.name)
    return stored


def an_import(city: City) -> str:
    token = uuid.uuid4()
    ImportRun.objects.create(
        token=token,
        kind="people",
        state="REFUSED",
        file=lost(FileKind.IMPORT),
        rejects=lost(FileKind.REJECTS),
        counts=dict.fromkeys(("rows", "created", "updated", "unchanged", "skipped", "rejected"), 1),
        made_by=city.admin.person.user,
        made_at=NOON,
    )
    return f"/imports/{token}"


def an_export(city: City) -> str:
    job = Job.objects.create(
        kind="export",
        state="DONE",
        result={"file": lost(FileKind.EXPORT).pk},
        asked_by=city.office.person.user,
        created_at=NOON,
        finished_at=NOON,
    )
    return f"/exports/{job.pk}/download/"


def a_package(city: City) -> str:
    package = Package.objects.create(
        campaign=city.campaign, organization=city.root, on=ON, file=lost(FileKind.PACKAGE), built_at=NOON
    )
    return f"/reports/packages/{package.pk}/download/"


def a_collected_sheet(city: City, *, returned: bool) -> str:
    heap = Collection.objects.create(
        campaign=city.campaign,
        organization=city.root,
        fingerprint="f",
        made_at=NOON,
        made_by=city.office.person.user,
    )
    sent = CollectedFile.objects.create(
        collection=heap,
        name="表.xlsx",
        file=lost(FileKind.IMPORT),
        returned=lost(FileKind.REJECTS) if returned else None,
    )
    return f"/collect/{heap.pk}/files/{sent.pk}/return/"


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("admin", lambda city: f"{an_import(city)}/original/"),
        ("admin", lambda city: f"{an_import(city)}/rejects/"),
        ("office", an_export),
        ("office", a_package),
        ("office", lambda city: a_collected_sheet(city, returned=True)),
    ],
    ids=["original", "rejects", "export", "package", "returned sheet"],
)
def test_a_file_gone_from_the_store_is_not_found_in_a_sentence(city, client, who, address):
    client.force_login(getattr(city, who).person.user)
    path = address(city)
    answer = client.get(path)
    assert (answer.status_code, SENTENCE in answer.content.decode()) == (404, True)
    assert "身份" not in answer.content.decode().split("<main")[1], "the hint is for those without a right"
    assert not AuditEvent.objects.filter(verb__startswith="下载").exists()


def test_a_collected_sheet_that_was_not_entered_says_so_in_its_return(city, client):
    """Its marked copy is made from what was sent; that being gone, the copy says what to do."""
    client.force_login(city.office.person.user)
    answer = client.get(a_collected_sheet(city, returned=False))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_an_import_whose_file_is_gone_is_refused_in_a_sentence(city, client):
    client.force_login(city.admin.person.user)
    answer = client.post(f"{an_import(city)}/again/", follow=True)
    assert (answer.status_code, SENTENCE in answer.content.decode()) == (200, True)
    assert ImportRun.objects.get().state == "REFUSED"
