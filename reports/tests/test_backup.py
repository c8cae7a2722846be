"""backup and restore: the same rows and files on either database, or a sentence and nothing written (contract §2)."""

import json
import stat
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from campaigns.ground import audit, audit_triggers
from campaigns.ground.files import store_bytes
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization, Person, User, Workday
from issues.models import LedgerItem
from reports.actions.backups import restore
from reports.backup import MANIFEST, kept_models, write_archive
from reports.tests.city import NOON

pytestmark = pytest.mark.django_db


def cipher_of(person: Person) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM campaigns_person WHERE id = %s", [person.pk])
        return cursor.fetchone()[0]


def emptied() -> None:
    """What a new database is like, in this test's transaction."""
    with audit_triggers.dropped():
        for model in kept_models():
            model._base_manager.all()._raw_delete(connection.alias)


@pytest.fixture
def kept(stocked, tmp_path) -> tuple[Path, dict]:
    """A city with a stored file and a sealed log, backed up; the file is then gone from the disk."""
    clerk = stocked.clerk.person.user
    stored = store_bytes(
        content="现场照片".encode(),
        name="照片.txt",
        kind="EVIDENCE",
        content_type="text/plain",
        by=clerk,
        now=NOON,
    )
    audit.record(by=stocked.clerk, verb="上传", subject=stored, now=NOON)
    audit.seal_pending(NOON)
    audit.record(by=None, verb="尚未封存", now=NOON)
    told = write_archive(tmp_path / "a.zip")
    default_storage.delete(stored.file.name)
    return tmp_path / "a.zip", told


def changed(archive: Path, change) -> Path:
    """A copy of the archive whose members went through `change(name, content)` (None drops one)."""
    target = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def test_everything_comes_back_byte_for_byte(stocked, kept, tmp_path):
    archive, told = kept
    person = stocked.head
    before = cipher_of(person)
    items = list(LedgerItem.objects.order_by("pk").values_list("number", "state", "signed_at"))
    emptied()
    assert not Organization.objects.exists()
    assert restore(path=archive) == {
        "files": 2,  # its own and the city's 长效机制
        "rows": told["rows"],
        "sha256": told["sha256"],
        "already": False,
    }
    connection.check_constraints()
    assert cipher_of(person) == before  # never through the clear
    assert "13800001234" not in before
    assert Person.objects.get(pk=person.pk).phone == "13800001234"
    assert list(LedgerItem.objects.order_by("pk").values_list("number", "state", "signed_at")) == items
    assert items
    found = audit.verify()
    assert (found["ok"], found["events"], found["unsealed"]) == (True, 4, 1)
    again = write_archive(tmp_path / "b.zip")
    assert (again["sha256"], again["missing"]) == (told["sha256"], 0)


def test_what_is_added_afterwards_gets_keys_of_its_own(kept):
    emptied()
    restore(path=kept[0])
    last = Workday.objects.order_by("-pk").first().pk
    assert Workday.objects.create(date="2031-01-01", kind="REST").pk > last


def test_a_second_time_finds_its_own_work(kept):
    archive, told = kept
    emptied()
    restore(path=archive)
    assert restore(path=archive) == {
        "files": 2,  # its own and the city's 长效机制
        "rows": told["rows"],
        "sha256": told["sha256"],
        "already": True,
    }


def test_other_data_are_never_overwritten(kept):
    archive, _ = kept
    User.objects.create(username="later")
    with pytest.raises(NotAllowed, match="数据库里已有数据"):
        restore(path=archive)
    assert User.objects.filter(username="later").exists()


def _flip(name, content):
    if name == "rows/campaigns.organization.jsonl":
        return content.replace("市医保局".encode(), "市人社局".encode())
    return content


def _cut_line(name, content):
    return content[: content.index(b"\n") + 1] if name == "rows/issues.problem.jsonl" else content


def _drop_file(name, content):
    return None if name.startswith("files/") else content


def _drop_manifest(name, content):
    return None if name == MANIFEST else content


def _spoil_file(name, content):
    return b"x" if name.startswith("files/") else content


def _old_version(name, content):
    return content.replace(b"0001_initial", b"0000_before") if name == MANIFEST else content


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_flip, "已损坏"),
        (_cut_line, "已损坏"),
        (_drop_file, "已损坏"),
        (_spoil_file, "已损坏"),
        (_drop_manifest, "不是本系统的备份"),
        (_old_version, "另一个版本"),
    ],
)
def test_a_damaged_archive_is_refused_and_nothing_written(kept, change, sentence):
    spoilt = changed(kept[0], change)
    emptied()
    with pytest.raises(NotAllowed, match=sentence):
        restore(path=spoilt)
    assert not Organization.objects.exists()


@pytest.mark.parametrize("length", [0, 100, 5000])
def test_half_a_file_is_refused(kept, tmp_path, length):
    half = tmp_path / "half.zip"
    half.write_bytes(kept[0].read_bytes()[:length])
    emptied()
    with pytest.raises(NotAllowed, match="已损坏"):
        restore(path=half)


def test_a_flipped_bit_is_refused(kept, tmp_path):
    content = bytearray(kept[0].read_bytes())
    content[len(content) // 3] ^= 0xFF
    (tmp_path / "bit.zip").write_bytes(bytes(content))
    emptied()
    with pytest.raises(NotAllowed, match="已损坏"):
        restore(path=tmp_path / "bit.zip")


def test_other_keys_are_found_out_before_anything_is_written(kept, settings):
    emptied()
    mine = settings.FIELD_KEYS
    settings.FIELD_KEYS = ["another-key-another-key-another-key-1"]
    with pytest.raises(NotAllowed, match="FIELD_KEYS 与备份时不同"):
        restore(path=kept[0])
    assert not Organization.objects.exists()
    settings.FIELD_KEYS = ["a-newer-key-a-newer-key-a-newer-key-1", *mine]
    assert restore(path=kept[0])["already"] is False


def test_a_newer_key_left_out_is_found_out(stocked, tmp_path, settings):
    mine = settings.FIELD_KEYS
    settings.FIELD_KEYS = ["a-newer-key-a-newer-key-a-newer-key-1", *mine]
    stocked.person("later", stocked.unit, "STAFF")
    write_archive(tmp_path / "a.zip")
    emptied()
    settings.FIELD_KEYS = mine
    with pytest.raises(NotAllowed, match="包括旧密钥"):
        restore(path=tmp_path / "a.zip")


def test_every_table_is_kept_but_the_frame_s_own():
    ours = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ("campaigns", "issues", "reports")
    }
    assert ours - {model._meta.label for model in kept_models()} == {
        "campaigns.User_groups",
        "campaigns.User_user_permissions",
    }


def test_missing_files_are_counted(kept, tmp_path):
    assert write_archive(tmp_path / "c.zip")["missing"] == 1


def test_only_its_owner_reads_the_archive(kept):
    archive, _ = kept
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == ["a.zip"]


def answer(*arguments) -> tuple[dict, int]:
    out, code = StringIO(), 0
    try:
        call_command(*arguments, "--json", stdout=out, stderr=StringIO())
    except SystemExit as stopped:
        code = stopped.code
    return json.loads(out.getvalue().splitlines()[-1]), code


def test_commands(stocked, tmp_path):
    file = tmp_path / "new" / "a.zip"
    told, code = answer("backup", "--out", str(file))
    assert code == 0
    assert {"files", "rows", "sha256"} <= set(told)
    back, code = answer("restore", str(file))
    assert code == 0
    assert (back["files"], back["rows"], back["sha256"]) == (told["files"], told["rows"], told["sha256"])
    stocked.person("later", stocked.unit, "STAFF")
    refused, code = answer("restore", str(file))
    assert code == 1
    assert "已有数据" in refused["error"]
    refused, code = answer("restore", str(tmp_path / "nowhere.zip"))
    assert code == 1
    assert "找不到备份文件" in refused["error"]
    refused, code = answer("backup", "--out", str(tmp_path))
    assert code == 1
    assert "不能写入" in refused["error"]
