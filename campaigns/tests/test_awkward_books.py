"""Every workbook of the corpus: read as its sender meant it, or told by cell, or refused with one sentence."""

import pytest

from campaigns.actions.imports import IMPORTERS, dry_run
from campaigns.ground.audit import AuditEvent
from campaigns.ground.sheets.vet import BadFile
from campaigns.models import ImportRun, Person, Posting
from campaigns.tests.awkward_books import READ
from campaigns.tests.awkward_refusals import REFUSED, REJECTED
from campaigns.tests.factories import make_unit
from campaigns.tests.importing import load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def units():
    city = make_unit("430400", name="衡阳市人民政府", short_name="市政府")
    county = make_unit("430481", parent=city, name="耒阳市人民政府")
    make_unit("430400-031", parent=city, name="衡阳市医疗保障局", short_name="市医保局")
    make_unit("430400-900", parent=city, name="衡阳市政务(服务)中心")
    make_unit("430400-015", parent=city, name="财政局")
    make_unit("430481-015", parent=county, name="财政局")


def test_the_corpus_is_large_enough():
    assert len(READ) + len(REJECTED) + len(REFUSED) >= 100


@pytest.mark.parametrize("name", READ)
def test_read_as_it_was_meant(name):
    build, expected = READ[name]
    run = load("people", build())
    assert (run.errors, run.counts["created"]) == ([], 1)
    person = Person.objects.exclude(code__startswith="SYS").select_related("organization", "user").get()
    found = {
        "code": person.code,
        "name": person.name,
        "unit": person.organization.code,
        "title": person.title,
        "rank": person.rank,
        "phone": person.phone,
        "appointed_on": person.appointed_on,
        "is_obligated": person.is_obligated,
        "login": person.user.username if person.user else "",
        "roles": set(Posting.objects.filter(person=person).values_list("role", flat=True)),
    }
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("name", REJECTED)
def test_every_fault_is_told_at_its_cell_and_nothing_is_written(name):
    build, expected = REJECTED[name]
    run = load("people", build())
    assert [error["cell"] for error in run.errors] == [cell for cell, _ in expected]
    for error, (_, words) in zip(run.errors, expected, strict=True):
        assert words in error["message"]
    assert not Person.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_harm_is_one_sentence(name):
    build, words = REFUSED[name]
    with pytest.raises(BadFile, match=words) as refusal:
        load("people", build())
    assert str(refusal.value).endswith(("。", "."))
    assert not ImportRun.objects.exists()
    with pytest.raises(BadFile, match=words):
        dry_run(importer=IMPORTERS["people"], content=build(), mode="update")
