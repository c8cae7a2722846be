"""The evidence check: a table of facts, then the page that shows it to who decides."""

from datetime import date

import pytest

from campaigns.ground.uploads import Vetted
from campaigns.tests.factories import at
from campaigns.tests.test_uploads import picture
from issues.actions import ledger
from issues.enums import LedgerState as S
from issues.evidence_check import EvidenceFacts, FileFact, Remark, remarks
from issues.models import LedgerItem, Measure
from issues.tests.factories import CALENDAR, make_city, make_item

ASSIGNED = date(2022, 5, 10)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (EvidenceFacts((FileFact("a.jpg", ASSIGNED),), ASSIGNED, 1), []),
        (
            EvidenceFacts((), ASSIGNED, 1),
            [Remark("没有上传佐证材料（可以不传，请看整改情况说明）。", is_neutral=True)],
        ),
        (
            EvidenceFacts((FileFact("a.jpg", date(2022, 5, 9)),), ASSIGNED, 1),
            [Remark("“a.jpg”拍摄于 2022-05-09，早于交办日期 2022-05-10。")],
        ),
        (
            EvidenceFacts((FileFact("a.jpg", None, ("TZ-1", "TZ-2"), ("TZ-1",)),), ASSIGNED, 1),
            [Remark("“a.jpg”与台账 TZ-1、TZ-2的材料完全相同。")],
        ),
        (
            EvidenceFacts((FileFact("a.jpg", None, (), ("",)),), ASSIGNED, 1),
            [Remark("“a.jpg”与另一条台账的照片看上去是同一张。")],
        ),
        (
            EvidenceFacts((FileFact("a.jpg"),), ASSIGNED, 1, ("CS-1",)),
            [Remark("全部措施没有填写整改前后的环节、材料、时限、跑动、费用。")],
        ),
        (
            EvidenceFacts((FileFact("a.jpg"),), ASSIGNED, 2, ("CS-1",)),
            [Remark("措施 CS-1没有填写整改前后的环节、材料、时限、跑动、费用。")],
        ),
    ],
)
def test_remarks(facts, told):
    assert remarks(facts) == told


@pytest.fixture
def city(db):
    return make_city()


def applied(city, *files):
    item = make_item(city, S.RECTIFYING)
    ledger.apply_for_closure(
        item=item,
        by=city.yibao_reporter,
        now=at("2022-05-12"),
        note="改好了。",
        files=files,
        calendar=CALENDAR,
    )
    return LedgerItem.objects.get(pk=item.pk)


def photo(name="整改后.png", **fields):
    return Vetted(picture("PNG"), "image/png", name, **fields)


def words(client, posting, item) -> str:
    client.force_login(posting.person.user)
    return client.get(f"/issues/ledger/{item.pk}/").content.decode()


def test_the_reviewer_reads_it_before_deciding(client, city):
    first = applied(city, photo())
    second = applied(city, photo(taken_at=at("2022-04-01")))
    for reviewer in (city.yibao_deputy, city.shengaiban):
        page = words(client, reviewer, second)
        assert "材料提示" in page
        assert f"与台账 {first.number}的材料完全相同" in page
        assert "拍摄于 2022-04-01" in page
    assert "材料提示" not in words(client, city.yibao_reporter, second), "who applied isn't told what strikes"


def test_no_photo_is_a_neutral_word_and_hinders_nothing(client, city):
    item = applied(city)
    page = words(client, city.yibao_deputy, item)
    assert "可以不传" in page
    assert ledger.pass_review(item=item, by=city.yibao_deputy, now=at("2022-05-13"), calendar=CALENDAR)


def test_numbers_before_and_after_are_looked_for(client, city):
    item = applied(city, photo())
    assert "没有填写整改前后" in words(client, city.yibao_deputy, item)
    Measure.objects.update(trips_before=3, trips_after=1)
    assert "没有填写整改前后" not in words(client, city.yibao_deputy, item)


def test_once_it_is_closed_there_is_nothing_to_decide(client, city):
    item = make_item(city, S.CLOSED)
    assert "材料提示" not in words(client, city.shengaiban, item)
