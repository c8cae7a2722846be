"""A city with one bureau, its 填报员 and one matter, and how to come in as somebody."""

from uuid import uuid4

import pytest

from campaigns.enums import Role
from campaigns.tests.factories import make_campaign, make_matter, make_person, make_posting, make_unit


@pytest.fixture
def city():
    return make_unit("430400", name="衡阳市人民政府", short_name="市政府")


@pytest.fixture
def bureau(city):
    return make_unit("430400-031", parent=city, name="衡阳市医疗保障局", short_name="市医保局")


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def matter(bureau):
    return make_matter(bureau, "异地就医备案", "SX-1")


@pytest.fixture
def person(bureau):
    return make_person(bureau, "周某")


@pytest.fixture
def reporter(bureau):
    return make_posting(bureau, Role.REPORTER, "yibaoju.tianbao")


@pytest.fixture
def as_(client):
    def enter(posting):
        client.force_login(posting.person.user)
        return client

    return enter


@pytest.fixture
def sheet(bureau, matter, person):
    """What a filled-in page sends; keywords change it, None leaves a field out."""

    def fill(**changes):
        values = {
            "form_token": str(uuid4()),
            "reporting_unit": bureau.pk,
            "walkers": [person.pk],
            "companions": "王某 办公室主任\n李某",
            "matter": matter.name,
            "walked_unit": "",
            "channel": "HALL_WINDOW",
            "started_at": "2022-05-10T09:00",
            "ended_at": "2022-05-10T10:30",
            "is_simulated": "yes",
            "narrative": "走完了全部环节。",
            "steps-TOTAL_FORMS": "3",
            "steps-INITIAL_FORMS": "0",
            "steps-0-kind": "CONSULT",
            "steps-0-started_at": "2022-05-10T09:00",
            "steps-0-ended_at": "2022-05-10T09:10",
            "steps-0-waiting_minutes": "5",
            "steps-1-kind": "PREPARE",
            "steps-2-kind": "ACCEPT",
            "steps-2-started_at": "2022-05-10T09:10",
            "steps-2-ended_at": "2022-05-10T10:30",
            "cases-TOTAL_FORMS": "0",
            "cases-INITIAL_FORMS": "0",
            "verdict_A01": "FAILS",
            "note_A01": "多要一份复印件",
            "actual_steps": "5",
            "asks_clear": "YES",
            "save": "submit",
        }
        return {key: value for key, value in (values | changes).items() if value is not None}

    return fill
