"""现场记录 at the server: one walk and one photo, however often the phone sends them; refusals in words."""

import hashlib
import io
import json
import threading
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw
from PIL.ExifTags import IFD, Base

from campaigns.actions.purge import purge_phones
from campaigns.enums import EntryKind, Role
from campaigns.ground.phash import dhash
from campaigns.models import Evidence, WalkSession
from campaigns.tests.factories import NOW, ZONE, at, make_matter, make_person, make_posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(as_, reporter, campaign):
    return as_(reporter)


@pytest.fixture
def said(bureau, matter, person):
    """What the phone says of a walk; keywords change it."""

    def say(**changes):
        step = {"waiting_minutes": None, "result": "", "note": ""}
        return {
            "owner": "yibaoju.tianbao",
            "mode": "SELF",
            "matter": matter.code,
            "reporting_unit": bureau.pk,
            "walked_unit": "",
            "walkers": [person.pk],
            "companions": "",
            "channel": "HALL_WINDOW",
            "place": "市政务大厅",
            "is_simulated": False,
            "was_announced": False,
            "started_at": "2022-05-10T01:00:00.000Z",
            "ended_at": "2022-05-10T02:30:00.000Z",
            "steps": [
                {**step, "kind": "QUEUE", "started_at": "2022-05-10T01:00:00.000Z",
                 "ended_at": "2022-05-10T01:20:00.000Z", "waiting_minutes": 20},
                {**step, "kind": "ACCEPT", "started_at": "2022-05-10T01:20:00.000Z",
                 "ended_at": "2022-05-10T01:40:00.000Z", "result": "SUPPLEMENT", "note": "多要一份复印件"},
                {**step, "kind": "SUPPLEMENT", "started_at": "2022-05-10T01:40:00.000Z",
                 "ended_at": "2022-05-10T02:30:00.000Z"},
            ],
            "points": {"A01": {"verdict": "FAILS", "note": "多要一份复印件"}, "B05": {"verdict": "CONFORMS"}},
            "narrative": "走完了全部环节。",
            "asks_clear": "PARTLY",
            "actual_trips": "2",
            "unheard_of": {"newer": "phone"},
            **changes,
        }  # fmt: skip

    return say


def put(client, token, body, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = reverse("walk_log_walk", args=[token])
    return client.put(url, body, content_type="application/json", headers=headers)


def put_photo(client, token, content, photo=None, **headers):
    url = reverse("walk_log_photo", args=[token, photo or uuid4()])
    return client.put(url, content, content_type="image/jpeg", headers=headers)


def photo(seed: int = 0, size=(160, 120), kind="JPEG", **options) -> bytes:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for n in range(8):
        draw.rectangle((n * 20, (n * 37 + seed) % 90, n * 20 + 15, 119), fill=(n * 30, 90, 200 - n * 20))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


class TestArrival:
    def test_a_walk_arrives_with_all_it_says(self, phone, said, bureau, person):
        token, body = uuid4(), json.dumps(said()).encode()
        answer = put(phone, token, body, **{"X-Device-Time": "2022-05-10T12:00:00+08:00"})
        assert answer.status_code == 200
        session = WalkSession.objects.get()
        assert answer.json() == {
            "number": session.number,
            "url": session.get_absolute_url(),
            "received_at": session.synced_at.isoformat(),
        }
        assert (session.form_token, session.entry, session.state) == (token, EntryKind.PHONE, "HELD")
        assert session.body_sha256 == hashlib.sha256(body).hexdigest()
        assert session.device_sent_at == at("2022-05-10", "12:00")
        assert (session.reporting_unit, session.walked_unit, list(session.walkers.all())) == (
            bureau, bureau, [person],
        )  # fmt: skip
        assert (session.place, session.asks_clear, session.actual_trips) == ("市政务大厅", "PARTLY", 2)
        assert (session.started_at, session.ended_at) == (at(clock="09:00"), at(clock="10:30"))
        steps = list(
            session.steps.order_by("sequence").values_list("kind", "waiting_minutes", "result", "note")
        )
        assert steps == [
            ("QUEUE", 20, "", ""),
            ("ACCEPT", None, "SUPPLEMENT", "多要一份复印件"),
            ("SUPPLEMENT", None, "", ""),
        ]
        points = session.checkpoints.order_by("category__code").values_list(
            "category__code", "verdict", "note"
        )
        assert list(points) == [("A01", "FAILS", "多要一份复印件"), ("B05", "CONFORMS", "")]

    def test_the_same_body_again_is_the_same_walk(self, phone, said):
        token, body = uuid4(), said()
        first, second = put(phone, token, body), put(phone, token, body)
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert WalkSession.objects.count() == 1

    def test_another_body_under_the_same_number_is_refused_and_changes_nothing(self, phone, said):
        token = uuid4()
        put(phone, token, said())
        answer = put(phone, token, said(narrative="另一个说法"))
        assert answer.status_code == 409
        assert WalkSession.objects.get().number in answer.json()["error"]
        assert WalkSession.objects.get().narrative == "走完了全部环节。"

    @pytest.mark.parametrize("sent", ["", "gestern", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
    def test_a_nonsense_device_time_is_left_out(self, phone, said, sent):
        assert put(phone, uuid4(), said(), **{"X-Device-Time": sent}).status_code == 200
        assert WalkSession.objects.get().device_sent_at is None

    def test_a_phone_ahead_of_its_time_is_kept_and_shown(self, phone, said):
        ahead = {"started_at": "2099-05-10T01:00:00Z", "ended_at": "2099-05-10T02:00:00Z", "steps": []}
        answer = put(phone, uuid4(), said(**ahead), **{"X-Device-Time": "2099-05-10T02:00:00Z"})
        assert answer.status_code == 200
        page = phone.get(answer.json()["url"]).content.decode()
        assert "手机时间比系统快" in page
        assert "现场记录" in page


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "field", "word"),
        [
            ({"mode": "RUN"}, "mode", "体验形式"),
            ({"mode": ["SELF"]}, "mode", "体验形式"),
            ({"matter": "没有这个事项"}, "matter", "没有找到"),
            ({"walkers": []}, "walkers", "走流程人员"),
            ({"walkers": ["x"]}, "walkers", "x"),
            ({"narrative": " "}, "narrative", "体验情况"),
            ({"channel": "PIGEON"}, "channel", "PIGEON"),
            ({"started_at": "when?"}, "started_at", "时间"),
            ({"started_at": "2022-05-10T03:00:00Z"}, "ended_at", "早于"),
            ({"ended_at": "9999-12-31T23:59:59Z"}, "ended_at", "年份"),
            ({"narrative": "a\0b"}, "narrative", "空"),
            ({"mode": "AGENT"}, "authorization_number", "授权委托书"),
            ({"mode": "ACCOMPANY"}, "accompanied", "陪同对象"),
            ({"mode": "WINDOW", "cases": ["BJ1"]}, "window", "窗口号"),
            ({"mode": "WINDOW", "window": "A1"}, "", "办件"),
            ({"mode": "BACKWARD", "work_order": "GD1"}, "blocking_step", "梗阻"),
            ({"points": {"A01": {"verdict": "MAYBE"}}}, "verdict_A01", "MAYBE"),
            ({"steps": [{"kind": "FLY"}]}, "kind", "FLY"),
            ({"steps": [{"kind": "QUEUE"}] * 101}, "steps", "最多"),
        ],
    )  # fmt: skip
    def test_what_is_missing_is_told_by_field_and_nothing_is_written(self, phone, said, changes, field, word):
        answer = put(phone, uuid4(), said(**changes))
        assert answer.status_code == 422
        refusals = {one["field"]: one["error"] for one in answer.json()["refusals"]}
        assert word in refusals[field]
        assert not WalkSession.objects.exists()

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
    def test_a_torn_body_is_refused(self, phone, body):
        assert put(phone, uuid4(), body).status_code == 422

    def test_a_step_is_called_by_its_place(self, phone, said):
        steps = said()["steps"]
        steps[1]["ended_at"] = "2022-05-10T01:00:00Z"
        told = put(phone, uuid4(), said(steps=steps)).json()["refusals"]
        assert [one["label"] for one in told] == ["第 2 个环节 结束时间"]

    def test_rules_across_rows_refuse_in_their_own_words(self, phone, said):
        put(phone, uuid4(), said())
        answer = put(phone, uuid4(), said())
        assert answer.status_code == 422
        assert "同时在两处" in answer.json()["refusals"][0]["error"]

    def test_without_a_campaign_it_is_kept_on_the_phone(self, phone, said, campaign):
        campaign.state = "CLOSED"
        campaign.save()
        assert put(phone, uuid4(), said()).status_code == 422


class TestWho:
    def test_logged_out_is_told_in_json(self, client, said, campaign):
        for answer in (
            client.get(reverse("walk_log_token")),
            client.get(reverse("walk_log_catalogue")),
            put(client, uuid4(), said()),
            put_photo(client, uuid4(), photo()),
        ):
            assert answer.status_code == 401
            assert "登录" in answer.json()["error"]

    def test_another_user_sends_nothing_of_ones_own(self, phone, as_, said, bureau):
        token, body = uuid4(), said()
        put(phone, token, body)
        other = as_(make_posting(bureau, Role.REPORTER, "other"))
        for told in (put(other, uuid4(), said()), put(other, token, body)):
            assert told.status_code == 403
            assert "本人登录" in told.json()["error"]
        assert put_photo(other, token, photo()).status_code == 404
        assert WalkSession.objects.count() == 1

    def test_a_walker_logs_only_themselves(self, as_, said, bureau, person, campaign):
        walker = make_posting(bureau, Role.WALKER, "lingdao")
        client = as_(walker)
        assert put(client, uuid4(), said(owner="lingdao", walkers=[walker.person_id])).status_code == 200
        told = put(client, uuid4(), said(owner="lingdao", walkers=[person.pk]))
        assert told.status_code == 422
        assert [one["id"] for one in client.get(reverse("walk_log_catalogue")).json()["people"]] == [
            walker.person_id
        ]

    def test_other_roles_are_told_in_json(self, as_, bureau, campaign):
        client = as_(make_posting(bureau, Role.HEAD, "fuzeren"))
        answer = client.get(reverse("walk_log_token"))
        assert answer.status_code == 403
        assert "您当前的身份" in answer.json()["error"]

    def test_the_token_is_needed(self, reporter, said, campaign):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(reporter.person.user)
        token = uuid4()
        assert put(strict, token, said()).status_code == 403
        csrf = strict.get(reverse("walk_log_token")).json()
        assert csrf["user"] == "yibaoju.tianbao"
        assert put(strict, token, said(), **{"X-CSRFToken": csrf["csrf"]}).status_code == 200


class TestPhotos:
    @pytest.fixture
    def token(self, phone, said):
        token = uuid4()
        assert put(phone, token, said()).status_code == 200
        return token

    def test_a_photo_is_drawn_anew_hashed_and_dated(self, phone, token):
        exif = Image.Exif()
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2022:05:10 09:31:05"
        exif.get_ifd(IFD.GPSInfo)[1] = "N"
        sent = photo(exif=exif)
        assert put_photo(phone, token, sent).status_code == 200
        kept = Evidence.objects.get()
        with kept.file.file.open("rb") as file:
            content = file.read()
        assert content != sent
        assert not Image.open(io.BytesIO(content)).getexif()
        assert kept.file.sha256 == hashlib.sha256(content).hexdigest()
        assert kept.phash == dhash(content)
        assert kept.taken_at == datetime(2022, 5, 10, 9, 31, 5, tzinfo=ZONE)

    def test_what_the_phone_read_before_shrinking_is_kept(self, phone, token):
        put_photo(phone, token, photo(), **{"X-Taken-At": "2022-05-10T09:31:05"})
        assert Evidence.objects.get().taken_at == datetime(2022, 5, 10, 9, 31, 5, tzinfo=ZONE)

    def test_sent_again_it_is_kept_once(self, phone, token):
        number = uuid4()
        answers = [put_photo(phone, token, photo(), number).status_code for _ in range(3)]
        assert answers == [200, 200, 200]
        assert put_photo(phone, token, photo()).status_code == 200, "the same picture under another number"
        assert Evidence.objects.count() == 1

    @pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff broken", photo(kind="PNG")])
    def test_only_jpeg(self, phone, token, content):
        answer = put_photo(phone, token, content)
        assert answer.status_code == 422
        assert answer.json()["refusals"][0]["error"]
        assert not Evidence.objects.exists()

    def test_no_walk_no_photo(self, phone, campaign):
        assert put_photo(phone, uuid4(), photo()).status_code == 404

    def test_a_number_belongs_to_one_walk(self, phone, token, said):
        other, number = uuid4(), uuid4()
        later = {"started_at": "2022-05-11T01:00:00Z", "ended_at": "2022-05-11T02:00:00Z", "steps": []}
        assert put(phone, other, said(**later)).status_code == 200
        put_photo(phone, token, photo(), number)
        assert put_photo(phone, other, photo(), number).status_code == 422


def test_the_fingerprint_survives_shrinking_and_tells_pictures_apart():
    small = Image.open(io.BytesIO(photo())).resize((80, 60))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=60)

    def apart(one: bytes, other: bytes) -> int:
        return (int(dhash(one), 16) ^ int(dhash(other), 16)).bit_count()

    assert len(dhash(photo())) == 16
    assert apart(photo(), out.getvalue()) <= 4
    assert apart(photo(), photo(seed=45)) > 10


def test_the_shell_is_the_same_for_everybody(phone, as_, bureau):
    mine = phone.get(reverse("walk_log")).content
    other = as_(make_posting(bureau, Role.WALKER, "lingdao")).get(reverse("walk_log")).content
    assert mine == other
    assert "csrf" not in mine.decode().lower()
    worker = phone.get(reverse("walk_log_worker"))
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"
    for name in ("log/page.js", "log/log.css", "app.css"):
        assert name in worker.content.decode()


def test_the_catalogue_asks_as_much_for_many_as_for_few(
    phone, bureau, campaign, django_assert_max_num_queries, django_assert_num_queries
):
    url = reverse("walk_log_catalogue")
    with django_assert_max_num_queries(14) as few:
        assert len(phone.get(url).json()["forms"]) == 5
    for _ in range(5):
        make_matter(bureau)
        make_person(bureau)
    with django_assert_num_queries(len(few)):
        told = phone.get(url).json()
    assert {one["owner"] for one in told["matters"]} == {"市医保局"}
    assert "phone" not in json.dumps(told["people"])


class TestOwnFacts:
    """帮代办 and 陪同办 at the desk: who authorized, until when, with the paper; a telephone only with consent."""

    AGENT = {"authorization_number": "SQ-1", "authorized_by": "某公司"}
    CITIZEN = {"accompanied": "李女士", "accompanied_phone": "13800000009"}

    def test_an_authorization_is_kept_with_its_paper(self, phone, sheet):
        paper = SimpleUploadedFile("委托书.jpg", photo())
        until = {"authorized_until": "2022-06-30", "authorization_file": paper}
        phone.post("/walks/new/?mode=帮代办", sheet(**self.AGENT, **until))
        session = WalkSession.objects.get()
        assert (session.authorized_by, session.authorized_until) == ("某公司", date(2022, 6, 30))
        assert session.evidence.get().file == session.authorization_file
        assert "2022-06-30" in phone.get(session.get_absolute_url()).content.decode()

    def test_not_after_it_has_run_out(self, phone, sheet):
        answer = phone.post("/walks/new/?mode=帮代办", sheet(**self.AGENT, authorized_until="2022-05-09"))
        assert answer.status_code == 422
        assert "到期" in answer.content.decode()

    def test_a_telephone_needs_consent_and_is_forgotten_in_time(self, phone, sheet):
        refused = phone.post("/walks/new/?mode=陪同办", sheet(**self.CITIZEN))
        assert "同意" in refused.content.decode()
        assert not WalkSession.objects.exists()
        phone.post("/walks/new/?mode=陪同办", sheet(**self.CITIZEN, accompanied_consented="on"))
        session = WalkSession.objects.get()
        assert session.accompanied_purge_on == date(2023, 5, 10)
        assert purge_phones(on=date(2023, 5, 9), now=NOW) == 0
        assert purge_phones(on=date(2023, 5, 10), now=NOW) == 1
        assert purge_phones(on=date(2023, 5, 11), now=NOW) == 0
        session.refresh_from_db()
        assert (session.accompanied, session.accompanied_phone) == ("李女士", "")


class TestPaper:
    @pytest.mark.parametrize("mode", ["亲身办", "帮代办", "陪同办", "坐窗办", "倒推办", "AGENT", "乱写"])
    def test_every_form_has_its_sheet(self, phone, mode):
        page = phone.get(reverse("walk_paper"), {"mode": mode})
        assert page.status_code == 200
        assert "走流程登记表" in page.content.decode()

    def test_keyed_in_later_it_says_so_and_counts(self, phone, sheet):
        answer = phone.post("/walks/new/?mode=亲身办", sheet(is_paper="on"))
        session = WalkSession.objects.get()
        assert (answer.status_code, session.entry, session.state) == (302, EntryKind.PAPER, "HELD")
        assert "纸质补录" in phone.get(session.get_absolute_url()).content.decode()
        phone.post(f"/walks/{session.pk}/edit/", sheet())
        session.refresh_from_db()
        assert session.entry == EntryKind.DESK

    def test_a_walk_from_the_phone_stays_one(self, phone, said, sheet):
        put(phone, uuid4(), said())
        session = WalkSession.objects.get()
        assert "is_paper" not in phone.get(f"/walks/{session.pk}/edit/").content.decode()
        answer = phone.post(f"/walks/{session.pk}/edit/", sheet(is_paper="on"))
        session.refresh_from_db()
        assert (answer.status_code, session.entry) == (302, EntryKind.PHONE)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_walk(phone, reporter, said):
    token, body, answers = uuid4(), json.dumps(said()).encode(), []

    def send():
        client = Client()
        client.force_login(reporter.person.user)
        answers.append(put(client, token, body))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 10
    assert len({answer.content for answer in answers}) == 1
    assert WalkSession.objects.count() == 1
    assert WalkSession.objects.get().recorded_at - WalkSession.objects.get().synced_at < timedelta(seconds=1)
