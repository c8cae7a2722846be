"""How one's unit stands, beside the work: its lights, its rates, its 考核; for the offices the lights of their reach."""

from django.http import QueryDict

from campaigns.enums import Role
from campaigns.models import Campaign, Milestone
from campaigns.plan_lists import nodes_in_reach
from reports.desk.desk import Card
from reports.desk.works import Reader, Work, listed
from reports.figure_rows import BY_KEY
from reports.figures import count
from reports.listings import LISTINGS, Asked
from reports.scope import Scope

_RED = listed("红灯", "ledger", light="红")
_LIGHTS = (
    _RED,
    listed("黄灯", "ledger", light="黄"),
    listed("整改中", "ledger", state="整改中"),
    listed("待核验", "verifications"),
    listed("已销号", "ledger", state="已销号"),
)
_LATE_REPORTS = listed("逾期未报总结材料", "submissions", reported="逾期未报")
_OFFICE = (*_LIGHTS, listed("未报总结材料", "submissions", reported="未报"), _LATE_REPORTS)
_SHOWN: dict[str, tuple[Work, ...]] = {
    Role.REPORTER: _LIGHTS,
    Role.DEPUTY: _LIGHTS,
    Role.HEAD: _LIGHTS,
    Role.REFORM_OFFICE: _OFFICE,
    Role.INSPECTOR: _OFFICE,
}
_RATES = ("coverage", "closure", "on_time", "overdue")


def standing(reader: Reader) -> tuple[Card, ...]:
    """Lights for all who work on the ledger, rates and 考核 for who leads a unit, unreported units for the offices."""
    cards = tuple(_card(work, reader) for work in _SHOWN.get(reader.posting.role, ()))
    if reader.posting.role in (Role.DEPUTY, Role.HEAD):
        cards += (*_rates(reader), *_score(reader))
    return cards


def nodes(reader: Reader) -> list[Milestone]:
    """阶段节点 with how far the units of the reach are, for 审改办 (五(一): 行政审批管理部门是工作责任部门)."""
    campaign = Campaign.objects.current()
    if reader.posting.role != Role.REFORM_OFFICE or campaign is None:
        return []
    return nodes_in_reach(reader.posting, campaign, reader.on)


def _card(work: Work, reader: Reader) -> Card:
    number = work.rows(reader).order_by().values("pk").distinct().count()
    return Card(
        work.label, str(number), work.url(reader.posting), bool(number) and work in (_RED, _LATE_REPORTS)
    )


def _rates(reader: Reader) -> list[Card]:
    """The figures of 总览 in the same scope."""
    campaign = Campaign.objects.current()
    if campaign is None:
        return []
    scope = Scope(posting=reader.posting, campaign=campaign, on=reader.on)
    found = [count(BY_KEY[key], scope) for key in _RATES]
    return [
        Card(each.label, each.text, each.url, each.key == "overdue" and bool(each.numerator), each.note)
        for each in found
    ]


def _score(reader: Reader) -> list[Card]:
    """The unit's last published result."""
    asked = Asked(reader.posting, QueryDict(), reader.on, reader.calendar)
    rows = LISTINGS["scores"].narrowed(asked).filter(organization=reader.posting.organization_id)
    last = rows.select_related("sheet", "organization").order_by("-sheet__on", "-pk").first()
    if last is None or last.total is None:
        return []
    note = f"{last.sheet.period}，第{last.rank}名，{last.grade}等"
    return [Card("考核得分", f"{last.total:f}", last.get_absolute_url(), note=note)]
