"""/api/v1/: the same rows as the pages, the same refusals, nothing that the mask hides, a description that fits."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import User
from reports.listings import LISTINGS


def get(client, user, path):
    client.force_login(user)
    return client.get(path)


def test_without_login_it_says_so_in_json(stocked, client):
    answer = client.get("/api/v1/problems/")
    assert answer.status_code == 401
    assert "登录" in answer.json()["error"]


def test_a_list_has_the_rows_of_its_scope(stocked, client):
    for posting, count in ((stocked.clerk, 2), (stocked.other_clerk, 1), (stocked.office, 3)):
        told = get(client, posting.person.user, "/api/v1/problems/").json()
        assert (told["count"], len(told["results"])) == (count, count)
    row = told["results"][0]
    assert row["问题编号"].startswith("WT-")
    assert row["url"] == f"/issues/problems/{row['pk']}/"


def test_filters_are_the_pages(stocked, client):
    told = get(client, stocked.office.person.user, "/api/v1/ledger/?state=已销号").json()
    assert [row["状态"] for row in told["results"]] == ["已销号"]
    assert told["results"][0]["灯"] == "已办结"


def test_pages(stocked, client):
    told = get(client, stocked.office.person.user, "/api/v1/problems/?page=2&page_size=2").json()
    assert (told["count"], told["page"], told["pages"], len(told["results"])) == (3, 2, 2, 1)
    again = client.get("/api/v1/problems/?page=99&page_size=nonsense").json()
    assert (again["page"], again["pages"]) == (1, 1)


@pytest.mark.parametrize("number", ["0", "-1", "²", "abc"])
def test_a_nonsense_page_is_the_first(stocked, client, number):
    answer = get(client, stocked.office.person.user, f"/api/v1/problems/?page={number}")
    assert (answer.status_code, answer.json()["page"]) == (200, 1)


def test_a_wrong_role_reads_a_sentence(stocked, client):
    answer = get(client, stocked.admin.person.user, "/api/v1/ledger/")
    assert answer.status_code == 403
    assert "当前身份" in answer.json()["error"]


def test_an_account_without_a_posting_reads_a_sentence(stocked, client):
    nobody = User.objects.create(username="nobody", must_change_password=False)
    answer = get(client, nobody, "/api/v1/ledger/")
    assert answer.status_code == 403
    assert "还没有生效的身份" in answer.json()["error"]
    assert client.get("/api/v1/").json()["lists"] == {}


def test_an_unknown_list_is_not_there(stocked, client):
    assert get(client, stocked.office.person.user, "/api/v1/secrets/").status_code == 404


def test_telephones_are_masked(stocked, client):
    told = get(client, stocked.admin.person.user, "/api/v1/people/").json()
    phones = {row["手机号码"] for row in told["results"]}
    assert phones == {"138****1234"}
    assert "13800001234" not in client.get("/api/v1/people/").content.decode()


def test_figures_are_the_cards(stocked, client):
    told = get(client, stocked.office.person.user, "/api/v1/figures/").json()
    figures = {line["key"]: line for line in told["results"]}
    assert (figures["problems"]["numerator"], figures["problems"]["text"]) == (3, "3")
    assert figures["coverage"]["denominator"] == 2


def test_nothing_is_written_through_it(stocked, client):
    client.force_login(stocked.office.person.user)
    assert client.post("/api/v1/problems/", {"text": "x"}).status_code == 405


def test_the_description_names_every_list_and_field(stocked, client):
    told = get(client, stocked.clerk.person.user, reverse("api_document")).json()
    assert told["openapi"] == "3.1.0"
    assert {f"/api/v1/{key}/" for key in LISTINGS} | {"/api/v1/figures/"} == set(told["paths"])
    answered = client.get("/api/v1/ledger/").json()["results"][0]
    assert set(answered) == set(told["components"]["schemas"]["ledger"]["properties"])


def test_every_readable_list_answers(stocked, client):
    for posting in (stocked.office, stocked.clerk):
        index = get(client, posting.person.user, "/api/v1/").json()
        assert "problems" in index["lists"]
        for each in index["lists"].values():
            assert client.get(each["url"]).status_code == 200, each


def test_queries_do_not_grow_with_rows(stocked, client):
    client.force_login(stocked.office.person.user)
    with CaptureQueriesContext(connection) as few:
        client.get("/api/v1/problems/")
    for _ in range(5):
        stocked.item(stocked.problem())
    with CaptureQueriesContext(connection) as many:
        client.get("/api/v1/problems/")
    assert len(few) == len(many)
