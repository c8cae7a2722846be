"""Evidence over HTTP: how it is taken, kept and handed out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import WalkSession
from campaigns.tests.factories import (
    at,
    make_session,
)
from campaigns.tests.test_uploads import picture

pytestmark = pytest.mark.django_db


def test_files_come_with_the_page_and_are_served_with_care(as_, reporter, campaign, sheet):
    files = [
        SimpleUploadedFile("现场 照片.jpg", picture("JPEG")),
        SimpleUploadedFile("记录.txt", "排队一小时".encode()),
    ]
    client = as_(reporter)
    client.post("/walks/new/?mode=亲身办", sheet(files=files))
    photo, note = WalkSession.objects.get().evidence.order_by("pk")
    answer = client.get(f"/files/evidence/{photo.pk}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''%E7%8E%B0")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    answer = client.get(f"/files/evidence/{note.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).decode() == "排队一小时"


def test_a_refused_file_is_said_and_nothing_is_written(as_, reporter, campaign, sheet):
    files = [SimpleUploadedFile("图.svg", b"<svg/>"), SimpleUploadedFile("a.exe", b"MZ")]
    answer = as_(reporter).post("/walks/new/?mode=亲身办", sheet(files=files))
    words = answer.content.decode()
    assert "不能上传“图.svg”" in words
    assert "不能上传“a.exe”" in words
    assert not WalkSession.objects.exists()


def test_the_same_file_is_kept_once_and_none_after_confirmation(as_, reporter, campaign, bureau, matter):
    session = make_session(campaign, bureau, matter=matter)
    client = as_(reporter)

    def send():
        return client.post(
            f"/walks/{session.pk}/evidence/",
            {"files": SimpleUploadedFile("a.png", picture("PNG")), "caption": "大厅"},
            follow=True,
        )

    assert "已上传 1 个文件" in send().content.decode()
    send()
    assert session.evidence.count() == 1
    assert "请选择要上传的文件" in client.post(f"/walks/{session.pk}/evidence/", follow=True).content.decode()
    WalkSession.objects.filter(pk=session.pk).update(
        state="CONFIRMED", confirmed_by=reporter.person.user, confirmed_at=at("2022-06-01")
    )
    assert send().status_code == 403
