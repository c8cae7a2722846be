"""考核 in the example: one published sheet for the city, and one 异议 with its answer."""

from datetime import datetime, timedelta

from campaigns.enums import Role
from issues.permissions import is_reform_office
from reports.actions.scores import answer_objection, draft_sheet, publish_sheet, raise_objection
from reports.example.city import City
from reports.example.roster import CITY

_UNIT = "430400-031"
_TEXT = "我局有一项长效机制的文件正在走印发程序，请在印发后计入长效机制。"
_ANSWER = "长效机制按已印发的制度计分，须有文号、印发日期和文件；印发后登记，下一考核期计入。"


def assess(city: City, *, until: datetime) -> None:
    """On the last morning 审改办 publishes the sheet as of the evening before; the unit objects, the office answers."""
    time, office = city.timeline, city.seats[Role.REFORM_OFFICE, CITY]
    now = time.at(time.last, 8 * 60 + 20)
    if now + timedelta(minutes=24) > until:
        return
    sheet = draft_sheet(
        campaign=city.campaign, period="集中行动中期", on=time.day(time.last - 1), by=office, now=now
    )
    publish_sheet(sheet=sheet, by=office, now=now + timedelta(minutes=5))
    card, head = sheet.cards.filter(organization__code=_UNIT).first(), city.seats.get((Role.HEAD, _UNIT))
    if card is None or head is None or is_reform_office(card.organization):
        return
    objection = raise_objection(card=card, text=_TEXT, by=head, now=now + timedelta(minutes=12))
    answer_objection(
        objection=objection, upheld=False, answer=_ANSWER, by=office, now=now + timedelta(minutes=24)
    )
