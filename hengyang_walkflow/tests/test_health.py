"""The two pages for machines: open without login, honest, and without secrets."""

import pytest

from hengyang_walkflow import health


def test_healthz_answers_without_a_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.fixture
def folder_broker(settings, tmp_path):
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path)}


@pytest.mark.django_db
def test_readyz_looks_at_database_broker_and_disk(client, folder_broker):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "database": "ok", "broker": "ok", "disk": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["database", "broker", "disk"])
def test_readyz_names_what_fails_and_no_address(client, folder_broker, monkeypatch, part):
    def fail():
        raise ConnectionError("postgres://walkflow:secret@10.0.0.1")

    monkeypatch.setitem(health.CHECKS, part, fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()[part] == "ConnectionError"
    assert answer.json()["ok"] is False
    assert "secret" not in answer.content.decode()
