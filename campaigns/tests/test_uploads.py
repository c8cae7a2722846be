"""The gate for evidence: what a file is decides, never what it is called."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import Base

from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import vet_upload


def picture(kind: str, size=(40, 30), mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "navy").save(out, kind, **options)
    return out.getvalue()


def office(*members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for member in members:
            box.writestr(member, "<x/>")
    return out.getvalue()


def vet(content: bytes, name: str):
    return vet_upload(SimpleUploadedFile(name, content))


def test_a_photo_loses_place_and_tail():
    exif = Image.Exif()
    exif[Base.Make] = "手机"
    exif.get_ifd(0x8825)[1] = "N"
    vetted = vet(picture("JPEG", exif=exif) + b"<script>alert(1)</script>", "现场 照片.JPG")
    assert (vetted.content_type, vetted.name) == ("image/jpeg", "现场 照片.JPG")
    assert b"script" not in vetted.content
    with Image.open(io.BytesIO(vetted.content)) as kept:
        assert not kept.getexif()


def test_a_photo_is_turned_upright_and_made_smaller():
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    vetted = vet(picture("JPEG", size=(4000, 3000), exif=exif), "a.jpg")
    with Image.open(io.BytesIO(vetted.content)) as kept:
        assert kept.size == (1920, 2560)


def test_a_screenshot_keeps_its_transparency():
    vetted = vet(picture("PNG", mode="RGBA"), "截图.png")
    with Image.open(io.BytesIO(vetted.content)) as kept:
        assert (vetted.content_type, kept.mode) == ("image/png", "RGBA")


def test_the_name_tells_the_truth_afterwards():
    assert vet(picture("PNG"), "页面.html").name == "页面.png"
    assert vet(picture("JPEG"), r"C:\照片\..\大厅?.jpeg").name == "大厅.jpeg"
    assert vet(picture("JPEG"), "没有后缀").name == "没有后缀.jpg"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.4\n1 0 obj\n%%EOF\n", "通知.pdf", "application/pdf"),
        (office("[Content_Types].xml", "word/document.xml"), "说明.docx", "wordprocessingml"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "表.xlsx", "spreadsheetml"),
        ("窗口说要再等两天".encode("gb18030"), "记录.txt", "text/plain"),
    ],
)
def test_documents_pass(content, name, kind):
    vetted = vet(content, name)
    assert kind in vetted.content_type
    assert vetted.name == name


def test_text_is_kept_as_utf8():
    assert vet("窗口".encode("gb18030"), "a.txt").content.decode() == "窗口"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "图.svg", "只能上传"),
        (b'<?xml version="1.0"?><svg/>', "图.png", "只能上传"),
        (b"<!DOCTYPE html><script>x</script>", "a.html", "只能上传"),
        (b"hello <ScRiPt>", "a.txt", "只能上传"),
        (b"MZ\x90\x00\x03", "a.exe", "只能上传"),
        (b"MZ\x90\x00\x03", "a.txt", "只能上传"),
        (b"#!/bin/sh\nrm", "a.sh", "只能上传"),
        (b"GIF89a", "a.gif", "只能上传"),
        (b"\xff\xfe\xfd", "a.txt", "只能上传"),
        (b"", "a.jpg", "是空的"),
        (b"\xff\xd8\xff\xe0not a picture", "a.jpg", "打不开"),
        (picture("PNG")[:60], "a.png", "打不开"),
        (b"%PDF-1.4 cut", "a.pdf", "不完整"),
        (b"%PDF-1.4 /OpenAction <</S /JavaScript>> %%EOF", "a.pdf", "脚本"),
        (b"PK\x03\x04broken", "a.docx", "打不开"),
        (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", "宏"),
        (office("run.exe"), "a.zip", "只能上传"),
        (office("word/document.xml"), "a.docx", "只能上传"),
    ],
)
def test_what_is_refused(content, name, said):
    with pytest.raises(NotAllowed, match=said):
        vet(content, name)


def test_too_large(settings):
    settings.UPLOAD_MAX_MB = 1
    with pytest.raises(NotAllowed, match="超过 1 MB"):
        vet(b"x" * (1024 * 1024 + 1), "a.txt")


def test_a_bomb_of_pixels(monkeypatch):
    monkeypatch.setattr("campaigns.ground.uploads.MAX_PIXELS", 100)
    with pytest.raises(NotAllowed, match="像素太大"):
        vet(picture("PNG"), "a.png")
