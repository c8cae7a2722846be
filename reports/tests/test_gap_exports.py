"""The workbook of a 台账缺口 holds exactly the rows its page shows (contract §3)."""

import pytest
from django.http import QueryDict

from campaigns.ground.workdays import load_calendar
from campaigns.models import User
from issues.gaps import GAPS
from reports.example.timeline import ANCHOR
from reports.listings import LISTINGS, Asked


@pytest.mark.parametrize("username", ["shengaiban", "leiyang.fuzeren"])
def test_the_export_is_the_page(client, example, username):
    user = User.objects.get(username=username)
    client.force_login(user)
    posting = user.person.postings.get()
    counts = {}
    for slug, gap in GAPS.items():
        asked = Asked(posting=posting, query=QueryDict(""), on=ANCHOR, calendar=load_calendar())
        listing = LISTINGS[f"gap_{slug}"]
        keys = listing.keys(asked)
        model = listing.narrowed(asked).model
        loaded = list(listing.loaded(model.objects.filter(pk__in=keys), asked))
        rows = listing.finish(loaded, asked, 1)
        written = [[column.value(row) for column in listing.columns if column.in_sheet] for row in rows]
        counts[slug] = len(written)
        assert f"共 {len(written)} 条" in client.get(f"/issues/gaps/{slug}/").content.decode(), gap.label
    assert counts["unanswered"] > 0
